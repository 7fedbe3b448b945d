"""A failed step, and everything that can be done about it, by keys."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kwizard.engine import events as ev
from kwizard.errors import KwizardError
from kwizard.tui import outside
from kwizard.tui.app import KwizardApp
from kwizard.tui.model import Mark
from kwizard.tui.screens.failure import FailureDialog
from kwizard.tui.screens.install import InstallScreen
from kwizard.tui.widgets.progress_grid import ProgressGrid

from .conftest import Open, focused, text_of, until
from .pictures import looked, snapshot
from .scripted import SCRIPT, ScriptedCases, Story

STEP, HOST = "master/apiserver", "anakin"


def failing(step: str = STEP, *hosts: str) -> list[ev.Event]:
    """Everything before `step` is done; it fails on `hosts`."""
    story = Story()
    out = [story.begin(), *story.whole(last=step)]
    for host in hosts or (HOST,):
        out += [
            story.started(step, host),
            story.failed(step, host, f"no room on {host}", "make room", "df says 100%"),
        ]
    return [*out, story.end("failed", 1)]


def app_of(pilot: Pilot[int]) -> KwizardApp:
    assert isinstance(pilot.app, KwizardApp)
    return pilot.app


async def dialog(pilot: Pilot[int]) -> None:
    await until(pilot, lambda: isinstance(pilot.app.screen, FailureDialog))


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """A terminal that can be lent; what it was lent to."""
    lent: list[tuple[str, ...]] = []

    async def lend(_app: KwizardApp, argv: Sequence[str], *, hint: str) -> int:
        assert "exit" in hint
        lent.append(tuple(argv))
        return 0

    monkeypatch.setattr(outside, "possible", lambda _app: True)
    monkeypatch.setattr(outside, "lend", lend)
    return lent


async def test_a_step_is_skipped_with_its_consequence_and_called_so_everywhere(
    opened: Open,
) -> None:
    story = Story()
    second = [
        story.begin(),
        story.skipped(STEP, HOST, "skipped by you, not done: no unit", waived=True),
        *story.whole(first="master/scheduler"),
        story.end(),
    ]
    cases = ScriptedCases(runs=[failing(), second], last=snapshot())
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("x")
        await until(pilot, lambda: "Go on without this step?" in text_of(pilot))
        assert "13 tasks rest on it and will run as if it were done" in text_of(pilot)
        assert "master/scheduler (anakin)" in text_of(pilot)
        assert focused(pilot) == "keep"
        await pilot.press("right", "enter")
        await until(pilot, lambda: "✓ installed" in text_of(pilot))
        assert cases.waived == [frozenset(), frozenset({f"{STEP}@{HOST}"})]
        assert app_of(pilot).run_model.spots[STEP, HOST].mark is Mark.WAIVED
        assert "1 skipped by you" in text_of(pilot)
        assert "» skipped" in text_of(pilot)
        grid = pilot.app.screen.query_one(ProgressGrid)
        grid.choose(STEP)
        grid.move_cursor(column=grid.column_of(HOST))
        await pilot.press("x")  # on what is skipped: do it after all
        await until(pilot, lambda: cases.installs == 3)
        assert cases.waived[-1] == frozenset()


async def test_declining_the_question_skips_nothing(opened: Open) -> None:
    cases = ScriptedCases(runs=[failing()])
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("x")
        await pilot.pause()
        await pilot.press("enter")  # Keep it has the cursor
        await dialog(pilot)
        assert cases.installs == 1


async def test_what_everything_rests_on_cannot_be_skipped_and_says_why(opened: Open) -> None:
    cases = ScriptedCases(runs=[failing("release/fetch", "operator")])
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("x")
        await pilot.pause()
        assert "Nothing after this step could be begun" in text_of(pilot)
        await pilot.press("s")
        await pilot.pause()
        assert "you are there already" in text_of(pilot)


async def test_a_shell_on_that_host_and_back_to_retry(
    opened: Open, terminal: list[tuple[str, ...]]
) -> None:
    story = Story()
    again = [story.begin(), *story.whole(first=STEP), story.end()]
    cases = ScriptedCases(runs=[failing(), again])
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("s")
        await until(pilot, lambda: "You are back from anakin" in text_of(pilot))
        assert terminal == [("ssh", "--", "10.0.63.202")]
        assert focused(pilot) == "retry"
        await pilot.press("enter")
        await until(pilot, lambda: "✓ installed" in text_of(pilot))


async def test_where_there_can_be_no_shell_the_button_says_why(
    opened: Open, terminal: list[tuple[str, ...]]
) -> None:
    cases = ScriptedCases(
        runs=[failing()],
        shell_error=KwizardError("there is no ssh program here", remedy="install OpenSSH"),
    )
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        assert pilot.app.screen.query_one("#shell").has_class("-unable")
        await pilot.press("s")
        await pilot.pause()
        assert "there is no ssh program here: install OpenSSH" in text_of(pilot)
        assert terminal == []


async def test_a_terminal_that_cannot_be_lent_is_no_crash(opened: Open) -> None:
    async with opened(ScriptedCases(runs=[failing()]), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("s")
        await pilot.pause()
        assert "no terminal to lend" in text_of(pilot)


async def test_the_very_script_is_copied_and_kept_in_a_file(opened: Open) -> None:
    async with opened(ScriptedCases(runs=[failing()]), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("y")
        await pilot.pause()
        assert pilot.app.clipboard == SCRIPT
        assert "/state/classic/scripts/master.apiserver@anakin.sh" in text_of(pilot)


async def test_a_report_is_saved_from_the_dialog(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path))
    cases = ScriptedCases(runs=[failing()])
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("e")
        await until(pilot, lambda: "Saved, without secrets" in text_of(pilot))
        (target,) = [path for _name, path in cases.reported]
        assert target.name == "report-20260304-103000.tar.gz"
        assert target.parent == tmp_path / "clusters/classic"
        assert target.name.removeprefix("report") in text_of(pilot)


async def test_a_failure_saves_its_report_by_itself_and_the_dialog_says_where(
    opened: Open,
) -> None:
    cases = ScriptedCases(runs=[failing(), failing()])
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        where = "A report for help: /state/classic/reports/20260304-103000.tar.gz"
        await until(pilot, lambda: where in text_of(pilot))
        ((name, words),) = cases.kept
        assert name == "classic"
        assert f"{STEP} on {HOST} failed" in words
        assert "no room on anakin (exit 1)" in words
        assert "df says 100%" in words
        await pilot.press("enter")  # the next run is another failure, with a report of its own
        await until(pilot, lambda: len(cases.kept) == 2)
        await until(pilot, lambda: where in text_of(pilot))


async def test_a_verification_that_fails_saves_its_report_once_and_says_where(
    opened: Open,
) -> None:
    story, red = Story(), snapshot(("anakin", "c3po/container"))
    run = [story.begin(), *story.whole(), story.end()]
    cases = ScriptedCases(runs=[run], looks=[red, red])
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await until(pilot, lambda: "✓ installed" in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "A report for help: /state/classic/reports" in text_of(pilot))
        ((name, words),) = cases.kept
        assert name == "classic"
        assert "udp port 8285 of c3po is closed" in words
        await pilot.press("f5")
        await until(pilot, lambda: not cases.looks)
        await until(pilot, lambda: "✗ Not well" in text_of(pilot))
        assert len(cases.kept) == 1


async def test_a_report_that_cannot_be_written_is_said_and_stops_nobody(opened: Open) -> None:
    full = KwizardError("the report could not be written: no space left")
    cases = ScriptedCases(runs=[failing()], keep_error=full)
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        await until(pilot, lambda: "No report: the report could not" in text_of(pilot))
        assert focused(pilot) == "retry"


async def test_a_run_that_ends_well_or_is_left_saves_no_report(opened: Open) -> None:
    story, never = Story(), asyncio.Event()
    cases = ScriptedCases(runs=[[story.begin(), *story.whole(), story.end()], [never]])
    async with opened(cases, start="resume", name="classic") as pilot:
        await until(pilot, lambda: "✓ installed" in text_of(pilot))
    async with opened(cases, start="resume", name="classic") as pilot:
        await until(pilot, lambda: "▸ looking at the hosts" in text_of(pilot))
    assert cases.kept == []


async def test_several_failures_are_gone_through_one_by_one(opened: Open) -> None:
    cases = ScriptedCases(runs=[failing("nodes/kubelet", "boba", "c3po")])
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        assert "nodes/kubelet on boba failed (1 of 2)" in text_of(pilot)
        await pilot.press("n")
        await pilot.pause()
        assert "nodes/kubelet on c3po failed (2 of 2)" in text_of(pilot)
        assert "no room on c3po" in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InstallScreen))
        assert "no room on boba, and 1 more" in text_of(pilot)
        await pilot.press("d")
        await dialog(pilot)


async def test_the_dialog_leads_into_the_log(opened: Open) -> None:
    async with opened(ScriptedCases(runs=[failing()]), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("l")
        await until(pilot, lambda: pilot.app.screen.has_class("-zoom"))
        assert "failed: no room on anakin" in text_of(pilot)
        assert "*@anakin.log" in text_of(pilot)
        await pilot.press("escape")
        await pilot.pause()
        assert not pilot.app.screen.has_class("-zoom")


async def test_keys_that_can_do_nothing_now_say_why(opened: Open) -> None:
    story, never = Story(), asyncio.Event()
    cases = ScriptedCases(runs=[[story.begin(), story.started(STEP, HOST), never]])
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await until(pilot, lambda: "▸ installing" in text_of(pilot))
        for key, why in (
            ("r", "Retry is for when it has stopped"),
            ("x", "a step can be skipped once it has failed"),
            ("n", "Nothing is looked for yet"),
            ("f", "follows the work already"),
        ):
            await pilot.press(key)
            await until(pilot, lambda why=why: why in text_of(pilot))  # type: ignore[misc]


async def test_every_command_is_listed_and_opens_its_script(opened: Open) -> None:
    cases = ScriptedCases(runs=[failing()])
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("escape", "c")
        await until(pilot, lambda: "18 commands so far" in text_of(pilot))
        seen = text_of(pilot)
        assert "master/apiserver: kube-apiserver" in seen
        assert "✗ 1" in seen
        assert "✓ 0" in seen
        await pilot.press("enter")
        await until(pilot, lambda: "ExecStart=/usr/bin/kube-apiserver" in text_of(pilot))
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InstallScreen))


async def test_what_was_run_to_look_is_listed_beside_the_commands(opened: Open) -> None:
    cases = ScriptedCases(runs=[failing()], record=looked())
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("escape", "c")
        await until(pilot, lambda: "18 commands so far, 3 looks" in text_of(pilot))
        await pilot.press("t", "t")
        await until(pilot, lambda: "only looks;" in text_of(pilot))
        assert "look ×3: Waits until etcd has its quorum." in text_of(pilot)
        assert "· no answer" in text_of(pilot)
        assert "kube-apiserver" not in text_of(pilot)
        await pilot.press("slash", *"quorum", "enter")
        await until(pilot, lambda: "Look which of 14" not in text_of(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: "etcdctl cluster-health" in text_of(pilot))
        await pilot.press("escape", "escape", "t")
        await until(pilot, lambda: "master/apiserver: kube-apiserver" in text_of(pilot))
        assert "look: Look which of 14" in text_of(pilot)
        await pilot.press("t")
        await until(pilot, lambda: "only steps;" in text_of(pilot))
        assert "look: " not in text_of(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InstallScreen))


async def test_every_action_of_the_page_is_in_the_palette(opened: Open) -> None:
    async with opened(ScriptedCases(runs=[failing()]), start="resume", name="classic") as pilot:
        await dialog(pilot)
        offered = {c.title for c in pilot.app.get_system_commands(pilot.app.screen)}
        assert {"Retry", "Skip…", "Shell", "Copy", "Report", "Log", "Script"} - {"Shell"} <= offered
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InstallScreen))
        offered = {c.title for c in pilot.app.get_system_commands(pilot.app.screen)}
        assert {
            "Retry", "What to do", "Skip, or do after all", "Copy the script", "Save a report",
            "Commands", "Find", "Filter the log", "Save the log", "Logs", "Zoom", "Next log",
        } <= offered  # fmt: skip

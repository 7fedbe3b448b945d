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

from .conftest import Open, focused, sees, until
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
        await sees(
            pilot,
            "Go on without this step?",
            "13 tasks rest on it and will run as if it were done",
            "master/scheduler (anakin)",
        )
        assert focused(pilot) == "keep"
        await pilot.press("right", "enter")
        await sees(pilot, "✓ installed")
        assert cases.waived == [frozenset(), frozenset({f"{STEP}@{HOST}"})]
        assert app_of(pilot).run_model.spots[STEP, HOST].mark is Mark.WAIVED
        await sees(pilot, "1 skipped by you", "» skipped")
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
        await sees(pilot, "Nothing after this step could be begun")
        await pilot.press("s")
        await pilot.pause()
        await sees(pilot, "you are there already")


async def test_a_shell_on_that_host_and_back_to_retry(
    opened: Open, terminal: list[tuple[str, ...]]
) -> None:
    story = Story()
    again = [story.begin(), *story.whole(first=STEP), story.end()]
    cases = ScriptedCases(runs=[failing(), again])
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("s")
        await sees(pilot, "You are back from anakin")
        assert terminal == [("ssh", "--", "10.0.63.202")]
        assert focused(pilot) == "retry"
        await pilot.press("enter")
        await sees(pilot, "✓ installed")


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
        await sees(pilot, "there is no ssh program here: install OpenSSH")
        assert terminal == []


async def test_a_terminal_that_cannot_be_lent_is_no_crash(opened: Open) -> None:
    async with opened(ScriptedCases(runs=[failing()]), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("s")
        await pilot.pause()
        await sees(pilot, "no terminal to lend")


async def test_the_very_script_is_copied_and_kept_in_a_file(opened: Open) -> None:
    async with opened(ScriptedCases(runs=[failing()]), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("y")
        await pilot.pause()
        assert pilot.app.clipboard == SCRIPT
        await sees(pilot, "/state/classic/scripts/master.apiserver@anakin.sh")


async def test_a_report_is_saved_from_the_dialog(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path))
    cases = ScriptedCases(runs=[failing()])
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("e")
        await sees(pilot, "Saved, without secrets")
        (target,) = [path for _name, path in cases.reported]
        assert target.name == "report-20260304-103000.tar.gz"
        assert target.parent == tmp_path / "clusters/classic"
        await sees(pilot, target.name.removeprefix("report"))


async def test_a_failure_saves_its_report_by_itself_and_the_dialog_says_where(
    opened: Open,
) -> None:
    cases = ScriptedCases(runs=[failing(), failing()])
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        where = "A report for help: /state/classic/reports/20260304-103000.tar.gz"
        await sees(pilot, where)
        ((name, words),) = cases.kept
        assert name == "classic"
        assert f"{STEP} on {HOST} failed" in words
        assert "no room on anakin (exit 1)" in words
        assert "df says 100%" in words
        await pilot.press("enter")  # the next run is another failure, with a report of its own
        await until(pilot, lambda: len(cases.kept) == 2)
        await sees(pilot, where)


async def test_a_verification_that_fails_saves_its_report_once_and_says_where(
    opened: Open,
) -> None:
    story, red = Story(), snapshot(("anakin", "c3po/container"))
    run = [story.begin(), *story.whole(), story.end()]
    cases = ScriptedCases(runs=[run], looks=[red, red])
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await sees(pilot, "✓ installed")
        await pilot.press("enter")
        await sees(pilot, "A report for help: /state/classic/reports")
        ((name, words),) = cases.kept
        assert name == "classic"
        assert "udp port 8285 of c3po is closed" in words
        await pilot.press("f5")
        await until(pilot, lambda: not cases.looks)
        await sees(pilot, "✗ Not well")
        assert len(cases.kept) == 1


async def test_a_report_that_cannot_be_written_is_said_and_stops_nobody(opened: Open) -> None:
    full = KwizardError("the report could not be written: no space left")
    cases = ScriptedCases(runs=[failing()], keep_error=full)
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        await sees(pilot, "No report: the report could not")
        assert focused(pilot) == "retry"


async def test_a_run_that_ends_well_or_is_left_saves_no_report(opened: Open) -> None:
    story, never = Story(), asyncio.Event()
    cases = ScriptedCases(runs=[[story.begin(), *story.whole(), story.end()], [never]])
    async with opened(cases, start="resume", name="classic") as pilot:
        await sees(pilot, "✓ installed")
    async with opened(cases, start="resume", name="classic") as pilot:
        await sees(pilot, "▸ looking at the hosts")
    assert cases.kept == []


async def test_several_failures_are_gone_through_one_by_one(opened: Open) -> None:
    cases = ScriptedCases(runs=[failing("nodes/kubelet", "boba", "c3po")])
    async with opened(cases, start="resume", name="classic") as pilot:
        await dialog(pilot)
        await sees(pilot, "nodes/kubelet on boba failed (1 of 2)")
        await pilot.press("n")
        await pilot.pause()
        await sees(pilot, "nodes/kubelet on c3po failed (2 of 2)", "no room on c3po")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InstallScreen))
        await sees(pilot, "no room on boba, and 1 more")
        await pilot.press("d")
        await dialog(pilot)


async def test_the_dialog_leads_into_the_log(opened: Open) -> None:
    async with opened(ScriptedCases(runs=[failing()]), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("l")
        await until(pilot, lambda: pilot.app.screen.has_class("-zoom"))
        await sees(pilot, "failed: no room on anakin", "*@anakin.log")
        await pilot.press("escape")
        await pilot.pause()
        assert not pilot.app.screen.has_class("-zoom")


async def test_keys_that_can_do_nothing_now_say_why(opened: Open) -> None:
    story, never = Story(), asyncio.Event()
    cases = ScriptedCases(runs=[[story.begin(), story.started(STEP, HOST), never]])
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await sees(pilot, "▸ installing")
        for key, why in (
            ("r", "Retry is for when it has stopped"),
            ("x", "a step can be skipped once it has failed"),
            ("n", "Nothing is looked for yet"),
            ("f", "follows the work already"),
        ):
            await pilot.press(key)
            await sees(pilot, why)


async def test_every_command_is_listed_and_opens_its_script(opened: Open) -> None:
    cases = ScriptedCases(runs=[failing()])
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("escape", "c")
        await sees(pilot, "18 commands so far", "master/apiserver: kube-apiserver", "✗ 1", "✓ 0")
        await pilot.press("enter")
        await sees(pilot, "ExecStart=/usr/bin/kube-apiserver")
        await pilot.press("escape", "escape")
        await until(pilot, lambda: isinstance(pilot.app.screen, InstallScreen))


async def test_what_was_run_to_look_is_listed_beside_the_commands(opened: Open) -> None:
    cases = ScriptedCases(runs=[failing()], record=looked())
    async with opened(cases, size=(120, 40), start="resume", name="classic") as pilot:
        await dialog(pilot)
        await pilot.press("escape", "c")
        await sees(pilot, "18 commands so far, 3 looks")
        await pilot.press("t", "t")
        await sees(
            pilot,
            "only looks;",
            "look ×3: Waits until etcd has its quorum.",
            "· no answer",
            without=["kube-apiserver"],
        )
        await pilot.press("slash", *"quorum", "enter")
        await sees(pilot, "look ×3", without=["Look which of 14"])
        await pilot.press("enter")
        await sees(pilot, "etcdctl cluster-health")
        await pilot.press("escape", "escape", "t")
        await sees(pilot, "master/apiserver: kube-apiserver", "look: Look which of 14")
        await pilot.press("t")
        await sees(pilot, "only steps;", without=["look: "])
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

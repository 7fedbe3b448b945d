"""Whole runs, from the first page to the exit code, by keys alone."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kwizard.app.clusters import KnownCluster
from kwizard.engine import events as ev
from kwizard.engine.plan import Finding, State
from kwizard.errors import HostKeyChanged, JournalLocked
from kwizard.tui.app import KwizardApp
from kwizard.tui.model import Mark

from .conftest import Open, focused, sees, text_of, until
from .pictures import snapshot
from .scripted import CLUSTER, NOW, ScriptedCases, Story, plan_of

SIZES = [(80, 24), (120, 40), (60, 16)]


def app_of(pilot: Pilot[int]) -> KwizardApp:
    assert isinstance(pilot.app, KwizardApp)
    return pilot.app


def on(pilot: Pilot[int], page: str) -> bool:
    return type(pilot.app.screen).__name__ == page


async def to_review(pilot: Pilot[int], then: str = "to do") -> None:
    """New cluster, and on with what is there, by arrows and Enter."""
    await pilot.press("enter")
    await until(pilot, lambda: on(pilot, "HostsScreen"))
    await pilot.press(*["down"] * len(CLUSTER.hosts), "enter")
    await until(pilot, lambda: on(pilot, "ReleaseScreen") and focused(pilot) == "recipe")
    await pilot.press("up", "enter")
    await until(pilot, lambda: on(pilot, "OptionsScreen") and focused(pilot) == "recipe")
    await pilot.press("up", "enter")
    await until(pilot, lambda: on(pilot, "ReviewScreen") and then in text_of(pilot))


async def to_install(pilot: Pilot[int]) -> None:
    await to_review(pilot)
    await pilot.press("tab", "enter")
    await until(pilot, lambda: on(pilot, "InstallScreen"))


@pytest.mark.parametrize("size", SIZES)
async def test_from_start_to_a_proven_cluster(opened: Open, size: tuple[int, int]) -> None:
    story = Story()
    cases = ScriptedCases(runs=[[story.begin(), *story.whole(), story.end()]], last=snapshot())
    async with opened(cases, size=size) as pilot:
        await to_install(pilot)
        await sees(pilot, "✓ installed")
        await pilot.press("enter")
        await until(pilot, lambda: on(pilot, "VerifyScreen"))
        await sees(pilot, "✓ All is well")
        await pilot.press("enter")
        await pilot.pause()
        assert app_of(pilot).return_value == 0
    assert cases.closed


async def test_a_failed_step_is_shown_with_reason_hint_and_log_and_retried(opened: Open) -> None:
    story, mended = Story(), asyncio.Event()
    failed = [
        story.begin(),
        *story.whole(last="master/apiserver"),
        story.started("master/apiserver", "anakin"),
        story.failed(
            "master/apiserver", "anakin", "port 8080 is taken", "stop nginx", "LISTEN nginx"
        ),
        story.end("failed", 1),
    ]
    again: list[ev.Event | asyncio.Event] = [
        story.begin(),
        mended,
        *story.whole(first="master/apiserver"),
        story.end(),
    ]
    cases = ScriptedCases(runs=[failed, again], last=snapshot())
    async with opened(cases, start="resume", name="classic") as pilot:
        await sees(
            pilot,
            "master/apiserver on anakin failed",
            "port 8080 is taken (exit 1)",
            "→ stop nginx",
            "LISTEN nginx",
        )
        assert app_of(pilot).exit_code == 1
        await pilot.press("enter")  # Retry has the cursor
        await sees(pilot, "▸ installing", without=["LISTEN nginx"])
        mended.set()
        await sees(pilot, "✓ installed")
        assert cases.installs == 2
        assert app_of(pilot).exit_code == 0


async def test_leaving_in_the_middle_asks_once_and_says_how_to_come_back(opened: Open) -> None:
    story, never = Story(), asyncio.Event()
    cases = ScriptedCases(
        runs=[[story.begin(), *story.whole(last="network/docker"), never]],
    )
    async with opened(cases, start="resume", name="classic") as pilot:
        await sees(pilot, "▸ installing")
        await pilot.press("q")
        await pilot.pause()
        await sees(pilot, "kwizard resume classic")
        await pilot.press("enter")  # Stay has the cursor
        await pilot.pause()
        assert on(pilot, "InstallScreen")
        assert app_of(pilot).return_value is None
        await pilot.press("q")
        await pilot.pause()
        await pilot.press("right", "enter")
        await pilot.pause()
        assert app_of(pilot).return_value == 3


async def test_resume_goes_straight_on_and_shows_what_is_skipped_and_followed(
    opened: Open,
) -> None:
    story, never = Story(), asyncio.Event()
    skipped = [
        story.skipped(t.step.id, t.host_label, "as wanted")
        for t in plan_of(CLUSTER).tasks
        if t.step.id not in ("network/docker", "verify/cluster")
    ]
    cases = ScriptedCases(
        runs=[
            [
                story.begin(4),
                *skipped,
                story.started("network/docker", "boba", attached=True),
                never,
            ]
        ],
        known_clusters=(
            KnownCluster("classic", Path("/f"), "unfinished", "network", "network/docker", "boba"),
        ),
    )
    async with opened(cases, start="resume") as pilot:
        await until(pilot, lambda: on(pilot, "InstallScreen"))
        model = app_of(pilot).run_model
        await sees(pilot, "▸ installing", "followed again")
        assert model.spots["nodes/kubelet", "boba"].mark is Mark.KEPT
        await sees(pilot, "27 of 31 steps")


async def test_with_several_unfinished_ones_resume_lets_one_choose(opened: Open) -> None:
    known = tuple(
        KnownCluster(name, Path("/f"), "unfinished", "nodes", "nodes/kubelet", "boba", NOW)
        for name in ("first", "second")
    )
    async with opened(ScriptedCases(known_clusters=known), start="resume") as pilot:
        assert on(pilot, "StartScreen")
        await sees(pilot, "nodes/kubelet on boba", "Resume second")


async def test_a_changed_host_key_ends_with_exit_code_4(opened: Open) -> None:
    error = HostKeyChanged("shows another key than before", host="boba", remedy="find out why")
    async with opened(ScriptedCases(runs=[[error]]), start="resume", name="classic") as pilot:
        await sees(pilot, "shows another key", "find out why")
        await pilot.press("q")
        await pilot.pause()
        assert app_of(pilot).return_value == 4


async def test_a_locked_journal_is_said_and_can_be_tried_again(opened: Open) -> None:
    story = Story()
    cases = ScriptedCases(
        runs=[
            [JournalLocked("another kwizard is at it", remedy="wait for it, or end it")],
            [story.begin(), *story.whole(), story.end()],
        ]
    )
    async with opened(cases, start="resume", name="classic") as pilot:
        await sees(pilot, "another kwizard is at it")
        assert app_of(pilot).exit_code == 1
        await pilot.press("r")
        await sees(pilot, "✓ installed")


async def test_a_cluster_that_is_as_wanted_says_that_nothing_would_change(opened: Open) -> None:
    findings = {t.id: Finding(State.DONE, "as wanted") for t in plan_of(CLUSTER).tasks}
    async with opened(ScriptedCases(findings=findings)) as pilot:
        await to_review(pilot, "nothing would change")


async def test_the_review_opens_the_very_script_and_its_probe(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        await to_review(pilot)
        await pilot.press("enter")
        await pilot.pause()
        await sees(pilot, "ExecStart=/usr/bin/kube-apiserver", "[--not-markup=1]")
        await pilot.press("p")
        await pilot.pause()
        await sees(pilot, "# looks whether the unit is there")
        await pilot.press("escape")
        await pilot.pause()
        assert on(pilot, "ReviewScreen")


async def test_saving_installs_nothing_and_shows_the_line_that_would(
    opened: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    cases = ScriptedCases()
    async with opened(cases, size=(120, 40)) as pilot:
        await to_review(pilot)
        await pilot.press("s")
        await pilot.pause()
        await pilot.press("enter")
        await pilot.pause()
        assert cases.saved == [tmp_path / "classic.yaml"]
        await sees(pilot, "kwizard apply")
        assert cases.installs == 0


async def test_leaving_before_anything_ran_is_no_failure(opened: Open) -> None:
    async with opened(ScriptedCases()) as pilot:
        await to_review(pilot)
        await pilot.press("ctrl+q")
        await pilot.pause()
        assert app_of(pilot).return_value == 0

"""Whole runs by keys through the real engine, on a rehearsal host over real SSH: what fails is
retried, or skipped; what is left is resumed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kwizard.rehearsal import Fault, Rehearsal
from kwizard.tui.app import KwizardApp
from kwizard.tui.live import LiveUseCases
from kwizard.tui.model import Mark
from kwizard.tui.screens.failure import FailureDialog
from kwizard.tui.screens.install import InstallScreen
from tests.wire.rehearsal.conftest import begin, connect

from .conftest import focused, text_of, until

LONG = 6000  # looks; a whole run takes some seconds, more on a busy machine
NAMES = "hosts/names"
SCHEDULER = "control-plane/kube-scheduler"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


@asynccontextmanager
async def installing(host: Rehearsal) -> AsyncIterator[Pilot[int]]:
    """The wizard, at work on this host; a key it has not seen is trusted."""
    cases = LiveUseCases(rehearsal=True)
    app = KwizardApp(cases, start="resume", cluster=host.cluster)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: focused(pilot) == "refuse" or begun(pilot), tries=LONG)
        if focused(pilot) == "refuse":
            await pilot.press("right", "enter")
        yield pilot
    await app.finish()


def app_of(pilot: Pilot[int]) -> KwizardApp:
    assert isinstance(pilot.app, KwizardApp)
    return pilot.app


def begun(pilot: Pilot[int]) -> bool:
    return app_of(pilot).run_model.started is not None


def on(kind: type) -> Callable[[Pilot[int]], bool]:
    return lambda pilot: type(pilot.app.screen) is kind


async def failed(pilot: Pilot[int], step: str) -> None:
    """Wait for the dialog of that failure."""
    await until(pilot, lambda: on(FailureDialog)(pilot), tries=LONG)
    assert f"{step} on anakin failed" in text_of(pilot)


async def installed(pilot: Pilot[int]) -> None:
    app = app_of(pilot)
    await until(pilot, lambda: app.run_model.status not in ("idle", "running"), tries=LONG)
    assert app.run_model.status == "done", [str(f) for f in app.run_model.failures]
    await until(pilot, lambda: "✓ installed" in text_of(pilot))


async def said(host: Rehearsal, command: str) -> str:
    """What the host itself says."""
    async with connect(host) as connection:
        answer = await connection.run(command, check=True)
    return str(answer.stdout)


async def jobs(host: Rehearsal) -> list[str]:
    """The steps that ran on the host, one for each job."""
    found = (await said(host, "ls /var/lib/kwizard/jobs")).split()
    return sorted(job.rsplit("-", 2)[0] for job in found)


async def test_a_step_that_fails_is_retried_to_the_end(tmp_path: Path) -> None:
    async with begin(hosts=1, speed=0, faults=[Fault(SCHEDULER, "anakin")]) as host:
        async with installing(host) as pilot:
            await failed(pilot, SCHEDULER)
            await until(pilot, lambda: "A report for help:" in text_of(pilot))
            assert focused(pilot) == "retry"
            await pilot.press("enter")
            await installed(pilot)
            await pilot.press("enter")
            await until(pilot, lambda: "✓ All is well" in text_of(pilot))
        reports = list((tmp_path / "state/clusters/rehearsal/reports").iterdir())
        assert [r.suffixes for r in reports] == [[".tar", ".gz"]]


async def test_a_step_that_fails_is_skipped_and_the_rest_is_installed() -> None:
    async with begin(hosts=1, speed=0, faults=[Fault(NAMES, "anakin", times=9)]) as host:
        async with installing(host) as pilot:
            await failed(pilot, NAMES)
            await pilot.press("x")
            await until(pilot, lambda: "Go on without this step?" in text_of(pilot))
            await pilot.press("right", "enter")
            await installed(pilot)
            assert app_of(pilot).run_model.spots[NAMES, "anakin"].mark is Mark.WAIVED
            assert "1 skipped by you" in text_of(pilot)
            await pilot.press("enter")
            await until(pilot, lambda: "✓ All is well" in text_of(pilot))
        records = await said(host, "ls /var/lib/kwizard/steps")
        assert SCHEDULER.replace("/", ".") in records.split()
        assert NAMES.replace("/", ".") not in records.split()


async def test_a_run_that_is_left_is_resumed_and_does_nothing_twice() -> None:
    async with begin(hosts=1, speed=0.2) as host:
        async with installing(host) as pilot:
            await until(pilot, lambda: app_of(pilot).run_model.counts()[0] >= 4, tries=LONG)
            await pilot.press("q")
            await until(pilot, lambda: "Leave now?" in text_of(pilot))
            await pilot.press("right", "enter")
            await until(pilot, lambda: pilot.app.return_value is not None)
            assert pilot.app.return_value == 3
        before = await jobs(host)
        async with installing(host) as pilot:
            await until(pilot, lambda: on(InstallScreen)(pilot))
            await installed(pilot)
        after = await jobs(host)
        assert before
        assert set(before) < set(after)
        assert len(after) == len(set(after))

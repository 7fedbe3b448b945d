"""Whole runs by keys through the real engine, on a rehearsal host over real SSH: what fails is
retried, or skipped; what is left is resumed."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from textual.pilot import Pilot

from kwizard.cluster.model import Cluster
from kwizard.lab.release.mirror import Faults, Mirror
from kwizard.rehearsal import Fault, Rehearsal
from kwizard.release.catalog import locate
from kwizard.remote import transfer
from kwizard.remote.shell import Running
from kwizard.tui.app import KwizardApp
from kwizard.tui.live import LiveUseCases
from kwizard.tui.model import Mark
from kwizard.tui.screens.failure import FailureDialog
from kwizard.tui.screens.install import InstallScreen
from tests.wire.rehearsal.conftest import begin, connect

from .conftest import focused, sees, until

LONG = 6000  # looks; a whole run takes some seconds, more on a busy machine
NAMES = "hosts/names"
PLACE = "release/place"
FETCH = "release/fetch"
SCHEDULER = "control-plane/kube-scheduler"


@pytest.fixture(autouse=True)
def own_cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


@asynccontextmanager
async def installing(host: Rehearsal, cluster: Cluster | None = None) -> AsyncIterator[Pilot[int]]:
    """The wizard, at work on this host; a key it has not seen is trusted."""
    cases = LiveUseCases(rehearsal=True)
    app = KwizardApp(cases, start="resume", cluster=cluster or host.cluster)
    async with app.run_test(size=(120, 40)) as pilot:
        await until(pilot, lambda: focused(pilot) == "refuse" or begun(pilot))
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
    await until(pilot, lambda: on(FailureDialog)(pilot))
    await sees(pilot, f"{step} on anakin failed")


async def installed(pilot: Pilot[int]) -> None:
    app = app_of(pilot)
    await until(pilot, lambda: app.run_model.status not in ("idle", "running"))
    assert app.run_model.status == "done", [str(f) for f in app.run_model.failures]
    await sees(pilot, "✓ installed")


async def skipped(pilot: Pilot[int], step: str) -> None:
    """Go on without the step that failed, to the end."""
    await failed(pilot, step)
    await pilot.press("x")
    await sees(pilot, "Go on without this step?")
    await pilot.press("right", "enter")
    await installed(pilot)


async def said(host: Rehearsal, command: str) -> str:
    """What the host itself says."""
    async with connect(host) as connection:
        answer = await connection.run(command, check=True)
    return str(answer.stdout)


def fetched(host: Rehearsal, root: Path, mirror: Mirror) -> tuple[Cluster, Path]:
    """The host's cluster with its release on a mirror, and the file that lies there."""
    cluster = host.cluster
    assert cluster.release.tarball
    data = Path(cluster.release.tarball).read_bytes()
    place = locate(cluster.version, mirror.url)
    file = root / str(place.version) / place.file
    file.parent.mkdir(parents=True)
    file.write_bytes(data)
    release = replace(
        cluster.release,
        tarball=None,
        mirror=mirror.url,
        sha256=hashlib.sha256(data).hexdigest(),
    )
    return replace(cluster, release=release), file


def held(pilot: Pilot[int]) -> list[str]:
    """The steps a pause holds up."""
    spots = app_of(pilot).run_model.spots
    return [step for (step, _host), spot in spots.items() if spot.held]


async def jobs(host: Rehearsal) -> list[str]:
    """The steps that ran on the host, one for each job."""
    found = (await said(host, "ls /var/lib/kwizard/jobs")).split()
    return sorted(job.rsplit("-", 2)[0] for job in found)


async def test_a_step_that_fails_is_retried_to_the_end(tmp_path: Path) -> None:
    async with begin(hosts=1, speed=0, faults=[Fault(SCHEDULER, "anakin")]) as host:
        async with installing(host) as pilot:
            await failed(pilot, SCHEDULER)
            await sees(pilot, "A report for help:")
            assert focused(pilot) == "retry"
            await pilot.press("enter")
            await installed(pilot)
            await pilot.press("enter")
            await sees(pilot, "✓ All is well")
        reports = list((tmp_path / "state/clusters/rehearsal/reports").iterdir())
        assert [r.suffixes for r in reports] == [[".tar", ".gz"]]


async def test_a_step_that_fails_is_skipped_and_the_rest_is_installed() -> None:
    async with begin(hosts=1, speed=0, faults=[Fault(NAMES, "anakin", times=9)]) as host:
        async with installing(host) as pilot:
            await skipped(pilot, NAMES)
            assert app_of(pilot).run_model.spots[NAMES, "anakin"].mark is Mark.WAIVED
            await sees(pilot, "1 skipped by you")
            await pilot.press("enter")
            await sees(pilot, "✓ All is well")
        records = await said(host, "ls /var/lib/kwizard/steps")
        assert SCHEDULER.replace("/", ".") in records.split()
        assert NAMES.replace("/", ".") not in records.split()


async def test_a_run_that_is_left_is_resumed_and_does_nothing_twice() -> None:
    async with begin(hosts=1, speed=0.2) as host:
        async with installing(host) as pilot:
            await until(pilot, lambda: app_of(pilot).run_model.counts()[0] >= 4)
            await pilot.press("q")
            await sees(pilot, "Leave now?")
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


class HalfSent:
    """The line goes silent in the middle of the first file that is sent; `began` are the bytes all
    of its transfers began at."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.file, self.half = "", 0
        self.began: list[int] = []
        whole = transfer.Task.stream

        async def stream(task: transfer.Task, running: Running, start: int) -> None:
            self.file = self.file or task.target
            if task.target == self.file:
                self.began.append(start)
            if len(self.began) != 1 or task.target != self.file:
                await whole(task, running, start)
                return
            assert task.source is not None
            self.half = task.size // 2
            await running.write(task.source.read_bytes()[: self.half])
            task.progress(self.half, task.size)
            await asyncio.Event().wait()

        monkeypatch.setattr(transfer.Task, "stream", stream)


async def test_a_pause_holds_what_is_sent_and_it_goes_on_at_the_byte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = HalfSent(monkeypatch)
    async with begin(hosts=1, speed=0) as host, installing(host) as pilot:
        await until(pilot, lambda: bool(line.half))
        await pilot.press("p")
        await until(pilot, lambda: bool(held(pilot)))
        await sees(pilot, "‖ paused", "p goes on at that byte")
        # What runs on the host runs to its end, and what can be begun there is.
        working = app_of(pilot).run_model
        await until(pilot, lambda: working.at_work()[0] == 0)
        await sees(pilot, "0 at work now")
        assert await jobs(host)
        part = int(await said(host, f"wc -c <{line.file}.part"))
        assert part == line.half
        assert line.began == [0]
        await pilot.press("p")
        await installed(pilot)
        assert line.began[:2] == [0, part]
        await sees(pilot, "✓ installed", without=["‖ paused"])


async def test_a_pause_holds_a_download_and_it_goes_on_at_the_byte(tmp_path: Path) -> None:
    root = tmp_path / "mirror"
    root.mkdir()
    with Mirror(root) as mirror:
        async with begin(hosts=1, speed=0) as host:
            cluster, file = fetched(host, root, mirror)
            half = file.stat().st_size // 2
            mirror.fault("*", Faults(stall_after=half, times=1))
            async with installing(host, cluster) as pilot:
                await until(pilot, lambda: [r.sent for r in mirror.log] == [half])
                await pilot.press("p")
                await until(pilot, lambda: FETCH in held(pilot))
                (part,) = (tmp_path / "cache").rglob("*.part")
                size = part.stat().st_size
                assert 0 < size <= half
                await pilot.press("p")
                await installed(pilot)
        assert [r.range for r in mirror.log] == ["", f"bytes={size}-"]


async def test_what_is_left_in_a_pause_goes_on_at_the_byte(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    line = HalfSent(monkeypatch)
    async with begin(hosts=1, speed=0) as host:
        async with installing(host) as pilot:
            await until(pilot, lambda: bool(line.half))
            await pilot.press("p")
            await until(pilot, lambda: bool(held(pilot)))
            await pilot.press("q")
            await sees(pilot, "Leave now?")
            await pilot.press("right", "enter")
            await until(pilot, lambda: pilot.app.return_value is not None)
            assert pilot.app.return_value == 3
        async with installing(host) as pilot:
            await installed(pilot)
        assert line.began[:2] == [0, line.half]


async def test_what_was_skipped_is_told_on_the_start_page_and_done_from_there() -> None:
    async with begin(hosts=1, speed=0, faults=[Fault(NAMES, "anakin")]) as host:
        async with installing(host) as pilot:
            await skipped(pilot, NAMES)
        app = KwizardApp(LiveUseCases(rehearsal=True), cluster=host.cluster)
        async with app.run_test(size=(120, 40)) as pilot:
            await sees(pilot, "Finish rehearsal")
            await pilot.press("down")
            await sees(pilot, f"{NAMES} on anakin")
            await pilot.press("enter")
            await installed(pilot)
            assert app.cases.known()[0].waived == ()
            looks = app.cases.looked().kept
            assert any(k.title.startswith("Look which of ") and k.ended == "0" for k in looks)
            await pilot.press("c")
            await sees(pilot, "looks; t shows one kind")
        await app.finish()
        assert NAMES.replace("/", ".") in (await said(host, "ls /var/lib/kwizard/steps")).split()

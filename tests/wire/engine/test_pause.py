"""A person's pause of what crosses the operator's line: what it breaks off, and what goes on."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.engine.bringing import Bringing
from kwizard.engine.pause import Pause
from kwizard.remote.host import Placement, Progress

from .test_bringing import DATA, TARGET, PassingHost, World

HALF = len(DATA) // 2


async def turns() -> None:
    """Let everything that can go on go on."""
    for _ in range(50):
        await asyncio.sleep(0)


class SlowHost(PassingHost):
    """Takes the first half of what it is sent, then nothing more; from there on all of it."""

    def __init__(self, name: str, root: Path, world: World) -> None:
        super().__init__(name, root, world)
        self.began: list[int] = []
        self.half = asyncio.Event()

    async def take(self, file: Placement, progress: Progress) -> None:
        part = self.file(file.target + ".part")
        part.parent.mkdir(parents=True, exist_ok=True)
        here = part.stat().st_size if part.exists() else 0
        self.began.append(here)
        if not here:
            assert file.source is not None
            part.write_bytes(file.source.read_bytes()[:HALF])
            progress(HALF, len(DATA))
            self.half.set()
            await asyncio.Event().wait()
        await super().take(file, progress)


@dataclass
class Bed:
    """Hosts of which the slow one is called anakin, and what was told of each."""

    world: World
    bringing: Bringing
    pause: Pause
    file: Placement
    told: dict[str, list[bool]] = field(default_factory=dict)

    async def bring(self, name: str) -> str:
        return await self.bringing.bring(
            self.world.hosts[name],
            self.file,
            source=lambda _name: None,
            progress=lambda _done, _total: None,
            say=_silent,
            stands=self.told.setdefault(name, []).append,
        )


async def _silent(_text: str) -> None:
    return None


@pytest.fixture
def bed(tmp_path: Path) -> Callable[[bool], Bed]:
    def make(passing: bool) -> Bed:
        world, pause = World(), Pause()
        SlowHost("anakin", tmp_path / "anakin", world)
        PassingHost("boba", tmp_path / "boba", world)
        source = tmp_path / "release"
        source.write_bytes(DATA)
        digest = hashlib.sha256(DATA).hexdigest()
        file = Placement(target=TARGET, size=len(DATA), sha256=digest, source=source)
        addresses = {n: IPv4Address(f"10.0.63.{202 + i}") for i, n in enumerate(world.hosts)}
        bringing = Bringing(world.hosts, addresses, passing=passing, pause=pause)
        return Bed(world, bringing, pause, file)

    return make


@pytest.mark.parametrize("passing", [True, False])
async def test_what_is_on_its_way_is_broken_off_and_goes_on_at_its_byte(
    bed: Callable[[bool], Bed], passing: bool
):
    made = bed(passing)
    slow = made.world.hosts["anakin"]
    assert isinstance(slow, SlowHost)
    coming = asyncio.create_task(made.bring("anakin"))
    await slow.half.wait()
    made.pause.hold()
    await turns()
    assert not coming.done()
    assert made.told["anakin"][-1:] == [True]
    assert slow.began == [0]  # broken off, and not begun again
    made.pause.go_on()
    assert await asyncio.wait_for(coming, 20) == "operator"
    assert slow.began == [0, HALF]
    assert made.told["anakin"][-1:] == [False]
    assert slow.file().read_bytes() == DATA


async def test_hosts_pass_on_meanwhile_what_one_of_them_has(bed: Callable[[bool], Bed]):
    made = bed(True)
    made.pause.hold()
    kept = made.world.hosts["boba"].file()
    kept.parent.mkdir(parents=True)
    kept.write_bytes(DATA)
    assert await asyncio.wait_for(made.bring("boba"), 20) == "boba"
    assert await asyncio.wait_for(made.bring("anakin"), 20) == "boba"
    assert made.world.moved == [("boba", "anakin")]


async def test_leaving_in_a_pause_leaves_nothing_behind(bed: Callable[[bool], Bed]):
    made = bed(True)
    made.pause.hold()
    coming = asyncio.create_task(made.bring("boba"))
    await turns()
    coming.cancel()
    with pytest.raises(asyncio.CancelledError):
        await coming
    assert made.world.moved == []


async def test_what_fails_in_the_moment_of_a_pause_is_told():
    pause = Pause()

    async def fails() -> None:
        raise OSError("no disk")

    with pytest.raises(OSError, match="no disk"):
        await pause.unless_held(fails())
    assert await pause.unless_held(turns())


async def test_what_is_not_to_be_broken_off_is_let_go_on():
    pause = Pause()
    doing = asyncio.create_task(pause.unless_held(turns(), lambda: False))
    pause.hold()
    assert await doing


async def test_the_clock_of_a_task_stands_still_in_a_pause():
    pause = Pause()
    pause.hold()
    stood = []

    async def work() -> None:
        async with pause.timeout(0) as clock:
            await turns()  # it would be over by now
            pause.go_on()
            stood.append(clock.stood)
            await asyncio.Event().wait()

    with pytest.raises(TimeoutError):
        await work()
    assert stood[0] > 0
    async with pause.timeout(0):
        pause.hold()
        await turns()


async def test_a_pause_after_the_time_is_up_changes_nothing():
    pause = Pause()

    async def late() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            pause.hold()
            pause.go_on()

    with pytest.raises(TimeoutError):
        async with pause.timeout(0):
            await late()

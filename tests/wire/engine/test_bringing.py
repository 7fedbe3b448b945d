"""Files brought to hosts that pass them on, in the process: who sends what to whom."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from kwizard.app.holders import Holders, holders
from kwizard.cluster.model import Cluster, Host, Role, Version
from kwizard.engine.actions import Held
from kwizard.engine.bringing import Bringing
from kwizard.engine.plan import build
from kwizard.errors import ConnectionLost, NotPassedOn
from kwizard.recipes.step import Phase, Place, RecipeSteps, Step
from kwizard.release.part import Checksum
from kwizard.remote.host import Found, Grant, Placement, Progress
from tests.wire.engine.shellhost import ShellHost

DATA = b"a release" * 1000
TARGET = "/var/lib/kwizard/artifacts/release"


@dataclass
class World:
    """What was moved between whom, and what goes wrong: (giver, receiver) to an error."""

    hosts: dict[str, PassingHost] = field(default_factory=dict)
    moved: list[tuple[str, str]] = field(default_factory=list)
    grants: list[str] = field(default_factory=list)
    faults: dict[tuple[str, str], list[Exception]] = field(default_factory=dict)

    def strike(self, giver: str, receiver: str) -> None:
        if errors := self.faults.get((giver, receiver)):
            raise errors.pop(0)


class PassingHost(ShellHost):
    """A host that passes files on, without SSH."""

    def __init__(self, name: str, root: Path, world: World) -> None:
        super().__init__(name, root)
        self.world = world
        world.hosts[name] = self

    @property
    def passing(self) -> PassingHost:  # type: ignore[override]
        return self

    def file(self, target: str = TARGET) -> Path:
        return self.root / target.lstrip("/")

    async def take(self, file: Placement, progress: Progress) -> None:
        progress(0, file.size)
        await asyncio.sleep(0)
        self.world.strike("operator", self.name)
        await super().take(file, progress)
        self.world.moved.append(("operator", self.name))

    async def has(self, file: Placement) -> bool:
        await asyncio.sleep(0)
        there = self.file(file.target)
        return there.exists() and hashlib.sha256(there.read_bytes()).hexdigest() == file.sha256

    async def sums(self, path: str) -> Found | None:
        there = self.file(path)
        if not there.exists():
            return None
        data = there.read_bytes()
        sha256, sha512 = (hashlib.new(x, data).hexdigest() for x in ("sha256", "sha512"))
        return Found(size=len(data), sha256=sha256, sha512=sha512)

    async def grant(self, path: str, to: IPv4Address) -> Grant:
        self.world.strike(self.name, "anybody")
        self.world.grants.append(f"{self.name} {to}")
        return Grant(id=path, giver=self.name, login="", port=22, known_hosts=b"", key=b"")

    async def take_back(self, grant: Grant) -> None:
        self.world.grants.append(f"{grant.giver} taken back")

    async def receive(
        self, file: Placement, grant: Grant, *, progress: Progress | None = None
    ) -> None:
        await asyncio.sleep(0)
        self.world.strike(grant.giver, self.name)
        data = self.world.hosts[grant.giver].file(file.target).read_bytes()
        self.file(file.target).parent.mkdir(parents=True, exist_ok=True)
        self.file(file.target).write_bytes(data)
        self.world.moved.append((grant.giver, self.name))


def sample() -> Cluster:
    return Cluster(
        name="passing",
        version=Version(1, 36, 3),
        hosts=tuple(
            Host(name=n, address=IPv4Address(f"10.0.63.{i}"), roles=frozenset(Role))
            for i, n in enumerate(("anakin", "boba", "c3po"), 202)
        ),
    )


Bring = Callable[..., "asyncio.Future[dict[str, str]]"]


@pytest.fixture
def world(tmp_path: Path) -> World:
    made = World()
    for name in ("anakin", "boba", "c3po"):
        PassingHost(name, tmp_path / name, made)
    return made


@pytest.fixture
def bring(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., object]:
    for name in ("SOON", "SMALL"):  # no line is quick enough
        monkeypatch.setattr(f"kwizard.engine.sources.{name}", 0.0)
    monkeypatch.setattr("kwizard.engine.bringing._PAUSE", 0.0)
    source = tmp_path / "release"
    source.write_bytes(DATA)
    file = Placement(
        target=TARGET, size=len(DATA), sha256=hashlib.sha256(DATA).hexdigest(), source=source
    )

    async def all_of_them(
        *names: str,
        said: list[str] | None = None,
        keepers: tuple[str, ...] = (),
        here: bool = True,
    ) -> dict[str, str]:
        hosts = world.hosts
        addresses = {n: IPv4Address(f"10.0.63.{202 + i}") for i, n in enumerate(hosts)}
        bringing = Bringing(hosts, addresses, keepers=lambda _target: keepers)

        async def say(text: str) -> None:
            if said is not None:
                said.append(text)

        async def one(name: str) -> str:
            return await bringing.bring(
                hosts[name],
                file if here else replace(file, source=None),
                source=lambda _n: None,
                progress=lambda _d, _t: None,
                say=say,
            )

        async with asyncio.timeout(20):
            came = await asyncio.gather(*map(one, names), return_exceptions=True)
            await bringing.aclose()
        return {
            n: c if isinstance(c, str) else type(c).__name__
            for n, c in zip(names, came, strict=True)
        }

    return all_of_them


async def test_it_is_sent_once_and_passed_on(world: World, bring: Bring):
    came = await bring("anakin", "boba", "c3po")
    assert came == {"anakin": "operator", "boba": "anakin", "c3po": "anakin"}
    assert all(h.file().read_bytes() == DATA for h in world.hosts.values())
    assert sorted(world.grants) == [
        "anakin 10.0.63.203",
        "anakin 10.0.63.204",
        "anakin taken back",
        "anakin taken back",
    ]


async def test_a_host_that_kept_it_is_asked_before_anything_is_sent(world: World, bring: Bring):
    world.hosts["c3po"].file().parent.mkdir(parents=True)
    world.hosts["c3po"].file().write_bytes(DATA)
    assert await bring("anakin", keepers=("boba", "c3po")) == {"anakin": "c3po"}


async def test_what_only_a_host_has_comes_from_there(world: World, bring: Bring):
    world.hosts["boba"].file().parent.mkdir(parents=True)
    world.hosts["boba"].file().write_bytes(DATA)
    came = await bring("boba", "anakin", "c3po", keepers=("boba",), here=False)
    assert came["boba"] == "boba"
    assert came["anakin"] == "boba"
    assert all(giver != "operator" for giver, _ in world.moved)
    assert all(h.file().read_bytes() == DATA for h in world.hosts.values())


async def test_what_only_a_host_has_and_cannot_give_is_told(world: World, bring: Bring):
    world.hosts["boba"].file().parent.mkdir(parents=True)
    world.hosts["boba"].file().write_bytes(DATA)
    world.faults["boba", "anakin"] = [NotPassedOn("closed", host="anakin", at_fault="way")]
    assert await bring("anakin", keepers=("boba",), here=False) == {"anakin": "ReleaseError"}


@pytest.mark.parametrize("algorithm", ["sha256", "sha512"])
async def test_hosts_with_the_published_file_are_found(world: World, algorithm: str):
    for name, data in (("anakin", DATA.upper()), ("c3po", DATA)):
        world.hosts[name].file().parent.mkdir(parents=True)
        world.hosts[name].file().write_bytes(data)
    place = Step(
        id="release/place",
        phase=Phase.RELEASE,
        title="",
        action=Place("release", TARGET),
        hosts=("anakin", "boba", "c3po"),
    )
    plan = build(RecipeSteps(sample(), (place,), {}))
    wanted = Checksum(algorithm, hashlib.new(algorithm, DATA).hexdigest(), "published")
    found = await holders(plan, world.hosts, wanted)
    assert found == Holders(Held(len(DATA), hashlib.sha256(DATA).hexdigest()), TARGET, ("c3po",))
    assert await holders(plan, world.hosts, replace(wanted, value="0")) is None


async def test_a_host_whose_file_is_another_one_is_no_source(world: World, bring: Bring):
    world.hosts["c3po"].file().parent.mkdir(parents=True)
    world.hosts["c3po"].file().write_bytes(DATA.upper())
    assert await bring("anakin", keepers=("c3po",)) == {"anakin": "operator"}


async def test_hosts_that_cannot_reach_each_other_are_sent_it_and_told_why(
    world: World, bring: Bring
):
    for receiver in ("boba", "c3po"):
        for giver in ("anakin", "boba", "c3po"):
            world.faults[giver, receiver] = [
                NotPassedOn(
                    f"{receiver} did not get it from {giver}: refused",
                    host=receiver,
                    at_fault="way",
                )
            ]
    said: list[str] = []
    came = await bring("anakin", "boba", "c3po", said=said)
    assert "operator" in (came["boba"], came["c3po"])
    assert all(h.file().read_bytes() == DATA for h in world.hosts.values())
    assert said[0].startswith("boba did not get it from anakin: refused; ")


async def test_a_host_without_an_ssh_program_is_sent_it_at_once(world: World, bring: Bring):
    world.faults["anakin", "boba"] = [
        NotPassedOn("boba cannot fetch files", host="boba", at_fault="receiver")
    ]
    said: list[str] = []
    assert (await bring("anakin", "boba", said=said))["boba"] == "operator"
    assert said == ["boba cannot fetch files; it is sent from here instead"]


async def test_a_cut_in_the_middle_is_taken_up_again_from_the_same_host(world: World, bring: Bring):
    cut = NotPassedOn("it was cut", host="boba", at_fault="way", came=True)
    world.faults["anakin", "boba"] = [cut, cut]
    said: list[str] = []
    assert (await bring("anakin", "boba", said=said))["boba"] == "anakin"
    assert said == ["it was cut; it goes on at that byte"] * 2
    assert world.grants.count("anakin taken back") == 3


async def test_the_next_host_is_first_when_the_first_is_lost(world: World, bring: Bring):
    world.faults["operator", "anakin"] = [ConnectionLost("gone", host="anakin")]
    came = await bring("anakin", "boba", "c3po")
    assert came == {"anakin": "ConnectionLost", "boba": "operator", "c3po": "boba"}


async def test_a_giver_that_is_lost_holds_nobody_up(world: World, bring: Bring):
    world.faults["anakin", "anybody"] = [ConnectionLost("gone", host="anakin") for _ in "123"]
    came = await bring("anakin", "boba", "c3po")
    assert came["anakin"] == "operator"
    assert "anakin" not in came.values()
    assert all(h.file().read_bytes() == DATA for h in world.hosts.values())

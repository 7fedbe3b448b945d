"""A release that comes from hosts that have it, onto one that has not: the recipe's own scripts on
rehearsal hosts. They cannot reach each other's SSH server, so what passes between them is carried
by the test; who has the file and whether it arrived whole, the hosts themselves say."""

from __future__ import annotations

from dataclasses import dataclass, replace
from ipaddress import IPv4Address

import pytest

from kwizard.app.checkup import checkup
from kwizard.app.install import install
from kwizard.app.session import Session
from kwizard.cluster.model import Cluster, Release
from kwizard.engine.events import Log, StepFailed, StepStarted
from kwizard.rehearsal import Rehearsal
from kwizard.remote.host import Found, Grant, Host, Passing, Placement, Progress
from tests.wire.rehearsal.conftest import connect
from tests.wire.rehearsal.test_recipe import events_of, failures, session, status

KEPT = "/var/lib/kwizard/release"
PLACE = f"{KEPT}/kubernetes-server.tar.gz"
PROGRAMS = f"/usr/bin/kubelet /usr/bin/kube-proxy /usr/bin/kubectl {KEPT}/installed"


@dataclass
class Carried:
    """Passing on of one host, with the way between two of them in our hands."""

    rehearsal: Rehearsal
    name: str
    real: Passing
    carried: list[tuple[str, str]]

    async def has(self, file: Placement) -> bool:
        return await self.real.has(file)

    async def sums(self, path: str) -> Found | None:
        return await self.real.sums(path)

    async def grant(self, path: str, to: IPv4Address) -> Grant:
        return Grant(id=path, giver=self.name, login="", port=0, known_hosts=b"", key=b"")

    async def take_back(self, grant: Grant) -> None:
        pass

    async def receive(
        self, file: Placement, grant: Grant, *, progress: Progress | None = None
    ) -> None:
        async with connect(self.rehearsal, grant.giver) as giver:
            got = await giver.run(f"cat {grant.id}", encoding=None, check=True)
        async with connect(self.rehearsal, self.name) as ours:
            put = f"mkdir -p {KEPT}; cat >{file.target}"
            await ours.run(put, input=got.stdout, encoding=None, check=True)
        self.carried.append((grant.giver, self.name))


class Carrying:
    """A host but for its `passing`."""

    def __init__(self, host: Host, passing: Carried) -> None:
        self._host, self.passing = host, passing

    def __getattr__(self, name: str) -> object:
        return getattr(self._host, name)


def elsewhere(rehearsal: Rehearsal, opened: Session, carried: list[tuple[str, str]]) -> Session:
    """Another operator's machine: it knows nothing of what was installed, and hosts pass on."""
    hosts = {
        name: Carrying(host, Carried(rehearsal, name, host.passing, carried))
        for name, host in opened.hosts.items()
        if host.passing is not None
    }
    directory = rehearsal.directory / "elsewhere"
    directory.mkdir()
    return Session(opened.cluster, directory, hosts)  # type: ignore[arg-type]


def from_hosts(cluster: Cluster, sha256: str | None) -> Cluster:
    return replace(cluster, release=Release(on_hosts=True, sha256=sha256))


async def say(rehearsal: Rehearsal, host: str, command: str) -> str:
    async with connect(rehearsal, host) as ssh:
        done = await ssh.run(command, check=True)
    return str(done.stdout).strip()


@pytest.fixture
def _no_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("KWIZARD_CACHE_HOME", str(tmp_path / "cache"))


@pytest.mark.usefixtures("_no_cache")
async def test_a_host_that_lost_it_gets_it_from_those_that_have_it(rehearsals):
    async with rehearsals(speed=0) as r:
        async with session(r, r.cluster) as opened:
            assert status(await events_of(install(opened))) == "done"
        digest = (await say(r, "anakin", f"sha256sum {PLACE}")).split()[0]
        await say(r, "c3po", f"rm {PLACE} {PROGRAMS}")
        carried: list[tuple[str, str]] = []

        async with session(r, from_hosts(r.cluster, digest)) as opened:
            there = elsewhere(r, opened, carried)
            assert not any(c.blocks for c in (await checkup(there)).values())
            events = await events_of(install(there))
        assert failures(events) == []
        assert status(events) == "done"
        ((giver, receiver),) = carried
        assert giver in ("anakin", "boba")
        assert receiver == "c3po"
        assert (await say(r, "c3po", f"sha256sum {PLACE}")).split()[0] == digest
        assert "v1.19.16" in await say(r, "c3po", "kubelet --version")
        fetched = [e.text for e in events if isinstance(e, Log) and e.step == "release/fetch"]
        assert len(fetched) == 1
        assert fetched[0].startswith("anakin, boba: the release v1.19.16 is there already")
        assert f"by its sha256 {digest}; it is passed on from there" in fetched[0]


@pytest.mark.usefixtures("_no_cache")
async def test_where_no_host_has_that_file_it_is_said_before_and_nothing_is_fetched(rehearsals):
    async with rehearsals(speed=0) as r:
        async with session(r, r.cluster) as opened:
            assert status(await events_of(install(opened))) == "done"
        await say(r, "c3po", f"rm {PLACE} {PROGRAMS}")
        lying = (await say(r, "boba", f"sha256sum {PLACE}")).split()[0]

        async with session(r, from_hosts(r.cluster, "0" * 64)) as opened:
            there = elsewhere(r, opened, [])
            looked = await checkup(there)
            blocked = {n: [p for p in c.problems if p.blocks] for n, c in looked.items()}
            assert blocked["anakin"] == blocked["boba"] == []  # theirs is in place
            (problem,) = blocked["c3po"]
            assert "no host has the release v1.19.16 by its sha256" in problem.message
            assert f"sha256 {lying}: anakin, boba" in problem.message
            events = await events_of(install(there))
        assert status(events) == "failed"
        (failed,) = [e for e in events if isinstance(e, StepFailed)]
        assert (failed.step, failed.reason) == ("release/fetch", problem.message)
        assert "kubelet" not in await say(r, "c3po", "ls /usr/bin")


@pytest.mark.usefixtures("_no_cache")
async def test_where_every_host_has_its_programs_nobody_is_asked(rehearsals):
    async with rehearsals(speed=0) as r:
        async with session(r, r.cluster) as opened:
            assert status(await events_of(install(opened))) == "done"
        for name in ("anakin", "boba", "c3po"):
            await say(r, name, f"rm {PLACE}")
        async with session(r, from_hosts(r.cluster, "0" * 64)) as opened:
            there = elsewhere(r, opened, [])
            assert not any(c.blocks for c in (await checkup(there)).values())
            events = await events_of(install(there))
        assert status(events) == "done"
        assert "release/fetch" not in [e.step for e in events if isinstance(e, StepStarted)]

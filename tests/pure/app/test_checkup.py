"""The checks before an installation say what the installation itself would stop at."""

from __future__ import annotations

from pathlib import Path

import pytest

from kwizard.app.checkup import checkup
from kwizard.app.session import Session
from kwizard.cluster.model import Docker
from kwizard.errors import ConnectionLost
from kwizard.remote.host import Output
from tests.pure.probes.recorded import DATA
from tests.pure.recipes.clusters import article
from tests.pure.recipes.modern_clusters import current

PREFLIGHT = "# Looks whether this host can become part of the cluster"


class Hosts:
    """A host that answers the look at its facts, and its preflight as it is told to."""

    def __init__(self, name: str, recording: str, preflight: Output | Exception) -> None:
        self.name = name
        self._facts = (DATA / "facts" / f"{recording}.txt").read_bytes()
        self._preflight = preflight

    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        if not script.startswith(PREFLIGHT):
            return Output(0, self._facts, b"")
        if isinstance(self._preflight, Exception):
            raise self._preflight
        return self._preflight


def session(
    tmp_path: Path, cluster, recording: str = "bare-host", **preflight: Output | Exception
) -> Session:
    fine = Output(0, b"nothing stands in the way\n", b"")
    hosts = {h.name: Hosts(h.name, recording, preflight.get(h.name, fine)) for h in cluster.hosts}
    return Session(cluster, tmp_path, hosts)  # type: ignore[arg-type]


async def test_each_obstacle_of_the_preflight_blocks(tmp_path: Path):
    said = b"system: Debian\nobstacle: port 6443/tcp is taken by nginx\nobstacle: no ip\x1b[2J\n"
    found = await checkup(session(tmp_path, current(), boba=Output(1, said, b"kwizard: x\n")))
    assert {str(p) for p in found["boba"].problems if p.blocks} == {
        "port 6443/tcp is taken by nginx",
        "no ip",
    }
    assert not found["anakin"].blocks


async def test_a_preflight_that_broke_off_blocks_too(tmp_path: Path):
    broken = Output(127, b"system: Debian\n", b"sh: awk: not found\n")
    found = await checkup(session(tmp_path, current(), c3po=broken))
    assert [str(p) for p in found["c3po"].problems if p.blocks] == ["sh: awk: not found"]


async def test_a_host_lost_before_its_preflight_keeps_its_facts(tmp_path: Path):
    found = await checkup(session(tmp_path, current(), boba=ConnectionLost("gone", host="boba")))
    assert found["boba"].facts is not None


@pytest.mark.parametrize("make", [current, article], ids=["modern", "classic"])
async def test_docker_is_missed_by_the_classic_recipe_only(tmp_path: Path, make):
    cluster = make(docker=Docker(install=False))
    found = await checkup(session(tmp_path, cluster, recording="minimal"))
    told = {p.message for c in found.values() for p in c.problems}
    assert ("docker is not installed" in told) is (make is article)

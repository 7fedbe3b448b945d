"""The checks before an installation say what the installation itself would stop at."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Network
from pathlib import Path

import pytest

from kwizard.app.checkup import PREFLIGHT as PREFLIGHT_STEP
from kwizard.app.checkup import ahead, checkup, rests_on
from kwizard.app.planning import make_plan
from kwizard.app.session import Session
from kwizard.cluster.model import (
    Backend,
    Cluster,
    Docker,
    EtcdMode,
    Firewall,
    FlannelStore,
    Host,
    RecipeName,
    Supervisor,
    Version,
)
from kwizard.errors import ConnectionLost, InvalidInput
from kwizard.probes.facts import facts_script, parse_facts, problems
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


@pytest.mark.parametrize(
    ("sent", "came", "first", "last", "seconds"),
    [
        (100.2, 100.9, 100, 100, 0),
        (100.2, 103.9, 101, 103, 0),  # a slow line, or many questions
        (100.9, 101.1, 100, 100, 0),  # whole seconds
        (100.0, 102.0, 140, 142, 40),
        (100.0, 102.0, 60, 62, -40),
        (100.0, 130.0, 90, 120, -10),  # the time its answers take is not its clock's
        (100.0, 130.0, 100, 100, 0),  # it may have been any of these thirty
    ],
)
def test_the_time_an_exchange_takes_is_allowed_for(
    sent: float, came: float, first: int, last: int, seconds: float
):
    text = (DATA / "facts" / "bare-host.txt").read_text()
    facts = parse_facts(Output(0, text.encode(), b""))
    facts = replace(facts, clock=first, clock_after=last)
    measured = ahead(facts, Output(0, b"", b"", sent=sent, came=came))
    assert measured is not None
    assert abs(measured - seconds) <= 1
    assert seconds or measured == 0


def test_without_a_time_of_ours_nothing_is_said_of_a_clock():
    facts = parse_facts(Output(0, b"@clock\n|100\n=0\n", b""))
    assert ahead(facts, Output(0, b"", b"")) is None


CHANGES = [
    lambda c: replace(c, name="other"),  # whose an etcd is that is there already
    lambda c: replace(c, network=replace(c.network, services=IPv4Network("10.96.0.0/16"))),
    lambda c: replace(c, network=replace(c.network, pods=IPv4Network("10.0.63.0/24"))),
    lambda c: replace(c, network=replace(c.network, backend=Backend.VXLAN)),
    lambda c: replace(c, supervisor=Supervisor.NOHUP),
    lambda c: replace(c, version=Version(1, 3, 5)),
    lambda c: replace(c, docker=Docker(install=False)),
    lambda c: replace(c, control_plane_is_node=not c.control_plane_is_node),
    lambda c: replace(c, etcd=replace(c.etcd, mode=EtcdMode.EXISTING)),
    lambda c: replace(c, firewall=Firewall(zone="dmz")),
    lambda c: replace(c, kubelet=replace(c.kubelet, allow_cgroup_v1=True)),
    lambda c: replace(c, flannel=replace(c.flannel, store=FlannelStore.KUBERNETES)),
    lambda c: replace(c, hosts=tuple(replace(h, address=h.address + 40) for h in c.hosts)),
]


@pytest.mark.parametrize("make", [current, article], ids=["modern", "classic"])
@pytest.mark.parametrize("recording", ["bare-host", "minimal", "node"])
def test_what_is_found_changes_only_with_what_it_rests_on(make, recording: str):
    before = make()
    facts = parse_facts(Output(0, (DATA / "facts" / f"{recording}.txt").read_bytes(), b""))
    resting, different = rests_on(before), 0
    for change in CHANGES:
        after = change(before)
        now = rests_on(after)
        for old, new in zip(before.hosts, after.hosts, strict=True):
            asked = [problems(facts, c, h) for c, h in ((before, old), (after, new))]
            if asked[0] != asked[1] or _script(before, old) != _script(after, new):
                different += 1
                assert now[old.name] != resting[old.name]
    assert different or recording != "bare-host"


def test_what_nothing_rests_on_makes_nothing_old():
    before = current()
    after = replace(
        before,
        apiserver=replace(before.apiserver, audit=False),
        release=replace(before.release, mirror="https://mirror.example"),
    )
    assert rests_on(after) == rests_on(before)


def test_a_table_that_is_still_being_filled_in_rests_on_something():
    cluster = current()
    assert rests_on(replace(cluster, hosts=())) == {}
    no_roles = tuple(replace(h, roles=frozenset()) for h in cluster.hosts)
    assert set(rests_on(replace(cluster, hosts=no_roles))) == {h.name for h in cluster.hosts}


def _script(cluster: Cluster, host: Host) -> str:
    if cluster.recipe is RecipeName.CLASSIC:
        return facts_script(cluster)
    try:
        tasks = make_plan(cluster).of_step(PREFLIGHT_STEP)
    except InvalidInput:
        return "no plan"
    (task,) = [t for t in tasks if t.host == host.name]
    return task.script + facts_script(cluster)

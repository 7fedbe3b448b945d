"""A snapshot of hosts that answer with what real ones printed."""

from __future__ import annotations

import asyncio
import json
import re
from dataclasses import replace
from ipaddress import IPv4Address

import pytest

from kwizard import language
from kwizard.cluster.model import Cluster, Host, Role, Version
from kwizard.errors import HostUnreachable
from kwizard.folding import columns
from kwizard.monitor.expected import daemons
from kwizard.monitor.snapshot import Snapshot, take
from kwizard.monitor.watch import watch
from kwizard.probes.matrix import Cell
from kwizard.remote.host import Output
from tests.pure.probes.recorded import DATA

CLUSTER = Cluster(
    name="starwars",
    version=Version(1, 19, 16),
    hosts=(
        Host(
            name="anakin",
            address=IPv4Address("10.0.63.202"),
            roles=frozenset({Role.CONTROL_PLANE, Role.ETCD}),
        ),
        Host(
            name="boba",
            address=IPv4Address("10.0.63.203"),
            roles=frozenset({Role.WORKER, Role.ETCD}),
        ),
        Host(
            name="c3po",
            address=IPv4Address("10.0.63.204"),
            roles=frozenset({Role.WORKER, Role.ETCD}),
        ),
    ),
)
SUBNETS = {"anakin": "10.0.76", "boba": "10.0.64", "c3po": "10.0.113"}
KINDS = {
    "# Asks the API server how": "components",
    "# Asks the API server for": "nodes",
    "# Which daemons": "services",
    "# Tells what the ping": "addresses",
    "# Pings every": "ping",
    "# Looks at what carries": "network",
}


class Answering:
    """A host that answers every look with a recording, and pings with success."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[str] = []
        self.lost: set[str] = set()
        self.told: dict[str, bytes] = {}

    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        kind = next(kind for head, kind in KINDS.items() if script.startswith(head))
        self.asked.append(kind)
        await asyncio.sleep(0)
        if kind in self.told:
            return Output(0, self.told[kind], b"")
        return Output(0, getattr(self, f"_{kind}")(script), b"")

    def _recording(self, name: str) -> bytes:
        return (DATA / f"{name}.txt").read_bytes()

    def _components(self, script: str) -> bytes:
        return self._recording("components/healthy")

    def _nodes(self, script: str) -> bytes:
        return self._recording("nodes/two-ready")

    def _services(self, script: str) -> bytes:
        which = "control-plane" if self.name == "anakin" else "node"
        return self._recording(f"services/{which}")

    def _addresses(self, script: str) -> bytes:
        raw = self._recording("addresses/flannel")
        return raw.replace(b"10.0.76", SUBNETS[self.name].encode())

    def _network(self, script: str) -> bytes:
        return self._recording(f"diagnosis/udp-firewall-open/network.{self.name}")

    def _ping(self, script: str) -> bytes:
        wanted = script.partition("for target in ")[2].partition(";")[0].split()
        return "".join(
            f"@ping/{address}\n|4 packets transmitted, {0 if address in self.lost else 4} packets "
            "received, 0% packet loss\n\n=0\n"
            for address in wanted
        ).encode()


class Failing(Answering):
    """A host whose looks end in an error."""

    def __init__(self, name: str, error: Exception) -> None:
        super().__init__(name)
        self.error = error

    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        raise self.error


def cells(snapshot: Snapshot) -> tuple[Cell, ...]:
    assert snapshot.matrix is not None
    return snapshot.matrix.cells


@pytest.fixture
def hosts() -> dict[str, Answering]:
    return {name: Answering(name) for name in SUBNETS}


async def test_a_healthy_cluster(hosts):
    seen = await take(hosts, CLUSTER, matrix="full")
    assert seen.ok
    assert [c.name for c in seen.components] == [
        "controller-manager", "etcd-0", "etcd-1", "etcd-2", "scheduler",
    ]  # fmt: skip
    assert [n.name for n in seen.nodes] == ["boba", "c3po"]
    assert len(cells(seen)) == 27
    assert seen.diagnoses == ()


async def test_the_document_of_verify(hosts):
    document = json.loads(json.dumps((await take(hosts, CLUSTER)).to_json()))
    assert {"components", "nodes", "matrix", "ok"} <= set(document)
    assert document["ok"] is True
    assert set(document["components"][0]) == {"name", "status", "message", "error"}
    assert set(document["nodes"][0]) == {"name", "status", "age", "version", "internal_ip"}
    assert document["matrix"]["sources"] == ["anakin", "boba", "c3po"]
    assert set(document["matrix"]["targets"][0]) == {"name", "kind", "address"}
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", document["time"])


async def test_a_green_monitor_does_not_look_at_the_hosts_networks(hosts):
    await take(hosts, CLUSTER, matrix="light")
    assert "network" not in hosts["boba"].asked


async def test_a_red_cell_is_looked_into(hosts):
    hosts["anakin"].lost = {"10.0.64.3"}
    seen = await take(hosts, CLUSTER, matrix="light")
    assert not seen.ok
    assert [(c.source, c.target) for c in tuple(c for c in cells(seen) if not c.ok)] == [
        ("anakin", "boba/container")
    ]
    assert [d.cells for d in seen.diagnoses] == [(("anakin", "boba/container"),)]
    assert "network" in hosts["boba"].asked


async def test_without_a_matrix_nobody_pings(hosts):
    seen = await take(hosts, CLUSTER, matrix="none")
    assert seen.ok
    assert seen.to_json()["matrix"] is None
    assert {kind for host in hosts.values() for kind in host.asked} == {
        "components", "nodes", "services",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (HostUnreachable("no route to host", host="boba"), "no route to host"),
        (TimeoutError(), "no answer within 40 s"),
        (ConnectionResetError(104, "Connection reset by peer"), "Connection reset by peer"),
    ],
)
async def test_a_host_that_is_down_hides_none_of_the_others(hosts, error, words):
    seen = await take(hosts | {"boba": Failing("boba", error)}, CLUSTER, matrix="light")
    assert not seen.ok
    assert seen.problems == {"boba": words}
    assert len(seen.components) == 5
    assert len(seen.nodes) == 2
    assert set(seen.services) == {"anakin", "c3po"}
    assert len(cells(seen)) == 27
    assert {c.source for c in cells(seen) if c.ok} == {"anakin", "c3po"}
    assert [d.cause for d in seen.diagnoses] == ["boba did not answer"]


async def test_without_the_control_plane_nothing_is_claimed_of_it(hosts):
    gone = Failing("anakin", HostUnreachable("refused", host="anakin"))
    seen = await take(hosts | {"anakin": gone}, CLUSTER, matrix="none")
    assert (seen.components, seen.nodes) == ((), ())
    assert seen.components_error == "anakin did not answer, and it is the one to ask"
    assert not seen.ok


async def test_a_host_that_was_not_connected_is_a_problem_not_an_exception(hosts):
    del hosts["anakin"]
    seen = await take(hosts, CLUSTER, matrix="light")
    assert seen.problems == {"anakin": "there is no connection to this host"}


async def test_a_node_that_has_not_registered_is_missed(hosts):
    cluster = replace(CLUSTER, control_plane_is_node=True)
    seen = await take(hosts, cluster, matrix="none")
    assert seen.faults == (
        "anakin: is no node of the cluster yet",
        "anakin: kubelet does not run",
    )
    assert not seen.ok


async def test_a_daemon_that_stopped_is_told(hosts):
    hosts["boba"].told["services"] = (DATA / "services" / "flanneld-stopped.txt").read_bytes()
    seen = await take(hosts, CLUSTER, matrix="none")
    assert seen.faults == ("boba: flanneld does not run: unit inactive (dead)",)
    assert not seen.ok


async def test_a_fault_no_ping_shows_is_not_well(hosts):
    for name, host in hosts.items():
        raw = host._network("").replace(b" 8285/udp", b"")
        host.told["network"] = raw
        assert raw != Answering(name)._network("")
    seen = await take(hosts, CLUSTER, matrix="full")
    assert all(c.ok for c in cells(seen))
    assert [d.weight for d in seen.diagnoses] == ["fault"]
    assert not seen.ok


async def test_the_summary_in_plain_lines(hosts):
    hosts["anakin"].lost = {"10.0.64.3"}
    lines = (await take(hosts, CLUSTER)).summary()
    assert "controller-manager   Healthy   ok" in lines
    assert "26 of 27 pings answered" in lines
    row = next(line for line in lines if line.startswith("boba/container"))
    assert row.split() == ["boba/container", "10.0.64.3", "lost", "ok", "ok"]
    assert lines[-1] == "not everything is as it should be"


async def test_the_summary_in_chinese_has_chinese_headings_and_straight_columns(hosts):
    hosts["anakin"].lost = {"10.0.64.3"}
    seen = await take(hosts, CLUSTER)
    language.use("zh")
    try:
        lines = seen.summary(language.told)
    finally:
        language.use("en")
    assert lines[-1] == "并非一切正常"
    assert "27 个 ping 中有 26 个有应答" in lines
    heading = next(x for x in lines if x.startswith("PING "))
    row = next(x for x in lines if x.startswith("boba/container"))
    assert heading.split() == ["PING", "地址", "来自", "anakin", "来自", "boba", "来自", "c3po"]
    at = [columns(heading.partition(name)[0]) - columns("来自 ") for name in ("anakin", "boba")]
    assert [row[a:].split()[0] for a in at] == ["丢失", "ok"]
    assert any(x.startswith("名称") for x in lines)
    assert not [x for x in lines if re.search(r"NAME|STATUS|ADDRESS|from |lost|answered", x)]


def test_nothing_seen_is_not_well():
    from datetime import UTC, datetime

    assert not Snapshot(time=datetime(2016, 8, 19, tzinfo=UTC), cluster="x").ok


def test_daemons_follow_the_roles():
    assert daemons(CLUSTER, CLUSTER.host("boba")) == (
        "kubelet", "kube-proxy", "etcd", "flanneld", "docker",
    )  # fmt: skip


async def test_watching_is_one_snapshot_after_the_other(hosts):
    seen = []
    watching = watch(hosts, CLUSTER, 0.0, matrix="none")
    async for snapshot in watching:
        seen.append(snapshot.ok)
        hosts["boba"].told["services"] = b""
        if len(seen) == 2:
            break
    await watching.aclose()
    assert seen == [True, False]

"""A snapshot of several control planes: whoever answers tells of the cluster."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from kwizard.cluster.model import Role
from kwizard.errors import HostUnreachable
from kwizard.monitor.expected import daemons
from kwizard.monitor.snapshot import take
from kwizard.probes.controlplane import DAEMONS
from kwizard.remote.host import Output
from tests.pure.probes.recorded import DATA
from tests.pure.recipes.modern_clusters import current, highly_available

CLUSTER = highly_available()
NAMES = tuple(host.name for host in CLUSTER.hosts)


class Answering:
    """A control plane whose API server is well, or does not answer."""

    def __init__(self, name: str, *, api: bool = True) -> None:
        self.name = name
        self.api = api

    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        await asyncio.sleep(0)
        if script.startswith("# Asks the API server, "):
            which = "well" if self.api else "api-stopped"
            return Output(0, (DATA / f"control-plane/{which}.txt").read_bytes(), b"")
        if script.startswith("# Asks the API server for its nodes"):
            which = "two-ready" if self.api else "no-api-server"
            return Output(0, (DATA / f"nodes/{which}.txt").read_bytes(), b"")
        return Output(0, b"", b"")


class Silent(Answering):
    async def look(self, script: str, *, timeout: float = 30.0, limit: int = 4 << 20) -> Output:
        raise HostUnreachable("no answer")


@pytest.mark.parametrize("lost", NAMES)
async def test_a_lost_host_hides_neither_nodes_nor_the_others_daemons(lost: str):
    hosts = {name: Silent(name) if name == lost else Answering(name) for name in NAMES}
    seen = await take(hosts, CLUSTER, matrix="none")
    assert [n.name for n in seen.nodes] == ["boba", "c3po"]
    assert (seen.components_error, seen.nodes_error) == ("", "")
    assert set(seen.problems) == {lost}
    state = {c.name: c.status for c in seen.components}
    for name in NAMES:
        for daemon in DAEMONS:
            assert state[f"{daemon}-{name}"] == ("Unknown" if name == lost else "Healthy")
    assert not seen.ok


async def test_nodes_are_told_by_the_first_whose_api_server_answers():
    hosts = {name: Answering(name, api=name != "anakin") for name in NAMES}
    seen = await take(hosts, CLUSTER, matrix="none")
    assert [n.name for n in seen.nodes] == ["boba", "c3po"]
    assert (seen.components_error, seen.nodes_error) == ("", "")


async def test_when_none_answers_each_says_why():
    hosts = {name: Answering(name, api=False) for name in NAMES}
    seen = await take(hosts, CLUSTER, matrix="none")
    for name in NAMES:
        assert f"{name}: " in seen.nodes_error
        assert f"{name}: " in seen.components_error


def test_a_gateway_is_expected_on_every_node_of_several_control_planes_only():
    assert all("kube-api-gateway" in daemons(CLUSTER, host) for host in CLUSTER.hosts)
    assert not any("kube-api-gateway" in daemons(current(), host) for host in current().hosts)
    apart = replace(CLUSTER.hosts[2], roles=frozenset({Role.ETCD}))
    only = replace(CLUSTER, hosts=(*CLUSTER.hosts[:2], apart))
    assert "kube-api-gateway" not in daemons(only, apart)

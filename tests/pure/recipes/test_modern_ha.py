"""Several control planes: what is on each of them, and how every host reaches the API."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

from kwizard.cluster.check import check
from kwizard.cluster.model import Cluster, Role
from kwizard.engine.plan import Plan, build
from kwizard.recipes import steps_for
from kwizard.recipes.modern import values
from tests.pure.recipes.clusters import ANAKIN, BOBA, C3PO
from tests.pure.recipes.modern_clusters import IN_ETCD, WORKER, current, highly_available

NAMES = ("anakin", "boba", "c3po")
DAEMONS = ("kube-apiserver", "kube-controller-manager", "kube-scheduler")


@cache
def plan_of(cluster: Cluster) -> Plan:
    return build(steps_for(cluster))


def script(cluster: Cluster, task: str) -> str:
    return plan_of(cluster).task(task).script


def two_and_a_worker() -> Cluster:
    return current(
        hosts=(ANAKIN, replace(BOBA, roles=ANAKIN.roles), replace(C3PO, roles=WORKER)),
    )


def test_the_daemons_are_on_every_control_plane_and_talk_to_their_own_api_server():
    for host in highly_available().hosts:
        for daemon in DAEMONS:
            text = script(highly_available(), f"control-plane/{daemon}@{host.name}")
            assert f"server: https://{host.address}:6443\n" in text
            assert "6444" not in text


def test_every_node_reaches_the_api_through_its_own_gateway():
    for cluster in (highly_available(), two_and_a_worker()):
        for name in NAMES:
            for daemon in ("kubelet", "kube-proxy"):
                text = script(cluster, f"nodes/{daemon}@{name}")
                assert "server: https://127.0.0.1:6444\n" in text
                assert "kube-api-gateway.service" in text
                assert "HTTP2_READ_IDLE_TIMEOUT_SECONDS=" in text


def test_hosts_begin_with_different_api_servers_and_a_control_plane_with_its_own():
    first = {}
    for host in highly_available().hosts:
        text = script(highly_available(), f"nodes/api-gateway@{host.name}")
        endpoints = text.partition("--endpoints=")[2].split()[0].split(",")
        assert sorted(endpoints) == [f"{h.address}:6443" for h in highly_available().hosts]
        first[host.name] = endpoints[0]
        assert endpoints[0] == f"{host.address}:6443"
    assert len(set(first.values())) == 3


def test_the_watch_looks_at_the_others_only():
    text = script(two_and_a_worker(), "nodes/api-gateway@boba")
    assert f"for peer in {ANAKIN.address}; do" in text
    text = script(two_and_a_worker(), "nodes/api-gateway@c3po")
    assert f"for peer in {ANAKIN.address} {BOBA.address}; do" in text


def test_what_is_done_once_is_done_on_the_first():
    once = {"control-plane/access", "network/coredns", "verify/ping-pods"}
    for cluster, its_own in (
        (highly_available(), {"network/flannel-access"}),
        (highly_available(flannel=IN_ETCD), {"network/flannel-key"}),
    ):
        wanted = once | its_own
        hosts = {t.step.id: t.host for t in plan_of(cluster).tasks if t.step.id in wanted}
        assert hosts == dict.fromkeys(wanted, "anakin")


def test_the_gateways_program_is_on_every_node_and_its_port_is_looked_at():
    cluster = two_and_a_worker()
    for host in cluster.hosts:
        assert "etcd" in values.etcd_programs(cluster, host)
        assert 6444 in {listener.port for listener in values.listeners(cluster, host)}
    alone = current(hosts=(ANAKIN, replace(BOBA, roles=WORKER)))
    assert values.etcd_programs(alone, alone.hosts[1]) == ()


def test_with_one_control_plane_there_is_no_gateway():
    for task in plan_of(current()).tasks:
        assert "gateway" not in task.id
        assert "6444" not in task.script
        assert "HTTP2_" not in task.script


def test_two_control_planes_or_too_few_members_of_etcd_are_warned_of():
    def said(cluster: Cluster) -> str:
        problems = check(cluster)
        assert not any(p.blocks for p in problems)
        return " ".join(p.message for p in problems)

    assert "control planes" not in said(highly_available())
    assert "nothing is left to lose" in said(two_and_a_worker())
    roles = frozenset({Role.CONTROL_PLANE})
    one = highly_available().hosts[:1] + tuple(
        replace(h, roles=roles) for h in highly_available().hosts[1:]
    )
    assert "etcd has 1 member:" in said(replace(highly_available(), hosts=one))


def test_flannel_goes_through_the_gateway_where_kubernetes_keeps_its_subnets():
    text = script(highly_available(), "network/flanneld@c3po")
    assert "server: https://127.0.0.1:6444\n" in text
    assert "kube-api-gateway.service" in text
    assert "HTTP2_PING_TIMEOUT_SECONDS=" in text


def test_a_firewall_lets_the_api_through_to_every_control_plane_and_the_gateway_to_none():
    for host in highly_available().hosts:
        ports = values.opened_ports(highly_available(), host)
        assert "6443/tcp" in ports
        assert "6444/tcp" not in ports

"""The modern recipe: its graph, and what its scripts hold and do not hold."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from graphlib import TopologicalSorter

import pytest

from kwizard.assets_dir import assets_dir
from kwizard.cluster.model import Cluster, Flannel, Join, Kubelet, Proxy, ProxyMode, Role, Version
from kwizard.engine.plan import Plan, build
from kwizard.errors import InvalidInput
from kwizard.pki import needs
from kwizard.recipes import steps_for
from kwizard.recipes.modern.flags import has_gateway
from kwizard.recipes.modern.values import full_name
from kwizard.recipes.step import Operator, Phase, Place, Script, Wait
from tests.pure.recipes.clusters import ANAKIN, C3PO
from tests.pure.recipes.modern_clusters import MARKED, current, modern_variants

ALL = [pytest.param(cluster, id=name) for name, cluster in modern_variants()]


@cache
def plan_of(cluster: Cluster) -> Plan:
    return build(steps_for(cluster))


def script(cluster: Cluster, task: str) -> str:
    return plan_of(cluster).task(task).script


def ancestors(cluster: Cluster, task_id: str) -> set[str]:
    after = {task.id: task.after for task in plan_of(cluster).tasks}
    out: set[str] = set()
    todo = [task_id]
    while todo:
        for before in after[todo.pop()]:
            if before not in out:
                out.add(before)
                todo.append(before)
    return out


@pytest.mark.parametrize("cluster", ALL)
def test_steps_are_in_an_order_that_can_be_run_and_read(cluster: Cluster):
    recipe = steps_for(cluster)
    order = [step.id for step in recipe.steps]
    assert len(order) == len(set(order))
    phases = list(Phase)
    assert [phases.index(s.phase) for s in recipe.steps] == sorted(
        phases.index(s.phase) for s in recipe.steps
    )
    for step in recipe.steps:
        assert step.id.startswith(f"{step.phase}/")
    TopologicalSorter({s.id: [a.step for a in s.after] for s in recipe.steps}).prepare()


@pytest.mark.parametrize("cluster", ALL)
def test_nothing_is_changed_before_every_host_has_passed_preflight(cluster: Cluster):
    passed = {f"hosts/preflight@{host.name}" for host in cluster.hosts}
    for task in plan_of(cluster).tasks:
        if task.step.id == "hosts/record":  # kwizard's own notes, of a host that has passed
            assert task.after == (f"hosts/preflight@{task.host}",)
        elif isinstance(task.step.action, Script | Place) and task.id not in passed:
            assert passed | {f"hosts/record@{task.host}"} <= ancestors(cluster, task.id), task.id


@pytest.mark.parametrize("cluster", ALL)
def test_every_step_can_tell_whether_it_is_as_wanted(cluster: Cluster):
    for step in steps_for(cluster).steps:
        match step.action:
            case Script():
                looks_only = step.id == "hosts/preflight"
                assert (step.probe is None) == (looks_only or step.id == "nodes/token")
            case Place():
                assert step.probe, step.id
            case Wait() | Operator():
                assert not step.exclusive, step.id


@pytest.mark.parametrize("cluster", ALL)
def test_the_verification_comes_after_everything_that_changes_a_host(cluster: Cluster):
    before = ancestors(cluster, "verify/network@operator")
    changing = {t.id for t in plan_of(cluster).tasks if isinstance(t.step.action, Script | Place)}
    assert changing <= before


@pytest.mark.parametrize("cluster", ALL)
def test_no_daemon_is_waited_for_where_it_is_started(cluster: Cluster):
    for task in plan_of(cluster).tasks:
        started = [
            line
            for line in task.script.splitlines()
            if line.strip().startswith("systemctl") and ("start " in line)
        ]
        assert all("--no-block" in line for line in started), task.id


def test_every_asset_is_used():
    used = set()
    for _, cluster in modern_variants():
        for step in steps_for(cluster).steps:
            used.add(step.probe)
            if isinstance(step.action, Script | Wait):
                used.add(step.action.asset)
    root = assets_dir() / "modern"
    there = {
        f"modern/{p.relative_to(root)}"
        for p in root.rglob("*.sh")
        if ".inc." not in p.name and p.parent.name != "lib"
    }
    assert there <= used


def test_certificates_go_beside_the_script_and_a_changed_one_makes_it_due():
    recipe = steps_for(current())
    before = build(recipe, lambda bundle, host: f"{bundle} of {host}")
    after = build(recipe, lambda bundle, host: f"{bundle} of {host}{'!' * (host == 'boba')}")
    changed = {b.id for b, a in zip(before.tasks, after.tasks, strict=True) if b.record != a.record}
    # The admin's bundle and the token have no public part, but this test gives them one.
    assert changed == {"hosts/certificates@boba", "nodes/kubelet@boba"}
    assert (
        before.task("hosts/certificates@boba").sha256
        == after.task("hosts/certificates@boba").sha256
    )


@pytest.mark.parametrize("cluster", ALL)
def test_a_host_is_asked_for_exactly_the_files_it_is_sent(cluster: Cluster):
    for host in cluster.hosts:
        text = script(cluster, f"hosts/certificates@{host.name}")
        for name in needs.files(cluster, host):
            assert f" {name}" in text


def test_the_authoritys_key_goes_from_a_host_that_signs_nothing():
    text = "rm -f /etc/kubernetes/pki/ca.key\n"
    asking, given = current(), current(kubelet=Kubelet(join=Join.CERTIFICATES))
    assert text not in script(asking, "hosts/certificates@anakin")
    assert text in script(asking, "hosts/certificates@boba")
    assert text in script(given, "hosts/certificates@anakin")


def test_cgroup_v1_is_refused_until_the_operator_agrees():
    refused = "refuses to start"
    assert refused in script(current(), "hosts/preflight@anakin")
    assert "failCgroupV1" not in script(current(), "nodes/kubelet@boba")
    agreed = current(kubelet=Kubelet(allow_cgroup_v1=True))
    assert refused not in script(agreed, "hosts/preflight@anakin")
    assert "failCgroupV1: false" in script(agreed, "nodes/kubelet@boba")
    older = current(version=Version(1, 34, 4))
    assert refused not in script(older, "hosts/preflight@anakin")
    assert "failCgroupV1" not in script(older, "nodes/kubelet@boba")


def test_the_control_plane_is_a_node_with_a_taint_unless_asked_otherwise():
    assert "NoSchedule" in script(current(), "nodes/kubelet@anakin")
    assert "NoSchedule" not in script(current(), "nodes/kubelet@boba")
    asked = current(control_plane_is_node=True)
    assert "NoSchedule" not in script(asked, "nodes/kubelet@anakin")


@pytest.mark.parametrize("cluster", ALL)
def test_what_is_done_on_demand_is_done_in_the_phase_of_what_needs_it(cluster: Cluster):
    """Phase by phase, a token of an earlier run would be of no use."""
    plan = plan_of(cluster)
    for task in plan.tasks:
        if task.step.on_demand:
            later = {plan.task(i).step.phase for i in plan.dependents()[task.id]}
            assert later == {task.step.phase}


def test_labels_and_taints_are_given_where_the_file_has_some():
    assert not plan_of(current()).of_step("nodes/marks")
    (task,) = plan_of(current(hosts=(ANAKIN, MARKED, C3PO))).of_step("nodes/marks")
    assert "admin label --overwrite node boba disk=ssd example.com/room=\n" in task.script
    assert "taint --overwrite node boba dedicated=db:NoSchedule old:NoExecute\n" in task.script
    assert "tainted boba old=:NoExecute\n" in (task.probe or "")


def test_the_front_proxy_is_whole():
    unit = script(current(), "control-plane/kube-apiserver@anakin")
    for flag in (
        "--requestheader-client-ca-file=",
        "--requestheader-allowed-names=front-proxy-client",
        "--requestheader-extra-headers-prefix=",
        "--requestheader-group-headers=",
        "--requestheader-username-headers=",
        "--proxy-client-cert-file=",
        "--proxy-client-key-file=",
    ):
        assert flag in unit


def test_the_proxy_mode_reaches_its_configuration():
    asked = current(proxy=Proxy(mode=ProxyMode.NFTABLES))
    assert "mode: nftables\n" in script(asked, "nodes/kube-proxy@boba")
    assert "mode: iptables\n" in script(current(), "nodes/kube-proxy@boba")


def test_a_host_that_only_holds_etcd_gets_nothing_of_kubernetes():
    alone = replace(current().hosts[2], roles=frozenset({Role.ETCD}))
    cluster = current(hosts=(*current().hosts[:2], alone))
    steps = {t.step.id for t in plan_of(cluster).tasks if t.host == "c3po"}
    assert {"hosts/etcd", "hosts/certificates"} <= steps
    assert not {s for s in steps if not s.startswith("hosts/")}


@pytest.mark.parametrize(
    "changes", [{"version": Version(1, 33, 0)}, {"flannel": Flannel(version=Version(0, 12, 0))}]
)
def test_what_it_cannot_install_is_refused(changes):
    with pytest.raises(InvalidInput):
        steps_for(current(**changes))


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("pause:1", "docker.io/library/pause:1"),
        ("lab/pause:1", "docker.io/lab/pause:1"),
        ("registry.k8s.io/pause:3.10", "registry.k8s.io/pause:3.10"),
        ("localhost/a", "localhost/a:latest"),
        ("10.9.9.9:5000/a/b", "10.9.9.9:5000/a/b:latest"),
        ("a@sha256:" + "0" * 64, "docker.io/library/a@sha256:" + "0" * 64),
    ],
)
def test_images_are_named_as_containerd_keeps_them(short: str, full: str):
    assert full_name(short) == full


@pytest.mark.parametrize("cluster", ALL)
def test_the_token_waits_for_a_controller_manager_that_was_started(cluster: Cluster):
    tasks = {task.id for task in plan_of(cluster).tasks}
    for token in tasks & {"nodes/token@anakin"}:
        assert "control-plane/kube-controller-manager@anakin" in ancestors(cluster, token)


@pytest.mark.parametrize("cluster", ALL)
def test_nodes_are_looked_at_before_the_api_is_ready_in_all_its_parts(cluster: Cluster):
    if not any(t.step.id == "nodes/token" for t in plan_of(cluster).tasks):
        before = ancestors(cluster, "verify/nodes-ready@anakin")
        assert "control-plane/access@anakin" in before
        assert has_gateway(cluster) is ("control-plane/ready@anakin" in before)
    # What is put into the cluster's own namespaces comes after the API has made them.
    for step in ("network/coredns", "verify/ping-pods"):
        assert "control-plane/ready@anakin" in ancestors(cluster, f"{step}@anakin")

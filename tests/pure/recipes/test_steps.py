from __future__ import annotations

import re
from functools import cache
from graphlib import TopologicalSorter

import pytest

from kwizard.assets_dir import assets_dir
from kwizard.cluster.model import Cluster, Docker, Etcd, EtcdMode, Flannel, Supervisor
from kwizard.engine.plan import Plan, build
from kwizard.recipes import steps_for
from kwizard.recipes.step import Operator, Phase, Place, Script, Wait
from tests.pure.recipes.clusters import ENDPOINTS, article, later, variants

#: Steps that only the journal can call done, and why.
WITHOUT_PROBE = {"hosts/preflight": "it changes nothing that could be looked at"}

# What changes the list of steps and not only a script.
ALL = [
    pytest.param(cluster, id=name)
    for name, cluster in variants()
    if name.startswith(("alone-udp", "v1.19.16-systemd-udp", "v1.3.5-nohup-host-gw"))
]


@cache
def plan_of(cluster: Cluster) -> Plan:
    return build(steps_for(cluster))


def steps(cluster: Cluster):
    return {step.id: step for step in steps_for(cluster).steps}


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
        assert {a.step for a in step.after} <= set(order), step.id
    TopologicalSorter({s.id: [a.step for a in s.after] for s in recipe.steps}).prepare()


@pytest.mark.parametrize("cluster", ALL)
def test_every_step_can_tell_whether_it_is_as_wanted(cluster: Cluster):
    for step in steps_for(cluster).steps:
        match step.action:
            case Script():
                assert (step.probe is None) == (step.id in WITHOUT_PROBE), step.id
            case Place():
                assert step.probe, step.id
            case Wait() | Operator():
                assert not step.exclusive, step.id


@pytest.mark.parametrize("cluster", ALL)
def test_nothing_is_changed_before_every_host_has_passed_preflight(cluster: Cluster):
    plan = plan_of(cluster)
    passed = {f"hosts/preflight@{host.name}" for host in cluster.hosts}
    for task in plan.tasks:
        if task.step.id == "hosts/record":  # kwizard's own notes, of a host that has passed
            assert task.after == (f"hosts/preflight@{task.host}",)
        elif isinstance(task.step.action, Script | Place) and task.id not in passed:
            assert passed | {f"hosts/record@{task.host}"} <= ancestors(cluster, task.id), task.id


@pytest.mark.parametrize("cluster", ALL)
def test_a_step_that_failed_tells_what_to_do(cluster: Cluster):
    quiet = {step.id for step in steps_for(cluster).steps if not step.hint}
    assert quiet <= {"hosts/names", "verify/network"}


def test_docker_restarts_take_turns_over_all_hosts_and_wait_for_the_quorum():
    found = steps(later())
    rolling = {name: step.rolling for name, step in found.items() if step.rolling}
    assert set(rolling) == {"hosts/docker-chains", "network/docker-restart"}
    assert {r.group for r in rolling.values() if r} == {"docker"}
    assert all(r and r.guard for r in rolling.values())


def test_the_kubelet_s_start_and_docker_s_restart_never_overlap_on_a_host():
    found = steps(later())
    assert found["nodes/kubelet"].exclusive
    assert found["network/docker-restart"].exclusive
    assert found["hosts/docker-chains"].exclusive


def test_the_api_server_does_not_wait_for_the_network_nor_the_network_for_it():
    cluster = later()
    before_api = ancestors(cluster, "control-plane/kube-apiserver@anakin")
    assert not any(task.startswith(("network/", "nodes/")) for task in before_api)
    before_restart = ancestors(cluster, "network/docker-restart@boba")
    assert not any(
        task.startswith(("release/", "control-plane/", "nodes/")) for task in before_restart
    )


def test_an_api_server_that_knows_one_etcd_keeps_it_while_it_starts():
    healthy = "control-plane/apiserver-healthy@anakin"
    assert healthy in ancestors(article(), "network/docker-restart@anakin")
    assert healthy not in ancestors(article(), "network/docker-restart@boba")
    assert healthy not in ancestors(later(), "network/docker-restart@anakin")


def test_a_host_restarts_docker_without_waiting_for_the_others_leases():
    assert "network/lease@c3po" not in ancestors(later(), "network/docker-restart@boba")


def test_the_release_travels_while_docker_is_made_ready():
    before = ancestors(later(), "release/unpack@boba")
    assert not any("docker" in task for task in before)


def test_firewalld_is_opened_only_after_docker_can_no_longer_reload_it():
    assert "hosts/docker-chains@boba" in ancestors(later(), "hosts/firewall@boba")


def test_verification_comes_last_and_after_everything():
    cluster = later()
    plan = plan_of(cluster)
    assert plan.tasks[-1].step.action == Operator("verify")
    assert ancestors(cluster, plan.tasks[-1].id) == {t.id for t in plan.tasks[:-1]}


@pytest.mark.parametrize("as_node", [False, True])
def test_a_control_plane_runs_a_kubelet_only_when_asked(as_node: bool):
    found = steps(later(control_plane_is_node=as_node))
    assert ("anakin" in found["nodes/kubelet"].hosts) is as_node
    assert "anakin" not in found["nodes/kube-proxy"].hosts
    assert found["control-plane/kube-proxy"].hosts == ("anakin",)


@pytest.mark.parametrize(
    ("cluster", "there", "absent"),
    [
        (later(), {"hosts/etcd", "hosts/etcd-image"}, {"hosts/etcd-archive", "nodes/pause-image"}),
        (later(etcd=Etcd(archive="/a.tar")), {"hosts/etcd-archive"}, {"hosts/etcd-binaries"}),
        (
            later(etcd=Etcd(mode=EtcdMode.SYSTEMD, binaries="/a.tgz")),
            {"hosts/etcd", "hosts/etcd-bring", "hosts/etcd-binaries"},
            {"hosts/etcd-image"},
        ),
        (
            later(etcd=Etcd(mode=EtcdMode.EXISTING, endpoints=ENDPOINTS)),
            {"hosts/etcd-healthy"},
            {"hosts/etcd", "hosts/etcd-image"},
        ),
        (
            later(docker=Docker(pause_image="p:1", pause_archive="/p.tar")),
            {"nodes/pause-archive", "nodes/pause-image"},
            set(),
        ),
        (later(flannel=Flannel(binary="/f")), {"network/flannel-bring"}, set()),
    ],
    ids=["plain", "archive", "units", "existing", "pause", "flannel"],
)
def test_steps_are_there_only_where_there_is_something_to_do(cluster, there, absent):
    found = set(steps(cluster))
    assert there <= found
    assert not absent & found


def test_nohup_says_that_a_reboot_ends_it():
    assert "until the next reboot" in steps(article())["control-plane/kube-apiserver"].title
    with_units = article(supervisor=Supervisor.SYSTEMD)
    assert "reboot" not in steps(with_units)["control-plane/kube-apiserver"].title


def test_every_asset_is_part_of_some_plan():
    used: set[str] = set()
    for _name, cluster in variants():
        for step in steps_for(cluster).steps:
            for asset in (
                step.probe,
                getattr(step.action, "asset", None),
                step.rolling.guard if step.rolling else None,
            ):
                if asset:
                    used.add(asset)
    todo = set(used)
    while todo:
        source = (assets_dir() / todo.pop()).read_text()
        for name in re.findall(r'{% include "([^"]+)" %}', source):
            if name not in used:
                used.add(name)
                todo.add(name)
    root = assets_dir()
    there = {str(p.relative_to(root)) for p in (root / "classic").rglob("*.sh")}
    assert there == {name for name in used if name.startswith("classic/")}


def test_one_host_alone_is_a_cluster_too():
    alone = next(cluster for name, cluster in variants() if name == "alone-udp")
    found = steps(alone)
    assert "nodes/kube-proxy" not in found
    assert found["nodes/kubelet"].hosts == ("anakin",)
    assert all(step.hosts == ("anakin",) or not step.hosts for step in found.values())


def test_the_same_cluster_makes_the_same_bytes():
    one, two = build(steps_for(later())), build(steps_for(later()))
    assert [t.key for t in one.tasks] == [t.key for t in two.tasks]

"""A daemon that holds on to its certificate is started again when another one was put there; no
other daemon is, and none without a reason."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from kwizard.cluster.model import Cluster, Join, Kubelet
from kwizard.engine.plan import Plan, build
from kwizard.pki import needs
from kwizard.recipes import steps_for
from tests.pure.recipes.modern_clusters import GIVEN, IN_ETCD, current
from tests.pure.recipes.shells import SHELLS, run
from tests.pure.recipes.test_serving import shell

CERTIFICATES = current(kubelet=Kubelet(join=Join.CERTIFICATES))
EVERY = (
    "control-plane/kube-apiserver",
    "control-plane/kube-controller-manager",
    "control-plane/kube-scheduler",
    "hosts/etcd",
    "network/flanneld",
    "nodes/kube-proxy",
    "nodes/kubelet",
)


@cache
def plan_of(cluster: Cluster) -> Plan:
    return build(steps_for(cluster))


def unit(cluster: Cluster, step: str, folder: Path, name: str, *, probe: bool) -> str:
    """The unit as the step writes it, or as its probe wants it, with certificates in `folder`."""
    task = plan_of(cluster).task(f"{step}@anakin")
    text = (task.probe or "") if probe else task.script
    begin = text.index("unit_text() {")
    function = text[begin : text.index("\n}\n", begin) + 3].replace(
        "/etc/kubernetes/pki", str(folder)
    )
    ran = run(shell(name), f"set -eu\n{function}\nunit_text\n")
    assert ran.exit == 0
    return "\n".join(ran.lines)


@pytest.mark.parametrize("step", EVERY)
def test_a_daemon_begins_when_firewalld_answers_and_where_there_is_none(step: str, tmp_path: Path):
    """systemd itself counts firewalld as started before its rules are in force."""
    (before,) = (
        line.removeprefix("ExecStartPre=")
        for line in unit(current(), step, tmp_path, SHELLS[0], probe=False).splitlines()
        if line.startswith("ExecStartPre=")
    )
    assert before.startswith("-"), "who has no firewalld is not kept from beginning"
    assert "--auto-start=no" in before
    assert "call org.fedoraproject.FirewallD1 " in before


@pytest.mark.parametrize("name", SHELLS)
@pytest.mark.parametrize(
    ("cluster", "changed", "again"),
    [
        (current(), "kube-proxy.crt", {"nodes/kube-proxy"}),
        (current(), "flanneld.crt", {"network/flanneld"}),
        (current(), "kube-scheduler.crt", {"control-plane/kube-scheduler"}),
        (current(), "kube-controller-manager.crt", {"control-plane/kube-controller-manager"}),
        (current(), "kube-apiserver.crt", set()),
        (current(), "etcd.crt", set()),
        (current(), "etcd-client.crt", set()),
        (current(flannel=IN_ETCD), "etcd-client.crt", {"network/flanneld"}),
        (CERTIFICATES, "kubelet-client.crt", {"nodes/kubelet"}),
        (CERTIFICATES, "kubelet.crt", {"nodes/kubelet"}),
        (current(etcd=GIVEN), "etcd-ca.crt", {"control-plane/kube-apiserver"}),
        (
            current(etcd=GIVEN, flannel=IN_ETCD),
            "etcd-ca.crt",
            {"control-plane/kube-apiserver", "network/flanneld"},
        ),
    ],
)
def test_only_what_holds_on_to_the_changed_one_is_started_again(
    tmp_path: Path, name: str, cluster: Cluster, changed: str, again: set[str]
):
    steps = [s for s in EVERY if any(t.id == f"{s}@anakin" for t in plan_of(cluster).tasks)]
    for file in needs.files(cluster, cluster.hosts[0]):
        (tmp_path / file).write_text(f"{file}\n")
    assert (tmp_path / changed).exists()

    def units(*, probe: bool) -> dict[str, str]:
        return {s: unit(cluster, s, tmp_path, name, probe=probe) for s in steps}

    before = units(probe=False)
    assert before == units(probe=True)
    (tmp_path / changed).write_text("another\n")
    after = units(probe=True)
    assert {s for s in steps if before[s] != after[s]} == again


@pytest.mark.parametrize("step", EVERY)
def test_each_is_looked_at_again_once_the_host_got_certificates(step: str):
    assert "hosts/certificates@anakin" in plan_of(current()).task(f"{step}@anakin").after

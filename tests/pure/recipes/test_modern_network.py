"""The modern recipe's network: flannel's two stores, firewalld, an etcd that exists already."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from kwizard.cluster.model import Backend, Cluster, Role
from kwizard.engine.plan import Plan, build
from kwizard.monitor import looks
from kwizard.probes import controlplane
from kwizard.recipes import steps_for
from kwizard.recipes.modern import values
from kwizard.remote.host import Output
from tests.pure.recipes.clusters import ANAKIN, BOBA, C3PO
from tests.pure.recipes.modern_clusters import GIVEN, IN_ETCD, current, network
from tests.pure.recipes.shells import answer, run

OURS = "# Written by kwizard\nExecStart=flanneld"


@cache
def plan_of(cluster: Cluster) -> Plan:
    return build(steps_for(cluster))


def script(cluster: Cluster, task: str) -> str:
    return plan_of(cluster).task(task).script


def steps(cluster: Cluster) -> set[str]:
    return {step.id for step in steps_for(cluster).steps}


def test_each_store_has_its_own_steps_and_not_the_other_s():
    etcd, kube = steps(current(flannel=IN_ETCD)), steps(current())
    assert etcd - kube == {"network/flannel-key"}
    assert kube - etcd == {"network/flannel-access"}


def test_kubernetes_gives_nodes_ranges_only_where_flannel_asks_it():
    manager = "control-plane/kube-controller-manager@anakin"
    assert "--allocate-node-cidrs" not in script(current(flannel=IN_ETCD), manager)
    unit = script(current(), manager)
    assert "--allocate-node-cidrs=true" in unit
    assert "--cluster-cidr=10.244.0.0/16" in unit


def test_flanneld_asks_kubernetes_as_itself_and_knows_its_node():
    unit = script(current(), "network/flanneld@boba")
    assert "Environment=NODE_NAME=boba\n" in unit
    assert "TimeoutStartSec=20\n" in unit
    assert "After=network-online.target kube-apiserver.service\n" in script(
        current(), "network/flanneld@anakin"
    )
    assert "-kube-subnet-mgr" in unit
    assert '{"Network":"10.244.0.0/16","Backend":{"Type":"vxlan"}}' in unit
    assert "etcd" not in unit
    assert "flannel-watch" not in unit
    assert "flannel-watch" in script(current(flannel=IN_ETCD), "network/flanneld@boba")


@pytest.mark.parametrize("backend", list(Backend))
def test_the_backend_reaches_either_store(backend: Backend):
    wanted = f'"Backend":{{"Type":"{backend}"}}'
    asked = network(backend=backend)
    assert wanted in script(current(network=asked, flannel=IN_ETCD), "network/flannel-key@anakin")
    assert wanted in script(current(network=asked), "network/flanneld@c3po")


def test_the_subnet_is_waited_for_once_the_node_is_there():
    after = plan_of(current()).task("network/lease@boba").after
    assert {"nodes/kubelet@boba", "network/flannel-access@anakin"} <= set(after)


@pytest.mark.parametrize(
    ("unit", "cluster", "refused"),
    [
        (f"{OURS} -kube-subnet-mgr", current(flannel=IN_ETCD), True),
        (f"{OURS} -etcd-prefix=/x", current(), True),
        (f"{OURS} -etcd-prefix=/x", current(flannel=IN_ETCD), False),
        (f"{OURS} -kube-subnet-mgr", current(), False),
        ("ExecStart=flanneld", current(), False),
    ],
)
def test_a_node_is_not_taken_over_to_another_store(shell, tmp_path, unit, cluster, refused):
    file = tmp_path / "flanneld.service"
    file.write_text(unit + "\n")
    text = script(cluster, "hosts/preflight@boba")
    lines = text[text.index("unit=/etc/systemd/system/flanneld.service") :].split("\nfi\n")[0]
    lines = lines.replace("/etc/systemd/system/flanneld.service", str(file))
    ran = run(shell, f'problem() {{ echo "$*"; }}\n{lines}\nfi\n')
    assert any("flannel.store" in line for line in ran.lines) is refused, ran.lines


@pytest.mark.parametrize(
    ("backend", "ports", "interfaces", "sources"),
    [
        (Backend.VXLAN, {"8472/udp"}, ("cni0", "flannel.1"), ()),
        (Backend.UDP, {"8285/udp"}, ("cni0", "flannel0"), ()),
        (
            Backend.HOST_GW,
            set(),
            ("cni0",),
            ("10.244.0.0/16", str(ANAKIN.address), str(C3PO.address)),
        ),
    ],
)
def test_a_firewall_lets_through_what_the_hosts_need_of_each_other(
    backend, ports, interfaces, sources
):
    cluster = current(network=network(backend=backend))
    etcd = {"2379/tcp", "2380/tcp"}
    opened = {h.name: set(values.opened_ports(cluster, h)) for h in cluster.hosts}
    assert opened["boba"] == {"10250/tcp"} | etcd | ports
    assert opened["anakin"] == {"6443/tcp", "10250/tcp"} | etcd | ports
    assert values.trusted_interfaces(cluster, BOBA) == interfaces
    assert values.trusted_sources(cluster, BOBA) == sources


def test_a_host_without_pods_opens_only_its_etcd():
    alone = replace(C3PO, roles=frozenset({Role.ETCD}))
    cluster = current(hosts=(ANAKIN, BOBA, alone))
    assert set(values.opened_ports(cluster, alone)) == {"2379/tcp", "2380/tcp"}
    assert values.trusted_interfaces(cluster, alone) == ()
    given = current(etcd=GIVEN)
    assert not {"2379/tcp", "2380/tcp"} & set(values.opened_ports(given, BOBA))


def test_firewalld_is_never_reloaded():
    for cluster in (current(), current(network=network(backend=Backend.HOST_GW))):
        lines = script(cluster, "hosts/firewall@boba").splitlines()
        assert not [line for line in lines if "--reload" in line and not line.startswith("#")]


ZONES = """\
public (active)
  interfaces: host0
  ports: {ports}
trusted (active)
  interfaces: {trusted}
  sources:
"""
OPEN = "10250/tcp 2379/tcp 2380/tcp 8472/udp"


@pytest.mark.parametrize(
    ("ports", "trusted", "said"),
    [
        (OPEN, "flannel.1 cni0", "open in zone public, where host0 is"),
        (OPEN.replace("8472", "8473"), "flannel.1 cni0", "8472/udp is not open in zone public"),
        (OPEN, "flannel.1", "cni0 is not in zone trusted"),
        (OPEN, "cni0", "flannel.1 is not in zone trusted"),
    ],
)
def test_the_firewall_s_probe_tells_what_is_missing(shell, ports, trusted, said):
    stubs = (
        answer("firewall_cmd", ZONES.format(ports=ports, trusted=trusted))
        + "systemctl() { :; }\nip() { echo '2: host0 inet 10.0.63.203/24'; }\ncommand() { :; }\n"
    )
    probe = plan_of(current()).task("hosts/firewall@boba").probe or ""
    ran = run(shell, stubs + probe.replace("firewall-cmd", "firewall_cmd"))
    assert said in ran.last
    assert (ran.exit == 0) is (said.startswith("open"))


def test_an_existing_etcd_is_asked_and_never_started():
    cluster = current(etcd=GIVEN, flannel=IN_ETCD)
    assert "hosts/etcd" not in steps(cluster)
    unit = script(cluster, "control-plane/kube-apiserver@anakin")
    assert f"--etcd-servers={','.join(GIVEN.endpoints)}" in unit
    assert f"-etcd-endpoints={','.join(GIVEN.endpoints)}" in script(
        cluster, "network/flanneld@boba"
    )
    assert ",".join(GIVEN.endpoints) in script(cluster, "network/flannel-key@anakin")
    brought = {t.host for t in plan_of(cluster).tasks if t.step.id == "hosts/etcd-binaries"}
    assert brought == {"anakin"}
    ports = {at.port for host in cluster.hosts for at in values.listeners(cluster, host)}
    assert not {2379, 2380} & ports


@pytest.mark.parametrize(
    ("mark", "registry", "said"),
    [
        ("", "", "this etcd is of current"),
        ("current", "/registry/pods/a", "this etcd is of current"),
        ("", "/registry/pods/a", "holds another Kubernetes cluster already"),
        ("other", "", "this etcd is of the cluster other already"),
    ],
)
def test_an_etcd_with_another_cluster_in_it_is_refused(shell, tmp_path, mark, registry, said):
    cluster = current(etcd=GIVEN)
    (tmp_path / "etcd-client.key").write_text("a key")
    text = script(cluster, "hosts/etcd-claim@anakin").replace("/usr/local/bin/etcdctl", "etcdctl")
    text = text.replace("/etc/kubernetes/pki", str(tmp_path))
    stub = f"""etcdctl() {{ case "$*" in
        *put*) echo OK ;; *registry*) echo '{registry}' ;; *) echo '{mark}' ;; esac; }}
"""
    ran = run(shell, stub + text)
    assert said in ran.last
    assert (ran.exit == 0) is said.endswith("current")
    assert (not mark and not registry) is ("OK" in ran.lines)
    every = plan_of(cluster)
    assert "hosts/etcd-claim@anakin" in every.task("control-plane/kube-apiserver@anakin").after


def test_host_gw_asks_whether_a_router_is_between_the_hosts():
    gateway = script(current(network=network(backend=Backend.HOST_GW)), "hosts/preflight@boba")
    assert "ip -4 route get 10.0.63.202" in gateway
    assert "ip -4 route get" not in script(current(), "hosts/preflight@boba")


def test_preflight_looks_for_the_hosts_networks_in_all_of_what_kubernetes_may_give():
    text = script(current(), "hosts/preflight@boba")
    assert "first=$(number 10.244.0.0)" in text
    assert "last=$(number 10.244.255.255)" in text
    assert "docker0" not in text  # whose network is nobody's to move here


@pytest.mark.parametrize(
    ("endpoints", "names"),
    [
        (("https://10.0.9.1:2379", "https://etcd.here:2379/"), {"10.0.9.1", "etcd.here"}),
        (("https://10.0.9.1:2379", "https://10.0.9.1:2389"), {"10.0.9.1", "10.0.9.1-2389"}),
    ],
)
def test_the_monitor_has_a_row_for_each_member_of_an_existing_etcd(endpoints, names):
    cluster = current(etcd=replace(GIVEN, endpoints=endpoints))
    asked = controlplane.script(
        "https://a:6443", "/m", "/pki", looks.members_of(cluster)
    ).splitlines()
    rows = {line.split()[1] for line in asked if line.startswith("section component/etcd-")}
    assert rows == {f"component/etcd-{name}" for name in names}
    said_by_all = "".join(f"@{row}\n|is healthy\n=0\n" for row in rows)
    healthy = controlplane.parse(Output(0, said_by_all.encode(), b"")).rows
    assert {row.name.removeprefix("etcd-") for row in healthy} == names

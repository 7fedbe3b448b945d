"""What stands in the way of an installation, from facts recorded on a bare host."""

from __future__ import annotations

from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

import pytest

from kwizard.cluster.model import (
    Backend,
    Cluster,
    Docker,
    Etcd,
    EtcdMode,
    Firewall,
    Host,
    Network,
    Role,
    Supervisor,
    Version,
)
from kwizard.probes.facts import HostFacts, parse_facts, problems
from kwizard.probes.firewalld import Firewall as Firewalld
from kwizard.probes.firewalld import Zone
from kwizard.probes.hostfacts import Disk
from kwizard.probes.interfaces import Interface
from kwizard.probes.sockets import Port
from tests.pure.probes.recorded import DATA, output
from tests.pure.recipes.modern_clusters import current

ANAKIN = Host(
    name="anakin",
    address=IPv4Address("10.0.63.202"),
    roles=frozenset({Role.CONTROL_PLANE, Role.WORKER, Role.ETCD}),
)
CLUSTER = Cluster(name="starwars", version=Version(1, 19, 16), hosts=(ANAKIN,))


@pytest.fixture
def bare() -> HostFacts:
    return parse_facts(output(DATA / "facts" / "bare-host.txt"))


def told(facts: HostFacts, cluster: Cluster = CLUSTER, **known: str) -> list[tuple[bool, str]]:
    return [(p.blocks, p.message) for p in problems(facts, cluster, cluster.hosts[0], **known)]


def test_a_bare_host_is_fit_for_the_article(bare):
    assert told(bare) == []


def test_a_host_that_is_installed_already_is_fit_too():
    boba = replace(ANAKIN, name="boba", address=IPv4Address("10.0.63.203"))
    facts = parse_facts(output(DATA / "facts" / "node.txt"))
    assert told(facts, replace(CLUSTER, hosts=(boba,))) == []


def test_every_problem_has_a_remedy():
    facts = parse_facts(output(DATA / "facts" / "minimal.txt"))
    found = problems(facts, replace(CLUSTER, docker=Docker(install=False)), ANAKIN)
    assert len(found) > 5
    assert all(p.remedy for p in found)
    assert [p.blocks for p in found] == sorted((p.blocks for p in found), reverse=True)


def port(number: int, process: str, protocol: str = "tcp") -> Port:
    return Port(port=number, protocol=protocol, address="0.0.0.0", process=process)


def with_interface(facts: HostFacts, name: str, address: str) -> HostFacts:
    assert facts.interfaces is not None
    extra = Interface(name=name, addresses=(IPv4Interface(address),), mtu=1500, up=True)
    return replace(facts, interfaces=(*facts.interfaces, extra))


def with_network(**change) -> Cluster:
    return replace(CLUSTER, network=Network(**change))


FAULTS = [
    ("not root", {"root": False}, CLUSTER, True, "not root"),
    ("no systemd", {"systemd": False}, CLUSTER, True, "systemd does not run"),
    ("no tun", {"tun": False}, CLUSTER, True, "/dev/net/tun"),
    ("cgroup v2", {"cgroup": 2}, replace(CLUSTER, version=Version(1, 3, 5)), True, "cgroup v2"),
    ("swap", {"swap": 512}, CLUSTER, False, "512 MiB of swap"),
    ("selinux", {"selinux": "enforcing"}, CLUSTER, False, "SELinux"),
    ("memory", {"memory": 512}, CLUSTER, False, "512 MiB of memory"),
    ("odd architecture", {"architecture": "mips"}, CLUSTER, True, "no release is made for"),
    ("no route", {"default_interface": None}, CLUSTER, False, "no default route"),
    ("no ip", {"interfaces": None}, CLUSTER, False, "no `ip` program"),
    ("address", {"interfaces": ()}, CLUSTER, True, "no interface of the host has 10.0.63.202"),
    (
        "stranger on 8080",
        {"ports": (port(8080, "java"),)},
        CLUSTER,
        True,
        "port 8080/tcp is already taken by java; kube-apiserver needs it",
    ),
    (
        "nameless on 10250",
        {"ports": (port(10250, ""),)},
        CLUSTER,
        False,
        "by a process the host does not name; kubelet needs it",
    ),
    (
        "stranger on flannel's port",
        {"ports": (port(8285, "dnsmasq", "udp"),)},
        CLUSTER,
        True,
        "port 8285/udp is already taken by dnsmasq; flanneld needs it",
    ),
]


@pytest.mark.parametrize(
    ("change", "cluster", "blocks", "words"), [f[1:] for f in FAULTS], ids=[f[0] for f in FAULTS]
)
def test_one_fault_is_one_problem(bare, change, cluster, blocks, words):
    ((blocked, message),) = told(replace(bare, **change), cluster)
    assert blocked is blocks
    assert words in message


@pytest.mark.parametrize(
    ("change", "cluster"),
    [
        ({"systemd": False}, replace(CLUSTER, supervisor=Supervisor.NOHUP)),
        ({"tun": False}, with_network(backend=Backend.VXLAN)),
        ({"cgroup": 2}, CLUSTER),
        ({"swap": 512}, replace(CLUSTER, version=Version(1, 3, 5))),
        ({"ports": (port(8080, "kube-apiserver"),)}, CLUSTER),
        ({"ports": (port(2379, "docker-proxy"),)}, CLUSTER),
        ({"ports": (port(2379, "x"),)}, replace(CLUSTER, etcd=Etcd(mode=EtcdMode.EXISTING))),
        ({"ports": (port(8472, "", "udp"),)}, with_network(backend=Backend.VXLAN)),
        ({"ports": (port(8472, "x", "udp"),)}, CLUSTER),
        ({"ports": (port(8285, "x", "tcp"),)}, CLUSTER),
    ],
)
def test_what_does_no_harm_in_this_cluster_is_not_told(bare, change, cluster):
    assert told(replace(bare, **change), cluster) == []


def test_the_release_must_be_for_the_hosts_architecture(bare):
    assert told(bare, architecture="amd64") == []
    assert told(bare, architecture="arm64") == [
        (True, "the host is amd64, the release is for arm64")
    ]


@pytest.mark.parametrize(("free", "blocks"), [((1 << 30) - 1, True), ((1 << 30), False)])
def test_little_space_warns_and_too_little_blocks(bare, free, blocks):
    disk = Disk(path="/", mount="/", total=10 << 30, free=free)
    ((blocked, message),) = told(replace(bare, disks=(disk,)))
    assert blocked is blocks
    assert "1.0 GiB are free for /" in message


def test_one_filesystem_that_is_short_of_space_is_told_once(bare):
    root = Disk(path="/", mount="/", total=10 << 30, free=2 << 30)
    ((_blocks, message),) = told(replace(bare, disks=(root, replace(root, path="/var"))))
    assert "2.0 GiB are free for /, /var (on /)" in message


def test_docker_may_be_missing_only_where_it_gets_installed(bare):
    without = replace(bare, docker=replace(bare.docker, installed=False))
    assert told(without) == []
    assert told(without, replace(CLUSTER, docker=Docker(install=False))) == [
        (True, "docker is not installed")
    ]


def test_leases_must_not_reach_a_network_of_the_host(bare):
    """10.0.100.0/24 lies in the longest run of leases beside 10.0.63.0/24."""
    ((blocked, message),) = told(with_interface(bare, "eno2", "10.0.100.7/24"))
    assert blocked
    assert "flannel's leases overlap the network 10.0.100.0/24 on eno2" in message


def test_flannels_and_dockers_own_interfaces_are_no_networks_of_the_host(bare):
    facts = with_interface(bare, "docker0", "10.0.100.1/24")
    assert told(with_interface(facts, "flannel0", "10.0.100.0/16")) == []


def test_the_service_range_must_not_be_in_use(bare):
    cluster = with_network(services=IPv4Network("10.1.63.0/24"), dns=IPv4Address("10.1.63.10"))
    assert told(bare, cluster) == [
        (True, "the service range 10.1.63.0/24 overlaps the network 10.1.63.0/24 on host1")
    ]


@pytest.mark.parametrize("cluster", [CLUSTER, current()], ids=["classic", "modern"])
def test_the_articles_dmz_has_no_effect_on_an_interface_in_another_zone(bare, cluster):
    zones = (Zone(name="public", interfaces=("host0",)), Zone(name="dmz"))
    facts = replace(bare, firewall=Firewalld(running=True, default="public", zones=zones))
    in_dmz = replace(cluster, firewall=Firewall(zone="dmz"))
    ((blocked, message),) = told(facts, in_dmz)
    assert not blocked
    assert message.startswith("firewalld has host0 in zone public")
    assert told(facts, cluster) == []
    moved = replace(cluster, firewall=Firewall(zone="dmz", move_interface=True))
    assert told(facts, moved) == []


def test_the_headline_is_one_line_of_what_matters(bare):
    assert bare.headline() == (
        "Debian GNU/Linux 12 (bookworm), kernel 6.1.0-37-amd64, amd64, 2 CPUs, 24105 MiB, "
        "73.5 GiB free, docker 20.10.24+dfsg1, not running, systemd-nspawn"
    )

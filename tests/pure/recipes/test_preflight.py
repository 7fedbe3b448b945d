"""Preflight, the whole script, on pretended machines (tests/pure/recipes/shells.py)."""

from __future__ import annotations

import pytest

from kwizard.cluster.model import Cluster, Etcd, EtcdMode, Network
from kwizard.engine.plan import build
from kwizard.recipes import steps_for
from tests.pure.recipes.clusters import ENDPOINTS, article, later
from tests.pure.recipes.modern_clusters import current
from tests.pure.recipes.shells import Ran, answer, etcd_stub, run


class Preflight:
    """The preflight of boba on a machine that is as it should be, but for what a test changes."""

    def __init__(self, cluster: Cluster | None = None) -> None:
        self.cluster = cluster or later()
        self.routes = "default via 10.0.63.1 dev host0\n10.0.63.0/24 dev host0 proto kernel"
        self.sockets = ""
        self.free = 50_000_000
        self.etcd = ""
        self.units = "return 1"

    def run(self, shell: list[str]) -> Ran:
        stubs = (
            'ip() { case "$*" in *addr*) echo "2: host0 inet 10.0.63.203/24" ;; *) cat <<R\n'
            f"{self.routes}\nR\n;; esac; }}\n"
            "ping() { :; }\nid() { echo 0; }\nsystemctl() { "
            f"{self.units}\n}}\n"
            "uname() { case $1 in -n) echo boba ;; -s) echo Linux ;; *) echo x ;; esac; }\n"
            "command() { :; }\n"
            f"df() {{ printf 'h\\nd 1 1 {self.free} 1%% /\\n'; }}\n"
            + answer("ss", self.sockets)
            + self.etcd
        )
        text = build(steps_for(self.cluster)).task("hosts/preflight@boba").script
        # Of this machine's files only the systemd directory and the tunnel device would be asked.
        text = text.replace("/run/systemd/system", "/").replace("[ -c /dev/net/tun ]", "true")
        return run(shell, stubs + text)


def obstacles(ran: Ran) -> list[str]:
    return [line for line in ran.lines if line.startswith("obstacle: ")]


def test_nothing_stands_in_the_way_of_a_plain_host(shell):
    ran = Preflight().run(shell)
    assert (ran.exit, ran.last, obstacles(ran)) == (0, "nothing stands in the way", [])


@pytest.mark.parametrize(
    ("route", "inside"),
    [
        ("10.0.64.0/20 dev eth1 proto kernel", True),
        ("10.0.0.0/16 dev eth1 proto kernel", True),
        ("10.0.255.0/24 dev eth1", True),
        ("10.0.200.7 dev eth1", True),
        ("10.0.63.0/24 dev eth1", False),
        ("10.0.48.0/20 dev eth1", False),
        ("10.1.0.0/16 dev eth1", False),
        ("10.0.104.0/24 dev docker0 proto kernel", False),
        ("10.0.104.0/16 dev flannel0", False),
    ],
)
def test_a_network_of_the_host_where_flannel_would_lease_is_refused(shell, route, inside):
    machine = Preflight()
    machine.routes += "\n" + route
    ran = machine.run(shell)
    assert (ran.exit == 1) is inside
    assert (
        f"network {route.split()[0]} on eth1 lies in 10.0.64.0 to 10.0.255.255" in ran.last
    ) is inside


@pytest.mark.parametrize(
    ("socket", "said"),
    [
        ("tcp LISTEN 0 9 0.0.0.0:10250 0.0.0.0:* users:((\"nginx\",pid=7,fd=3))",
         "port 10250/tcp, which kubelet needs, is taken by nginx"),
        ("tcp LISTEN 0 9 [::]:2379 [::]:* users:((\"etcd\",pid=7,fd=3))",
         "port 2379/tcp, which docker-proxy needs, is taken by etcd"),
        ("udp UNCONN 0 0 *:8285 *:*",
         "port 8285/udp, which flanneld needs, is taken by the kernel"),
        ("tcp LISTEN 0 9 *:10250 *:* users:((\"kubelet\",pid=7,fd=3))", ""),
        ("tcp LISTEN 0 9 *:110250 *:* users:((\"nginx\",pid=7,fd=3))", ""),
        ("udp UNCONN 0 9 *:10250 *:* users:((\"nginx\",pid=7,fd=3))", ""),
        ("tcp LISTEN 0 9 *:8080 *:* users:((\"nginx\",pid=7,fd=3))", ""),
    ],
    ids=["stranger", "foreign etcd", "nameless", "our own", "longer number", "other protocol",
         "a port of another host"],
)  # fmt: skip
def test_a_port_taken_by_a_stranger_is_told_with_his_name(shell, socket, said):
    machine = Preflight()
    machine.sockets = f"Netid State\n{socket}"
    ran = machine.run(shell)
    assert (ran.exit == 1) is bool(said)
    assert not said or ran.last == f"kwizard: {said}"


def test_too_little_room_is_told_with_figures(shell):
    machine = Preflight()
    machine.free = 300 * 1024
    ran = machine.run(shell)
    assert ran.exit == 1
    assert "no space left: /var has 300 MiB free, 1000 MiB are needed" in ran.last


def test_all_obstacles_are_told_at_once(shell):
    machine = Preflight()
    machine.free = 300 * 1024
    machine.sockets = 'tcp LISTEN 0 9 *:10250 *:* users:(("nginx",pid=7,fd=3))'
    ran = machine.run(shell)
    assert len(obstacles(ran)) == 3
    assert ran.last.startswith("kwizard: ")
    assert ran.last.count("; ") == 2


@pytest.mark.parametrize(
    ("speaks", "flannel", "said"),
    [
        ("v3", "v2", "does not speak the v2 API, which flannel v0.5.5"),
        ("v2", "v3", "does not speak the v3 API, which flannel v0.26.7"),
        ("v2 v3", "v2", ""),
        ("v2 v3", "v3", ""),
        ("v3", "v3", ""),
    ],
)
def test_an_etcd_and_a_flannel_that_do_not_speak_the_same_are_refused(shell, speaks, flannel, said):
    etcd = Etcd(mode=EtcdMode.EXISTING, endpoints=ENDPOINTS)
    network = Network()
    cluster = (
        later(etcd=etcd, network=network)
        if flannel == "v3"
        else later(etcd=etcd, flannel=article().flannel)
    )
    machine = Preflight(cluster)
    machine.etcd = etcd_stub(
        (), all_healthy=True, version="3.4.23" if "v3" in speaks else "2.3.7", v2="v2" in speaks
    )
    ran = machine.run(shell)
    assert (ran.exit == 1) is bool(said), ran.lines
    assert said in ran.last


def test_an_etcd_without_quorum_is_refused(shell):
    machine = Preflight(later(etcd=Etcd(mode=EtcdMode.EXISTING, endpoints=ENDPOINTS)))
    machine.etcd = etcd_stub((), version="3.4.23")
    ran = machine.run(shell)
    assert ran.exit == 1
    assert "etcd at http://10.0.63.202:2379 is not healthy: it has no quorum" in ran.last


def test_an_etcd_image_too_new_for_flannel_is_refused_before_it_is_started(shell):
    machine = Preflight(later(flannel=article().flannel, etcd=Etcd(image="x/etcd:v3.6.1")))
    ran = machine.run(shell)
    assert ran.exit == 1
    assert "etcd 3.6 no longer speaks the v2 API, which flannel v0.5.5" in ran.last


def test_daemons_of_another_installation_that_run_are_named_with_their_file(shell, tmp_path):
    """systemd may say a unit's properties in any order."""
    ours, theirs = tmp_path / "kubelet.service", tmp_path / "etcd.service"
    ours.write_text("# Written by kwizard, which overwrites what is changed here.\n")
    theirs.write_text("[Unit]\n")
    here = Preflight(current())
    here.units = f"""cat <<U
Id=kubelet.service
ActiveState=active
FragmentPath={ours}

FragmentPath={theirs}
ActiveState=active
Id=etcd.service

Id=flanneld.service
ActiveState=inactive
FragmentPath={theirs}

Id=containerd.service
ActiveState=active
FragmentPath=
U
"""
    named = [line for line in obstacles(here.run(shell)) if "runs here" in line]
    assert named == [f"obstacle: etcd runs here from {theirs}, which is of another installation"]

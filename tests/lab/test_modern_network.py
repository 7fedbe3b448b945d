"""A modern cluster behind firewalld, with vxlan, and with host-gw on hosts that reach each other by
their second network."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from kwizard.cluster.dump import dump
from kwizard.cluster.load import load
from kwizard.cluster.model import Host
from tests.lab.footprint import footprints
from tests.lab.installed import Installed, Restarts, leased, times
from tests.lab.modern import Modern, reach_the_service
from tests.lab.seen import eventually
from tests.lab.site import MASTER, NAMES, Site
from tests.lab.taken_back import FIREWALLD, as_before, failures, reset

pytestmark = [pytest.mark.lab, pytest.mark.kube, pytest.mark.timeout(900)]

PODS = "10.244.0.0/16"
CLIENT = "/etc/kubernetes/pki/etcd-client.key"
BOOTED = {
    r"^files: .*/var/tmp/systemd-private-": "systemd's own, with the boot's id in its name",
    r"^sums: .*/run/(utmp|sshd\.pid)$": "when it was started, and as which process",
    r"^files: .*/run/sshd\.pid\|": "a process number may have a digit more",
}


def everywhere(site: Site, command: str) -> None:
    for name in NAMES:
        site.on(name, command)


def ping_cells(cluster: Modern) -> set[tuple[str, str]]:
    """The pings that are answered."""
    cells = cluster.verify()["matrix"]["cells"]
    assert len(cells) == 27
    return {(c["source"], c["target"]) for c in cells if c["received"]}


def given(cluster: Modern) -> dict[str, str]:
    """Each node's range as Kubernetes has it."""
    items = json.loads(cluster.kubectl("get nodes -o json"))["items"]
    return {n["metadata"]["name"]: n["spec"].get("podCIDR", "") for n in items}


def opened(site: Site, host: str, *, later: bool) -> tuple[set[str], set[str], set[str]]:
    """Ports of the interface's zone, and interfaces and sources of zone trusted."""
    ask = f"firewall-cmd {'--permanent ' if later else ''}--zone="
    lists = ("public --list-ports", "trusted --list-interfaces", "trusted --list-sources")
    ports, interfaces, sources = (set(site.on(host, ask + what).split()) for what in lists)
    return ports, interfaces, sources


class Firewalled:
    """Between the tests of an installation and its restarts: what firewalld and flannel's store in
    Kubernetes add to it."""

    def test_flannel_has_the_subnets_that_kubernetes_gave(self, cluster: Modern):
        assert leased(cluster.site) == given(cluster)
        assert len(set(leased(cluster.site).values())) == len(NAMES)

    def test_flanneld_may_see_and_mark_nodes_and_nothing_else(self, cluster: Modern):
        def may(what: str) -> str:
            return cluster.try_kubectl(f"auth can-i {what} --as kwizard:flanneld").stdout.strip()

        allowed = ("get nodes", "list nodes", "watch nodes", "patch nodes --subresource=status")
        refused = ("patch nodes", "delete nodes", "get secrets -A", "list pods -A")
        assert {what: may(what) for what in (*allowed, *refused)} == {
            **dict.fromkeys(allowed, "yes"),
            **dict.fromkeys(refused, "no"),
        }

    def test_only_the_control_plane_can_open_etcd(self, cluster: Modern):
        holders = {n for n in NAMES if cluster.site.lab.run(n, f"test -e {CLIENT}").returncode == 0}
        assert holders == {MASTER}
        assert cluster.site.lab.run("boba", "systemctl cat flannel-watch").returncode != 0

    @pytest.mark.parametrize("later", [False, True], ids=["now", "for good"])
    def test_exactly_what_is_needed_is_open(self, cluster: Modern, later: bool):
        etcd_and_node = {"10250/tcp", "2379/tcp", "2380/tcp", "8472/udp"}
        for name in NAMES:
            ports, interfaces, sources = opened(cluster.site, name, later=later)
            assert ports == etcd_and_node | ({"6443/tcp"} if name == MASTER else set())
            assert interfaces == {"cni0", "flannel.1"}
            assert sources == set()

    def test_a_daemon_does_not_begin_before_firewalld_answers(self, cluster: Modern):
        """At a boot firewalld counts as started before its rules are in force. They cut connections
        off that were made until then, those among members of etcd for up to 50 s."""
        site, show = cluster.site, "systemctl show --value -p SubState -p MainPID etcd"
        site.on("boba", "systemctl kill -s STOP firewalld; systemctl restart --no-block etcd")
        try:
            eventually(lambda: site.on("boba", show).split(), lambda s: s == ["0", "start-pre"])
        finally:
            site.on("boba", "systemctl kill -s CONT firewalld")
        eventually(lambda: site.on("boba", show).split()[-1], lambda state: state == "running")

    @pytest.mark.parametrize(
        ("closing", "opening", "word"),
        [
            ("--zone=public --remove-port=8472/udp", "--zone=public --add-port=8472/udp", "8472"),
            (
                "--zone=trusted --remove-interface=flannel.1",
                "--zone=trusted --change-interface=flannel.1",
                "from flannel.1 to cni0",
            ),
            (
                "--zone=trusted --remove-interface=cni0",
                "--zone=trusted --change-interface=cni0",
                "nothing out of pods: cni0 is in no zone",
            ),
        ],
        ids=["port", "flannel.1", "cni0"],
    )
    def test_what_is_closed_is_named_with_its_remedy(
        self, cluster: Modern, closing: str, opening: str, word: str
    ):
        everywhere(cluster.site, f"firewall-cmd -q {closing}; conntrack -F >/dev/null 2>&1 || true")
        try:
            found = cluster.verify()
            red = [d for d in found["diagnoses"] if d["weight"] == "red"]
            assert [word in d["cause"] for d in red] == [True], found["diagnoses"]
            assert f"firewall-cmd {opening}" in red[0]["remedy"]
        finally:
            everywhere(cluster.site, f"firewall-cmd -q {opening}")
        eventually(lambda: len(ping_cells(cluster)), lambda answered: answered == 27, 60)


class TestBehindFirewalld(Restarts, Firewalled, Installed):
    """Everything that holds of an installation, with iptables and vxlan behind firewalld."""

    @pytest.fixture(scope="class")
    def cluster(
        self, bare_site: Callable[..., Site], measured: Callable[[str], None]
    ) -> Iterator[Modern]:
        site = bare_site(recipe="modern", store="kubernetes")
        everywhere(site, "systemctl enable -q --now firewalld")
        described = load(site.file).cluster
        described = replace(described, hosts=tuple(map(marked, described.hosts)))
        site.file.write_text(dump(described), encoding="utf-8")
        before = footprints(site)
        measured(f"modern, iptables, kubernetes store, firewalld: {times(site.apply())}")
        yield Modern(site, site.lab.layout.name, before=before)
        site.lab.down(wipe=True)

    def test_a_reset_after_all_those_restarts_leaves_what_was_there_before(self, cluster: Modern):
        status, events = reset(cluster.site)
        assert (status, failures(events)) == (0, [])
        as_before(cluster.site, cluster.before, FIREWALLD | BOOTED)


def marked(host: Host) -> Host:
    """boba gets a label, and a taint that keeps no pod away for good."""
    if host.name != "boba":
        return host
    return replace(host, labels=("disk=ssd",), taints=("dedicated=db:PreferNoSchedule",))


def test_host_gw_on_the_hosts_second_network_behind_firewalld(
    bare_site: Callable[..., Site], measured: Callable[[str], None]
):
    """The default route leads out of the first network; the hosts' addresses are in the second."""
    site = bare_site(recipe="modern", backend="host-gw", store="kubernetes")
    everywhere(site, "systemctl enable -q --now firewalld")
    assert "dev host0" in site.on(MASTER, "ip -4 route show default")
    text = site.file.read_text()
    site.file.write_text(re.sub(r"(?m)^(\s+address: )10\.0\.63\.", r"\g<1>10.1.63.", text))
    addresses = {name: f"10.1.63.{202 + i}" for i, name in enumerate(NAMES)}
    events = site.apply()
    measured(f"modern, kubernetes store, host-gw, second network: {events[-1]['seconds']:.1f}")
    cluster = Modern(site, site.lab.layout.name)

    assert cluster.ready_nodes() == dict.fromkeys(NAMES, "True")
    assert len(cluster.well()["matrix"]["cells"]) == 27
    reach_the_service(cluster)
    subnets = leased(site)
    for name in NAMES:
        routes = site.on(name, "ip -4 route")
        for other in NAMES:
            if other != name:
                assert f"{subnets[other]} via {addresses[other]} dev host1" in routes
        ports, interfaces, sources = opened(site, name, later=True)
        assert "8472/udp" not in ports
        assert interfaces == {"cni0"}
        assert sources == {PODS, *(addresses[o] for o in NAMES if o != name)}

    everywhere(site, f"firewall-cmd -q --zone=trusted --remove-source={PODS}")
    found = cluster.verify()
    assert [d["cause"] for d in found["diagnoses"] if f"{PODS} is in no zone" in d["cause"]]
    everywhere(site, f"firewall-cmd -q --zone=trusted --add-source={PODS}")
    eventually(lambda: len(ping_cells(cluster)), lambda answered: answered == 27, 60)
    site.apply_again()

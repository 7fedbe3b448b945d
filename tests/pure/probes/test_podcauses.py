"""Causes of red cells where containerd runs pods: no remedy speaks of docker there."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Interface, IPv4Network
from typing import Any

import pytest

from kwizard.probes import network
from kwizard.probes.diagnosis import Diagnosis, diagnose
from kwizard.probes.firewalld import Firewall, Zone
from kwizard.probes.interfaces import Interface, Route
from kwizard.probes.matrix import Cell, Kind, Matrix, Target
from kwizard.probes.network import Flannel, NetworkFacts
from tests.pure.probes.recorded import said

HOSTS = ("anakin", "boba", "c3po")
PODS = IPv4Network("10.244.0.0/16")
KINDS: tuple[Kind, ...] = ("host", "gateway", "container")


def target(host: str, kind: Kind) -> Target:
    number = HOSTS.index(host)
    address = {
        "host": f"10.0.63.{202 + number}",
        "gateway": f"10.244.{number}.1",
        "container": f"10.244.{number}.7",
    }[kind]
    name = host if kind == "host" else f"{host}/{kind}"
    return Target(name=name, kind=kind, host=host, address=IPv4Address(address))


def matrix(lost: Iterable[tuple[str, str]] = ()) -> Matrix:
    """The 27 pings, all answered but those."""
    red = set(lost)
    targets = tuple(target(h, k) for k in KINDS for h in HOSTS)
    return Matrix(
        sources=HOSTS,
        targets=targets,
        cells=tuple(
            Cell(source=s, target=t.name, sent=1, received=int((s, t.name) not in red))
            for s in HOSTS
            for t in targets
        ),
    )


def across(*kinds: Kind, source: str = "", to: str = "") -> set[tuple[str, str]]:
    """The cells from one host to another."""
    return {
        (s, target(t, kind).name)
        for s in HOSTS
        for t in HOSTS
        for kind in kinds
        if s != t and source in ("", s) and to in ("", t)
    }


def zones(*trusted: str, sources: tuple[str, ...] = ()) -> Firewall:
    ours = Zone(name="trusted", target="ACCEPT", interfaces=trusted, sources=sources)
    public = Zone(name="public", interfaces=("host0",), ports=("8472/udp", "10250/tcp"))
    return Firewall(running=True, default="public", zones=(public, ours))


def facts(host: str, *, overlay: bool = True, **changes: Any) -> NetworkFacts:
    """A node as it should be, with vxlan or, without an overlay, host-gw."""
    number = HOSTS.index(host)
    outer = Interface(
        name="host0", addresses=(IPv4Interface(f"10.0.63.{202 + number}/24"),), up=True
    )
    made = Interface(name="flannel.1", mtu=1450, up=True) if overlay else None
    bridge = Interface(
        name="cni0",
        addresses=(IPv4Interface(f"10.244.{number}.1/24"),),
        mtu=1450 if overlay else 1500,
        up=True,
    )
    good = NetworkFacts(
        interfaces=(outer, bridge, *((made,) if made else ())),
        routes=(
            Route(IPv4Network("10.0.63.0/24"), "host0"),
            Route(PODS, "flannel.1" if overlay else "host0"),
        ),
        ip_forward=True,
        flannel=Flannel(
            running=True,
            arguments="flanneld -kube-subnet-mgr",
            network=PODS,
            subnet=IPv4Interface(f"10.244.{number}.1/24"),
            mtu=1450 if overlay else 1500,
            interface=made,
        ),
        pods=True,
        cni0=bridge,
        forward_policy="ACCEPT",
        firewall=zones("cni0", "flannel.1"),
    )
    return replace(good, **changes)


def causes(
    lost: set[tuple[str, str]], **changed: NetworkFacts | None
) -> tuple[tuple[Diagnosis, ...], Diagnosis]:
    """All that is found, and the first, which must explain every red cell."""
    found = diagnose(matrix(lost), {h: facts(h) for h in HOSTS} | changed)
    assert set(found[0].cells) == lost
    for each in found:
        assert "docker" not in each.cause + each.remedy + each.evidence_command
    return found, found[0]


def test_a_whole_cluster_has_no_cause():
    assert diagnose(matrix(), {h: facts(h) for h in HOSTS}) == ()


@pytest.mark.parametrize("kinds", [KINDS, ("gateway", "container")], ids=["all", "behind hosts"])
def test_the_bridge_in_no_zone_keeps_pods_on_their_host(kinds: tuple[Kind, ...]):
    lost = across(*kinds, source="boba")
    _, first = causes(lost, boba=facts("boba", firewall=zones("flannel.1")))
    assert "nothing out of pods: cni0 is in no zone" in first.cause
    assert first.hosts == ("boba",)
    assert "--zone=trusted --change-interface=cni0" in first.remedy


def test_bridges_in_no_zone_everywhere_are_no_network_that_is_cut():
    hosts = {h: facts(h, firewall=zones("flannel.1")) for h in HOSTS}
    found, first = causes(across(*KINDS), **hosts)
    assert "cni0 is in no zone" in first.cause
    assert first.hosts == HOSTS
    assert [d.weight for d in found] == ["red"]


def test_the_bridge_s_zone_is_not_blamed_for_what_it_lets_pass():
    lost = across("container", to="boba")
    _, first = causes(lost, boba=facts("boba", firewall=zones("cni0")))
    assert "from flannel.1 to cni0" in first.cause


def test_without_an_overlay_the_pod_range_has_to_be_trusted():
    lost = across("container", to="boba")
    hosts = {h: facts(h, overlay=False, firewall=zones("cni0", sources=(str(PODS),)))
             for h in HOSTS}  # fmt: skip
    hosts["boba"] = facts("boba", overlay=False, firewall=zones("cni0", sources=("10.0.63.202",)))
    _, first = causes(lost, **hosts)
    assert f"{PODS} is in no zone that lets pass" in first.cause
    assert f"--add-source={PODS}" in first.remedy
    assert "by host0: zone public" in first.evidence


def test_a_bridge_of_another_subnet_is_deleted_to_be_made_anew():
    lost = across("gateway", "container", source="boba") | across("gateway", "container", to="boba")
    moved = Interface(name="cni0", addresses=(IPv4Interface("10.99.0.1/24"),), mtu=1450)
    _, first = causes(lost, boba=facts("boba", cni0=moved))
    assert "not in the subnet flannel has" in first.cause
    assert "ip link delete cni0" in first.remedy
    assert "10.99.0.1/24" in first.evidence


def test_a_missing_pod_to_ping_from_is_looked_for_with_kubectl():
    whole = matrix()
    cells = tuple(
        replace(c, sent=0, received=0, error="there is no pod to ping from there")
        if c.source == "boba"
        else c
        for c in whole.cells
    )
    (found,) = diagnose(replace(whole, cells=cells), {h: facts(h) for h in HOSTS})
    assert "kubectl -n kube-system describe pods" in found.remedy
    assert found.evidence_command == "ctr -n k8s.io tasks list"


def test_a_bridge_that_lets_through_more_than_flannel_carries_is_noted():
    large = Interface(name="cni0", addresses=(IPv4Interface("10.244.1.1/24"),), mtu=1500)
    (found,) = diagnose(
        matrix(), {h: facts(h) for h in HOSTS} | {"boba": facts("boba", cni0=large)}
    )
    assert found.weight == "note"
    assert "cni0's MTU 1500, FLANNEL_MTU=1450" in found.evidence
    assert "docker" not in found.remedy


@pytest.mark.parametrize(
    ("arguments", "word"),
    [("flanneld -kube-subnet-mgr", "knows no limits"), ("flanneld -etcd-prefix=/x", "SubnetMin")],
)
def test_a_subnet_over_the_hosts_has_the_remedy_of_its_store(arguments, word):
    lost = across(*KINDS, source="boba") | across(*KINDS, to="boba")
    good = facts("boba")
    taken = replace(
        good,
        routes=(Route(IPv4Network("10.0.63.0/24"), "flannel.1"),),
        flannel=replace(good.flannel, arguments=arguments),
    )
    _, first = causes(lost, boba=taken)
    assert word in first.remedy


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"ip_forward": False}, "ip_forward is 0"),
        ({"flannel": Flannel(running=False)}, "flanneld does not run"),
    ],
)
def test_causes_that_both_kinds_of_cluster_have(changes, word):
    lost = across("gateway", "container", source="boba") | across("container", to="boba")
    _, first = causes(lost, boba=facts("boba", **changes))
    assert word in first.cause


def test_the_bridge_is_known_by_the_cni_s_configuration():
    text = "@cni-config\n|{}\n=0\n@links\n|4: cni0: <UP> mtu 1450 qdisc\n=0\n"
    found = network.parse(said(text))
    assert (found.pods, found.bridge_name) == (True, "cni0")
    assert found.cni0 is not None
    assert found.cni0.mtu == 1450
    without = network.parse(said("@cni-config\n|no such file\n=1\n"))
    assert (without.pods, without.bridge_name) == (False, "docker0")

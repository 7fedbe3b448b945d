"""Causes of red cells where containerd runs pods on a bridge of the CNI, and there is no docker.

The patterns were seen on real hosts, each fault made on purpose.
"""

from __future__ import annotations

from collections.abc import Iterator

from kwizard.probes.redcells import Cause, Key, RedCells

ENV = "/run/flannel/subnet.env"


def pods_elsewhere(red: RedCells) -> Iterator[Cause]:
    """The pods' bridge is not in the subnet that flannel has for the host: the subnet changed after
    the bridge was made, and the CNI leaves a bridge as it is."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host, facts in red.facts.items():
        leased = facts.flannel.subnet
        if not facts.pods or facts.cni0 is None or leased is None or not facts.cni0.addresses:
            continue
        held = facts.cni0.addresses[0]
        if held.ip in leased.network:
            continue
        evidence[host] = f"cni0 {held}, FLANNEL_SUBNET={leased}"
        cells += red.overlay(host)
    if evidence:
        yield Cause(
            cause="pods on {hosts} are on a bridge that is not in the subnet flannel has for the "
            "host",
            command=f"ip -o -4 addr show cni0; cat {ENV}",
            evidence=evidence,
            remedy="ip link delete cni0 there, then delete the pods of that host: they are made "
            "anew, on a bridge in the right subnet",
            cells=tuple(cells),
        )


def bridge_zone(red: RedCells) -> Iterator[Cause]:
    """Firewalld lets nothing out of the pods' bridge, which is in no zone that lets pass: a pod
    reaches its own host and no other pod's. Other hosts themselves may answer it: what is in no
    zone is in the default one, and so is the host's interface mostly."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host, facts in red.facts.items():
        if not (facts.pods and facts.firewall.running) or red.got_out(host):
            continue
        zone = facts.firewall.zone_of("cni0")
        if zone is not None and zone.target == "ACCEPT":
            continue
        if found := red.out_of(host, "host", "gateway", "container"):
            evidence[host] = f"cni0: {zone.name if zone else 'no zone'}"
            cells += found
    if evidence:
        added = "firewall-cmd --zone=trusted --change-interface=cni0"
        yield Cause(
            cause="firewalld on {hosts} lets nothing out of pods: cni0 is in no zone that lets "
            "pass",
            command="firewall-cmd --get-zone-of-interface=cni0",
            evidence=evidence,
            remedy=f"{added} (now) and {added} --permanent (for good), on {{hosts}}",
            cells=tuple(cells),
        )


def pods_from_outside(red: RedCells) -> Iterator[Cause]:
    """The same without an overlay (host-gw): packets of other hosts' pods come in by the host's own
    interface, and firewalld does not pass them on."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    source = ""
    for host, facts in red.facts.items():
        outer = facts.holding(red.addresses[host]) if host in red.addresses else None
        if not (facts.pods and facts.firewall.running) or outer is None:
            continue
        if facts.flannel.interface is not None or facts.flannel.network is None:
            continue
        for key in red.past_gateway(host):
            sender = red.container_of(key[0])
            zone = facts.firewall.zone_for(outer.name, sender)
            if sender is not None and zone is not None and zone.target != "ACCEPT":
                evidence[host] = f"{sender} by {outer.name}: zone {zone.name}"
                source = str(facts.flannel.network)
                cells.append(key)
    if evidence:
        added = f"firewall-cmd --zone=trusted --add-source={source}"
        yield Cause(
            cause="firewalld on {hosts} lets nothing through from other hosts' pods to cni0: "
            f"{source} is in no zone that lets pass",
            command="firewall-cmd --zone=trusted --list-sources",
            evidence=evidence,
            remedy=f"{added} (now) and {added} --permanent (for good), on {{hosts}}",
            cells=tuple(cells),
        )


def pods_mtu(red: RedCells) -> Iterator[Cause]:
    """The pods' bridge lets through more than flannel can carry."""
    evidence: dict[str, str] = {}
    for host, facts in red.facts.items():
        overlay, bridge = facts.flannel.mtu, facts.cni0.mtu if facts.cni0 else None
        if facts.pods and overlay is not None and bridge is not None and bridge > overlay:
            evidence[host] = f"cni0's MTU {bridge}, FLANNEL_MTU={overlay}"
    if evidence:
        yield Cause(
            cause="the MTU of pods on {hosts} is larger than flannel's: large packets will be lost",
            command=f"ip link show cni0; cat {ENV}",
            evidence=evidence,
            remedy="restart flanneld, which writes the CNI's configuration anew, then ip link "
            "delete cni0 and delete the pods of that host",
            alone="note",
        )

"""The causes kwizard knows for a red cell, the most certain first.

Each is a function of the failing cells and the hosts' network facts that gives what it finds; the
patterns were seen on real hosts, except where its docstring says otherwise.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import IPv4Interface

from kwizard.probes import podcauses
from kwizard.probes.network import UDP_PORT, NetworkFacts
from kwizard.probes.redcells import Cause, Key, RedCells
from kwizard.probes.sections import short


def lease_over_hosts(red: RedCells) -> Iterator[Cause]:
    """A lease that contains the hosts' own network: their routes to each other go into flannel."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host, facts in red.facts.items():
        for other, address in red.addresses.items():
            route = facts.route_to(address)
            if other != host and route is not None and route.device.startswith("flannel"):
                evidence.setdefault(host, f"{route.to} dev {route.device}: the way to {other}")
                cells += red.overlay(host) + red.into(host, "host") + red.out_of(host, "host")
    if evidence:
        yield Cause(
            cause="a lease of flannel covers the hosts' own network: routes to other hosts lead "
            "into flannel on {hosts}",
            command="ip -4 route",
            evidence=evidence,
            remedy="take a pod range away from the hosts and install anew: Kubernetes, which gave "
            "this subnet, knows no limits"
            if any(red.facts[host].flannel.kept_by_kubernetes for host in evidence)
            else "keep the leases away with SubnetMin and SubnetMax in flannel's configuration, "
            "delete that lease in etcd, and restart flanneld",
            cells=tuple(cells),
        )


def silent_host(red: RedCells) -> Iterator[Cause]:
    """A host that does not answer us: nothing from it, and nothing behind it, can be judged."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host in red.silent:
        if found := red.touching(host):
            evidence[host] = f"no answer from {red.addresses.get(host, host)}"
            cells += found
    if evidence:
        yield Cause(
            cause="{hosts} did not answer",
            command=f"ssh {next(iter(evidence))} true",
            evidence=evidence,
            remedy="see whether the host runs and is on the network",
            cells=tuple(cells),
        )


def cut_off(red: RedCells) -> Iterator[Cause]:
    """A host that answers us, and no other host: the network between them."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host, facts in red.facts.items():
        if host in red.addresses and red.apart(host):
            address = red.addresses[host]
            outer = facts.holding(address)
            name = outer.name if outer else "no interface"
            up = "" if outer is None or outer.up else ", which is down"
            evidence[host] = f"{address} on {name}{up}"
            cells += red.touching(host)
    if evidence:
        address = red.addresses[next(iter(evidence))]
        yield Cause(
            cause="{hosts} and the other hosts do not reach each other",
            command=f"ip -o addr show to {address}",
            evidence=evidence,
            remedy="see to the network between them: cable, switch, VLAN, or a firewall that "
            "drops everything",
            cells=tuple(cells),
        )


def docker_without_bip(red: RedCells) -> Iterator[Cause]:
    """docker0 is not in the subnet flannel leased for the host, or in none of its own at all."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    bridges = {
        h: held
        for h, facts in red.facts.items()
        if not facts.pods and (held := _docker0(facts)) is not None
    }
    for host, held in bridges.items():
        leased = red.facts[host].flannel.subnet
        shared = any(
            held.network.overlaps(other.network) for h, other in bridges.items() if h != host
        )
        if held.ip in leased.network if leased is not None else not shared:
            continue
        evidence[host] = f"docker0 {held}, FLANNEL_SUBNET={leased or ''}"
        cells += red.overlay(host)
    if evidence:
        yield Cause(
            cause="docker on {hosts} runs without flannel's --bip: its bridge is in no subnet that "
            "flannel leased for the host",
            command="docker network inspect bridge; cat /run/flannel/subnet.env",
            evidence=evidence,
            remedy="give dockerd the --bip and --mtu that /run/flannel/subnet.env says (where "
            "flannel has leased none, start flanneld first) and restart it, one host at a time",
            cells=tuple(cells),
        )


def not_tried(red: RedCells) -> Iterator[Cause]:
    """Cells without a ping: no container, no docker, an address that is not known."""
    why: dict[str, list[tuple[Key, str]]] = {}
    for cell, target in red.left:
        if cell.sent == 0:
            reason = cell.error or "not tried"
            host = target.host if target.error == reason else cell.source
            why.setdefault(reason, []).append(((cell.source, target.name), host))
    for reason, entries in why.items():
        hosts = dict.fromkeys(host for _, host in entries)
        pods = any(red.facts[host].pods for host in hosts if host in red.facts)
        yield Cause(
            cause=f"not tried, {{hosts}}: {reason}",
            command="ctr -n k8s.io tasks list" if pods else "docker ps",
            evidence=dict.fromkeys(hosts, reason),
            remedy="see what the pod to ping from waits for: kubectl -n kube-system describe pods "
            "-l app=kwizard-ping; the installation's last phase makes it"
            if pods
            else "let the container to ping from be made by the installation's last phase, or "
            "start any container on docker's network there",
            cells=tuple(key for key, _ in entries),
        )


def flannel_stopped(red: RedCells) -> Iterator[Cause]:
    """Flanneld does not run. With udp all is lost at once; vxlan goes on while its interface and
    routes are there."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host, facts in red.facts.items():
        flannel = facts.flannel
        goes_on = flannel.interface is not None and flannel.port != UDP_PORT
        found = red.overlay(host)
        if flannel.running is False and found and not goes_on:
            evidence[host] = "\n".join(flannel.log[-2:]) or "no flanneld process"
            cells += found
    if evidence:
        yield Cause(
            cause="flanneld does not run on {hosts}",
            command="systemctl status flanneld",
            evidence=evidence,
            remedy="start it, and see the end of its log for why it ended",
            cells=tuple(cells),
        )


def wrong_interface(red: RedCells) -> Iterator[Cause]:
    """Flannel announces an address that is not the one the hosts reach each other by."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    command = ""
    for host, facts in red.facts.items():
        wanted = red.addresses.get(host)
        wrong = [(a, shown) for a, shown in facts.flannel.outside if a != wanted]
        if wanted is None or not wrong or not (found := red.overlay(host)):
            continue
        address, shown = wrong[0]
        held = facts.holding(address)
        on = f" ({held.name})" if held else ""
        evidence[host] = f"flannel uses {address}{on}, the host is {wanted}"
        command = command or shown
        cells += found
    if evidence:
        yield Cause(
            cause="flannel on {hosts} is on the wrong interface: its address is not the host's",
            command=command,
            evidence=evidence,
            remedy="start flanneld with -iface and -public-ip set to the host's address",
            cells=tuple(cells),
        )


def no_forwarding(red: RedCells) -> Iterator[Cause]:
    """net.ipv4.ip_forward is 0: nothing leaves a container for another host, or comes in to one."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host, facts in red.facts.items():
        found = red.out_of(host, "host", "gateway", "container") + red.into(host, "container")
        if facts.ip_forward is False and found:
            evidence[host] = "net.ipv4.ip_forward = 0"
            cells += found
    if evidence:
        yield Cause(
            cause="packets are not forwarded on {hosts}: net.ipv4.ip_forward is 0",
            command="sysctl net.ipv4.ip_forward",
            evidence=evidence,
            remedy="sysctl -w net.ipv4.ip_forward=1, and the same line in /etc/sysctl.d",
            cells=tuple(cells),
        )


def port_closed(red: RedCells) -> Iterator[Cause]:
    """Firewalld rejects flannel's udp port: hosts answer, nothing of the overlay does.

    With the udp backend a closed port may hide: both ends send from 8285 to 8285, so where both
    have just sent, each one's packets pass for answers. That lasts until a pair of hosts has been
    silent for 30 s, so it is a fault even when every ping is answered.
    """
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    port, zone_name, sure = UDP_PORT, "", True
    for host, facts in red.facts.items():
        outer = facts.holding(red.addresses[host]) if host in red.addresses else None
        needed = facts.flannel.port
        if not facts.firewall.running or outer is None or needed is None:
            continue
        others = [a for h, a in red.addresses.items() if h != host]
        zone = next(
            (
                z
                for z in (facts.firewall.zone_for(outer.name, other) for other in others)
                if z is not None and not z.lets_in(needed, "udp")
            ),
            None,
        )
        if zone is None:
            continue
        found = red.between(host)
        port, zone_name = needed, zone_name or zone.name
        sure = sure and needed == UDP_PORT and zone.plain
        shown = " ".join(zone.ports) or "no ports"
        evidence[host] = f"zone {zone.name} of {outer.name}: {shown}"
        cells += found
    if evidence:
        opened = f"firewall-cmd --zone={zone_name} --add-port={port}/udp"
        yield Cause(
            cause=f"firewalld on {{hosts}} rejects flannel's packets: udp port {port} is closed",
            command=f"firewall-cmd --zone={zone_name} --list-ports",
            evidence=evidence,
            remedy=f"{opened} (now) and {opened} --permanent (for good), on {{hosts}}",
            cells=tuple(cells),
            alone="fault" if sure else "",
        )


def forward_chain(red: RedCells) -> Iterator[Cause]:
    """Firewalld's forward chain ends in reject, and flannel's interface is in no zone that lets
    pass: gateways answer, containers do not."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    name, to = "", ""
    for host, facts in red.facts.items():
        made = facts.flannel.interface
        if not facts.firewall.running or made is None or red.entered(host):
            continue
        zone = facts.firewall.zone_of(made.name)
        if zone is not None and zone.target == "ACCEPT":
            continue
        name, to = name or made.name, to or facts.bridge_name
        evidence[host] = f"{made.name}: {zone.name if zone else 'no zone'}"
        cells += red.past_gateway(host)
    if evidence:
        added = f"firewall-cmd --zone=trusted --change-interface={name}"
        yield Cause(
            cause=f"firewalld on {{hosts}} lets nothing through from {name} to {to}: {name} is "
            "in no zone that lets pass",
            command=f"firewall-cmd --get-zone-of-interface={name}",
            evidence=evidence,
            remedy=f"{added} (now) and {added} --permanent (for good), on {{hosts}}",
            cells=tuple(cells),
            alone="note" if red.matrix.failed else "",
        )


def forward_policy(red: RedCells) -> Iterator[Cause]:
    """Docker set the FORWARD policy to DROP, and flannel's own ACCEPT rules are not there."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host, facts in red.facts.items():
        range_ = facts.flannel.network
        accepted = range_ is not None and any(range_.subnet_of(n) for n in facts.forward_accepts)
        found = red.past_gateway(host)
        if facts.forward_policy == "DROP" and not accepted and found:
            evidence[host] = f"-P FORWARD DROP, and no rule accepts {range_ or 'the pod range'}"
            cells += found
    if evidence:
        yield Cause(
            cause="the FORWARD policy on {hosts} is DROP and flannel's ACCEPT rules are missing",
            command="iptables -S FORWARD",
            evidence=evidence,
            remedy="restart flanneld (it adds them, unless started with -iptables-forward-rules="
            "false), or iptables -P FORWARD ACCEPT",
            cells=tuple(cells),
        )


def no_route(red: RedCells) -> Iterator[Cause]:
    """A host has no route of its own into the pod range: host-gw without its peer's route, or a
    flannel that lost its interface. Reasoned from how flannel works."""
    evidence: dict[str, str] = {}
    cells: list[Key] = []
    for host, facts in red.facts.items():
        for key in red.out_of(host, "gateway", "container"):
            address = red.matrix.target(key[1]).address
            if address is None or not facts.routes:
                continue
            route = facts.route_to(address)
            if route is None or route.to.prefixlen == 0:
                evidence.setdefault(host, f"no route to {address} but the default one")
                cells.append(key)
    if evidence:
        yield Cause(
            cause="no route leads to the other hosts' containers on {hosts}",
            command="ip -4 route",
            evidence=evidence,
            remedy="restart flanneld there; it makes the route, and its log says why it cannot",
            cells=tuple(cells),
        )


def not_recognised(red: RedCells) -> Iterator[Cause]:
    """What is left: no cause kwizard knows fits, and it says so."""
    left = red.left
    if not left:
        return
    said: dict[str, str] = {}
    for cell, target in left:
        said.setdefault(cell.source, short(f"{target.name}: {cell.error or 'no answer'}"))
    example = left[0][1]
    yield Cause(
        cause="no cause that kwizard knows fits; pings from {hosts} are lost",
        command=f"ping -w 4 {example.address or example.name}",
        evidence=said,
        remedy="follow one ping with tcpdump -ni any icmp on both hosts, and see where it ends",
        cells=tuple((cell.source, target.name) for cell, target in left),
    )


def mtu_too_big(red: RedCells) -> Iterator[Cause]:
    """Docker's bridge lets through more than flannel can carry: small pings pass, large packets are
    cut up or lost."""
    evidence: dict[str, str] = {}
    for host, facts in red.facts.items():
        overlay = None if facts.pods else facts.flannel.mtu
        bridge = (facts.bridge.mtu or 1500) if facts.bridge else None
        in_flannel = (held := _docker0(facts)) is not None and (
            facts.flannel.subnet is not None and held.ip in facts.flannel.subnet.network
        )
        if overlay is not None and bridge is not None and bridge > overlay and in_flannel:
            evidence[host] = f"docker's MTU {bridge}, FLANNEL_MTU={overlay}"
    if evidence:
        yield Cause(
            cause="docker's MTU on {hosts} is larger than flannel's: large packets will be lost",
            command="docker network inspect bridge; cat /run/flannel/subnet.env",
            evidence=evidence,
            remedy="give dockerd --mtu with the FLANNEL_MTU of /run/flannel/subnet.env",
            alone="note",
        )


def _docker0(facts: NetworkFacts) -> IPv4Interface | None:
    """The bridge's address, as the kernel has it, else as docker says."""
    if facts.docker0 is not None and facts.docker0.addresses:
        return facts.docker0.addresses[0]
    found = facts.bridge
    if found is None or found.gateway is None:
        return None
    return IPv4Interface((found.gateway, found.subnet.prefixlen if found.subnet else 32))


CAUSES: tuple[Callable[[RedCells], Iterator[Cause]], ...] = (
    lease_over_hosts,
    silent_host,
    podcauses.bridge_zone,
    cut_off,
    wrong_interface,
    docker_without_bip,
    podcauses.pods_elsewhere,
    not_tried,
    flannel_stopped,
    no_forwarding,
    port_closed,
    forward_chain,
    podcauses.pods_from_outside,
    forward_policy,
    no_route,
    not_recognised,
    mtu_too_big,
    podcauses.pods_mtu,
)
"""In order: what one has explained is not offered to the next."""

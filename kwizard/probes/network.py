"""What carries packets between containers of different hosts, as one host has it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from kwizard.probes.docker import Bridge, bridge
from kwizard.probes.firewalld import Firewall, firewall
from kwizard.probes.interfaces import Interface, Route, holding, interfaces, routes
from kwizard.probes.script import render
from kwizard.probes.sections import (
    Section,
    address,
    interface_address,
    network,
    number,
    read,
    settings,
    short,
)
from kwizard.probes.sockets import Port, ports
from kwizard.remote.host import Output

UDP_PORT = 8285
VXLAN_PORT = 8472

_LOG_ADDRESS = re.compile(
    r"(?:[Uu]sing (?:interface with name \S{1,15} and address|\S+ as external address)"
    r"|external address to interface address|[Uu]sing) \(?(\d{1,3}(?:\.\d{1,3}){3})\)?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Flannel:
    """flannel on a host. `running` is None when that is not known.

    `network`, `subnet` and `mtu` are those of /run/flannel/subnet.env, which stays behind when
    flanneld ends. `interface` is what it made (flannel0 for udp, flannel.1 for vxlan). `outside`
    are the addresses it sends from or announces, each with how that was seen.
    """

    running: bool | None = None
    arguments: str = ""
    network: IPv4Network | None = None
    subnet: IPv4Interface | None = None
    mtu: int | None = None
    interface: Interface | None = None
    outside: tuple[tuple[IPv4Address, str], ...] = ()
    log: tuple[str, ...] = ()

    @property
    def kept_by_kubernetes(self) -> bool:
        """Whether Kubernetes gives the hosts their subnets, and not flannel itself, in etcd."""
        return "-kube-subnet-mgr" in self.arguments.split()

    @property
    def port(self) -> int | None:
        """The udp port it needs, by the interface it made; None for host-gw, or not known."""
        if self.interface is None:
            return None
        return VXLAN_PORT if "." in self.interface.name else UDP_PORT


@dataclass(frozen=True, slots=True, kw_only=True)
class NetworkFacts:
    """One host's network. None and "" mean that the host did not say.

    `forward_policy` is "ACCEPT" or "DROP"; `forward_accepts` the networks that rules of the FORWARD
    chain (or of flannel's own) accept; `docker0` the bridge as the kernel has it.

    `pods`: containerd runs pods there, on the bridge `cni0` of the CNI's configuration.
    """

    interfaces: tuple[Interface, ...] = ()
    routes: tuple[Route, ...] = ()
    ip_forward: bool | None = None
    flannel: Flannel = field(default_factory=Flannel)
    bridge: Bridge | None = None
    docker0: Interface | None = None
    pods: bool = False
    cni0: Interface | None = None
    dockerd: str = ""
    forward_policy: str = ""
    forward_accepts: tuple[IPv4Network, ...] = ()
    firewall: Firewall = field(default_factory=Firewall)
    ports: tuple[Port, ...] = ()

    @property
    def bridge_name(self) -> str:
        """The bridge containers are on."""
        if self.pods:
            return "cni0"
        return self.bridge.interface if self.bridge else "docker0"

    def holding(self, wanted: IPv4Address) -> Interface | None:
        """The interface with that address."""
        return holding(self.interfaces, wanted)

    def route_to(self, wanted: IPv4Address) -> Route | None:
        """The route a packet to `wanted` takes: the longest prefix wins."""
        fitting = [r for r in self.routes if wanted in r.to]
        return max(fitting, key=lambda r: r.to.prefixlen, default=None)


def script() -> str:
    """To run on any host, as root."""
    return render("network")


def parse(output: Output) -> NetworkFacts:
    """What the script printed. Never raises."""
    said = read(output)
    here = interfaces(
        said["links"].lines if said["links"].ok else (),
        said["addresses"].lines if said["addresses"].ok else (),
    )
    held = ports(said["sockets"].lines, (), ())
    found = bridge(said["docker-bridge"])
    name = found.interface if found else "docker0"
    return NetworkFacts(
        interfaces=here,
        routes=routes(said["routes"].lines) if said["routes"].ok else (),
        ip_forward={"0": False, "1": True}.get(said["ip-forward"].first),
        flannel=_flannel(said["flanneld"], said["subnet-env"], said["flannel-log"], here, held),
        bridge=found,
        docker0=next((i for i in here if i.name == name), None),
        pods=said["cni-config"].ok,
        cni0=next((i for i in here if i.name == "cni0"), None),
        dockerd=short(said["dockerd"].first.partition(" ")[2]) if said["dockerd"].ok else "",
        forward_policy=_policy(said["forward"]),
        forward_accepts=_accepts(said["forward"], said["flannel-forward"]),
        firewall=firewall(said["firewall-state"], said["firewall-default"], said["firewall-zones"]),
        ports=held,
    )


def _flannel(
    process: Section,
    env: Section,
    log: Section,
    here: tuple[Interface, ...],
    held: tuple[Port, ...],
) -> Flannel:
    said = settings(env.lines) if env.ok else {}
    arguments = short(process.text.partition(" ")[2], 1000) if process.ok else ""
    made = next((i for i in here if re.fullmatch(r"flannel(?:\.?\d{1,8})", i.name)), None)
    running = None if process.status is None else process.ok
    lines = tuple(short(line, 300) for line in log.lines[-60:] if line.strip()) if log.ok else ()
    return Flannel(
        running=running,
        arguments=arguments,
        network=network(said.get("FLANNEL_NETWORK")),
        subnet=interface_address(said.get("FLANNEL_SUBNET")),
        mtu=number(said.get("FLANNEL_MTU")),
        interface=made,
        outside=_outside(arguments, lines, made, held) if running else (),
        log=lines[-12:],
    )


def _outside(
    arguments: str, log: tuple[str, ...], made: Interface | None, held: tuple[Port, ...]
) -> tuple[tuple[IPv4Address, str], ...]:
    """Addresses flannel uses on the outside, each with the command that shows it."""
    found: dict[IPv4Address, str] = {}
    public = re.search(r"-public-ip[= ](\S{1,40})", arguments)
    if public and (told := address(public[1])) is not None:
        found.setdefault(told, "ps -C flanneld -o args=")
    if made is not None and made.vxlan_local is not None:
        found.setdefault(made.vxlan_local, f"ip -d link show {made.name}")
    for port in held:
        bound = address(port.address)
        if port.port == UDP_PORT and port.protocol == "udp" and bound is not None:
            found.setdefault(bound, f"ss -lnup 'sport = :{UDP_PORT}'")
    if not found:
        for line in reversed(log):
            match = _LOG_ADDRESS.search(line)
            if match and (told := address(match[1])) is not None:
                found.setdefault(told, "journalctl -u flanneld")
                break
    found.pop(IPv4Address("0.0.0.0"), None)  # noqa: S104 - bound to all: tells nothing
    return tuple(found.items())


def _policy(section: Section) -> str:
    match = re.search(r"^-P FORWARD (ACCEPT|DROP)$", section.text, re.MULTILINE)
    return match[1] if match and section.ok else ""


def _accepts(*chains: Section) -> tuple[IPv4Network, ...]:
    """Networks for which rules accept packets wherever they come in and go out."""
    found: list[IPv4Network] = []
    for line in (line for chain in chains if chain.ok for line in chain.lines[:2000]):
        words = line.split()
        if words[:1] != ["-A"] or words[-2:] != ["-j", "ACCEPT"]:
            continue
        if {"-i", "-o", "-p", "--ctstate", "--state"} & set(words):
            continue
        wanted = next((words[i + 1] for i, w in enumerate(words[:-1]) if w in ("-s", "-d")), "")
        accepted = network(wanted or "0.0.0.0/0")
        if accepted is not None and accepted not in found:
            found.append(accepted)
    return tuple(found)

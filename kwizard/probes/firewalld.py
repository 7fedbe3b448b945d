"""firewalld as `firewall-cmd` tells of it: running or not, and its zones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import IPv4Address

from kwizard.probes.sections import Section, network, number, short

_ZONE = re.compile(r"^([A-Za-z0-9_-]{1,64})(?: \(.*\))?$")
# What distributions put into a zone themselves; none of it is a port of flannel's.
_COMMON = frozenset(
    {"ssh", "dhcpv6-client", "dhcpv6", "mdns", "samba-client", "cockpit", "ipp-client"}
)
_FIELD = re.compile(r"^\s+([a-z-]{1,40}):\s*(.*)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Zone:
    """One zone. `target` is "default", "ACCEPT", "REJECT" or "DROP"; `ports` such as "8285/udp"."""

    name: str
    target: str = "default"
    interfaces: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    ports: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    forward: bool = False
    rich: bool = False

    def lets_in(self, port: int, protocol: str) -> bool:
        """Whether a packet to that port passes, as far as ports and target go."""
        if self.target == "ACCEPT":
            return True
        for entry in self.ports:
            span, _, kind = entry.partition("/")
            low, _, high = span.partition("-")
            first, last = number(low), number(high or low)
            if first is None or last is None:
                continue
            if kind == protocol and first <= port <= last:
                return True
        return False

    @property
    def plain(self) -> bool:
        """Ports tell all of what it lets in: no rich rule, no service that is not well known."""
        return not self.rich and _COMMON.issuperset(self.services)

    def judges(self, source: IPv4Address) -> bool:
        """Whether it takes packets of that sender for its own, whatever interface they come by."""
        return any((n := network(text)) is not None and source in n for text in self.sources)


@dataclass(frozen=True, slots=True, kw_only=True)
class Firewall:
    """`running` is None when that is not known. `zones` are those with an interface or a source,
    and the default one."""

    running: bool | None = None
    default: str = ""
    zones: tuple[Zone, ...] = field(default=())

    def zone_of(self, interface: str) -> Zone | None:
        """The zone an interface is in by name. None: in none, the default zone takes its input and
        the forward chain ends in reject."""
        return next((z for z in self.zones if interface in z.interfaces), None)

    def zone_for(self, interface: str, source: IPv4Address | None = None) -> Zone | None:
        """The zone that judges what comes in by an interface (from `source`): one that names the
        source, else the interface's own, else the default one."""
        named = [z for z in self.zones if source is not None and z.judges(source)]
        own = named[0] if named else self.zone_of(interface)
        return own or next((z for z in self.zones if z.name == self.default), None)


def firewall(state: Section, default: Section, zones: Section) -> Firewall:
    """From `firewall-cmd --state`, `--get-default-zone` and `--list-all-zones`."""
    if state.status is None:
        return Firewall()
    if state.first != "running":
        # 127: no such program; 252: firewalld's own "not running".
        known = state.status in (127, 252) or "not running" in state.text
        return Firewall(running=False if known else None)
    name = default.first if default.ok else ""
    wanted = tuple(
        zone for zone in _zones(zones.lines) if zone.interfaces or zone.sources or zone.name == name
    )
    return Firewall(running=True, default=name, zones=wanted)


def _zones(lines: tuple[str, ...]) -> list[Zone]:
    found: list[Zone] = []
    name = ""
    said: dict[str, str] = {}

    def close() -> None:
        if name:
            found.append(_zone(name, said))

    for line in lines[:5000]:
        if (head := _ZONE.match(line.rstrip())) is not None:
            close()
            name, said = head[1], {}
        elif (entry := _FIELD.match(line)) is not None:
            said.setdefault(entry[1], short(entry[2], 2000))
        elif line.strip().startswith("rule "):
            said["rule"] = "yes"
    close()
    return found[:200]


def _zone(name: str, said: dict[str, str]) -> Zone:
    def words(key: str) -> tuple[str, ...]:
        return tuple(said.get(key, "").split())

    target = said.get("target", "default").strip("%") or "default"
    return Zone(
        name=name,
        target=target,
        interfaces=words("interfaces"),
        services=words("services"),
        ports=words("ports"),
        sources=words("sources"),
        forward=said.get("forward") == "yes",
        rich="rule" in said,
    )

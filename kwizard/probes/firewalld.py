"""firewalld as `firewall-cmd` tells of it: running or not, and its zones."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kwizard.probes.sections import Section, number, short

_ZONE = re.compile(r"^([A-Za-z0-9_-]{1,64})(?: \(.*\))?$")
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

    def zone_for(self, interface: str) -> Zone | None:
        """The zone that judges what comes in by an interface: its own, else the default one."""
        own = self.zone_of(interface)
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
    )

"""Network interfaces and routes, as `ip -o addr`, `ip -o link` and `ip route` print them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Interface, IPv4Network

from kwizard.probes.sections import address, interface_address, network, number, short

_HEAD = re.compile(r"^\d+:\s+([^\s:@]{1,64})(?:@([^\s:]{1,64}))?:?\s")
_MOST = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One interface. `mtu` in bytes; None where `ip` said nothing about it.

    `vxlan_local`, `vxlan_device`: the address and interface a vxlan sends from.
    """

    name: str
    addresses: tuple[IPv4Interface, ...] = ()
    mtu: int | None = None
    up: bool = False
    vxlan_local: IPv4Address | None = None
    vxlan_device: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One IPv4 route. `to` is 0.0.0.0/0 for the default route."""

    to: IPv4Network
    device: str
    via: IPv4Address | None = None


def interfaces(links: tuple[str, ...], addresses: tuple[str, ...]) -> tuple[Interface, ...]:
    """The lines of `ip -o -d link` and `ip -o -4 addr` (either may be missing), in their order."""
    found: dict[str, dict[str, object]] = {}
    for line in links[:_MOST]:
        head = _HEAD.match(line)
        if head is None:
            continue
        words = line.split()[:200]
        flags = words[2].strip("<>").split(",") if len(words) > 2 else []
        found[short(head[1])] = {
            "mtu": number(_after(words, "mtu")),
            "up": "UP" in flags,
            "vxlan_local": address(_after(words, "local")) if "vxlan" in words else None,
            "vxlan_device": short(_after(words, "dev")) if "vxlan" in words else "",
        }
    held: dict[str, list[IPv4Interface]] = {}
    for line in addresses[:_MOST]:
        head = _HEAD.match(line)
        got = interface_address(_after(line.split()[:200], "inet")) if head else None
        if head is not None and got is not None:
            found.setdefault(short(head[1]), {})
            held.setdefault(short(head[1]), []).append(got)
    return tuple(
        Interface(name=name, addresses=tuple(held.get(name, ())), **rest)  # type: ignore[arg-type]
        for name, rest in found.items()
    )


def routes(lines: tuple[str, ...]) -> tuple[Route, ...]:
    """The lines of `ip -4 route`."""
    found = []
    for line in lines[:_MOST]:
        words = line.split()[:50]
        if not words:
            continue
        to = network("0.0.0.0/0" if words[0] == "default" else words[0])
        device = short(_after(words, "dev"), 64)
        if to is not None and device:
            found.append(Route(to, device, address(_after(words, "via"))))
    return tuple(found)


def default_device(found: tuple[Route, ...], proc_route: tuple[str, ...] = ()) -> str | None:
    """The interface of the default route; from /proc/net/route where there is no `ip`."""
    for route in found:
        if route.to.prefixlen == 0:
            return route.device
    for line in proc_route[1:_MOST]:
        words = line.split()
        if len(words) > 7 and words[1] == "00000000" and words[7] == "00000000":
            return short(words[0], 64)
    return None


def holding(found: tuple[Interface, ...], wanted: IPv4Address) -> Interface | None:
    """The interface that has the address `wanted`."""
    for interface in found:
        if any(held.ip == wanted for held in interface.addresses):
            return interface
    return None


def _after(words: list[str], key: str) -> str:
    try:
        return words[words.index(key) + 1]
    except (ValueError, IndexError):
        return ""

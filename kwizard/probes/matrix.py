"""The ping matrix: from a container on every host to every host, docker gateway and container.

Two exchanges a host: `addresses_script` tells what there is, `ping_script` pings. Between them
`targets` makes one list for all. A matrix is always whole: what could not be tried has 0 sent and
says why, so that nothing missing is taken for proven.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Any, Literal

from kwizard.probes.docker import Bridge, bridge
from kwizard.probes.interfaces import interfaces
from kwizard.probes.ping import Ping, ping
from kwizard.probes.script import render
from kwizard.probes.sections import Section, address, read, short
from kwizard.remote.host import Output

CONTAINER = "kwizard-ping"
"""The container the recipe makes to ping from."""

AT_ONCE = 32

OUTPUT = 1500
"""How much is kept of what one ping said, in characters; the script keeps no more bytes either."""

Kind = Literal["host", "gateway", "container"]
Mode = Literal["full", "light"]

_CONTAINER = re.compile(r"([0-9a-f]{64}) (\d{1,10}) /?([A-Za-z0-9][A-Za-z0-9_.-]{0,127})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """A running container on docker's bridge. `pid` is its first process on the host."""

    id: str
    name: str
    pid: int
    address: IPv4Address


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoints:
    """What one host has for the matrix. `error` says why it has no container, "" when it has.

    `gateway` is the address docker's bridge really has, `mtu` that of the bridge in bytes.
    """

    container: Container | None = None
    gateway: IPv4Address | None = None
    mtu: int | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """Something to ping. `address` is None when it is not known; `host` is the one it belongs to.

    `name` is the host's name, with "/gateway" or "/container" behind it for those.
    """

    name: str
    kind: Kind
    host: str
    address: IPv4Address | None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One source pinging one target. 0 sent: it was not tried, `error` says why. `output` is what
    ping itself said, cleaned, at most `OUTPUT` characters; it is no part of the JSON."""

    source: str
    target: str
    sent: int = 0
    received: int = 0
    rtt_ms: float | None = None
    error: str | None = None
    output: str = ""

    @property
    def ok(self) -> bool:
        """At least one answer came back (the article's own first ping lost one of five)."""
        return self.received >= 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """All of it. `sources` are host names: the container on that host; cells go source by source,
    in the order of `targets`."""

    sources: tuple[str, ...] = ()
    targets: tuple[Target, ...] = ()
    cells: tuple[Cell, ...] = ()

    @property
    def ok(self) -> bool:
        """There are cells, and every one of them was answered."""
        return bool(self.cells) and all(cell.ok for cell in self.cells)

    @property
    def failed(self) -> tuple[Cell, ...]:
        """Cells without an answer, tried or not."""
        return tuple(cell for cell in self.cells if not cell.ok)

    def target(self, name: str) -> Target:
        """The target of that name. Raises KeyError."""
        for target in self.targets:
            if target.name == name:
                return target
        raise KeyError(name)

    def to_json(self) -> dict[str, Any]:
        """As `kwizard verify --json` promises it."""
        return {
            "sources": list(self.sources),
            "targets": [
                {"name": t.name, "kind": t.kind, "address": str(t.address or "")}
                for t in self.targets
            ],
            "cells": [
                {
                    "source": c.source,
                    "target": c.target,
                    "sent": c.sent,
                    "received": c.received,
                    "rtt_ms": c.rtt_ms,
                    "error": c.error,
                }
                for c in self.cells
            ],
        }


def addresses_script() -> str:
    """The first exchange."""
    return render("addresses")


def parse_addresses(output: Output) -> Endpoints:
    """What the first exchange printed. Never raises."""
    said = read(output)
    found = bridge(said["bridge"])
    if found is None:
        missing = said["bridge"].status == 127
        return Endpoints(
            error="docker is not installed there" if missing else "docker does not answer there"
        )
    here = {i.name: i for i in interfaces(said["links"].lines, said["addresses"].lines)}
    own = here.get(found.interface)
    chosen = _choose(found, said["containers"].lines)
    return Endpoints(
        container=chosen,
        gateway=own.addresses[0].ip if own and own.addresses else found.gateway,
        mtu=own.mtu if own and own.mtu else found.mtu,
        error="" if chosen else "no container runs in docker's network there to ping from",
    )


BRIDGE = "cni0"
"""The bridge pods of a modern cluster are on."""

_POD = re.compile(r"([0-9a-f]{64}) (\d{1,10}) (\S{1,128}) (\d{1,3}(?:\.\d{1,3}){3})")


def pods_script() -> str:
    """The first exchange, where containerd runs pods and there is no docker."""
    return render("pods", container=CONTAINER)


def parse_pods(output: Output) -> Endpoints:
    """What that printed. Never raises."""
    said = read(output)
    here = {i.name: i for i in interfaces(said["links"].lines, said["addresses"].lines)}
    own = here.get(BRIDGE)
    chosen = None
    for line in said["containers"].lines[:100]:
        match = _POD.fullmatch(line.strip())
        held = address(match[4]) if match else None
        if match and held is not None and int(match[2]) > 1:
            chosen = Container(id=match[1], name=match[3], pid=int(match[2]), address=held)
            break
    missing = "there is no pod to ping from there" if own else "no pod runs there"
    return Endpoints(
        container=chosen,
        gateway=own.addresses[0].ip if own and own.addresses else None,
        mtu=own.mtu if own else None,
        error="" if chosen else missing,
    )


def _choose(found: Bridge, lines: tuple[str, ...]) -> Container | None:
    """The container made for this, else the first by name that is on the bridge."""
    held = {id_: address for id_, _, address in found.containers}
    running = []
    for line in lines[:1000]:
        match = _CONTAINER.fullmatch(line.strip())
        if match and match[1] in held and int(match[2]) > 1:
            running.append(
                Container(id=match[1], name=match[3], pid=int(match[2]), address=held[match[1]])
            )
    return min(running, key=lambda c: (c.name != CONTAINER, c.name), default=None)


def targets(
    addresses: Mapping[str, IPv4Address], endpoints: Mapping[str, Endpoints]
) -> tuple[Target, ...]:
    """Every host (`addresses`, by name), then every gateway, then every container.

    A host that is not in `endpoints` did not answer.
    """
    silent = Endpoints(error="the host did not answer")
    found = [Target(name=n, kind="host", host=n, address=a) for n, a in addresses.items()]
    for name in addresses:
        here = endpoints.get(name, silent)
        why = "" if here.gateway else here.error or "the bridge of its containers has no address"
        found.append(
            Target(
                name=f"{name}/gateway", kind="gateway", host=name, address=here.gateway, error=why
            )
        )
    for name in addresses:
        here = endpoints.get(name, silent)
        address = here.container.address if here.container else None
        found.append(
            Target(
                name=f"{name}/container",
                kind="container",
                host=name,
                address=address,
                error="" if address else here.error,
            )
        )
    return tuple(found)


def tried(source: str, all_targets: Iterable[Target]) -> tuple[tuple[Target, str], ...]:
    """Each target, with "" when `source` should ping it or the reason why it should not.

    Where two hosts have the same address behind their bridges (docker left at its default), an
    answer would come from the source's own host and prove nothing.
    """
    every = tuple(all_targets)
    out = []
    for target in every:
        twin = next(
            (t for t in every if t.address == target.address and t.host != target.host), None
        )
        if target.address is None:
            out.append((target, target.error or "its address is not known"))
        elif twin is not None and target.host != source:
            out.append(
                (target, f"{target.address} is also {twin.name}: an answer would prove nothing")
            )
        else:
            out.append((target, ""))
    return tuple(out)


def ping_script(
    source: str,
    here: Endpoints,
    all_targets: Iterable[Target],
    mode: Mode,
    *,
    own_ping: bool = True,
) -> str:
    """The second exchange, for a source that has a container.

    `full` pings as the article does, four seconds long, with the container's own ping in the
    container made for it; `light` sends one packet from that container's network with the host's.
    Both enter the container's namespaces: docker is not asked, which spares a loaded host the
    27 processes and more that `docker exec` would cost. `own_ping`: that container holds a ping.
    Where none does, the host's sends its packets a fifth of a second apart, and has the same four
    seconds for four answers (`-c` with `-w` goes on sending until there are as many).
    """
    full = "-w 4" if own_ping else "-c 4 -i 0.2 -w 4"
    if here.container is None:
        raise ValueError(f"{source} has no container to ping from")
    addresses = [str(t.address) for t, why in tried(source, all_targets) if not why]
    return render(
        "ping",
        inside=own_ping and mode == "full" and here.container.name == CONTAINER,
        pid=here.container.pid,
        options=full if mode == "full" else "-c 1 -W 1",
        targets=list(dict.fromkeys(addresses)),
        at_once=AT_ONCE,
    )


def ping_seconds(count: int, mode: Mode) -> float:
    """How long to wait for the second exchange with `count` targets at most, in seconds."""
    return 20.0 + (-(-count // AT_ONCE)) * (10.0 if mode == "full" else 4.0)


def parse_pings(source: str, all_targets: Iterable[Target], output: Output) -> tuple[Cell, ...]:
    """A source's row, from what the second exchange printed. Never raises."""
    said = read(output)
    row = []
    for target, why in tried(source, all_targets):
        section = said[f"ping/{target.address}"] if not why else Section()
        result = Ping(error=why) if why else ping(section)
        row.append(
            Cell(
                source=source,
                target=target.name,
                sent=result.sent,
                received=result.received,
                rtt_ms=result.rtt_ms,
                error=result.error,
                output=section.text[:OUTPUT],
            )
        )
    return tuple(row)


def untried(source: str, all_targets: Iterable[Target], why: str) -> tuple[Cell, ...]:
    """A source's row when it could not ping at all."""
    return tuple(
        Cell(source=source, target=t.name, error=short(why, 300) or "not tried")
        for t in all_targets
    )

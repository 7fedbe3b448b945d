"""The failing cells of a ping matrix beside the hosts' network facts: what the causes look at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Address
from typing import Literal

from kwizard.probes.matrix import Cell, Kind, Matrix, Target
from kwizard.probes.network import NetworkFacts

Key = tuple[str, str]
"""A cell by the names of its source and its target."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """A likely cause, on one or several hosts. `evidence` is what `command` shows, by host.

    `cause` and `remedy` may name the hosts by `{hosts}`. `alone` says what it is worth without any
    cell: nothing, a note, or a fault that pings do not show.
    """

    cause: str
    command: str
    evidence: Mapping[str, str]
    remedy: str
    cells: tuple[Key, ...] = ()
    alone: Literal["", "note", "fault"] = ""


class RedCells:
    """The failing cells, less those that are explained already, and ways to pick among them."""

    def __init__(self, matrix: Matrix, facts: Mapping[str, NetworkFacts | None]) -> None:
        self.matrix = matrix
        self.silent = tuple(h for h, f in facts.items() if f is None)
        """Hosts that did not answer the look at their network."""
        self.facts = {h: f for h, f in facts.items() if f is not None}
        self.addresses: dict[str, IPv4Address] = {
            t.host: t.address for t in matrix.targets if t.kind == "host" and t.address is not None
        }
        self._targets = {t.name: t for t in matrix.targets}
        self._answered = {(c.source, c.target) for c in matrix.cells if c.ok}
        self._left = {(c.source, c.target): c for c in matrix.failed if c.target in self._targets}

    def explained(self, cells: Iterable[Key]) -> None:
        """Take cells out of what is left to explain."""
        for key in cells:
            self._left.pop(key, None)

    @property
    def left(self) -> tuple[tuple[Cell, Target], ...]:
        """What is left to explain, in the matrix's order."""
        return tuple((cell, self._targets[cell.target]) for cell in self._left.values())

    def into(self, host: str, *kinds: Kind) -> tuple[Key, ...]:
        """From other hosts' containers to what is behind `host`."""
        return tuple(
            (cell.source, target.name)
            for cell, target in self.left
            if target.host == host and cell.source != host and target.kind in kinds
        )

    def out_of(self, host: str, *kinds: Kind) -> tuple[Key, ...]:
        """From the container on `host` to what is behind other hosts."""
        return tuple(
            (cell.source, target.name)
            for cell, target in self.left
            if cell.source == host and target.host != host and target.kind in kinds
        )

    def overlay(self, host: str) -> tuple[Key, ...]:
        """Through the overlay, from or to `host`."""
        return self.into(host, "gateway", "container") + self.out_of(host, "gateway", "container")

    def between(self, host: str) -> tuple[Key, ...]:
        """Through the overlay, from or to `host`, and lost before the other end: its gateway does
        not answer either."""
        return tuple(k for k in self.overlay(host) if not self._gateway_answered(k))

    def past_gateway(self, host: str) -> tuple[Key, ...]:
        """To the container on `host`, from where its gateway answers: lost inside the host."""
        return tuple(k for k in self.into(host, "container") if self._gateway_answered(k))

    def entered(self, host: str) -> bool:
        """Whether any other host's container was answered by the container on `host`."""
        return any(
            source != host
            and (target := self._targets.get(name)) is not None
            and target.host == host
            and target.kind == "container"
            for source, name in self._answered
        )

    def got_out(self, host: str) -> bool:
        """Whether anything behind another host answered the container on `host`."""
        return any(
            source == host
            and (target := self._targets.get(name)) is not None
            and target.host != host
            and target.kind != "host"
            for source, name in self._answered
        )

    def container_of(self, host: str) -> IPv4Address | None:
        """The address of the container on `host` that pings leave from."""
        return next(
            (t.address for t in self.matrix.targets if t.host == host and t.kind == "container"),
            None,
        )

    def _gateway_answered(self, key: Key) -> bool:
        source, host = key[0], self._targets[key[1]].host
        return any(
            (source, t.name) in self._answered
            for t in self.matrix.targets
            if t.host == host and t.kind == "gateway"
        )

    def touching(self, host: str) -> tuple[Key, ...]:
        """From or to `host`, its own cells included."""
        return tuple(
            (cell.source, target.name)
            for cell, target in self.left
            if host in (cell.source, target.host)
        )

    def apart(self, host: str) -> bool:
        """No other host's container reached `host`, and its own reached no other host; tried both
        ways."""
        between = [
            cell
            for cell in self.matrix.cells
            if (target := self._targets.get(cell.target)) is not None
            and target.kind == "host"
            and (cell.source == host) != (target.host == host)
        ]
        inward = [c for c in between if c.source != host and c.sent]
        outward = [c for c in between if c.source == host and c.sent]
        return bool(inward and outward) and not any(c.ok for c in between)

"""How good each ping of the matrix is: by what was lost first, then by its time beside the others'.
Pure."""

from __future__ import annotations

from enum import StrEnum
from statistics import median

from kwizard.probes.matrix import Cell, Matrix

SLOW, SLOWER = 3.0, 10.0
"""Times the usual time from which a ping is fair, and poor."""

NEGLIGIBLE = 1.0
"""Milliseconds above the usual time that say nothing: within a machine room a ping varies so."""


class Grade(StrEnum):
    """The value is the symbol that stands for it wherever there are no colours."""

    WELL = "✓"
    FAIR = "~"  # one answer lost, or some times slower than most
    POOR = "!"  # more of them lost, or many times slower
    LOST = "✗"
    UNTRIED = "?"


def usual(matrix: Matrix) -> float | None:
    """The time most pings between hosts take, in milliseconds: their median. Where there is one
    host, that of its pings to itself; None where none was answered."""
    host = {target.name: target.host for target in matrix.targets}
    times = [(c.rtt_ms, host.get(c.target) != c.source) for c in matrix.cells]
    known = [(rtt, between) for rtt, between in times if rtt is not None]
    chosen = [rtt for rtt, between in known if between] or [rtt for rtt, _between in known]
    return median(chosen) if chosen else None


def grade(cell: Cell | None, usual_ms: float | None) -> Grade:
    """How good that ping is, where most take `usual_ms`."""
    if cell is None or cell.sent == 0:
        return Grade.UNTRIED
    if not cell.ok:
        return Grade.LOST
    lost = cell.sent - cell.received
    if lost > 1:
        return Grade.POOR
    times = _times(cell.rtt_ms, usual_ms)
    if times >= SLOWER:
        return Grade.POOR
    return Grade.FAIR if lost or times >= SLOW else Grade.WELL


def _times(rtt: float | None, usual_ms: float | None) -> float:
    """How many times slower than most; 1 where the difference says nothing."""
    if rtt is None or not usual_ms or rtt - usual_ms < NEGLIGIBLE:
        return 1.0
    return rtt / usual_ms

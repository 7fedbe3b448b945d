"""Tables of a snapshot as plain lines, for terminals without a screen and for logs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from kwizard.monitor.heat import Grade, grade, usual
from kwizard.monitor.listed import Listed
from kwizard.probes.components import Component
from kwizard.probes.matrix import Cell, Matrix
from kwizard.probes.nodes import Node


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of words as lines, each column as wide as its widest word, three blanks between."""
    table = [list(row) for row in rows]
    widths = [max(len(word) for word in column) for column in zip(*table, strict=True)]
    return [
        "   ".join(word.ljust(width) for word, width in zip(row, widths, strict=True)).rstrip()
        for row in table
    ]


def component_table(rows: Sequence[Component]) -> list[str]:
    """As `kubectl get componentstatus` shows them."""
    return columns(
        [
            ("NAME", "STATUS", "MESSAGE", "ERROR"),
            *((c.name, c.status, c.message, c.error) for c in rows),
        ]
    )


def listed_table(rows: Sequence[Listed]) -> list[str]:
    """componentstatus, and behind each row the true check of each part it may stand for."""
    return columns(
        [
            ("NAME", "STATUS", "THE TRUE CHECK"),
            *(
                (
                    listed.row.name,
                    listed.row.status,
                    ", ".join(f"{host} {c.status}".strip() for host, c in listed.named()) or "none",
                )
                for listed in rows
            ),
        ]
    )


def node_table(rows: Sequence[Node]) -> list[str]:
    """As `kubectl get node` shows them."""
    return columns(
        [
            ("NAME", "STATUS", "AGE", "VERSION", "INTERNAL-IP"),
            *((n.name, n.status, n.age, n.version, n.internal_ip) for n in rows),
        ]
    )


def matrix_table(matrix: Matrix) -> list[str]:
    """A row a target, a column a source; the mean time, how many answered where some did not,
    "lost", or "?" for what was not tried; with a word for what is slow beside the others."""
    most = usual(matrix)
    cells = {(c.source, c.target): c for c in matrix.cells}
    lines = columns(
        [
            ("PING", "ADDRESS", *(f"from {s}" for s in matrix.sources)),
            *(
                (
                    target.name,
                    str(target.address or ""),
                    *(cell_word(cells.get((s, target.name)), most) for s in matrix.sources),
                )
                for target in matrix.targets
            ),
        ]
    )
    answered = sum(c.ok for c in matrix.cells)
    return [*lines, f"{answered} of {len(matrix.cells)} pings answered"]


def cell_word(cell: Cell | None, usual_ms: float | None = None) -> str:
    """One cell in a word, where most take `usual_ms`."""
    if cell is None or (not cell.ok and not cell.sent):
        return "?"
    if not cell.ok:
        return "lost"
    if cell.received < cell.sent:
        return f"{cell.received} of {cell.sent}"
    slow = {Grade.FAIR: ", slow", Grade.POOR: ", very slow"}.get(grade(cell, usual_ms), "")
    return "ok" if cell.rtt_ms is None else f"{cell.rtt_ms:.2f} ms{slow}"

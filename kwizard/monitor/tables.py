"""Tables of a snapshot as plain lines, for terminals without a screen and for logs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from kwizard.folding import columns as wide
from kwizard.language import N_
from kwizard.monitor.heat import Grade, grade, usual
from kwizard.monitor.listed import Listed
from kwizard.probes.components import Component
from kwizard.probes.matrix import Cell, Matrix
from kwizard.probes.nodes import Node

Say = Callable[[str], str]
"""Puts a sentence, or a heading, into the language somebody reads it in."""

COMPONENTS = (N_("NAME"), N_("STATUS"), N_("MESSAGE"), N_("ERROR"))
LISTED = (N_("NAME"), N_("STATUS"), N_("THE TRUE CHECK"))
NODES = (N_("NAME"), N_("STATUS"), N_("AGE"), N_("VERSION"), N_("INTERNAL-IP"))
PINGS = (N_("PING"), N_("ADDRESS"))


def columns(rows: Iterable[Sequence[str]]) -> list[str]:
    """Rows of words as lines, each column as wide as its widest word, three blanks between."""
    table = [list(row) for row in rows]
    widths = [max(map(wide, column)) for column in zip(*table, strict=True)]
    return [
        "   ".join(
            word + " " * (width - wide(word)) for word, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in table
    ]


def component_table(rows: Sequence[Component], say: Say = str) -> list[str]:
    """As `kubectl get componentstatus` shows them."""
    return columns(
        [
            tuple(map(say, COMPONENTS)),
            *((c.name, c.status, c.message, c.error) for c in rows),
        ]
    )


def listed_table(rows: Sequence[Listed], say: Say = str) -> list[str]:
    """componentstatus, and behind each row the true check of each part it may stand for."""
    return columns(
        [
            tuple(map(say, LISTED)),
            *(
                (
                    listed.row.name,
                    listed.row.status,
                    ", ".join(f"{host} {c.status}".strip() for host, c in listed.named())
                    or say(N_("none")),
                )
                for listed in rows
            ),
        ]
    )


def node_table(rows: Sequence[Node], say: Say = str) -> list[str]:
    """As `kubectl get node` shows them."""
    return columns(
        [
            tuple(map(say, NODES)),
            *((n.name, n.status, n.age, n.version, n.internal_ip) for n in rows),
        ]
    )


def matrix_table(matrix: Matrix, say: Say = str) -> list[str]:
    """A row a target, a column a source; the mean time, how many answered where some did not,
    "lost", or "?" for what was not tried; with a word for what is slow beside the others."""
    most = usual(matrix)
    cells = {(c.source, c.target): c for c in matrix.cells}
    lines = columns(
        [
            (
                *map(say, PINGS),
                *(say(N_("from {host}")).format(host=s) for s in matrix.sources),
            ),
            *(
                (
                    target.name,
                    str(target.address or ""),
                    *(cell_word(cells.get((s, target.name)), most, say) for s in matrix.sources),
                )
                for target in matrix.targets
            ),
        ]
    )
    answered = sum(c.ok for c in matrix.cells)
    said = say(N_("{answered} of {count} pings answered"))
    return [*lines, said.format(answered=answered, count=len(matrix.cells))]


def cell_word(cell: Cell | None, usual_ms: float | None = None, say: Say = str) -> str:
    """One cell in a word, where most take `usual_ms`."""
    if cell is None or (not cell.ok and not cell.sent):
        return "?"
    if not cell.ok:
        return say(N_("lost"))
    if cell.received < cell.sent:
        said = say(N_("{received} of {sent}"))
        return said.format(received=cell.received, sent=cell.sent)
    if cell.rtt_ms is None:
        return "ok"
    slow = {Grade.FAIR: N_("{time}, slow"), Grade.POOR: N_("{time}, very slow")}
    return say(slow.get(grade(cell, usual_ms), "{time}")).format(time=f"{cell.rtt_ms:.2f} ms")

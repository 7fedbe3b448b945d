"""One cell of the ping matrix in full: the counts, what ping itself said, the causes found."""

from __future__ import annotations

from kwizard.language import _, told
from kwizard.monitor.snapshot import Snapshot
from kwizard.monitor.tables import cell_word
from kwizard.probes.diagnosis import Diagnosis


def ping_in_full(snapshot: Snapshot, source: str, target: str) -> list[str]:
    """Plain lines about the ping from `source` to `target`; a sentence where there is none."""
    matrix = snapshot.matrix
    cells = matrix.cells if matrix else ()
    cell = next((c for c in cells if (c.source, c.target) == (source, target)), None)
    if matrix is None or cell is None:
        return [_("There is no ping from {source} to {target}.", source=source, target=target)]
    address = str(matrix.target(target).address or "")
    lines = [
        _(
            "{source} to {target} {address}: {received} of {sent} answered, {word}",
            source=source,
            target=target,
            address=f"({address})" if address else "",
            received=cell.received,
            sent=cell.sent,
            word=cell_word(cell, say=_),
        )
    ]
    if cell.error:
        lines.append(told(cell.error))
    lines += ["", *(cell.output.split("\n") if cell.output else [_("ping said nothing.")])]
    for cause in causes(snapshot, source, target):
        lines += ["", _("likely cause: {cause}", cause=told(cause.cause))]
        if cause.evidence_command:
            lines.append(_("   shown by: {command}", command=cause.evidence_command))
            lines += [f"   {line}" for line in cause.evidence.split("\n")]
        lines.append(_("   what to do: {remedy}", remedy=told(cause.remedy)))
    return lines


def causes(snapshot: Snapshot, source: str, target: str) -> tuple[Diagnosis, ...]:
    """The diagnoses that explain this cell."""
    return tuple(d for d in snapshot.diagnoses if (source, target) in d.cells)

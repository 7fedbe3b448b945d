"""Why cells of the ping matrix are red: likely causes, each with the command that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from kwizard.probes.causes import CAUSES
from kwizard.probes.matrix import Matrix
from kwizard.probes.network import NetworkFacts
from kwizard.probes.redcells import Cause, RedCells


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One cause. `cells` are the red ones it explains, as (source, target) names.

    `weight` is "red" for a cause that has cells; "fault" for one that no ping shows, but that is
    wrong all the same; "note" for what will or may hurt.

    `evidence_command` can be run on any of `hosts`; `evidence` is what it showed, host by host.
    """

    cause: str
    weight: Literal["red", "fault", "note"]
    hosts: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    evidence_command: str
    evidence: str
    remedy: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "cause": self.cause,
            "weight": self.weight,
            "hosts": list(self.hosts),
            "cells": [{"source": s, "target": t} for s, t in self.cells],
            "evidence_command": self.evidence_command,
            "evidence": self.evidence,
            "remedy": self.remedy,
        }


def diagnose(matrix: Matrix, facts: Mapping[str, NetworkFacts | None]) -> tuple[Diagnosis, ...]:
    """The causes of the red cells in `matrix`; every red cell is in at least one of them.

    `facts` by host; None for a host that did not answer. Notes come last.
    """
    red = RedCells(matrix, facts)
    found: list[Diagnosis] = []
    for rule in CAUSES:
        for cause in tuple(rule(red)):
            cells = tuple(dict.fromkeys(cause.cells))
            if cells or cause.alone:
                found.append(_diagnosis(cause, cells))
                red.explained(cells)
    return tuple(sorted(found, key=lambda d: ("red", "fault", "note").index(d.weight)))


def _diagnosis(cause: Cause, cells: tuple[tuple[str, str], ...]) -> Diagnosis:
    hosts = tuple(cause.evidence)
    named = ", ".join(hosts)
    return Diagnosis(
        cause=cause.cause.replace("{hosts}", named),
        weight="red" if cells else cause.alone or "note",
        hosts=hosts,
        cells=cells,
        evidence_command=cause.command,
        evidence="\n".join(
            f"{host}: {line}" for host, said in cause.evidence.items() for line in said.split("\n")
        ),
        remedy=cause.remedy.replace("{hosts}", named),
    )

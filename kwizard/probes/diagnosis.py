"""Why cells of the ping matrix are red: likely causes, each with the command that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kwizard.probes.causes import CAUSES, WARNINGS
from kwizard.probes.matrix import Matrix
from kwizard.probes.network import NetworkFacts
from kwizard.probes.redcells import Cause, RedCells


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnosis:
    """One cause. `cells` are (source, target) names; none: nothing is red yet, but it will hurt.

    `evidence_command` can be run on any of `hosts`; `evidence` is what it showed, host by host.
    """

    cause: str
    hosts: tuple[str, ...]
    cells: tuple[tuple[str, str], ...]
    evidence_command: str
    evidence: str
    remedy: str

    def to_json(self) -> dict[str, Any]:
        """Plain values."""
        return {
            "cause": self.cause,
            "hosts": list(self.hosts),
            "cells": [{"source": s, "target": t} for s, t in self.cells],
            "evidence_command": self.evidence_command,
            "evidence": self.evidence,
            "remedy": self.remedy,
        }


def diagnose(matrix: Matrix, facts: Mapping[str, NetworkFacts | None]) -> tuple[Diagnosis, ...]:
    """The causes of the red cells in `matrix`; every red cell is in at least one of them.

    `facts` by host; None for a host that did not answer. What is only a warning comes last.
    """
    red = RedCells(matrix, facts)
    found: list[Diagnosis] = []
    for rule in CAUSES:
        for cause in tuple(rule(red)):
            # A cause without cells is worth telling only of what is red.
            cells = tuple(dict.fromkeys(cause.cells))
            if cells:
                found.append(_diagnosis(cause, cells))
                red.explained(cells)
    found += [_diagnosis(cause, ()) for rule in WARNINGS for cause in rule(red)]
    return tuple(found)


def _diagnosis(cause: Cause, cells: tuple[tuple[str, str], ...]) -> Diagnosis:
    hosts = tuple(cause.evidence)
    named = ", ".join(hosts)
    return Diagnosis(
        cause=cause.cause.replace("{hosts}", named),
        hosts=hosts,
        cells=cells,
        evidence_command=cause.command,
        evidence="\n".join(
            f"{host}: {line}" for host, said in cause.evidence.items() for line in said.split("\n")
        ),
        remedy=cause.remedy.replace("{hosts}", named),
    )

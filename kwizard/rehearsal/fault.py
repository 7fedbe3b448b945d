"""Failures on request, so that a demo or a test can show what kwizard does about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kwizard.errors import InvalidInput

FAULTS = "var/lib/rehearsal/faults"
"""Where a host keeps the faults it still has to show: a file for each, named by the step."""


@dataclass(frozen=True, slots=True)
class Fault:
    """`step` (as `control-plane/kube-scheduler`) goes wrong on `host` the first `times` times.

    `exit`: the job ends with status 1 and says so; `hang`: it goes on for ever without a word;
    `cut`: the SSH connections of the host break while the job runs, and it ends well.
    """

    step: str
    host: str
    times: int = 1
    kind: Literal["exit", "hang", "cut"] = "exit"


def write_faults(faults: Iterable[Fault], hosts: Iterable[str], own: Path) -> None:
    """Put the faults into the trees hosts begin with, `own`/<host>/. Raises InvalidInput for a
    fault on a host that is not there."""
    names = set(hosts)
    for fault in faults:
        if fault.host not in names:
            raise InvalidInput(f"no rehearsal host is called {fault.host!r}")
        place = own / fault.host / FAULTS
        place.mkdir(parents=True, exist_ok=True)
        place.joinpath(fault.step.replace("/", ".")).write_text(f"{fault.kind} {fault.times}\n")

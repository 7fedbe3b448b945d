"""The clusters this machine knows of, and where each stands."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from kwizard.cluster.dump import dump
from kwizard.cluster.load import load
from kwizard.cluster.model import Cluster
from kwizard.engine.journal import JournalState, state_of
from kwizard.errors import InvalidInput, Problem
from kwizard.paths import cluster_dir, state_home


@dataclass(frozen=True, slots=True)
class KnownCluster:
    """`status`: "saved" (never started), "unfinished", or "done". `phase`, `step` and `host` say
    where it stopped, `when` the time of the last record (aware, UTC). `waived` are the tasks a
    person skipped and nobody has done since, as (step, host)."""

    name: str
    file: Path
    status: Literal["saved", "unfinished", "done"]
    phase: str = ""
    step: str = ""
    host: str = ""
    when: datetime | None = None
    waived: tuple[tuple[str, str], ...] = ()


def known() -> tuple[KnownCluster, ...]:
    """All clusters with a directory here, the most recently touched first."""
    found = sorted(_known(), key=lambda c: c.when.timestamp() if c.when else 0.0, reverse=True)
    return tuple(found)


def unfinished() -> tuple[KnownCluster, ...]:
    """Those whose installation did not end well."""
    return tuple(c for c in known() if c.status == "unfinished")


def load_known(name: str) -> Cluster:
    """The saved cluster file of that name. Raises InvalidInput when there is none."""
    file = cluster_dir(name) / "cluster.yaml"
    if not file.is_file():
        names = ", ".join(c.name for c in known())
        here = f"known here: {names}" if names else "no cluster is known here"
        raise InvalidInput([Problem(f"no cluster called {name!r} here", here)])
    return load(file).cluster


def save(cluster: Cluster, directory: Path | None = None) -> Path:
    """Write the cluster file into the cluster's directory; returns its path."""
    where = directory or cluster_dir(cluster.name)
    where.mkdir(parents=True, exist_ok=True, mode=0o700)
    target, part = where / "cluster.yaml", where / ".cluster.yaml.part"
    part.write_text(dump(cluster), encoding="utf-8")
    part.replace(target)
    return target


def _known() -> Iterator[KnownCluster]:
    for directory in (state_home() / "clusters").glob("*/"):
        file = directory / "cluster.yaml"
        if not file.is_file():
            continue
        try:
            state = state_of(directory / "journal.jsonl")
        except InvalidInput:
            state = JournalState(last_run="failed")
        yield _describe(directory.name, file, state)


def _describe(name: str, file: Path, state: JournalState) -> KnownCluster:
    if not state.last_run:
        return KnownCluster(name, file, "saved")
    waived = tuple((step, host) for step, _, host in (t.rpartition("@") for t in state.waived))
    if state.last_run == "done":
        return KnownCluster(name, file, "done", when=state.last_time, waived=waived)
    step, _, host = state.last_task.partition("@")
    phase = step.partition("/")[0]
    return KnownCluster(name, file, "unfinished", phase, step, host, state.last_time, waived)

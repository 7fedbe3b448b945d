"""Parts of a snapshot: what concerns one host, or what a word is found in. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Literal

from kwizard.monitor.snapshot import Snapshot
from kwizard.probes.matrix import Matrix, Target

State = Literal["well", "ill", "silent"]


@dataclass(frozen=True, slots=True)
class HostState:
    """How one host looks: `ill` when something of it is not as it should be, `silent` when a look
    at it failed."""

    name: str
    state: State


def host_states(snapshot: Snapshot, hosts: Iterable[str]) -> tuple[HostState, ...]:
    """The state of each of `hosts`, in that order."""
    return tuple(HostState(name, _state(snapshot, name)) for name in hosts)


def _state(snapshot: Snapshot, name: str) -> State:
    if name in snapshot.problems:
        return "silent"
    services = snapshot.services.get(name, ())
    cells = snapshot.matrix.cells if snapshot.matrix else ()
    ill = (
        any(not s.running for s in services)
        or any(not n.ok for n in snapshot.nodes if n.name == name)
        or any(f.startswith(f"{name}: ") for f in snapshot.faults)
        or any(not c.ok for c in cells if name in (c.source, c.target.partition("/")[0]))
    )
    return "ill" if ill else "well"


def of_host(snapshot: Snapshot, name: str) -> Snapshot:
    """What concerns that host: its node, its daemons, the pings from it and to it. The components
    stay: they are the cluster's."""
    return replace(
        snapshot,
        nodes=tuple(n for n in snapshot.nodes if n.name == name),
        services={h: s for h, s in snapshot.services.items() if h == name},
        matrix=_of_host(snapshot.matrix, name),
        diagnoses=tuple(
            d
            for d in snapshot.diagnoses
            if name in d.hosts or any(name in (s, t.partition("/")[0]) for s, t in d.cells)
        ),
        problems={h: p for h, p in snapshot.problems.items() if h == name},
        faults=tuple(f for f in snapshot.faults if f.startswith(f"{name}: ")),
    )


def matching(snapshot: Snapshot, word: str) -> Snapshot:
    """The rows that have `word` in them, upper and lower case alike; all of them for none."""
    wanted = word.casefold().strip()
    if not wanted:
        return snapshot

    def has(*texts: str) -> bool:
        return any(wanted in text.casefold() for text in texts)

    return replace(
        snapshot,
        components=tuple(
            c for c in snapshot.components if has(c.name, c.status, c.message, c.error)
        ),
        listed=tuple(c for c in snapshot.listed if has(c.name, c.status, c.message, c.error)),
        nodes=tuple(n for n in snapshot.nodes if has(n.name, n.status, n.version, n.internal_ip)),
        services={
            host: tuple(s for s in found if has(s.name, host, s.state))
            for host, found in snapshot.services.items()
        },
        matrix=_targets(snapshot.matrix, lambda t: has(t.name, str(t.address or ""))),
        diagnoses=tuple(
            d for d in snapshot.diagnoses if has(d.cause, d.remedy, d.evidence, *d.hosts)
        ),
        problems={h: p for h, p in snapshot.problems.items() if has(h, p)},
        faults=tuple(f for f in snapshot.faults if has(f)),
    )


def _of_host(matrix: Matrix | None, name: str) -> Matrix | None:
    """From a source: its pings to everything. From a host that is none: the pings to it."""
    if matrix is None:
        return None
    if name not in matrix.sources:
        return _targets(matrix, lambda target: target.host == name)
    cells = tuple(c for c in matrix.cells if c.source == name)
    return replace(matrix, sources=(name,), cells=cells)


def _targets(matrix: Matrix | None, wanted: Callable[[Target], bool]) -> Matrix | None:
    if matrix is None:
        return None
    targets = tuple(t for t in matrix.targets if wanted(t))
    names = {t.name for t in targets}
    cells = tuple(c for c in matrix.cells if c.target in names)
    return replace(matrix, targets=targets, cells=cells)

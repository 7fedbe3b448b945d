"""What `kubectl get componentstatuses` says, beside what the parts themselves say. Pure.

The API server answers it out of looks of its own at 127.0.0.1, on its own host: the scheduler and
the controller manager of other hosts are not in it, and a row of etcd does not say which member it
is.
Kubernetes calls it deprecated since v1.19 and answers it all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kwizard.language import N_
from kwizard.probes.components import Component

WHY = N_(
    "componentstatus can be wrong: it is deprecated since v1.19, asks 127.0.0.1 of one control "
    "plane only, and does not say which member of etcd a row is."
)

_PARTS = {"scheduler": "kube-scheduler", "controller-manager": "kube-controller-manager"}


@dataclass(frozen=True, slots=True)
class Listed:
    """A row of the table people know, and the true checks of all that it may stand for."""

    row: Component
    truth: tuple[Component, ...]

    @property
    def differs(self) -> bool:
        """The row says something else than a part that was asked itself."""
        return any(c.status != "Unknown" and c.ok != self.row.ok for c in self.truth)

    def named(self) -> tuple[tuple[str, Component], ...]:
        """The true checks, each by the host it is of; "" where there is one host of that kind."""
        part = _part(self.row.name)
        return tuple((c.name.removeprefix(part).removeprefix("-"), c) for c in self.truth)


def beside(listed: Sequence[Component], components: Sequence[Component]) -> tuple[Listed, ...]:
    """Each row of componentstatus with its true checks."""
    return tuple(
        Listed(row, tuple(c for c in components if _is_of(c.name, _part(row.name))))
        for row in listed
    )


def _part(row: str) -> str:
    return _PARTS.get(row, row.partition("-")[0])


def _is_of(name: str, part: str) -> bool:
    return name == part or name.startswith(f"{part}-")

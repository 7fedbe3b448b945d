"""How a lab stands, as `kwizard lab status` tells it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class HostStatus:
    """One host as `lab status` shows it. `state` is "on" or "off"; `cut` whether its cable to the
    first network is pulled out."""

    name: str
    state: str
    address: str
    second_address: str
    cut: bool
    processes: int
    console: str


@dataclass(frozen=True, slots=True)
class LabStatus:
    """A lab as `lab status` shows it. `state` is "up" (all hosts on), "partly up", "off" (hosts
    with a disk, none on) or "none"; `machine_restarted` says that a reboot took the hosts down."""

    name: str
    state: str
    machine_restarted: bool
    netns: str
    directory: str
    key: str
    password_file: str
    hosts: tuple[HostStatus, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)

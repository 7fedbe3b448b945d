"""What a lab remembers of itself: which hosts it has, and the root filesystem they stand on."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from kwizard.errors import LabError
from kwizard.lab.layout import HOST_NAMES, Layout

BOOT_ID = Path("/proc/sys/kernel/random/boot_id")


@dataclass(frozen=True, slots=True)
class Record:
    """`boot_id` is the machine's when the lab was last started: another one now means that the
    machine went down under it, and every host is off."""

    hosts: tuple[str, ...]
    rootfs: str
    boot_id: str

    @property
    def stale(self) -> bool:
        """Whether the machine was started anew since."""
        return self.boot_id != machine_boot_id()


def machine_boot_id() -> str:
    """This boot of the machine."""
    return BOOT_ID.read_text().strip()


def load(layout: Layout) -> Record | None:
    """The lab's record; None when there is none. Raises LabError when it cannot be read."""
    try:
        data = json.loads(layout.record.read_text())
        record = Record(tuple(map(str, data["hosts"])), str(data["rootfs"]), str(data["boot_id"]))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as problem:
        raise LabError(
            f"{layout.record} cannot be read: {problem}", remedy="kwizard lab down --wipe"
        ) from problem
    if not set(record.hosts) <= set(HOST_NAMES):
        raise LabError(f"{layout.record} names unknown hosts", remedy="kwizard lab down --wipe")
    return record


def save(layout: Layout, record: Record) -> None:
    """Write the record, whole or not at all."""
    partial = layout.record.with_suffix(".partial")
    partial.write_text(json.dumps(asdict(record), indent=1) + "\n")
    partial.replace(layout.record)

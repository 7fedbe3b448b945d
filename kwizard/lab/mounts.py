"""What is mounted where, read from the kernel."""

from __future__ import annotations

import re
from pathlib import Path

_OCTAL = re.compile(r"\\([0-7]{3})")


def mount_points(mountinfo: str | None = None) -> list[Path]:
    """Every mount point, in the order of mounting. `mountinfo`: text to read instead of /proc's."""
    text = Path("/proc/self/mountinfo").read_text() if mountinfo is None else mountinfo
    return [
        Path(_OCTAL.sub(lambda m: chr(int(m[1], 8)), fields[4]))
        for line in text.splitlines()
        if len(fields := line.split()) > 4
    ]


def mounts_below(directory: Path) -> list[Path]:
    """Mount points at or below `directory`, the latest first: the order to unmount them in."""
    directory = directory.resolve()
    return [p for p in reversed(mount_points()) if p == directory or directory in p.parents]

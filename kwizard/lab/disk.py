"""A practice host's disk: an overlay on the shared root filesystem, and a few real directories."""

from __future__ import annotations

import contextlib
import shutil
from pathlib import Path

from kwizard.errors import InvalidInput, LabError, Problem
from kwizard.lab.layout import Seat
from kwizard.lab.machine import sh, succeeds, until
from kwizard.lab.mounts import mount_points, mounts_below

REAL_DIRECTORIES = ("docker", "containerd", "kubelet", "etcd")
"""Bound below /var/lib: overlay on overlay makes container runtimes fall back to slow drivers."""

_SMALLEST_MB = 256


def mount(seat: Seat, rootfs: Path, size_mb: int | None) -> None:
    """Mount a host's root at `seat.root`; a second time does nothing.

    `size_mb`: a new disk is an ext4 image of that many MiB, which can fill up; None: a new disk is
    as large as the machine's own. A kept disk stays what it is.
    """
    mounted = set(mount_points())
    seat.disk.mkdir(parents=True, exist_ok=True)
    seat.root.mkdir(exist_ok=True)
    fresh = not (seat.disk / "upper").is_dir()
    if size_mb is not None and fresh and not seat.image.exists():
        if size_mb < _SMALLEST_MB:
            raise InvalidInput(
                [Problem(f"a disk of {size_mb} MiB is too small", f"at least {_SMALLEST_MB}")]
            )
        # Under another name until it is whole: a start that is killed leaves no half image.
        partial = seat.image.with_suffix(".partial")
        with partial.open("wb") as file:
            file.truncate(size_mb << 20)
        sh(["mkfs.ext4", "-q", "-F", "-m", "0", str(partial)])
        partial.rename(seat.image)
    if seat.image.exists() and seat.disk not in mounted:
        sh(["mount", "-o", "loop", str(seat.image), str(seat.disk)])
    for name in ("upper", "work", *REAL_DIRECTORIES):
        (seat.disk / name).mkdir(exist_ok=True)
    if seat.root not in mounted:
        layers = {
            "lowerdir": rootfs,
            "upperdir": seat.disk / "upper",
            "workdir": seat.disk / "work",
        }
        if odd := [str(p) for p in layers.values() if set(str(p)) & set(":,\\")]:
            raise LabError(
                f"an overlay cannot be made of a path with ':', ',' or '\\': {', '.join(odd)}",
                remedy="choose other places with KWIZARD_LAB_HOME and KWIZARD_CACHE_HOME",
            )
        options = ",".join(f"{key}={path}" for key, path in layers.items())
        sh(["mount", "-t", "overlay", "overlay", "-o", options, str(seat.root)])


def unmount(directory: Path, seconds: float = 10) -> None:
    """Unmount everything at or below `directory`. Raises LabError when something is in use."""
    for _ in until(seconds, every=0.1):
        for point in mounts_below(directory):
            succeeds(["umount", str(point)])
        left = mounts_below(directory)
        if not left:
            return
    raise LabError(
        f"still in use: {', '.join(map(str, left))}",
        remedy="leave these directories (a shell in there?), then run it again",
    )


def wipe(directory: Path) -> None:
    """Delete `directory`. Refuses while anything is mounted inside."""
    if left := mounts_below(directory):
        raise LabError(f"not deleted, still mounted: {', '.join(map(str, left))}")
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(directory)

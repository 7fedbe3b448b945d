"""The directory of a rehearsal on this machine, and what killed rehearsals left behind."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import tempfile
from pathlib import Path

_PREFIX = "kwizard-rehearsal-"


def make_scratch() -> tuple[Path, int]:
    """A new directory, and the open file whose lock says that its rehearsal is alive.

    Directories of this user whose rehearsal was killed are removed. Others may pass through the
    new one, to what they have rights on: the hosts may be another user's.
    """
    base = _temporary()
    _sweep(base)
    directory = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=base))
    # Locked before it has its name: nobody ever sees it there unlocked while this process lives.
    alive = os.open(directory / "alive.new", os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
    fcntl.flock(alive, fcntl.LOCK_EX)
    (directory / "alive.new").rename(directory / "alive")
    directory.chmod(0o711)
    return directory, alive


def _temporary() -> Path:
    """Where temporary files go, or /tmp where the user the hosts run as could not get there."""
    usual = Path(tempfile.gettempdir()).resolve()
    if os.geteuid() == 0 and not all(p.stat().st_mode & 0o001 for p in (usual, *usual.parents)):
        return Path("/tmp")  # noqa: S108
    return usual


def _sweep(base: Path) -> None:
    for directory in base.glob(f"{_PREFIX}*"):
        with contextlib.suppress(OSError):
            if directory.is_symlink() or directory.stat().st_uid != os.geteuid():
                continue
            alive = os.open(directory / "alive", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
            try:
                fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(directory, ignore_errors=True)
            finally:
                os.close(alive)

"""One kwizard at a time, by a lock the kernel takes back when its holder dies."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def locked(file: Path, report: Callable[[str], None], reason: str) -> Iterator[None]:
    """Hold `file` locked; when another holds it, say `reason` once and wait for it.

    Who holds it may delete it: those who waited then lock the new one.
    """
    file.parent.mkdir(parents=True, exist_ok=True)
    while True:
        with file.open("a") as handle:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                report(f"waiting: {reason}")
                fcntl.flock(handle, fcntl.LOCK_EX)
            if _is(file, handle.fileno()):
                yield
                return


def _is(file: Path, descriptor: int) -> bool:
    """Whether the open file is still the one found under this name."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return False
    mine = os.fstat(descriptor)
    return (found.st_dev, found.st_ino) == (mine.st_dev, mine.st_ino)

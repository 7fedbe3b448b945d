"""The operator-side copy of a step's log: clean text, whole, one file a task."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Self

from kwizard.text import LineReader

TAIL_LINES = 40


def log_name(step: str, host: str) -> str:
    """The file's name within `logs/`."""
    return f"{step.replace('/', '.')}@{host}.log"


def end_of_log(directory: Path, step: str, host: str) -> int:
    """How many bytes that log has: where the next attempt begins."""
    try:
        return (directory / log_name(step, host)).stat().st_size
    except FileNotFoundError:
        return 0


class LocalLog:
    """Appends to `logs/<step>@<host>.log` and keeps the last lines for error messages.

    `at` is the byte where this attempt began. Opened with `at` given, everything after it is
    dropped first: the same job's log comes again, from its beginning.
    """

    def __init__(self, directory: Path, step: str, host: str, at: int | None = None) -> None:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.path = directory / log_name(step, host)
        self._file = self.path.open("ab")
        if at is not None and at <= self._file.tell():
            self._file.truncate(at)
            self._file.seek(at)
        self.at = self._file.tell()
        self._reader = LineReader()
        self._tail: deque[str] = deque(maxlen=TAIL_LINES)

    def feed(self, data: bytes) -> list[str]:
        """Raw bytes of a host in, whole clean lines out (and into the file)."""
        return self.add(self._reader.feed(data))

    def add(self, lines: Iterable[str]) -> list[str]:
        """Write clean lines; returns them."""
        out = list(lines)
        if out:
            self._file.write(("\n".join(out) + "\n").encode())
            self._file.flush()
            self._tail.extend(out)
        return out

    def finish(self) -> list[str]:
        """What was left without a newline at the end."""
        return self.add(self._reader.close())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.finish()
        self._file.close()

    @property
    def tail(self) -> str:
        """The last lines, for an error message."""
        return "\n".join(line[:400] for line in list(self._tail)[-12:])

    @property
    def verdict(self) -> str:
        """The last sentence a script addressed to the operator (`kwizard: ...`), or ""."""
        for line in reversed(self._tail):
            if line.startswith("kwizard: "):
                return line.removeprefix("kwizard: ").strip()
        return ""

"""A terminal that can do nothing but print: a pty with a program on it, lines in, text out."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self


class DumbTerminal:
    """Runs `python ARGUMENTS` on a pty of its own; ended with the context. `seen` is all it ever
    wrote, as bytes, with the answers the terminal echoed."""

    def __init__(self, arguments: Sequence[str], environment: Mapping[str, str]) -> None:
        self._arguments = list(arguments)
        self._environment = {**os.environ, **environment, "TERM": "dumb"}
        self.seen = b""
        self._read = 0

    def __enter__(self) -> Self:
        self._fd, inside = pty.openpty()
        self.process = subprocess.Popen(
            [sys.executable, *self._arguments],
            stdin=inside,
            stdout=inside,
            stderr=inside,
            env=self._environment,
            start_new_session=True,
        )
        os.close(inside)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        os.close(self._fd)
        if error is not None:
            print(self.seen.decode(errors="replace"))

    def until(self, text: str, seconds: float = 60) -> str:
        """Read until `text` (a regular expression) comes; what came since the last time."""
        deadline = time.monotonic() + seconds
        while True:
            fresh = self.seen[self._read :].decode(errors="replace")
            if match := re.search(text, fresh):
                self._read += len(fresh[: match.end()].encode())
                return fresh[: match.end()]
            assert time.monotonic() < deadline, f"no {text!r} in:\n{fresh}"
            if not self._more(deadline - time.monotonic()):
                raise AssertionError(f"it ended before {text!r} came:\n{fresh}")

    def answer(self, question: str, line: str = "", seconds: float = 60) -> str:
        """Wait for a question, and type a line."""
        said = self.until(question, seconds)
        os.write(self._fd, line.encode() + b"\n")
        return said

    def press(self, control: bytes) -> None:
        """Type control characters."""
        os.write(self._fd, control)

    def end(self, seconds: float = 60) -> int:
        """Read all that still comes; the exit status."""
        deadline = time.monotonic() + seconds
        while self._more(deadline - time.monotonic()):
            assert time.monotonic() < deadline, "it does not end"
        return self.process.wait(seconds)

    def _more(self, seconds: float) -> bool:
        if not select.select([self._fd], [], [], max(0.0, seconds))[0]:
            return True
        try:
            data = os.read(self._fd, 65536)
        except OSError:  # the other side is closed
            return False
        self.seen += data
        return bool(data)

"""What was run on hosts to look: every read-only script, the last ones kept.

Jobs and files are not in it: those are the steps themselves. Nothing secret is: what looks travels
without any.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from kwizard.language import N_

MOST = 2000  # looks
LIMIT = 16 << 20  # characters of all their scripts
NO_ANSWER, BROKEN_OFF = N_("no answer"), N_("broken off")
_HEAD = 12  # lines in which a script says what it does
_LONGEST = 120


@dataclass(slots=True, eq=False)
class Look:
    """One script that was run on a host, `times` times: waiting is looking again and again. `ended`
    is "" while it goes on, then the last exit status, NO_ANSWER or BROKEN_OFF; `seconds` what
    all of them took. `time` is aware, UTC, of the first one."""

    time: datetime
    host: str
    script: str
    times: int = 1
    ended: str = ""
    seconds: float = 0.0

    @property
    def title(self) -> str:
        """What it does: the first comment at its head, else its first line."""
        lines = [line.strip() for line in self.script.split("\n", _HEAD)[:_HEAD]]
        said = next((line for line in lines if line.startswith("# ")), "")
        said = said.removeprefix("# ") or next(filter(None, lines), "")
        return said if len(said) <= _LONGEST else said[: _LONGEST - 1] + "…"


class Looked:
    """The record. `revision` changes with each look that begins or ends."""

    def __init__(self, most: int = MOST, limit: int = LIMIT) -> None:
        self._most, self._limit = most, limit
        self._kept: deque[Look] = deque()
        self._by_script: dict[tuple[str, str], Look] = {}
        self._size = 0
        self.revision = 0

    @property
    def kept(self) -> tuple[Look, ...]:
        """Those that are kept, in the order they were begun."""
        return tuple(self._kept)

    @contextmanager
    def look(self, host: str, script: str) -> Iterator[Look]:
        """Around a look; `ended` is set inside where there was an answer."""
        found = self._by_script.get((host, script))
        if found is None:
            found = self._add(Look(datetime.now(UTC), host, script))
        else:
            found.times += 1
            found.ended = ""
        self.revision += 1
        started = time.monotonic()
        try:
            yield found
        except asyncio.CancelledError:
            found.ended = BROKEN_OFF
            raise
        finally:
            found.seconds += time.monotonic() - started
            found.ended = found.ended or NO_ANSWER
            self.revision += 1

    def _add(self, new: Look) -> Look:
        self._kept.append(new)
        self._by_script[new.host, new.script] = new
        self._size += len(new.script)
        while len(self._kept) > self._most or (self._size > self._limit and len(self._kept) > 1):
            old = self._kept.popleft()
            self._size -= len(old.script)
            del self._by_script[old.host, old.script]
        return new

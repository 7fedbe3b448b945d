"""Whose question is next: one at a time, in the order of the cluster file, each with its number."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager, suppress

HOLD = 3.0  # seconds the first question waits for hosts that are still being connected to


class Turns:
    """Hosts that are connected to at once have questions in any order. The first one waits until no
    host is on its way to one any more (`looking`), or for `hold` seconds; then they are asked in
    `order`. Whoever is not in it, a jump host, comes first: it is the way to others.
    """

    def __init__(self, order: Sequence[str] = (), hold: float = HOLD) -> None:
        self._rank = {name: rank for rank, name in enumerate(order)}
        self._hold = hold
        self._looking = self._asked = self._came = 0
        self._waiting: list[tuple[int, int]] = []
        self._busy = False
        self._until = 0.0
        self._news: asyncio.Event = asyncio.Event()

    @contextmanager
    def looking(self) -> Iterator[None]:
        """Around what may lead to a question."""
        self._looking += 1
        try:
            yield
        finally:
            self._looking -= 1
            self._tell()

    @asynccontextmanager
    async def turn(self, name: str) -> AsyncIterator[tuple[int, int]]:
        """Wait for `name`'s turn. Gives the number of its question, and how many there are as far
        as is known."""
        now = asyncio.get_running_loop().time
        mine = (self._rank.get(name, -1), self._came)
        self._came += 1
        if not self._waiting:
            self._until = now() + self._hold
        self._waiting.append(mine)
        self._tell()
        try:
            while self._busy or mine != min(self._waiting) or self._hold_back(now()):
                self._news.clear()
                with suppress(TimeoutError):
                    async with asyncio.timeout_at(self._until if self._hold_back(now()) else None):
                        await self._news.wait()
            self._busy = True
            try:
                yield self._asked + 1, self._asked + len(self._waiting)
            finally:
                self._busy = False
                self._asked += 1
        finally:
            self._waiting.remove(mine)
            self._tell()

    def _hold_back(self, now: float) -> bool:
        return self._looking > 0 and self._asked == 0 and now < self._until

    def _tell(self) -> None:
        if not self._waiting and not self._looking:
            self._asked = 0  # the next one begins to count anew
        self._news.set()

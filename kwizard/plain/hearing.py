"""Lines a person types while something is told, between two questions."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager

from kwizard.plain.questions import Questions
from kwizard.plain.terminal import Gone


class Hearing:
    """Hands each line to `take` until it knows one not: that one, and what follows, was typed ahead
    and answers the next question."""

    def __init__(self, ask: Questions, take: Callable[[str], bool]) -> None:
        self._ask, self._take = ask, take
        self._task: asyncio.Task[None] | None = None

    def begin(self) -> None:
        """Listen from now on."""
        if self._task is None:
            self._task = asyncio.create_task(self._hear())

    async def end(self) -> None:
        """Leave the line to others."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @asynccontextmanager
    async def silent(self) -> AsyncGenerator[None]:
        """A question from below has the line meanwhile."""
        listening = self._task is not None
        await self.end()
        try:
            yield
        finally:
            if listening:
                self.begin()

    async def _hear(self) -> None:
        try:
            while self._take(said := await self._ask.line()):
                pass
        except Gone:
            return  # whoever asks next finds out
        self._ask.put_back(said)

"""A sign that work is going on: none for work that is over at once, and one that can be read."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self

SOON = 0.1
"""Seconds: work that is over by then needs no sign."""

LEAST = 1.0
"""Seconds a sign stays, once it is shown."""

Sleep = Callable[[float], Awaitable[None]]


class Sign:
    """`async with Sign(show):` around the work. `show` is called when the work has not ended
    SOON; once it was called the block is left no earlier than LEAST seconds later, also by an
    error. Only whoever cancels the work waits for nothing."""

    def __init__(self, show: Callable[[], None], sleep: Sleep = asyncio.sleep) -> None:
        self._show, self._sleep = show, sleep
        self._task: asyncio.Task[None] | None = None
        self.shown = False

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def _run(self) -> None:
        await self._sleep(SOON)
        self.shown = True
        self._show()
        await self._sleep(LEAST)

    async def seen(self) -> None:
        """For what comes before the end: return when the sign may give way to it, at once where
        none is shown."""
        if self.shown and self._task is not None:
            await asyncio.shield(self._task)

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if kind is None or issubclass(kind, Exception):
                await self.seen()
        finally:
            if self._task is not None:
                self._task.cancel()

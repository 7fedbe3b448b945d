"""A pause of what crosses the operator's line: a person's wish, while everything else goes on."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

from kwizard.language import N_

HELD = N_("paused by you: what has arrived is kept")
GOES_ON = N_("it goes on")
"""What the log of a transfer says when a pause begins to hold it up, and when it ends."""


class Clock:
    """The time limit of one task, and how long it stood. Seconds."""

    def __init__(self, limit: asyncio.Timeout) -> None:
        self._limit = limit
        self._left = 0.0
        self._since = 0.0
        self.stood = 0.0

    def stop(self) -> None:
        """Take the limit away, and keep what is left of it."""
        self._since = asyncio.get_running_loop().time()
        when = self._limit.when()
        if when is not None and not self._limit.expired():
            self._left = when - self._since
            self._limit.reschedule(None)

    def go_on(self) -> None:
        """Set the limit again."""
        now = asyncio.get_running_loop().time()
        self.stood += now - self._since
        if not self._limit.expired():
            self._limit.reschedule(now + self._left)


class Pause:
    """Held, nothing is sent to hosts or fetched by this machine; jobs on the hosts, looks at them
    and files they pass on among themselves go on."""

    def __init__(self) -> None:
        self._open, self._shut = asyncio.Event(), asyncio.Event()
        self._open.set()
        self._clocks: set[Clock] = set()

    @property
    def held(self) -> bool:
        """Whether it is a pause now."""
        return self._shut.is_set()

    def hold(self) -> None:
        """Begin the pause. What is on its way is broken off; what has arrived is kept."""
        if not self.held:
            self._open.clear()
            self._shut.set()
            for clock in self._clocks:
                clock.stop()

    def go_on(self) -> None:
        """End it: each transfer goes on at its byte."""
        if self.held:
            self._shut.clear()
            self._open.set()
            for clock in self._clocks:
                clock.go_on()

    async def over(self) -> None:
        """Wait until there is no pause."""
        await self._open.wait()

    async def unless_held(
        self, work: Coroutine[Any, Any, None], breakable: Callable[[], bool] = lambda: True
    ) -> bool:
        """Do `work`, a transfer. True: to its end. False: a pause broke it off. It is let go on
        when a pause begins while it is not `breakable`."""
        doing = asyncio.create_task(work)
        holding = asyncio.create_task(self._shut.wait())
        try:
            await asyncio.wait({doing, holding}, return_when=asyncio.FIRST_COMPLETED)
            if not breakable():
                await asyncio.wait({doing})
        finally:
            for task in (doing, holding):
                task.cancel()
            await asyncio.gather(doing, holding, return_exceptions=True)
        if doing.cancelled():
            return False
        doing.result()
        return True

    @asynccontextmanager
    async def timeout(self, seconds: float) -> AsyncGenerator[Clock]:
        """`asyncio.timeout` for a task that transfers: its clock stands still while this is
        held."""
        async with asyncio.timeout(seconds) as limit:
            clock = Clock(limit)
            self._clocks.add(clock)
            if self.held:
                clock.stop()
            try:
                yield clock
            finally:
                self._clocks.discard(clock)
                if self.held:
                    clock.go_on()

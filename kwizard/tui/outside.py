"""Programs that need the terminal for themselves: the screen steps aside while they run."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from textual.app import App

from kwizard.language import _


def possible(app: App[int]) -> bool:
    """Whether the terminal can be lent: not in a browser."""
    driver = app._driver  # noqa: SLF001 - Textual has no public word for it
    return driver is not None and driver.can_suspend


async def lend(app: App[int], argv: Sequence[str], *, hint: str) -> int | None:
    """Give the terminal to a program until it ends; returns its exit status.

    `hint` is said before. The event loop goes on meanwhile, and with it connections, timers and
    whatever run is followed; nothing is drawn. None when the program cannot be started.
    """
    with app.batch_update(), app.suspend(), _deaf():
        # What is drawn now would go into a queue that nobody empties: the batch holds it back.
        sys.stdout.write(f"\n{hint}\n\n")
        sys.stdout.flush()
        try:
            process = await asyncio.create_subprocess_exec(*argv)
        except OSError as error:
            sys.stdout.write(
                _("{program} cannot be started: {error}", program=argv[0], error=error)
            )
            return None
        return await process.wait()


@contextmanager
def _deaf() -> Iterator[None]:
    """Ctrl+C belongs to the program: without raw mode the terminal sends it to kwizard as well. A
    handler and not SIG_IGN, which the program would inherit."""
    before = signal.signal(signal.SIGINT, lambda _number, _frame: None)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)

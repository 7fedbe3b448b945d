"""How whoever waits for a file is told of it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

Progress = Callable[[int, int], Awaitable[None]]
"""Told how many bytes of how many are there."""
Notice = Callable[[str], Awaitable[None]]
"""Told what happens meanwhile, a sentence each."""


async def no_progress(_done: int, _total: int) -> None:
    """Say nothing of how far it is."""
    return


async def no_notice(_text: str) -> None:
    """Say nothing."""
    return

"""Time that goes by in a test without being waited for."""

from __future__ import annotations

import asyncio
from typing import Any


def goes_by(seconds: float) -> None:
    """The running event loop's clock is that much later from now on: what waits for a time before
    that wakes up, and no time-out is too short for a busy machine."""
    loop: Any = asyncio.get_running_loop()
    now = loop.time
    loop.time = lambda: now() + seconds

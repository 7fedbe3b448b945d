"""What makes a screen look the same everywhere: colours, clock, time zone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kwizard.tui.app import KwizardApp

from .frugal import read_stylesheets_once
from .scripted import NOW, ScriptedCases

Open = Callable[..., AbstractAsyncContextManager[Pilot[int]]]


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path / "state"))
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLORTERM", "KWIZARD_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    read_stylesheets_once(monkeypatch)


@pytest.fixture
def opened() -> Open:
    """Opens the app on scripted use cases, and closes everything behind it."""

    @asynccontextmanager
    async def _open(
        cases: ScriptedCases, *, size: tuple[int, int] = (80, 24), **kwargs: Any
    ) -> AsyncIterator[Pilot[int]]:
        app = KwizardApp(cases, clock=lambda: NOW, **kwargs)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield pilot
        await app.finish()

    return _open


async def until(pilot: Pilot[int], true: Callable[[], bool], tries: int = 1000) -> None:
    """Wait until something is so; fail when it never is."""
    for _ in range(tries):
        if true():
            await pilot.pause()
            return
        await pilot.pause()
        await asyncio.sleep(0.01)
    raise AssertionError(f"it never came to that; on the screen:\n{text_of(pilot)}")


def text_of(pilot: Pilot[int]) -> str:
    """The characters on the terminal."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in strip) for strip in strips)


def focused(pilot: Pilot[int]) -> str:
    """The id of what has the cursor."""
    widget = pilot.app.focused
    return (widget.id or "") if widget is not None else ""

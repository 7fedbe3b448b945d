"""What makes a screen look the same everywhere: colours, clock, time zone."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from kwizard.tui.app import KwizardApp

from .frugal import paint_only_what_is_looked_at, read_stylesheets_once
from .scripted import NOW, ScriptedCases
from .steady import idle, move_at_once, nobody_outside, rest_after_each_key, settle

LOOKS = 3000  # a hundred take a second or more; a whole run through SSH takes some seconds

Open = Callable[..., AbstractAsyncContextManager[Pilot[int]]]


@pytest.fixture(autouse=True)
def same_everywhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", str(tmp_path / "state"))
    for name in ("NO_COLOR", "TEXTUAL_THEME", "COLORTERM", "KWIZARD_THEME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TZ", "UTC")
    time.tzset()
    read_stylesheets_once(monkeypatch)
    rest_after_each_key(monkeypatch)
    move_at_once(monkeypatch)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens the app on scripted use cases, and closes everything behind it."""
    nobody_outside(monkeypatch)
    paint_only_what_is_looked_at(monkeypatch)

    @asynccontextmanager
    async def _open(
        cases: ScriptedCases, *, size: tuple[int, int] = (80, 24), **kwargs: Any
    ) -> AsyncIterator[Pilot[int]]:
        app = KwizardApp(cases, clock=lambda: NOW, sleep=idle, **kwargs)
        async with app.run_test(size=size, notifications=True) as pilot:
            await pilot.pause()
            yield pilot
        await app.finish()

    return _open


async def rested(pilot: Pilot[int]) -> None:
    """Let everything happen; an app that has broken down fails the test with its own error."""
    await settle(pilot)
    if (error := pilot.app._exception) is not None:
        raise error


async def until(pilot: Pilot[int], true: Callable[[], bool]) -> None:
    """Wait until something is so, and is drawn; fail when it never is."""
    for _ in range(LOOKS):
        await rested(pilot)
        if true():
            await settle(pilot)
            return
        await asyncio.sleep(0.01)
    raise AssertionError(f"it never came to that; on the screen:\n{text_of(pilot)}")


async def sees(pilot: Pilot[int], *texts: str, without: Sequence[str] = ()) -> None:
    """Wait until all these texts are on the screen at once, and none of `without`, which has to be
    gone by the time that they are there."""
    for _ in range(LOOKS):
        await rested(pilot)
        shown = text_of(pilot)
        missing = [t for t in texts if t not in shown]
        left = [t for t in without if t in shown]
        if not missing and not left:
            return
        await asyncio.sleep(0.01)
    said = [f"{t!r} is not there" for t in missing] + [f"{t!r} is still there" for t in left]
    raise AssertionError(f"{'; '.join(said)}; on the screen:\n{shown}")


def text_of(pilot: Pilot[int]) -> str:
    """The characters on the terminal."""
    strips = pilot.app.screen._compositor.render_strips()
    return "\n".join("".join(s.text for s in strip) for strip in strips)


def focused(pilot: Pilot[int]) -> str:
    """The id of what has the cursor."""
    widget = pilot.app.focused
    return (widget.id or "") if widget is not None else ""

"""What makes a screen in a test come to rest, however busy the machine is: nothing here waits for
time to go by."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.timer import Timer
from textual.widgets import Button

ROUNDS = 2000  # of the event loop; only real SSH beside the app keeps it busy for longer
QUIET = 3  # rounds in which nobody has anything to do

_waiting = 0  # for idle(), as each of them is something the event loop has to do


async def idle(*_: float) -> None:
    """Let everything happen that waits neither for time nor for somebody outside (a thread, a
    socket): the queues of all widgets are empty then, and so is the event loop's. Where something
    sleeps this way, its time has come when there is nothing else to do."""
    global _waiting
    loop: Any = asyncio.get_running_loop()
    quiet = 0
    _waiting += 1
    try:
        for _round in range(ROUNDS):
            await asyncio.sleep(0)
            quiet = quiet + 1 if len(loop._ready) < _waiting else 0
            if quiet == QUIET:
                return
    finally:
        _waiting -= 1


def nobody_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Scripted use cases need no threads."""

    async def here(work: Callable[..., Any], *args: Any, **named: Any) -> Any:
        await asyncio.sleep(0)
        return work(*args, **named)

    monkeypatch.setattr(asyncio, "to_thread", here)


def _frames(screen: Screen[Any]) -> list[Timer]:
    """What the page does at intervals, as drawing what has happened meanwhile."""
    timers: Iterable[Any] = screen._timers
    return [t for t in timers if t._repeat is None and t._active.is_set()]


def _due(screen: Screen[Any]) -> bool:
    """Something has to be laid out or painted, or is called once that was done."""
    return bool(
        screen._layout_required
        or screen._scroll_required
        or screen._repaint_required
        or screen._recompose_required
        or screen._dirty_widgets
        or screen._callbacks
    )


async def settle(pilot: Pilot[Any]) -> None:
    """Let everything happen and be drawn: pages that draw at intervals do it now."""
    app: App[Any] = pilot.app
    await idle()
    for screen in list(app._screen_stack):
        with screen._context():
            for timer in _frames(screen):
                await timer._tick(next_timer=0, count=0)
    for _round in range(ROUNDS):
        await idle()
        if app._exit or not app._screen_stack or not app.screen.is_running:
            return
        if app._resize_timer is not None:
            app._check_resize()
        elif _due(app.screen):
            app.screen._on_timer_update()
        else:
            return


def rest_after_each_key(monkeypatch: pytest.MonkeyPatch) -> None:
    """After a key Textual's pilot waits until the process uses little CPU, two hundredths of a
    second at least. On a busy machine that is before the key was answered, and else it is long
    after."""

    async def rest(pilot: Pilot[Any], *_: float) -> bool:
        await settle(pilot)
        return True

    monkeypatch.setattr("textual.app.wait_for_idle", idle)
    monkeypatch.setattr("textual.pilot.wait_for_idle", idle)
    monkeypatch.setattr(Pilot, "_wait_for_screen", rest)
    monkeypatch.setattr(Pilot, "pause", rest)


def move_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """What glides to its place on a terminal jumps there, and a button is up as soon as it was
    pressed."""
    monkeypatch.setattr("textual.constants.TEXTUAL_ANIMATIONS", "none")
    monkeypatch.setattr(Button, "_start_active_affect", lambda _button: None)


def taken_in_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """However slow the machine is, no frame is drawn among events that come one upon the other."""
    monkeypatch.setattr("kwizard.tui.app.SLICE", float("inf"))

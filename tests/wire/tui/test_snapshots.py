"""Pictures of the screens in their states, at two sizes. A changed picture is looked at before it
is taken over: `pytest tests/wire/tui/test_snapshots.py --snapshot-update`."""

from __future__ import annotations

import asyncio
import importlib
import pkgutil
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.app import App
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from kwizard import language
from kwizard.tui import screens
from kwizard.tui.app import KwizardApp
from kwizard.tui.screens.dialogs import Dialog
from kwizard.tui.screens.form_page import FormPage
from kwizard.tui.screens.monitor import MonitorScreen
from kwizard.tui.screens.options import OptionsScreen
from kwizard.tui.screens.page import Page
from kwizard.tui.screens.review import ReviewScreen
from kwizard.tui.screens.verify import VerifyScreen

from .frugal import notes_stay, paint_only_what_is_looked_at, painted
from .looks import RUN, STATES, Kind, Look, keys, then, to_the_end
from .looks_answers import MODERN, OPTIONS, RELEASE, REVIEW
from .looks_run import INSTALL, MONITOR, VERIFY, verified, whole
from .looks_start import HOSTS, START
from .pictures import snapshot
from .scripted import NOW, ScriptedCases
from .steady import idle, nobody_outside, settle, taken_in_at_once

Size = tuple[int, int]
SIZES: tuple[Size, Size] = ((80, 24), (120, 40))
NARROW, WIDE = SIZES
LATER = NOW + timedelta(seconds=118)
LOOKS: dict[str, Look] = START | HOSTS | RELEASE | OPTIONS | REVIEW | INSTALL | VERIFY | MONITOR

KINDS: tuple[Kind, ...] = (Page, FormPage, Dialog)
"""What screens are made from; none of these is ever shown itself."""

NEVER: dict[tuple[Kind, str], str] = {
    (OptionsScreen, "empty"): "every option has an answer from the start",
    (OptionsScreen, "busy"): "it asks no host and fetches nothing",
    (ReviewScreen, "empty"): "without hosts nobody gets there; a plan always has steps",
    (VerifyScreen, "empty"): "it looks as soon as it is opened",
    (MonitorScreen, "empty"): "it looks as soon as it is opened",
}
"""States a page cannot be in, and why."""

Shown = Callable[..., None]


class Picture(App[str]):
    """A picture drawn already, where an app is wanted."""

    def __init__(self, svg: str) -> None:
        super().__init__()
        self.svg = svg

    def run(self, **_: Any) -> str:
        """The picture."""
        return self.svg


async def still(pilot: Pilot[int]) -> str:
    """A picture, once nothing moves any more."""
    app, before = pilot.app, None
    for line in (*app.screen.query(Input), *app.screen.query(TextArea)):
        line.cursor_blink = False
    while (now := painted(app)) != before:
        before = now
        await settle(pilot)
    return app.export_screenshot(title=app.title, simplify=True)


async def draw(it: Look, sizes: Sequence[Size]) -> dict[Size, str]:
    """Pictures of a screen, the terminal resized from each to the next. Fails when the steps led to
    another screen."""
    app = KwizardApp(it.cases(), clock=lambda: LATER, sleep=idle, **it.start)
    pictures = {}
    async with app.run_test(size=sizes[0], notifications=True, tooltips=True) as pilot:
        await pilot.pause()
        await it.steps(pilot)
        assert type(app.screen) is it.screen
        assert it.page in map(type, app.screen_stack)
        for size in sizes:
            if size != sizes[0]:
                await pilot.resize_terminal(*size)
            pictures[size] = await still(pilot)
        app.exit()
    return pictures


@pytest.fixture(autouse=True)
def drawing(monkeypatch: pytest.MonkeyPatch) -> None:
    paint_only_what_is_looked_at(monkeypatch)
    notes_stay(monkeypatch)
    nobody_outside(monkeypatch)
    taken_in_at_once(monkeypatch)


@pytest.fixture
def look(snap_compare: Any) -> Shown:
    """Compare a screen with its picture."""

    def _look(it: Look, size: Size) -> None:
        assert snap_compare(Picture(asyncio.run(draw(it, [size]))[size]))

    return _look


APART: dict[str, str] = {
    "install_find": "what is found is scrolled to where there is something to scroll",
    "options_jump": "letters are for what was in view when they were asked for",
}
"""What is drawn anew at each size, since the way there depends on it, and why."""


def both(name: str, size: Size) -> dict[tuple[str, Size], str]:
    """The pictures of a look that are drawn together: one start of the app for both sizes."""
    sizes = [size] if name in APART else SIZES
    return {(name, s): picture for s, picture in asyncio.run(draw(LOOKS[name], sizes)).items()}


@pytest.fixture(scope="module")
def drawn() -> dict[tuple[str, Size], str]:
    """What was drawn already."""
    return {}


@pytest.mark.parametrize(
    ("name", "size"),
    [(name, size) for name in LOOKS for size in SIZES],
    ids=lambda x: x if isinstance(x, str) else f"{x[0]}x{x[1]}",
)
def test_screen(
    drawn: dict[tuple[str, Size], str],
    snap_compare: Any,
    name: str,
    size: Size,
) -> None:
    if (name, size) not in drawn:
        drawn.update(both(name, size))
    assert snap_compare(Picture(drawn[name, size]))


def every_screen() -> set[Kind]:
    """What kwizard.tui.screens can show."""
    modules = [
        importlib.import_module(f"{screens.__name__}.{found.name}")
        for found in pkgutil.iter_modules(screens.__path__)
    ]
    return {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, Screen)
        and kind.__module__ == module.__name__
        and kind not in KINDS
    }


def test_every_screen_has_its_picture() -> None:
    assert {kind.__name__ for kind in every_screen()} == {
        look.screen.__name__ for look in LOOKS.values()
    }


def test_every_page_has_a_picture_of_every_state() -> None:
    seen = {(look.page, look.state) for look in LOOKS.values()}
    pages = [kind for kind in every_screen() if issubclass(kind, Page)]
    wanted = {(page, state) for page in pages for state in STATES}
    assert wanted - seen == set(NEVER)


@pytest.mark.parametrize(
    "name",
    ["start_unfinished", "hosts_checked", "hosts_cell_wrong", "hosts_form", "hosts_key", "release",
     "options", "review", "install_running", "install_failed", "install_leave", "rehearsal",
     "monitor_red", "help"],
)  # fmt: skip
def test_in_chinese(look: Shown, name: str) -> None:
    language.use("zh")
    look(LOOKS[name], NARROW)


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=lambda s: f"{s[0]}x{s[1]}")
def test_the_end_of_a_modern_one(look: Shown, monkeypatch: pytest.MonkeyPatch, size: Size) -> None:
    monkeypatch.setenv("KWIZARD_STATE_HOME", "/var/lib/operator")  # it stands on the page
    steps = then(verified(text="✓ All is well"), to_the_end, keys(then="get nodes"))

    def cases() -> ScriptedCases:
        return ScriptedCases(runs=[whole()], cluster=MODERN, last=snapshot())

    look(Look(VerifyScreen, "end", cases, steps, RUN), size)


def test_too_small(look: Shown) -> None:
    look(replace(LOOKS["start"], steps=keys(then="too small")), (50, 12))


MANY = ["hosts_checked", "review", "install_failed", "monitor_red"]
"""Screens full of states: each is told by a symbol and a word as well."""


@pytest.mark.parametrize("name", MANY)
def test_without_colours(look: Shown, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    look(LOOKS[name], NARROW)


@pytest.mark.parametrize("name", MANY)
def test_on_paper(look: Shown, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv("KWIZARD_THEME", "paper")
    look(LOOKS[name], WIDE)

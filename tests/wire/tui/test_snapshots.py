"""Pictures of the screens in their states, at two sizes. A changed picture is looked at before it
is taken over: `pytest tests/wire/tui/test_snapshots.py --snapshot-update`."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input

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

from .looks import RUN, STATES, Kind, Look, keys, then, to_the_end
from .looks_answers import MODERN, OPTIONS, RELEASE, REVIEW
from .looks_run import INSTALL, MONITOR, VERIFY, verified, whole
from .looks_start import HOSTS, START
from .pictures import snapshot
from .scripted import NOW, ScriptedCases

NARROW, WIDE = (80, 24), (120, 40)
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


@pytest.fixture
def look(snap_compare: Any) -> Shown:
    """Compare a screen with its picture. Fails when the steps led to another screen."""

    def _look(it: Look, size: tuple[int, int]) -> None:
        app = KwizardApp(it.cases(), clock=lambda: LATER, **it.start)

        async def before(pilot: Pilot[int]) -> None:
            await pilot.pause()
            await it.steps(pilot)
            assert type(pilot.app.screen) is it.screen
            assert it.page in map(type, pilot.app.screen_stack)
            for line in app.screen.query(Input):
                line.cursor_blink = False
            await pilot.pause()

        assert snap_compare(app, terminal_size=size, run_before=before)

    return _look


@pytest.mark.parametrize(
    ("name", "size"),
    [(name, size) for size in (NARROW, WIDE) for name in LOOKS],
    ids=lambda x: x if isinstance(x, str) else f"{x[0]}x{x[1]}",
)
def test_screen(look: Shown, name: str, size: tuple[int, int]) -> None:
    look(LOOKS[name], size)


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
def test_the_end_of_a_modern_one(
    look: Shown, monkeypatch: pytest.MonkeyPatch, size: tuple[int, int]
) -> None:
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

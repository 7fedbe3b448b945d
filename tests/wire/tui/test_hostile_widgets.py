"""Foreign text on every screen and in every widget: it is shown as it is, cleaned, and does
nothing. A new screen or widget has to be put into one of the tables here."""

from __future__ import annotations

import importlib
import pkgutil

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, TextArea

from kwizard.text import clean
from kwizard.tui import widgets
from kwizard.tui.app import KwizardApp
from kwizard.tui.screens.commands import CommandsScreen
from kwizard.tui.screens.help import HelpScreen
from kwizard.tui.screens.host_form import HostForm
from kwizard.tui.screens.hosts import HostsScreen
from kwizard.tui.screens.install import InstallScreen
from kwizard.tui.screens.jump import JumpScreen
from kwizard.tui.screens.monitor import MonitorScreen
from kwizard.tui.screens.verify import VerifyScreen
from kwizard.tui.widgets.board import Board
from kwizard.tui.widgets.cell_editors import CellLine, CellTicks
from kwizard.tui.widgets.cell_table import CellGrid, CellTable
from kwizard.tui.widgets.foot import Foot
from kwizard.tui.widgets.form import Choice, Field, Form, Line, Problems
from kwizard.tui.widgets.frame import Band, Buttons, TooSmall, Trail
from kwizard.tui.widgets.grid import Grid
from kwizard.tui.widgets.logdeck import LogDeck
from kwizard.tui.widgets.logview import LogView
from kwizard.tui.widgets.phases import Phases
from kwizard.tui.widgets.progress_grid import ProgressGrid
from kwizard.tui.widgets.statusline import StatusLine
from kwizard.tui.widgets.strip import HostStrip

from .conftest import until
from .hostile import MARK, hostile, looks
from .looks import Kind
from .scripted import NOW
from .steady import idle
from .test_snapshots import every_screen

OURS: dict[type[Widget], str] = {
    HelpScreen: "the pages of the help, out of this package",
    JumpScreen: "one letter each",
    Band: "a sentence of ours",
    Trail: "the names of the stages, and titles of ours",
    TooSmall: "a sentence of ours",
    Buttons: "labels of ours",
    Choice: "answers of ours",
    Field: "labels and notes of ours; what is typed stands in a Line",
    Form: "only holds fields",
    CellTicks: "the roles there are",
    Phases: "the phases of our plans",
    Foot: "keys, and what of ours they do",
}
"""What never has anything but our own words, and which."""

SHOWN: dict[type[Widget], Kind] = {
    Board: VerifyScreen,
    CellGrid: HostsScreen,
    CellLine: HostsScreen,
    CellTable: HostsScreen,
    Grid: CommandsScreen,
    HostStrip: MonitorScreen,
    Line: HostForm,
    LogDeck: InstallScreen,
    LogView: InstallScreen,
    Problems: HostsScreen,
    ProgressGrid: InstallScreen,
    StatusLine: InstallScreen,
}
"""Widgets that show foreign text, and a screen on which they do."""


def every_widget() -> set[type[Widget]]:
    """What kwizard.tui.widgets makes."""
    modules = [
        importlib.import_module(f"{widgets.__name__}.{found.name}")
        for found in pkgutil.iter_modules(widgets.__path__)
    ]
    return {
        kind
        for module in modules
        for kind in vars(module).values()
        if isinstance(kind, type)
        and issubclass(kind, Widget)
        and kind.__module__ == module.__name__
    }


def test_nothing_is_left_out() -> None:
    screens, ours = set(looks("")), {k for k in OURS if issubclass(k, Screen)}
    assert every_screen() == screens | ours
    assert every_widget() == set(SHOWN) | (set(OURS) - ours)


def on_the_terminal(pilot: Pilot[int], widget: Widget) -> str:
    """The characters in the place of that widget."""
    place = widget.region
    rows = [
        "".join(s.text for s in strip.crop(place.x, place.right))
        for strip in pilot.app.screen._compositor.render_strips()[place.y : place.bottom]
    ]
    return "\n".join(rows)


def does_nothing(pilot: Pilot[int]) -> None:
    """No character acts on a terminal, none is a link or a button of somebody else's."""
    for strip in pilot.app.screen._compositor.render_strips():
        for segment in strip:
            assert segment.control is None
            assert clean(segment.text) == segment.text
            assert "\n" not in segment.text
            assert "\t" not in segment.text
            assert segment.style is None or "exit(9)" not in str(segment.style.meta)
            assert segment.style is None or segment.style.link is None
    assert pilot.app.return_value is None


@pytest.mark.parametrize("seed", [1, 2])
@pytest.mark.parametrize("kind", list(looks("")), ids=lambda kind: kind.__name__)
async def test_on_every_screen(kind: Kind, seed: int) -> None:
    look = looks(hostile(seed))[kind]
    app = KwizardApp(look.cases(), clock=lambda: NOW, sleep=idle, **look.start)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await look.steps(pilot)
        assert type(app.screen) is kind
        does_nothing(pilot)
        frame = next(iter(app.screen.query(".dialog")), app.screen)
        await until(pilot, lambda: MARK in on_the_terminal(pilot, frame).lower())
        for widget in [w for w, screen in SHOWN.items() if screen is kind]:
            found = list(app.screen.query(widget))
            await until(
                pilot,
                lambda found=found: any(  # type: ignore[misc]
                    MARK in on_the_terminal(pilot, w).lower() for w in found
                ),
            )
        does_nothing(pilot)
        for line in app.screen.query(Input):
            assert clean(line.value) == line.value
        for area in app.screen.query(TextArea):
            assert clean(area.text) == area.text
    await app.finish()

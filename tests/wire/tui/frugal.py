"""What keeps pictures of the screens cheap, and the same on a busy machine."""

from __future__ import annotations

from typing import Any

import pytest
from rich.segment import Segment
from textual._compositor import Compositor
from textual.app import App
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.notifications import Notification
from textual.widgets._toast import Toast

_read: dict[object, list[RuleSet]] = {}


def read_stylesheets_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every app reads the same stylesheets with the same colours, several times: of one process
    the first does."""
    parse = Stylesheet._parse_rules

    def parse_once(
        sheet: Stylesheet, css: str, read_from: Any, *rest: Any, **named: Any
    ) -> list[RuleSet]:
        variables = frozenset(sheet._variables.items())
        key = (css, read_from, rest, frozenset(named.items()), variables)
        if key not in _read:
            _read[key] = parse(sheet, css, read_from, *rest, **named)
        return _read[key]

    monkeypatch.setattr(Stylesheet, "_parse_rules", parse_once)


def paint_only_what_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """A headless terminal throws every frame away. A picture, and the words of a screen, are
    painted from its widgets when they are asked for, whole."""
    paint = Compositor.render_update

    def leave(compositor: Compositor, full: bool = False, *rest: Any, **named: Any) -> Any:
        if full:
            return paint(compositor, full, *rest, **named)
        compositor._dirty_regions.clear()
        return None

    monkeypatch.setattr(Compositor, "render_update", leave)


def notes_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """A note in the corner is there for as long as it takes to draw it."""
    monkeypatch.setattr(Notification, "has_expired", False)
    monkeypatch.setattr(Toast, "_expire", lambda _toast: None)


def painted(app: App[Any]) -> list[list[Segment]]:
    """What is on the terminal, dialogs with the screens below; a picture taken next holds it."""
    app.screen.refresh()
    app.screen._compositor.render_update(full=True, screen_stack=app._background_screens)
    return [list(strip) for strip in app.screen._compositor.render_strips()]

"""Jump keys: a letter on everything that can have the cursor, and that letter goes there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from textual.app import ComposeResult
from textual.content import Content
from textual.events import Click, Key
from textual.screen import ModalScreen, Screen
from textual.widget import Widget
from textual.widgets import Static

LETTERS = "asdfghjklqwertyuiopzxcvbnm1234567890"


class JumpScreen(ModalScreen[Widget]):
    """Lies over a page. Gives back the widget that was meant, or None for any other key."""

    CSS_PATH = "jump.tcss"

    def __init__(self, targets: Sequence[Widget]) -> None:
        super().__init__()
        self.targets = dict(zip(LETTERS, targets, strict=False))

    def compose(self) -> ComposeResult:
        """A letter for each."""
        for letter in self.targets:
            yield Static(Content(f" {letter} "), classes="jump-key", name=letter)

    def on_mount(self) -> None:
        """Put each letter at the beginning of what it leads to."""
        self._place()

    def on_resize(self) -> None:
        """Things stand elsewhere now, once the page below has moved them."""
        self.call_after_refresh(self._place)

    def _place(self) -> None:
        for label in self.query(Static):
            widget = self.targets[label.name or ""]
            label.styles.offset = (max(0, widget.region.x - 3), widget.region.y)

    def on_key(self, event: Key) -> None:
        """The letter decides."""
        event.stop()
        self.dismiss(self.targets.get(event.character or ""))

    def on_click(self, event: Click) -> None:
        """So does a click on it."""
        name = event.widget.name if event.widget is not None else None
        self.dismiss(self.targets.get(name or ""))


def targets_of(screen: Screen[Any]) -> list[Widget]:
    """What can have the cursor and is in view, from top to bottom."""
    return [w for w in screen.focus_chain if screen.find_widget(w).visible_region.area]

"""The help of a page, from its Markdown file."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.screen import ModalScreen
from textual.widgets import Markdown

from kwizard.tui.keys import Keys
from kwizard.tui.widgets.foot import Foot


class HelpScreen(Keys, ModalScreen[None]):
    """Reads `file`, scrolls it, goes away on Escape."""

    CSS_PATH = "help.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,enter,question_mark", "dismiss", "Close", key_display="esc"),
    ]

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file

    def compose(self) -> ComposeResult:
        """The text, and the keys."""
        keys = self._file.with_name("keys.md").read_text(encoding="utf-8")
        text = self._file.read_text(encoding="utf-8")
        with VerticalScroll(id="help"):
            yield Markdown(text + "\n" + keys, open_links=False)
        yield Foot(actions=False)

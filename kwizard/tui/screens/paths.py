"""Asking for a file on this machine."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Button, Input, Static

from kwizard.language import _
from kwizard.text import clean
from kwizard.tui.plain import plain
from kwizard.tui.screens.dialogs import Dialog
from kwizard.tui.widgets.form import Line
from kwizard.tui.widgets.frame import Buttons


class AskPath(Dialog[Path]):
    """Gives back a path, or None. With `purpose` "read" the file must be there."""

    CSS_PATH = ["dialogs.tcss", "paths.tcss"]  # noqa: RUF012

    def __init__(
        self, title: str, label: str, value: str = "", purpose: Literal["read", "write"] = "read"
    ) -> None:
        super().__init__(title)
        self._label, self._value, self._purpose = label, value, purpose

    def body(self) -> ComposeResult:
        """The path, and what is there."""
        yield Static(Content(self._label))
        yield Line(self._value, id="path", placeholder="~/cluster.yaml")
        yield Static(id="path-hint")
        word = _("Read it") if self._purpose == "read" else _("Save")
        yield Buttons([("cancel", _("Cancel")), ("ok", word)], strong="ok")

    def on_mount(self) -> None:
        """Typing can begin at once."""
        self.query_one("#path").focus()
        self._look()

    def _path(self) -> Path:
        return Path(clean(self.query_one("#path", Input).value).strip()).expanduser()

    @on(Input.Changed)
    def _look(self) -> None:
        text = self.query_one("#path", Input).value.strip()
        hint, path = Content(""), self._path()
        if text and path.is_dir():
            names = sorted(p.name for p in path.iterdir() if not p.name.startswith("."))
            hint = plain(_("in there: {names}", names="  ".join(names[:8])), "$muted")
        elif text and self._purpose == "read" and not path.is_file():
            hint = Content.styled(_("no such file yet"), "$warning")
        elif text and self._purpose == "write" and path.exists():
            hint = Content.styled(
                _("! this file is there already and will be replaced"), "$warning"
            )
        self.query_one("#path-hint", Static).update(hint)
        good = path.is_file() if self._purpose == "read" else bool(text) and not path.is_dir()
        self.query_one("#ok", Button).disabled = not good

    @on(Input.Submitted)
    def _submit(self) -> None:
        if not self.query_one("#ok", Button).disabled:
            self.dismiss(self._path())

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Give the path back."""
        self.dismiss(self._path() if event.button.id == "ok" else None)

"""A box to paste a table of hosts into; what was understood is shown while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.events import Paste
from textual.widgets import Button, Static, TextArea

from kwizard.language import _
from kwizard.text import clean
from kwizard.tui.errors import in_words
from kwizard.tui.plain import plain
from kwizard.tui.screens.dialogs import Dialog
from kwizard.tui.usecases import Pasted
from kwizard.tui.widgets.frame import Buttons

EXAMPLE = "anakin 10.0.63.202/10.1.63.202"


class Box(TextArea):
    """Takes a pasted text in; what in it acts on a terminal stays outside."""

    def on_paste(self, event: Paste) -> None:
        """Before the text area itself sees it."""
        event.text = clean(event.text)


class PasteScreen(Dialog[Pasted]):
    """Gives back what was read, or None. `read` turns text into hosts."""

    CSS_PATH = ["dialogs.tcss", "paste.tcss"]  # noqa: RUF012

    def __init__(self, read: Callable[[str], Pasted]) -> None:
        super().__init__(_("Paste a table of hosts"))
        self._read = read
        self._pasted = Pasted(())

    def body(self) -> ComposeResult:
        """The box, what was understood, the buttons."""
        yield Static(
            Content.assemble(
                _("One host a line, with or without a header; /etc/hosts is fine."),
                "\n",
                (f"  {EXAMPLE}", "$muted"),
            )
        )
        yield Box(id="pasted", tab_behavior="focus")
        yield Static(id="understood")
        yield Buttons([("cancel", _("Cancel")), ("ok", _("Take them in"))], strong="ok")

    def on_mount(self) -> None:
        """Paste at once."""
        self.query_one("#pasted").focus()
        self.understand()

    @on(TextArea.Changed)
    def understand(self) -> None:
        """Read it again, and say what was found."""
        area = self.query_one("#pasted", TextArea)
        text = clean(area.text)
        self._pasted = self._read(text) if text.strip() else Pasted(())
        parts = [
            Content.assemble(
                ("✓ ", "$success"),
                plain(h.name, "bold"),
                plain(f"  {h.address}"),
                plain(f"  ssh {h.ssh.address}" if h.ssh.address else "", "$muted"),
            )
            for h in self._pasted.hosts[:4]
        ]
        if len(self._pasted.hosts) > 4:
            parts.append(
                plain("  " + _("and {count} more", count=len(self._pasted.hosts) - 4), "$muted")
            )
        parts += [
            Content.assemble(("! ", "$warning"), plain(in_words(p)))
            for p in self._pasted.problems[:2]
        ]
        self.query_one("#understood", Static).update(Content("\n").join(parts))
        self.query_one("#ok", Button).disabled = not self._pasted.hosts

    @on(Button.Pressed, "#cancel")
    def cancel(self) -> None:
        """As it was."""
        self.dismiss(None)

    @on(Button.Pressed, "#ok")
    def take(self) -> None:
        """Give the hosts back."""
        self.dismiss(self._pasted)

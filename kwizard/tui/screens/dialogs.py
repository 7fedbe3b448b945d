"""Small questions on top of a page: a host's key, a password, yes or no, a notice."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath
from typing import ClassVar, Generic, TypeVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Input, Label, Static

from kwizard.language import _
from kwizard.tui.keys import Keys
from kwizard.tui.plain import brief, lines, phrase, plain
from kwizard.tui.usecases import KeyQuestion, PasswordQuestion
from kwizard.tui.widgets.foot import Foot
from kwizard.tui.widgets.form import Line
from kwizard.tui.widgets.frame import Buttons, walk

T = TypeVar("T")


class Dialog(Keys, ModalScreen[T], Generic[T]):
    """A framed question. Arrow keys walk between its buttons; Escape declines. Its own keys stand
    in the footer, in place of those of the page beneath, which do nothing now."""

    CSS_PATH: ClassVar[str | PurePath | list[str | PurePath] | None] = "dialogs.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,shift+tab", "walk(-1)", show=False),
        Binding("down,tab", "walk(1)", show=False),
        Binding("escape", "decline", "Cancel"),
    ]

    def __init__(self, title: str) -> None:
        super().__init__()
        self._title = title

    def compose(self) -> ComposeResult:
        """The frame, and the question within."""
        with Vertical(classes="dialog") as frame:
            frame.border_title = plain(self._title)
            yield from self.body()
        yield Foot(actions=False)

    def body(self) -> ComposeResult:
        """What is asked."""
        yield from ()

    def on_mount(self) -> None:
        """Notes about what was before must not stand over a question."""
        self.app.clear_notifications()

    def action_walk(self, by: int) -> None:
        """To the next widget, or the one before."""
        walk(self, by)

    def action_decline(self) -> None:
        """Escape: as if it had not been asked."""
        self.dismiss(None)


class Notice(Dialog[None]):
    """Something to read, and one button."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "decline", "Close")]

    def __init__(self, title: str, text: Content) -> None:
        super().__init__(title)
        self._text = text

    def body(self) -> ComposeResult:
        """The text, scrolled when it is long."""
        with VerticalScroll(classes="dialog-text", can_focus=False):
            yield Static(self._text)
        yield Buttons([("ok", _("Close"))], strong="ok")

    @on(Button.Pressed)
    def close(self) -> None:
        """Done reading."""
        self.dismiss(None)


class Ask(Dialog[str]):
    """A question with a few answers. The result is the id of the chosen one, or None."""

    def __init__(
        self, title: str, text: Content, answers: Sequence[tuple[str, str]], *, strong: str
    ) -> None:
        super().__init__(title)
        self._text, self._answers, self._strong = text, answers, strong

    def body(self) -> ComposeResult:
        """Question and answers."""
        with VerticalScroll(classes="dialog-text", can_focus=False):
            yield Static(self._text)
        yield Buttons(self._answers, strong=self._strong)

    def on_mount(self) -> None:
        """The likeliest answer has the cursor."""
        self.query_one(f"#{self._strong}").focus()

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Give the answer back."""
        self.dismiss(event.button.id)


class ConfirmKey(Dialog[bool]):
    """A key nobody has confirmed: compare, then trust or refuse."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "decline", "Refuse")]

    def __init__(self, question: KeyQuestion) -> None:
        title = _("Is this the right host?")
        if question.total > 1:
            count = _("key {number} of {total}", number=question.number, total=question.total)
            title = f"{title}   {count}"
        super().__init__(title)
        self._question = question

    def body(self) -> ComposeResult:
        """Host, key, and what trusting means."""
        q = self._question
        yield Static(
            lines(
                phrase(
                    _("{host} at {address} shows a key not seen before:"),
                    host=brief(q.host, "bold"),
                    address=brief(q.address),
                ),
                "",
                Content.assemble("  ", brief(q.key_type, "$muted")),
                Content.assemble("  ", brief(q.fingerprint, "bold $accent")),
                "",
                _("Compare it with what the host itself says:"),
                plain("  ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub", "$muted"),
                "",
                _("Once trusted it is recorded for this cluster; another key later is refused."),
            )
        )
        yield Buttons(
            [("refuse", _("Refuse")), ("trust", _("It is the same: trust it"))], strong="trust"
        )

    def on_mount(self) -> None:
        """Trusting takes a deliberate move."""
        self.query_one("#refuse").focus()

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Give the answer back."""
        self.dismiss(event.button.id == "trust")


class AskPassword(Dialog[str]):
    """A password, typed without being shown, kept in memory only."""

    def __init__(self, question: PasswordQuestion) -> None:
        titles = {
            "login": _("Password to log in"),
            "sudo": _("Password for sudo"),
            "key": _("Passphrase"),
        }
        super().__init__(titles[question.what])
        self._question = question

    def body(self) -> ComposeResult:
        """Whose password, and the input."""
        q = self._question
        if q.again:
            yield Label(Content.styled(_("✗ That one was not accepted. Once more:"), "$error"))
        why = {
            "login": _("{user} on {host} logs in with a password."),
            "sudo": _("{user} on {host} needs a password for sudo."),
            "key": _("{user} is a private key with a passphrase."),
        }[q.what]
        yield Static(phrase(why, user=brief(q.user, "bold"), host=brief(q.host, "bold")))
        yield Line(id="password", password=True)
        yield Static(
            Content.styled(_("Kept in memory until kwizard ends, written nowhere."), "$muted")
        )
        yield Buttons([("cancel", _("Give none")), ("ok", _("Go on"))], strong="ok")

    def on_mount(self) -> None:
        """Typing can begin at once."""
        self.query_one("#password").focus()

    @on(Input.Submitted)
    def submit(self) -> None:
        """Enter in the input is Go on."""
        self.dismiss(self.query_one("#password", Input).value)

    @on(Button.Pressed)
    def answer(self, event: Button.Pressed) -> None:
        """Give the answer back."""
        if event.button.id == "ok":
            self.submit()
        else:
            self.dismiss(None)

"""What stands around every page: the rehearsal band, the trail of stages, buttons."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any, ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Button, Static

from kwizard.language import N_, _


def walk(screen: Screen[Any], by: int) -> None:
    """Up and down from widget to widget. A row of buttons counts as one stop: it is entered at its
    likeliest button, and left again as a whole."""
    before = screen.focused
    row = before.parent if before is not None else None
    for _turn in range(20):
        after = screen.focus_next() if by > 0 else screen.focus_previous()
        if after is None or after.parent is not row or not isinstance(row, Buttons):
            break
    else:
        return
    if after is not None and isinstance(after.parent, Buttons):
        after.parent.enter()


class Stage(StrEnum):
    """Where in the guided installation a page stands. The value is what the trail shows."""

    HOSTS = N_("Hosts")
    RELEASE = N_("Release")
    OPTIONS = N_("Options")
    REVIEW = N_("Review")
    INSTALL = N_("Install")
    VERIFY = N_("Verify")


class Band(Widget):
    """Says on every page of a rehearsal that it is one."""

    def __init__(self) -> None:
        super().__init__(id="band")

    def render(self) -> Content:
        """One line, whole in a narrow window too."""
        said = Content(
            _("REHEARSAL   pretend hosts on this machine: nothing is installed anywhere")
        )
        if said.cell_length > self.size.width:
            return Content(_("REHEARSAL   nothing is installed anywhere"))
        return said


class Trail(Widget):
    """The program's name, and the stages with the present one marked; or a page's own title."""

    def __init__(self, stage: Stage | None = None, title: str = "") -> None:
        super().__init__(id="trail")
        self._stage, self._title = stage, title

    def render(self) -> Content:
        """One line; in a narrow window the stages alone, close together."""
        name = Content.styled(" kwizard ", "bold $primary")
        if self._stage is None:
            return Content.assemble(name, Content.styled("  " + self._title, "$foreground"))
        stages = list(Stage)
        here = stages.index(self._stage)
        parts: list[Content] = []
        for index, stage in enumerate(stages):
            if index < here:
                parts.append(Content.styled(f"✓ {_(stage.value)}", "$secondary"))
            elif index == here:
                parts.append(Content.styled(f"◆ {_(stage.value)}", "bold $accent"))
            else:
                parts.append(Content.styled(f"○ {_(stage.value)}", "$muted"))
        trail = Content.assemble(name, " ", Content.styled(" ─ ", "$rule").join(parts))
        if trail.cell_length <= self.size.width:
            return trail
        return Content.assemble(" ", Content(" ").join(parts))


class TooSmall(Static):
    """Instead of a page, on a terminal too small for it."""

    def __init__(self) -> None:
        super().__init__(
            Content(
                _(
                    "This window is too small for kwizard.\n"
                    "It needs 60 x 16 characters; 80 x 24 is comfortable.\n"
                    "Nothing is lost: make it larger and go on."
                )
            ),
            id="too-small",
        )


class Buttons(Horizontal):
    """A row of buttons; left and right walk along it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "app.focus_previous", show=False),
        Binding("right", "app.focus_next", show=False),
    ]

    def __init__(
        self, buttons: Iterable[tuple[str, str]], *, strong: str = "", id: str | None = None
    ) -> None:
        """`buttons` are (id, label); the one whose id is `strong` is the likeliest."""
        super().__init__(id=id, classes="buttons")
        self._buttons, self._strong = tuple(buttons), strong

    def enter(self) -> None:
        """Put the cursor on the likeliest button that can be pressed."""
        usable = [b for b in self.query(Button) if not b.disabled]
        for button in [b for b in usable if b.id == self._strong] or usable[:1]:
            button.focus()

    def compose(self) -> ComposeResult:
        """The buttons, in order."""
        for ident, label in self._buttons:
            yield Button(
                Content(label),
                id=ident,
                classes="strong" if ident == self._strong else "",
                compact=True,
            )

"""What lies over a cell while it is changed: a line of text, or a row of ticks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click, Key, Paste
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from kwizard.text import clean
from kwizard.tui.widgets.form import Line


class CellLine(Line):
    """The text of a cell. What is pasted is one line, without the blanks around it."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "Keep", key_display="⏎")]

    def on_paste(self, event: Paste) -> None:
        """The first line that is not empty."""
        event.prevent_default()
        event.stop()
        lines = [line.strip() for line in clean(event.text).replace("\t", " ").splitlines()]
        text = next(filter(None, lines), "")
        if self.selection.is_empty:
            self.insert_text_at_cursor(text)
        else:
            self.replace(text, *self.selection)


class CellTicks(Widget, can_focus=True):
    """Some out of a few words, each with a tick or without. `value` are those with one."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", show=False),
        Binding("right", "step(1)", show=False),
        Binding("space", "tick", "Give or take"),
        Binding("enter", "submit", "Keep", key_display="⏎"),
    ]
    at: reactive[int] = reactive(0)
    ticked: reactive[frozenset[str]] = reactive(frozenset())

    class Changed(Message):
        """A tick was set or taken away."""

    class Submitted(Message):
        """Enter."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self.words: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        """The words with a tick, in their order."""
        return " ".join(w for w in self.words if w in self.ticked)

    def begin(self, words: Sequence[str], value: str) -> None:
        """Show these words, with those of `value` ticked."""
        self.words, self.at, self.ticked = tuple(words), 0, frozenset(value.split())

    @property
    def room(self) -> int:
        """Cells it takes."""
        return sum(Content(w).cell_length + 3 for w in self.words) + 1

    def render(self) -> Content:
        """One line, the word under the cursor marked."""
        parts: list[Content] = []
        for index, word in enumerate(self.words):
            mark = "✓" if word in self.ticked else "·"
            style = "bold $block-cursor-foreground on $block-cursor-background"
            parts.append(Content.styled(f"{mark} {word}", style if index == self.at else ""))
        return Content(" ").join(parts)

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """Letters are this widget's: the page's keys are not named meanwhile."""
        return key != "space" and character is not None and character.isprintable()

    def on_key(self, event: Key) -> None:
        """The first letter of a word is its tick; no other letter does anything."""
        if not self.check_consume_key(event.key, event.character):
            return
        event.stop()
        event.prevent_default()
        for index, word in enumerate(self.words):
            if word[0] == event.character:
                self.at = index
                self.action_tick()

    def action_step(self, by: int) -> None:
        """To the word beside."""
        self.at = max(0, min(self.at + by, len(self.words) - 1))

    def action_tick(self) -> None:
        """Set the tick, or take it away."""
        self.ticked ^= {self.words[self.at]}
        self.post_message(self.Changed())

    def action_submit(self) -> None:
        """Keep it so."""
        self.post_message(self.Submitted())

    def on_click(self, event: Click) -> None:
        """A click on a word is its tick."""
        event.stop()
        end = 1
        for index, word in enumerate(self.words):
            end += Content(word).cell_length + 3
            if event.x < end:
                self.at = index
                self.action_tick()
                return

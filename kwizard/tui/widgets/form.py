"""Rows of a form: a label and one control, each one line high."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input, Label, Static

from kwizard.errors import Problem
from kwizard.language import _, told
from kwizard.text import clean
from kwizard.tui.plain import plain
from kwizard.tui.widgets.frame import walk


@dataclass(frozen=True, slots=True)
class Answer:
    """One possible answer: its value, its label, and what choosing it means. Label and meaning are
    English here, marked with `N_`, and translated where they are shown."""

    value: str
    label: str
    meaning: str = ""


class Choice(Widget, can_focus=True):
    """One answer out of a few, changed with left and right, space or a click; Enter leaves it as it
    is and goes on, as in a line. An answer that is refused cannot be chosen: arrows pass over it, a
    click on it tells the page (`Refused`)."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("left", "step(-1)", "Change", key_display="←→"),
        Binding("right,space", "step(1)", show=False),
        Binding("enter", "go_on", show=False),
    ]
    index: reactive[int] = reactive(0)

    class Changed(Message):
        """Another answer was chosen."""

        def __init__(self, choice: Choice) -> None:
            super().__init__()
            self.choice = choice

        @property
        def control(self) -> Choice:
            """The widget that was changed."""
            return self.choice

    class Refused(Message):
        """Somebody pressed an answer that cannot be chosen."""

        def __init__(self, choice: Choice, answer: Answer, why: str) -> None:
            super().__init__()
            self.choice, self.answer, self.why = choice, answer, why

    def __init__(self, answers: Sequence[Answer], value: str, *, id: str) -> None:
        super().__init__(id=id)
        self.answers = tuple(answers)
        self.refused: dict[str, str] = {}
        self.set_reactive(
            Choice.index, next((i for i, a in enumerate(answers) if a.value == value), 0)
        )

    @property
    def answer(self) -> Answer:
        """What is chosen now."""
        return self.answers[self.index]

    @property
    def value(self) -> str:
        """The value of what is chosen now."""
        return self.answer.value

    def render(self) -> Content:
        """All answers side by side while there is room, the chosen one marked."""
        parts = []
        for index, answer in enumerate(self.answers):
            if index == self.index:
                parts.append(Content.styled(f"● {_(answer.label)}", "bold $accent"))
            elif answer.value in self.refused:
                parts.append(Content.styled(f"× {_(answer.label)}", "$muted strike"))
            else:
                parts.append(Content.styled(f"○ {_(answer.label)}", "$muted"))
        return Content("  ").join(parts)

    def action_step(self, by: int) -> None:
        """To the next answer that can be chosen, or the one before."""
        count = len(self.answers)
        for step in range(1, count):
            index = (self.index + by * step) % count
            if self.answers[index].value not in self.refused:
                self.index = index
                return
        if self.refused:
            answer = next(a for a in self.answers if a.value in self.refused)
            self.post_message(self.Refused(self, answer, self.refused[answer.value]))

    def action_go_on(self) -> None:
        """To the next widget."""
        walk(self.screen, 1)

    def refuse(self, refused: Mapping[str, str]) -> None:
        """Which answers cannot be chosen, by value, and why. The chosen one always may be."""
        wanted = {value: why for value, why in refused.items() if value != self.value}
        if wanted != self.refused:
            self.refused = wanted
            self.refresh()

    def take(self, value: str) -> None:
        """Show that answer as the chosen one, and tell nobody."""
        self.set_reactive(
            Choice.index, next((i for i, a in enumerate(self.answers) if a.value == value), 0)
        )
        self.refresh()

    def choose(self, value: str) -> None:
        """Take that answer, as if a person had."""
        self.index = next((i for i, a in enumerate(self.answers) if a.value == value), self.index)

    def on_click(self, event: Click) -> None:
        """A click on an answer chooses it."""
        at = 0
        for index, answer in enumerate(self.answers):
            width = Content(_(answer.label)).cell_length + 2
            if at <= event.x < at + width:
                if answer.value in self.refused:
                    why = self.refused[answer.value]
                    self.post_message(self.Refused(self, answer, why))
                else:
                    self.index = index
                return
            at += width + 2

    def watch_index(self) -> None:
        """Tell the page."""
        self.post_message(self.Changed(self))


class Form(VerticalScroll, can_focus=False, inherit_bindings=False):
    """Fields one below the other, scrolled to the one with the cursor: its arrows stay those of the
    page, which lead from field to field."""


class Field(Horizontal):
    """A label before a control. `mark` shows a `!` where the answer will not do."""

    def __init__(self, label: str, control: Widget, *, note: str = "") -> None:
        super().__init__(classes="field")
        self._label, self._control, self._note = label, control, note

    def compose(self) -> ComposeResult:
        """Label, control, note."""
        yield Label(Content(self._label), classes="field-label")
        yield Static(" ", classes="field-mark")
        yield self._control
        if self._note:
            yield Label(Content(self._note), classes="field-note")

    def on_descendant_focus(self) -> None:
        """The label of the field with the cursor stands out."""
        self.add_class("-here")

    def on_descendant_blur(self) -> None:
        """No longer."""
        self.remove_class("-here")

    def note(self, text: str) -> None:
        """Say something else behind the control."""
        self._note = text
        for label in self.query(".field-note").results(Label):
            label.update(Content(text))

    def mark(self, wrong: bool) -> None:
        """Show or remove the `!`."""
        mark = self.query_one(".field-mark", Static)
        mark.update(Content.styled("!", "bold $error") if wrong else Content(" "))
        self.set_class(wrong, "-wrong")


class Line(Input):
    """A one-line input, without a border. What is typed, pasted or read out of a file is cleaned
    before it is shown; what it cannot hold is not taken, and the page is told (`NotTaken`)."""

    class NotTaken(Message):
        """A character, or a pasted text, that cannot stand there."""

        def __init__(self, line: Line) -> None:
            super().__init__()
            self.line = line

        @property
        def control(self) -> Line:
            """The line it was meant for."""
            return self.line

    def __init__(
        self,
        value: str = "",
        *,
        id: str,
        placeholder: str = "",
        restrict: str | None = None,
        password: bool = False,
    ) -> None:
        super().__init__(
            value=value,
            placeholder=placeholder,
            restrict=restrict,
            password=password,
            id=id,
            compact=True,
            select_on_focus=False,
        )

    def validate_value(self, value: str) -> str:
        """One line, and nothing in it that acts on a terminal."""
        return " ".join(clean(value).replace("\t", " ").split("\n"))

    def restricted(self) -> None:
        """Say so, beside the bell."""
        super().restricted()
        self.post_message(self.NotTaken(self))


def what_can_be_typed(restrict: str) -> str:
    """In a sentence, for a person, what a line with that pattern takes."""
    if restrict == r"\S*":
        return _("no blanks can stand here")
    bounds = re.search(r"\{0,(\d+)\}$", restrict)
    allowed = re.findall(r".-.|.", "".join(re.findall(r"\[(.*?)\]", restrict)))
    said = " ".join([*re.findall(r"^(\w)\?", restrict), *allowed])
    if bounds:
        return _("here stand only {characters}, at most {count}", characters=said, count=bounds[1])
    return _("here stand only {characters}", characters=said)


class Problems(Static):
    """Mistakes and warnings, a line each; empty: nothing is shown. F2 shows them in full."""

    def show(self, problems: Sequence[Problem], limit: int = 3) -> None:
        """Those that block come first."""
        ordered = sorted(problems, key=lambda p: not p.blocks)
        parts = [headline(p) for p in ordered[:limit]]
        more = len(ordered) - limit
        if parts:
            said = _("F2 says more, {count} more", count=more) if more > 0 else _("F2 says more")
            parts.append(Content.styled(said, "$muted"))
        self.display = bool(parts)
        self.update(Content("\n").join(parts))


def headline(problem: Problem) -> Content:
    """Symbol and message."""
    mark = ("✗ ", "$error") if problem.blocks else ("! ", "$warning")
    return Content.assemble(mark, plain(told(problem.message)))


def in_full(problems: Sequence[Problem]) -> Content:
    """Each with what to do about it; those that block come first."""
    parts = []
    for problem in sorted(problems, key=lambda p: not p.blocks):
        parts.append(headline(problem))
        if problem.remedy:
            parts.append(Content.assemble(("  → ", "$secondary"), plain(told(problem.remedy))))
    return Content("\n").join(parts)

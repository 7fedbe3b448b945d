"""How the cluster is set up; beside each option, what it changes on the hosts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container, VerticalScroll
from textual.content import Content
from textual.events import DescendantFocus
from textual.widgets import Button, Static

from kwizard.cluster.model import Cluster
from kwizard.errors import KwizardError
from kwizard.language import _, told
from kwizard.tui.answers import text_of
from kwizard.tui.differing import differing
from kwizard.tui.plain import plain
from kwizard.tui.rows import Row, option_rows
from kwizard.tui.screens.form_page import FormPage
from kwizard.tui.screens.meanings import meaning
from kwizard.tui.widgets.form import Choice, Form, Problems
from kwizard.tui.widgets.frame import Buttons, Stage


@dataclass(frozen=True, slots=True)
class Difference:
    """What to compare: `title` stands above what differs between the two clusters."""

    title: str
    before: Cluster
    after: Cluster


class OptionsScreen(FormPage):
    """Recipe, supervisor, etcd, ranges, overlay, firewall."""

    CSS_PATH = "options.tcss"
    stage = Stage.OPTIONS
    help_name = "options"
    pane = "#preview-box"
    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self) -> None:
        super().__init__()
        self._row: Row | None = None

    def make_rows(self) -> tuple[Row, ...]:
        """The options."""
        return option_rows()

    def body(self) -> ComposeResult:
        """The form, the preview, what is wrong."""
        with Container(id="options-area"):
            with Form(id="options-form"):
                yield from self.fields(self.rows)
            with VerticalScroll(id="preview-box", can_focus=False):
                yield Static(id="preview")
        yield Problems(id="problems")
        yield Buttons([("back", _("‹ Back")), ("next", _("Review ›"))], strong="next")

    def on_mount(self) -> None:
        """Say what the pane beside the form is for."""
        self.query_one("#preview-box").border_title = Content(_("What this changes on the hosts"))

    def settle(self) -> None:
        """Also what is said of an answer that will not do."""
        super().settle()
        if self._row is not None and self._row is self.wrong():
            self._preview()

    # -- preview ----------------------------------------------------------------------------

    @on(DescendantFocus)
    def _focus_moved(self, event: DescendantFocus) -> None:
        row = self.row_of(event.widget.id)
        if row is not None:
            self._row = row
            self._preview()

    def changed(self, row: Row) -> None:
        """The preview follows the answers."""
        self._row = row
        self._preview()

    @work(exclusive=True, group="preview", exit_on_error=False)
    async def _preview(self) -> None:
        row, cluster = self._row, self.wizard.draft.cluster
        if row is None:
            return
        parts = [*map(plain, meaning(cluster.recipe, row.place, text_of(cluster, row.place)))]
        parts += self._refused(row)
        box = self.query_one("#preview-box")
        box.scroll_home(animate=False)
        self._show(parts)
        if row is self.wrong():
            return  # the answer before it is no longer what somebody asks about
        for wanted in self._differences(row, cluster):
            try:
                changes = await asyncio.to_thread(
                    self.wizard.cases.preview, wanted.before, wanted.after
                )
            except KwizardError:
                return  # the problems below say what stands in the way of a plan
            one_sided = not row.answers
            parts.append(Content(""))
            for words in differing(wanted.title, changes, one_sided=one_sided):
                parts.append(Content.assemble(*(plain(text, style) for text, style in words)))
            self._show(parts)

    def _show(self, parts: Sequence[Content]) -> None:
        self.query_one("#preview", Static).update(Content("\n").join(parts))
        self.call_after_refresh(self.refresh_bindings)  # there may be something to scroll now

    def _differences(self, row: Row, cluster: Cluster) -> list[Difference]:
        """For a choice, this answer against each other one; for a line, where it stands."""
        if row.other is not None:
            return [Difference(_("Where it stands:"), row.other(cluster), cluster)]
        control = self.query_one(f"#{row.ident}")
        if not isinstance(control, Choice) or row.place == ("recipe",):
            return []
        out = []
        for value, label in row.answers:
            if value != control.value and value not in control.refused:
                other = self.wizard.draft.answered(row.place, value, cluster.version)
                out.append(Difference(_("With {answer} instead:", answer=label), cluster, other))
        return out

    def _refused(self, row: Row) -> list[Content]:
        control = self.query_one(f"#{row.ident}")
        refused = control.refused if isinstance(control, Choice) else {}
        return [
            Content.assemble(
                ("× ", "$muted"), (f"{label}: ", "$muted"), plain(told(refused[value]))
            )
            for value, label in row.answers
            if value in refused
        ]

    # -- onward -----------------------------------------------------------------------------

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """To the release."""
        self.app.pop_screen()

    @on(Button.Pressed, "#next")
    def onward(self) -> None:
        """To the review, unless something cannot be."""
        from kwizard.tui.screens.review import ReviewScreen

        wrong = self.wrong()
        if wrong is not None:
            self.say(f"{wrong.label}: {self.why(wrong)}", bad=True)
            self.query_one(f"#{wrong.ident}").focus()
            return
        blocking = [p for p in self.wizard.cases.problems(self.wizard.draft.cluster) if p.blocks]
        if blocking:
            self.say(told(blocking[0].message), bad=True)
            return
        self.app.push_screen(ReviewScreen())

"""What the pages of the release and the options share: rows, each checked while one types."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual import on
from textual.app import ComposeResult
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Static

from kwizard.cluster.finding import Finding, within
from kwizard.cluster.finding import Path as Place
from kwizard.cluster.model import Cluster, RecipeName, Version
from kwizard.errors import Problem
from kwizard.language import _
from kwizard.tui.answers import complaint, text_of
from kwizard.tui.rows import Row
from kwizard.tui.screens.page import Page
from kwizard.tui.widgets.form import Answer, Choice, Field, Line, Problems


class FormPage(Page):
    """A page whose answers go into the draft at once. Subclasses say which `rows` there are, and
    hear of every change (`changed`)."""

    AUTO_FOCUS = "#recipe"  # the first question decides the others

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[Row, ...] = self.make_rows()
        self._wrong: dict[str, str] = {}

    def make_rows(self) -> tuple[Row, ...]:
        """The questions, in order."""
        raise NotImplementedError

    def fields(self, rows: Iterable[Row]) -> ComposeResult:
        """A field for each row."""
        cluster = self.wizard.draft.cluster
        for row in rows:
            if row.heading:
                yield Static(Content(row.heading), classes="form-heading")
            yield Field(row.label, self._control(row, cluster), note=self.note_of(row))

    def note_of(self, row: Row) -> str:  # noqa: ARG002
        """What stands behind the control."""
        return ""

    @staticmethod
    def _control(row: Row, cluster: Cluster) -> Widget:
        text = text_of(cluster, row.place)
        if row.answers:
            return Choice([Answer(v, label) for v, label in row.answers], text, id=row.ident)
        line = Line(text, id=row.ident, restrict=row.restrict, placeholder=row.empty)
        line.set_class(row.width == "short", "short")
        return line

    def on_mount(self) -> None:
        """Which rows are shown, and what is wrong."""
        self.settle()

    def on_screen_resume(self) -> None:
        """A later page may have changed answers of this one."""
        self.reload()

    # -- answers ----------------------------------------------------------------------------

    @on(Choice.Changed)
    def _chosen(self, event: Choice.Changed) -> None:
        self._answer(event.choice.id, event.choice.value)

    @on(Input.Changed)
    def _typed(self, event: Input.Changed) -> None:
        self._answer(event.input.id, event.value)

    def _answer(self, ident: str | None, text: str) -> None:
        row = self.row_of(ident)
        if row is None or not self.is_mounted:
            return
        draft = self.wizard.draft
        if text == text_of(draft.cluster, row.place):
            self._wrong.pop(row.ident, None)
            self.settle()
            return
        try:
            cluster = draft.answered(row.place, text, self.suggested(text))
        except ValueError as error:
            self._wrong[row.ident] = complaint(error)
        else:
            self._wrong.pop(row.ident, None)
            before = draft.cluster
            draft.change(cluster)
            if cluster.recipe is not before.recipe:
                self.reload()
            self.changed(row)
        self.settle()

    def suggested(self, recipe: str) -> Version:
        """The version a new cluster of that recipe begins with; of the present one for others."""
        known = recipe in [r.value for r in RecipeName]
        wanted = RecipeName(recipe) if known else self.wizard.draft.cluster.recipe
        return next(iter(self.wizard.cases.versions(wanted)), self.wizard.draft.cluster.version)

    def changed(self, row: Row) -> None:
        """An answer was taken."""

    def row_of(self, ident: str | None) -> Row | None:
        """The row whose control has that id."""
        return next((r for r in self.rows if r.ident == ident), None)

    def field_of(self, ident: str) -> Field | None:
        """The field around the control with that id."""
        parent = self.query_one(f"#{ident}").parent
        return parent if isinstance(parent, Field) else None

    def to_field(self, ident: str) -> None:
        """Put the cursor there, if it is shown."""
        for control in self.query(f"#{ident}"):
            control.focus()

    def reload(self) -> None:
        """Show the draft's answers, whoever gave them."""
        cluster = self.wizard.draft.cluster
        for row in self.rows:
            control = self.query_one(f"#{row.ident}")
            text = text_of(cluster, row.place)
            if isinstance(control, Choice):
                control.take(text)
            elif isinstance(control, Line) and row.ident not in self._wrong:
                with control.prevent(Input.Changed):
                    control.value = text
        self.settle()

    # -- what is shown, and what is wrong ---------------------------------------------------

    def settle(self) -> None:
        """Hide the rows that do not apply, mark those that will not do, say why."""
        if not self.is_mounted:
            return
        cluster = self.wizard.draft.cluster
        findings = self.wizard.cases.mistakes(cluster)
        blamed = {f.about[0] for f in findings if f.problem.blocks and f.about}
        for row in self.rows:
            field = self.field_of(row.ident)
            if field is None:
                continue
            field.display = row.shown(cluster)
            field.mark(row.ident in self._wrong or any(within(at, row.place) for at in blamed))
        for choice in self.query(Choice):
            row_here = self.row_of(choice.id)
            if row_here is not None:
                choice.refuse(self._refusals(row_here, findings))
        shown = [r for r in self.rows if r.shown(cluster)]
        found = [
            Problem(f"{r.label}: {self._wrong[r.ident]}") for r in shown if r.ident in self._wrong
        ]
        found += [*self.further(), *(f.problem for f in findings)]
        self.query_one("#problems", Problems).show(found)

    def wrong(self) -> Row | None:
        """The first shown row whose text cannot be such a value."""
        cluster = self.wizard.draft.cluster
        return next((r for r in self.rows if r.shown(cluster) and r.ident in self._wrong), None)

    def why(self, row: Row) -> str:
        """What is wrong with the text of that row."""
        return self._wrong.get(row.ident, "")

    def _refusals(self, row: Row, findings: Sequence[Finding]) -> dict[str, str]:
        """Answers that would make the cluster impossible, where no line on this page mends it."""
        draft, cases = self.wizard.draft, self.wizard.cases
        out: dict[str, str] = {}
        before = {f.problem.message for f in findings}
        for value, _label in row.answers:
            if value == text_of(draft.cluster, row.place):
                continue
            cluster = draft.answered(row.place, value, self.suggested(value))
            for finding in cases.mistakes(cluster):
                if (
                    finding.problem.blocks
                    and finding.problem.message not in before
                    and not any(self._typed_here(place) for place in finding.about)
                ):
                    out[value] = finding.problem.message
                    break
        return out

    def _typed_here(self, place: Place) -> bool:
        return any(within(place, r.place) and not r.answers for r in self.rows)

    @on(Choice.Refused)
    def _say_why(self, event: Choice.Refused) -> None:
        self.say(
            _("{answer} cannot be chosen: {why}", answer=event.answer.label, why=event.why),
            bad=True,
        )

    @on(Input.Submitted)
    def _next_field(self) -> None:
        self.action_walk(1)

"""The whole plan, before anything is done: by phase and host, with every script readable."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Button, DataTable, Static

from kwizard.engine.plan import Finding, State, Task
from kwizard.errors import InvalidInput, KwizardError, Problem
from kwizard.folding import columns
from kwizard.language import N_, _, told
from kwizard.recipes.step import Operator, Place, Wait
from kwizard.tui.errors import in_words, what_happened
from kwizard.tui.hostnames import host_named
from kwizard.tui.model import RunModel
from kwizard.tui.obstacles import gathered
from kwizard.tui.plain import cell, plain
from kwizard.tui.screens.dialogs import Notice
from kwizard.tui.screens.page import Page
from kwizard.tui.screens.saving import save_as
from kwizard.tui.theme import palette
from kwizard.tui.whereabouts import answered_at
from kwizard.tui.widgets.form import Problems, in_full
from kwizard.tui.widgets.frame import Buttons, Stage
from kwizard.tui.widgets.grid import Grid

NOT_LOOKED = Finding(State.UNKNOWN, N_("not looked at yet"))


class ReviewScreen(Page):
    """A line a task. Enter opens the exact script; F5 looks at the hosts again."""

    CSS_PATH = "review.tcss"
    stage = Stage.REVIEW
    help_name = "review"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("s", "save", "Save file"),
        Binding("y", "copy", "Copy command"),
        Binding("g", "group", "By phase / host"),
        Binding("f5", "survey", "Look again"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._by_host = False
        self._looking = False
        self._looked_after: RunModel | None = None
        self._refusal: tuple[str, ...] = ()
        self._obstacles: list[Problem] = []

    def body(self) -> ComposeResult:
        """Summary, table, the reason below, the equivalent command, buttons."""
        yield Static(id="summary")
        table = Grid(id="plan")
        yield table
        yield Static(id="reason")
        yield Problems(id="problems")
        yield Static(id="command")
        yield Buttons(
            [("back", _("‹ Back")), ("save", _("Save file")), ("install", _("Install ›"))],
            strong="install",
        )

    def on_mount(self) -> None:
        """Make the plan; then look at the hosts in the background."""
        app = self.wizard
        try:
            if app.plan is None or app.plan.cluster != app.draft.whole:
                app.plan, app.findings = app.cases.plan(app.draft.whole), {}
        except KwizardError as error:
            self._refused(error)
            return
        self._fill()
        self._command()
        self.query_one("#problems", Problems).show([])
        self.query_one("#plan").focus()
        if not app.findings:
            self.action_survey()

    def on_screen_resume(self) -> None:
        """What was found before a run says nothing of the hosts after it."""
        app = self.wizard
        if self._looked_after not in (None, app.run_model) and not app.installing:
            self.action_survey()

    def _refused(self, error: KwizardError) -> None:
        problems = error.problems if isinstance(error, InvalidInput) else ()
        sentences = [in_words(p) for p in problems] or [what_happened(error), told(error.remedy)]
        self._refusal = tuple(s for s in sentences if s)
        self._summary()
        self.query_one("#install", Button).disabled = True
        self.query_one("#back").focus()

    # -- the table --------------------------------------------------------------------------

    def _tasks(self) -> tuple[Task, ...]:
        """In the order of the steps; by host, each host's own steps together."""
        tasks = self.wizard.plan.tasks if self.wizard.plan else ()
        if not self._by_host:
            return tasks
        order = [None, *(h.name for h in self.wizard.draft.cluster.hosts)]
        return tuple(sorted(tasks, key=lambda t: order.index(t.host)))

    def action_group(self) -> None:
        """The plan by phase, or by host."""
        self._by_host = not self._by_host
        self._fill()

    def _fill(self) -> None:
        table, colours = self.query_one("#plan", Grid), palette(self.app)
        chosen = table.chosen
        table.clear(columns=True)
        narrow = self.size.width < 100
        host = max([8, *(columns(host_named(t.host_label)) for t in self._tasks())])
        step = self.size.width - 9 - host - 7 if narrow else 46
        table.columns_are(
            ("state", 9, _("state")), ("step", step, _("step")), ("host", host, _("host"))
        )
        if not narrow:
            table.columns_are(("why", max(20, self.size.width - 9 - step - host - 9), _("why")))
        last = ""
        for task in self._tasks():
            label = host_named(task.host_label) if self._by_host else _(task.step.phase.label)
            if label != last:
                last = label
                blank = [cell("")] * (len(table.columns) - 2)
                heading = cell(label, colours.title)
                table.add_row(cell(""), heading, *blank, key=f"heading {label}")
            table.add_row(*self._cells(task)[: len(table.columns)], key=task.id)
        table.choose(chosen or next((t.id for t in self._tasks()), ""))
        self._summary()
        self._explain()

    def _cells(self, task: Task) -> list[Text]:
        colours = palette(self.app)
        finding = self.wizard.findings.get(task.id, NOT_LOOKED)
        mark, style = {
            State.DUE: ("▸ " + _("due"), colours.busy),
            State.DONE: ("✓ " + _("as is"), colours.muted),
            State.UNKNOWN: ("· " + _("open"), colours.muted),
        }[finding.state]
        body = colours.muted if finding.state is State.DONE else ""
        return [
            cell(mark, style),
            cell(told(task.step.title), body),
            cell(host_named(task.host_label), body),
            cell(told(finding.reason), colours.muted),
        ]

    def recolour(self) -> None:
        """The table in the new colours."""
        self._fill()

    def on_resize(self) -> None:
        """The columns share the width there is."""
        if self.is_mounted:
            self._fill()

    def _summary(self) -> None:
        """What cannot be, that the hosts are being asked, or how much there is to do."""
        said = [Content.assemble(("✗ ", "$error"), plain(s)) for s in self._refusal]
        if self._looking:
            looking = _("▸ looking at the hosts: what is as wanted already?")
            said = [Content.styled(looking, "bold $accent")]
        self.query_one("#summary", Static).update(
            Content("\n").join(said) if said else self._counted()
        )

    def _counted(self) -> Content:
        states = [self.wizard.findings.get(t.id, NOT_LOOKED).state for t in self._tasks()]
        total, cluster = len(states), self.wizard.draft.cluster
        head = plain(f"{cluster.name}, {cluster.version}", "bold")
        if State.UNKNOWN in states and State.DUE not in states and State.DONE not in states:
            rest = _("{count} steps; not looked at yet", count=total)
        elif State.DUE not in states and State.UNKNOWN not in states:
            rest = _("all {count} steps are as wanted: nothing would change", count=total)
        else:
            due, left = states.count(State.DUE), states.count(State.UNKNOWN)
            rest = (
                _(
                    "{due} of {count} steps to do; {left} could not be looked at",
                    due=due,
                    count=total,
                    left=left,
                )
                if left
                else _("{due} of {count} steps to do", due=due, count=total)
            )
        return Content.assemble(head, "   ", rest)

    @on(DataTable.RowHighlighted, "#plan")
    def _explain(self) -> None:
        task = self._chosen_task()
        if task is None:
            self.query_one("#reason", Static).update("")
            return
        finding = self.wizard.findings.get(task.id, NOT_LOOKED)
        self.query_one("#reason", Static).update(
            Content.assemble(
                plain(task.id, "$accent"),
                plain(f"  {_kind(task)}", "$muted"),
                "\n",
                plain(told(finding.reason)),
            )
        )

    def _chosen_task(self) -> Task | None:
        chosen = self.query_one("#plan", Grid).chosen
        return next((t for t in self._tasks() if t.id == chosen), None)

    @on(DataTable.RowSelected, "#plan")
    def open_script(self) -> None:
        """The exact bytes that would run."""
        from kwizard.tui.screens.script import ScriptScreen

        task = self._chosen_task()
        if task is not None:
            self.app.push_screen(ScriptScreen(task))

    # -- looking ----------------------------------------------------------------------------

    def action_survey(self) -> None:
        """Ask every host what is as wanted already; changes nothing."""
        self._survey()

    @work(exclusive=True, exit_on_error=False)
    async def _survey(self) -> None:
        app = self.wizard
        if app.plan is None:
            return
        self._looked_after = app.run_model
        try:
            async with self.sign(self._say_looking):
                app.findings = await app.cases.survey(app.plan, app.asker)
        except KwizardError as error:
            self.complain(error)
        finally:
            self._looking = False
        self._fill()
        if not app.findings:
            return
        self._to_what_is_due()
        await self._look_for_obstacles()

    async def _look_for_obstacles(self) -> None:
        """What the first step would stop at: better said here than after Install."""
        app = self.wizard
        if app.plan is None:
            return
        try:
            self._obstacles = gathered(await app.cases.obstacles(app.plan, app.asker), answered_at)
        except KwizardError as error:
            self.complain(error)
        self.query_one("#problems", Problems).show(self._obstacles, limit=2)
        self.refresh_bindings()

    def _to_what_is_due(self) -> None:
        """What is as wanted may fill pages: the cursor begins where there is something to do."""
        table, findings = self.query_one("#plan", Grid), self.wizard.findings
        first = next((t.id for t in self._tasks() if _due(findings.get(t.id))), None)
        if table.cursor_row <= 1 and first is not None:
            table.choose(first)

    def action_problems(self) -> None:
        """What stands in the way on the hosts, in full."""
        self.app.push_screen(
            Notice(_("What stands in the way on the hosts"), in_full(self._obstacles))
        )

    def _say_looking(self) -> None:
        self._looking = True
        self._summary()

    # -- the file ---------------------------------------------------------------------------

    def _command(self) -> None:
        file = self.wizard.draft.current_file
        bundle = self.wizard.draft.bundle
        line = self.wizard.cases.apply_line(file, bundle) if file else ""
        if self.wizard.cases.rehearsal:
            said = plain(_("on real hosts: kwizard apply FILE"), "$secondary")
        else:
            said = plain(line or _unsaved(bundle), "$secondary")
        self.query_one("#command", Static).update(
            Content.assemble((_("without the screen:") + "  ", "$muted"), said)
        )

    @on(Button.Pressed, "#save")
    def action_save(self) -> None:
        """Write the cluster file, and install nothing."""
        save_as(self, lambda _path: self._command())

    def action_copy(self) -> None:
        """The line that does the same without the screen; saved first where it is not yet."""
        file = self.wizard.draft.current_file
        if file is None:
            save_as(self, self._copy)
        else:
            self._copy(file)

    def _copy(self, file: Path) -> None:
        self._command()
        line = self.wizard.cases.apply_line(file, self.wizard.draft.bundle)
        self.app.copy_to_clipboard(line)
        self.say(_("copied, where your terminal allows it: {line}", line=line))

    # -- onward -----------------------------------------------------------------------------

    @on(Button.Pressed, "#back")
    def action_back(self) -> None:
        """To the options, or wherever we came from."""
        self.app.pop_screen()

    @on(Button.Pressed, "#install")
    def install(self) -> None:
        """From here on hosts are changed."""
        from kwizard.tui.screens.install import InstallScreen

        self.app.push_screen(InstallScreen())


def _unsaved(bundle: Path | None) -> str:
    option = "" if bundle is None else "--bundle BUNDLE "
    return f"kwizard apply {option}FILE   " + _("(s saves the file)")


def _due(finding: Finding | None) -> bool:
    return finding is not None and finding.state is State.DUE


def _kind(task: Task) -> str:
    match task.step.action:
        case Place(artifact, target):
            return _("puts {artifact} to {target}", artifact=artifact, target=target)
        case Wait(_, deadline):
            return _("waits up to {seconds:.0f} s", seconds=deadline)
        case Operator():
            return _("on this machine")
        case _:
            return _("Enter shows the script")

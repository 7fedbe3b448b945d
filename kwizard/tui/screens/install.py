"""The installation, as it happens."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical
from textual.content import Content
from textual.events import Key
from textual.widgets import Button, DataTable, Static

from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.tui.measures import short_path
from kwizard.tui.mending import Mender, Trouble
from kwizard.tui.model import Mark
from kwizard.tui.pausing import at_work
from kwizard.tui.plain import plain
from kwizard.tui.screens.commands import CommandsScreen
from kwizard.tui.screens.failure import FailureDialog, ask_to_skip
from kwizard.tui.screens.page import Page
from kwizard.tui.screens.saving import save_log
from kwizard.tui.screens.script import ScriptScreen
from kwizard.tui.widgets.frame import Buttons, Stage
from kwizard.tui.widgets.logdeck import LogDeck, Question
from kwizard.tui.widgets.phases import Phases
from kwizard.tui.widgets.progress_grid import ProgressGrid
from kwizard.tui.widgets.statusline import StatusLine

MOVES = frozenset(("up", "down", "left", "right", "pageup", "pagedown", "home", "end"))
FRAME = 1 / 20  # seconds between two looks at the model


class InstallScreen(Page):
    """Draws `wizard.run_model` twenty times a second at most; begins the run if none is going."""

    CSS_PATH = "install.tcss"
    stage = Stage.INSTALL
    help_name = "install"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("q", "app.leave", "Quit"),
        Binding("r", "retry", "Retry", show=False),  # the row of buttons has both
        Binding("d", "mend", "What to do", show=False),
        Binding("x", "skip", "Skip, or do after all", show=False),
        Binding("s", "shell", "Shell on the host", show=False),
        Binding("y", "copy", "Copy the script", show=False),
        Binding("e", "report", "Save a report", show=False),
        Binding("c", "commands", "Commands"),
        Binding("slash", "ask('find')", "Find", key_display="/"),
        Binding("n", "seek(1)", "Find the next", show=False),
        Binding("N", "seek(-1)", "Find the one before", show=False),
        Binding("ampersand", "ask('only')", "Filter the log", key_display="&", show=False),
        Binding("w", "save_log", "Save the log", show=False),
        Binding("f", "follow", "Follow"),
        Binding("l", "logs", "Logs"),
        Binding("p", "pause", "Pause"),
        Binding("p", "go_on", "Go on"),
        Binding("right_square_bracket", "next_log(1)", "Next log", key_display="]", show=False),
        Binding("left_square_bracket", "next_log(-1)", "Log before", key_display="[", show=False),
        Binding("z", "zoom", "Zoom"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._revision = -1
        self._auto = True
        self._status = ""

    def body(self) -> ComposeResult:
        """Phases, status, table, logs; the way on."""
        yield Phases(id="phases")
        yield StatusLine(id="status")
        yield Static(id="paused")
        with Container(id="install-area"):
            yield ProgressGrid(id="progress")
            with Vertical(id="below"):
                yield LogDeck(id="logs", where=self._where)
        yield Static(id="trouble")
        yield Buttons(
            [("mend", _("What can be done…")), ("retry", _("Retry")), ("quit", _("Quit"))],
            strong="mend",
            id="mend-buttons",
        )
        yield Buttons([("onward", _("See the cluster ›"))], strong="onward", id="onward-row")

    def on_mount(self) -> None:
        """Begin, unless a run is going on already."""
        self.query_one("#progress").focus()
        self._begin()
        self._draw()
        self.set_interval(FRAME, self._draw)
        self.run_worker(self.wizard.learn())

    def _begin(self, *, anew: bool = False) -> None:
        """Begin a run, unless one goes on; `anew` also after one that ended well."""
        app = self.wizard
        if not app.installing and (anew or app.run_model.status != "done"):
            try:
                app.install()
            except KwizardError as error:
                app.error = error

    @property
    def _mender(self) -> Mender:
        return Mender(self.wizard)

    def _where(self, host: str) -> str:
        cases, cluster = self.wizard.cases, self.wizard.draft.cluster
        return short_path(cases.log_file(cluster, "*", host))

    # -- drawing ----------------------------------------------------------------------------

    def _draw(self) -> None:
        if not self.is_current:
            return
        model, now = self.wizard.run_model, self.wizard.clock()
        self.query_one(StatusLine).show(model, now, self.wizard.forecast)
        anew = self.query_one(ProgressGrid).show(model, now)
        if anew or model.revision != self._revision:
            self._revision = model.revision
            self.query_one(Phases).show(model.phases())
            self.query_one(LogDeck).show(model.logs)
            self._follow()
            self._say_pause()
        end = f"{model.status} {self.wizard.error}"
        if end != self._status:
            self._status = end
            self._ended()

    def _say_pause(self) -> None:
        """While it is a pause: that it is one, what goes on all the same, and how it ends."""
        model = self.wizard.run_model
        if model.paused != self.has_class("-paused"):
            self.set_class(model.paused, "-paused")
            self.refresh_bindings()
        if model.paused:
            head = Content.styled(_(" ‖ paused "), "bold reverse $warning")
            what = _("nothing is sent or fetched from here; p goes on at that byte")
            text = Content.assemble(
                head, plain(f" {what}", "$warning"), "\n", plain(at_work(*model.at_work()))
            )
            self.query_one("#paused", Static).update(text)

    def recolour(self) -> None:
        """The table in the new colours."""
        self.query_one(ProgressGrid).forget()

    def _follow(self) -> None:
        """The cursor goes where the work is, until a person moves it."""
        if self._auto:
            self.query_one(ProgressGrid).follow(self.wizard.run_model)

    def on_key(self, event: Key) -> None:
        """A move in the table: the person has taken over."""
        if self._auto and isinstance(self.focused, ProgressGrid) and event.key in MOVES:
            self._auto = False
            self.refresh_bindings()  # draws the footer anew: not at every key

    def action_follow(self) -> None:
        """Let the table follow the work again."""
        self._auto = True
        self._follow()
        self.refresh_bindings()

    @on(DataTable.CellHighlighted, "#progress")
    def _pick(self) -> None:
        grid = self.query_one(ProgressGrid)
        if grid.chosen is not None and grid.host is not None:
            self.query_one(LogDeck).bring(self._cell()[1])

    def _cell(self) -> tuple[str, str]:
        return self.query_one(ProgressGrid).cell(self.wizard.run_model)

    def _cell_is(self, mark: Mark) -> bool:
        spot = self.wizard.run_model.spot(*self._cell())
        return spot is not None and spot.mark is mark

    # -- the end of a run -------------------------------------------------------------------

    def _ended(self) -> None:
        model, error = self.wizard.run_model, self.wizard.error
        bad = model.status in ("failed", "interrupted") or error is not None
        self.set_class(model.status == "done", "-done")
        self.set_class(bad, "-failed")
        self.refresh_bindings()
        if bad:
            line = Content.assemble(("✗ ", "$error"), plain(self._mender.in_short()))
            self.query_one("#trouble", Static).update(line)
            self.query_one("#mend").focus()
            self._follow()
            self.action_mend()
        elif model.status == "done":
            self.query_one("#onward").focus()
        else:
            self.query_one("#progress").focus()

    def action_mend(self) -> None:
        """Everything that can be done about what failed; at the cursor, if that has failed."""
        troubles, failing = self._mender.troubles(), self._mender.failing(*self._cell())
        if failing is None:
            return
        dialog = FailureDialog(self._mender, troubles, troubles.index(failing))

        def done(what: str | None) -> None:
            trouble = dialog.trouble
            if what == "retry":
                self.action_retry()
            elif what == "answers":
                self.wizard.to_answers(trouble.reason, trouble.hint)
            elif what == "skip":
                self._skip(trouble)
            elif what == "log":
                self._to_log(trouble.host)

        self.app.push_screen(dialog, done)

    def _skip(self, trouble: Trouble) -> None:
        self.wizard.waived.add(f"{trouble.step}@{trouble.host}")
        self.action_retry()

    def _to_log(self, host: str) -> None:
        deck = self.query_one(LogDeck)
        deck.bring(host)
        self.add_class("-zoom")
        if (view := deck.view()) is not None:
            view.focus()

    # -- keys -------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """One key pauses and goes on."""
        if action in ("pause", "go_on") and (action == "go_on") != self.wizard.run_model.paused:
            return False
        return super().check_action(action, parameters)

    def why_not(self, action: str) -> str:
        """Keys that can do nothing now say why."""
        mender = self._mender
        match action:
            case "pause" if not self.wizard.installing:
                return _("Nothing is being installed, so there is nothing to pause.")
            case "retry" | "mend" if action == "retry" or self.wizard.installing:
                return mender.why_no_retry()
            case "mend":
                return "" if mender.troubles() else _("Nothing has failed.")
            case "follow" if self._auto:
                return _("The table follows the work already.")
            case "skip" if self._cell_is(Mark.WAIVED) and not self.wizard.installing:
                return ""
            case "skip":
                trouble = mender.failing(*self._cell())
                step, host = (trouble.step, trouble.host) if trouble else ("", "")
                return mender.why_not("skip", step, host)
            case "shell":
                return mender.why_no_terminal(self._cell()[1])
            case "seek":
                view = self.query_one(LogDeck).view()
                wanted = view is not None and view.needle
                return "" if wanted else _("Nothing is looked for yet: / does.")
        return ""

    def action_back(self) -> None:
        """While a run goes on there is no way back, only out; afterwards, to the review."""
        if self.has_class("-zoom"):
            self.action_zoom()
        elif self.wizard.installing:
            self.say(_("the run goes on; q leaves it to itself, kwizard resume comes back"))
        else:
            self.app.pop_screen()

    @on(Button.Pressed, "#mend")
    def _mend(self) -> None:
        self.action_mend()

    @on(Button.Pressed, "#retry")
    def action_retry(self) -> None:
        """What is as wanted is skipped, the rest is tried again."""
        self._auto, self._status = True, ""
        self._begin()
        self._draw()

    def action_skip(self) -> None:
        """Go on without the step that failed, after a question. On a step that is skipped: do it
        after all."""
        if self._cell_is(Mark.WAIVED):
            step, host = self._cell()
            self.wizard.waived.discard(f"{step}@{host}")
            self._auto, self._status = True, ""
            self._begin(anew=True)
            self._draw()
            return
        trouble = self._mender.failing(*self._cell())
        if trouble is not None:
            ask_to_skip(self.app, self._mender, trouble, lambda: self._skip(trouble))

    async def action_shell(self) -> None:
        """A shell on the host of the cursor."""
        self.run_worker(self._shell(self._cell()[1]), exclusive=True, group="shell")

    async def _shell(self, host: str) -> None:
        try:
            self.say(await self._mender.shell(host))
        except KwizardError as error:
            self.complain(error)

    def action_copy(self) -> None:
        """The script under the cursor."""
        why = self._mender.why_not("copy", *self._cell())
        self.say(why or self._mender.copy(*self._cell()))

    def action_report(self) -> None:
        """All that is needed to ask for help, in one file."""
        try:
            self.say(self._mender.report())
        except KwizardError as error:
            self.complain(error)

    def action_commands(self) -> None:
        """Everything that was run."""
        self.app.push_screen(CommandsScreen(self._mender))

    @on(DataTable.CellSelected, "#progress")
    def _open(self) -> None:
        """Enter on a cell: what can be done where it failed, the very script elsewhere."""
        task = self._mender.task(*self._cell())
        if self._cell_is(Mark.FAILED) and not self.wizard.installing:
            self.action_mend()
        elif task is not None:
            self.app.push_screen(ScriptScreen(task))

    def action_pause(self) -> None:
        """Send and fetch nothing for now; everything else goes on."""
        self.wizard.pause()
        self._draw()

    def action_go_on(self) -> None:
        """End the pause."""
        self.wizard.pause()
        self._draw()

    def action_logs(self) -> None:
        """Into the log in front."""
        if (view := self.query_one(LogDeck).view()) is not None:
            view.focus()

    def action_ask(self, question: Question) -> None:
        """Ask for a text to find in the log, or to filter it by."""
        self.query_one(LogDeck).ask(question)

    def action_seek(self, by: int) -> None:
        """The next place with that text."""
        self.query_one(LogDeck).seek(by)

    def action_save_log(self) -> None:
        """All of the log of the host in front, into a file."""
        host, plan = self.query_one(LogDeck).current, self._mender.plan
        if host and plan is not None:
            save_log(self, plan, host)

    def action_next_log(self, by: int) -> None:
        """The next host's log."""
        self.query_one(LogDeck).step(by)

    def action_zoom(self) -> None:
        """The log alone, or everything again."""
        self.toggle_class("-zoom")

    @on(Button.Pressed, "#quit")
    async def quit(self) -> None:
        """Leave with the exit code of how it stands."""
        await self.wizard.action_leave()

    @on(Button.Pressed, "#onward")
    def onward(self) -> None:
        """To what was built."""
        from kwizard.tui.screens.verify import VerifyScreen

        self.app.push_screen(VerifyScreen())

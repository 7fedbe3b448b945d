"""The installation, as it happens."""

from __future__ import annotations

from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, Vertical, VerticalScroll
from textual.content import Content
from textual.events import Key
from textual.widgets import Button, DataTable, Static

from kwizard.errors import KwizardError
from kwizard.language import _, told
from kwizard.tui.errors import what_happened
from kwizard.tui.measures import duration
from kwizard.tui.plain import plain
from kwizard.tui.screens.page import Page
from kwizard.tui.widgets.frame import Buttons, Stage
from kwizard.tui.widgets.logdeck import LogDeck
from kwizard.tui.widgets.phases import Phases
from kwizard.tui.widgets.progress_grid import HERE, ProgressGrid

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
        Binding("r", "retry", "Retry"),
        Binding("f", "follow", "Follow"),
        Binding("l", "logs", "Logs"),
        Binding("right_square_bracket", "next_log(1)", "Next log", key_display="]"),
        Binding("left_square_bracket", "next_log(-1)", show=False),
        Binding("z", "zoom", "Zoom log"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._revision = -1
        self._shown = ""
        self._auto = True
        self._status = ""

    def body(self) -> ComposeResult:
        """Phases, status, table, logs; the pane of a failure; the way on."""
        yield Phases(id="phases")
        yield Static(id="status")
        with Container(id="install-area"):
            yield ProgressGrid(id="progress")
            with Vertical(id="below"):
                yield LogDeck(id="logs")
                with Vertical(id="failure"):
                    with VerticalScroll(id="failure-box", can_focus=False):
                        yield Static(id="failure-text")
                    yield Buttons(
                        [("retry", _("Retry")), ("show-logs", _("Logs")), ("quit", _("Quit"))],
                        strong="retry",
                    )
        yield Buttons([("onward", _("See the cluster ›"))], strong="onward")

    def on_mount(self) -> None:
        """Begin, unless a run is going on already."""
        self.query_one("#onward").display = False
        self._show_failure(False)
        self.query_one("#progress").focus()
        self._begin()
        self._draw()
        self.set_interval(FRAME, self._draw)

    def _begin(self) -> None:
        app = self.wizard
        if not app.installing and app.run_model.status != "done":
            try:
                app.install()
            except KwizardError as error:
                app.error = error

    # -- drawing ----------------------------------------------------------------------------

    def _draw(self) -> None:
        if not self.is_current:
            return
        model = self.wizard.run_model
        self._draw_status()
        anew = self.query_one(ProgressGrid).show(model, self.wizard.clock())
        if anew or model.revision != self._revision:
            self._revision = model.revision
            self.query_one(Phases).show(model.phases())
            self.query_one(LogDeck).show(model.logs)
            self._follow()
        end = f"{model.status} {self.wizard.error}"
        if end != self._status:
            self._status = end
            self._ended()

    def recolour(self) -> None:
        """The table in the new colours."""
        self.query_one(ProgressGrid).forget()

    def _draw_status(self) -> None:
        model = self.wizard.run_model
        over, total = model.counts()
        spent = duration(model.elapsed(self.wizard.clock()))
        now = model.current()
        word, style = {
            "idle": (_("· not begun"), "$muted"),
            "running": (_("▸ installing"), "bold $accent"),
            "done": (_("✓ installed"), "bold $success"),
            "failed": (_("✗ stopped"), "bold $error"),
            "interrupted": (_("! interrupted"), "bold $warning"),
        }[model.status]
        if model.status == "running" and model.started is None:
            word, now = _("▸ looking at the hosts"), None
        text = f"  {spent}   " + _("{over} of {count} steps", over=over, count=total)
        title = f"   {told(now[0].title)}" if now is not None else ""
        shown = word + text + title
        if shown != self._shown:
            self._shown = shown
            self.query_one("#status", Static).update(
                Content.assemble((word, style), plain(text), plain(title, "$muted"))
            )

    def _follow(self) -> None:
        """The cursor goes where the work is, until a person moves it."""
        model, grid = self.wizard.run_model, self.query_one(ProgressGrid)
        now = model.current()
        if not self._auto or now is None:
            return
        row, host = now
        grid.move_cursor(row=grid.get_row_index(row.step), column=grid.column_of(host))

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
        grid, model = self.query_one(ProgressGrid), self.wizard.run_model
        step, host = grid.chosen, grid.host
        if step is None or host is None:
            return
        here = model.spot(step, host) is None and model.spot(step, HERE) is not None
        self.query_one(LogDeck).bring(HERE if here else host)

    # -- the end of a run -------------------------------------------------------------------

    def _ended(self) -> None:
        model, error = self.wizard.run_model, self.wizard.error
        bad = model.status in ("failed", "interrupted") or error is not None
        self._show_failure(bad)
        self.query_one("#onward").display = model.status == "done"
        self.set_class(bad, "-failed")
        self.refresh_bindings()
        if bad:
            self.query_one("#failure").border_title = plain(self._failure_title())
            self.query_one("#failure-text", Static).update(self._failure())
            self.query_one("#retry").focus()
            self.call_after_refresh(self._follow)
        elif model.status == "done":
            self.query_one("#onward").focus()
        else:
            self.query_one("#progress").focus()

    def _show_failure(self, shown: bool) -> None:
        """The pane of the failure instead of the logs, or the logs."""
        self.query_one("#failure").display = shown
        self.query_one("#logs").display = not shown

    def _failure_title(self) -> str:
        failures = self.wizard.run_model.failures
        if not failures:
            return _("The run ended")
        first, more = failures[0], len(failures) - 1
        if more:
            return _(
                "{step} on {host} failed, and {count} more",
                step=first.step,
                host=first.host,
                count=more,
            )
        return _("{step} on {host} failed", step=first.step, host=first.host)

    def _failure(self) -> Content:
        error, failures = self.wizard.error, self.wizard.run_model.failures
        parts: list[Content] = []
        if failures:
            first = failures[0]
            status = "" if first.exit is None else " " + _("(exit {status})", status=first.exit)
            parts.append(
                Content.assemble(("✗ ", "$error"), plain(told(first.reason) + status, "bold"))
            )
            if first.hint:
                parts.append(Content.assemble(("→ ", "$secondary"), plain(told(first.hint))))
            parts += [plain("  " + line, "$muted") for line in first.log_tail.split("\n") if line]
            parts += [
                Content.assemble(
                    ("✗ ", "$error"),
                    plain(
                        _(
                            "{step} on {host}: {reason}",
                            step=f.step,
                            host=f.host,
                            reason=told(f.reason),
                        )
                    ),
                )
                for f in failures[1:]
            ]
        elif error is not None:
            parts.append(Content.assemble(("✗ ", "$error"), plain(what_happened(error), "bold")))
            if error.remedy:
                parts.append(Content.assemble(("→ ", "$secondary"), plain(told(error.remedy))))
            if error.log_tail:
                parts.append(plain(error.log_tail, "$muted"))
        else:
            parts.append(
                Content(_("What was started on the hosts goes on; Retry follows it again."))
            )
        return Content("\n").join(parts)

    # -- keys -------------------------------------------------------------------------------

    def check_action(
        self,
        action: str,
        parameters: tuple[object, ...],
    ) -> bool | None:
        """Keys are grey while there is nothing for them to do."""
        if action == "retry" and (self.wizard.installing or self.wizard.run_model.status == "done"):
            return None
        if action == "follow" and self._auto:
            return None
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """While a run goes on there is no way back, only out; afterwards, to the review."""
        if self.wizard.installing:
            self.say(_("the run goes on; q leaves it to itself, kwizard resume comes back"))
        else:
            self.app.pop_screen()

    @on(Button.Pressed, "#retry")
    def action_retry(self) -> None:
        """What is as wanted is skipped, the rest is tried again."""
        self._auto, self._status = True, ""
        self._begin()
        self._draw()

    @on(Button.Pressed, "#show-logs")
    def action_logs(self) -> None:
        """Logs instead of the pane of the failure, and back."""
        failed = self.has_class("-failed")
        if failed:
            self._show_failure(not self.query_one("#failure").display)
        view = self.query_one(LogDeck).view()
        if failed and self.query_one("#failure").display:
            self.query_one("#retry").focus()
        elif view is not None:
            view.focus()

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

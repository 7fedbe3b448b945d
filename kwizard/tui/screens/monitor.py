"""The read-only view: nothing on this page can change a host."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from kwizard.errors import KwizardError
from kwizard.language import N_, _
from kwizard.monitor.snapshot import Snapshot
from kwizard.tui.errors import what_happened
from kwizard.tui.measures import ago
from kwizard.tui.plain import plain
from kwizard.tui.screens.page import Page
from kwizard.tui.widgets.board import Board, verdict

INTERVAL = 5.0  # seconds between two looks


class MonitorScreen(Page):
    """Refreshed from `watch`; `p` holds the picture still."""

    CSS_PATH = ["monitor.tcss", "board.tcss"]  # noqa: RUF012
    help_name = "monitor"
    title_text = N_("Monitor: read-only, it changes nothing")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("p", "pause", "Pause"),
        Binding("q", "app.leave", "Quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._paused = False
        self._last: datetime | None = None
        self._latest: Snapshot | None = None
        self._trouble = ""

    def body(self) -> ComposeResult:
        """State, verdict, tables."""
        yield Static(id="state")
        yield Static(id="verdict")
        with VerticalScroll(id="monitor-area", can_focus=False):
            yield Board(id="board")

    def on_mount(self) -> None:
        """Watch until the page is left."""
        self.query_one("#verdict", Static).update(
            Content.styled(_("▸ asking the hosts …"), "bold $accent")
        )
        self.query_one("#components").focus()
        self._say()
        self.set_interval(1.0, self._say)
        self._watch()

    @work(exclusive=True, exit_on_error=False)
    async def _watch(self) -> None:
        app = self.wizard
        try:
            async for snapshot in app.cases.watch(app.draft.cluster, INTERVAL, app.asker):
                self._latest, self._last, self._trouble = snapshot, app.clock(), ""
                if not self._paused:
                    self._show()
        except KwizardError as error:
            app.error = error
            self._trouble = what_happened(error)
            self.query_one("#verdict", Static).update(
                Content.assemble(("✗ ", "$error"), plain(self._trouble, "bold"))
            )
            self._say()

    def _show(self) -> None:
        if self._latest is not None:
            self.query_one("#verdict", Static).update(verdict(self._latest))
            self.query_one(Board).show(self._latest)
        self._say()

    def recolour(self) -> None:
        """The tables in the new colours."""
        self._show()

    def _say(self) -> None:
        name = self.wizard.draft.cluster.name
        if self._trouble:
            state = Content.styled(_("✗ no longer refreshed"), "bold $error")
        elif self._paused:
            state = Content.styled(_("‖ paused, p goes on"), "bold $warning")
        else:
            state = Content.styled(_("▸ live"), "bold $success")
        said = _("last look not yet")
        if self._last is not None:
            spent = (self.wizard.clock() - self._last).total_seconds()
            since = ago(spent) if spent >= 60 else _("{seconds:.0f} s ago", seconds=spent)
            said = _(
                "last look {time}, {ago}", time=f"{self._last.astimezone():%H:%M:%S}", ago=since
            )
        self.query_one("#state", Static).update(
            Content.assemble(plain(name, "bold"), "   ", state, plain("   " + said, "$muted"))
        )

    def action_pause(self) -> None:
        """Hold the picture still; looking goes on, so that going on is at once up to date."""
        self._paused = not self._paused
        if not self._paused:
            self._show()
        self._say()

    def action_back(self) -> None:
        """To the page we came from."""
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()

"""The read-only view: nothing on this page can change a host."""

from __future__ import annotations

from contextlib import aclosing
from datetime import datetime
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from kwizard.errors import KwizardError
from kwizard.language import N_, _, told
from kwizard.monitor.snapshot import Snapshot
from kwizard.monitor.view import HostState, host_states, matching, of_host
from kwizard.tui.errors import what_happened
from kwizard.tui.measures import ago
from kwizard.tui.plain import brief, plain
from kwizard.tui.screens.page import Page
from kwizard.tui.screens.ping import PingScreen
from kwizard.tui.widgets.board import Board, verdict
from kwizard.tui.widgets.form import Line
from kwizard.tui.widgets.strip import KEYED, HostStrip

INTERVAL = 5.0  # seconds between two looks
STALE = 6 * INTERVAL  # seconds after which what is shown may no longer be so


class MonitorScreen(Page):
    """Refreshed from `watch`; `p` holds the picture still, F1 to F9 show one host, `/` filters."""

    AUTO_FOCUS = ""  # the tables get the cursor once there is something in them
    CSS_PATH = ["monitor.tcss", "board.tcss"]  # noqa: RUF012
    help_name = "monitor"
    title_text = N_("Monitor: read-only, it changes nothing")
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", "Back", show=False),
        Binding("question_mark", "help", "Help", key_display="?"),
        Binding("p", "pause", "Pause"),
        Binding("slash", "filter", N_("Filter"), key_display="/"),
        # The strip shows their keys, so the footer need not.
        *(
            Binding(f"f{n},{n}", f"host({n})", N_("Show one host"), show=False)
            for n in range(1, KEYED + 1)
        ),
        Binding("0", "host(0)", N_("Show all hosts"), show=False),
        Binding("right_square_bracket", "next_host(1)", N_("Show the next host"), show=False),
        Binding("left_square_bracket", "next_host(-1)", N_("Show the host before"), show=False),
        Binding("r", "again", N_("Look again")),
        Binding("s", "shell", N_("Shell")),
        Binding("q", "app.leave", "Quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._paused = False
        self._last: datetime | None = None
        self._latest: Snapshot | None = None
        self._shown: Snapshot | None = None
        self._trouble = ""
        self._host: str | None = None

    def body(self) -> ComposeResult:
        """State, verdict, hosts, filter, tables."""
        yield Static(id="state")
        yield Static(id="verdict")
        yield HostStrip(id="strip")
        yield Line(id="filter", placeholder=_("only rows with these letters; Esc ends it"))
        with VerticalScroll(id="monitor-area", can_focus=False):
            yield Board(id="board")

    def on_mount(self) -> None:
        """Watch until the page is left."""
        self.query_one("#filter").display = False
        self.query_one(Board).display = False  # until there is something in it
        self._draw_strip()
        self._say()
        self.set_interval(1.0, self._say)
        self._watch()

    @work(exclusive=True, exit_on_error=False)
    async def _watch(self) -> None:
        app = self.wizard
        try:
            looks = app.cases.watch(app.draft.cluster, INTERVAL, app.asker)
            async with aclosing(looks):
                async with self.sign(self._say_asking):
                    first = await anext(looks, None)
                if first is not None:
                    self._take(first)
                async for snapshot in looks:
                    self._take(snapshot)
        except KwizardError as error:
            app.error = error
            self._trouble = what_happened(error)
            said = [Content.assemble(("✗ ", "$error"), plain(self._trouble, "bold"))]
            if error.remedy:
                said.append(Content.assemble(("→ ", "$secondary"), plain(told(error.remedy))))
            self.query_one("#verdict", Static).update(Content("\n").join(said))
            self._say()
            self.refresh_bindings()

    def _say_asking(self) -> None:
        self.query_one("#verdict", Static).update(
            Content.styled(_("▸ asking the hosts …"), "bold $accent")
        )

    def _take(self, snapshot: Snapshot) -> None:
        self._latest, self._last = snapshot, self.wizard.clock()
        if not self._paused:
            self._show()

    def why_not(self, action: str) -> str:
        """The picture is refreshed by itself, until that ends with an error."""
        if action == "again" and not self._trouble:
            return _("It is refreshed by itself, every few seconds.")
        return ""

    def action_again(self) -> None:
        """Look again, after it has ended with an error."""
        self._trouble, self.wizard.error = "", None
        self._say()
        self.refresh_bindings()
        self._watch()

    # -- drawing ----------------------------------------------------------------------------

    def _show(self) -> None:
        """Take the latest snapshot over."""
        self._shown = self._latest
        self._draw()

    def _draw(self) -> None:
        snapshot = self._shown
        if snapshot is not None:
            board = self.query_one(Board)
            if not board.display:
                board.display = True
                first = self.query_one("#components")
                self.call_after_refresh(first.focus, scroll_visible=False)  # its heading stays
            self.query_one("#verdict", Static).update(verdict(snapshot))
            part = of_host(snapshot, self._host) if self._host else snapshot
            board.show(matching(part, self.query_one("#filter", Input).value))
        self._draw_strip()
        self._say()

    def _draw_strip(self) -> None:
        hosts = [h.name for h in self.wizard.draft.cluster.hosts]
        states = (
            host_states(self._shown, hosts)
            if self._shown is not None
            else [HostState(name, "silent") for name in hosts]
        )
        self.query_one(HostStrip).show(states, self._host)

    def recolour(self) -> None:
        """The tables in the new colours."""
        self._draw()

    @property
    def _spent(self) -> float:
        """Seconds since the last look."""
        return (self.wizard.clock() - self._last).total_seconds() if self._last else 0.0

    def _say(self) -> None:
        name, stale = self.wizard.draft.cluster.name, self._spent > STALE
        if self._trouble:
            state = Content.styled(_("✗ no longer refreshed"), "bold $error")
        elif self._paused:
            state = Content.styled(_(" ‖ paused, p goes on "), "bold reverse $warning")
        elif stale:
            state = Content.styled(_("! stale"), "bold $warning")
        elif self._last is None:
            state = Content("")
        else:
            state = Content.styled(_("▸ live"), "bold $success")
        self.set_class(bool(self._trouble) or stale or self._paused, "-stale")
        said = _("last look not yet")
        if self._last is not None:
            spent = self._spent
            since = ago(spent) if spent >= 60 else _("{seconds:.0f} s ago", seconds=spent)
            said = _(
                "last look {time}, {ago}", time=f"{self._last.astimezone():%H:%M:%S}", ago=since
            )
        only = self.query_one("#filter", Input).value.strip()
        filtered = "   " + _("only rows with: {word}", word=only) if only else ""
        self.query_one("#state", Static).update(
            Content.assemble(
                plain(name, "bold"),
                "   ",
                state,
                plain("   " + said, "$muted"),
                brief(filtered, "$accent"),
            )
        )

    # -- keys -------------------------------------------------------------------------------

    def action_pause(self) -> None:
        """Hold the picture still; looking goes on, so that going on is at once up to date."""
        self._paused = not self._paused
        if not self._paused:
            self._show()
        self._say()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There are keys for as many hosts as there are."""
        if action == "host":
            (number,) = parameters
            return isinstance(number, int) and number <= len(self.wizard.draft.cluster.hosts)
        return super().check_action(action, parameters)

    def action_host(self, number: int) -> None:
        """Show one host, counted from 1; 0 is all of them."""
        hosts = self.wizard.draft.cluster.hosts
        self._host = hosts[number - 1].name if 1 <= number <= len(hosts) else None
        self._draw()

    def action_next_host(self, by: int) -> None:
        """The host after or before this one; all of them stand between the last and the first."""
        names = [None, *(h.name for h in self.wizard.draft.cluster.hosts)]
        self._host = names[(names.index(self._host) + by) % len(names)]
        self._draw()

    @on(HostStrip.Chosen)
    def _clicked(self, event: HostStrip.Chosen) -> None:
        self._host = event.name
        self._draw()

    def action_filter(self) -> None:
        """Type letters; only rows that have them are shown."""
        line = self.query_one("#filter")
        line.display = True
        line.focus()

    @on(Input.Changed, "#filter")
    def _filtered(self) -> None:
        self._draw()

    @on(Input.Submitted, "#filter")
    def _typed(self) -> None:
        self.query_one("#components").focus()

    def action_shell(self) -> None:
        """Say why there is none here."""
        name = self._host or self.wizard.draft.cluster.control_plane.name
        self.say(
            _(
                "This page is read-only and opens no shell. In another terminal: ssh {host}",
                host=name,
            )
        )

    @on(Board.PingChosen)
    def _open_ping(self, event: Board.PingChosen) -> None:
        if self._shown is not None:
            self.app.push_screen(PingScreen(self._shown, event.source, event.target))

    def action_back(self) -> None:
        """End the filter; without one, to the page we came from."""
        line = self.query_one("#filter", Input)
        if line.display:
            line.value, line.display = "", False
            self.query_one("#components").focus()
        elif len(self.app.screen_stack) > 2:
            self.app.pop_screen()

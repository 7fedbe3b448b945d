"""Is it a cluster? Read from the hosts themselves; then what to do with it."""

from __future__ import annotations

from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.tui.farewell import first_commands, kubeconfig
from kwizard.tui.paths import short_path
from kwizard.tui.plain import lines, plain
from kwizard.tui.screens.page import Page
from kwizard.tui.screens.ping import PingScreen
from kwizard.tui.widgets.board import Board, verdict
from kwizard.tui.widgets.frame import Buttons, Stage

LOOK = 1 / 4  # seconds between two looks whether the report is written


class VerifyScreen(Page):
    """The verification's tables, and the last words."""

    CSS_PATH = ["verify.tcss", "board.tcss"]  # noqa: RUF012
    stage = Stage.VERIFY
    help_name = "verify"
    pane = "#verify-area"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "again", "Verify again"),
        Binding("w", "report", "Save report"),
        Binding("q", "app.leave", "Quit"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._keeping = False

    def body(self) -> ComposeResult:
        """The verdict, the tables, what to do next."""
        yield Static(id="verdict")
        yield Static(id="kept")
        with VerticalScroll(id="verify-area", can_focus=False):
            yield Board(id="board")
            yield Static(id="next-steps")
        yield Buttons(
            [
                ("again", _("Verify again")),
                ("monitor", _("Monitor ›")),
                ("done", _("Done")),
            ],
            strong="done",
        )

    def on_mount(self) -> None:
        """What the run saw at its end is shown at once; else look now."""
        self.set_interval(LOOK, self._say_kept)
        snapshot = self.wizard.snapshot or self.wizard.cases.verified()
        if snapshot is not None:
            self.wizard.snapshot = snapshot
            self._show()
        else:
            self.query_one(Board).display = False  # until there is something in it
            self.action_again()

    def _say_kept(self) -> None:
        """Where the report is, as soon as it is written."""
        said = self.wizard.aftermath.said if self._keeping else ""
        if said and not self.has_class("-kept"):
            self.add_class("-kept")
            self.query_one("#kept", Static).update(plain(said, "$muted"))

    def _keep_report(self, *words: str) -> None:
        """After a look that did not end well. Looking again and again writes no further ones."""
        if not self._keeping:
            self._keeping = True
            app = self.wizard
            app.aftermath.begin(app.cases, app.draft.cluster.name, words)

    def _show(self) -> None:
        snapshot = self.wizard.snapshot
        if snapshot is None:
            return
        self.query_one("#verdict", Static).update(verdict(snapshot))
        board = self.query_one(Board)
        board.display = True
        board.show(snapshot)
        self.query_one("#next-steps", Static).update(self._next_steps() if snapshot.ok else "")
        area = self.query_one("#verify-area")
        if snapshot.ok:
            self.query_one("#done").focus()
            self.call_after_refresh(area.scroll_home, animate=False)
        else:
            self.query_one("#matrix").focus()

    def recolour(self) -> None:
        """The tables in the new colours."""
        self._show()

    def _next_steps(self) -> Content:
        cluster = self.wizard.draft.cluster
        file = kubeconfig(cluster)
        if file is not None:
            where = plain("  " + _("on this machine, which has the kubeconfig:"), "$muted")
            key = [
                plain(f"  {short_path(file)}"),
                plain("  " + _("It opens everything: keep it to yourself."), "$muted"),
            ]
            opens = [Content.styled(_("Your kubeconfig"), "bold $primary"), *key, plain("")]
        else:
            host = cluster.control_plane.name
            where = plain("  " + _("on {host}, or anywhere with kubectl:", host=host), "$muted")
            opens = []
        watches = _("watches it, changing nothing")
        return lines(
            *opens,
            Content.styled(_("The first commands"), "bold $primary"),
            where,
            *(plain(f"  {line}") for line in first_commands(cluster)),
            plain(f"  kwizard monitor {cluster.name}    {watches}", "$muted"),
        )

    def action_report(self) -> None:
        """Everything needed to ask for help, in one file."""
        from kwizard.tui.screens.paths import AskPath

        name = self.wizard.draft.cluster.name

        def done(path: Path | None) -> None:
            if path is None:
                return
            try:
                pieces = self.wizard.cases.report(name, path)
            except (KwizardError, OSError) as error:
                self.complain(
                    error if isinstance(error, KwizardError) else KwizardError(str(error))
                )
                return
            self.say(_("{file}: {pieces}", file=path, pieces=", ".join(pieces)))

        value = str(Path.cwd() / f"kwizard-report-{name}.tar.gz")
        self.app.push_screen(AskPath(_("Save a report"), _("Save as"), value, "write"), done)

    @on(Board.PingChosen)
    def _open_ping(self, event: Board.PingChosen) -> None:
        if self.wizard.snapshot is not None:
            self.app.push_screen(PingScreen(self.wizard.snapshot, event.source, event.target))

    @on(Button.Pressed, "#again")
    def action_again(self) -> None:
        """Look again. Changes nothing."""
        self._look()

    def _say_asking(self) -> None:
        self.query_one("#verdict", Static).update(
            Content.styled(_("▸ asking the hosts: components, nodes, pings …"), "bold $accent")
        )

    @work(exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        app = self.wizard
        try:
            async with self.sign(self._say_asking):
                app.snapshot = await app.cases.verify(app.draft.whole, app.asker)
        except KwizardError as error:
            self.query_one("#verdict", Static).update(
                Content.styled(_("✗ The look did not work"), "bold $error")
            )
            self.complain(error)
            return
        self._show()
        if not app.snapshot.ok:
            self._keep_report(*app.snapshot.summary())

    @on(Button.Pressed, "#monitor")
    def monitor(self) -> None:
        """Keep watching."""
        from kwizard.tui.screens.monitor import MonitorScreen

        self.app.push_screen(MonitorScreen())

    @on(Button.Pressed, "#done")
    async def done(self) -> None:
        """Leave; the cluster is there."""
        await self.wizard.action_leave()

    def action_back(self) -> None:
        """To the installation."""
        if len(self.app.screen_stack) > 2:
            self.app.pop_screen()

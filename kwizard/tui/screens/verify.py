"""Is it a cluster? Read from the hosts themselves; then what to do with it."""

from __future__ import annotations

from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Button, Static

from kwizard.errors import KwizardError
from kwizard.language import _
from kwizard.tui.farewell import first_commands
from kwizard.tui.plain import lines, plain
from kwizard.tui.screens.page import Page
from kwizard.tui.widgets.board import Board, verdict
from kwizard.tui.widgets.frame import Buttons, Stage


class VerifyScreen(Page):
    """The verification's tables, and the last words."""

    CSS_PATH = ["verify.tcss", "board.tcss"]  # noqa: RUF012
    stage = Stage.VERIFY
    help_name = "verify"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f5", "again", "Verify again"),
        Binding("q", "app.leave", "Quit"),
    ]

    def body(self) -> ComposeResult:
        """The verdict, the tables, what to do next."""
        yield Static(id="verdict")
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
        snapshot = self.wizard.snapshot or self.wizard.cases.verified()
        if snapshot is not None:
            self.wizard.snapshot = snapshot
            self._show()
        else:
            self.action_again()

    def _show(self) -> None:
        snapshot = self.wizard.snapshot
        if snapshot is None:
            return
        self.query_one("#verdict", Static).update(verdict(snapshot))
        self.query_one(Board).show(snapshot)
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
        return lines(
            Content.styled(_("The first commands"), "bold $primary"),
            plain(
                "  " + _("on {host}, or anywhere with kubectl:", host=cluster.control_plane.name),
                "$muted",
            ),
            *(plain(f"  {line}") for line in first_commands(cluster)),
            plain(
                f"  kwizard monitor {cluster.name}    " + _("watches it, changing nothing"),
                "$muted",
            ),
        )

    @on(Button.Pressed, "#again")
    def action_again(self) -> None:
        """Look again. Changes nothing."""
        self.query_one("#verdict", Static).update(
            Content.styled(_("▸ asking the hosts: components, nodes, pings …"), "bold $accent")
        )
        self._look()

    @work(exclusive=True, exit_on_error=False)
    async def _look(self) -> None:
        app = self.wizard
        try:
            app.snapshot = await app.cases.verify(app.draft.cluster, app.asker)
        except KwizardError as error:
            self.query_one("#verdict", Static).update(
                Content.styled(_("✗ The look did not work"), "bold $error")
            )
            self.complain(error)
            return
        self._show()

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

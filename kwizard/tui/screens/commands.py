"""Everything kwizard had done: when, on which host, what, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import DataTable, Footer, Static

from kwizard.language import _, _n, told
from kwizard.tui.keys import Keys
from kwizard.tui.measures import duration
from kwizard.tui.mending import Mender
from kwizard.tui.model import Command
from kwizard.tui.plain import cell, plain
from kwizard.tui.screens.script import ScriptScreen
from kwizard.tui.theme import palette
from kwizard.tui.widgets.grid import Grid

if TYPE_CHECKING:
    from kwizard.tui.app import KwizardApp

WIDE = 100  # columns from which the step stands beside its title
LOOK = 1 / 4  # seconds between two looks at the model


class CommandsScreen(Keys, ModalScreen[None]):
    """A row for each thing that was run, the newest last; Enter opens the very script."""

    CSS_PATH = "commands.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,c", "dismiss", "Close", key_display="esc"),
        Binding("enter", "script", "Script"),
        Binding("y", "copy", "Copy"),
    ]

    def __init__(self, mender: Mender) -> None:
        super().__init__()
        self._mender = mender
        self._shown: list[Command] = []

    @property
    def _wizard(self) -> KwizardApp:
        return cast("KwizardApp", self.app)

    def compose(self) -> ComposeResult:
        """The table, and how many there are."""
        yield Static(id="commands-title")
        yield Grid(id="commands")
        yield Footer(show_command_palette=False)

    def on_mount(self) -> None:
        """Draw, and follow what comes."""
        self.query_one(Grid).focus()
        self.set_interval(LOOK, self._draw)

    def on_resize(self) -> None:
        """Columns for this width."""
        grid, ends = self.query_one(Grid), 16 if self.size.width >= WIDE else 11
        grid.clear(columns=True)
        self._shown = []
        grid.columns_are(
            ("time", 8, _("time")),
            ("host", 10, _("host")),
            ("what", max(20, self.size.width - 38 - ends), _("what")),
            ("exit", ends, _("exit")),
            ("took", 8, _("took")),
        )
        self._draw()

    def _draw(self) -> None:
        model, grid = self._wizard.run_model, self.query_one(Grid)
        commands = list(model.commands)
        said = _n("{count} command", "{count} commands", len(commands))
        text = _("{commands} so far; Enter opens the very script", commands=said)
        self.query_one("#commands-title", Static).update(plain(text))
        if commands and self._shown and commands[0] is not self._shown[0]:
            grid.clear()
            self._shown = []
        at_end = grid.cursor_row >= len(self._shown) - 1
        colours, wide = palette(self.app), self.size.width >= WIDE
        for number, command in enumerate(commands):
            style = colours.busy if not command.ended else ""
            if command.ended not in ("", "0"):
                style = colours.bad
            title = told(command.title)
            grid.put(
                str(number),
                {
                    "time": cell(f"{command.time.astimezone():%H:%M:%S}", colours.muted),
                    "host": cell(command.host),
                    "what": cell(f"{command.step}: {title}" if wide else title),
                    "exit": cell(_exit(command), style),
                    "took": cell(duration(command.seconds) if command.ended else ""),
                },
            )
        if at_end and len(commands) > len(self._shown):
            grid.move_cursor(row=len(commands) - 1)
        self._shown = commands

    def _chosen(self) -> Command | None:
        row = self.query_one(Grid).cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter or a click on a row."""
        event.stop()
        self.action_script()

    def action_script(self) -> None:
        """Open what ran there."""
        command = self._chosen()
        if command is None:
            return
        task = self._mender.task(command.step, command.host)
        if task is not None:
            self.app.push_screen(ScriptScreen(task))

    def action_copy(self) -> None:
        """The script into the clipboard and into a file."""
        command = self._chosen()
        if command is None:
            return
        why = self._mender.why_not("copy", command.step, command.host)
        said = why or self._mender.copy(command.step, command.host)
        self.notify(str(plain(said)), markup=False, timeout=6)


def _exit(command: Command) -> str:
    if not command.ended:
        return "▸ " + (_("followed again") if command.attached else _("running"))
    if command.ended.lstrip("-").isdigit():
        return ("✓ " if command.ended == "0" else "✗ ") + command.ended
    return f"✗ {command.ended}"

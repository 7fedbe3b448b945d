"""Everything kwizard had done: when, on which host, what, and how it ended."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Literal, cast

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import ModalScreen
from textual.widgets import DataTable, Input, Static

from kwizard.language import _, _n, told
from kwizard.remote.looked import Look
from kwizard.tui.hostnames import host_named
from kwizard.tui.keys import Keys
from kwizard.tui.measures import duration
from kwizard.tui.mending import Mender
from kwizard.tui.model import Command
from kwizard.tui.plain import cell, plain
from kwizard.tui.screens.script import ScriptScreen
from kwizard.tui.theme import Palette, palette
from kwizard.tui.widgets.foot import Foot
from kwizard.tui.widgets.form import Line
from kwizard.tui.widgets.grid import Grid

if TYPE_CHECKING:
    from kwizard.tui.app import KwizardApp

Kind = Literal["all", "steps", "looks"]

WIDE = 100  # columns from which the step stands beside its title
LOOK = 1 / 4  # seconds between two looks at the model


class CommandsScreen(Keys, ModalScreen[None]):
    """A row for each thing that was run, the newest last; Enter opens the very script. What was run
    only to look is called so; `t` shows one kind alone, `/` only rows with some letters."""

    CSS_PATH = "commands.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,q,c", "close", "Close", key_display="esc"),
        Binding("enter", "script", "Script"),
        Binding("y", "copy", "Copy"),
        Binding("t", "kind", "Steps / looks"),
        Binding("slash", "filter", "Filter", key_display="/"),
    ]

    def __init__(self, mender: Mender) -> None:
        super().__init__()
        self._mender = mender
        self._shown: list[Command | Look] = []
        self._kind: Kind = "all"
        self._drawn: tuple[object, ...] = ()

    @property
    def _wizard(self) -> KwizardApp:
        return cast("KwizardApp", self.app)

    def compose(self) -> ComposeResult:
        """How many there are, the filter, the table."""
        yield Static(id="commands-title")
        yield Line(id="commands-filter", placeholder=_("only rows with these letters; Esc ends it"))
        yield Grid(id="commands")
        yield Foot()

    def on_mount(self) -> None:
        """Draw, and follow what comes."""
        self.query_one("#commands-filter").display = False
        self.query_one(Grid).focus()
        self.set_interval(LOOK, self._draw)

    def on_resize(self) -> None:
        """Columns for this width."""
        grid, ends = self.query_one(Grid), 16 if self.size.width >= WIDE else 11
        grid.clear(columns=True)
        self._shown, self._drawn = [], ()
        grid.columns_are(
            ("time", 8, _("time")),
            ("host", 10, _("host")),
            ("what", max(20, self.size.width - 38 - ends), _("what")),
            ("exit", ends, _("exit")),
            ("took", 8, _("took")),
        )
        self._draw()

    # -- drawing ----------------------------------------------------------------------------

    def _draw(self) -> None:
        model, looked = self._wizard.run_model, self._wizard.cases.looked()
        word = self.query_one("#commands-filter", Input).value.casefold().strip()
        state = (model.revision, looked.revision, self._kind, word, len(model.commands))
        if state == self._drawn:
            return
        self._drawn = state
        self._say(len(model.commands), len(looked.kept))
        steps: list[Command | Look] = [*model.commands] if self._kind != "looks" else []
        looks: list[Command | Look] = [*looked.kept] if self._kind != "steps" else []
        entries = sorted([*steps, *looks], key=lambda e: e.time)
        wanted = [e for e in entries if word in f"{host_named(e.host)} {self._what(e)}".casefold()]
        self._put(wanted)

    def _say(self, commands: int, looks: int) -> None:
        said = _n("{count} command", "{count} commands", commands)
        only = {
            "all": _("t shows one kind"),
            "steps": _("only steps"),
            "looks": _("only looks"),
        }[self._kind]
        text = _(
            "{commands} so far, {looks} looks; {only}; Enter opens the very script",
            commands=said,
            looks=looks,
            only=only,
        )
        self.query_one("#commands-title", Static).update(plain(text))

    def _put(self, entries: list[Command | Look]) -> None:
        grid, colours = self.query_one(Grid), palette(self.app)
        at_end = grid.cursor_row >= len(self._shown) - 1
        more = len(entries) > len(self._shown)
        if len(entries) < len(self._shown):
            grid.clear()
        for number, entry in enumerate(entries):
            grid.put(str(number), self._row(entry, colours))
        if at_end and more:
            grid.move_cursor(row=len(entries) - 1)
        self._shown = entries

    def _row(self, entry: Command | Look, colours: Palette) -> dict[str, Text]:
        quiet = colours.muted if isinstance(entry, Look) else ""
        style = colours.busy if not entry.ended else quiet
        if isinstance(entry, Command) and entry.ended not in ("", "0"):
            style = colours.bad
        return {
            "time": cell(f"{entry.time.astimezone():%H:%M:%S}", colours.muted),
            "host": cell(host_named(entry.host), quiet),
            "what": cell(self._what(entry), quiet),
            "exit": cell(_exit(entry), style),
            "took": cell(duration(entry.seconds) if entry.ended else "", quiet),
        }

    def _what(self, entry: Command | Look) -> str:
        if isinstance(entry, Look):
            often = f" ×{entry.times}" if entry.times > 1 else ""
            return _("look{often}: {what}", often=often, what=entry.title)
        title = told(entry.title)
        return f"{entry.step}: {title}" if self.size.width >= WIDE else title

    # -- keys -------------------------------------------------------------------------------

    def _chosen(self) -> Command | Look | None:
        row = self.query_one(Grid).cursor_row
        return self._shown[row] if 0 <= row < len(self._shown) else None

    def on_data_table_row_selected(self, event: DataTable.RowSelected) -> None:
        """Enter or a click on a row."""
        event.stop()
        self.action_script()

    def action_script(self) -> None:
        """Open what ran there."""
        chosen = self._chosen()
        if isinstance(chosen, Look):
            self.app.push_screen(ScriptScreen(chosen))
        elif chosen is not None:
            task = self._mender.task(chosen.step, chosen.host)
            if task is not None:
                self.app.push_screen(ScriptScreen(task))

    def action_copy(self) -> None:
        """The script into the clipboard; that of a step into a file too."""
        chosen = self._chosen()
        if chosen is None:
            return
        if isinstance(chosen, Look):
            self.app.copy_to_clipboard(chosen.script)
            said = _("In the clipboard, if your terminal takes it: {line}", line=chosen.title)
        else:
            why = self._mender.why_not("copy", chosen.step, chosen.host)
            said = why or self._mender.copy(chosen.step, chosen.host)
        self.notify(str(plain(said)), markup=False, timeout=6)

    def action_kind(self) -> None:
        """All, only the steps, only the looks."""
        kinds: tuple[Kind, ...] = ("all", "steps", "looks")
        self._kind = kinds[(kinds.index(self._kind) + 1) % len(kinds)]
        self._draw()

    def action_filter(self) -> None:
        """Type letters; only rows that have them are shown."""
        line = self.query_one("#commands-filter")
        line.display = True
        line.focus()

    @on(Input.Changed, "#commands-filter")
    def _filtered(self) -> None:
        self._draw()

    @on(Input.Submitted, "#commands-filter")
    def _typed(self) -> None:
        self.query_one(Grid).focus()

    def action_close(self) -> None:
        """End the filter; without one, back to the page."""
        line = self.query_one("#commands-filter", Input)
        if line.display:
            line.value, line.display = "", False
            self.query_one(Grid).focus()
        else:
            self.dismiss()


def _exit(entry: Command | Look) -> str:
    if not entry.ended:
        followed = isinstance(entry, Command) and entry.attached
        return "▸ " + (_("followed again") if followed else _("running"))
    if isinstance(entry, Look):
        return f"· {entry.ended if entry.ended.isdigit() else _(entry.ended)}"
    if entry.ended.lstrip("-").isdigit():
        return ("✓ " if entry.ended == "0" else "✗ ") + entry.ended
    return f"✗ {entry.ended}"

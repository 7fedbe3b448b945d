"""Which machines become the cluster: a table to fill, paste into, and check."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from rich.text import Text
from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Container, VerticalScroll
from textual.widgets import Button, DataTable, Input, Static

from kwizard.cluster.finding import Finding
from kwizard.cluster.model import Cluster, Host, RecipeName, Role
from kwizard.errors import KwizardError
from kwizard.language import N_, _, _n
from kwizard.tui.host_cells import (
    HINTS,
    RESTRICT,
    Column,
    Judgement,
    text_of,
    warning,
    with_host,
    with_text,
)
from kwizard.tui.host_list import lacking, name_taken, no_hosts
from kwizard.tui.host_rows import columns, found, legend, row_of, verdict
from kwizard.tui.plain import plain
from kwizard.tui.screens.page import Page
from kwizard.tui.screens.saving import save_as
from kwizard.tui.theme import palette
from kwizard.tui.usecases import HostReport, Pasted
from kwizard.tui.widgets.cell_table import Cell, CellTable
from kwizard.tui.widgets.form import Field, Line, Problems
from kwizard.tui.widgets.frame import Buttons, Stage

CELLS = {
    column.value: Cell(
        HINTS[column],
        restrict=RESTRICT.get(column),
        wide=column is Column.SSH,
        ticks=tuple(role.value for role in Role) if column is Column.ROLES else (),
    )
    for column in Column
}
ROW_KEYS = ("add", "paste", "import", "save", "check", "role", "remove")
ROLES = Binding.Group(N_("Roles"), compact=True)


class HostsScreen(Page):
    """The table of hosts, and what a look at the one under the cursor found."""

    CSS_PATH = "hosts.tcss"
    stage = Stage.HOSTS
    help_name = "hosts"
    pane = "#finding-box"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", "Add"),
        Binding("p", "paste", "Paste"),
        Binding("i", "import", "Import"),
        Binding("s", "save", "Save"),
        Binding("k", "check", "Check"),
        Binding("c", "role('control-plane')", "Control plane", group=ROLES),
        Binding("w", "role('worker')", "Worker", group=ROLES),
        Binding("e", "role('etcd')", "Etcd", group=ROLES),
        Binding("delete,x", "remove", "Remove", key_display="del"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._busy = False
        self._checking: set[str] = set()
        self._others: set[str] = set()
        self._mistakes: Sequence[Finding] = ()
        self._resting: Mapping[str, str] = {}
        self._judged_of: Cluster | None = None
        self._widths: Mapping[str, int] = {}

    def body(self) -> ComposeResult:
        """Name, table, findings, buttons."""
        draft = self.wizard.draft
        yield Field(
            _("Cluster name"),
            Line(
                draft.cluster.name,
                id="name",
                restrict=r"[a-z0-9-]*",
            ),
            note="a-z 0-9 -",
        )
        with Container(id="hosts-area"):
            yield CellTable(
                CELLS, id="hosts", read=self._read, judge=self._judged, keep=self._change
            )
            yield Static(id="no-hosts")
            with VerticalScroll(id="finding-box", can_focus=False):
                yield Static(id="finding")
        yield Problems(id="problems")
        yield Buttons(
            [("back", _("‹ Back")), ("check", _("Check hosts")), ("next", _("Release ›"))],
            strong="next",
        )

    def on_mount(self) -> None:
        """Begin in the table; without hosts, say how to get some."""
        draft = self.wizard.draft
        self._others = {k.name for k in self.wizard.cases.known() if k.file != draft.file}
        self._fill()
        self._table.grid.focus()

    # -- the table --------------------------------------------------------------------------

    @property
    def _table(self) -> CellTable:
        return self.query_one(CellTable)

    def _fill(self) -> None:
        cluster = self.wizard.draft.cluster
        if cluster is not self._judged_of:
            self._judged_of = cluster
            self._mistakes = self.wizard.cases.mistakes(cluster)
            self._resting = self.wizard.cases.resting(cluster)
        before, self._widths = self._widths, columns(self.app.size.width)
        titles = (_("host"), _("address"), "ssh", _("roles"), _("check"))
        anew = [
            (key, width, title)
            for (key, width), title in zip(self._widths.items(), titles, strict=True)
            if self._widths != before
        ]
        rows = {host.name: self._row(host) for host in cluster.hosts}
        self._table.fill(rows, anew, legend(self._widths))
        empty = not cluster.hosts
        self._table.grid.show_header = not empty
        self.set_class(empty, "-empty")
        self.query_one("#no-hosts", Static).display = empty
        self.query_one("#finding-box").display = not empty
        self.query_one("#no-hosts", Static).update(no_hosts())
        self._explain()
        self._judge()

    def on_screen_resume(self) -> None:
        """A later page may have changed what a look at a host rests on."""
        if self.is_mounted and self._judged_of is not None:
            self._fill()

    def recolour(self) -> None:
        """The table in the new colours."""
        self._fill()

    def _row(self, host: Host) -> list[Text]:
        draft, colours = self.wizard.draft, palette(self.app)
        report, looking = draft.checks.get(host.name), host.name in self._checking
        old = draft.old(host.name, self._resting)
        return [
            *row_of(draft.cluster, host, self._mistakes, colours, self._widths),
            verdict(report, looking=looking, old=old, colours=colours),
        ]

    @on(DataTable.RowHighlighted, "#hosts")
    @on(DataTable.CellHighlighted, "#hosts")
    def _explain(self) -> None:
        name = self._table.grid.chosen
        box = self.query_one("#finding-box")
        title = plain(name) if name else None
        if box.border_title != title:
            box.border_title = title
            box.scroll_home(animate=False)  # another host's findings begin at their beginning
        room = box.scrollable_content_region.width or self.size.width
        draft = self.wizard.draft
        report = draft.checks.get(name or "")
        said = found(report, room, old=draft.old(name or "", self._resting)) if name else ""
        self.query_one("#finding", Static).update(said)

    def on_resize(self) -> None:
        """Columns, and what was found, are made to fit the room there is."""
        if self.is_mounted:
            fits = columns(self.app.size.width) == self._widths
            self.call_after_refresh(self._explain if fits else self._fill)

    def _judge(self) -> None:
        draft = self.wizard.draft
        found = list(self.wizard.cases.problems(draft.cluster)) if draft.cluster.hosts else []
        if draft.cluster.name in self._others:
            found.append(name_taken(draft.cluster.name))
        self.query_one("#problems", Problems).show(found)

    # -- keys -------------------------------------------------------------------------------

    def check_action(
        self,
        action: str,
        parameters: tuple[object, ...],
    ) -> bool | None:
        """Row keys need a row; while a cell is being changed its keys are all there are."""
        if action in ROW_KEYS and self.is_mounted and self._table.changing:
            return False
        if action in ("role", "remove", "check") and not self.wizard.draft.cluster.hosts:
            return None
        return super().check_action(action, parameters)

    def action_back(self) -> None:
        """To the start page."""
        self.app.pop_screen()

    @on(Input.Changed, "#name")
    def rename(self, event: Input.Changed) -> None:
        """The name decides where kwizard keeps its records."""
        draft = self.wizard.draft
        draft.change(replace(draft.cluster, name=event.value))
        good = 0 < len(event.value) <= 63 and event.value.strip("-") == event.value
        self.query_one(Field).mark(not good)
        if self._judged_of is not None:  # looks at hosts may rest on the name
            self._fill()

    @on(Input.Submitted, "#name")
    def _to_the_table(self) -> None:
        self._table.grid.focus()

    def action_add(self) -> None:
        """An empty form."""
        self._open_form(None)

    @on(DataTable.RowSelected, "#hosts")
    def edit(self) -> None:
        """The form of the row under the cursor."""
        self._open_form(self._table.grid.chosen)

    def _open_form(self, name: str | None) -> None:
        from kwizard.tui.screens.host_form import HostForm

        draft = self.wizard.draft

        def done(host: Host | None) -> None:
            if host is not None:
                draft.put(host, name)
                self._fill()
                self._table.grid.choose(host.name)

        taken = {h.name for h in draft.cluster.hosts} - {name}
        marks = draft.cluster.recipe is RecipeName.MODERN
        host = draft.cluster.host(name) if name else None
        self.app.push_screen(HostForm(host, taken, marks=marks), done)

    # -- cells that are changed in the table ------------------------------------------------

    def _read(self, name: str, column: str) -> str:
        return text_of(self.wizard.draft.cluster.host(name), Column(column))

    def _judged(self, name: str, column: str, text: str) -> Judgement:
        cluster, of = self.wizard.draft.cluster, Column(column)
        try:
            host = with_text(cluster, name, of, text)
        except ValueError as error:
            return Judgement(refused=str(error))
        changed = with_host(cluster, name, host)
        return warning(changed, host, of, self.wizard.cases.mistakes(changed))

    def _change(self, name: str, column: str, text: str) -> None:
        draft = self.wizard.draft
        before = draft.cluster.host(name)
        host = with_text(draft.cluster, name, Column(column), text)
        if host != before:
            draft.put(host, name)
            self._fill()

    @on(CellTable.Restored)
    def _say_restored(self, event: CellTable.Restored) -> None:
        self.say(_("{name} is as it was: {why}", name=event.row, why=event.why), bad=True)

    def action_remove(self) -> None:
        """Take the host out of the list; nothing happens on it."""
        name = self._table.grid.chosen
        if name is not None:
            self.wizard.draft.remove(name)
            self._fill()
            self.say(_("{name} is out of the list; nothing was done to it", name=name))

    def action_role(self, role: str) -> None:
        """Give the role, or take it away."""
        name = self._table.grid.chosen
        if name is not None:
            self.wizard.draft.toggle(name, Role(role))
            self._fill()

    def action_paste(self) -> None:
        """A box for a table out of a document."""
        from kwizard.tui.screens.paste import PasteScreen

        def done(pasted: Pasted | None) -> None:
            if pasted is not None:
                count = self.wizard.draft.merge(pasted.hosts)
                self._fill()
                self.say(_n("{count} host taken in", "{count} hosts taken in", count))

        self.app.push_screen(PasteScreen(self.wizard.cases.read_table), done)

    def action_import(self) -> None:
        """A cluster file."""
        from kwizard.tui.screens.paths import AskPath

        def done(path: Path | None) -> None:
            if path is None:
                return
            try:
                cluster: Cluster = self.wizard.cases.read_file(path)
            except (KwizardError, OSError) as error:
                self.complain(
                    error if isinstance(error, KwizardError) else KwizardError(str(error))
                )
                return
            self.wizard.draft.take(cluster)
            self.wizard.draft.keep(path)
            self.query_one("#name", Input).value = cluster.name
            self._fill()

        self.app.push_screen(AskPath(_("Import a cluster file"), _("Cluster file")), done)

    def action_save(self) -> None:
        """Write the cluster file as it is now."""
        save_as(self, lambda _path: None)

    # -- looking at the hosts ---------------------------------------------------------------

    @on(Button.Pressed, "#check")
    def action_check(self) -> None:
        """Connect to every host and look. Changes nothing there."""
        if not self._busy and self.wizard.draft.cluster.hosts:
            self._look()

    @work(exit_on_error=False)
    async def _look(self) -> None:
        draft, cases = self.wizard.draft, self.wizard.cases
        draft.checks.clear()
        self._busy = True
        try:
            async with self.sign(self._say_looking) as sign:
                async for report in cases.check_hosts(draft.cluster, self.wizard.asker):
                    await sign.seen()
                    self._take(report)
        except KwizardError as error:
            self.complain(error)
        finally:
            self._busy = False
            self._checking.clear()
            if self.is_attached and not asyncio.current_task().cancelling():  # type: ignore[union-attr]
                self._fill()

    def _say_looking(self) -> None:
        draft = self.wizard.draft
        self._checking = {h.name for h in draft.cluster.hosts if h.name not in draft.checks}
        self._fill()

    def _take(self, report: HostReport) -> None:
        self.wizard.draft.checks[report.host] = report
        self._checking.discard(report.host)
        self._fill()

    # -- onward -----------------------------------------------------------------------------

    @on(Button.Pressed, "#back")
    def back(self) -> None:
        """To the start page."""
        self.action_back()

    @on(Button.Pressed, "#next")
    def onward(self) -> None:
        """To the release, once there are hosts and a name."""
        from kwizard.tui.screens.release import ReleaseScreen

        if why_not := lacking(self.wizard.draft.cluster):
            self.say(why_not, bad=True)
        else:
            self.app.push_screen(ReleaseScreen())

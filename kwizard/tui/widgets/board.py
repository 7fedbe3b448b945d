"""What a snapshot of the cluster says: components, nodes, the ping matrix, what is wrong."""

from __future__ import annotations

from collections.abc import Mapping

from textual import on
from textual.app import ComposeResult
from textual.containers import Container, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import DataTable, Static

from kwizard.language import N_, _, told
from kwizard.monitor.heat import Grade, grade, usual
from kwizard.monitor.listed import WHY, beside
from kwizard.monitor.snapshot import Snapshot
from kwizard.probes.matrix import Cell, Matrix
from kwizard.probes.services import Service
from kwizard.tui.plain import cell, padded, plain
from kwizard.tui.theme import Palette, palette
from kwizard.tui.widgets.grid import Grid

KINDS = (N_("host"), N_("gateway"), N_("container"))
"""What pings go to, as the matrix calls it."""


class Board(Container):
    """Tables of the latest snapshot. The cursor in the matrix explains the cell it is on."""

    class PingChosen(Message):
        """Enter on a cell of the matrix."""

        def __init__(self, source: str, target: str) -> None:
            super().__init__()
            self.source, self.target = source, target

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._snapshot: Snapshot | None = None
        self._sources: tuple[str, ...] = ()
        self._hosts: tuple[str, ...] = ()

    def compose(self) -> ComposeResult:
        """Two columns where there is room, one below the other where there is not."""
        with Container(classes="board-row"):
            with Vertical(classes="board-half"):
                yield Static(_("Components"), classes="board-heading")
                yield Grid(id="components")
                yield Static(id="components-error")
                with Vertical(id="listed-part"):
                    yield Static(id="listed-heading", classes="board-heading")
                    yield Grid(id="listed")
                    yield Static(id="listed-why")
            with Vertical(classes="board-half"):
                yield Static(_("Nodes"), classes="board-heading")
                yield Grid(id="nodes")
                yield Static(id="nodes-error")
        with Container(classes="board-row"):
            with Vertical(id="pings"):
                yield Static(_("Pings, from a container on each host"), classes="board-heading")
                yield Grid(id="matrix", cursor="cell", fixed_columns=1)
                yield Static(id="heat")
            with Vertical(id="causes"):
                yield Static(id="cell")
                yield Static(id="diagnoses")
        with Vertical(id="daemons"):
            yield Static(_("Daemons"), classes="board-heading")
            yield Grid(id="services", fixed_columns=1)

    def on_mount(self) -> None:
        """Headings are there before the first snapshot."""
        self.query_one("#components", Grid).columns_are(
            ("name", None, _("name")), ("status", 11, _("status")), ("message", None, _("message"))
        )
        self.query_one("#listed", Grid).columns_are(
            ("name", 18, _("name")), ("says", 11, _("says")), ("truth", None, _("the true check"))
        )
        self.query_one("#nodes", Grid).columns_are(
            ("name", None, _("name")),
            ("status", 11, _("status")),
            ("age", 4, _("age")),
            ("version", 10, _("version")),
            ("address", 13, _("address")),
        )

    def show(self, snapshot: Snapshot) -> None:
        """Draw this one; only what differs is touched."""
        self._snapshot = snapshot
        self._component_table(snapshot)
        self._listed_table(snapshot)
        self._node_table(snapshot)
        self._service_table(snapshot.services)
        self._matrix(snapshot.matrix or Matrix())
        self.query_one("#diagnoses", Static).update(diagnoses(snapshot))
        self._explain()

    def _component_table(self, snapshot: Snapshot) -> None:
        table, colours = self.query_one("#components", Grid), palette(self.app)
        rows = snapshot.components
        _keep(table, [c.name for c in rows])
        for c in rows:
            word = f"✓ {c.status}" if c.ok else f"✗ {c.status}"
            table.put(
                c.name,
                {
                    "name": cell(c.name),
                    "status": cell(word, colours.good if c.ok else colours.bad),
                    "message": cell(c.error or c.message, colours.muted if c.ok else ""),
                },
            )
        down = [f"{c.name}: {c.error or c.message}" for c in rows if not c.ok]
        _error(self.query_one("#components-error", Static), snapshot.components_error, *down)

    def _listed_table(self, snapshot: Snapshot) -> None:
        """componentstatus, where it may mislead, and behind each row what is true."""
        self.query_one("#listed-part").display = bool(snapshot.listed)
        if not snapshot.listed:
            return
        table, colours = self.query_one("#listed", Grid), palette(self.app)
        heading = _("kubectl get componentstatuses, asked of {host}", host=snapshot.listed_by)
        self.query_one("#listed-heading", Static).update(plain(heading))
        self.query_one("#listed-why", Static).update(plain(_(WHY), "$muted"))
        rows = beside(snapshot.listed, snapshot.components)
        _keep(table, [listed.row.name for listed in rows])
        for listed in rows:
            row, truth = listed.row, cell("")
            for number, (host, one) in enumerate(listed.named()):
                style = colours.good if one.ok else colours.bad
                said = f"{'✓' if one.ok else '✗'} {host or one.status}"
                truth.append(("  " if number else "") + said, style)
            mark = "≠" if listed.differs else "✓" if row.ok else "✗"
            style = colours.warn if listed.differs else colours.muted
            says = cell(f"{mark} {row.status}", style)
            table.put(row.name, {"name": cell(row.name), "says": says, "truth": truth})

    def _node_table(self, snapshot: Snapshot) -> None:
        table, colours = self.query_one("#nodes", Grid), palette(self.app)
        rows = snapshot.nodes
        _keep(table, [n.name for n in rows])
        for n in rows:
            table.put(
                n.name,
                {
                    "name": cell(n.name),
                    "status": cell(
                        f"✓ {n.status}" if n.ok else f"✗ {n.status}",
                        colours.good if n.ok else colours.bad,
                    ),
                    "age": cell(n.age),
                    "version": cell(n.version),
                    "address": cell(n.internal_ip),
                },
            )
        _error(self.query_one("#nodes-error", Static), snapshot.nodes_error)

    def _service_table(self, services: Mapping[str, tuple[Service, ...]]) -> None:
        table, colours = self.query_one("#services", Grid), palette(self.app)
        self.query_one("#daemons").display = bool(services)
        hosts = tuple(services)
        if hosts != self._hosts or not table.columns:
            table.clear(columns=True)
            self._hosts = hosts
            table.columns_are(("daemon", 23, _("daemon")), *((h, 15) for h in hosts))
        rows: dict[str, dict[str, Service]] = {}
        for host, found in services.items():
            for service in found:
                rows.setdefault(service.name, {})[host] = service
        _keep(table, list(rows))
        for name, by_host in rows.items():
            values = {"daemon": cell(name)}
            for host in hosts:
                one = by_host.get(host)
                if one is None:
                    values[host] = cell("")
                    continue
                state = one.state.partition(" (")[0] or one.kind
                mark, style = ("✓", colours.good) if one.running else ("✗", colours.bad)
                values[host] = cell(f"{mark} {state}", style)
            table.put(name, values)

    # -- the matrix: targets down, sources across, so that it fits 80 columns ---------------

    def _matrix(self, matrix: Matrix) -> None:
        table = self.query_one("#matrix", Grid)
        if matrix.sources != self._sources or not table.columns:
            table.clear(columns=True)
            self._sources = matrix.sources
            table.columns_are(("to", 34, _("to")), *((s, 11) for s in matrix.sources))
        _keep(table, [t.name for t in matrix.targets])
        cells = {(c.source, c.target): c for c in matrix.cells}
        colours, most = palette(self.app), usual(matrix)
        legend = self.query_one("#heat", Static)
        legend.display = bool(matrix.cells)
        legend.update(plain(meaning(most), "$muted"))
        for target in matrix.targets:
            name, _slash, part = target.name.partition("/")
            label = cell(f"{name:<10} {padded(_(part or 'host'), 9)} ")
            label.append(str(target.address or ""), colours.muted)
            values = {"to": label}
            for source in matrix.sources:
                one = cells.get((source, target.name))
                text, style = heat(one, most)
                values[source] = cell(text, style_of(style, colours))
            table.put(target.name, values)

    @on(DataTable.CellSelected, "#matrix")
    def _choose(self) -> None:
        table = self.query_one("#matrix", Grid)
        column = table.cursor_column - 1
        if table.chosen is not None and 0 <= column < len(self._sources):
            self.post_message(self.PingChosen(self._sources[column], table.chosen))

    @on(DataTable.CellHighlighted, "#matrix")
    def _explain(self) -> None:
        snapshot, table = self._snapshot, self.query_one("#matrix", Grid)
        box = self.query_one("#cell", Static)
        column = table.cursor_column - 1
        matrix = snapshot.matrix if snapshot else None
        if matrix is None or table.chosen is None or not 0 <= column < len(self._sources):
            box.update("")
            return
        source, target = self._sources[column], table.chosen
        found = [c for c in matrix.cells if (c.source, c.target) == (source, target)]
        if not found:
            box.update("")
            return
        one = found[0]
        said = plain(one.error or "") if one.error else plain(f"{one.rtt_ms or 0:.3f} ms")
        box.update(
            Content.assemble(
                plain(f"{source} → {target}  ", "$accent"),
                plain(_("{received} of {sent} answered", received=one.received, sent=one.sent)),
                "  ",
                said,
            )
        )


def heat(one: Cell | None, usual_ms: float | None) -> tuple[str, Grade]:
    """A cell's text, a symbol and figures, and its grade."""
    found = grade(one, usual_ms)
    if one is None or found is Grade.UNTRIED:
        return f"{found} " + _("untried"), found
    if one.received < one.sent:
        said = _("{received} of {sent}", received=one.received, sent=one.sent)
        return f"{found} {said}", found
    return (f"{found}" if one.rtt_ms is None else f"{found} {one.rtt_ms:.2f} ms"), found


def style_of(found: Grade, colours: Palette) -> str:
    """The colour of a grade. Where two share one, weight and symbol tell them apart."""
    return {
        Grade.WELL: colours.good,
        Grade.FAIR: colours.warn,
        Grade.POOR: f"bold reverse {colours.warn}",
        Grade.LOST: colours.bad,
        Grade.UNTRIED: colours.muted,
    }[found]


def meaning(usual_ms: float | None) -> str:
    """What the symbols of the matrix mean, on one line of 75 characters."""
    well = _("✓ usual") if usual_ms is None else _("✓ usual: {time:.2f} ms", time=usual_ms)
    return "  ".join(
        [well, _("~ 1 lost or 3x slower"), _("! more or 10x"), _("✗ none"), _("? untried")]
    )


def diagnoses(snapshot: Snapshot) -> Content:
    """What is likely wrong, and what to do about it."""
    parts = [
        Content.assemble(("✗ ", "$error"), plain(text))
        for text in (
            *(f"{h}: {told(p)}" for h, p in snapshot.problems.items()),
            *map(told, snapshot.faults),
        )
    ]
    for found in snapshot.diagnoses:
        mark = ("✗ ", "$error") if found.cells else ("! ", "$warning")
        parts.append(Content.assemble(mark, plain(told(found.cause), "bold")))
        parts.append(Content.assemble(("  → ", "$secondary"), plain(told(found.remedy))))
        if found.evidence_command:
            parts.append(
                plain("  " + _("shown by: {command}", command=found.evidence_command), "$muted")
            )
            parts += [plain(f"    {line}", "$muted") for line in found.evidence.split("\n")[:4]]
    return Content("\n").join(parts)


def verdict(snapshot: Snapshot) -> Content:
    """The cluster in one line."""
    components, nodes = snapshot.components, snapshot.nodes
    cells = snapshot.matrix.cells if snapshot.matrix else ()
    healthy = sum(c.ok for c in components)
    ready = sum(n.ok for n in nodes)
    answered = sum(c.ok for c in cells)
    text = _(
        "{healthy}/{components} components healthy, {ready}/{nodes} nodes Ready, "
        "{answered}/{pings} pings answered",
        healthy=healthy,
        components=len(components),
        ready=ready,
        nodes=len(nodes),
        answered=answered,
        pings=len(cells),
    )
    if snapshot.problems:
        text = _(
            "no look at {hosts}; {answered}/{pings} pings answered",
            hosts=", ".join(snapshot.problems),
            answered=answered,
            pings=len(cells),
        )
    if snapshot.ok:
        return Content.assemble((_("✓ All is well: "), "bold $success"), text)
    return Content.assemble((_("✗ Not well: "), "bold $error"), plain(text))


def _keep(table: Grid, wanted: list[str]) -> None:
    """Remove rows that are gone; begin again where the order differs."""
    if [str(k.value) for k in table.rows] != wanted[: len(table.rows)]:
        table.clear()


def _error(box: Static, *sentences: str) -> None:
    parts = [Content.assemble(("✗ ", "$error"), plain(s)) for s in sentences if s]
    box.display = bool(parts)
    box.update(Content("\n").join(parts))

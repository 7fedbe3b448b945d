"""Host x step: where every step stands on every host, with symbol, word and colour."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from kwizard.engine.plan import OPERATOR
from kwizard.language import _, told
from kwizard.tui.hostnames import host_named
from kwizard.tui.measures import duration, size
from kwizard.tui.model import Mark, Row, RunModel, Spot
from kwizard.tui.plain import cell
from kwizard.tui.theme import Palette, palette
from kwizard.tui.widgets.grid import Grid

SYMBOLS = {
    Mark.WAITING: "·",
    Mark.RUNNING: "▸",
    Mark.DONE: "✓",
    Mark.KEPT: "=",
    Mark.FAILED: "✗",
    Mark.BLOCKED: "–",
    Mark.WAIVED: "»",
}
NOTABLE = (Mark.FAILED, Mark.RUNNING, Mark.WAIVED, Mark.BLOCKED, Mark.WAITING, Mark.DONE, Mark.KEPT)
ALL = "\0all"  # the key of the column that counts over all hosts; no host has such a name
COLUMN = 11  # characters a host's column needs for "= as wanted"
COUNTS = 13  # characters of the column that counts
LEAST, MOST = 24, 40  # characters of a step's title


class ProgressGrid(Grid):
    """A row a step, a column a host. What is done on this machine stands in the first column.

    Where the hosts do not fit side by side, a column before them counts over all of them.
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, cursor="cell", fixed_columns=1)
        self._hosts: tuple[str, ...] = ()
        self._room = 0
        self._counting = False
        self._drawn: dict[tuple[str, str], str] = {}
        self._seen = (-1, -1)

    def forget(self) -> None:
        """The next `show` draws everything anew, in the colours of the day."""
        self._room = 0

    def show(self, model: RunModel, now: datetime) -> bool:
        """Draw what differs from the last time. True when the table was laid out anew."""
        hosts = tuple(h for h in model.hosts if h != OPERATOR) or tuple(model.hosts)
        width = self.size.width - 3
        counting = width < LEAST + len(hosts) * (COLUMN + 2)
        room = LEAST if counting else min(MOST, width - len(hosts) * (COLUMN + 2))
        anew = (hosts, room, counting) != (self._hosts, self._room, self._counting)
        if anew:
            self._lay_out(hosts, room, counting)
        seen = (id(model), model.revision)
        if anew or seen != self._seen:
            self._seen = seen
            for row in model.rows:
                self._draw_row(row, model, now)
        else:  # nothing happened; only what runs shows another time
            for host, steps in model.running.items():
                for step in steps:
                    self._put(step, self._column(host), model.spot(step, host), now)
        return anew

    def _lay_out(self, hosts: tuple[str, ...], room: int, counting: bool) -> None:
        self.clear(columns=True)
        self._drawn.clear()
        self._hosts, self._room, self._counting = hosts, room, counting
        self.fixed_columns = 2 if counting else 1
        self.add_column(cell(_("step").upper()), key="step", width=room)
        if counting:
            title = _("{count} hosts", count=len(hosts))
            self.add_column(cell(title.upper()), key=ALL, width=COUNTS)
        for name in hosts:
            self.add_column(cell(host_named(name).upper()), key=name, width=COLUMN)

    def _draw_row(self, row: Row, model: RunModel, now: datetime) -> None:
        if row.step not in self.rows:
            blank = (cell("") for _column in range(len(self.columns) - 1))
            self.add_row(cell(told(row.title)), *blank, key=row.step)
        marks: Counter[Mark] = Counter()
        for index, host in enumerate(self._hosts):
            spot = model.spot(row.step, host)
            if spot is None and index == 0:
                spot = model.spot(row.step, OPERATOR)
            if spot is not None:
                marks[spot.mark] += 1
                self._put(row.step, host, spot, now)
        if self._counting:
            self._count(row.step, marks)

    def _column(self, host: str) -> str:
        return self._hosts[0] if host == OPERATOR and OPERATOR not in self._hosts else host

    def _put(self, step: str, host: str, spot: Spot | None, now: datetime) -> None:
        if spot is None or host not in self._hosts or step not in self.rows:
            return
        text = words(spot, now)
        if self._drawn.get((step, host)) != text:
            self._drawn[step, host] = text
            colours = palette(self.app)
            colour = colours.warn if spot.held else _colour(spot.mark, colours)
            self.update_cell(step, host, cell(text, colour))

    def _count(self, step: str, marks: Counter[Mark]) -> None:
        colours = palette(self.app)
        parts = [(f"{SYMBOLS[m]}{marks[m]}", _colour(m, colours)) for m in NOTABLE if marks[m]]
        said = " ".join(text for text, _style in parts)
        if self._drawn.get((step, ALL)) == said:
            return
        self._drawn[step, ALL] = said
        line = cell("")
        for index, (text, style) in enumerate(parts):
            line.append(("" if index == 0 else " ") + text, style)
        self.update_cell(step, ALL, line)

    def column_of(self, host: str) -> int:
        """The column that shows `host`."""
        if host not in self._hosts:
            host = self._hosts[0] if self._hosts else ""
        return (self._hosts.index(host) if host else 0) + self._first

    def cell(self, model: RunModel) -> tuple[str, str]:
        """The step of `model` and the host under the cursor; of what is done on this machine the
        host is OPERATOR. Each is "" where the cursor is on none."""
        step, host = self.chosen or "", self.host or ""
        here = model.spot(step, host) is None and model.spot(step, OPERATOR) is not None
        return step, OPERATOR if here else host

    def follow(self, model: RunModel) -> None:
        """Put the cursor where the work is."""
        if (now := model.current()) is not None:
            row, host = now
            self.move_cursor(row=self.get_row_index(row.step), column=self.column_of(host))

    @property
    def _first(self) -> int:
        return 2 if self._counting else 1

    @property
    def host(self) -> str | None:
        """The host whose column the cursor is in."""
        column = self.cursor_column - self._first
        return self._hosts[column] if 0 <= column < len(self._hosts) else None


def _colour(mark: Mark, colours: Palette) -> str:
    return {
        Mark.WAITING: colours.muted,
        Mark.RUNNING: colours.busy,
        Mark.DONE: colours.good,
        Mark.KEPT: colours.muted,
        Mark.FAILED: colours.bad,
        Mark.BLOCKED: colours.warn,
        Mark.WAIVED: colours.warn,
    }[mark]


def words(spot: Spot, now: datetime) -> str:
    """Symbol and word, with how long or how far."""
    symbol = "‖" if spot.held else SYMBOLS[spot.mark]
    match spot.mark:
        case Mark.RUNNING if spot.held:
            part = f"{100 * spot.done // spot.total:>3} %" if spot.total else ""
            return f"{symbol} {part or _('paused')}"
        case Mark.RUNNING if spot.total:
            return f"{symbol} {100 * spot.done // spot.total:>3} %"
        case Mark.RUNNING if spot.done:
            amount = size(spot.done) if spot.unit == "bytes" else f"{spot.done} {spot.unit}"
            return f"{symbol} {amount}"
        case Mark.RUNNING if spot.since is not None:
            return f"{symbol} {duration((now - spot.since).total_seconds())}"
        case Mark.DONE:
            return f"{symbol} {duration(spot.seconds) if spot.seconds >= 1 else _(spot.mark.value)}"
        case _:
            return f"{symbol} {_(spot.mark.value)}"

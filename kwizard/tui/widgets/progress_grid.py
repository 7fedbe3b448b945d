"""Host x step: where every step stands on every host, with symbol, word and colour."""

from __future__ import annotations

from datetime import datetime

from rich.text import Text

from kwizard.language import _
from kwizard.tui.measures import duration, size
from kwizard.tui.model import Mark, RunModel, Spot
from kwizard.tui.plain import cell
from kwizard.tui.theme import palette
from kwizard.tui.widgets.grid import Grid

SYMBOLS = {
    Mark.WAITING: "·",
    Mark.RUNNING: "▸",
    Mark.DONE: "✓",
    Mark.KEPT: "=",
    Mark.FAILED: "✗",
    Mark.BLOCKED: "–",
}
HERE = "operator"
COLUMN = 11  # characters a host's column needs for "= as wanted"


class ProgressGrid(Grid):
    """A row a step, a column a host. What is done on this machine stands in the first column."""

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id, cursor="cell", fixed_columns=1)
        self._hosts: tuple[str, ...] = ()
        self._room = 0
        self._drawn: dict[tuple[str, str], str] = {}

    def forget(self) -> None:
        """The next `show` draws everything anew, in the colours of the day."""
        self._room = 0

    def show(self, model: RunModel, now: datetime) -> bool:
        """Draw what differs from the last time. True when the table was laid out anew."""
        hosts = tuple(h for h in model.hosts if h != HERE) or tuple(model.hosts)
        room = max(24, min(40, self.size.width - 3 - len(hosts) * (COLUMN + 2)))
        anew = (hosts, room) != (self._hosts, self._room)
        if anew:
            self.clear(columns=True)
            self._drawn.clear()
            self._hosts, self._room = hosts, room
            self.columns_are(("step", room, _("step")), *((h, COLUMN) for h in hosts))
        for row in model.rows:
            if row.step not in self.rows:
                self.add_row(cell(_(row.title)), *(cell("") for _ in hosts), key=row.step)
            for index, host in enumerate(hosts):
                spot = model.spot(row.step, host)
                if spot is None and index == 0:
                    spot = model.spot(row.step, HERE)
                if spot is not None:
                    self._put(row.step, host, spot, now)
        return anew

    def _put(self, step: str, host: str, spot: Spot, now: datetime) -> None:
        text = words(spot, now)
        if self._drawn.get((step, host)) != text:
            self._drawn[step, host] = text
            self.update_cell(step, host, self._styled(spot, text))

    def _styled(self, spot: Spot, text: str) -> Text:
        colours = palette(self.app)
        style = {
            Mark.WAITING: colours.muted,
            Mark.RUNNING: colours.busy,
            Mark.DONE: colours.good,
            Mark.KEPT: colours.muted,
            Mark.FAILED: colours.bad,
            Mark.BLOCKED: colours.warn,
        }[spot.mark]
        return cell(text, style)

    def column_of(self, host: str) -> int:
        """The column that shows `host`."""
        return self._hosts.index(host) + 1 if host in self._hosts else 1

    @property
    def host(self) -> str | None:
        """The host whose column the cursor is in."""
        column = self.cursor_column - 1
        return self._hosts[column] if 0 <= column < len(self._hosts) else None


def words(spot: Spot, now: datetime) -> str:
    """Symbol and word, with how long or how far."""
    symbol = SYMBOLS[spot.mark]
    match spot.mark:
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

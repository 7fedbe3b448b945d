"""The end of one host's log, drawn on demand, with bounded memory; searched and filtered."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from typing import ClassVar

from rich.cells import cell_len, chop_cells
from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.geometry import Size
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from kwizard.language import _, _n
from kwizard.text import clean
from kwizard.tui.hostnames import host_named
from kwizard.tui.model import LOG_LINES, LogBuffer
from kwizard.tui.plain import brief, plain
from kwizard.tui.widgets.frame import walk

Row = tuple[int, str]
"""A piece of a line that fits the width, after the number of the line it belongs to."""


class LogView(ScrollView, can_focus=True):
    """Shows a LogBuffer; `pull` takes in what came since the last call.

    Follows the end until someone scrolls up; then says how many lines came meanwhile. Long lines
    are folded to the width. Lines are drawn only when they are on the screen. `find` and `only`
    look at the lines that are kept; upper and lower case are the same to them. `where` is shown
    as the place of the whole log.
    """

    # The scrollbar is always there: lines are folded to a width that must not change with them.
    DEFAULT_CSS = """
    LogView {
        overflow-x: hidden;
        overflow-y: scroll;
        scrollbar-size-vertical: 1;
    }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("end", "follow", "Follow", show=False),
        Binding("up,k", "up", show=False),
        Binding("down,j", "down", show=False),
    ]
    follow: reactive[bool] = reactive(True)

    def __init__(
        self, host: str, buffer: LogBuffer, *, where: str = "", id: str | None = None
    ) -> None:
        super().__init__(id=id, classes="log")
        self.host = host
        self._where = where
        self._buffer = buffer
        self._seen = 0
        self._missed = 0
        self._moving = False
        self._rows: deque[Row] = deque(maxlen=LOG_LINES * 2)
        self._needle = ""
        self._only = ""
        self._at: int | None = None  # the number of the line found last
        self._say()

    def pull(self) -> bool:
        """Take in new lines. True when there were any."""
        fresh = self._buffer.since(self._seen)
        if self._buffer.total == self._seen:
            return False
        self._seen = self._buffer.total
        before = len(self._rows)
        rows = self._folded(fresh)
        self._rows.extend(rows)
        dropped = max(0, before + len(rows) - len(self._rows))
        self._moving = True
        self._set_height()
        if self.follow:
            self._to_end()
        else:
            self._missed += len(fresh) if not self._only else len({n for n, _piece in rows})
            if dropped:
                self.scroll_to(
                    y=max(0, self.scroll_y - dropped), animate=False, immediate=True, force=True
                )
        self._moving = False
        self._say()
        self.refresh()
        return True

    # -- find and filter --------------------------------------------------------------------

    @property
    def needle(self) -> str:
        """What is looked for; "" for nothing."""
        return self._needle

    @property
    def filter(self) -> str:
        """What the lines shown have in common; "" when all are shown."""
        return self._only

    def find(self, text: str) -> bool:
        """Look for `text`, first upwards from what is on the screen. False when it is nowhere."""
        self._needle, self._at = text.lower(), None
        found = self.seek(-1) if text else False
        self._say()
        self.refresh()
        return found

    def seek(self, by: int) -> bool:
        """To the next line that has what is looked for, or the one before; round the ends."""
        hits = self._hits()
        if not hits:
            self._at = None
            self._say()
            return False
        if self._at is None:
            bottom = self._line_at(round(self.scroll_y) + self._height() - 1)
            index = bisect_right(hits, bottom) - 1
        elif by > 0:
            index = bisect_right(hits, self._at) % len(hits)
        else:
            index = bisect_right(hits, self._at - 1) - 1
        self._at = hits[index]
        self._show_line(self._at)
        self._say()
        self.refresh()
        return True

    def only(self, text: str) -> None:
        """Show only the lines that contain `text`; "" shows all again."""
        self._only = text.lower()
        self._fill()

    def clear_search(self) -> bool:
        """Look for nothing, show everything. False when it was so already."""
        if not (self._needle or self._only):
            return False
        self._needle, self._at = "", None
        if self._only:
            self.only("")
        self._say()
        self.refresh()
        return True

    def _hits(self) -> list[int]:
        """The numbers of the kept lines that have what is looked for and are shown."""
        if not self._needle:
            return []
        first = self._buffer.total - len(self._buffer.kept)
        return [
            number
            for number, line in enumerate(self._buffer.kept, first)
            if self._needle in (low := line.lower()) and self._only in low
        ]

    def _line_at(self, row: int) -> int:
        return self._rows[max(0, min(row, len(self._rows) - 1))][0] if self._rows else 0

    def _row_of(self, line: int) -> int:
        """The first row of that line, or of the next one that is shown."""
        return next((row for row, (n, _piece) in enumerate(self._rows) if n >= line), 0)

    def _show_line(self, number: int) -> None:
        row, height = self._row_of(number), self._height()
        self.follow = False
        if not self.scroll_y <= row < self.scroll_y + height:
            self._moving = True
            self.scroll_to(y=max(0, row - height // 2), animate=False, immediate=True, force=True)
            self._moving = False

    # -- moving -----------------------------------------------------------------------------

    def action_up(self) -> None:
        """One line up, or to the widget before."""
        if self.scroll_y <= 0:
            walk(self.screen, -1)
        else:
            self.scroll_up(animate=False)

    def action_down(self) -> None:
        """One line down, or to the next widget."""
        if self.scroll_y >= self.max_scroll_y:
            walk(self.screen, 1)
        else:
            self.scroll_down(animate=False)

    def action_follow(self) -> None:
        """To the end, and stay there."""
        self.follow = True
        self.scroll_end(animate=False, immediate=True, force=True, x_axis=False)
        self._say()

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """A person's scrolling decides about following."""
        super().watch_scroll_y(old_value, new_value)
        if not self._moving and self._rows:
            self.follow = round(new_value) >= self.max_scroll_y
            self._say()

    def on_resize(self) -> None:
        """Fold again to the new width."""
        self._fill()

    def _fill(self) -> None:
        """All that is kept anew; what stood at the top stays in sight, unless the end is
        followed."""
        top = self._line_at(round(self.scroll_y))
        self._rows.clear()
        self._rows.extend(self._folded(self._buffer.kept))
        self._seen = self._buffer.total
        self._set_height()
        self.call_after_refresh(self._to_end if self.follow else lambda: self._to_line(top))
        self._say()
        self.refresh()

    def _to_line(self, number: int) -> None:
        self._moving = True
        self.scroll_to(y=self._row_of(number), animate=False, immediate=True, force=True)
        self._moving = False

    def _to_end(self) -> None:
        if self.follow:
            self._moving = True
            self.scroll_end(animate=False, immediate=True, force=True, x_axis=False)
            self._moving = False

    # -- drawing ----------------------------------------------------------------------------

    def _folded(self, lines: Iterable[str]) -> list[Row]:
        """The rows of the last lines of the buffer, `lines`."""
        new = list(lines)
        first, width = self._buffer.total - len(new), self._width()
        if not self._only:
            return [(n, row) for n, line in enumerate(new, first) for row in fold(line, width)]
        return [
            (n, row)
            for n, line in enumerate(new, first)
            if self._only in line.lower()
            for row in fold(line, width)
        ]

    def render_line(self, y: int) -> Strip:
        """One line of what is visible."""
        style = self.rich_style
        width = self.scrollable_content_region.width
        row = y + round(self.scroll_y)
        if row >= len(self._rows):
            return Strip.blank(width, style)
        number, text = self._rows[row]
        if text.startswith("── "):
            style += Style(bold=True)
        parts = self._marked(text, style, number == self._at)
        return Strip(parts, cell_len(text)).adjust_cell_length(width, style)

    def _marked(self, text: str, style: Style, current: bool) -> list[Segment]:
        """What is looked for stands out; on the line found last, more so."""
        low, needle = text.lower(), self._needle
        if not needle or needle not in low or len(low) != len(text):
            return [Segment(text, style)]
        mark = style + Style(bold=True, underline=True, reverse=current)
        parts, at = [], 0
        while (hit := low.find(needle, at)) >= 0:
            end = hit + len(needle)
            parts += [Segment(text[at:hit], style), Segment(text[hit:end], mark)]
            at = end
        return [*parts, Segment(text[at:], style)]

    def _width(self) -> int:
        return max(8, self.scrollable_content_region.width or 80)

    def _height(self) -> int:
        return max(1, self.scrollable_content_region.height)

    def _set_height(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))

    def _say(self) -> None:
        """The title: whose log, what is shown of it, and where all of it is."""
        said = []
        if self._only:
            said.append(_("only lines with “{text}”", text=self._only))
        if self._needle:
            said.append(self._found())
        if self.follow:
            self._missed = 0
        elif self._missed:
            said.append(
                _n(
                    "{count} new line, End follows again",
                    "{count} new lines, End follows again",
                    self._missed,
                )
            )
        else:
            said.append(_("held, End follows again"))
        state = "".join(f"  {x}" for x in said)
        where = f"  {self._where}" if self._where and not said else ""
        self.border_title = Content.assemble(
            brief(host_named(self.host)),
            plain(state, "not bold $warning"),
            plain(where, "not bold $muted"),
        )

    def _found(self) -> str:
        hits = self._hits()
        if not hits:
            return _("“{text}” is not in it", text=self._needle)
        at = bisect_right(hits, self._at) if self._at is not None else 0
        return _("“{text}” {number} of {count}", text=self._needle, number=at, count=len(hits))


def fold(line: str, width: int) -> list[str]:
    """`line`, cleaned, in pieces at most `width` cells wide; at least one. A piece ends with a word
    where one ends near its end."""
    if line.isascii() and line.isprintable():  # nearly every line; what follows is slow
        pieces = []
        while len(line) > width:
            blank = line.rfind(" ", width * 2 // 3, width)
            end = blank + 1 if blank > 0 else width
            pieces.append(line[:end])
            line = line[end:]
        return [*pieces, line]
    text = clean(line).expandtabs(8).replace("\n", " ")
    pieces = []
    while len(head := next(iter(chop_cells(text[: 2 * width], width)), "")) < len(text):
        blank = head.rfind(" ", len(head) * 2 // 3)
        end = blank + 1 if blank > 0 else len(head) or 1
        pieces.append(text[:end])
        text = text[end:]
    return [*pieces, text] if text or not pieces else pieces

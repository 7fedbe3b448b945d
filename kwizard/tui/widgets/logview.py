"""The end of one host's log, drawn on demand, with bounded memory."""

from __future__ import annotations

from collections import deque
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

from kwizard.language import _
from kwizard.text import clean
from kwizard.tui.model import LOG_LINES, LogBuffer
from kwizard.tui.plain import brief
from kwizard.tui.widgets.frame import walk


class LogView(ScrollView, can_focus=True):
    """Shows a LogBuffer; `pull` takes in what came since the last call.

    Follows the end until someone scrolls up; then says how many lines came meanwhile. Long lines
    are folded to the width. Lines are drawn only when they are on the screen.
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

    def __init__(self, host: str, buffer: LogBuffer, *, id: str | None = None) -> None:
        super().__init__(id=id, classes="log")
        self.host = host
        self._buffer = buffer
        self._seen = 0
        self._missed = 0
        self._moving = False
        self._rows: deque[str] = deque(maxlen=LOG_LINES * 2)
        self._say()

    def pull(self) -> bool:
        """Take in new lines. True when there were any."""
        fresh = self._buffer.since(self._seen)
        if self._buffer.total == self._seen:
            return False
        self._seen = self._buffer.total
        before = len(self._rows)
        width = self._width()
        rows = [row for line in fresh for row in fold(line, width)]
        self._rows.extend(rows)
        dropped = max(0, before + len(rows) - len(self._rows))
        self._moving = True
        self._set_height()
        if self.follow:
            self._to_end()
        else:
            self._missed += len(fresh)
            if dropped:
                self.scroll_to(
                    y=max(0, self.scroll_y - dropped), animate=False, immediate=True, force=True
                )
        self._moving = False
        self._say()
        self.refresh()
        return True

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
        self._rows.clear()
        width = self._width()
        for line in self._buffer.kept:
            self._rows.extend(fold(line, width))
        self._seen = self._buffer.total
        self._set_height()
        self.call_after_refresh(self._to_end)
        self.refresh()

    def _to_end(self) -> None:
        if self.follow:
            self._moving = True
            self.scroll_end(animate=False, immediate=True, force=True, x_axis=False)
            self._moving = False

    def render_line(self, y: int) -> Strip:
        """One line of what is visible."""
        style = self.rich_style
        width = self.scrollable_content_region.width
        row = y + round(self.scroll_y)
        if row >= len(self._rows):
            return Strip.blank(width, style)
        text = self._rows[row]
        if text.startswith("── "):
            style += Style(bold=True)
        return Strip([Segment(text, style)], cell_len(text)).adjust_cell_length(width, style)

    def _width(self) -> int:
        return max(8, self.scrollable_content_region.width or 80)

    def _set_height(self) -> None:
        self.virtual_size = Size(self.scrollable_content_region.width, len(self._rows))

    def _say(self) -> None:
        if self.follow:
            self._missed = 0
            said = ""
        elif self._missed:
            said = "  " + _("{count} new lines, End follows again", count=self._missed)
        else:
            said = "  " + _("held, End follows again")
        self.border_title = Content.assemble(brief(self.host), (said, "not bold $warning"))


def fold(line: str, width: int) -> list[str]:
    """`line`, cleaned, in pieces at most `width` cells wide; at least one."""
    if line.isascii() and line.isprintable():  # nearly every line; what follows is slow
        return [line[i : i + width] for i in range(0, len(line), width)] or [""]
    text = clean(line).expandtabs(8).replace("\n", " ")
    return chop_cells(text, width) or [""]

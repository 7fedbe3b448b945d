"""A table whose cells are changed where they stand: a line or a row of ticks lies over the cell,
and what is to be said of it stands beneath the table."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.coordinate import Coordinate
from textual.events import Click
from textual.message import Message
from textual.widgets import DataTable, Input, Static

from kwizard.language import _
from kwizard.tui.host_cells import Judgement
from kwizard.tui.plain import plain
from kwizard.tui.widgets.cell_editors import CellLine, CellTicks
from kwizard.tui.widgets.form import Line
from kwizard.tui.widgets.grid import Grid

ROOM = 40  # cells of a line that lies over a narrower cell


@dataclass(frozen=True, slots=True)
class Cell:
    """How a column is changed. `hint` is English, marked with `N_`; `restrict` says what can be
    typed; `wide`: its line may lie over the cells beside it; `ticks`: no text, some of these."""

    hint: str
    restrict: str | None = None
    wide: bool = False
    ticks: tuple[str, ...] = ()


class CellGrid(Grid):
    """A Grid whose cursor is a whole row, or, after Right, one of the cells that can be changed.
    Left from the first of them, and Escape, make it the row again. A click puts the cursor on what
    is there, one more selects it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "whole_row", "Whole row", show=False),  # the line beneath says it
    ]

    def __init__(self, cells: Mapping[str, Cell], *, id: str) -> None:
        super().__init__(id=id)
        self._cells = cells

    @property
    def column(self) -> str | None:
        """The key of the column under the cursor; None while the cursor is a whole row."""
        if self.cursor_type != "cell" or not self.row_count:
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).column_key.value

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Escape is the page's own key while the cursor is a row."""
        if action == "whole_row":
            return self.cursor_type == "cell"
        return super().check_action(action, parameters)

    def action_cursor_right(self) -> None:
        """From the row to its first cell, from cell to cell."""
        if self.cursor_type == "row":
            self._to(0)
        else:
            self._to(min(self.cursor_column + 1, len(self._cells) - 1))

    def action_cursor_left(self) -> None:
        """To the cell before; from the first one to the row."""
        if self.cursor_type == "cell":
            if self.cursor_column:
                self._to(self.cursor_column - 1)
            else:
                self.action_whole_row()

    def action_scroll_end(self) -> None:
        """To the last of the cells that can be changed."""
        if self.cursor_type == "cell":
            self._to(len(self._cells) - 1)
        else:
            super().action_scroll_end()

    def action_whole_row(self) -> None:
        """The cursor is the row again."""
        self.cursor_type = "row"
        self.refresh_bindings()

    def to_cell(self, row: int, column: str) -> None:
        """Put the cursor on that cell."""
        self.move_cursor(row=row)
        self._to(self.get_column_index(column))

    def _to(self, column: int) -> None:
        if self.row_count:
            self.move_cursor(column=column)
            self.cursor_type = "cell"
            self.refresh_bindings()

    def on_click(self, event: Click) -> None:
        """On a cell that can be changed, or on the row beside those."""
        meta = event.style.meta
        row, column = meta.get("row", -1), meta.get("column", -1)
        if row < 0 or column < 0 or meta.get("out_of_bounds", False):
            return
        event.prevent_default()
        event.stop()
        cell = column < len(self._cells)
        there = Coordinate(row, column) if cell else Coordinate(row, self.cursor_column)
        again = there == self.cursor_coordinate and cell == (self.cursor_type == "cell")
        self.move_cursor(row=row)
        if cell:
            self._to(column)
        else:
            self.action_whole_row()
        if again:
            self.action_select_cursor()


class CellTable(Vertical):
    """The table, what lies over its cells, and the line beneath it.

    `cells` are the columns that can be changed: the first ones of the table, in order. `read` gives
    the text a cell begins with, `judge` says what is to be said of another one, `keep` takes one
    that will do. Rows are the page's own (`fill`).
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "restore", "As it was", key_display="esc"),
        Binding("tab", "keep(0, 1)", "Next"),
        Binding("shift+tab", "keep(0, -1)", show=False),
        Binding("down", "keep(1, 0)", show=False),
        Binding("up", "keep(-1, 0)", show=False),
    ]

    class Restored(Message):
        """Somebody went elsewhere and left a text that will not do; the cell is as it was."""

        def __init__(self, row: str, column: str, why: str) -> None:
            super().__init__()
            self.row, self.column, self.why = row, column, why

    def __init__(
        self,
        cells: Mapping[str, Cell],
        *,
        id: str,
        read: Callable[[str, str], str],
        judge: Callable[[str, str, str], Judgement],
        keep: Callable[[str, str, str], None],
    ) -> None:
        super().__init__(id=f"{id}-table")
        self._cells, self._ident = cells, id
        self._read, self._judge, self._keep = read, judge, keep
        self._place: tuple[str, str] | None = None
        self._legend = ""

    def compose(self) -> ComposeResult:
        """The table; above it, hidden, what a cell is changed with; beneath it a line."""
        yield CellGrid(self._cells, id=self._ident)
        yield Static(id=f"{self._ident}-hint", classes="cell-hint")
        yield CellLine(id="cell-line")
        yield CellTicks(id="cell-ticks")

    def on_mount(self) -> None:
        """Nothing is being changed yet."""
        self._line.display = self._ticks.display = False
        for axis in ("scroll_x", "scroll_y"):
            self.watch(self.grid, axis, self._follow, init=False)

    @property
    def grid(self) -> CellGrid:
        """The table itself."""
        return self.query_one(CellGrid)

    @property
    def changing(self) -> bool:
        """A cell is being changed."""
        return self._place is not None

    @property
    def _line(self) -> CellLine:
        return self.query_one(CellLine)

    @property
    def _ticks(self) -> CellTicks:
        return self.query_one(CellTicks)

    def fill(
        self,
        rows: Mapping[str, Sequence[Text]],
        columns: Sequence[tuple[str, int, str]] = (),
        legend: str = "",
    ) -> None:
        """Show these rows, and `legend` beneath; with `columns` (key, width, title) in those, in
        place of the ones before. The cursor stays where it is, on the same row while there is one
        of that key."""
        grid, self._legend = self.grid, legend
        if not columns and list(rows) == [key.value for key in grid.rows]:
            for key, cells in rows.items():
                for column, cell in zip(grid.columns, cells, strict=True):
                    if grid.get_cell(key, column) != cell:
                        grid.update_cell(key, column, cell)
        else:
            chosen, at, beside = grid.chosen, grid.cursor_row, grid.cursor_column
            grid.clear(columns=bool(columns))
            grid.columns_are(*columns)
            for key, cells in rows.items():
                grid.add_row(*cells, key=key)
            row = grid.get_row_index(chosen) if chosen in rows and chosen else at
            grid.move_cursor(row=max(0, min(row, grid.row_count - 1)), column=beside)
        if self._place is not None and self._place[0] not in rows:
            self._end()
        self.say()

    # -- beneath the table ------------------------------------------------------------------

    @on(DataTable.RowHighlighted)
    @on(DataTable.CellHighlighted)
    def say(self) -> None:
        """What the keys do here, or what is wrong with what is typed."""
        hint = self.query_one(f"#{self._ident}-hint", Static)
        grid = self.grid
        hint.display = bool(grid.row_count)
        if self._place is not None:
            row, column = self._place
            said = self._judge(row, column, self._text)
            if said.refused:
                hint.update(plain(f"✗ {said.refused}", "$error"))
            elif said.warned:
                hint.update(plain(f"! {said.warned}", "$warning"))
            else:
                hint.update(Content.styled(_(self._cells[column].hint), "$muted"))
        else:
            keys = (
                _("Enter opens the form; → goes into the cells")
                if grid.column is None
                else _("Enter changes this cell; Esc: the whole row")
            )
            beneath = filter(None, (keys, self._legend))
            hint.update(Content("\n").join(Content.styled(line, "$muted") for line in beneath))

    @on(Line.NotTaken)
    def _say_what_can(self, event: Line.NotTaken) -> None:
        event.stop()
        if self._place is not None:
            hint = self.query_one(f"#{self._ident}-hint", Static)
            hint.update(Content.styled("! " + _(self._cells[self._place[1]].hint), "$warning"))

    @on(Input.Changed, "#cell-line")
    @on(CellTicks.Changed)
    def _changed(self, event: Message) -> None:
        event.stop()
        self.say()

    # -- changing a cell --------------------------------------------------------------------

    @on(DataTable.CellSelected)
    def begin(self) -> None:
        """Change the cell under the cursor."""
        row, column = self.grid.chosen, self.grid.column
        if row is None or column not in self._cells or column is None:
            return
        cell, text = self._cells[column], self._read(row, column)
        self._place = (row, column)
        if cell.ticks:
            self._ticks.begin(cell.ticks, text)
        else:
            line = self._line
            line.restrict = None
            with line.prevent(Input.Changed):
                line.value = text
            line.restrict = cell.restrict
            line.cursor_position = len(line.value)
        self._line.display, self._ticks.display = not cell.ticks, bool(cell.ticks)
        self._follow()
        self._editor.focus()
        self.say()

    @property
    def _editor(self) -> CellLine | CellTicks:
        return self._ticks if self._ticks.display else self._line

    @property
    def _text(self) -> str:
        return self._editor.value

    def _follow(self) -> None:
        """Lay what changes the cell over it, also when the table has been scrolled."""
        if self._place is None:
            return
        row, column = self._place
        grid, cell = self.grid, self._cells[column]
        widths = [c.get_render_width(grid) for c in grid.ordered_columns]
        index = grid.get_column_index(column)
        x = sum(widths[:index]) - int(grid.scroll_x)
        y = grid.get_row_index(row) + grid.header_height - int(grid.scroll_y)
        width = self._ticks.room if cell.ticks else ROOM if cell.wide else widths[index] + 1
        width = max(1, min(width, self.size.width))
        self._editor.styles.width = width
        self._editor.styles.offset = (max(0, min(x, self.size.width - width)), y)

    def on_resize(self) -> None:
        """The cell may be elsewhere."""
        self.call_after_refresh(self._follow)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002
        """Its keys are for a cell that is being changed."""
        return self.changing if action in ("restore", "keep") else None

    def action_restore(self) -> None:
        """Leave the cell as it was."""
        self._end()
        self.grid.focus()

    @on(Input.Submitted, "#cell-line")
    @on(CellTicks.Submitted)
    def _submitted(self, event: Message) -> None:
        event.stop()
        self.action_keep(0, 0)

    def action_keep(self, down: int, right: int) -> None:
        """Take the text, if it will do, and go on: to the row below or above, or to change the cell
        beside. What will not do is not left."""
        if self._place is None:
            return
        row, column = self._place
        if self._judge(row, column, self._text).refused:
            self.app.bell()
            self.say()
            return
        at, text = self.grid.get_row_index(row), self._text
        self._end()
        self._keep(row, column, text)
        self.grid.focus()
        columns = list(self._cells)
        if down:
            self.grid.to_cell(max(0, min(at + down, self.grid.row_count - 1)), column)
        elif right:
            count = len(columns)
            beside = at * count + columns.index(column) + right
            if 0 <= beside < count * self.grid.row_count:
                self.grid.to_cell(beside // count, columns[beside % count])
                self.call_after_refresh(self.begin)

    def on_descendant_blur(self) -> None:
        """Somebody went elsewhere: what will do is kept, what will not is gone, and that is said.
        While another window has the keyboard nothing changes."""
        if self._place is None or not self.app.app_focus or self._editor.has_focus:
            return
        row, column = self._place
        text, why = self._text, self._judge(row, column, self._text).refused
        self._end()
        if not why:
            self._keep(row, column, text)
        else:
            self.post_message(self.Restored(row, column, why))

    def _end(self) -> None:
        self._place = None
        self._line.display = self._ticks.display = False
        self.say()
        self.refresh_bindings()

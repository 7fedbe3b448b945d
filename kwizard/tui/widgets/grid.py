"""A table that arrow keys can leave."""

from __future__ import annotations

from typing import Literal

from rich.text import Text
from textual.widgets import DataTable

from kwizard.tui.plain import cell
from kwizard.tui.widgets.frame import walk


class Grid(DataTable[Text]):
    """A DataTable of `Text` cells. Up from the first row and down from the last one go on to the
    neighbouring widget, so that arrows and Enter are enough for a whole page."""

    def __init__(
        self,
        *,
        id: str,
        cursor: Literal["row", "cell", "none"] = "row",
        header: bool = True,
        fixed_columns: int = 0,
    ) -> None:
        super().__init__(
            id=id,
            cursor_type=cursor,
            show_header=header,
            zebra_stripes=False,
            fixed_columns=fixed_columns,
            cursor_foreground_priority="renderable",
            cell_padding=1,
        )

    def columns_are(self, *columns: tuple[str, int | None] | tuple[str, int | None, str]) -> None:
        """Set the columns: (key, width in characters or None, title). Without a title the key is
        it, as for hosts."""
        for key, width, *title in columns:
            self.add_column(cell((title[0] if title else key).upper()), key=key, width=width)

    def put(self, row: str, values: dict[str, Text]) -> None:
        """Add the row of that key, or change the cells that differ."""
        if row in self.rows:
            for column, value in values.items():
                if self.get_cell(row, column) != value:
                    self.update_cell(row, column, value)
        else:
            self.add_row(*values.values(), key=row)

    @property
    def chosen(self) -> str | None:
        """The key of the row under the cursor."""
        if not self.row_count:
            return None
        return self.coordinate_to_cell_key(self.cursor_coordinate).row_key.value

    def choose(self, row: str | None) -> None:
        """Put the cursor on that row, if it is there."""
        if row is not None and row in self.rows:
            self.move_cursor(row=self.get_row_index(row))

    def action_page_down(self) -> None:
        """A page of rows; where all of them are shown, of the page's other pane."""
        self._turn(1)

    def action_page_up(self) -> None:
        """The same, up."""
        self._turn(-1)

    def _turn(self, by: int) -> None:
        screen = self.screen
        if self.max_scroll_y == 0 and screen.check_action("scroll_pane", ()):
            screen.call_later(screen.run_action, f"scroll_pane({by})")
        elif by > 0:
            super().action_page_down()
        else:
            super().action_page_up()

    def action_cursor_down(self) -> None:
        """One row down, or on to the next widget."""
        if self.row_count == 0 or self.cursor_row >= self.row_count - 1:
            walk(self.screen, 1)
        else:
            super().action_cursor_down()

    def action_cursor_up(self) -> None:
        """One row up, or back to the widget before."""
        if self.cursor_row <= 0:
            walk(self.screen, -1)
        else:
            super().action_cursor_up()

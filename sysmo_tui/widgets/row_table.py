"""What every table has in common: how it looks, how one moves in it, and our colours in its cells."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import ClassVar

from rich.cells import set_cell_size
from rich.segment import Segment
from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.strip import Strip
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey


class RowTable(DataTable[Text], inherit_bindings=False):
    """Rows with a cursor, without lines between them.

    Its columns have widths, its cells are texts that fit them, and all its rows are equally high.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "select_cursor", show=False),
        Binding("up", "cursor_up", show=False),
        Binding("down", "cursor_down", show=False),
        Binding("pageup", "page_up", show=False),
        Binding("pagedown", "page_down", show=False),
        Binding("home", "scroll_top", show=False),
        Binding("end", "scroll_bottom", show=False),
    ]
    DEFAULT_CSS = """
    RowTable {
        height: 1fr;
        background: $background;
        scrollbar-size-vertical: 1;
        scrollbar-size-horizontal: 0;
        overflow-x: hidden;
        &:focus { background-tint: transparent; }
        & > .datatable--header { background: $background; color: $quiet; text-style: none; }
        &:focus > .datatable--header { background-tint: transparent; }
        & > .datatable--odd-row { background: $background; }
        & > .datatable--hover { background: $surface; }
        &:ansi > .datatable--header { background: ansi_default; color: ansi_bright_black; }
        &:ansi:focus > .datatable--cursor { text-style: reverse; }
    }
    """

    _ahead: tuple[Callable[[], object], ...] | None = ()
    """Moves that wait for the first rows, longer than any other key waits; None once they were there."""

    def on_mount(self) -> None:
        """Follow the colours of the theme."""
        self.app.theme_changed_signal.subscribe(self, lambda _theme: self.recolour())

    def recolour(self) -> None:
        """Write the cells in the colours of another theme."""
        raise NotImplementedError

    def action_cursor_down(self) -> None:
        """One row down."""
        self._once_there(super().action_cursor_down)

    def action_cursor_up(self) -> None:
        """One row up."""
        self._once_there(super().action_cursor_up)

    def to_top(self) -> None:
        """Move the cursor to the first row."""
        self._once_there(lambda: self.move_cursor(row=0))

    def to_bottom(self) -> None:
        """Move the cursor to the last row there is."""
        self._once_there(lambda: self.move_cursor(row=max(self.row_count - 1, 0)))

    def half_page(self, direction: int) -> None:
        """Move the cursor by half of what is visible."""

        def move() -> None:
            row = self.cursor_row + direction * max(self.size.height // 2, 1)
            self.move_cursor(row=min(max(row, 0), max(self.row_count - 1, 0)))

        self._once_there(move)

    def rows_came(self) -> None:
        """Make the moves that were asked for before there were rows."""
        ahead, self._ahead = self._ahead or (), None
        for move in ahead:
            move()

    def _once_there(self, move: Callable[[], object]) -> None:
        if self._ahead is None:
            move()
        else:
            self._ahead = (*self._ahead, move)

    def render_line(self, y: int) -> Strip:
        """A line of the heading or of a row, in the look of the cursor or the mouse where they are."""
        # The toolkit lays each cell out as a document of its own, which takes longer than all else for a key.
        line, part = self._place(y)
        columns, width = self.ordered_columns, self.size.width
        ground = self.get_component_rich_style("datatable--odd-row")
        if line >= self.row_count:
            return Strip.blank(width, ground)
        if line < 0:
            ground, above = self.get_component_rich_style("datatable--header"), Style.null()
            cells = [column.label for column in columns]
        else:
            above, cells = self._above(line), self.get_row_at(line)
            ground += above
        ground += Style.from_meta({"row": line, "column": 0})
        colour = Style(color=above.color)
        segments: list[Segment] = []
        for column, cell in zip(columns, cells, strict=True):
            segments += self._drawn(cell, part, column.width, ground, colour)
        left = self.scroll_offset.x
        return Strip(segments).crop_extend(left, left + width, ground).simplify()

    def _place(self, y: int) -> tuple[int, int]:
        """Which row a line of the screen is in, and which line of it; -1 for the heading."""
        heading = self.header_height if self.show_header else 0
        if y < heading or not self.rows:
            return (-1, y) if y < heading else (0, 0)
        return divmod(y - heading + self.scroll_offset.y, self.ordered_rows[0].height)

    def _above(self, line: int) -> Style:
        """What the mouse and the cursor change of a row's look."""
        look = Style.null()
        if line == self.hover_row and self._show_hover_cursor:
            look += self.get_component_rich_style("datatable--hover")
        if line == self.cursor_row:
            look += self.get_component_rich_style("datatable--cursor")
        return look

    def _drawn(self, cell: Text, part: int, width: int, ground: Style, colour: Style) -> list[Segment]:
        """One line of a cell, as wide as its column; its ``colour`` stands above its own."""
        console = self.app.console
        lines = cell.split(allow_blank=True) if "\n" in cell.plain else [cell]
        text = lines[part] if part < len(lines) else Text()
        style = ground + console.get_style(text.style) + colour
        if not text.spans:
            return [Segment(set_cell_size(text.plain, width), style)]
        parts = [Segment(each.text, ground + (each.style or style) + colour) for each in text.render(console)]
        return Segment.adjust_line_length(parts, width, style=ground + colour)

    def _set_hover_cursor(self, active: bool) -> None:
        # Each key would paint the row anew that the mouse was on last.
        if active != self._show_hover_cursor:
            super()._set_hover_cursor(active)

    def _update_dimensions(self, new_rows: Iterable[RowKey]) -> None:
        # It would measure every cell of the new rows for widths that the columns have already.
        super()._update_dimensions(())

    def ink(self, name: str) -> Style:
        """One of our colour variables as a style for cells; none for an empty name."""
        colour = self.app.theme_variables.get(name.removeprefix("$"), "").removeprefix("ansi_")
        return Style(color=colour) if colour and colour != "default" else Style()

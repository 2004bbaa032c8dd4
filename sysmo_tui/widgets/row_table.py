"""What every table has in common: how it looks, how one moves in it, and our colours in its cells."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from rich.style import Style
from rich.text import Text
from textual.binding import Binding, BindingType
from textual.widgets import DataTable


class RowTable(DataTable[Text], inherit_bindings=False):
    """Rows with a cursor, without lines between them."""

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
        & > .datatable--even-row { background: $background; }
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

    def ink(self, name: str) -> Style:
        """One of our colour variables as a style for cells; none for an empty name."""
        colour = self.app.theme_variables.get(name.removeprefix("$"), "").removeprefix("ansi_")
        return Style(color=colour) if colour and colour != "default" else Style()

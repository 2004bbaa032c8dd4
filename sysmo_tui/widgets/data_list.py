"""A table of rows of one kind that fits its columns to the room it has and keeps its cursor on a row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from rich.text import Text
from textual.events import Resize

from sysmo_tui.domain.text import SafeText, clean_line, fit
from sysmo_tui.widgets.row_table import RowTable

Row = TypeVar("Row")

GAP = 2
"""Cells between two columns."""
LITTLE = 58
SHARE = 18
"""Cells that a column which shares what is left asks for where there is little room."""
LEAST = 8
"""Cells that a column keeps where there is little room; one that asks for less keeps those."""


@dataclass(frozen=True, slots=True)
class Column(Generic[Row]):
    """A column: its heading, its cells (0 shares what is left), what it says of a row.

    ``from_width`` is how wide the table must be for it; ``style`` may name a theme's colour by row.
    """

    title: str
    width: int
    text: Callable[[Row], str]
    from_width: int = 0
    style: Callable[[Row], str] | None = None
    is_number: bool = False


class DataList(RowTable, Generic[Row]):
    """Rows with a cursor; ``key`` says which row is the same row after it was read again."""

    def __init__(self, columns: Sequence[Column[Row]], key: Callable[[Row], str]) -> None:
        super().__init__(cursor_type="row", zebra_stripes=False, cell_padding=0)
        self._wanted, self._key = columns, key
        self._items: tuple[Row, ...] = ()

    @property
    def items(self) -> tuple[Row, ...]:
        """The rows that are shown."""
        return self._items

    @property
    def current(self) -> Row | None:
        """The row that the cursor is on."""
        return self._items[self.cursor_row] if 0 <= self.cursor_row < len(self._items) else None

    def show(self, items: Sequence[Row], *, goes_to: str = "") -> None:
        """Show these rows; the cursor goes to the row of that key, else stays on its own if it is there."""
        before = self.current
        kept = goes_to or (None if before is None else self._key(before))
        at = self.cursor_row
        self._items = tuple(items)
        self._draw()
        names = [self._key(item) for item in self._items]
        row = names.index(kept) if kept in names else min(at, len(names) - 1)
        if names:
            self.move_cursor(row=max(row, 0))
        self.rows_came()

    def on_resize(self, event: Resize) -> None:
        """Fit the columns to the room."""
        event.stop()
        self.recolour()

    def recolour(self) -> None:
        """Write all cells again, with the cursor where it is."""
        at = self.cursor_row
        self._draw()
        if self._items:
            self.move_cursor(row=at)

    def _draw(self) -> None:
        room = self.size.width
        if room <= 0:
            return
        shown = _fitting([column for column in self._wanted if self._says(column, room)], room - 2)
        widths = _widths(shown, room - 2)
        self.clear(columns=True)
        self.add_column(Text(""), width=1)
        for column, width in zip(shown, widths, strict=True):
            title = Text(fit(SafeText(column.title), width))
            if column.is_number:
                title.align("right", width)
            self.add_column(title, width=width + GAP)
        for item in self._items:
            cells = [self._cell(column, item, width) for column, width in zip(shown, widths, strict=True)]
            self.add_row(Text(""), *cells)

    def _says(self, column: Column[Row], room: int) -> bool:
        """Whether it is for so much room, and says something: without a heading perhaps of no row."""
        if room < column.from_width:
            return False
        return bool(column.title) or any(column.text(item) for item in self._items)

    def _cell(self, column: Column[Row], item: Row, width: int) -> Text:
        said: SafeText = fit(clean_line(column.text(item)), width)
        name = column.style(item) if column.style is not None else ""
        text = Text(said, style=self.ink(name), no_wrap=True)
        if column.is_number:
            text.align("right", width)
        return text


def _fitting(columns: Sequence[Column[Row]], room: int) -> list[Column[Row]]:
    """The first of the columns, as many as can have their least width."""
    shown: list[Column[Row]] = []
    for column in columns:
        room -= _least(column) + GAP
        if shown and room < 0:
            break
        shown.append(column)
    return shown


def _widths(columns: Sequence[Column[Row]], room: int) -> list[int]:
    """Cells of each column; those that ask for 0 share what the others leave.

    Where that is too little, the widest give way until all have a place.
    """
    room -= GAP * len(columns)
    sharing = sum(not column.width for column in columns)
    share = SHARE if room < LITTLE else LEAST
    widths = [column.width or share for column in columns]
    while sum(widths) > room:
        at = max(range(len(widths)), key=lambda place: widths[place] - _least(columns[place]))
        if widths[at] <= _least(columns[at]):
            break
        widths[at] -= 1
    left = max(room - sum(widths), 0) // max(sharing, 1)
    return [width if column.width else width + left for column, width in zip(columns, widths, strict=True)]


def _least(column: Column[Any]) -> int:
    """Cells without which a column would say nothing."""
    return min(column.width or LEAST, LEAST)

"""The table of tickets: it fits its columns to the room it has and keeps its cursor on a ticket."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from rich.text import Text
from textual.events import Resize
from textual.message import Message
from textual.widgets import DataTable
from textual.widgets.data_table import RowKey

from sysmo_tui.domain.enums import Sort
from sysmo_tui.domain.text import cell_width
from sysmo_tui.domain.views import CustomerTicketRow, TicketRow
from sysmo_tui.i18n import _
from sysmo_tui.widgets.present_words import present_mark
from sysmo_tui.widgets.ticket_cells import TicketCells
from sysmo_tui.widgets.ticket_columns import PHONE, Column, fitting
from sysmo_tui.widgets.ticket_text import Row, clock_name

if TYPE_CHECKING:
    from sysmo_tui.services.inboxes import News
    from sysmo_tui.services.presence import Present

NEAR_END = 8
"""Rows before the last at which the next page is asked for."""


class TicketTable(TicketCells):
    """Tickets in rows. Rows change in place; only whoever looks at it makes them move."""

    class NearEnd(Message):
        """The cursor comes to the end of the rows there are."""

    def __init__(self, *, for_customers: bool = False) -> None:
        super().__init__(cursor_type="row", cell_padding=0, zebra_stripes=False)
        self.tickets: list[Row] = []
        self._left: frozenset[int] = frozenset()
        self._chosen: tuple[str, ...] = ()
        self._columns_shown: tuple[Column, ...] = ()
        self._written: dict[int, list[Text]] = {}
        self._width = 0
        self._is_customers = for_customers
        self.can_mark = not for_customers

    @property
    def current(self) -> Row | None:
        """The ticket under the cursor, unless one may see it no more."""
        if 0 <= self.cursor_row < len(self.tickets):
            row = self.tickets[self.cursor_row]
            return None if row.number in self._lost else row
        return None

    @property
    def numbers(self) -> Sequence[int]:
        """The numbers of the tickets, from the top."""
        return [row.number for row in self.tickets]

    def rewrite(self, numbers: Collection[int]) -> None:
        """Write the cells of tickets anew whose marks changed."""
        self._renew(row for row in self.tickets if row.number in numbers)

    @property
    def has_stale(self) -> bool:
        """Whether it shows tickets that are not in the list any more."""
        return bool(self._left or self._lost)

    @property
    def present_marks(self) -> frozenset[str]:
        """The marks of who has one of its tickets open."""
        present = (self._present.get(row.number) for row in self.tickets)
        return frozenset(present_mark(each)[0] for each in present if each)

    def show(
        self,
        rows: Sequence[Row],
        sort: Sort | None,
        now: datetime,
        *,
        at: int | None = None,
        from_top: bool = False,
    ) -> None:
        """Show other tickets, with the cursor on ticket ``at`` where it is one of them.

        Else at the top, or on the ticket it is on or the next that is still there, or in the line it is in.
        """
        line = 0 if from_top else self.cursor_row
        shown = self.numbers, self._sort
        behind = [] if from_top else shown[0][line:]
        self.tickets, self._sort, self._now = list(rows), sort, now
        self._left = self._lost = frozenset()
        numbers = self.numbers
        line = next((numbers.index(number) for number in (at, *behind) if number in numbers), line)
        if (numbers, sort) == shown and 0 < len(numbers) == self.row_count:
            self._renew(self.tickets)
            self.move_cursor(row=line)
        else:
            self._fill(line)
        self.keep_marks()
        self.rows_came()

    def choose(self, columns: Sequence[str]) -> None:
        """Show these columns, by name, from now on; without any the usual ones."""
        if tuple(columns) != self._chosen:
            self._chosen = tuple(columns)
            self._fill(self.cursor_row)

    def drop(self, numbers: Collection[int]) -> int:
        """Take lines away, the cursor staying where it is; returns how many there were."""
        gone = [row.number for row in self.tickets if row.number in numbers]
        line = self.cursor_row - sum(number in numbers for number in self.numbers[: self.cursor_row])
        self.tickets = [row for row in self.tickets if row.number not in numbers]
        self._left, self._lost = self._left.difference(gone), self._lost.difference(gone)
        for number in gone:
            self.remove_row(str(number))
            self._written.pop(number, None)
        self.keep_marks()
        self.move_cursor(row=max(min(line, len(self.tickets) - 1), 0))
        return len(gone)

    def append(self, rows: Sequence[Row]) -> None:
        """Add the next page below, without those that are there already."""
        known = {row.number for row in self.tickets}
        for row in rows:
            if row.number not in known:
                self.tickets.append(row)
                self._add(row)

    def renew(self, news: News, now: datetime, *, is_all: bool) -> bool:
        """Show what tickets are now, each in its line; dim those that left the list or were lost.

        Tells whether anything differs from what was known before. Unless it ``is_all`` that was read again,
        a customer's line in which nothing differs stays as it is: its age would tell of a note.
        """
        self._now = now
        left, lost = self._left - news.changed | news.left, self._lost - news.changed | news.lost
        others = (left ^ self._left) | (lost ^ self._lost)
        self._left, self._lost = left, lost
        known = {row.number: row for row in news.rows}
        others |= {row.number for row in self.tickets if known.get(row.number, row) != row}
        self.tickets = [known.get(row.number, row) for row in self.tickets]
        same = news.changed - others
        self._renew(
            row
            for row in self.tickets
            if row.number in others or (row.number in same and (is_all or isinstance(row, TicketRow)))
        )
        return bool(others)

    def attend(self, present: Mapping[int, Sequence[Present]]) -> None:
        """Show who has which ticket open now."""
        before, self._present = self._present, present
        if before != present:
            self._renew(row for row in self.tickets if row.number in before or row.number in present)

    def recolour(self) -> None:
        """Write the cells in the colours of another theme."""
        self._renew(self.tickets)

    def get_row(self, row_key: RowKey | str) -> list[Text]:
        """The cells of a row, which are written when somebody comes to see them."""
        row = self.tickets[self.get_row_index(row_key)]
        if row.number not in self._written:
            self._written[row.number] = [self._cell(row, column) for column in self._columns_shown]
        return self._written[row.number]

    def on_resize(self, event: Resize) -> None:
        """Choose the columns that fit."""
        if event.size.width != self._width:
            self._width = event.size.width
            self._fill(self.cursor_row)

    def on_data_table_row_highlighted(self, event: DataTable.RowHighlighted) -> None:
        """Ask for more before it is needed."""
        if event.cursor_row >= len(self.tickets) - NEAR_END:
            self.post_message(self.NearEnd())

    def _fill(self, line: int) -> None:
        if not self._width:
            return
        if self.tickets:
            self._is_customers = isinstance(self.tickets[0], CustomerTicketRow)
        self._columns_shown = fitting(
            self._width,
            self.app.size.width,
            self._chosen,
            is_customers=self._is_customers,
            widest_state=max((cell_width(_(row.status)) for row in self.tickets), default=0),
        )
        self.clear(columns=True)
        self._written.clear()
        self.show_header = self._width >= PHONE
        for column in self._columns_shown:
            self.add_column(Text(self._title_of(column)), width=self._width_of(column), key=column.key)
        for row in self.tickets:
            self._add(row)
        if self.tickets:
            self.move_cursor(row=min(line, len(self.tickets) - 1))

    def _add(self, row: Row) -> None:
        key = self.add_row(height=2 if self._width < PHONE else 1, key=str(row.number))
        if self._is_customers:
            # Its age is that of this moment: a later one would tell of a note.
            self.get_row(key)

    def _cell(self, row: Row, column: Column) -> Text:
        cell = column.write(self, row, self._width_of(column))
        if row.number in self._left or row.number in self._lost:
            cell.stylize("dim")
        return cell

    def _renew(self, rows: Iterable[Row]) -> None:
        """Write those of ``rows`` anew that were written, and paint them where anything differs."""
        for row in rows:
            before, key = self._written.pop(row.number, None), str(row.number)
            if before is not None and not _is_same(before, self.get_row(key)):
                self.refresh_row(self.get_row_index(key))

    def _width_of(self, column: Column) -> int:
        if column.width:
            return column.width
        fixed = sum(each.width for each in self._columns_shown)
        return max(self._width - fixed - 1, 8)

    def _title_of(self, column: Column) -> str:
        is_clock = column.key == "clock"
        title = clock_name(self._sort, is_customers=self._is_customers) if is_clock else _(column.title)
        return title.rjust(column.width) if column.is_last else title


def _is_same(before: Sequence[Text], after: Sequence[Text]) -> bool:
    return all(old == new and old.style == new.style for old, new in zip(before, after, strict=True))

"""The table of tickets: it fits its columns to the room it has and keeps its cursor on a ticket."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from rich.style import Style
from rich.text import Text
from textual.events import Resize
from textual.message import Message
from textual.widgets import DataTable

from sysmo_tui.domain.enums import Sort
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import SafeText, fit
from sysmo_tui.domain.views import CustomerTicketRow, TicketRow
from sysmo_tui.i18n import _
from sysmo_tui.widgets.changes import NOBODY
from sysmo_tui.widgets.marked_rows import MARK, MarkedRows
from sysmo_tui.widgets.present_words import present_mark
from sysmo_tui.widgets.ticket_text import (
    DRAFT,
    UNDELIVERABLE,
    Row,
    age_text,
    clock_name,
    clock_of,
    mark,
    person,
    priority_marks,
    state_style,
)

if TYPE_CHECKING:
    from sysmo_tui.services.inboxes import News
    from sysmo_tui.services.presence import Present

NEAR_END = 8
"""Rows before the last at which the next page is asked for."""
PHONE = 60
"""Cells below which a ticket takes two lines."""

Write = Callable[["TicketTable", Row, int], Text]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its cells (0 takes what is left), and how wide the terminal must be for it.

    What ``ages`` says something else of the same ticket later.
    """

    key: str
    title: str
    width: int
    write: Write
    from_width: int = 0
    ages: bool = False


class TicketTable(MarkedRows):
    """Tickets in rows. Rows change in place; only whoever looks at it makes them move."""

    class NearEnd(Message):
        """The cursor comes to the end of the rows there are."""

    def __init__(self, *, for_customers: bool = False) -> None:
        super().__init__(
            cursor_type="row", cell_padding=0, zebra_stripes=False, cursor_foreground_priority="renderable"
        )
        self.tickets: list[Row] = []
        self._left: frozenset[int] = frozenset()
        self._lost: frozenset[int] = frozenset()
        self._present: Mapping[int, Sequence[Present]] = {}
        self._sort: Sort | None = None
        self._now = datetime.min
        self._columns_shown: tuple[Column, ...] = ()
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
        """Show other tickets, with the cursor on ticket ``at``, at the top, or else in the line it is in."""
        line = 0 if from_top else self.cursor_row
        self.tickets, self._sort, self._now = list(rows), sort, now
        self._left = self._lost = frozenset()
        numbers = self.numbers
        self._fill(numbers.index(at) if at in numbers else line)
        self.keep_marks()

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
        self._renew(row for row in self.tickets if row.number in others)
        ageing = (
            row for row in self.tickets if row.number in same and (is_all or isinstance(row, TicketRow))
        )
        self._renew(ageing, only_ages=True)
        return bool(others)

    def attend(self, present: Mapping[int, Sequence[Present]]) -> None:
        """Show who has which ticket open now."""
        before, self._present = self._present, present
        if before != present:
            self._renew(row for row in self.tickets if row.number in before or row.number in present)

    def recolour(self) -> None:
        """Write the cells in the colours of another theme."""
        self._renew(self.tickets)

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
        columns: tuple[Column, ...] = _CUSTOMER_COLUMNS if self._is_customers else _STAFF_COLUMNS
        if self._width < PHONE:
            columns = _PHONE_COLUMNS
        # Beside a preview the subject gives way first: the preview has it whole.
        room = self.app.size.width
        self._columns_shown = tuple(column for column in columns if column.from_width <= room)
        self.clear(columns=True)
        self.show_header = self._width >= PHONE
        for column in self._columns_shown:
            self.add_column(Text(self._title_of(column)), width=self._width_of(column), key=column.key)
        for row in self.tickets:
            self._add(row)
        if self.tickets:
            self.move_cursor(row=min(line, len(self.tickets) - 1))

    def _add(self, row: Row) -> None:
        height = 2 if self._width < PHONE else 1
        cells = (self._cell(row, column) for column in self._columns_shown)
        self.add_row(*cells, height=height, key=str(row.number))

    def _cell(self, row: Row, column: Column) -> Text:
        cell = column.write(self, row, self._width_of(column))
        if row.number in self._left or row.number in self._lost:
            cell.stylize("dim")
        return cell

    def _renew(self, rows: Iterable[Row], *, only_ages: bool = False) -> None:
        """Write the cells of ``rows`` that differ from what is shown."""
        columns = [column for column in self._columns_shown if column.ages or not only_ages]
        for row in rows:
            key = str(row.number)
            for column in columns:
                before, after = self.get_cell(key, column.key), self._cell(row, column)
                if before != after or before.style != after.style:
                    self.update_cell(key, column.key, after)

    def _width_of(self, column: Column) -> int:
        if column.width:
            return column.width
        fixed = sum(each.width for each in self._columns_shown)
        return max(self._width - fixed - 1, 8)

    def _title_of(self, column: Column) -> str:
        if column.key == "clock":
            return clock_name(self._sort, is_customers=self._is_customers).rjust(column.width)
        return _(column.title)

    def _text(self, value: str, width: int, style: Style | str = "") -> Text:
        return Text(fit(SafeText(value), max(width - 1, 1)), style=style, no_wrap=True)

    def _glyph(self, row: Row) -> tuple[str, str]:
        return (MARK, "accent") if self.is_marked(row.number) else mark(row, self._now)

    def _first(self, row: Row, width: int) -> Text:
        glyph, ink = self._glyph(row)
        return Text(glyph, style=self.ink(ink), no_wrap=True)

    def _marks(self, row: Row, width: int) -> Text:
        here, ink = present_mark(self._present.get(row.number, ()))
        return self._first(row, width).append(here, self.ink(ink))

    def _number(self, row: Row, width: int) -> Text:
        return self._text(str(row.number), width)

    def _state(self, row: Row, width: int) -> Text:
        if row.number in self._lost:
            return self._text("—", width)
        return self._text(_(row.status), width, state_style(row.category))

    def _priority(self, row: Row, width: int) -> Text:
        level = row.level if isinstance(row, TicketRow) else 0
        return self._text(priority_marks(level), width, self.ink("urgent"))

    def _subject(self, row: Row, width: int) -> Text:
        return self._text(_headline(row), width, "bold" if row.is_unread else "")

    def _company(self, row: Row, width: int) -> Text:
        shown = row.requester.company or row.requester.name if isinstance(row, TicketRow) else row.topic
        return self._text(shown, width, self.ink("quiet"))

    def _who(self, row: Row, width: int) -> Text:
        if isinstance(row, TicketRow):
            return self._text(person(row.assignee.name if row.assignee else None), width)
        return self._text(person(row.operator), width)

    def _clock(self, row: Row, width: int) -> Text:
        return Text(self._since(row).rjust(width), style=self.ink("quiet"), no_wrap=True)

    def _since(self, row: Row) -> str:
        since = clock_of(row, self._sort)
        return age_text(since, self._now) if since is not None else NOBODY

    def _two_lines(self, row: Row, width: int) -> Text:
        glyph, ink = self._glyph(row)
        here, here_ink = present_mark(self._present.get(row.number, ()))
        marks = priority_marks(row.level) if isinstance(row, TicketRow) else ""
        head = fit(SafeText(_headline(row)), width - 3)
        facts = f"#{row.number} · {_(row.status)} · {self._since(row)}"
        return Text.assemble(
            (f"{glyph} ", self.ink(ink)),
            (head, "bold" if row.is_unread else ""),
            "\n",
            (f"{here} ", self.ink(here_ink)),
            (fit(SafeText(facts), width - 6), self.ink("quiet")),
            (f" {marks}", self.ink("urgent")),
            no_wrap=True,
        )


def _headline(row: Row) -> str:
    """The subject, with a mark before it where one's own draft waits, and where no mail arrives."""
    marks = [DRAFT] if row.has_draft else []
    if isinstance(row, TicketRow) and row.undeliverable_at is not None:
        marks.append(UNDELIVERABLE)
    return " ".join((*marks, row.subject))


_STAFF_COLUMNS = (
    Column("mark", "", 3, TicketTable._marks, ages=True),
    Column("number", "#", 7, TicketTable._number),
    Column("state", N_("State"), 12, TicketTable._state),
    Column("priority", N_("Pri"), 4, TicketTable._priority),
    Column("subject", N_("Subject"), 0, TicketTable._subject),
    Column("company", N_("Company"), 13, TicketTable._company, from_width=79),
    Column("who", N_("Who"), 8, TicketTable._who),
    Column("clock", "", 7, TicketTable._clock, from_width=66, ages=True),
)
_CUSTOMER_COLUMNS = (
    Column("mark", "", 2, TicketTable._first, ages=True),
    Column("number", "#", 7, TicketTable._number),
    Column("state", N_("State"), 12, TicketTable._state),
    Column("subject", N_("Subject"), 0, TicketTable._subject),
    Column("company", N_("Topic"), 14, TicketTable._company, from_width=79),
    Column("who", N_("Operator"), 10, TicketTable._who, from_width=66),
    Column("clock", "", 7, TicketTable._clock, ages=True),
)
_PHONE_COLUMNS = (Column("lines", "", 0, TicketTable._two_lines, ages=True),)

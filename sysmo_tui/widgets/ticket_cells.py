"""What stands in the cells of a list of tickets, in words first and in colours beside them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from rich.style import Style
from rich.text import Text

from sysmo_tui.domain.enums import Category, Sort
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.text import SafeText, cell_width, fit
from sysmo_tui.domain.views import TicketRow
from sysmo_tui.i18n import _
from sysmo_tui.spoken import date_text
from sysmo_tui.widgets.changes import NOBODY
from sysmo_tui.widgets.marked_rows import MARK, MarkedRows
from sysmo_tui.widgets.present_words import present_mark
from sysmo_tui.widgets.ticket_text import (
    DRAFT,
    UNDELIVERABLE,
    Row,
    age_ink,
    age_text,
    clock_of,
    due_brief,
    is_overdue,
    mark,
    person,
    priority_marks,
    state_style,
)
from sysmo_tui.widgets.words import said

if TYPE_CHECKING:
    from sysmo_tui.services.presence import Present


class TicketCells(MarkedRows):
    """A table whose rows are tickets. A cell is as wide as its column, the gap behind it included."""

    _lost: frozenset[int] = frozenset()
    _present: Mapping[int, Sequence[Present]] = {}
    _sort: Sort | None = None
    _now = datetime.min
    zone = ZoneInfo("UTC")
    """The time zone to tell days in."""

    def plain(self, value: str, width: int, style: Style | str = "") -> Text:
        """A text that is cut where it finds no room."""
        return Text(fit(SafeText(value), max(width - 1, 1)), style=style, no_wrap=True)

    def _at_the_end(self, value: str, width: int, ink: str) -> Text:
        value = fit(SafeText(value), max(width, 1))
        return Text(" " * (width - cell_width(value)) + value, style=self.ink(ink), no_wrap=True)

    def _glyph(self, row: Row) -> tuple[str, str]:
        return (MARK, "accent") if self.is_marked(row.number) else mark(row, self._now)

    def first(self, row: Row, width: int) -> Text:
        """Whether it is marked, unread or overdue."""
        glyph, ink = self._glyph(row)
        return Text(glyph, style=self.ink(ink), no_wrap=True)

    def marks(self, row: Row, width: int) -> Text:
        """The same, and who has it open."""
        here, ink = present_mark(self._present.get(row.number, ()))
        return self.first(row, width).append(here, self.ink(ink))

    def number(self, row: Row, width: int) -> Text:
        """Its number."""
        return self.plain(str(row.number), width)

    def state(self, row: Row, width: int) -> Text:
        """Its status; a dash for one that may not be seen any more."""
        if row.number in self._lost:
            return self.plain("—", width)
        return self.plain(_(row.status), width, state_style(row.category))

    def urgency(self, row: Row, width: int) -> Text:
        """The marks of its priority, where it stands out."""
        level = row.level if isinstance(row, TicketRow) else 0
        return self.plain(priority_marks(level), width, self.ink("urgent"))

    def priority(self, row: Row, width: int) -> Text:
        """Its priority in words, behind its marks."""
        marks = priority_marks(row.level) if isinstance(row, TicketRow) else ""
        return self.plain(f"{marks} {_(row.priority)}".strip(), width, self.ink("urgent") if marks else "")

    def subject(self, row: Row, width: int) -> Text:
        """What it is about, and what stands before that."""
        return self.plain(_headline(row), width, "bold" if row.is_unread else "")

    def company(self, row: Row, width: int) -> Text:
        """Whose it is; for customers its topic."""
        shown = row.requester.company or row.requester.name if isinstance(row, TicketRow) else row.topic
        return self.plain(shown, width, self.ink("quiet"))

    def requester(self, row: Row, width: int) -> Text:
        """Who asked."""
        return self.plain(row.requester.name if isinstance(row, TicketRow) else row.requester, width)

    def email(self, row: Row, width: int) -> Text:
        """Where its answers go."""
        return self.plain(row.contact_email, width, self.ink("quiet"))

    def assignee(self, row: Row, width: int) -> Text:
        """Who has it."""
        if isinstance(row, TicketRow):
            return self.plain(person(row.assignee.name if row.assignee else None), width)
        return self.plain(person(row.operator), width)

    def owner(self, row: Row, width: int) -> Text:
        """Who answers for it."""
        owner = row.owner if isinstance(row, TicketRow) else None
        return self.plain(person(owner.name if owner else None), width)

    def topic(self, row: Row, width: int) -> Text:
        """What it belongs to."""
        return self.plain(_(row.topic), width, self.ink("quiet"))

    def type(self, row: Row, width: int) -> Text:
        """Of which type it is."""
        return self.plain(_(row.type) if isinstance(row, TicketRow) else "", width, self.ink("quiet"))

    def channel(self, row: Row, width: int) -> Text:
        """How it came in."""
        return self.plain(said(row.channel), width, self.ink("quiet"))

    def clock(self, row: Row, width: int) -> Text:
        """How late it is; else the time that the list is sorted by."""
        if isinstance(row, TicketRow) and (self._sort is Sort.DUE or is_overdue(row, self._now)):
            return self.due(row, width)
        since = clock_of(row, self._sort)
        is_waiting = self._sort is Sort.URGENT and isinstance(row, TicketRow)
        return self._since(since, width, is_waiting=is_waiting)

    def waits(self, row: Row, width: int) -> Text:
        """How long its customer has waited."""
        since = row.waiting_since if isinstance(row, TicketRow) else FAR_FUTURE
        return self._since(None if since == FAR_FUTURE else since, width, is_waiting=True)

    def age(self, row: Row, width: int) -> Text:
        """How old it is."""
        return self._since(row.created_at, width)

    def updated(self, row: Row, width: int) -> Text:
        """How long nothing has changed."""
        return self._since(row.updated_at, width)

    def _since(self, since: datetime | None, width: int, *, is_waiting: bool = False) -> Text:
        if since is None:
            return self._at_the_end(NOBODY, width, "quiet")
        ink = age_ink(since, self._now) if is_waiting else "quiet"
        return self._at_the_end(age_text(since, self._now), width, ink)

    def due(self, row: Row, width: int) -> Text:
        """How soon something falls due, or how late it is."""
        due = row.due_at if isinstance(row, TicketRow) else None
        if due is None or row.category is Category.CLOSED:
            return self._at_the_end(NOBODY, width, "quiet")
        return self._at_the_end(due_brief(due, self._now), width, "overdue" if due < self._now else "")

    def created(self, row: Row, width: int) -> Text:
        """The day on which it was filed."""
        return self._day(row.created_at, width)

    def closed(self, row: Row, width: int) -> Text:
        """The day on which it was closed."""
        return self._day(row.closed_at, width)

    def follow_up(self, row: Row, width: int) -> Text:
        """The day on which to come back to it."""
        return self._day(row.follow_up_at if isinstance(row, TicketRow) else None, width)

    def _day(self, day: datetime | date | None, width: int) -> Text:
        if isinstance(day, datetime):
            day = day.astimezone(self.zone).date()
        return self.plain(NOBODY if day is None else date_text(day), width, self.ink("quiet"))

    def two_lines(self, row: Row, width: int) -> Text:
        """All of it, where there is no room for columns."""
        glyph, ink = self._glyph(row)
        here, here_ink = present_mark(self._present.get(row.number, ()))
        marks = priority_marks(row.level) if isinstance(row, TicketRow) else ""
        head = fit(SafeText(_headline(row)), width - 3)
        time, is_late = self.clock(row, 1_000), is_overdue(row, self._now)
        facts = f"#{row.number} · {_(row.status)} · "
        room = width - 4 - cell_width(marks) - cell_width(facts)
        told = fit(SafeText(time.plain.strip()), max(room, 1))
        return Text.assemble(
            (f"{glyph} ", self.ink(ink)),
            (head, "bold" if row.is_unread else ""),
            "\n",
            (f"{here} ", self.ink(here_ink)),
            (facts, self.ink("quiet")),
            (told, self.ink("overdue") if is_late else time.style if room > 0 else ""),
            (f" {marks}" if marks else "", self.ink("urgent")),
            no_wrap=True,
        )


def _headline(row: Row) -> str:
    """The subject, with a mark before it where one's own draft waits, and where no mail arrives."""
    marks = [DRAFT] if row.has_draft else []
    if isinstance(row, TicketRow) and row.undeliverable_at is not None:
        marks.append(UNDELIVERABLE)
    return " ".join((*marks, row.subject))

"""The tickets behind a figure of a report."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui import spoken
from sysmo_tui.desk import Work
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.report_parts import WEEKDAYS, Figure, Part
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Page
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.neighbours import Neighbours
from sysmo_tui.screens.table_screen import TableScreen, facts, list_bindings
from sysmo_tui.services import report_tickets
from sysmo_tui.services.report_frames import Ask
from sysmo_tui.services.report_tickets import Behind, Cases
from sysmo_tui.widgets.data_list import Column


class BehindScreen(TableScreen[Behind]):
    """Every case that a figure counts, newest first; enter opens its ticket."""

    CONTEXT = Context.BEHIND
    HINTS = ("behind.open", "behind.copy", "app.refresh", "app.back", "app.help")
    BINDINGS: ClassVar[list[BindingType]] = list_bindings(Context.BEHIND)

    def __init__(self, kind: ReportKind, title: str, ask: Ask, part: Part) -> None:
        super().__init__()
        self._kind, self._title_text, self._asked, self._part = kind, title, ask, part
        self._cases: Cases | None = None

    def heading(self) -> str:
        """Which figure."""
        return clean_line(self._title_text)

    def columns(self) -> Sequence[Column[Behind]]:
        """Which ticket, when it happened, what it took, and what became of it."""
        zone, now = self.app.zone, self.app.now()
        is_rating = self._part.figure is Figure.RATED

        def value(case: Behind) -> str:
            if case.value is None:
                return ""
            return str(case.value) if is_rating else spoken.duration(case.value)

        has_value = self._part.figure in (Figure.RATED, Figure.RESOLVED, Figure.ANSWERED)
        took: list[Column[Behind]] = []
        if has_value:
            took.append(
                Column(_("Rated") if is_rating else _("Took"), 8, value, from_width=60, is_number=True)
            )
        return (
            Column("#", 7, lambda case: f"#{case.ticket.number}", is_number=True),
            Column(_("When"), 16, lambda case: spoken.moment(case.at, zone, now)),
            *took,
            Column(_("Status"), 12, lambda case: _(case.ticket.status), from_width=70),
            Column(_("Subject"), 0, lambda case: case.ticket.subject),
            Column(_("Assignee"), 16, _assignee, from_width=100),
        )

    def key(self, row: Behind) -> str:
        """Which case."""
        return f"{row.ticket.number}/{row.cycle}"

    def detail(self, row: Behind) -> Content:
        """What it is about in full, whose it is, and where it belongs."""
        ticket = row.ticket
        belongs = facts(
            (_("Customer"), ticket.requester.name),
            (_("Topic"), ticket.topic),
            (_("Priority"), _(ticket.priority)),
            (_("Assignee"), _assignee(row)),
        )
        return Content("\n").join((Content(ticket.subject), belongs))

    def ask(self, query: str, chosen: str, after: str | None) -> Asking[Page[Behind]]:
        """The cases, a page of them."""
        return self.read(self._read_page, after)

    def action_open(self) -> None:
        """Open the ticket, with this list as the way to the next one."""
        row = self.row
        if row is not None:
            neighbours = Neighbours(
                [(each.ticket.number, each.ticket.is_unread) for each in self.table.items]
            )
            screen = self.app.ticket_screen(row.ticket.number, neighbours)
            self.app.push_screen(screen, lambda _number: self.load())

    def action_copy(self) -> None:
        """Hand the command that lists these tickets to the terminal's clipboard."""
        self.app.copy_to_clipboard(shlex.join(["sysmo", "report", self._kind.value, *self._words()]))
        self.done(_("The command was sent to the clipboard of your terminal."))

    def _words(self) -> Iterator[str]:
        part = self._part
        yield from ("--tickets", part.figure.value)
        if self._cases is not None:
            yield from ("--range", f"{self._cases.days.first}..{self._cases.days.last}")
        topic = self._cases.topic if self._cases is not None else ""
        if topic or self._asked.topic:
            yield from ("--topic", topic or self._asked.topic or "")
        if part.is_nobodys:
            yield from ("--operator", report_tickets.NOBODY)
        elif part.account_id is not None and self._cases is not None:
            yield from ("--operator", self._cases.who)
        elif part.closer in (Closer.CUSTOMER, Closer.AUTOMATIC):
            yield from ("--operator", part.closer.value)
        if part.age is not None:
            yield from ("--age", part.age.value)
        if part.weekday is not None:
            yield from ("--weekday", WEEKDAYS[part.weekday])
        if part.hour is not None:
            yield from ("--hour", str(part.hour))

    def _read_page(self, work: Work, after: str | None) -> Page[Behind]:
        self._cases = report_tickets.behind(work, self._asked, self._part, after=after)
        return self._cases.page

    def _show(self, page: Page[Behind]) -> None:
        super()._show(page)
        if self._cases is not None and page.total:
            parts = [ngettext("{count} ticket", "{count} tickets", page.total)]
            if self._cases.hidden:
                parts.append(_("{count} that you do not see any more", count=self._cases.hidden))
            self.say(" · ".join(parts))


def _assignee(case: Behind) -> str:
    return case.ticket.assignee.name if case.ticket.assignee else _("nobody")

"""Marking tickets in a list: then whatever a key does, it does to all of them as one command."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Generic

from textual.content import Content
from textual.screen import ScreenResultType

from sysmo_tui.domain.views import TicketRow
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.screens.tabbing import Tabbed
from sysmo_tui.screens.ticket_acts import TicketActs
from sysmo_tui.services import inboxes
from sysmo_tui.services.bulk import BulkResult
from sysmo_tui.services.inboxes import News
from sysmo_tui.widgets.inbox_tabs import PHONE
from sysmo_tui.widgets.marked_rows import MARK, MarkedRows
from sysmo_tui.widgets.ticket_text import Row

MARKED_HINTS = (
    "ticket.take",
    "ticket.assign",
    "ticket.reply",
    "ticket.note",
    "ticket.close",
    "ticket.status",
    "app.back",
    "app.help",
)
"""What the footer offers while tickets are marked."""


class Marking(Tabbed[ScreenResultType], TicketActs[ScreenResultType], Generic[ScreenResultType]):
    """A screen with a list in which tickets are marked."""

    def marked(self) -> Sequence[int]:
        """The tickets that are marked, from the top."""
        return self.table.marked if self.is_mounted else ()

    def rows(self) -> Sequence[Row]:
        """All that is marked, else the ticket under the cursor."""
        marked = set(self.marked())
        return [row for row in self.table.tickets if row.number in marked] if marked else super().rows()

    def renew(self, news: News, *, is_all: bool = False) -> None:
        """Show what became of tickets, each in its line."""
        raise NotImplementedError

    def drop(self, numbers: Collection[int]) -> None:
        """Take lines away whose tickets do not belong to the list any more."""
        raise NotImplementedError

    def acted(self, number: int) -> None:
        """Show what the ticket under the cursor is now, in its line, which is the next one's where it left.

        The list is read again for any other ticket: nobody loses their place by that.
        """
        row = self.row()
        if row is None or row.number != number or not isinstance(row, TicketRow):
            self.load()
            return
        self.read(
            inboxes.news,
            self.tab.inbox,
            self.table.numbers,
            changed=(number,),
            query=self._query,
            sort=self._sort,
            is_typing=True,
        ).then(self._show_acted, group="acted")
        self.count()

    def taken_back(self, number: int) -> None:
        """Put the cursor on the ticket: one goes on with it."""
        row = self.row()
        if row is not None and row.number == number:
            self.acted(number)
        else:
            self.load(at=number)

    def _show_acted(self, news: News) -> None:
        self.renew(news)
        gone = news.left | news.lost
        if gone.issuperset(self.table.numbers):
            self.load()
        elif gone:
            self.drop(gone)

    def acted_on_all(self, result: BulkResult) -> None:
        """What was done is marked no more; what was refused still is."""
        self.table.unmark([changed.number for changed in result.done])
        self.load()

    def going_on(self, number: int) -> None:
        """Put the cursor on the next ticket at once: the next key is meant for it."""
        row = self.row()
        if row is not None and row.number == number:
            self.table.move_cursor(row=self.table.cursor_row + 1)

    def marks_words(self) -> Content:
        """How many are marked, and how they are marked no more; nothing where none is."""
        count = len(self.marked())
        if not count:
            return Content("")
        words = ngettext("{count} marked: keys act on it", "{count} marked: keys act on all of them", count)
        if self.size.width < PHONE:
            words = ngettext("{count} marked", "{count} marked", count)
        return Content.styled(f"{MARK} {words} · {self.app.key_for('app.back')}", "bold $accent")

    def hint_names(self, names: Sequence[str]) -> Sequence[str]:
        """While tickets are marked, what is done to all of them, and how they are marked no more."""
        return MARKED_HINTS if self.marked() else names

    def hint_words(self) -> Mapping[str, str]:
        """The way back takes the marks away first."""
        return {"app.back": _("Unmark")} if self.marked() else {}

    def unmark(self) -> bool:
        """Take all marks away; whether there were any."""
        had = bool(self.marked())
        self.table.unmark()
        return had

    def on_marked_rows_marks_changed(self, event: MarkedRows.MarksChanged) -> None:
        """Say how many are marked, and offer what may be done to them."""
        event.stop()
        self.settle(self.resting())
        self.refresh_bindings()

    def action_mark(self) -> None:
        """Mark the ticket under the cursor, or no more, and go to the next."""
        self.table.toggle(self.table.cursor_row)
        self.table.action_cursor_down()

    def action_mark_range(self) -> None:
        """Mark all from the last mark to the cursor."""
        self.table.mark_range()

    def action_mark_all(self) -> None:
        """Mark all that is shown, or nothing."""
        self.table.mark_all()

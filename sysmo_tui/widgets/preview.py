"""Beside a list: what the ticket under the cursor is about."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sysmo_tui.domain.views import CustomerTicket, TicketView
from sysmo_tui.widgets.entry import entry_content, facts_of
from sysmo_tui.widgets.ticket_text import facts_line

BODY_LINES = 12


class Preview(VerticalScroll, can_focus=False):
    """The facts and the last entries of one ticket, newest at the bottom."""

    DEFAULT_CSS = """
    Preview {
        width: 36%;
        min-width: 38;
        border-left: solid $rule;
        padding: 0 1;
        display: none;
        scrollbar-size-vertical: 1;
        &.-shown { display: block; }
    }
    """

    def compose(self) -> Iterable[Static]:
        """One text."""
        yield Static()

    @property
    def is_shown(self) -> bool:
        """Whether there is room for it and it is wanted."""
        return self.has_class("-shown")

    def allow(self, is_allowed: bool) -> None:
        """Show or hide it."""
        self.set_class(is_allowed, "-shown")

    def clear(self) -> None:
        """Show nothing."""
        self.query_one(Static).update(Content(""))

    def show(self, view: TicketView | CustomerTicket, now: datetime, zone: ZoneInfo) -> None:
        """Show a ticket."""
        row = view.row
        lines = [
            Content.assemble((f"#{row.number}  ", "$quiet"), (row.subject, "bold")),
            facts_line(row, now),
            Content.styled("─" * max(self.size.width - 3, 1), "$rule"),
        ]
        for entry in view.entries:
            lines += [entry_content(facts_of(entry), zone, now, most=BODY_LINES), Content("")]
        self.query_one(Static).update(Content("\n").join(lines))
        self.scroll_end(animate=False)

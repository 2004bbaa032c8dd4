"""Beside a list: what the ticket under the cursor is about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content

from sysmo_tui.domain.views import CustomerTicket, TicketView
from sysmo_tui.widgets.present_words import present_brief, present_mark
from sysmo_tui.widgets.steady import Steady
from sysmo_tui.widgets.ticket_text import Row, facts_lines

if TYPE_CHECKING:
    from sysmo_tui.services.presence import Present

BODY_LINES = 12


class Preview(Vertical):
    """The facts stay in place; the last entries scroll beneath them, newest at the bottom."""

    DEFAULT_CSS = """
    Preview {
        width: 30%;
        min-width: 30;
        border-left: solid $rule;
        padding: 0 0 0 1;
        display: none;
        &.-shown { display: block; }
        #preview-head { height: auto; max-height: 9; border-bottom: solid $rule; }
        VerticalScroll { height: 1fr; scrollbar-size-vertical: 1; padding-right: 1; }
        #preview-body { min-height: 100%; }
    }
    """

    def __init__(self) -> None:
        super().__init__()
        self._number = 0
        self._head: tuple[Row, datetime] | None = None
        self._present: Mapping[int, Sequence[Present]] = {}

    def compose(self) -> ComposeResult:
        """Facts and entries."""
        yield Steady(id="preview-head")
        with VerticalScroll(can_focus=False):
            yield Steady(id="preview-body")

    @property
    def is_shown(self) -> bool:
        """Whether there is room for it and it is wanted."""
        return self.has_class("-shown")

    def allow(self, is_allowed: bool) -> None:
        """Show or hide it."""
        self.set_class(is_allowed, "-shown")

    def clear(self) -> None:
        """Show nothing."""
        self._number, self._head = 0, None
        self._write(Content(""))

    def attend(self, present: Mapping[int, Sequence[Present]]) -> None:
        """Show who has the ticket open now, of those who have any of the list open."""
        before, self._present = self._present, present
        if before.get(self._number) != present.get(self._number):
            self._write_head()

    def show(self, view: TicketView | CustomerTicket, now: datetime, zone: ZoneInfo) -> None:
        """Show a ticket."""
        from sysmo_tui.widgets.entry import entry_content, facts_of

        width = self.query_one(VerticalScroll).scrollable_content_region.width
        entries = [
            entry_content(facts_of(entry), zone, now, most=BODY_LINES, width=width) for entry in view.entries
        ]
        self._number, self._head = view.row.number, (view.row, now)
        self._write(Content("\n\n").join(entries))
        self.query_one(VerticalScroll).anchor()

    def _write(self, body: Content) -> None:
        self._write_head()
        self.query_one("#preview-body", Steady).tell(body)

    def on_resize(self) -> None:
        """Use the room there is."""
        self._write_head()

    def _write_head(self) -> None:
        self.query_one("#preview-head", Steady).tell(Content("\n").join(self._head_lines()))

    def _head_lines(self) -> Iterator[Content]:
        if self._head is None:
            return
        row, now = self._head
        yield Content.assemble((f"#{row.number}  ", "$quiet"), (row.subject, "bold"))
        if present := self._present.get(row.number):
            # Before the facts, which may be cut.
            yield Content.styled(present_brief(present), f"${present_mark(present)[1]}")
        yield facts_lines(row, now, self.content_size.width)

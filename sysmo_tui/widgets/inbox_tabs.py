"""The first line of the inbox: its lists and how many tickets wait in each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from textual.content import Content
from textual.events import Click

from sysmo_tui.domain.enums import Inbox
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _
from sysmo_tui.services.inboxes import InboxCounts
from sysmo_tui.widgets.title_bar import TitleBar

NAMES: Final[Mapping[Inbox, str]] = {
    Inbox.ASSIGNED: N_("Assigned"),
    Inbox.TOPICS: N_("My topics"),
    Inbox.UNASSIGNED: N_("Unassigned"),
    Inbox.ALL: N_("All"),
    Inbox.CREATED: N_("Created"),
}
STAFF_BOXES: Final = tuple(NAMES)
CUSTOMER_BOXES: Final = (Inbox.CREATED,)


class InboxTabs(TitleBar):
    """Lists by number; the one that is open is underlined and bold."""

    def __init__(self, boxes: tuple[Inbox, ...], who: Content) -> None:
        super().__init__("", who)
        self._boxes = boxes
        self._open = boxes[0]
        self._counts: InboxCounts | None = None
        self._places: list[tuple[int, int]] = []

    def on_mount(self) -> None:
        """Show the names before any number is known."""
        self._draw()

    def on_resize(self) -> None:
        """Leave the program's name out where there is little room."""
        self._draw()

    def open(self, box: Inbox) -> None:
        """Mark another list as the open one."""
        self._open = box
        self._draw()

    def count(self, counts: InboxCounts) -> None:
        """Show new numbers."""
        if counts != self._counts:
            self._counts = counts
            self._draw()

    def _draw(self) -> None:
        room = self.size.width - 4 - self._who.cell_length
        name = Content.styled("SYSMO  ", "bold $accent")
        is_short = self._line(is_short=False).cell_length > room
        line = self._line(is_short=is_short)
        has_name = name.cell_length + line.cell_length <= room
        start = name.cell_length if has_name else 0
        self._places = []
        for place, box in enumerate(self._boxes, 1):
            end = start + self._tab(place, box, is_short=is_short).cell_length
            self._places.append((start, end))
            start = end + 2
        self.entitle(Content("").join([name, line]) if has_name else line)

    async def on_click(self, event: Click) -> None:
        """Open the list that stands where the mouse is."""
        place = event.get_content_offset(self)
        for number, (start, end) in enumerate(self._places, 1):
            if place is not None and start <= place.x < end:
                await self.screen.run_action(f"screen.box({number})")

    def _line(self, *, is_short: bool) -> Content:
        parts = [self._tab(place, box, is_short=is_short) for place, box in enumerate(self._boxes, 1)]
        return Content("  ").join(parts)

    def _tab(self, place: int, box: Inbox, *, is_short: bool) -> Content:
        label = _("My tickets") if self._boxes == CUSTOMER_BOXES else _(NAMES[box])
        style = "bold underline $accent" if box is self._open else ""
        return Content.assemble(
            (f"{place} ", "$quiet"), (label, style), self._count_of(box, is_short=is_short)
        )

    def _count_of(self, box: Inbox, *, is_short: bool) -> str:
        if self._counts is None or box is Inbox.ALL:
            return ""
        number = getattr(self._counts, box.value)
        if number is None:
            return ""
        new = self._counts.new_in_topics if box is Inbox.TOPICS else 0
        if new and is_short:
            return f" {number}+{new}"
        return f" {number} · {_('{count} new', count=new)}" if new else f" {number}"

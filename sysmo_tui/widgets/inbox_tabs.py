"""The first line of the inbox: its lists and how many tickets wait in each."""

from __future__ import annotations

from enum import Enum
from typing import Final

from textual.content import Content
from textual.events import Click

from sysmo_tui.domain.closed_sets import INBOXES
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.services.inboxes import InboxCounts
from sysmo_tui.widgets.ticket_text import person
from sysmo_tui.widgets.title_bar import TitleBar

NAMES: Final = INBOXES
STAFF_BOXES: Final = tuple(NAMES)
CUSTOMER_BOXES: Final = (Inbox.CREATED,)


WIDE = 100
"""Cells from which on the whole name of who is signed in is shown."""
GAP = 2


class Shape(Enum):
    """How much of the tabs is shown, from all of it to the digits of those that are not open."""

    WHOLE = 1
    SHORT = 2
    DIGITS = 3


class InboxTabs(TitleBar):
    """Lists by number; the one that is open is underlined, bold, and named whatever room there is."""

    def __init__(self, boxes: tuple[Inbox, ...], name: str, *, is_demo: bool = False) -> None:
        super().__init__()
        self._boxes, self._full_name, self._is_demo = boxes, name, is_demo
        self._open = boxes[0]
        self._counts: InboxCounts | None = None
        self._places: list[tuple[int, int]] = []

    def on_mount(self) -> None:
        """Show the names before any number is known."""
        self._draw()

    def on_resize(self) -> None:
        """Use the room there is."""
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
        tabs, who = self._fitting()
        self.identify(who)
        room = self._room_beside(who)
        name = Content.styled("SYSMO  ", "bold $accent")
        has_name = name.cell_length + _width(tabs) <= room
        start = name.cell_length if has_name else 0
        self._places = []
        for tab in tabs:
            self._places.append((start, start + tab.cell_length))
            start += tab.cell_length + GAP
        line = Content(" " * GAP).join(tabs)
        self.entitle(Content("").join([name, line]) if has_name else line)

    def _fitting(self) -> tuple[list[Content], Content]:
        """The tabs, and who is signed in: the lists and their counters go before the name."""
        mark = Content.styled(_("DEMO"), "bold $warning") if self._is_demo else Content("")
        name = self._full_name if self.size.width >= WIDE else person(self._full_name)
        named = Content.assemble(mark, "  " if self._is_demo else "", name)
        for shape, who in ((Shape.WHOLE, named), (Shape.SHORT, named), (Shape.SHORT, mark)):
            tabs = self._tabs(shape)
            if _width(tabs) <= self._room_beside(who):
                return tabs, who
        return self._tabs(Shape.DIGITS), named

    def _room_beside(self, who: Content) -> int:
        return self.size.width - 4 - who.cell_length

    async def on_click(self, event: Click) -> None:
        """Open the list that stands where the mouse is."""
        place = event.get_content_offset(self)
        for number, (start, end) in enumerate(self._places, 1):
            if place is not None and start <= place.x < end:
                await self.screen.run_action(f"screen.box({number})")

    def _tabs(self, shape: Shape) -> list[Content]:
        return [self._tab(place, box, shape) for place, box in enumerate(self._boxes, 1)]

    def _tab(self, place: int, box: Inbox, shape: Shape) -> Content:
        if shape is Shape.DIGITS and box is not self._open:
            return Content.styled(str(place), "$quiet")
        label = _("My tickets") if self._boxes == CUSTOMER_BOXES else _(NAMES[box])
        style = "bold underline $accent" if box is self._open else ""
        count = self._count_of(box, is_short=shape is not Shape.WHOLE)
        return Content.assemble((f"{place} ", "$quiet"), (label, style), count)

    def _count_of(self, box: Inbox, *, is_short: bool) -> str:
        if self._counts is None or box is Inbox.ALL:
            return ""
        number = getattr(self._counts, box.value)
        if number is None:
            return ""
        new = self._counts.new_in_topics if box is Inbox.TOPICS else 0
        if new and is_short:
            return f" {number}+{new}"
        return f" {number} · {ngettext('{count} new', '{count} new', new)}" if new else f" {number}"


def _width(tabs: list[Content]) -> int:
    return sum(tab.cell_length for tab in tabs) + GAP * (len(tabs) - 1)

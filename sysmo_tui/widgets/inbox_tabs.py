"""The first line of the inbox: its lists and how many tickets wait in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from textual.content import Content
from textual.events import Click
from textual.message import Message

from sysmo_tui.domain.closed_sets import INBOXES
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.domain.text import fit
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.services.inboxes import COUNTED, InboxCounts
from sysmo_tui.widgets.ticket_text import person
from sysmo_tui.widgets.title_bar import TitleBar

if TYPE_CHECKING:
    from sysmo_tui.services.saved_searches import SavedLine
    from sysmo_tui.services.search_counts import Count

WIDE = 100
"""Cells from which on the whole name of who is signed in is shown."""
PHONE = 60
"""Cells below which the lists that are not open are digits."""
LONGEST_NAME = 20
"""Cells of a saved search's name."""
GAP = 2


@dataclass(frozen=True, slots=True)
class Tab:
    """One list: an inbox, or a saved search in one."""

    inbox: Inbox
    saved: SavedLine | None = None

    @property
    def name(self) -> str:
        """What it is called."""
        return self.saved.name if self.saved is not None else _(INBOXES[self.inbox])


STAFF_TABS: Final = tuple(map(Tab, INBOXES))
CUSTOMER_TABS: Final = (Tab(Inbox.CREATED),)


class Shape(Enum):
    """How much of the tabs is shown, from all of it to the digits of those that are not open."""

    WHOLE = 1
    SHORT = 2
    DIGITS = 3


class InboxTabs(TitleBar):
    """Lists by number; the one that is open is underlined, bold, and named whatever room there is.

    Where there are too many, those beside the open one are shown, and ‹ › where more of them are.
    """

    class Revealed(Message):
        """A saved search came into sight whose tickets were not counted."""

    def __init__(self, tabs: Sequence[Tab], name: str, *, is_demo: bool = False) -> None:
        super().__init__()
        self._tabs, self._full_name, self._is_demo = tuple(tabs), name, is_demo
        self._open = 0
        self._counts: InboxCounts | None = None
        self._saved: Mapping[int, Count] = {}
        self._shown = range(len(self._tabs))
        self._places: list[tuple[int, int, str]] = []

    @property
    def shown_searches(self) -> tuple[SavedLine, ...]:
        """The saved searches whose counters can be seen."""
        if self.size.width < PHONE:
            shown: Sequence[Tab] = [self._tabs[self._open]]
        else:
            shown = [self._tabs[place] for place in self._shown]
        return tuple(tab.saved for tab in shown if tab.saved is not None)

    def on_mount(self) -> None:
        """Show the names before any number is known."""
        self._draw()

    def on_resize(self) -> None:
        """Use the room there is."""
        self._draw()
        if any(line.id not in self._saved for line in self.shown_searches):
            self.post_message(self.Revealed())

    def offer(self, tabs: Sequence[Tab], place: int) -> None:
        """Show other lists, and mark the one at ``place`` as open."""
        if (tuple(tabs), place) != (self._tabs, self._open):
            self._tabs, self._open = tuple(tabs), place
            self._draw()

    def count(self, counts: InboxCounts, saved: Mapping[int, Count]) -> None:
        """Show new numbers."""
        if (counts, saved) != (self._counts, self._saved):
            self._counts, self._saved = counts, saved
            self._draw()

    def _draw(self) -> None:
        tabs, who = self._fitting()
        self.identify(who)
        room = self._room_beside(who)
        name = Content.styled("SYSMO  ", "bold $accent")
        has_all = len(self._shown) == len(self._tabs)
        has_name = has_all and name.cell_length + _width(tabs) <= room
        parts = [
            (place, tab, f"screen.box({place + 1})") for place, tab in zip(self._shown, tabs, strict=True)
        ]
        line, start = name if has_name else Content(""), name.cell_length if has_name else 0
        self._places = []
        for at, (place, tab, action) in enumerate(parts):
            if not at and place:
                line, start = line.append(Content.styled("‹ ", "$quiet")), start + 2
                self._places.append((0, start, "screen.box_step(-1)"))
            self._places.append((start, start + tab.cell_length, action))
            line = line.append(tab).append(" " * GAP if at + 1 < len(parts) else "")
            start += tab.cell_length + GAP
        if self._shown and self._shown[-1] + 1 < len(self._tabs):
            line = line.append(Content.styled(" ›", "$quiet"))
            self._places.append((start - GAP, start, "screen.box_step(1)"))
        self.entitle(line)

    def _fitting(self) -> tuple[list[Content], Content]:
        """The tabs, and who is signed in: the lists and their counters go before the name."""
        mark = Content.styled(_("DEMO"), "bold $warning") if self._is_demo else Content("")
        name = self._full_name if self.size.width >= WIDE else person(self._full_name)
        named = Content.assemble(mark, "  " if self._is_demo else "", name)
        for shape, who in ((Shape.WHOLE, named), (Shape.SHORT, named), (Shape.SHORT, mark)):
            tabs = [self._tab(place, shape) for place in range(len(self._tabs))]
            if _width(tabs) <= self._room_beside(who):
                self._shown = range(len(tabs))
                return tabs, who
        shape, who = (Shape.DIGITS, named) if self.size.width < PHONE else (Shape.SHORT, mark)
        tabs = [self._tab(place, shape) for place in range(len(self._tabs))]
        self._shown = _beside([tab.cell_length for tab in tabs], self._open, self._room_beside(who))
        return [tabs[place] for place in self._shown], who

    def _room_beside(self, who: Content) -> int:
        return self.size.width - 4 - who.cell_length

    async def on_click(self, event: Click) -> None:
        """Open the list that stands where the mouse is."""
        place = event.get_content_offset(self)
        for start, end, action in self._places:
            if place is not None and start <= place.x < end:
                await self.screen.run_action(action)

    def _tab(self, place: int, shape: Shape) -> Content:
        tab, number = self._tabs[place], str(place + 1)
        if shape is Shape.DIGITS and place != self._open:
            return Content.styled(number, "$quiet")
        label = _("My tickets") if self._tabs == CUSTOMER_TABS else tab.name
        label = fit(tab.saved.name, LONGEST_NAME) if tab.saved is not None else label
        style = "bold underline $accent" if place == self._open else ""
        count = self._count_of(tab, is_short=shape is not Shape.WHOLE)
        return Content.assemble((f"{number} ", "$quiet"), (label, style), count)

    def _count_of(self, tab: Tab, *, is_short: bool) -> str:
        if tab.saved is not None:
            count = self._saved.get(tab.saved.id)
            return f" {_number(count.number, is_more=count.is_more)}" if count is not None else ""
        if self._counts is None or tab.inbox is Inbox.ALL:
            return ""
        number = getattr(self._counts, tab.inbox.value)
        if number is None:
            return ""
        new = self._counts.new_in_topics if tab.inbox is Inbox.TOPICS else 0
        if new and is_short:
            return f" {_number(number)}+{new}"
        told = f" · {ngettext('{count} new', '{count} new', new)}" if new else ""
        return f" {_number(number)}{told}"


def _number(counted: int, *, is_more: bool = False) -> str:
    return f"{COUNTED - 1}+" if counted >= COUNTED else f"{counted}{'+' * is_more}"


def _width(tabs: Sequence[Content]) -> int:
    return sum(tab.cell_length for tab in tabs) + GAP * (len(tabs) - 1)


def _beside(widths: Sequence[int], place: int, room: int) -> range:
    """Which of some tabs fit into ``room`` with the marks for more, the one at ``place`` among them."""

    def needed(first: int, end: int) -> int:
        marks = 2 * (first > 0) + 2 * (end < len(widths))
        return sum(widths[first:end]) + GAP * (end - first - 1) + marks

    first = next((each for each in range(place) if needed(each, place + 1) <= room), place)
    end = place + 1
    while end < len(widths) and needed(first, end + 1) <= room:
        end += 1
    return range(first, end)

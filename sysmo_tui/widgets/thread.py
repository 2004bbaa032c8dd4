"""The thread of a ticket: entries and what happened between them, oldest first."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Static

from sysmo_tui.domain.enums import CustomerEventKind, EventKind
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.sought import Sought
from sysmo_tui.domain.views import CustomerEventLine, CustomerTicket, EventLine, TicketView
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.entry import EntryFacts, EntryView, facts_of
from sysmo_tui.widgets.hanging import Hanging, Hung
from sysmo_tui.widgets.thread_ends import Earlier, Later
from sysmo_tui.widgets.ticket_text import brief_event_text

Happening = EventLine | CustomerEventLine

_DASH = Content("— ")

_TOLD_BY_ENTRIES: frozenset[EventKind | CustomerEventKind] = frozenset(
    {
        EventKind.FILED,
        EventKind.REPLIED,
        EventKind.NOTED,
        EventKind.ATTACHED,
        EventKind.UNDELIVERED,
        EventKind.WATCHED,
        EventKind.UNWATCHED,
        CustomerEventKind.FILED,
        CustomerEventKind.ATTACHED,
    }
)


AT_ONCE = 15
"""Lines that are mounted together above those that fill the room."""


class Happened(Static):
    """What happened between two entries, a line each, without space between."""

    def __init__(self, events: Sequence[Happening], zone: ZoneInfo, now: datetime) -> None:
        super().__init__(classes="event")
        self._events = list(events)
        self._tell(zone, now)

    def amend(self, undone: Mapping[int, EventLine], zone: ZoneInfo, now: datetime) -> None:
        """Say of what was undone since, named by its ``id``, that it was."""
        amended = [
            undone.get(event.id, event) if isinstance(event, EventLine) else event for event in self._events
        ]
        if amended != self._events:
            self._events = amended
            self._tell(zone, now)

    def _tell(self, zone: ZoneInfo, now: datetime) -> None:
        lines = [
            Hung(_DASH, Content(brief_event_text(event)), f"· {moment(event.at, zone, now)}")
            for event in self._events
        ]
        self.update(Hanging(lines))


class Thread(VerticalScroll):
    """Scrolls through a ticket; what is beyond its ends comes on demand, what is new at the bottom."""

    DEFAULT_CSS = """
    Thread {
        height: 1fr;
        padding: 0 0 0 1;
        scrollbar-size-vertical: 1;
        scrollbar-gutter: stable;
        #lines { height: auto; min-height: 100%; }
        .event { height: auto; color: $quiet; margin-bottom: 1; padding-left: 1; }
        &.-without-events .event { display: none; }
    }
    """

    def __init__(self, key_for: Callable[[str], str], *, has_events: bool = True) -> None:
        """``key_for`` names a key by its binding's id."""
        super().__init__()
        self._key_for = key_for
        self.set_class(not has_events, "-without-events", update=False)
        self._keys: set[str] = set()
        self._events: frozenset[Happening] = frozenset()
        self._first: EntryFacts | None = None
        self._last: EntryFacts | None = None
        self._earlier_count = 0
        self._is_folded = True
        self._sought: Sought | None = None
        self._gone_to: EntryView | None = None
        self._above: list[Widget] = []
        """What stands above the lines that are mounted, while those are painted first."""

    def compose(self) -> ComposeResult:
        """What holds the lines; it fills the room that they leave, so that they begin at the top."""
        yield Vertical(id="lines")

    @property
    def _container(self) -> Vertical:
        return self.query_one("#lines", Vertical)

    @property
    def _views(self) -> list[EntryView]:
        """All entries that were read, from the top; those that are still to come are mounted now."""
        self.complete()
        return list(self.query(EntryView))

    @property
    def first_key(self) -> str | None:
        """The key of the earliest entry that is shown, if there are earlier ones."""
        return self._first.key if self._first and self._earlier_count else None

    @property
    def last_key(self) -> str | None:
        """The key of the last entry that is shown, if there are later ones."""
        return self._last.key if self._last and self.query(Later) else None

    def show(self, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime) -> None:
        """Show a ticket from its newest entries."""
        lines = self._begin(view, zone, now)
        first = self._first_of(lines)
        self._put(lines[first:], above=lines[:first])
        self.anchor()
        self.call_after_refresh(self._go_on)

    def _first_of(self, lines: Sequence[Widget]) -> int:
        """The place from which on the last of ``lines`` fill the room."""
        place, (width, room) = len(lines), self.app.size
        while place and room > 0:
            place -= 1
            line = lines[place]
            room -= line.least_height(width) if isinstance(line, EntryView) else 0
        return place

    def show_at(
        self, key: str, place: int, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime
    ) -> None:
        """Show entries from the middle of a ticket, at a place of what is sought in one of them."""
        self._put(self._begin(view, zone, now))
        self.release_anchor()
        self.call_after_refresh(self.go_to, key, place)

    def _put(self, lines: Sequence[Widget], above: Sequence[Widget] = ()) -> None:
        """Show these lines in place of all others, with more ``above`` them in a moment."""
        self._above = list(above)
        with self.app.batch_update():
            self._container.remove_children()
            self._container.mount_all(lines)

    def _go_on(self) -> None:
        """Mount the next lines above those that are there, without moving what is read."""
        next_ones, self._above = self._above[-AT_ONCE:], self._above[:-AT_ONCE]
        if not next_ones:
            return
        if not self.is_vertical_scroll_end:
            self._stay_below()
        self._container.mount_all(next_ones, before=0)
        self.call_after_refresh(self._go_on)

    def complete(self) -> None:
        """Mount all lines that are still to come."""
        above, self._above = self._above, []
        if above:
            self._container.mount_all(above, before=0)

    def _begin(self, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime) -> list[Widget]:
        facts = [facts_of(entry) for entry in view.entries]
        self._keys, self._gone_to = set(), None
        self._events = frozenset(view.events)
        self._first, self._last = (facts[0], facts[-1]) if facts else (None, None)
        self._earlier_count = view.older_entries
        until = self._last.at if self._last and view.newer_entries else FAR_FUTURE
        events = [event for event in view.events if event.at < until]
        return [*self._earlier(view), *self._lines(facts, events, zone, now), *self._later(view)]

    def say(self, text: Content) -> None:
        """Show words in place of a ticket."""
        self._keys, self._gone_to = set(), None
        self._first = self._last = None
        self._put([Static(text, classes="event")])

    def add_later(self, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime) -> int:
        """Add at the bottom what came meanwhile; returns how many entries.

        Of what was taken back meanwhile, the text goes; what was undone meanwhile says so where it stands.
        Where what came before it is not shown either, it is only counted.
        """
        taken_back = {each.key for each in map(facts_of, view.entries) if each.is_withdrawn}
        if any(not shown.entry.is_withdrawn for shown in self._views if shown.entry.key in taken_back):
            self.show(view, zone, now)
            return 0
        for later in self.query(Later):
            later.count(view.older_entries + len(view.entries) - self._earlier_count - len(self._keys))
            return 0
        facts = [facts_of(entry) for entry in view.entries if entry.key not in self._keys]
        self._last = facts[-1] if facts else self._last
        shown = {event.id for event in self._events if isinstance(event, EventLine)}
        undone = {
            event.id: event
            for event in view.events
            if isinstance(event, EventLine) and event.is_undone and event.id in shown
        }
        for block in self.query(Happened):
            block.amend(undone, zone, now)
        events = [
            event
            for event in view.events
            if event not in self._events and not (isinstance(event, EventLine) and event.id in undone)
        ]
        self._events = frozenset(view.events)
        self._container.mount_all(self._lines(facts, events, zone, now))
        return len(facts)

    def add_earlier(self, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime) -> None:
        """Add above what came before, and stay at the line that is read."""
        self.complete()
        facts = [facts_of(entry) for entry in view.entries]
        self.query(Earlier).remove()
        first = facts[0].at if facts else now
        until = self._first.at if self._first else now
        between = [event for event in view.events if first <= event.at < until]
        self._first = facts[0] if facts else self._first
        self._earlier_count = view.older_entries
        self._stay_below()
        self._container.mount_all(
            [*self._earlier(view), *self._lines(facts, between, zone, now, is_oldest=True)], before=0
        )

    def _stay_below(self) -> None:
        """Stay at the line that is read when lines come above it, and go where one goes meanwhile."""
        height = self.virtual_size.height
        self.call_after_refresh(
            lambda: self.scroll_relative(y=self.virtual_size.height - height, animate=False)
        )

    def add_further(self, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime) -> None:
        """Add below what comes next, and stay at the line that is read."""
        facts = [facts_of(entry) for entry in view.entries if entry.key not in self._keys]
        self.query(Later).remove()
        since = self._last.at if self._last else now
        self._last = facts[-1] if facts else self._last
        until = self._last.at if self._last and view.newer_entries else FAR_FUTURE
        between = [event for event in view.events if since <= event.at < until]
        self._events |= frozenset(view.events)
        self.release_anchor()
        self._container.mount_all([*self._lines(facts, between, zone, now), *self._later(view)])

    def fold(self) -> bool:
        """Unfold every quote and signature, or fold them again, and stay; whether there are any."""
        views = self._views
        self.release_anchor()
        self._is_folded = not self._is_folded
        at = self._reached(views)
        folded = [view.fold(self._is_folded) for view in views]
        if at is not None:
            inside = self.scroll_offset.y - at.virtual_region.y
            self.call_after_refresh(self._stay, at, inside)
        return any(folded)

    def toggle_events(self) -> bool:
        """Show what happened between the entries, or hide it, and stay; whether it is shown now."""
        at = self._reached(self._views)
        is_at_end = self.is_vertical_scroll_end
        is_shown = self.has_class("-without-events")
        self.set_class(not is_shown, "-without-events")
        if is_at_end:
            self.call_after_refresh(self.scroll_end, animate=False)
        elif at is not None:
            self.release_anchor()
            self.call_after_refresh(self._stay, at, self.scroll_offset.y - at.virtual_region.y)
        return is_shown

    def _stay(self, view: EntryView, inside: int) -> None:
        """Scroll to the line ``inside`` an entry, or its last one."""
        region = view.virtual_region
        self.scroll_to(y=region.y + min(inside, max(region.height - 1, 0)), animate=False)

    def mark(self, sought: Sought | None) -> None:
        """Mark wherever something stands, also in what comes yet; or nothing any more."""
        self._sought, self._gone_to = sought, None
        for view in self._views:
            view.mark(sought)

    def reading_at(self) -> int:
        """How many entries of the ticket come before the one that is at the top."""
        views = self._views
        at = self._reached(views)
        return self._earlier_count + (views.index(at) if at is not None else len(views))

    def go_to(self, key: str, place: int) -> bool:
        """Go to a place of what is sought in the entry with that key; whether the entry is shown."""
        view = next((view for view in self._views if view.entry.key == key), None)
        if view is None:
            return False
        if self._gone_to not in (None, view):
            self._gone_to.go_to(None)
        self._gone_to = view
        view.go_to(place)
        self.call_after_refresh(self._reveal, view)
        return True

    def _reveal(self, view: EntryView) -> None:
        """Scroll to the place that was gone to, with the head of its entry where there is room."""
        height, line = self.size.height, view.line_of_place()
        top = view.virtual_region.y
        at, seen = top + line, self.scroll_offset.y
        if not seen <= at < seen + height - 1:
            self.scroll_to(y=top if line < height * 2 // 3 else at - height // 3, animate=False)

    def _reached(self, views: Sequence[EntryView]) -> EntryView | None:
        """The first of ``views`` that is not wholly above what is read."""
        top = self.scroll_offset.y
        return next((view for view in views if view.virtual_region.bottom > top), None)

    def _earlier(self, view: TicketView | CustomerTicket) -> list[Widget]:
        count = view.older_entries
        return [Earlier(count, self._key_for("move.top"))] if count else []

    def _later(self, view: TicketView | CustomerTicket) -> list[Widget]:
        count = view.newer_entries
        return [Later(count, self._key_for("move.bottom"))] if count else []

    def _lines(
        self,
        entries: Sequence[EntryFacts],
        events: Sequence[Happening],
        zone: ZoneInfo,
        now: datetime,
        *,
        is_oldest: bool = False,
    ) -> list[Widget]:
        self._keys.update(entry.key for entry in entries)
        since = self._first.at if self._first else now
        told = [
            event
            for event in events
            if event.kind not in _TOLD_BY_ENTRIES and (is_oldest or event.at >= since)
        ]
        lines: list[tuple[datetime, int, EntryFacts | Happening]] = [
            (entry.at, 0, entry) for entry in entries
        ]
        lines += [(event.at, 1, event) for event in told]
        widgets: list[Widget] = []
        together: list[Happening] = []
        for _at, _order, line in sorted(lines, key=lambda each: each[:2]):
            if not isinstance(line, EntryFacts):
                together.append(line)
                continue
            widgets += [Happened(together, zone, now)] if together else []
            together = []
            key = self._key_for("ticket.fold")
            widgets.append(EntryView(line, zone, now, key, is_folded=self._is_folded, sought=self._sought))
        return [*widgets, Happened(together, zone, now)] if together else widgets

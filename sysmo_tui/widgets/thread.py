"""The thread of a ticket: entries and what happened between them, oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Static

from sysmo_tui.domain.enums import CustomerEventKind, EventKind
from sysmo_tui.domain.views import CustomerEventLine, CustomerTicket, EventLine, TicketView
from sysmo_tui.i18n import ngettext
from sysmo_tui.spoken import moment
from sysmo_tui.widgets.entry import EntryFacts, EntryView, facts_of
from sysmo_tui.widgets.hanging import Hanging, Hung
from sysmo_tui.widgets.ticket_text import brief_event_text

Happening = EventLine | CustomerEventLine

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


class Earlier(Static):
    """Stands above the thread for entries that were not read yet."""

    DEFAULT_CSS = """
    Earlier { height: 1; color: $accent; margin-bottom: 1; }
    """

    class Wanted(Message):
        """Someone wants to see them."""

    def on_click(self) -> None:
        """Ask for them."""
        self.post_message(self.Wanted())


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
            Hung("— ", Content(brief_event_text(event)), f"· {moment(event.at, zone, now)}")
            for event in self._events
        ]
        self.update(Hanging(lines))


class Thread(VerticalScroll):
    """Scrolls through a ticket; earlier entries come on demand, later ones at the bottom."""

    DEFAULT_CSS = """
    Thread {
        height: 1fr;
        padding: 0 1;
        scrollbar-size-vertical: 1;
        .event { height: auto; color: $quiet; margin-bottom: 1; padding-left: 1; }
        &.-without-events .event { display: none; }
    }
    """

    def __init__(self, *, has_events: bool = True) -> None:
        super().__init__()
        self.set_class(not has_events, "-without-events")
        self._keys: set[str] = set()
        self._events: frozenset[Happening] = frozenset()
        self._first: EntryFacts | None = None
        self._is_folded = True
        self._places: list[EntryView] = []
        self._place = -1

    @property
    def first_key(self) -> str | None:
        """The key of the earliest entry that is shown."""
        return self._first.key if self._first else None

    def show(self, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime) -> None:
        """Show a ticket from its newest entries."""
        self._keys, self._places, self._place = set(), [], -1
        self._events = frozenset(view.events)
        facts = [facts_of(entry) for entry in view.entries]
        self._first = facts[0] if facts else None
        with self.app.batch_update():
            self.remove_children()
            self.mount_all([*self._earlier(view.older_entries), *self._lines(facts, view.events, zone, now)])
        self.call_after_refresh(self.scroll_end, animate=False)

    def add_later(self, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime) -> int:
        """Add at the bottom what came meanwhile; returns how many entries.

        Of what was taken back meanwhile, the text goes; what was undone meanwhile says so where it stands.
        """
        taken_back = {each.key for each in map(facts_of, view.entries) if each.is_withdrawn}
        if any(not view.entry.is_withdrawn for view in self.query(EntryView) if view.entry.key in taken_back):
            self.show(view, zone, now)
            return 0
        facts = [facts_of(entry) for entry in view.entries if entry.key not in self._keys]
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
        self.mount_all(self._lines(facts, events, zone, now))
        return len(facts)

    def add_earlier(self, view: TicketView | CustomerTicket, zone: ZoneInfo, now: datetime) -> None:
        """Add above what came before, and stay at the line that is read."""
        facts = [facts_of(entry) for entry in view.entries]
        height = self.virtual_size.height
        for widget in self.query(Earlier):
            widget.remove()
        first = facts[0].at if facts else now
        until = self._first.at if self._first else now
        between = [event for event in view.events if first <= event.at < until]
        self._first = facts[0] if facts else self._first
        self.mount_all(
            [*self._earlier(view.older_entries), *self._lines(facts, between, zone, now, is_oldest=True)],
            before=0,
        )
        self.call_after_refresh(lambda: self.scroll_to(y=self.virtual_size.height - height, animate=False))

    def fold(self) -> None:
        """Unfold every quote and signature, or fold them again, and stay in the entry at the top."""
        self._is_folded = not self._is_folded
        at = self._reached(list(self.query(EntryView)))
        for view in self.query(EntryView):
            view.fold(self._is_folded)
        if at is not None:
            inside = self.scroll_offset.y - at.virtual_region.y
            self.call_after_refresh(self._stay, at, inside)

    def toggle_events(self) -> bool:
        """Show what happened between the entries, or hide it, and stay; whether it is shown now."""
        is_at_end = self.is_vertical_scroll_end
        at = self._reached(list(self.query(EntryView)))
        is_shown = self.has_class("-without-events")
        self.set_class(not is_shown, "-without-events")
        if is_at_end:
            self.call_after_refresh(self.scroll_end, animate=False)
        elif at is not None:
            self.call_after_refresh(self._stay, at, self.scroll_offset.y - at.virtual_region.y)
        return is_shown

    def _stay(self, view: EntryView, inside: int) -> None:
        """Scroll to the line ``inside`` an entry, or its last one."""
        region = view.virtual_region
        self.scroll_to(y=region.y + min(inside, max(region.height - 1, 0)), animate=False)

    def seek(self, text: str) -> tuple[int, int]:
        """Mark ``text`` and go to its next place from here on; which one that is, in how many entries."""
        self._places = [view for view in self.query(EntryView) if view.seek(text)]
        at = self._reached(self._places)
        self._place = self._places.index(at) if at is not None else 0
        return self._go_to_place()

    def seek_next(self, step: int) -> tuple[int, int]:
        """Go to the next place that was found; which one that is, and of how many."""
        if self._places:
            self._place = (self._place + step) % len(self._places)
        return self._go_to_place()

    def _go_to_place(self) -> tuple[int, int]:
        if not self._places:
            return 0, 0
        self.scroll_to_widget(self._places[self._place], animate=False, top=True)
        return self._place + 1, len(self._places)

    def _reached(self, views: Sequence[EntryView]) -> EntryView | None:
        """The first of ``views`` that is not wholly above what is read."""
        top = self.scroll_offset.y
        return next((view for view in views if view.virtual_region.bottom > top), None)

    def _earlier(self, count: int) -> list[Widget]:
        if not count:
            return []
        text = ngettext("▴ {count} earlier entry · g", "▴ {count} earlier entries · g", count)
        return [Earlier(Content(text))]

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
            widgets.append(EntryView(line, zone, now, is_folded=self._is_folded))
        return [*widgets, Happened(together, zone, now)] if together else widgets

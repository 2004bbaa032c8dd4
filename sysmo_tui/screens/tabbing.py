"""The lists of the inbox as tabs: those that everyone has, and the searches that one keeps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic

from textual.screen import ScreenResultType

from sysmo_tui import keys
from sysmo_tui.desk import Work
from sysmo_tui.domain.columns import readable
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.domain.fold import same_name
from sysmo_tui.i18n import _
from sysmo_tui.screens.searching import Searching
from sysmo_tui.services import inboxes, preferences, saved_searches, search_counts
from sysmo_tui.services.inboxes import InboxCounts
from sysmo_tui.services.saved_searches import SavedLine
from sysmo_tui.services.search_counts import Count
from sysmo_tui.widgets.inbox_tabs import CUSTOMER_TABS, STAFF_TABS, InboxTabs, Tab

KEYS = 9
"""Tabs that have a key of their own."""


@dataclass(frozen=True, slots=True)
class Counters:
    """What stands in the tabs, as of one moment."""

    inboxes: InboxCounts
    saved: tuple[SavedLine, ...]
    counts: Mapping[int, Count]


def _beginning(work: Work) -> tuple[Inbox, tuple[SavedLine, ...]]:
    """The list to begin with where none was chosen, and the saved searches."""
    return inboxes.first_inbox(work), saved_searches.lines(work) if work.actor.is_staff else ()


def counters(work: Work, shown: Sequence[int]) -> Counters:
    """The counters of all inboxes, and of those saved searches that are ``shown``."""
    saved = saved_searches.lines(work) if work.actor.is_staff else ()
    seen = [line for line in saved if line.id in shown]
    return Counters(inboxes.counts(work), saved, search_counts.counts(work, seen))


class Tabbed(Searching[ScreenResultType], Generic[ScreenResultType]):
    """A screen of lists, one of them open."""

    _typed = ""
    """The search that stands in the lists that everyone has."""
    _uncounted: frozenset[int] = frozenset()
    """Searches that were asked for once and have no number: they are not asked for over and over."""

    def __init__(self) -> None:
        super().__init__()
        self._left_at: dict[tuple[Inbox, int | None], int] = {}
        # Known beyond the session: its end may find this screen still open.
        self.is_staff = self.app.actor.is_staff
        self._tabs: tuple[Tab, ...] = STAFF_TABS if self.is_staff else CUSTOMER_TABS
        self.tab = self._tabs[0]

    @property
    def bar(self) -> InboxTabs:
        """The tabs."""
        return self.query_one(InboxTabs)

    def begin(self) -> None:
        """Open the list that the person starts with."""
        if self.is_staff:
            self.read(_beginning).then(self._begin, group="page")
        else:
            self.go(self.tab)

    def _begin(self, found: tuple[Inbox, tuple[SavedLine, ...]]) -> None:
        first, saved = found
        self._offer(saved)
        wanted = str(self.app.preferred("start"))
        name = (
            same_name(wanted.removeprefix(preferences.SAVED)) if wanted.startswith(preferences.SAVED) else ""
        )
        for tab in self._tabs:
            is_it = same_name(tab.saved.name) == name if tab.saved is not None else tab.inbox == wanted
            if is_it:
                self.go(tab)
                return
        self.go(Tab(first))

    def go(self, tab: Tab) -> None:
        """Open a list: a saved search with its words and its order, another with what was typed.

        The cursor is where one left it there, or at the top.
        """
        row = self.table.current
        if row is not None:
            self._left_at[_known_as(self.tab)] = row.number
        if self.tab.saved is None:
            self._typed = self.search.value
        self.tab, self._sort = tab, tab.saved.sort if tab.saved is not None else None
        self.bar.offer(self._tabs, self.place)
        self.table.choose(self.columns)
        self.put(tab.saved.query if tab.saved is not None else self._typed)
        self.load(at=self._left_at.get(_known_as(tab)), is_other=True)

    def look_for(self, query: str) -> None:
        """Show what a search finds among all that one may see."""
        self.go(Tab(Inbox.ALL if self.is_staff else Inbox.CREATED))
        self.search.value = query
        self.table.focus()

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of the open list, where somebody chose them."""
        if self.tab.saved is not None and self.tab.saved.columns:
            return self.tab.saved.columns
        return readable(self.app.preferred("columns").get(self.tab.inbox))

    @property
    def place(self) -> int:
        """The place of the open list among the tabs."""
        return self._tabs.index(self.tab) if self.tab in self._tabs else 0

    def count(self) -> None:
        """Read the counters, and which saved searches there are."""
        shown = [line.id for line in self.bar.shown_searches]
        self.read(counters, shown).then(self._counted, group="counts")

    def _counted(self, found: Counters) -> None:
        self._offer(found.saved)
        self.bar.count(found.inboxes, found.counts)
        self.begun(found.inboxes.has_begun)
        shown = {line.id for line in self.bar.shown_searches}
        if shown - found.counts.keys() - self._uncounted:
            self._uncounted |= shown
            self.count()
        else:
            self._uncounted = frozenset()

    def begun(self, is_so: bool) -> None:
        """A new ticket was begun and not filed, or it is no more."""
        raise NotImplementedError

    def _offer(self, saved: Sequence[SavedLine]) -> None:
        """Show these saved searches; where the open one is no more, its words stay in its list."""
        usual = STAFF_TABS if self.is_staff else CUSTOMER_TABS
        self._tabs = (*usual, *(Tab(line.inbox, line) for line in saved))
        if self.tab not in self._tabs:
            now = self.tab.saved.id if self.tab.saved is not None else None
            self.tab = next(
                (tab for tab in self._tabs if tab.saved is not None and tab.saved.id == now),
                Tab(self.tab.inbox),
            )
            self.table.choose(self.columns)
        self.bar.offer(self._tabs, self.place)

    def on_inbox_tabs_revealed(self, event: InboxTabs.Revealed) -> None:
        """Count what came into sight."""
        event.stop()
        self.count()

    def action_box(self, place: int) -> None:
        """Open a list by its number."""
        if place <= len(self._tabs):
            self.go(self._tabs[place - 1])

    def action_box_step(self, step: int) -> None:
        """Open the list beside this one."""
        self.go(self._tabs[(self.place + step) % len(self._tabs)])

    def list_commands(self) -> Iterable[tuple[str, str, Callable[[], object]]]:
        """The lists by name, for the palette."""
        if len(self._tabs) > 1:
            for place, tab in enumerate(self._tabs, 1):
                key = keys.BY_ID.get(f"inbox.box_{place}")
                shown = "  ".join(keys.shown(key, self.app.keymap)) if key is not None else ""
                yield _("List: {name}", name=tab.name), shown, partial(self.go, tab)


def _known_as(tab: Tab) -> tuple[Inbox, int | None]:
    """What a list is known by, whatever becomes of its words."""
    return tab.inbox, tab.saved.id if tab.saved is not None else None

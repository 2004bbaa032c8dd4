"""Looking for tickets in a list: the words of the search, what of them was not understood, and the order."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from textual.screen import ScreenResultType
from textual.widgets import Input

from sysmo_tui.domain.closed_sets import SORTS
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, render
from sysmo_tui.screens.asking import Asking
from sysmo_tui.screens.base import TYPING_SECONDS
from sysmo_tui.screens.completing import LEFT_OF_TEXT, Completing
from sysmo_tui.screens.inbox_words import SORTS_OF_OWN, pointed
from sysmo_tui.screens.picker import Item, Picker, numbered
from sysmo_tui.services import inboxes
from sysmo_tui.services.inboxes import Listing
from sysmo_tui.widgets.inbox_tabs import Tab
from sysmo_tui.widgets.search_input import SearchInput
from sysmo_tui.widgets.steady import Steady
from sysmo_tui.widgets.ticket_table import TicketTable

if TYPE_CHECKING:
    from sysmo_tui.domain.query import Problem
    from sysmo_tui.services.choices import Choice, Choices


class Searching(Completing[ScreenResultType], Generic[ScreenResultType]):
    """A screen with a list that can be searched, filtered and put in another order."""

    tab: Tab
    """The list that is open."""
    _sort: Sort | None = None
    """The order that was asked for; None for the one that the list has by itself."""
    _sorted: Sort | None = None
    """The order that what is shown is in; None for one by the newest matching entries."""
    _query = ""
    _began_at: int | None = None
    """The ticket under the cursor when the words of the list were changed."""

    @property
    def table(self) -> TicketTable:
        """The table of tickets."""
        return self.query_one(TicketTable)

    @property
    def tab_query(self) -> str:
        """The words that the open list has by itself."""
        return self.tab.saved.query if self.tab.saved is not None else ""

    @property
    def is_as_saved(self) -> bool:
        """Whether a saved search is open, with the words that it has."""
        return self.tab.saved is not None and self._query == self.tab.saved.query

    def put(self, text: str) -> None:
        """Write a search into its field, without looking for it yet."""
        self._query = text.strip()
        self.search.value = text

    def load(self, *, at: int | None = None, after: float = 0.0, is_other: bool = False) -> None:
        """Read the list from its beginning, ``after`` seconds; from its top if it ``is_other``."""
        raise NotImplementedError

    def asked(self, limit: int, cursor: str | None = None) -> Asking[Listing]:
        """A page of the list as it is looked for."""
        return self.read(
            inboxes.page,
            self.tab.inbox,
            query=self._query,
            sort=self._sort,
            after=cursor,
            limit=limit,
            is_typing=True,
        )

    def put_search_back(self) -> None:
        """Show the whole list again, on the ticket that was found, else on the one where the search began."""
        row = self.table.current
        self.put(self.tab_query)
        self.table.focus()
        self.load(at=row.number if row is not None else self._began_at, is_other=True)

    def say_problems(self, listing: Listing) -> None:
        """Say what of the search was not understood, below the place where it stands."""
        line, field = self.query_one("#problems", Steady), self.search
        places = [
            (field.position_cell(problem.start), max(field.position_cell(problem.end), 1))
            for problem in listing.problems
        ]
        told = [render(problem.message, clean=clean_line) for problem in listing.problems]
        line.tell(pointed(places, told, left=LEFT_OF_TEXT - int(field.scroll_x), width=self.size.width - 2))
        line.set_class(bool(told), "-told")

    def on_input_changed(self, event: Input.Changed) -> None:
        """Search while typing."""
        event.stop()
        self.complete()
        if event.value.strip() != self._query:
            row = self.table.current
            if self._query == self.tab_query and row is not None:
                self._began_at = row.number
            self._query = event.value.strip()
            self.load(after=TYPING_SECONDS, is_other=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Go from the search to what it found."""
        event.stop()
        self.table.focus()
        text = event.value.strip()

        def note(problems: tuple[Problem, ...]) -> None:
            if not problems:
                self.note_search(text)

        self.read(inboxes.problems, self.tab.inbox, text).then(note, group="entered")

    def on_search_input_left_below(self, event: SearchInput.LeftBelow) -> None:
        """Go to the list."""
        event.stop()
        self.table.focus()

    def action_find(self) -> None:
        """Go to the search, behind the words that it has: one more narrows it."""
        field = self.search
        field.focus()
        if field.value.strip():
            field.value = f"{field.value.rstrip()} "
            field.action_end()

    def action_filter(self) -> None:
        """Choose filters, which become words of the search."""
        from sysmo_tui.screens.filters import FilterPanel, facets
        from sysmo_tui.services import search_values

        is_staff = self.app.actor.is_staff

        def write(query: str) -> None:
            self.search.value = query

        def show(found: tuple[Choices, tuple[Choice, ...]]) -> None:
            offered = facets(*found, is_staff=is_staff)
            self.app.push_screen(FilterPanel(offered, self.search.value, write))

        self.read(search_values.narrowing).then(show, group="choices")

    def action_sort(self) -> None:
        """Choose the order."""
        offered = SORTS_OF_OWN if self.tab.inbox is Inbox.CREATED else tuple(SORTS)

        def chosen(value: str | None) -> None:
            if value is not None:
                self._sort = Sort(value)
                self.load(is_other=True)

        listed = [Item(sort.value, _(SORTS[sort])) for sort in offered]
        self.app.push_screen(Picker(_("Sort by"), numbered(listed), current=self._sorted or ""), chosen)

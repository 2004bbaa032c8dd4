"""Saving a search, and changing one that is saved."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from textual.content import Content

from sysmo_tui.domain.closed_sets import INBOXES, SORTS
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.i18n import _
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.services import saved_searches
from sysmo_tui.services.saved_searches import SavedEdits, SavedLine
from sysmo_tui.widgets.forms import Field, choice, text_input

MINE, SHARED = "mine", "shared"


class SavedForm(FormScreen[SavedLine | None]):
    """What a search is called, what it looks for, and who has it; ``line`` is one that is saved already."""

    ASKS_BEFORE_LEAVING = True

    def __init__(
        self,
        inbox: Inbox,
        query: str,
        sort: Sort | None,
        columns: Sequence[str],
        line: SavedLine | None = None,
    ) -> None:
        super().__init__()
        self._inbox, self._query, self._sort, self._columns, self._line = inbox, query, sort, columns, line

    def heading(self) -> str:
        """What the screen is called."""
        return _("Saved search") if self._line is not None else _("Save this search")

    def explains(self) -> Content:
        """What comes of it."""
        return Content(_("It becomes a tab of the inbox that counts its tickets."))

    def fields(self) -> Iterable[Field]:
        """Name, words, list, order, and for managers who has it."""
        lists = [(_(name), inbox.value) for inbox, name in INBOXES.items()]
        orders = [(_(name), sort.value) for sort, name in SORTS.items()]
        name = self._line.name if self._line is not None else ""
        yield Field("name", _("Name"), text_input(name))
        yield Field(
            "query", _("Search"), text_input(self._query), note=_("like is:open topic:sales -printer")
        )
        yield Field("inbox", _("List"), choice(lists, self._inbox))
        yield Field("sort", _("Order"), choice(orders, self._sort or "", prompt=_("the list's own")))
        if has(self.app.actor, Right.SHARE_SEARCHES):
            is_shared = self._line is not None and self._line.is_shared
            whose = [(_("only you"), MINE), (_("all staff"), SHARED)]
            yield Field("shared", _("Who has it"), choice(whose, SHARED if is_shared else MINE))

    def submit(self, given: dict[str, str]) -> None:
        """Save it."""
        is_shared = given["shared"] == SHARED if "shared" in given else None
        edits = SavedEdits(
            name=given["name"],
            inbox=Inbox(given["inbox"] or self._inbox),
            query=given["query"],
            sort=given["sort"],
            columns=self._columns,
            is_shared=is_shared,
        )
        if self._line is not None:
            writing = self.write(saved_searches.edit, self._line.name, edits, is_shared=self._line.is_shared)
            self.send(writing, self.dismiss)
        else:
            self.send(self.write(saved_searches.new, given["name"], edits), self.dismiss)

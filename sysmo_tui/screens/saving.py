"""Keeping a search as a tab of the inbox: with its words, its order and its columns."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Generic

from textual.screen import ScreenResultType

from sysmo_tui.domain.columns import COLUMNS, OF_OWN
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.i18n import _
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.screens.tabbing import Tabbed
from sysmo_tui.services import saved_searches
from sysmo_tui.services.saved_searches import SavedEdits, SavedLine
from sysmo_tui.widgets.inbox_tabs import Tab


class Saving(Tabbed[ScreenResultType], Generic[ScreenResultType]):
    """A screen of lists, of which one can make more."""

    def _may_change(self, line: SavedLine) -> bool:
        return not line.is_shared or has(self.app.actor, Right.SHARE_SEARCHES)

    def action_save_search(self) -> None:
        """Save what is looked for; of a saved search, choose what becomes of it."""
        line = self.tab.saved
        if line is None:
            self._save_as_another()
            return
        acts: dict[str, tuple[str, Callable[[], object]]] = {}
        if self._may_change(line):
            if (self._query, self._sort) != (line.query, line.sort):
                acts["s"] = (_("Save the changes"), partial(self._change_search, line, self._changes()))
            acts["e"] = (_("Name, search, list, order…"), partial(self._edit_search, line))
        acts["n"] = (_("Save as another…"), self._save_as_another)
        if self._may_change(line):
            if line.place > 1:
                acts["h"] = (_("One place to the left"), partial(self._shift_search, line, -1))
            if line.place < self._last_place(line):
                acts["l"] = (_("One place to the right"), partial(self._shift_search, line, 1))
            acts["d"] = (_("Delete…"), partial(self._ask_to_delete, line))
        listed = [Item(key, name, key, key=key) for key, (name, _act) in acts.items()]

        def chosen(key: str | None) -> None:
            if key is not None:
                acts[key][1]()

        self.app.push_screen(Picker(_("Saved search “{name}”", name=line.name), listed), chosen)

    def _changes(self) -> SavedEdits:
        return SavedEdits(query=self._query, sort=self._sort or "")

    def _save_as_another(self) -> None:
        from sysmo_tui.screens.saved_form import SavedForm

        form = SavedForm(self.tab.inbox, self._query, self._sort, self.columns)
        self.app.push_screen(form, self._search_saved)

    def _edit_search(self, line: SavedLine) -> None:
        from sysmo_tui.screens.saved_form import SavedForm

        form = SavedForm(line.inbox, self._query, self._sort, line.columns, line)
        self.app.push_screen(form, self._search_saved)

    def _search_saved(self, line: SavedLine | None) -> None:
        if line is not None:
            self.done(_("Saved “{name}”.", name=line.name))
            self.read(saved_searches.lines).then(partial(self._go_to, line.id))

    def _change_search(self, line: SavedLine, edits: SavedEdits) -> None:
        self.write(saved_searches.edit, line.name, edits, is_shared=line.is_shared).then(self._search_saved)

    def _last_place(self, line: SavedLine) -> int:
        """How many there are beside a saved search, shared ones or one's own."""
        saved = [tab.saved for tab in self._tabs if tab.saved is not None]
        return sum(each.is_shared == line.is_shared for each in saved)

    def _shift_search(self, line: SavedLine, step: int) -> None:
        edits = SavedEdits(place=line.place + step)
        self.write(saved_searches.edit, line.name, edits, is_shared=line.is_shared).then(
            lambda line: self.read(saved_searches.lines).then(partial(self._go_to, line.id))
        )

    def _ask_to_delete(self, line: SavedLine) -> None:
        def deleted(_nothing: object) -> None:
            self.done(_("The saved search “{name}” is deleted.", name=line.name))
            if self.tab.saved is None and self.search.value == line.query:
                # The counters came first: its words are what stands in its list.
                self.put("")
            self.go(Tab(line.inbox))

        def sure(is_sure: bool | None) -> None:
            if is_sure:
                self.write(saved_searches.delete, line.name, is_shared=line.is_shared).then(deleted)

        question = _("Delete the saved search “{name}”?", name=line.name)
        self.app.push_screen(Confirm(question, yes=_("Delete")), sure)

    def _go_to(self, wanted: int, lines: Sequence[SavedLine]) -> None:
        """Show these saved searches, and open one of them by its id."""
        self._offer(lines)
        for tab in self._tabs:
            if tab.saved is not None and tab.saved.id == wanted:
                self.go(tab)
                # What was typed has a list of its own now.
                self._typed = ""

    def action_columns(self) -> None:
        """Choose the columns of the open list."""
        from sysmo_tui.screens.columns import ColumnsDialog

        offered = OF_OWN if self.tab.inbox is Inbox.CREATED else tuple(COLUMNS)
        self.app.push_screen(ColumnsDialog(self.tab.name, self.columns, offered), self._put_columns)

    def _put_columns(self, columns: tuple[str, ...] | None) -> None:
        if columns is None:
            return
        line = self.tab.saved
        if line is None:
            chosen = dict(self.app.preferred("columns"))
            chosen[self.tab.inbox.value] = list(columns)
            self.app.prefer("columns", {inbox: names for inbox, names in chosen.items() if names})
        elif self._may_change(line):
            self._change_search(line, SavedEdits(columns=columns))
            return
        else:
            key = self.app.key_for("inbox.save_search")
            self.done(_("Only here and now: {key} saves it as a search of your own.", key=key))
        self.table.choose(columns)

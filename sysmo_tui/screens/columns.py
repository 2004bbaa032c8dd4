"""Choosing the columns of a list, and their order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from sysmo_tui import keys
from sysmo_tui.domain.columns import COLUMNS
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.screens.scrolling import ListMoving
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.ticket_columns import usual

_AROUND = 4
"""Lines of the box beside those of the columns: its edges, and the keys."""


class ColumnsDialog(ListMoving, DeskDialog[tuple[str, ...] | None]):
    """All columns, those that are shown first and in their order.

    None when it was left, () for the usual ones.
    """

    CSS_PATH = "dialogs.tcss"
    CONTEXT = Context.COLUMNS
    BINDINGS: ClassVar[list[BindingType]] = [
        # Before the list takes it: a click shows or hides a column, enter takes them all.
        Binding("enter", "accept", show=False, priority=True),
        *keys.bindings(Context.COLUMNS, Context.EVERYWHERE),
    ]

    def __init__(self, name: str, shown: Sequence[str], offered: Sequence[str] = tuple(COLUMNS)) -> None:
        super().__init__()
        self._name = name
        self._shown = [each for each in (shown or usual()) if each in offered]
        self._order = [*self._shown, *(each for each in offered if each not in self._shown)]
        self._list = OptionList(compact=True, markup=False)

    def compose(self) -> ComposeResult:
        """The columns, and the keys."""
        with Vertical(classes="dialog picker columns") as box:
            box.border_title = Content(f" {_('Columns of {list}', list=self._name)} ")
            box.styles.height = len(self._order) + _AROUND
            yield self._list
            yield Hints("columns.show", "columns.later", "columns.earlier")
            yield Hints("columns.accept", "app.back", "columns.usual")

    def on_mount(self) -> None:
        """Show them, with the cursor on the first."""
        self._draw(0)
        self._list.focus()

    def _draw(self, at: int) -> None:
        self._list.clear_options()
        self._list.add_options([Option(self._line(name)) for name in self._order])
        self._list.highlighted = at

    def _line(self, name: str) -> Content:
        is_shown = name in self._shown
        box = ("[x] ", "$accent") if is_shown else ("[ ] ", "$quiet")
        return Content.assemble(box, (_(COLUMNS[name]), "" if is_shown else "$quiet"))

    @property
    def listed(self) -> OptionList:
        """The columns."""
        return self._list

    def hint_words(self) -> Mapping[str, str]:
        """Leaving changes nothing."""
        return {"app.back": _("Cancel")}

    @property
    def _at(self) -> int:
        return self._list.highlighted or 0

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """A click shows or hides."""
        event.stop()
        self.action_show_or_hide()

    def action_show_or_hide(self) -> None:
        """Show a column, or hide it."""
        name = self._order[self._at]
        if name in self._shown:
            self._shown.remove(name)
        else:
            self._shown.append(name)
        self._shown.sort(key=self._order.index)
        self._draw(self._at)

    def action_shift(self, step: int) -> None:
        """Put a column before the one above it, or behind the one below."""
        at, to = self._at, self._at + step
        if 0 <= to < len(self._order):
            self._order[at], self._order[to] = self._order[to], self._order[at]
            self._shown.sort(key=self._order.index)
            self._draw(to)

    def action_usual(self) -> None:
        """Have the usual columns again."""
        self.dismiss(())

    def action_accept(self) -> None:
        """Show what was chosen."""
        self.dismiss(tuple(self._shown))

    def action_back(self) -> None:
        """Leave it as it was."""
        self.dismiss(None)

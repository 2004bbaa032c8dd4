"""What the lists beside one ticket have in common: its files, its links, its customer's tickets."""

from __future__ import annotations

from typing import ClassVar, Generic

from textual.binding import BindingType
from textual.content import Content
from textual.screen import ScreenResultType
from textual.widgets import OptionList, Static

from sysmo_tui import keys
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.screens.scrolling import ListMoving


class TicketList(ListMoving, DeskDialog[ScreenResultType], Generic[ScreenResultType]):
    """A box with one list; beneath it a line with the class ``told`` says what happened last."""

    CSS_PATH = "dialogs.tcss"
    CONTEXT = Context.TICKET_LISTS
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.TICKET_LISTS, Context.EVERYWHERE)

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number

    @property
    def listed(self) -> OptionList:
        """The list."""
        return self.query_one(OptionList)

    def tell(self, text: str) -> None:
        """Say something beneath the list."""
        self.query_one(".told", Static).update(Content(text))
        self.refresh_bindings()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Choose and save what there is."""
        if action in ("choose", "save_file"):
            return any(each.option_count for each in self.query(OptionList))
        return super().check_action(action, parameters)

    def refuse(self, error: DeskError) -> None:
        """Show a refusal beneath the list."""
        self.tell(f"! {shown(error)}")

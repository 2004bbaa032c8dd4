"""Naming colleagues in an internal note: their names are completed, and whom it will tell stands below."""

from __future__ import annotations

from typing import Generic

from textual.content import Content
from textual.screen import ScreenResultType
from textual.widgets import OptionList, Static

from sysmo_tui.i18n import _
from sysmo_tui.screens.composing import Composing
from sysmo_tui.services import mentions
from sysmo_tui.services.mentions import Colleague
from sysmo_tui.widgets.composing_area import MentionList


class Mentioning(Composing[ScreenResultType], Generic[ScreenResultType]):
    """A screen on which notes are written; a line with the class ``mentioned`` says whom they tell."""

    def __init__(self) -> None:
        super().__init__()
        self._of: int | None = None
        self._known: tuple[Colleague, ...] = ()

    def name_colleagues(self, number: int | None) -> None:
        """Complete names in a note on this ticket; None where nothing is completed and nobody is told."""
        self._of = number
        if number is not None and not self._known:
            self.read(mentions.colleagues, number).then(self._know, group="colleagues")
        self._apply()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Complete a name by mouse."""
        if isinstance(event.option_list, MentionList):
            event.stop()
            self.area.complete()
            self.area.focus()

    def tell_whom(self) -> None:
        """Say whom the note will tell."""
        named = self._named()
        line = self.query_one(".mentioned", Static)
        line.display = bool(named)
        line.update(Content.assemble(("@ ", "bold $internal"), _("will be told: {names}", names=named)))

    def told_of_note(self, number: int) -> str:
        """What to say of a note that is saved."""
        saved, named = _("Note saved in #{number}.", number=number), self._named()
        return f"{saved} {_('Told: {names}', names=named)}" if named else saved

    def _know(self, colleagues: tuple[Colleague, ...]) -> None:
        self._known = colleagues
        self._apply()

    def _apply(self) -> None:
        self.area.colleagues = () if self._of is None else self._known
        self.tell_whom()

    def _named(self) -> str:
        return ", ".join(each.name for each in mentions.told(self.text, self.area.colleagues))

"""Naming colleagues in an internal note: their names are completed, and whom it will tell stands below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
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
        self._of: tuple[int, ...] = ()
        self._known: tuple[Colleague, ...] = ()

    def name_colleagues(self, numbers: Sequence[int]) -> None:
        """Complete names in a note on these tickets; without one nothing is completed and nobody is told."""
        self._of = tuple(numbers)
        if numbers and not self._known:
            self.read(mentions.colleagues, self._of).then(self._know, group="colleagues")
        self._apply()

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Complete a name by mouse."""
        if isinstance(event.option_list, MentionList):
            event.stop()
            self.area.complete()
            self.area.focus()

    def tell_whom(self) -> None:
        """Say whom the note will tell, and of how many tickets where that is not all."""
        named = ", ".join(self._named())
        line = self.query_one(".mentioned", Static)
        line.display = bool(named)
        line.update(Content.assemble(("@ ", "bold $internal"), _("will be told: {names}", names=named)))

    def telling(self) -> str:
        """What to say, of what is saved, of whom it tells; "" for nobody."""
        named = ", ".join(self._named())
        return _("Told: {names}", names=named) if named else ""

    def _know(self, colleagues: tuple[Colleague, ...]) -> None:
        self._known = colleagues
        self._apply()

    def _apply(self) -> None:
        self.area.colleagues = self._known if self._of else ()
        self.tell_whom()

    def _named(self) -> Iterator[str]:
        total = len(self._of)
        for each, numbers in mentions.told(self.text, self.area.colleagues).items():
            count = len(numbers)
            if count == total:
                yield each.name
            else:
                yield _("{name} ({count} of {total} tickets)", name=each.name, count=count, total=total)

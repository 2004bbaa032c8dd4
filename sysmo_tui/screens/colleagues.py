"""What screens of tickets have in common that show who else has these tickets open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Generic

from textual.content import Content
from textual.screen import ScreenResultType

from sysmo_tui.domain.changes import Changes
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.services import presence
from sysmo_tui.services.presence import Present
from sysmo_tui.widgets.present_words import present_brief, present_mark


class Colleagues(DeskScreen[ScreenResultType], Generic[ScreenResultType]):
    """A screen that shows tickets, and who is there."""

    present: Mapping[int, Sequence[Present]] = {}
    """Who has which of its tickets open beside oneself, as far as was read."""

    def staffed(self) -> Collection[int]:
        """The tickets that it shows to one of their staff."""
        raise NotImplementedError

    def show_present(self) -> None:
        """Show :attr:`present` as it is now."""
        raise NotImplementedError

    def who_has(self, number: int) -> Content:
        """Who has a ticket open, for a title; empty when nobody has."""
        present = self.present.get(number, ())
        return (
            Content.styled(present_brief(present), f"${present_mark(present)[1]}") if present else Content()
        )

    def look_who_is_there(self) -> None:
        """Read who is there, where anybody may be told."""
        shown = self.staffed()
        if shown:
            self.read(presence.among, shown, but_not=self.app.visit).then(self._found, group="presence")

    def follow_colleagues(self, changes: Changes) -> None:
        """Read who is there, where somebody came or went."""
        if any(changes.touches_presence(number) for number in self.staffed()):
            self.look_who_is_there()

    def _found(self, present: Mapping[int, Sequence[Present]]) -> None:
        self.present = present
        self.show_present()

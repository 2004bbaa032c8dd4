"""The screen of the next ticket, made before it is asked for: while nobody waits for it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from sysmo_tui.screens.desk_app import DeskApp

if TYPE_CHECKING:
    from sysmo_tui.screens.neighbours import Neighbours
    from sysmo_tui.screens.ticket import TicketScreen

PREPARES_AFTER = 0.25
"""Seconds after which it is made: the next key may follow at once."""


class Preparing(DeskApp):
    """A program that has a screen ready for the next ticket. What it shows is read when it is opened."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._prepared: TicketScreen | None = None

    def ticket_screen(self, number: int, neighbours: Neighbours | None = None) -> TicketScreen:
        """A screen for a ticket, with its list as the way to the next one."""
        from sysmo_tui.screens.ticket import TicketScreen

        prepared = self._prepared
        if prepared is None or not prepared.is_mounted:
            return TicketScreen(number, neighbours)
        self._prepared = None
        prepared.turn_to(number, neighbours)
        return prepared

    def prepare(self) -> None:
        """Make the screen of the next ticket in a moment, if that was not done."""
        self.set_timer(PREPARES_AFTER, self._prepare)

    def _prepare(self) -> None:
        is_loaded = "sysmo_tui.screens.ticket" in sys.modules
        if self._prepared is not None or self.arrival is None or not is_loaded:
            return
        from sysmo_tui.screens.ticket import TicketScreen

        self._prepared = TicketScreen()
        # The toolkit begins a screen only where it is shown; these are the first two steps of that.
        self._load_screen_css(self._prepared)
        self._get_screen(self._prepared)

    def forget_prepared(self) -> None:
        """Make no use of what was made for somebody else."""
        prepared, self._prepared = self._prepared, None
        if prepared is not None:
            prepared.remove()

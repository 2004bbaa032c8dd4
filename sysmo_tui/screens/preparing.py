"""The screen of the next ticket, made before it is asked for: while nobody waits for it."""

from __future__ import annotations

from sysmo_tui.screens.desk_app import DeskApp
from sysmo_tui.screens.neighbours import Neighbours
from sysmo_tui.screens.ticket import TicketScreen

PREPARES_AFTER = 0.08
"""Seconds after which it is made: once the list is painted, and before most people press the next key."""


class Preparing:
    """Has a screen ready for the next ticket of a program. What it shows is read when it is opened."""

    def __init__(self, app: DeskApp) -> None:
        self._app = app
        self.screen: TicketScreen | None = None

    def begin(self) -> None:
        """Make it in a moment, if that was not done."""
        self._app.set_timer(PREPARES_AFTER, self._make)

    def turned_to(self, number: int, neighbours: Neighbours | None) -> TicketScreen | None:
        """The screen, which shows that ticket now; None where none is ready."""
        screen = self.screen
        if screen is None or not screen.is_mounted:
            return None
        self.screen = None
        screen.turn_to(number, neighbours)
        return screen

    def forget(self) -> None:
        """Make no use of what was made for somebody else."""
        screen, self.screen = self.screen, None
        if screen is not None:
            screen.remove()

    def _make(self) -> None:
        if self.screen is not None or self._app.arrival is None:
            return
        self.screen = TicketScreen()
        # The toolkit begins a screen only where it is shown; these are the first two steps of that.
        self._app._load_screen_css(self.screen)
        self._app._get_screen(self.screen)

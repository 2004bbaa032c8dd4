"""One ticket."""

from __future__ import annotations

from sysmo_tui.screens.base import DeskScreen


class TicketScreen(DeskScreen[None]):
    """x."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

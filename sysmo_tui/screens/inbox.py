"""The lists of tickets."""

from __future__ import annotations

from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskScreen


class InboxScreen(DeskScreen[None]):
    """x."""

    CONTEXT = Context.INBOX

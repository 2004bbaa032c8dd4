"""What happens when nobody touches a key for long."""

from __future__ import annotations

from time import monotonic

from textual import events

from sysmo_tui.identity import IDLE_LIMIT
from sysmo_tui.screens.ending import Ending
from sysmo_tui.screens.lock import LOCKS_AFTER, LockScreen
from sysmo_tui.screens.login import LoginScreen

VISITOR_STAYS = 15 * 60
"""Seconds that the door holds a place for somebody who has not signed in and does nothing."""

STAYS = IDLE_LIMIT.total_seconds()
"""Seconds after which the door gives the place of a locked screen to others; a session has ended, too."""


class Idling(Ending):
    """A program that locks itself; through the door it ends when it is of no use any more."""

    used_at: float

    async def on_event(self, event: events.Event) -> None:
        """Notice that someone is there."""
        if isinstance(event, events.Key | events.MouseDown | events.Paste):
            self.used_at = monotonic()
        await super().on_event(event)

    def lock_when_idle(self) -> None:
        """Hide everything when nobody touched a key for long; drafts stay as they are.

        Who has no password could not unlock it: the program ends, and the key opens it again.
        """
        idle = monotonic() - self.used_at
        here = self.arrival
        if self.door.caller.is_remote and idle > (VISITOR_STAYS if here is None else STAYS):
            self.end_idle()
        elif (
            here is not None and idle > LOCKS_AFTER and not isinstance(self.screen, LockScreen | LoginScreen)
        ):
            if here.has_password:
                self.push_screen(LockScreen())
            else:
                self.end_idle()

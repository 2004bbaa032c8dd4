"""Colleagues are told which ticket is open here, and whether something is written in it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from secrets import token_hex
from time import monotonic
from typing import Any

from sysmo_tui.domain.errors import DeskError, Unavailable
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.desk_app import Attended
from sysmo_tui.screens.keeping import Keeping
from sysmo_tui.screens.lock import LockScreen
from sysmo_tui.screens.login import LoginScreen
from sysmo_tui.services import presence

BEAT_SECONDS = 10.0
"""How often it is told that nothing changed; who does not is taken for gone."""
LOOK_SECONDS = 2.5
"""How often it is looked whether there is something to tell, and what was not told is told again."""

log = logging.getLogger(__name__)


class Attending(Keeping):
    """A program that is one visit of the desk."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self.visit = token_hex(16)
        self._told: Attended | None = None
        self._told_at = 0.0
        self._is_telling = False
        self._failed_at = float("-inf")
        self._has_departed = False

    def attend(self) -> None:
        """Tell where one is, if that changed or was told too long ago."""
        if self._is_telling or self._has_departed or self.arrival is None:
            return
        here, now = self._here(), monotonic()
        if here == self._told and (here is None or now - self._told_at < BEAT_SECONDS):
            return
        if now - self._failed_at < LOOK_SECONDS:
            return
        self._is_telling = True
        self.keep(
            self._telling(here),
            kept=lambda: self._was_told(here),
            failed=lambda error: self._was_not_told(here, error),
        )

    def beat(self) -> None:
        """Tell where one is at once, while the program stands still for something else that goes on."""
        if self.arrival is None:
            return
        here = self._here()
        try:
            self._telling(here)()
        except DeskError as error:
            log.warning("Not told: %s", error)
        else:
            self._told, self._told_at = here, monotonic()

    def depart(self, *, for_good: bool = False) -> None:
        """Tell that one has left; ``for_good`` where the program ends."""
        self._has_departed = for_good
        is_known = self._told is not None or self._is_telling
        # Nobody waits for a database that was away a moment ago: what was told there ends by itself.
        if self.arrival is not None and is_known and monotonic() - self._failed_at > BEAT_SECONDS:
            self.keep(self._telling(None))
        self._told = None

    def _here(self) -> Attended | None:
        """The ticket in front, unless nobody sits before it any more."""
        stack = self.screen_stack
        if any(isinstance(screen, LockScreen | LoginScreen) for screen in stack):
            return None
        places = (screen.attends() for screen in reversed(stack) if isinstance(screen, DeskScreen))
        return next((place for place in places if place is not None), None)

    def _telling(self, here: Attended | None) -> Callable[[], None]:
        door, visit = self.door, self.visit

        def tell() -> None:
            if here is None:
                door.touch(presence.leave, visit)
            else:
                door.touch(presence.beat, visit, here.number, is_writing=here.is_writing)

        return tell

    def _was_told(self, here: Attended | None) -> None:
        self._told, self._told_at, self._is_telling = here, monotonic(), False
        self.attend()

    def _was_not_told(self, here: Attended | None, error: DeskError) -> None:
        if isinstance(error, Unavailable):
            self._failed_at, self._is_telling = monotonic(), False
        else:
            # Who may not be there any more is asked again with the next beat, and no sooner.
            self._was_told(here)

"""What happens on the desk wakes the screens, and a desk that does not answer is told of."""

from __future__ import annotations

import asyncio
import logging
from time import monotonic
from typing import Any

from sysmo_tui import collecting
from sysmo_tui.domain.changes import EVERYTHING, Changes
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.screens.asking import RETRY_SECONDS, why_lost
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.hangup import end_for_certain
from sysmo_tui.screens.idling import Idling
from sysmo_tui.storage.failures import unreachable
from sysmo_tui.storage.feed import ChangeFeed

FEED_SECONDS = 0.2
"""How often the desk is asked whether anything happened."""
STILL_SECONDS = 0.15
"""After how long without a key what it asked for is on the screen."""
SILENT_SECONDS = 5.0
"""After how long without any answer the database is lost."""

log = logging.getLogger(__name__)


class Waking(Idling):
    """A program whose screens follow the desk."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._feed: ChangeFeed | None = None
        self._is_feed_lost = False

    def on_unmount(self) -> None:
        """Let go of the change feed, and of what still waits for the database."""
        self.door.desk.store.stop_waiting()
        if self._feed is not None and self._is_feed_lost:
            # It may be asking a server that stands still.
            asyncio.get_running_loop().run_in_executor(None, self._feed.close)
        elif self._feed is not None:
            self._feed.close()
        if self._is_feed_lost and not self.is_headless:
            # The threads that ask such a server would keep the program until it answers.
            end_for_certain(self.return_code or 0)

    async def ask_feed(self) -> None:
        """Wake the screens when something happened on the desk; say so when nobody answers there."""
        if self.arrival is None:
            return
        if monotonic() - self.used_at > STILL_SECONDS:
            collecting.between_keys()
        # A server that stands still, or a network that swallows everything, refuses nothing.
        silence = asyncio.get_running_loop().call_later(SILENT_SECONDS, self._feed_lost, unreachable())
        try:
            changes = await asyncio.to_thread(self._news)
        except DeskError as error:
            log.info("The change feed is silent: %s", error)
            self._feed_lost(error)
            await asyncio.sleep(RETRY_SECONDS)
            return
        finally:
            silence.cancel()
        if not self.is_running:
            return
        if self._is_feed_lost:
            self._feed_lost(None)
            changes = EVERYTHING
        self.wake_screens(changes)

    def _feed_lost(self, error: DeskError | None) -> None:
        """Say on every screen that the database does not answer, or that it does again."""
        self._is_feed_lost = error is not None
        why = "" if error is None or self.door.caller.is_remote else why_lost(error)
        for screen in self._desk_screens():
            screen.lost(error is not None, why)

    def wake_screens(self, changes: Changes) -> None:
        """Let the screens follow what happened; those below another wait until they are seen again."""
        front = next((screen for screen in reversed(self.screen_stack) if not screen.is_modal), self.screen)
        seen = self.screen_stack[self.screen_stack.index(front) :]
        for screen in self._desk_screens():
            screen.note(changes)
            if screen in seen:
                screen.follow()

    def _desk_screens(self) -> list[DeskScreen[Any]]:
        """The screens that are open, but for one that is on the stack before it has widgets."""
        return [
            screen
            for screen in self.screen_stack
            if isinstance(screen, DeskScreen) and screen.is_attached and screen.is_mounted
        ]

    def open_feed(self) -> ChangeFeed:
        """The change feed, opened when it is first asked for."""
        if self._feed is None:
            self._feed = self.door.desk.feed()
        return self._feed

    def _news(self) -> Changes:
        return self.open_feed().news()

"""Keys that come faster than the program does what they say: each is done before the next.

None waits long, whatever it does, or a slow desk could not even be left. Moves in a table wait for its
first rows however long these take, which is up to the table: they lead nowhere before.
"""

from __future__ import annotations

import asyncio
from collections import deque
from contextlib import suppress

from textual import events
from textual.message_pump import MessagePump

from sysmo_tui.screens.base import DONE_WITHIN, DeskScreen
from sysmo_tui.screens.telling_why import TellingWhy

_LOOKS_AGAIN = 0.005
"""Seconds after which it is asked again whether what a key acts on is there."""


class InOrder(TellingWhy):
    """A program in which a key goes where the one before it led.

    The toolkit hands every key to the widget that has the focus when it comes, though the key before it,
    still waiting to be done, may be about to move the focus.
    """

    _ahead: deque[events.Event]
    _turn: events.Event | None = None
    _settling: asyncio.Task[None] | None = None

    async def on_event(self, event: events.Event) -> None:
        """Let what was typed ahead wait for its turn."""
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif event is self._turn:
            self._turn = None
            await super().on_event(event)
        elif self._settling is not None and not self._settling.done():
            self._ahead.append(event)
        elif self._is_coming():
            self._ahead = deque([event])
            self._settling = asyncio.create_task(self._take_turns())
        else:
            self._ahead = deque()
            await super().on_event(event)
            self._settling = asyncio.create_task(self._take_turns())

    async def _take_turns(self) -> None:
        """Give their turn to those that wait, once what came before is done."""
        await self._done()
        while self._ahead and self.is_running:
            self._turn = self._ahead.popleft()
            self.post_message(self._turn)
            await self._done()

    async def _done(self) -> None:
        """Wait until a key went from the program to the widget that has the focus, and back up again.

        And until what the next one acts on is there.
        """
        with suppress(TimeoutError):
            async with asyncio.timeout(DONE_WITHIN):
                await _passed(self)
                for screen in self.screen_stack[-1:]:
                    for node in (screen.focused or screen).ancestors_with_self:
                        await _passed(node)
                await _passed(self)
                while self._is_coming():
                    await asyncio.sleep(_LOOKS_AGAIN)

    def _is_coming(self) -> bool:
        front = self.screen_stack[-1] if self.screen_stack else None
        return isinstance(front, DeskScreen) and front.is_coming()


async def _passed(pump: MessagePump) -> None:
    """Wait until all that waits for ``pump`` now was done."""
    is_done = asyncio.Event()
    if pump.call_later(is_done.set):
        await is_done.wait()

"""A reply that was just sent and has not left yet: for some seconds, a key takes it back."""

from __future__ import annotations

from time import monotonic
from typing import Generic

from textual.content import Content
from textual.screen import ScreenResultType
from textual.timer import Timer

from sysmo_tui.domain.views import Withdrawn
from sysmo_tui.i18n import _
from sysmo_tui.screens.base import DeskScreen


class Unsending(DeskScreen[ScreenResultType], Generic[ScreenResultType]):
    """A screen that counts down until the last reply leaves."""

    _unsent: tuple[int, float] | None = None
    """The ticket that was replied to, and when its mail leaves."""
    _ticks: Timer | None = None

    def acted(self, number: int) -> None:
        """Something was done to ticket ``number``: show what it is now."""
        raise NotImplementedError

    def resting(self) -> Content:
        """What stands on the status line while nothing happens."""
        return Content("")

    def can_unsend(self) -> bool:
        """Whether a reply was sent here and is not known to have left."""
        return self._unsent is not None

    def count_down(self, number: int) -> None:
        """Say from now on how long the reply to ``number`` can be taken back."""
        from sysmo_tui.services.notices import SECOND_THOUGHTS

        self._stop_ticking()
        self._unsent = number, monotonic() + SECOND_THOUGHTS.total_seconds()
        self._ticks = self.set_interval(1.0, self._tick)
        self._tick()
        self.refresh_bindings()

    def action_unsend(self) -> None:
        """Take the reply back; its text is a draft again."""
        if self._unsent is not None:
            self.take_back(self._unsent[0])

    def take_back(self, number: int) -> None:
        """Take back one's last reply to a ticket, if its mail has not left."""
        from sysmo_tui.services import withdrawing

        self._end()
        self.write(withdrawing.withdraw, number).then(self._taken_back)

    def _taken_back(self, withdrawn: Withdrawn) -> None:
        number = withdrawn.number
        self.done(_("Your reply to #{number} is taken back: r goes on with it.", number=number))
        self.acted(number)

    def _tick(self) -> None:
        left = 0.0 if self._unsent is None else self._unsent[1] - monotonic()
        if left <= 0:
            self._end()
        else:
            self.settle(Content(_("Sent in {seconds} s · u takes it back", seconds=round(left))))

    def _end(self) -> None:
        self._stop_ticking()
        self._unsent = None
        self.settle(self.resting())
        self.refresh_bindings()

    def _stop_ticking(self) -> None:
        if self._ticks is not None:
            self._ticks.stop()
            self._ticks = None

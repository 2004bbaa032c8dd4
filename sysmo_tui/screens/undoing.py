"""Undoing one's last act by a key, wherever it was done; and the seconds until a reply leaves."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Generic

from textual.content import Content
from textual.screen import ScreenResultType
from textual.timer import Timer

from sysmo_tui.domain.changes import EVERYTHING
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Withdrawn
from sysmo_tui.i18n import _, render
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.services.bulk import BulkResult

if TYPE_CHECKING:
    from sysmo_tui.services.undoing import Undone


class Undoing(DeskScreen[ScreenResultType], Generic[ScreenResultType]):
    """A screen on which one's last act is undone, and that counts down until the last reply leaves."""

    _unsent: tuple[int, float] | None = None
    """The ticket that was replied to, and when its mail leaves."""
    _ticks: Timer | None = None

    def acted(self, number: int) -> None:
        """Something was done to ticket ``number``: show what it is now."""
        raise NotImplementedError

    def taken_back(self, number: int) -> None:
        """What was done to ticket ``number`` is taken back: show what it is again."""
        self.acted(number)

    def acted_on_all(self, result: BulkResult) -> None:
        """Something was done to several tickets: show what they are now."""
        raise NotImplementedError

    def resting(self) -> Content:
        """What stands on the status line while nothing happens."""
        return Content("")

    def count_down(self, number: int) -> None:
        """Say from now on how long the reply to ``number`` can be taken back."""
        from sysmo_tui.services.notices import MAIL_WAITS

        self._stop_ticking()
        self._unsent = number, monotonic() + MAIL_WAITS.total_seconds()
        self._ticks = self.set_interval(1.0, self._tick)
        self._tick()

    def action_undo(self) -> None:
        """Undo what one did last, whole, or tell what stands in the way."""
        from sysmo_tui.services import undoing

        here = tuple(self.app.door.batches)
        self.write(undoing.undo, here=here).then(self._undone, refused=self._not_undone)

    def take_back(self, number: int) -> None:
        """Take back one's last reply to a ticket, whatever one did since, if its mail has not left."""
        from sysmo_tui.services import withdrawing

        def done(withdrawn: Withdrawn) -> None:
            self._end()
            key = self.app.key_for("ticket.reply")
            self.done(
                _("Your reply to #{number} is taken back: {key} goes on with it.", number=number, key=key)
            )
            self.taken_back(withdrawn.number)

        self.write(withdrawing.withdraw, number).then(done)

    def _undone(self, undone: Undone) -> None:
        if self._unsent is not None and self._unsent[0] in undone.texts:
            self._end()
        what = ", ".join(render(each, clean=clean_line) for each in undone.what)
        if len(undone.texts) > 1:
            self.done(_("Undone: {what}. Each is a draft again.", what=what))
        elif undone.texts:
            self.done(_("Undone: {what}. It is a draft again.", what=what))
        else:
            self.done(_("Undone: {what}.", what=what))
        if len(undone.numbers) == 1:
            self.taken_back(undone.numbers[0])
        else:
            self.acted_on_all(BulkResult(undone.tickets))

    def _not_undone(self, error: DeskError) -> None:
        self.refuse(error)
        self.desk_changed(EVERYTHING)

    def _tick(self) -> None:
        left = 0.0 if self._unsent is None else self._unsent[1] - monotonic()
        if left <= 0:
            self._end()
        else:
            key = self.app.key_for("ticket.undo")
            self.settle(Content(_("Sent in {seconds} s · {key} takes it back", seconds=round(left), key=key)))

    def _end(self) -> None:
        self._stop_ticking()
        self._unsent = None
        self.settle(self.resting())

    def _stop_ticking(self) -> None:
        if self._ticks is not None:
            self._ticks.stop()
            self._ticks = None

"""How the program ends: asked to, told to, or because nobody is there any more."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from rich.text import Text

from sysmo_tui.desk import Door
from sysmo_tui.i18n import _
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.confined import Confined
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.drafting import loses_draft
from sysmo_tui.screens.hangup import HANG_UP, end_for_certain, let_go_of_terminal
from sysmo_tui.screens.keeping import WRITE_SECONDS
from sysmo_tui.screens.lock import LockScreen


class Ending(Confined):
    """A program that keeps drafts before it ends, and signs out where somebody else comes next."""

    _is_ending = False

    async def action_quit(self) -> None:
        """Leave; every screen keeps its drafts first, and nothing that cannot be kept is lost unasked."""
        is_written = await self._everything_kept()
        if not self._may_leave():
            self.push_screen(loses_draft(), self._end_if)
        elif not is_written:
            self.push_screen(_loses_change(), self._end_if)
        else:
            await self._end()

    def end_idle(self) -> None:
        """End because nobody is there; whoever comes back is told why."""

        async def end() -> None:
            try:
                await self._everything_kept()
                await self._signed_out()
            finally:
                self.exit(0, message=Text(_("Nobody was here for a while. Nothing that was typed is lost.")))

        self._begin_end(end)

    def end_by(self, number: int) -> None:
        """End because of a signal, with the exit code that shells give it; nobody is there to be asked."""

        async def end() -> None:
            # Whatever fails of it: nobody is there who could end the program otherwise.
            try:
                await self._everything_kept()
                await self._signed_out()
            finally:
                self.exit(return_code=128 + number)

        if self.door.caller.is_remote and not self.is_headless:
            end_for_certain(128 + number)
        self._begin_end(end)

    def panic(self, *renderables: Any) -> None:
        """End with an error on the terminal; without a terminal, as when it hangs up."""
        if self._is_ending or let_go_of_terminal():
            self.end_by(HANG_UP)
        else:
            super().panic(*renderables)

    def sign_out(self) -> None:
        """End the session, once the mail that waits to be taken back was let go."""
        door = self.door
        self.depart()
        self.keep(lambda: _hurry_mail(door))
        self.keep(lambda: _sign_out(door))
        self.session.forget()

    def _begin_end(self, end: Callable[[], Coroutine[Any, Any, None]]) -> None:
        if not self._is_ending:
            self._is_ending = True
            self.run_worker(end(), group="ending", exit_on_error=False)

    def _end_if(self, is_sure: bool | None) -> None:
        if is_sure:
            self.run_worker(self._end(), group="ending", exit_on_error=False)

    async def _end(self) -> None:
        await self._signed_out()
        self.exit(0)

    async def _signed_out(self) -> None:
        """Leave; sign out where the next one to start it is somebody else, or must not pass the lock."""
        self.depart(for_good=True)
        is_locked = any(isinstance(screen, LockScreen) for screen in self.screen_stack)
        if self.arrival is not None and (self.is_kiosk or is_locked):
            door = self.door
            self.session.forget()
            self.keep(lambda: _sign_out(door))
        await self.everything_kept(WRITE_SECONDS)

    async def _everything_kept(self) -> bool:
        """Have every screen keep its draft, and wait for what was begun; whether all of that was done.

        What was sent before leaves without its wait.
        """
        await self.drafts_read()
        for screen in self._asking_screens():
            screen.before_leaving()
        is_written = await self.everything_written()
        if self.arrival is not None:
            door = self.door
            self.keep(lambda: _hurry_mail(door))
        await self.everything_kept(WRITE_SECONDS)
        return is_written

    def _may_leave(self) -> bool:
        """Whether every screen could keep its draft."""
        return all(screen.may_leave() for screen in self._asking_screens())

    def _asking_screens(self) -> list[DeskScreen[Any]]:
        return [screen for screen in self.screen_stack if isinstance(screen, DeskScreen)]


def _loses_change() -> Confirm:
    """The question before a change is lost that still waits for the database."""
    return Confirm(
        _("Leave, and lose what you did last?"),
        yes=_("Leave"),
        explains=_("The database cannot be reached, so it is not done yet."),
    )


def _hurry_mail(door: Door) -> None:
    """Let the mail of ``door``'s session leave now; of who came by a key, what was written here."""
    from sysmo_tui.services import outbox

    door.touch(outbox.hurry, tuple(door.batches))


def _sign_out(door: Door) -> None:
    """End the session of ``door``."""
    from sysmo_tui.services import sessions

    door.write(sessions.sign_out)

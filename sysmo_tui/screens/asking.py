"""The one place where threads meet widgets: what a screen asks of the desk, or has done by it.

Use cases run in a thread; what they return or refuse comes back to the screen on the event
loop, which never waits and never sees SQL.
"""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Awaitable, Callable, Coroutine
from time import monotonic
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from textual.worker import Worker

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Busy, DeskError, Gone, Lost, NotSignedIn
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _, render
from sysmo_tui.screens.desk_app import DeskApp

if TYPE_CHECKING:
    from sysmo_tui.screens.base import DeskScreen

T = TypeVar("T")
Task = Callable[[], Coroutine[None, None, None]]

RETRY_SECONDS = 1.0
"""How long a lost database is left alone before it is asked again."""
LOADING_SECONDS = 0.2
"""How long a read may take before the screen says that it waits."""
WRITES = "write"
"""The group of the workers that change something."""
DRAFTS = "draft"
"""The group of the workers that read what was left on a screen before."""


class Asking(Generic[T]):
    """A read that is about to start."""

    def __init__(
        self, screen: DeskScreen[Any], ask: Callable[[Door], T], stop: Callable[[], object] = lambda: None
    ) -> None:
        """``stop`` cuts short what was asked, where nobody waits for it any more."""
        self._screen, self._ask, self._stop = screen, ask, stop

    def then(
        self,
        show: Callable[[T], object],
        *,
        group: str = "read",
        after: float = 0.0,
        refused: Callable[[DeskError], object] | None = None,
    ) -> None:
        """Start it ``after`` seconds, and hand the answer to ``show`` or the refusal to ``refused``."""
        self._screen.asked_at[group] = monotonic()
        work: Task = functools.partial(self._run, show, after, refused or self._screen.refuse)
        _started: Worker[None] = self._screen.run_worker(
            work, group=group, exclusive=True, exit_on_error=False
        )

    async def _run(
        self, show: Callable[[T], object], after: float, refused: Callable[[DeskError], object]
    ) -> None:
        if after:
            await asyncio.sleep(after)
        screen, waiting = self._screen, asyncio.get_running_loop().call_later
        loading = waiting(LOADING_SECONDS, screen.wait)
        try:
            answer = await self._answer()
        except DeskError as error:
            refused(error)
            return
        finally:
            loading.cancel()
            screen.waited()
        if screen.is_attached:
            show(answer)

    async def _answer(self) -> T:
        """The answer, however long the database cannot be reached or nobody is signed in."""
        screen = self._screen
        while True:
            try:
                return await _outlasted(screen, self._asked)
            except NotSignedIn as error:
                if not _asks_to_sign_in(screen, error):
                    raise
                await screen.app.signed_in_again()

    async def _asked(self) -> T:
        door = self._screen.app.door
        try:
            return await asyncio.to_thread(self._ask, door)
        except asyncio.CancelledError:
            self._stop()
            raise


class Writing(Generic[T]):
    """A change that is about to be made; starting it again makes it once in all if it ``is_one`` command."""

    def __init__(self, screen: DeskScreen[Any], task: Callable[[Door], T], *, is_one: bool = False) -> None:
        self._screen, self._task, self._is_one = screen, task, is_one

    def then(
        self,
        show: Callable[[T], object] | None = None,
        *,
        refused: Callable[[DeskError], object] | None = None,
    ) -> None:
        """Start it, and hand what came of it to ``show`` or ``refused`` if the screen is still there."""
        work: Task = functools.partial(self._run, show, refused or self._screen.refuse)
        _started: Worker[None] = self._screen.run_worker(work, group=WRITES, exit_on_error=False)

    async def _run(self, show: Callable[[T], object] | None, refused: Callable[[DeskError], object]) -> None:
        screen = self._screen
        try:
            doing = asyncio.ensure_future(self._result())
            doing.add_done_callback(_heard)
            result = await asyncio.shield(doing)
        except DeskError as error:
            _asks_to_sign_in(screen, error)
            refused(error)
            return
        if show is not None and screen.is_attached and screen in screen.app.screen_stack:
            show(result)

    async def _result(self) -> T:
        """What came of it, however long the database cannot be reached."""
        app = self._screen.app
        if not self._is_one:
            return await asyncio.to_thread(self._task, app.door)
        # One after another, in the order of the keys: what was pressed first is there for what comes next.
        async with app.commands:
            return await self._done(app)

    async def _done(self, app: DeskApp) -> T:
        return await _outlasted(self._screen, lambda: asyncio.to_thread(self._task, app.door))


def _heard(done: asyncio.Future[Any]) -> None:
    """Let nothing be printed of a refusal that comes when its screen is gone."""
    if not done.cancelled():
        done.exception()


async def _outlasted(screen: DeskScreen[Any], ask: Callable[[], Awaitable[T]]) -> T:
    """What ``ask`` gives, asked again while the database cannot be reached, which the screen says."""
    is_lost = False
    try:
        while True:
            try:
                return await ask()
            except Lost as error:
                if not is_lost:
                    screen.lost(is_lost := True, why_lost(error))
                await asyncio.sleep(RETRY_SECONDS)
    finally:
        if is_lost:
            screen.lost(False)


def why_lost(error: DeskError) -> str:
    """What to say of a database that does not answer; nothing where only waiting helps."""
    if isinstance(error, Busy):
        return _("The desk is busy: others are writing. Trying again…")
    return shown(error) if isinstance(error, Gone) or not isinstance(error, Lost) else ""


def shown(error: DeskError) -> str:
    """A refusal in the current language, safe to show on one line."""
    return render(error.message, clean=clean_line)


def _asks_to_sign_in(screen: DeskScreen[Any], error: DeskError) -> bool:
    if isinstance(error, NotSignedIn) and screen.NEEDS_SESSION:
        screen.app.session_ended()
        return True
    return False

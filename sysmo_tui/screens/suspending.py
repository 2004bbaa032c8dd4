"""The background duties beside the screens, and stopping both for a while: ``ctrl+z``, then ``fg``."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Protocol

from textual.app import App

from sysmo_tui.i18n import _
from sysmo_tui.screens.keeping import WRITE_SECONDS
from sysmo_tui.screens.personal import Personal


class Background(Protocol):
    """Duties that run while the program is open."""

    def start(self) -> None:
        """Begin, without waiting."""

    def stop(self) -> None:
        """End, and wait for what cannot be cut short."""


class Suspending(Personal):
    """A program that can be stopped from its own terminal, and then holds nothing that others wait for."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._load_background: Callable[[], Background] | None = None
        self.background: Background | None = None
        self._is_stopping = False

    def begin_duties(self) -> None:
        """Load the background duties, which takes a moment, and begin them unless someone left meanwhile."""
        load = self._load_background

        def begin() -> None:
            if load is None or self.background is not None:
                return
            background = load()
            if self.is_running and not self._is_stopping:
                self.background = background
                background.start()

        if load is not None:
            self.run_worker(begin, thread=True, group="background")

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer to stop where there is a shell to go on from."""
        if action == "suspend_process":
            return not self.is_kiosk and not self.is_headless
        return super().check_action(action, parameters)

    def action_suspend_process(self) -> None:
        """Stop until the shell lets the program go on; what is typed is kept before, and nothing is held."""
        if self.is_kiosk or self._is_stopping:
            return
        self._is_stopping = True
        self.run_worker(self._stop_for_a_while(), group="suspending", exit_on_error=False)

    async def _stop_for_a_while(self) -> None:
        for screen in self._asking_screens():
            screen.before_leaving()
        try:
            if not await self.everything_written():
                self.notify(_("The database cannot be reached. Trying again…"), markup=False)
                return
            self.depart()
            await self.everything_kept(WRITE_SECONDS)
            background, self.background = self.background, None
            if background is not None:
                await asyncio.to_thread(background.stop)
            # The toolkit gives the terminal back, stops the program, and goes on here afterwards.
            App.action_suspend_process(self)
        finally:
            self._is_stopping = False
        self.paint_anew()
        self.attend()
        self.begin_duties()

"""What goes on behind the screens and must not end with them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from textual.worker import Worker

from sysmo_tui.domain.errors import DeskError
from sysmo_tui.screens.asking import DRAFTS, WRITES
from sysmo_tui.screens.desk_app import DeskApp

WRITE_SECONDS = 5.0
"""How long leaving waits for a draft that is being read, a change that was begun, and what is to be kept."""

log = logging.getLogger(__name__)


class Keeping(DeskApp):
    """A program that can wait, before it ends, for what it was asked to keep and to change."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        self._keeping = asyncio.Lock()
        self._to_keep: list[Worker[None]] = []

    def keep(
        self,
        task: Callable[[], object],
        kept: Callable[[], object] | None = None,
        failed: Callable[[DeskError], object] | None = None,
    ) -> None:
        """Do something small in the background that must not end with the screen that asks for it."""

        async def run() -> None:
            try:
                # One after the other: a draft that is kept late must not undo its being discarded.
                async with self._keeping:
                    await asyncio.shield(asyncio.to_thread(task))
            except DeskError as error:
                log.warning("Not kept: %s", error)
                if failed is not None:
                    failed(error)
            else:
                if kept is not None:
                    kept()

        self._to_keep = [*self._unfinished(), self.run_worker(run(), group="keep", exit_on_error=False)]

    def once_kept(self, show: Callable[[], object]) -> None:
        """Call ``show`` as soon as everything is kept that was to be kept until now."""

        async def run() -> None:
            await self.everything_kept()
            show()

        self.run_worker(run(), group="once_kept", exit_on_error=False)

    async def everything_kept(self, seconds: float | None = None) -> None:
        """Wait for what is being kept, at most so many ``seconds``; what could not be kept is in the log."""
        waited = self._unfinished()
        ends = asyncio.gather(*(worker.wait() for worker in waited), return_exceptions=True)
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(ends), seconds)

    def _unfinished(self) -> list[Worker[None]]:
        return [worker for worker in self._to_keep if not worker.is_finished]

    async def everything_written(self) -> bool:
        """Wait a little for changes that were begun; whether none is left that still waits for the database.

        What could not be made has been told.
        """
        return await self._finished(WRITES)

    async def drafts_read(self) -> None:
        """Wait a little for drafts that are being read: what was typed meanwhile is kept behind them."""
        await self._finished(DRAFTS)

    async def _finished(self, group: str) -> bool:
        """Wait a little for the workers of a group, and for those that they start; whether all ended."""

        waited: set[Worker[Any]] = set()

        async def ends() -> None:
            # Each is waited for once: of one that cannot be waited for this would go on for ever.
            while (
                going := {each for each in self.workers if each.group == group and not each.is_finished}
                - waited
            ):
                waited.update(going)
                await asyncio.gather(*(worker.wait() for worker in going), return_exceptions=True)

        ending = asyncio.ensure_future(ends())
        with suppress(TimeoutError):
            await asyncio.wait_for(asyncio.shield(ending), WRITE_SECONDS)
        return ending.done()

"""A use case that runs in a thread and can be given up from the event loop."""

from __future__ import annotations

import asyncio
import functools
from collections.abc import Callable
from typing import Any, Generic, TypeVar

from sysmo_tui.desk import Desk, Work
from sysmo_tui.domain.errors import Unavailable
from sysmo_tui.domain.message import N_

T = TypeVar("T")


class Stoppable(Generic[T]):
    """One read, which can be cut short from the event loop while its thread runs."""

    def __init__(self, desk: Desk, use_case: Callable[..., T]) -> None:
        self._desk = desk
        self._use_case = use_case
        self._session: Any = None
        self._is_over = False
        functools.update_wrapper(self, use_case)

    def __call__(self, work: Work, *args: Any, **kwargs: Any) -> T:
        """Run the use case; Unavailable once it was given up."""
        self._session = work.session
        if self._is_over:
            raise Unavailable(N_("Nobody waits for this any more."))
        return self._use_case(work, *args, **kwargs)

    def stop(self) -> None:
        """Interrupt the statement that runs, and let none begin."""
        self._is_over = True
        if self._session is not None:
            # A server is asked to, which may take its time.
            asyncio.get_running_loop().run_in_executor(None, self._desk.store.interrupt, self._session)

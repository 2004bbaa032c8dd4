"""Reading beside the desk: what takes long, and may be a moment old, is read on a standby."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import wraps
from typing import Concatenate, ParamSpec, TypeVar

from sysmo_tui.desk import Desk, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.storage.standby import Copy, Unfit

P = ParamSpec("P")
T = TypeVar("T")


def aside(desk: Desk, use_case: Callable[Concatenate[Work, P], T]) -> Callable[Concatenate[Work, P], T]:
    """``use_case``, which only reads, on the desk's standby; on the desk where that is not good enough.

    Who acts is resolved on the desk itself. What the standby refuses is asked again on the desk, whose
    word counts. The unit of work has the time that the standby shows.
    """
    standby = desk.store.standby
    if standby is None:
        return use_case

    @wraps(use_case)
    def there_or_here(work: Work, /, *args: P.args, **kwargs: P.kwargs) -> T:
        if work.signed_in is not None:
            try:
                with standby.reading(work.session) as copy, _there(work, copy) as there:
                    return use_case(there, *args, **kwargs)
            except Unfit:
                pass  # it is in the log, and in what the doctor finds
        return use_case(work, *args, **kwargs)

    return there_or_here


def _there(work: Work, copy: Copy) -> AbstractContextManager[Work]:
    """The same actor's unit of work on the standby."""
    caller = Caller(work.caller.channel, source=work.caller.source)
    now = work.now if copy.at is None else min(copy.at, work.now)
    return Work(copy.session, caller, work.command, now).acting_as(work.signed_in)

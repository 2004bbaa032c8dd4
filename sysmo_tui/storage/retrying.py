"""Trying a whole transaction again: when others were in the way, and while the database is away."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

import sqlalchemy as sa

from sysmo_tui.domain.errors import Lost
from sysmo_tui.storage.failures import is_retryable, translated

T = TypeVar("T")

_TRIES = 6
"""How often a transaction is begun in all when others are in its way."""
_BUSY_SECONDS = 15.0
"""After how long of that none is begun any more: each waited for its locks already."""
_SHORTEST_PAUSE, _LONGEST_PAUSE = 0.02, 0.5

Pause = Callable[[float], bool]
"""Waits so many seconds; False when nobody waits for an answer any more."""


COMMAND_SECONDS = 10.0
"""How long somebody who gave a command waits for a database that went away."""
DUTY_SECONDS = 30.0
"""How long a background duty does, which nobody waits for."""
OPENING_SECONDS = 10.0
"""How long it is waited for a server that says that it is starting."""


def is_away(error: Exception) -> bool:
    """Tell whether the database cannot be reached, for whatever reason."""
    return isinstance(translated(error), Lost)


def retried(
    attempt: Callable[[], T], patience: float, pause: Pause, waits_for: Callable[[Exception], bool] = is_away
) -> T:
    """What ``attempt``, a whole transaction, gives, however often it has to be begun.

    It is begun anew a few times while others are in the way, and for ``patience`` seconds while the
    database cannot be reached in a way that it ``waits_for``; so it has to find out by itself whether it
    was done before. Raises the refusal that a person can act on, once trying again is of no use.
    """
    begun, tries = time.monotonic(), 0
    while True:
        try:
            return attempt()
        except (sa.exc.SQLAlchemyError, UnicodeEncodeError, OverflowError) as error:
            tries, spent = tries + 1, time.monotonic() - begun
            # Those that were in each other's way shall not meet again.
            longest = min(_SHORTEST_PAUSE * 2**tries, _LONGEST_PAUSE)
            seconds = random.uniform(longest / 2, longest)
            if is_retryable(error) and tries < _TRIES and spent < _BUSY_SECONDS:
                time.sleep(seconds)
            elif not (waits_for(error) and spent < patience and pause(seconds)):
                raise translated(error) from error

"""Waiting for what another thread or process does: for the condition, never for a time."""

from __future__ import annotations

import time
from collections.abc import Callable

PAUSE_SECONDS = 0.01


def until(is_so: Callable[[], object], seconds: float = 60.0) -> None:
    """Wait until something is so, at most so many ``seconds``."""
    end = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < end, "it never became so"
        time.sleep(PAUSE_SECONDS)

"""Putting a desk together: the one place that knows what follows from what."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sysmo_tui.desk import Desk, utc_now
from sysmo_tui.services import notices, outbox
from sysmo_tui.storage.engine import open_store


def open_desk(url: str, *, clock: Callable[[], datetime] = utc_now) -> Desk:
    """Open the desk at ``url``; never creates one (NoDesk), Unavailable when its server is not there."""
    return Desk(open_store(url), consequences=(notices.owe, outbox.write), clock=clock)

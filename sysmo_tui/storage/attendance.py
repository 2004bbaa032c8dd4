"""Who is where, as a change feed remembers it, to tell what became of it since."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sysmo_tui.domain.changes import GONE_AFTER


class Seat(NamedTuple):
    """One visit of a desk, at the ticket that is open there."""

    visit: str
    account_id: int
    number: int
    is_writing: bool
    beat_at: datetime


class Attendance:
    """The visits that were there at the last look."""

    def __init__(self, seats: Iterable[Seat], now: datetime) -> None:
        self._there: set[tuple[str, int, int, bool]] = set()
        self._expires_at: datetime | None = None
        self.moved(seats, now)

    def moved(self, seats: Iterable[Seat], now: datetime) -> frozenset[int]:
        """The numbers of the tickets where anything but a beat happened, given the ``seats`` of ``now``.

        A visit without a beat for :data:`GONE_AFTER` is over, though its row is still there.
        """
        here = [seat for seat in seats if seat.beat_at + GONE_AFTER > now]
        before, self._there = self._there, {seat[:4] for seat in here}
        self._expires_at = min((seat.beat_at + GONE_AFTER for seat in here), default=None)
        return frozenset(number for _visit, _account, number, _writes in before ^ self._there)

    def is_stale(self, now: datetime) -> bool:
        """Whether a visit is over unless it has beaten since the last look."""
        return self._expires_at is not None and self._expires_at <= now

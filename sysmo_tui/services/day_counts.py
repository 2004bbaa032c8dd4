"""Counts by local day, and what was open at a moment."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from sysmo_tui.domain.enums import Age
from sysmo_tui.domain.measures import AGE_LIMITS, AgeCount
from sysmo_tui.domain.moments import FAR_FUTURE, FIRST_YEAR, DateRange, day_bounds
from sysmo_tui.domain.tallies import Count, Tally
from sysmo_tui.services.counting import Interval, Want

_BEGINNING = datetime(FIRST_YEAR, 1, 1, tzinfo=UTC)
_LEAST = timedelta(microseconds=1)
_STANDING = (Count.OPENED, Count.CLOSED)
OPEN_NOW = Want(_STANDING, (_BEGINNING, FAR_FUTURE))
"""What is open, by topic: whatever was opened and not closed."""


@dataclass(frozen=True, slots=True)
class Moment:
    """When tickets were open, and the moment at which their ages are taken."""

    at: datetime
    aged_at: datetime

    @property
    def wants(self) -> tuple[Want, ...]:
        """What :func:`open_by_age` is made of: all, and those of each age but the last."""
        *younger, _oldest = self.opened.values()
        return (
            Want(_STANDING, (_BEGINNING, self.at), has_groups=False),
            *(Want((Count.STILL_OPEN,), interval, open_at=self.at) for interval in younger),
        )

    @property
    def opened(self) -> dict[Age, Interval]:
        """When tickets were opened that are of each age then."""
        edges = [
            self.at,
            *(self.aged_at - timedelta(days=limit) + _LEAST for limit in AGE_LIMITS),
            _BEGINNING,
        ]
        return {age: (older, younger) for age, (younger, older) in zip(Age, pairwise(edges), strict=True)}


def daily(asked: DateRange, zone: ZoneInfo) -> Want:
    """New tickets, cycles opened (reopenings of old tickets too) and closed, on each day of a range."""
    edges = [day_bounds(day, zone)[0] for day in asked.days()] + [asked.bounds(zone)[1]]
    days: tuple[Interval, ...] = tuple(pairwise(edges))
    return Want((Count.RECEIVED, Count.OPENED, Count.CLOSED), asked.bounds(zone), days=days, has_groups=False)


def standing(tally: Tally) -> int:
    """How much was opened and not closed."""
    return tally.n(Count.OPENED) - tally.n(Count.CLOSED)


def open_by_age(tallies: Sequence[Tally]) -> tuple[AgeCount, ...]:
    """How many tickets were open, by age, from the tallies of a :class:`Moment`.

    A close that was taken back within seven days never stood: its ticket was open.
    """
    everything, *younger = tallies
    counts = [tally.n(Count.STILL_OPEN) for tally in younger]
    return tuple(map(AgeCount, Age, [*counts, standing(everything) - sum(counts)]))

"""What reports ask for: counts of some intervals, seen through a lens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sysmo_tui.domain.tallies import Count, Key, Tally

Interval = tuple[datetime, datetime]
"""A half-open interval of UTC."""


@dataclass(frozen=True, slots=True)
class Lens:
    """What of the desk is looked at; None where nothing is left out.

    ``topics`` narrows volumes, ``figure_topics`` and ``person`` the personal figures.
    """

    topics: tuple[int, ...] | None = None
    figure_topics: tuple[int, ...] | None = None
    person: int | None = None

    def narrows(self, count: Count) -> bool:
        """Whether some cases of ``count`` are left out."""
        if count.is_personal:
            return self.figure_topics is not None or self.person is not None
        return self.topics is not None

    def shows(self, count: Count, key: Key) -> bool:
        """Whether the cases of a group of ``count`` are looked at."""
        _closer, account, topic = key
        topics = self.figure_topics if count.is_personal else self.topics
        if topics is not None and topic not in topics:
            return False
        return not count.is_personal or self.person is None or account == self.person


@dataclass(frozen=True, slots=True)
class Want:
    """The counts of an interval as one tally; or of its ``days``, one tally for each.

    Where groups do not matter, all cases of a count may be in one of none. ``open_at`` belongs to
    :data:`Count.STILL_OPEN`: cycles that were opened in the interval and not closed by then.
    """

    counts: tuple[Count, ...]
    interval: Interval
    days: tuple[Interval, ...] = ()
    has_groups: bool = True
    open_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Gap:
    """An interval of which some counts are to be read from the cycles, and where they go."""

    counts: tuple[Count, ...]
    interval: Interval
    tally: Tally
    open_at: datetime | None = None

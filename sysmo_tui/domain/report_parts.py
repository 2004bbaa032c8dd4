"""Which cases of a report are meant: those behind one of its figures."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.enums import Age
from sysmo_tui.domain.moments import DateRange
from sysmo_tui.domain.tallies import Count


class Figure(StrEnum):
    """What of a report can be looked behind, as people name it."""

    RECEIVED = "received"
    CLOSED = "closed"
    RESOLVED = "resolved"
    ANSWERED = "answered"
    REOPENED = "reopened"
    RATED = "rated"
    OPEN = "open"
    OPEN_NOW = "open-now"
    ASSIGNED = "assigned"

    @property
    def counts(self) -> Count:
        """What it counts."""
        return _COUNTS[self]


_COUNTS = {
    Figure.RECEIVED: Count.RECEIVED,
    Figure.CLOSED: Count.CLOSED,
    Figure.RESOLVED: Count.RESOLVED,
    Figure.ANSWERED: Count.RESPONDED,
    Figure.REOPENED: Count.REOPENED,
    Figure.RATED: Count.RATED,
    Figure.OPEN: Count.STILL_OPEN,
    Figure.OPEN_NOW: Count.STILL_OPEN,
    Figure.ASSIGNED: Count.ASSIGNED,
}
WITH_AGES = frozenset({Figure.OPEN, Figure.OPEN_NOW, Figure.ASSIGNED})
"""Figures of tickets that are open: at the end of the days, or now."""
WITH_HOURS = frozenset({Figure.RECEIVED, Figure.CLOSED})
"""Figures that a report has by weekday and hour."""


WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
"""What the days of the week are called where they are typed."""


@dataclass(frozen=True, slots=True)
class Part:
    """The cases of ``figure``; whatever is None narrows nothing.

    ``days`` are some of the report's, or the other range's. ``closer`` and ``account_id`` say who did it,
    or who has it; ``is_nobodys`` that nobody has. ``weekday`` counts from Monday, 0.
    """

    figure: Figure
    days: DateRange | None = None
    closer: Closer | None = None
    account_id: int | None = None
    is_nobodys: bool = False
    topic_id: int | None = None
    age: Age | None = None
    weekday: int | None = None
    hour: int | None = None

"""The rules of a ticket's life that need no database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

from sysmo_tui.domain.enums import Category, Level
from sysmo_tui.domain.moments import FAR_FUTURE

_WAITING_LAST = {Category.NEW: 0, Category.OPEN: 0, Category.WAITING: 1, Category.HOLD: 1, Category.CLOSED: 2}
_WEIGHT = {Level.LOW: 0, Level.NORMAL: 1, Level.HIGH: 2}
_MATRIX = (1, 1, 2, 3, 4)


def rank(category: Category, level: int) -> int:
    """The first key of "most urgent first": smaller is sooner.

    Waiting and held tickets come after those that want work, closed ones last;
    within each, the higher priority first.
    """
    return _WAITING_LAST[category] * 10 + (9 - level)


def priority_level(urgency: Level, impact: Level) -> int:
    """The priority, 1 to 4, that urgency × impact give."""
    return _MATRIX[_WEIGHT[urgency] + _WEIGHT[impact]]


def next_due(follow_up: date | None, action_due: date | None, zone: ZoneInfo) -> datetime:
    """The end of the earlier of the two days in ``zone``, or :data:`FAR_FUTURE`."""
    days = [day for day in (follow_up, action_due) if day is not None]
    if not days:
        return FAR_FUTURE
    return datetime.combine(min(days), time(23, 59, 59), tzinfo=zone).astimezone(UTC)


def customer_category(category: Category) -> Category:
    """What a customer reads: a held ticket is in progress to them."""
    return Category.OPEN if category is Category.HOLD else category

"""Dates and ages in a search: symbolic while a search is saved, instants when it runs.

An age counts back from now: ``<7d`` (or ``7d``) is younger than seven days, ``>7d`` older. A date is a local
day, month or year: ``<2026-01-01`` is before that day, ``>2026-01-01`` after its end, ``2026-01`` within it.
``A..B`` runs from the beginning of A to the end of B; either side may be missing.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.moments import NAMED_DAYS, day_bounds
from sysmo_tui.domain.query_tree import Ago, Bound, DaysAgo, Op, Period

FIRST_YEAR = 1900
LAST_YEAR = 2999
LONGEST_AGE = timedelta(days=36_525)

_AGE = re.compile(r"([0-9]{1,7})(mo|[mhdwy])")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{1,2})(?:-([0-9]{1,2}))?)?")
_UNITS = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
    "mo": timedelta(days=30),
    "y": timedelta(days=365),
}


@dataclass(frozen=True, slots=True)
class Range:
    """From the beginning of ``earliest`` to the end of ``latest``; None is unbounded."""

    earliest: Bound | None
    latest: Bound | None


def resolve(bound: Bound, now: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the half-open UTC interval that ``bound`` means at ``now`` (aware) for people in ``zone``.

    A moment fits when ``resolve(earliest)[0] <= moment < resolve(latest)[1]``. For an
    :class:`Ago` both are the same instant.
    """
    match bound:
        case Ago(age):
            start, _ = day_bounds(date(FIRST_YEAR, 1, 1), zone)
            instant = max(now.astimezone(start.tzinfo) - age, start)
            return instant, instant
        case DaysAgo(days):
            return day_bounds(now.astimezone(zone).date() - timedelta(days=days), zone)
        case Period():
            return day_bounds(bound.first, zone)[0], day_bounds(bound.last, zone)[1]


def parse_dates(text: str, op: Op) -> Range | None:
    """Read an age, a date or a range of them; None when it is neither."""
    if ".." in text:
        first, _, last = text.partition("..")
        earliest, latest = _bound(first), _bound(last)
        if (
            op is not Op.EQ
            or (first and earliest is None)
            or (last and latest is None)
            or not (first or last)
        ):
            return None
        return Range(earliest, latest)
    bound = _bound(text)
    match bound:
        case None:
            return None
        case Ago():
            return Range(None, bound) if op in {Op.GT, Op.GE} else Range(bound, None)
        case DaysAgo() | Period():
            return _compared(bound, op)


def _compared(bound: DaysAgo | Period, op: Op) -> Range:
    """Turn a comparison with a stretch of days into a range with both ends inside."""
    if op in {Op.LT, Op.GT}:
        direction = 1 if op is Op.GT else -1
        beside = DaysAgo(bound.days - direction) if isinstance(bound, DaysAgo) else bound.step(direction)
        return Range(beside, None) if op is Op.GT else Range(None, beside)
    if op is Op.LE:
        return Range(None, bound)
    return Range(bound, None if op is Op.GE else bound)


def _bound(text: str) -> Bound | None:
    """Read one side."""
    word = same_name(text)
    if (ahead := NAMED_DAYS.get(word, 1)) <= 0:
        return DaysAgo(-ahead)
    if age := _AGE.fullmatch(word):
        length = int(age[1]) * _UNITS[age[2]]
        return Ago(length) if length <= LONGEST_AGE else None
    found = _DATE.fullmatch(word)
    if not found:
        return None
    year, month, day = (int(part) if part else None for part in found.groups())
    if year is None or not FIRST_YEAR < year < LAST_YEAR:
        return None
    if (month is not None and not 1 <= month <= 12) or (
        day is not None and not 1 <= day <= monthrange(year, month or 1)[1]
    ):
        return None
    return Period(year, month, day)

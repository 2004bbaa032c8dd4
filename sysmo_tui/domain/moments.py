"""Days as people count them: local, inclusive, from Monday."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line

FAR_FUTURE = datetime(9999, 1, 1, tzinfo=UTC)
"""Stands for "never" in columns that are sorted by a moment."""

FIRST_YEAR = 1900
LAST_YEAR = 2999

DAILY, WEEKLY = 62, 370
"""Days of a range up to which it is shown by day, and by week; longer ones by month."""

_DATE = re.compile(r"([0-9]{4})-([0-9]{1,2})-([0-9]{1,2})")
_STEP = re.compile(r"([+-])([0-9]{1,5})([dws])")
NAMED_DAYS: Final[Mapping[str, int]] = {
    **{"today": 0, "tomorrow": 1, "yesterday": -1},
    **{"hoy": 0, "manana": 1, "ayer": -1},
}
"""How many days after today a day is, by its names in every language, folded."""


class Preset(StrEnum):
    """Ranges that reports offer; weeks are ISO 8601 weeks, a year's quarters begin in January."""

    TODAY = "today"
    YESTERDAY = "yesterday"
    THIS_WEEK = "this-week"
    LAST_WEEK = "last-week"
    THIS_MONTH = "this-month"
    LAST_MONTH = "last-month"
    THIS_QUARTER = "this-quarter"
    LAST_QUARTER = "last-quarter"
    LAST_7_DAYS = "last-7-days"
    LAST_30_DAYS = "last-30-days"
    THIS_YEAR = "this-year"
    LAST_YEAR = "last-year"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Local days from ``first`` to ``last``, both inside; refuses an end before the beginning."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise Invalid(N_("The range ends before it begins. Put the earlier date first."), field="range")

    @property
    def length(self) -> int:
        """How many days it has."""
        return (self.last - self.first).days + 1

    def preceding(self) -> DateRange:
        """The range of equal length directly before."""
        return DateRange(self.first - timedelta(days=self.length), self.first - timedelta(days=1))

    def a_year_before(self) -> DateRange:
        """The same dates one year earlier; 29 February becomes 28 February."""
        return DateRange(_year_before(self.first), _year_before(self.last))

    def bounds(self, zone: ZoneInfo) -> tuple[datetime, datetime]:
        """The half-open UTC interval that it covers for people in ``zone``."""
        return day_bounds(self.first, zone)[0], day_bounds(self.last, zone)[1]

    def days(self) -> list[date]:
        """Every day of it."""
        return days(self.first, self.last)


def day_bounds(day: date, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """Give the half-open UTC interval of a local day: 23 or 25 hours where the clock changes.

    Where midnight is skipped the day begins when the clock jumps, where it comes twice with the first.
    """
    return _midnight(day, zone), _midnight(day + timedelta(days=1), zone)


def days(first: date, last: date) -> list[date]:
    """List every day from ``first`` to ``last``, both inside; empty when ``last`` is earlier."""
    return [first + timedelta(days=step) for step in range((last - first).days + 1)]


def steps(days: Sequence[date]) -> list[list[int]]:
    """Which days are shown together: each alone, by ISO week, or by month."""
    found: list[list[int]] = []
    names: list[object] = []
    for at, day in enumerate(days):
        name: object = day
        if len(days) > DAILY:
            name = day.isocalendar()[:2] if len(days) <= WEEKLY else (day.year, day.month)
        if names and names[-1] == name:
            found[-1].append(at)
        else:
            names.append(name)
            found.append([at])
    return found


def parse_date(text: str, today: date) -> date:
    """Read ``2026-01-31``, a name of :data:`NAMED_DAYS`, ``+3d`` or ``+2w``; refuse anything else."""
    word = same_name(text)
    if word in NAMED_DAYS:
        return today + timedelta(days=NAMED_DAYS[word])
    day: date | None = None
    if step := _STEP.fullmatch(word):
        count = int(step[2]) * (1 if step[3] == "d" else 7)
        try:
            day = today + timedelta(days=-count if step[1] == "-" else count)
        except OverflowError:
            day = None
    elif found := _DATE.fullmatch(word):
        try:
            day = date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            day = None
    if day is None or not FIRST_YEAR <= day.year <= LAST_YEAR:
        message = N_("“{value}” is not a date. Write it like 2026-01-31, today, tomorrow, +3d or +2w.")
        raise Invalid(message, field="date", value=text)
    return day


def range_of(preset: Preset, today: date) -> DateRange:
    """Give the days that a preset means on ``today``; ranges of "this" end today."""
    monday = today - timedelta(days=today.weekday())
    month = today.replace(day=1)
    yesterday = today - timedelta(days=1)
    last_month = month - timedelta(days=1)
    quarter = month.replace(month=1 + (today.month - 1) // 3 * 3)
    last_quarter = quarter - timedelta(days=1)
    last_year = today.year - 1
    first, last = {
        Preset.TODAY: (today, today),
        Preset.YESTERDAY: (yesterday, yesterday),
        Preset.THIS_WEEK: (monday, today),
        Preset.LAST_WEEK: (monday - timedelta(days=7), monday - timedelta(days=1)),
        Preset.THIS_MONTH: (month, today),
        Preset.LAST_MONTH: (last_month.replace(day=1), last_month),
        Preset.THIS_QUARTER: (quarter, today),
        Preset.LAST_QUARTER: (last_quarter.replace(day=1, month=last_quarter.month - 2), last_quarter),
        Preset.LAST_7_DAYS: (today - timedelta(days=6), today),
        Preset.LAST_30_DAYS: (today - timedelta(days=29), today),
        Preset.THIS_YEAR: (date(today.year, 1, 1), today),
        Preset.LAST_YEAR: (date(last_year, 1, 1), date(last_year, 12, 31)),
    }[preset]
    return DateRange(first, last)


def parse_range(text: str, today: date) -> DateRange:
    """Read a preset, one date, or ``FROM..TO``; FROM is a year before TO if missing, TO is today."""
    word = text.strip().lower()
    if word in set(Preset):
        return range_of(Preset(word), today)
    first, dots, last = word.partition("..")
    if not dots:
        try:
            day = parse_date(word, today)
        except Invalid as error:
            if word[:1].isdigit():
                raise
            message = N_("There are no days called “{value}”. Write a date, FROM..TO, or one of: {choices}.")
            raise Invalid(message, field="date", value=clean_line(text), choices=", ".join(Preset)) from error
        return DateRange(day, day)
    end = parse_date(last, today) if last else today
    return DateRange(parse_date(first, today) if first else _year_before(end), end)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a local day begins."""
    return datetime(day.year, day.month, day.day, tzinfo=zone).astimezone(UTC)


def _year_before(day: date) -> date:
    """The same date a year earlier."""
    if (day.month, day.day) == (2, 29):
        return day.replace(year=day.year - 1, day=28)
    return day.replace(year=day.year - 1)


def is_time_zone(name: str) -> bool:
    """Whether the IANA database has a zone of that name, without reading the whole of it."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return not name.startswith(("posix", "right/"))


@cache
def time_zones() -> tuple[str, ...]:
    """The names of all time zones; finding them takes tens of milliseconds, once."""
    return tuple(sorted(available_timezones()))

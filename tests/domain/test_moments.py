"""Days and ranges are local, inclusive, and right where the clock changes."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.moments import (
    FAR_FUTURE,
    DateRange,
    Preset,
    day_bounds,
    days,
    is_time_zone,
    parse_date,
    parse_range,
    range_of,
    time_zones,
)

TODAY = date(2026, 3, 4)  # a Wednesday
zones = st.sampled_from(
    [
        ZoneInfo(name)
        for name in ("UTC", "America/Lima", "Europe/Madrid", "America/Havana", "Pacific/Apia", "Asia/Beirut")
    ]
)


def hours(day, zone):
    start, end = day_bounds(day, ZoneInfo(zone))
    return (end - start) / timedelta(hours=1)


def test_a_day_has_as_many_hours_as_the_clock_gives_it():
    assert hours(date(2026, 3, 29), "Europe/Madrid") == 23
    assert hours(date(2026, 10, 25), "Europe/Madrid") == 25
    assert hours(date(2026, 3, 8), "America/Havana") == 23
    assert hours(date(2026, 11, 1), "America/Havana") == 25
    assert hours(date(2011, 12, 30), "Pacific/Apia") == 0


@given(st.dates(date(1950, 1, 1), date(2100, 1, 1)), zones)
def test_days_follow_each_other_without_gap_or_overlap(day, zone):
    assert day_bounds(day, zone)[1] == day_bounds(day + timedelta(days=1), zone)[0]
    start, end = day_bounds(day, zone)
    if start < end:
        assert start.astimezone(zone).date() == day
        assert (end - timedelta(seconds=1)).astimezone(zone).date() == day


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-01-31", date(2026, 1, 31)),
        ("2026-1-5", date(2026, 1, 5)),
        (" Today ", TODAY),
        ("tomorrow", date(2026, 3, 5)),
        ("Mañana", date(2026, 3, 5)),
        ("+2s", date(2026, 3, 18)),
        ("yesterday", date(2026, 3, 3)),
        ("+3d", date(2026, 3, 7)),
        ("+2w", date(2026, 3, 18)),
        ("-1w", date(2026, 2, 25)),
    ],
)
def test_a_date_is_read(text, day):
    assert parse_date(text, TODAY) == day


@pytest.mark.parametrize(
    "text",
    ["", "2026", "2026-02-30", "31/01/2026", "+d", "+99999w", "-99999w", "0001-01-01", "٢٠٢٦-٠١-٠١"],
)
def test_anything_else_is_no_date(text):
    with pytest.raises(Invalid) as refusal:
        parse_date(text, TODAY)
    assert refusal.value.field == "date"


@pytest.mark.parametrize(
    ("preset", "first", "last"),
    [
        (Preset.TODAY, TODAY, TODAY),
        (Preset.YESTERDAY, date(2026, 3, 3), date(2026, 3, 3)),
        (Preset.THIS_WEEK, date(2026, 3, 2), TODAY),
        (Preset.LAST_WEEK, date(2026, 2, 23), date(2026, 3, 1)),
        (Preset.THIS_MONTH, date(2026, 3, 1), TODAY),
        (Preset.LAST_MONTH, date(2026, 2, 1), date(2026, 2, 28)),
        (Preset.LAST_7_DAYS, date(2026, 2, 26), TODAY),
        (Preset.LAST_30_DAYS, date(2026, 2, 3), TODAY),
        (Preset.THIS_YEAR, date(2026, 1, 1), TODAY),
        (Preset.LAST_YEAR, date(2025, 1, 1), date(2025, 12, 31)),
    ],
)
def test_a_preset_is_a_range_of_days(preset, first, last):
    assert range_of(preset, TODAY) == DateRange(first, last)
    assert parse_range(preset.value, TODAY) == DateRange(first, last)


def test_a_range_is_read():
    assert parse_range("2026-01-01..2026-01-31", TODAY) == DateRange(date(2026, 1, 1), date(2026, 1, 31))
    assert parse_range("2026-01-01..", TODAY) == DateRange(date(2026, 1, 1), TODAY)
    assert parse_range("..today", TODAY) == DateRange(date(2025, 3, 4), TODAY)
    assert parse_range("yesterday", TODAY).length == 1


def test_a_range_that_ends_before_it_begins_is_refused():
    with pytest.raises(Invalid):
        parse_range("2026-02-01..2026-01-01", TODAY)


def test_the_preceding_range_is_as_long_and_touches():
    january = DateRange(date(2026, 1, 1), date(2026, 1, 31))
    assert january.preceding() == DateRange(date(2025, 12, 1), date(2025, 12, 31))
    assert january.preceding().length == january.length == 31


def test_a_year_before_a_leap_day_is_the_day_before():
    leap = DateRange(date(2024, 2, 29), date(2024, 2, 29))
    assert leap.a_year_before() == DateRange(date(2023, 2, 28), date(2023, 2, 28))


def test_the_bounds_of_a_range_are_those_of_its_days():
    week = DateRange(date(2026, 3, 23), date(2026, 3, 29))
    start, end = week.bounds(ZoneInfo("Europe/Madrid"))
    assert (start, end) == (datetime(2026, 3, 22, 23, tzinfo=UTC), datetime(2026, 3, 29, 22, tzinfo=UTC))
    assert len(week.days()) == 7
    assert days(TODAY, TODAY - timedelta(days=1)) == []


def test_never_is_later_than_any_moment():
    assert FAR_FUTURE.utcoffset() == timedelta(0)
    assert datetime(2999, 12, 31, tzinfo=UTC) < FAR_FUTURE


def test_the_time_zones_are_those_of_the_iana_database():
    assert set(time_zones()) == available_timezones()
    assert all(is_time_zone(name) for name in time_zones())


@pytest.mark.parametrize(
    "name", ["", "America", "Nowhere/City", "../etc/passwd", "/etc/localtime", "a\0b", "right/UTC"]
)
def test_what_is_no_time_zone_is_known(name: str):
    assert not is_time_zone(name)

"""Durations, dates and numbers, said in both languages."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui import spoken
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.text import SafeText
from sysmo_tui.domain.views import Filed
from sysmo_tui.i18n import LANGUAGES, speaking

BUENOS_AIRES = ZoneInfo("America/Argentina/Buenos_Aires")
FRIDAY = datetime(2026, 8, 21, 17, 2, tzinfo=UTC)
HOUR, DAY = 3600, 86400


@pytest.mark.parametrize(
    ("seconds", "english", "spanish"),
    [
        (-5, "0s", "0s"),
        (59.9, "59s", "59s"),
        (240, "4m", "4m"),
        (3 * HOUR, "3h", "3h"),
        (5 * DAY, "5d", "5d"),
        (14 * DAY, "2w", "2sem"),
        (245 * DAY, "8mo", "8mes"),
        (730 * DAY, "23mo", "23mes"),
        (731 * DAY, "2y", "2a"),
    ],
)
def test_an_age_is_one_short_unit(seconds, english, spanish):
    for language, said in (("en", english), ("es", spanish)):
        with speaking(language):
            assert spoken.age(seconds) == said


@given(st.floats(0, 99 * 365 * DAY))
def test_an_age_fits_its_column(seconds):
    for language in LANGUAGES:
        with speaking(language):
            assert len(spoken.age(seconds)) <= 5


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0, "0s"),
        (45, "45s"),
        (12 * 60 + 5, "12m"),
        (4 * HOUR + 12 * 60, "4h 12m"),
        (4 * HOUR, "4h"),
        (2 * DAY + 3 * HOUR + 59 * 60, "2d 3h"),
        (2 * DAY + 59, "2d"),
        (-(HOUR + 300), "-1h 5m"),
        (-0.5, "0s"),
    ],
)
def test_a_duration_is_its_two_largest_units(seconds, said):
    for language in LANGUAGES:
        with speaking(language):
            assert spoken.duration(seconds) == said


def test_every_month_and_day_has_a_name_in_every_language():
    for language in LANGUAGES:
        with speaking(language):
            assert len(set(spoken.month_names())) == 12
            assert len(set(spoken.weekday_names())) == 7


def test_dates_are_said_in_the_language_and_zone_of_the_reader():
    assert spoken.date_text(date(2026, 8, 21)) == "21 Aug 2026"
    assert spoken.long_moment(FRIDAY, BUENOS_AIRES) == "Fri 21 Aug 2026, 14:02"
    with speaking("es"):
        assert spoken.date_text(date(2026, 8, 21)) == "21 ago 2026"
        assert spoken.long_moment(FRIDAY, BUENOS_AIRES) == "vie 21 ago 2026, 14:02"


@pytest.mark.parametrize(
    ("later", "english", "spanish"),
    [
        (timedelta(hours=9), "14:02", "14:02"),
        (timedelta(days=2), "Fri 14:02", "vie 14:02"),
        (timedelta(days=-3), "Fri 14:02", "vie 14:02"),
        (timedelta(days=3), "2026-08-21 14:02", "2026-08-21 14:02"),
        (timedelta(days=364), "2026-08-21 14:02", "2026-08-21 14:02"),
    ],
)
def test_a_moment_says_no_more_than_is_needed(later, english, spanish):
    for language, said in (("en", english), ("es", spanish)):
        with speaking(language):
            assert spoken.moment(FRIDAY, BUENOS_AIRES, FRIDAY + later) == said


def test_numbers_have_the_separators_of_the_language():
    assert spoken.number(1234567) == "1,234,567"
    assert spoken.number(1234.25, 1) == "1,234.3"
    assert spoken.number(-0.2) == "0"
    assert spoken.percent(0.873) == "87%"
    assert spoken.percent(0.8735, 1) == "87.4%"
    with speaking("es"):
        assert spoken.number(1234567) == "1.234.567"
        assert spoken.number(1234.25, 1) == "1.234,3"
        assert spoken.percent(0.8735, 1) == "87,4\u00a0%"


@pytest.mark.parametrize(
    ("size", "said"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (412_000, "412 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (25_000_000, "25 MB"),
        (3_200_000_000_000_000, "3,200 TB"),
    ],
)
def test_file_sizes_use_decimal_units(size, said):
    assert spoken.file_size(size) == said


@pytest.mark.parametrize(
    ("is_new", "said"),
    [
        (True, "#7 stays closed. Your reply is the new ticket #8."),
        (False, "#7 stays closed. Your reply is in #8, which goes on with it."),
    ],
)
def test_a_reply_to_what_stays_closed_says_where_it_went(is_new, said):
    filed = Filed(8, "key", SafeText("New"), Category.NEW, continues=7, is_new=is_new)
    assert spoken.continued(filed) == said

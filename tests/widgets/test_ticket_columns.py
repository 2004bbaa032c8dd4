"""The columns of a list of tickets, and the room that they find."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from sysmo_tui.domain.columns import COLUMNS, OF_OWN
from sysmo_tui.widgets.inbox_tabs import _beside
from sysmo_tui.widgets.ticket_columns import fitting, usual
from sysmo_tui.widgets.ticket_text import age_ink, due_brief

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)


def names(width: int, *chosen: str, is_customers: bool = False) -> list[str]:
    return [column.key for column in fitting(width, width, chosen, is_customers=is_customers)]


def test_every_column_that_commands_know_can_be_chosen_on_the_screen() -> None:
    assert names(1_000, *COLUMNS) == ["mark", *COLUMNS]
    assert set(OF_OWN) < set(COLUMNS)
    assert set(usual()) < set(COLUMNS)


@pytest.mark.parametrize("width", [60, 66, 80, 100, 120, 200])
def test_chosen_columns_never_need_more_than_there_is(width: int) -> None:
    shown = fitting(width, width, list(COLUMNS), is_customers=False)
    assert sum(column.width or 16 for column in shown) < width
    assert "subject" in {column.key for column in shown}


def test_a_phone_has_two_lines_whatever_was_chosen() -> None:
    assert names(40, "number", "subject") == ["lines"]
    assert names(40, is_customers=True) == ["lines"]


@pytest.mark.parametrize(
    ("hours", "said"), [(2, "in 2h"), (-3, "late 3h"), (-72, "late 3d"), (0.5, "in 30m"), (24 * 30, "in 4w")]
)
def test_a_date_says_in_words_how_soon_or_how_late_it_is(hours: float, said: str) -> None:
    assert due_brief(NOW + timedelta(hours=hours), NOW) == said


def test_waiting_stands_out_after_a_day_and_more_after_three() -> None:
    inks = [age_ink(NOW - timedelta(hours=hours), NOW) for hours in (1, 25, 73)]
    assert inks == ["quiet", "warning", "overdue"]


@pytest.mark.parametrize("room", range(6, 60, 3))
@pytest.mark.parametrize("place", range(8))
def test_the_open_tab_is_always_among_those_that_fit(room: int, place: int) -> None:
    widths = [6, 4, 9, 5, 6, 3, 8, 5]
    shown = _beside(widths, place, room)
    assert place in shown
    marks = 2 * (shown[0] > 0) + 2 * (shown[-1] < 7)
    taken = sum(widths[each] for each in shown) + 2 * (len(shown) - 1) + marks
    assert taken <= room or len(shown) == 1


@pytest.mark.parametrize(("width", "cells"), [(80, 12), (100, 12), (110, 22), (120, 24), (200, 24)])
def test_where_the_subject_has_enough_the_company_has_room(width: int, cells: int) -> None:
    shown = fitting(width, width, (), is_customers=False)
    (company,) = (column.width for column in shown if column.key == "company")
    assert company == cells


@pytest.mark.parametrize(("widest", "width"), [(6, 12), (len("Waiting for you"), 16), (60, 23)])
def test_what_customers_are_told_of_a_state_is_whole(widest: int, width: int) -> None:
    shown = fitting(80, 80, (), is_customers=True, widest_state=widest)
    assert next(column.width for column in shown if column.key == "status") == width


def test_beside_a_preview_the_subject_has_more_room_than_the_company() -> None:
    assert "company" not in [column.key for column in fitting(70, 100, (), is_customers=False)]
    assert "company" in [column.key for column in fitting(84, 120, (), is_customers=False)]

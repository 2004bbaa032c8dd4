"""The columns of a list, in whatever room there is."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.widgets.data_list import GAP, LEAST, Column, _fitting, _widths

COLUMNS = st.lists(st.integers(0, 40), min_size=1, max_size=8)


def columns(widths: list[int]) -> list[Column[str]]:
    return [Column("", width, str) for width in widths]


@given(COLUMNS, st.integers(20, 200))
def test_the_columns_that_are_shown_have_their_place_in_the_room(wanted: list[int], room: int):
    shown = _fitting(columns(wanted), room)
    widths = _widths(shown, room)
    assert [each.width for each in shown] == wanted[: len(shown)]
    assert sum(widths) + GAP * len(widths) <= max(room, LEAST + GAP)
    for column, width in zip(shown, widths, strict=True):
        assert width >= min(column.width or LEAST, LEAST)


def test_with_room_a_column_has_what_it_asks_for_and_the_others_share_the_rest():
    assert _widths(columns([10, 0, 20, 0]), 10 + 20 + 4 * GAP + 50) == [10, 25, 20, 25]


def test_where_there_is_little_room_the_widest_gives_way_first():
    assert _widths(columns([26, 0]), 36) == [16, 16]
    assert [each.width for each in _fitting(columns([12, 16, 20, 12]), 38)] == [12, 16, 20]

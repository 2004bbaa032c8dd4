"""Charts and tables of text."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.domain.text import cell_width
from sysmo_tui.drawn import bar
from sysmo_tui.widgets.charts import Cell, Head, Sheet, beside, column_chart, columns, line_chart


@given(st.floats(0, 1e9), st.floats(0, 1e9), st.integers(0, 200))
def test_a_bar_is_never_longer_than_its_room_and_something_is_never_nothing(
    value: float, most: float, cells: int
) -> None:
    drawn = bar(value, most, cells)
    assert len(drawn) <= cells
    assert bool(drawn) == (value > 0 and most > 0 and cells > 0)


def test_a_bar_counts_in_eighths() -> None:
    assert bar(16, 16, 2) == "██"
    assert bar(9, 16, 2) == "█▏"
    assert bar(1, 1000, 2) == "▏"


@given(st.lists(st.integers(0, 10_000), max_size=80), st.integers(1, 8), st.integers(1, 4))
def test_upright_bars_fill_their_box(values: list[int], height: int, thick: int) -> None:
    lines = columns(values, height=height, thick=thick)
    assert len(lines) == height
    assert {len(line) for line in lines} == {len(values) * thick}


def test_upright_bars_stand_on_the_ground() -> None:
    assert columns([0, 1, 2], height=2) == ["  █", " ██"]


@given(st.lists(st.integers(0, 10_000), min_size=1, max_size=400), st.integers(20, 120))
def test_a_chart_keeps_to_its_width(values: list[int], width: int) -> None:
    labels = [f"day {at}" for at in range(len(values))]
    for lines in (column_chart("", values, labels, width=width), line_chart("", values, labels, width=width)):
        assert all(cell_width(line.plain) <= width for line in lines)


def test_days_stand_below_their_bars_as_many_as_have_room() -> None:
    days = [f"03-{day:02}" for day in range(1, 31)]
    chart = column_chart("", [1] * 30, days, width=50)
    assert chart[-1].plain == "  03-01  03-08  03-15      03-30"
    assert column_chart("", [1], days[:1], width=50)[-1].plain == "  03-01"
    assert column_chart("", [1, 2], days[:2], width=20)[-1].plain == "  03-01 03-02"


def test_two_charts_stand_side_by_side() -> None:
    left = column_chart("Left", [1, 2], ["a", "b"], width=18)
    right = column_chart("Right", [1, 2], ["a", "b"], width=18)
    assert beside(left, right, width=20)[0].plain == "Left" + " " * 16 + "Right"


def a_sheet(name: str) -> Sheet:
    heads = (
        Head("Operator", is_number=False, grows=True),
        Head("Resolved"),
        Head(""),
        Head("Wide", from_width=60),
    )
    row = (Cell(name), Cell("1,234"), Cell("▉"), Cell("x"))
    return Sheet(heads, (row,), (Cell("Total"), Cell("1,234"), Cell(""), Cell("x")))


def test_a_table_lines_its_numbers_up_and_drops_what_has_no_room() -> None:
    lines = [line.plain for line in a_sheet("Ana").lines(40)]
    assert lines[0].split() == ["Operator", "Resolved"]
    assert lines[1].index("1,234") + 5 == lines[0].index("Resolved") + 8
    assert lines[2].startswith("──")
    assert "Wide" in a_sheet("Ana").lines(60)[0].plain


@given(st.text(max_size=120), st.integers(30, 120))
def test_a_long_name_never_widens_a_table(name: str, width: int) -> None:
    assert all(cell_width(line.plain) <= width for line in a_sheet(name).lines(width))

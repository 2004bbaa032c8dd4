"""Charts of characters."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.drawn import SHADES, dots, overlaid, shade, shade_ranges, shades

COUNTS = st.integers(0, 10_000)


@given(COUNTS, COUNTS)
def test_the_legend_of_shades_says_of_every_count_the_shade_that_it_has(value: int, most: int) -> None:
    if value <= most:
        [found] = [each for each in shade_ranges(most) if each.first <= value <= each.last]
        assert found.shade == shade(value, most)
    assert (shade(value, most) == 0) == (value == 0 or most == 0)


@given(st.integers(0, 10_000))
def test_the_ranges_of_a_legend_follow_each_other(most: int) -> None:
    ranges = list(shade_ranges(most))
    assert all(one.last + 1 == other.first for one, other in pairwise(ranges))
    assert ranges[-1].last == most
    assert len(ranges) <= len(SHADES) == len(set(SHADES)) == len(set(shades(has_blocks=False)))


@given(st.lists(COUNTS, max_size=90), st.integers(1, 60), st.integers(1, 8), st.booleans())
def test_a_line_fills_its_box_from_edge_to_edge(
    values: list[int], width: int, height: int, is_dotted: bool
) -> None:
    picture = dots(values, width=width, height=height, most=max(values, default=0), is_dotted=is_dotted)
    assert len(picture) == height
    if values:
        assert {len(row) for row in picture} == {width}
        assert any(row[0] != " " for row in picture)
    if len(values) > 1 and not is_dotted:
        assert all(any(row[at] != " " for row in picture) for at in range(width))


def test_what_grows_goes_up_and_a_dotted_line_has_fewer_dots() -> None:
    assert dots([0, 1], width=2, height=1, most=1) == ["⡠⠊"]
    drawn, dotted = (dots([1, 1], width=4, height=1, most=1, is_dotted=each) for each in (False, True))
    assert (drawn, dotted) == (["⠉⠉⠉⠉"], ["⠉ ⠉ "])


def test_of_two_lines_in_a_cell_no_dot_is_lost() -> None:
    [runs] = overlaid(["⠉⠉ "], ["⣀ ⣀"])
    assert "".join(text for text, _is_upper in runs) == "⣉⠉⣀"
    assert runs[0] == ("⣉", True)

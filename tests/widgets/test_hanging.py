"""Lines that are broken keep their shape."""

from __future__ import annotations

import pytest
from textual.content import Content

from sysmo_tui.widgets.facts_panel import fact_lines
from sysmo_tui.widgets.hanging import Hanging, Hung, broken, hung


def _lines(text: str, width: int, tail: str = "") -> list[str]:
    return hung(Content("— "), Content(text), width, tail).plain.split("\n")


def test_further_lines_stand_beneath_the_first_words() -> None:
    assert _lines("priority High → Urgent", 16) == ["— priority High", "  → Urgent"]


def test_the_tail_stays_in_one_piece() -> None:
    assert _lines("closed it", 30, "· Mon 14:02") == ["— closed it · Mon 14:02"]
    assert _lines("closed it", 16, "· Mon 14:02") == ["— closed it", "  · Mon 14:02"]


def test_wide_characters_count_two_cells() -> None:
    assert _lines("漢字 漢字", 8) == ["— 漢字", "  漢字"]


def test_the_height_is_that_of_the_width() -> None:
    shown = Hanging([Hung(Content("— "), Content("priority High → Urgent")), Hung(Content(""), Content("x"))])
    assert shown.get_height({}, 40) == 2
    assert shown.get_height({}, 16) == 3


def test_a_head_that_takes_most_of_a_line_has_the_text_go_on_below_it() -> None:
    assert (
        hung(Content("ctrl+d  "), Content("one two three four"), 15).plain
        == "ctrl+d  one\n    two three\n    four"
    )


def test_a_long_label_keeps_its_value_beside_it() -> None:
    told = fact_lines([("Opened", "Thu 12 Mar 2026, 09:28", ""), ("Su calificación", "ninguna todavía", "")])
    assert told.plain == "Opened          Thu 12 Mar 2026, 09:28\nSu calificación ninguna todavía"


@pytest.mark.parametrize(
    ("value", "lines"),
    [
        ("ana@x.example", ["ana@x.example"]),
        ("gerencia@calchaqui.example", ["gerencia", "@calchaqui.example"]),
        ("a.very.long.name.of.somebody@x.example", ["a.very.long.name.of.", "somebody@x.example"]),
        ("see gerencia@calchaqui.example", ["see gerencia", "@calchaqui.example"]),
        ("x" * 30, ["x" * 30]),
    ],
)
def test_an_address_is_broken_before_its_host_and_else_at_its_dots(value: str, lines: list[str]) -> None:
    assert broken(value, 20).split("\n") == lines

"""Lines that are broken keep their shape."""

from __future__ import annotations

from textual.content import Content

from sysmo_tui.widgets.hanging import Hanging, Hung, hung


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
    shown = Hanging([Hung("— ", Content("priority High → Urgent")), Hung("", Content("x"))])
    assert shown.get_height({}, 40) == 2
    assert shown.get_height({}, 16) == 3

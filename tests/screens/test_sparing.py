from __future__ import annotations

import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st
from rich.cells import cell_len, get_character_cell_size

from sysmo_tui.screens.sparing import Canvas

ROWS, COLUMNS = 4, 24
BLANK = (("", "", ""), " ")
COMPOSED = ("✉\ufe0f", "👨\u200d👩\u200d👧", "🇦🇷")
PIECES = ("a", "bcd", " ", "    ", "│", "●", "日本", "é", "e\u0301", "👍", "שלום", "x" * 9)
LOOKS = ("", "1", "1;38;2;90;169;230;48;2;27;33;40", "7;38;5;3", "31", "91;44")


def turned(look: tuple[str, ...], sgr: str) -> tuple[str, ...]:
    """A look after SGR: marks, the colour of the text, that of the ground."""
    marks, text, ground = look
    for part in re.findall(r"[34]8;(?:2;\d+;\d+;\d+|5;\d+)|\d+", sgr) or ["0"]:
        if part == "0":
            marks, text, ground = "", "", ""
        elif part.startswith("38") or part in ("31", "91"):
            text = part
        elif part.startswith("48") or part == "44":
            ground = part
        else:
            marks += f" {part}"
    return marks, text, ground


class Grid:
    """A terminal as ECMA-48 has it; ``width`` is how wide it takes a character to be."""

    def __init__(self, width: Callable[[str], int] = get_character_cell_size) -> None:
        self.cells = [[BLANK] * (COLUMNS * 3) for _ in range(ROWS)]
        self.width = width

    def feed(self, data: str) -> None:
        row, column, look = 0, 0, ("", "", "")
        for place, sgr, text in re.findall(r"\x1b\[(\d+;\d+)H|\x1b\[([\d;]*)m|([^\x1b\n])", data):
            if place:
                row, column = (int(each) - 1 for each in place.split(";"))
            elif text:
                column = self._put(self.cells[row], column, look, text)
            else:
                look = turned(look, sgr)

    def _put(
        self, cells: list[tuple[tuple[str, ...], str]], column: int, look: tuple[str, ...], text: str
    ) -> int:
        width = self.width(text)
        if width == 0:
            before = column - 1 if cells[column - 1][1] else column - 2
            cells[before] = (cells[before][0], cells[before][1] + text)
            return column
        if not cells[column][1]:
            cells[column - 1] = (cells[column - 1][0], " ")
        if not cells[column + width][1]:
            cells[column + width] = (cells[column + width][0], " ")
        cells[column : column + width] = [(look, text), *[(look, "")] * (width - 1)]
        return column + width


def painted(row: int, column: int, runs: list[tuple[str, str]]) -> str:
    """What the toolkit writes for runs of text."""
    looks = "".join(f"\x1b[{look}m{text}\x1b[0m" if look else text for look, text in runs)
    return f"\x1b[{row + 1};{column + 1}H{looks}\n\x1b[1;1H"


def runs(*pieces: str) -> st.SearchStrategy[list[tuple[str, str]]]:
    return st.lists(st.tuples(st.sampled_from(LOOKS), st.sampled_from(pieces)), min_size=1, max_size=4)


RUNS = runs(*PIECES)
PAINTS = st.lists(
    st.builds(painted, st.integers(0, ROWS - 1), st.integers(0, COLUMNS - 1), RUNS), min_size=1, max_size=8
)


@given(PAINTS)
@settings(max_examples=100)
def test_what_stands_there_is_what_was_painted(paints: list[str]) -> None:
    canvas, plain, spared = Canvas(), Grid(), Grid()
    for paint in paints:
        plain.feed(paint)
        spared.feed(canvas.sparing(paint))
        assert spared.cells == plain.cells
        assert canvas.sparing(paint) in ("", "\x1b[1;1H")


def whole(row: int, runs: list[tuple[str, str]]) -> str:
    used = sum(cell_len(text) for _look, text in runs)
    return painted(row, 0, [*runs, ("", " " * (COLUMNS * 2 - 1 - used))])


@given(st.lists(st.builds(whole, st.integers(0, 1), runs(*PIECES, *COMPOSED)), min_size=1, max_size=6))
@settings(max_examples=80)
def test_a_terminal_that_takes_a_sign_to_be_narrower_shows_nothing_of_a_line_that_is_gone(
    paints: list[str],
) -> None:
    def narrow(text: str) -> int:
        return min(get_character_cell_size(text), 1)

    canvas, plain, spared = Canvas(), Grid(narrow), Grid(narrow)
    for paint in paints:
        plain.feed(paint)
        spared.feed(canvas.sparing(paint))
        assert spared.cells == plain.cells


def test_one_letter_that_changed_is_all_that_is_written() -> None:
    canvas = Canvas()
    line = painted(2, 0, [("1", "the printer is on fire"), ("", " " * 50)])
    canvas.sparing(line)
    assert canvas.sparing(line.replace("fire", "fine")) == "\x1b[3;21H\x1b[0;1mn\x1b[0m\x1b[1;1H"


def test_what_others_wrote_is_painted_over() -> None:
    canvas = Canvas()
    line = painted(0, 0, [("", "a line")])
    canvas.sparing(line)
    assert canvas.sparing("\x1b[?1049h\x1b[2J") == "\x1b[?1049h\x1b[2J"
    assert "a line" in canvas.sparing(line)
    canvas.forget()
    assert "a line" in canvas.sparing(line)


def test_a_frame_around_nothing_new_leaves_what_is_known() -> None:
    canvas = Canvas()
    line = painted(0, 0, [("", "a line")])
    for data in ("\x1b[?2026h", line, "\x1b[?2026l"):
        canvas.sparing(data)
    assert canvas.sparing(line) == ""


def test_the_form_of_the_pointer_is_written_once_and_leaves_what_is_known() -> None:
    canvas = Canvas()
    line = painted(0, 0, [("", "a line")])
    assert canvas.sparing(line)
    assert [canvas.sparing("\x1b]22;default\x07") for _ in range(2)] == ["\x1b]22;default\x07", ""]
    assert canvas.sparing(line) == ""


def test_a_mark_whose_character_is_not_known_is_written_as_it_came() -> None:
    canvas = Canvas()
    line = painted(0, 0, [("", "e"), ("1", "\u0301")])
    assert canvas.sparing(line) == line
    assert canvas.sparing(line) == line


def test_only_the_place_of_the_cursor_is_written_when_nothing_else_changed() -> None:
    canvas = Canvas()
    canvas.sparing(painted(0, 0, [("", "a line")]))
    assert canvas.sparing("\x1b[1;1Ha line\x1b[1;4H") == "\x1b[1;4H"

"""Writing to the terminal only what differs from what stands there.

The toolkit paints whole widgets, some of them several times for one key: a list of forty lines is 15 kB
where one letter changed. Over a slow connection that is what one waits for.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby, repeat
from operator import itemgetter
from typing import TypeAlias

from rich.cells import cell_len, get_character_cell_size
from textual.driver import Driver

Cell: TypeAlias = tuple[str, str]
"""The parameters of SGR (ECMA-48, 8.3.117) and a character; none where a wide one goes on."""

NEAR = 8
"""Cells that are rather written again than jumped over: moving on and setting colours is dearer."""

_PAINTED = re.compile(r"(?:\x1b\[\d+;\d+H|\x1b\[[\d;:]*m|[^\x00-\x09\x0b\x0c\x0e-\x1f\x7f]++)++")
_PART = re.compile(r"\x1b\[(\d+);(\d+)H|\x1b\[([\d;:]*)m|([^\x1b\r\n]+)")
_AROUND = frozenset({"\x1b[?2026h", "\x1b[?2026l"})
"""The beginning and the end of a frame that is shown at once: they change nothing on the screen."""
_POINTER = re.compile(r"\x1b\]22;[\w-]*\x07")
"""The form of the mouse's pointer, which the toolkit writes for each screen that is made."""
_UNKNOWN: Cell = ("?", "")


class Canvas:
    """What stands on a terminal, as far as it is known."""

    def __init__(self) -> None:
        self._rows: dict[int, list[Cell]] = {}
        self._cursor = (0, 0)
        self._pointer = ""

    def forget(self) -> None:
        """Know nothing any more: somebody else wrote on it, or its size changed."""
        self._rows.clear()
        self._cursor, self._pointer = (0, 0), ""

    def before(self, driver: type[Driver]) -> type[Driver]:
        """The same driver, writing only what differs from what it wrote before."""

        def write(itself: Driver, data: str) -> None:
            """Write what is new of ``data``."""
            if new := self.sparing(data):
                driver.write(itself, new)

        return type(driver.__name__, (driver,), {"write": write})

    def sparing(self, data: str) -> str:
        """What must be written so that ``data`` stands there; all of it where that cannot be known."""
        if data in _AROUND:
            return data
        if _POINTER.fullmatch(data):
            before, self._pointer = self._pointer, data
            return data if data != before else ""
        painted = self._after(data) if data.startswith("\x1b[") and _PAINTED.fullmatch(data) else None
        if painted is None:
            self.forget()
            return data
        after, cursor = painted
        pen = _Pen()
        for row, cells in after.items():
            for start, end in _changed(self._rows.get(row, []), cells):
                pen.write(row, start, cells[start:end])
        written = pen.written()
        self._rows.update(after)
        if written or cursor != self._cursor:
            self._cursor = cursor
            written += "\x1b[{};{}H".format(*cursor)
        return written

    def _after(self, data: str) -> tuple[dict[int, list[Cell]], tuple[int, int]] | None:
        """The rows that ``data`` writes in, as they are after it, and where it leaves the cursor.

        None where a text begins with a mark: which character gets it, only the terminal knows.
        """
        rows: dict[int, list[Cell]] = {}
        row, column, style = 1, 0, ""
        for part in _PART.finditer(data):
            line, place, look, text = part.groups()
            if line is not None:
                row, column = int(line), int(place) - 1
            elif look is not None:
                style = "" if look in ("", "0") else look
            elif not get_character_cell_size(text[0]):
                return None
            else:
                cells = rows.setdefault(row, self._rows.get(row, []).copy())
                column = _put(cells, column, style, text)
        return rows, (row, column + 1)


def _put(cells: list[Cell], column: int, style: str, text: str) -> int:
    """Write text over cells; returns where it ends."""
    if len(cells) < column:
        cells.extend(repeat(_UNKNOWN, column - len(cells)))
    new = list(zip(repeat(style), text)) if text.isascii() else _cells(style, text)
    end = column + len(new)
    _cut(cells, column)
    _cut(cells, end)
    cells[column:end] = new
    return end


def _cut(cells: list[Cell], column: int) -> None:
    """Of a wide character that is cut before ``column``, nobody knows what a terminal leaves."""
    if not 0 < column < len(cells) or not _is_rest(cells[column]):
        return
    start, end = column, column
    while start and _is_rest(cells[start]):
        start -= 1
    while end < len(cells) and _is_rest(cells[end]):
        end += 1
    cells[start:end] = [_UNKNOWN] * (end - start)


def _is_rest(cell: Cell) -> bool:
    return not cell[1] and cell is not _UNKNOWN


def _cells(style: str, text: str) -> list[Cell]:
    """A cell for each character with its marks; one for the whole text where signs are composed of others."""
    parts: list[tuple[str, int]] = []
    for character in text:
        width = get_character_cell_size(character)
        if width:
            parts.append((character, width))
        else:
            parts[-1] = parts[-1][0] + character, parts[-1][1]
    if cell_len(text) != sum(width for _part, width in parts):
        parts = [(text, cell_len(text))]
    return [cell for part, width in parts for cell in ((style, part), *repeat((style, ""), width - 1))]


def _changed(before: list[Cell], after: list[Cell]) -> Iterator[tuple[int, int]]:
    """Where a row differs, from the left: beginnings and ends.

    Terminals do not agree on how wide some characters are. From the first such on, a row is written whole.
    """
    if before == after:
        return
    sure = min(_sure(before), _sure(after))
    start = end = -1
    for place, cell in enumerate(after[:sure]):
        if place < len(before) and before[place] == cell:
            continue
        if start >= 0 and place - end > NEAR:
            yield start, end
            start = place
        start, end = place if start < 0 else start, place + 1
    if start >= 0:
        yield start, end
    if before[sure:] != after[sure:]:
        yield sure, len(after)


def _sure(cells: list[Cell]) -> int:
    """How many cells from the left are one cell wide on every terminal."""
    if all(map(_is_sure, {text for _style, text in cells})):
        return len(cells)
    return next((place for place, (_style, text) in enumerate(cells) if not _is_sure(text)), len(cells))


@lru_cache(maxsize=4096)
def _is_sure(text: str) -> bool:
    """Whether a cell holds one character of one cell, which is written from left to right."""
    return len(text) == 1 and (
        text.isascii()
        or (
            get_character_cell_size(text) == 1
            and unicodedata.category(text)[0] != "M"
            and unicodedata.bidirectional(text) not in ("R", "AL", "AN")
        )
    )


class _Pen:
    """Writes cells, and changes of its look only what differs from the look before."""

    def __init__(self) -> None:
        self._look = ""
        self._parts: list[str] = []

    def write(self, row: int, start: int, cells: list[Cell]) -> None:
        """Write cells from ``start`` on; what is not known was not painted, and is jumped over."""
        column = start
        for is_known, part in groupby(cells, key=lambda cell: cell is not _UNKNOWN):
            known = list(part)
            if is_known:
                self._parts.append(f"\x1b[{row};{column + 1}H")
                for look, run in groupby(known, key=itemgetter(0)):
                    self._parts += _turned(self._look, look), _text(run)
                    self._look = look
            column += len(known)

    def written(self) -> str:
        """Everything, and in the end no look."""
        return "".join((*self._parts, _turned(self._look, "")))


@lru_cache(maxsize=4096)
def _turned(before: str, after: str) -> str:
    """The shortest SGR from one look to another."""
    if before == after:
        return ""
    (marks, *colours), (new_marks, *new_colours) = _parts_of(before), _parts_of(after)
    pairs = list(zip(colours, new_colours, strict=True))
    if marks == new_marks and all(new or not old for old, new in pairs):
        return f"\x1b[{';'.join(new for old, new in pairs if new != old)}m"
    return f"\x1b[0;{after}m" if after else "\x1b[0m"


@lru_cache(maxsize=4096)
def _parts_of(look: str) -> tuple[str, str, str]:
    """The marks of a look (bold, reverse …), the colour of its text, and that of its ground."""
    marks: list[str] = []
    colours = {"3": "", "4": ""}
    parts = iter(look.split(";"))
    for part in parts:
        if part in ("38", "48"):
            kind = next(parts, "")
            values = [next(parts, "") for _ in range(3 if kind == "2" else 1)]
            colours[part[0]] = ";".join((part, kind, *values))
        elif part[:-1] in ("3", "9"):
            colours["3"] = part
        elif part[:-1] in ("4", "10"):
            colours["4"] = part
        else:
            marks.append(part)
    return ";".join(marks), colours["3"], colours["4"]


def _text(run: Iterator[Cell]) -> str:
    return "".join(map(itemgetter(1), run))

"""Charts of block characters, and tables of text: what a report is drawn with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from textual.content import Content

from sysmo_tui import spoken
from sysmo_tui.domain.text import SafeText, cell_width, clean_line, fit
from sysmo_tui.drawn import dots, overlaid

_UPWARDS = " ▁▂▃▄▅▆▇"
_FULL = "█"
_GAP = 2
_NARROWEST = 10
"""Cells that a growing column keeps."""


def columns(values: Sequence[float], *, height: int, most: float | None = None, thick: int = 1) -> list[str]:
    """Upright bars of ``thick`` cells side by side, the top line first, each ``height`` cells at most.

    ``most`` is the value of the full height, the largest of ``values`` unless given.
    """
    top = max(values, default=0) if most is None else most
    eighths = [max(1, round(value * height * 8 / top)) if top > 0 and value > 0 else 0 for value in values]
    return [
        "".join(_upright(each - 8 * level) * thick for each in eighths) for level in reversed(range(height))
    ]


def _upright(eighths: int) -> str:
    return _FULL if eighths >= 8 else _UPWARDS[max(eighths, 0)]


def column_chart(
    title: str,
    values: Sequence[int],
    labels: Sequence[str],
    *,
    width: int,
    height: int = 5,
    most: int | None = None,
    style: str = "$primary",
) -> list[Content]:
    """Upright bars under a title, with their scale on the left and first and last label below."""
    top = max(values, default=0) if most is None else most
    scale = max(len(str(top)), 1)
    room = max(width - scale - 2, 1)
    thick = max(1, min(4, room // max(len(values), 1)))
    lines = [Content.styled(title, "bold")]
    for at, line in enumerate(columns(values, height=height, most=top, thick=thick)):
        mark = str(top) if at == 0 else ("0" if at == height - 1 else "")
        lines.append(Content.assemble((f"{mark:>{scale}} ", "$quiet"), (line[:room], style)))
    if labels:
        drawn = min(len(values) * thick, room)
        last = labels[-1] if len(labels) > 1 else ""
        gap = " " * max(drawn - cell_width(labels[0]) - cell_width(last), 1)
        lines.append(Content.styled(" " * (scale + 1) + labels[0] + gap + last, "$quiet"))
    return lines


def line_chart(
    title: str,
    values: Sequence[float],
    labels: Sequence[str],
    *,
    width: int,
    height: int = 6,
    before: Sequence[float] = (),
    legend: Sequence[str] = (),
) -> list[Content]:
    """A line of braille dots under a title, with its scale on the left and first and last label below.

    ``before`` is a dotted line behind it, over the same width; ``legend`` says what the two are.
    """
    top = max((*values, *before), default=0)
    marks = [spoken.number(top), spoken.number(top / 2) if top > 1 else "", "0"]
    scale = max(map(cell_width, marks))
    room = max(width - scale - 2, 2)
    drawn = dots(values, width=room, height=height, most=top)
    behind = dots(before, width=room, height=height, most=top, is_dotted=True)
    lines = [Content.styled(title, "bold")]
    for at, runs in enumerate(overlaid(behind if before else [" " * room] * height, drawn)):
        mark = {0: marks[0], height // 2: marks[1], height - 1: marks[2]}.get(at, "")
        axis = "┤" if mark else "│"
        parts = [(text, "$primary" if is_now else "$quiet") for text, is_now in runs]
        lines.append(Content.assemble((f"{mark:>{scale}}{axis}", "$quiet"), *parts))
    if labels:
        last = labels[-1] if len(labels) > 1 else ""
        gap = " " * max(room - cell_width(labels[0]) - cell_width(last), 1)
        lines.append(Content.styled(" " * (scale + 1) + labels[0] + gap + last, "$quiet"))
    if before and legend:
        now, was = legend
        drawn_as = Content.assemble(("⠒⠒ ", "$primary"), now, ("   ⠂⠐ ", "$quiet"), was)
        lines.append(Content.assemble(" " * (scale + 1), drawn_as).stylize_before("$quiet"))
    return lines


def beside(left: Sequence[Content], right: Sequence[Content], *, width: int) -> list[Content]:
    """Two blocks of lines side by side, the right one from cell ``width`` on."""
    lines = []
    for at in range(max(len(left), len(right))):
        one = left[at] if at < len(left) else Content("")
        other = right[at] if at < len(right) else Content("")
        gap = " " * max(width - cell_width(one.plain), 1)
        lines.append(Content.assemble(one, gap, other) if other.plain else one)
    return lines


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a table."""

    text: str
    style: str = ""

    @property
    def safe(self) -> SafeText:
        """Its text on one line."""
        return clean_line(self.text)


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its heading, and how wide a table needs to be to have it."""

    title: str
    is_number: bool = True
    grows: bool = False
    from_width: int = 0


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table as it is shown: rows of as many cells as there are heads."""

    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] = field(default=())

    def lines(self, width: int) -> list[Content]:
        """The table in ``width`` cells: headings, rows, and the total under a rule."""
        shown = [at for at, head in enumerate(self.heads) if width >= head.from_width]
        widths = self._widths(shown, width)
        lines = [self._line([Cell(self.heads[at].title, "$quiet") for at in shown], shown, widths)]
        lines += [self._line([row[at] for at in shown], shown, widths) for row in self.rows]
        if self.total:
            lines.append(Content.styled("─" * min(sum(widths) + _GAP * (len(widths) - 1), width), "$rule"))
            cells = [self.total[at] for at in shown]
            lines.append(self._line([Cell(c.text, c.style or "bold") for c in cells], shown, widths))
        return lines

    def _widths(self, shown: list[int], width: int) -> list[int]:
        every = (*self.rows, *((self.total,) if self.total else ()))
        widths = [
            max([cell_width(self.heads[at].title), *(cell_width(row[at].safe) for row in every)])
            for at in shown
        ]
        spare = width - sum(widths) - _GAP * (len(widths) - 1)
        if spare < 0:
            for place, at in enumerate(shown):
                if self.heads[at].grows:
                    widths[place] = max(widths[place] + spare, _NARROWEST)
        return widths

    def _line(self, cells: Sequence[Cell], shown: Sequence[int], widths: Sequence[int]) -> Content:
        parts: list[Content] = []
        for cell, at, width in zip(cells, shown, widths, strict=True):
            text = fit(cell.safe, width)
            gap = " " * (width - cell_width(text))
            parts.append(Content.styled(gap + text if self.heads[at].is_number else text + gap, cell.style))
        return Content(" " * _GAP).join(parts)

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
GAP = 2
"""Cells between columns."""
_NARROWEST = 10
"""Cells that a growing column keeps."""
_NAME = 18
"""Cells of a growing column for which others go."""


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
    """Upright bars under a title, with their scale on the left and labels below."""
    top = max(values, default=0) if most is None else most
    scale = max(len(str(top)), 1)
    room = max(width - scale - 2, 1)
    thick = max(1, min(4, room // max(len(values), 1)))
    lines = [Content.styled(title, "bold")]
    for at, line in enumerate(columns(values, height=height, most=top, thick=thick)):
        mark = str(top) if at == 0 else ("0" if at == height - 1 else "")
        lines.append(Content.assemble((f"{mark:>{scale}} ", "$quiet"), (line[:room], style)))
    if labels:
        below = _axis(labels, [at * thick for at in range(len(labels))], min(len(values) * thick, room))
        lines.append(Content.styled(" " * (scale + 1) + below, "$quiet"))
    return lines


def _axis(labels: Sequence[str], places: Sequence[int], width: int) -> str:
    """Labels that begin below their places, as many as have room; the last ends where the chart does."""
    widest = max(map(cell_width, labels)) + GAP
    step = next((n for n in range(1, len(places)) if places[n] >= widest), len(places))
    last = labels[-1] if len(labels) > 1 else ""
    end = max(width - cell_width(last), cell_width(labels[0]) + 1)
    line = ""
    for at in range(0, len(labels) - 1 or 1, step):
        if at == 0 or places[at] + widest <= end:
            line += " " * (places[at] - cell_width(line)) + labels[at]
    return (line + " " * (end - cell_width(line)) + last).rstrip()


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
    """A line of braille dots under a title, with its scale on the left and labels below.

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
        places = [round(at * (room - 1) / max(len(labels) - 1, 1)) for at in range(len(labels))]
        lines.append(Content.styled(" " * (scale + 1) + _axis(labels, places, room), "$quiet"))
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
    """A column: its heading, and how wide a table needs to be to have it.

    Where the rows find no room, those that need most are the first to go; one that needs nothing stays.
    """

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
        shown, widths = self._fitted(width)
        lines = [self._line([Cell(self.heads[at].title, "$quiet") for at in shown], shown, widths)]
        lines += [self._line([row[at] for at in shown], shown, widths) for row in self.rows]
        if self.total:
            lines.append(Content.styled("─" * min(sum(widths) + GAP * (len(widths) - 1), width), "$rule"))
            cells = [self.total[at] for at in shown]
            lines.append(self._line([Cell(c.text, c.style or "bold") for c in cells], shown, widths))
        return lines

    def _fitted(self, width: int) -> tuple[list[int], list[int]]:
        """Which columns are shown in ``width`` cells, and how wide each of them is."""
        every = (*self.rows, *((self.total,) if self.total else ()))
        wanted = [
            max([cell_width(head.title), *(cell_width(row[at].safe) for row in every)])
            for at, head in enumerate(self.heads)
        ]
        least = [
            min(each, _NAME) if head.grows else each for each, head in zip(wanted, self.heads, strict=True)
        ]
        shown = [at for at, head in enumerate(self.heads) if width >= head.from_width]
        while sum(least[at] + GAP for at in shown) - GAP > width:
            last = max(shown, key=lambda at: (self.heads[at].from_width, at))
            if not self.heads[last].from_width:
                break
            shown.remove(last)
        spare = width - sum(wanted[at] + GAP for at in shown) + GAP
        return shown, [
            max(wanted[at] + min(spare, 0), min(wanted[at], _NARROWEST))
            if self.heads[at].grows
            else wanted[at]
            for at in shown
        ]

    def _line(self, cells: Sequence[Cell], shown: Sequence[int], widths: Sequence[int]) -> Content:
        parts: list[Content] = []
        for cell, at, width in zip(cells, shown, widths, strict=True):
            text = fit(cell.safe, width)
            gap = " " * (width - cell_width(text))
            parts.append(Content.styled(gap + text if self.heads[at].is_number else text + gap, cell.style))
        return Content(" " * GAP).join(parts)

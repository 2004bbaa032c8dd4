"""Counts by weekday and hour as shades: each differs from the others without any colour."""

from __future__ import annotations

from textual.content import Content

from sysmo_tui import spoken
from sysmo_tui.domain.measures import Grid
from sysmo_tui.domain.text import cell_width
from sysmo_tui.drawn import SHADES, shade, shade_ranges

_STYLES = ("$quiet", *["$primary"] * (len(SHADES) - 1))
HOURS = 24
EVERY = 3
"""Hours from one mark to the next."""
MONDAY = 2
"""Which line of a map is Monday's."""
_SUM = 5
"""Cells of a sum, with the gap before it."""


def width_of(cells: int) -> int:
    """Cells of a map whose hours are so wide, with names and sums."""
    return _names_width() + 1 + HOURS * cells + _SUM


def heat_map(title: str, grid: Grid, *, cells: int) -> list[Content]:
    """A title, the hours, a line for each weekday with its sum, and what the shades mean."""
    most = max((max(counts) for counts in grid), default=0)
    room = _names_width()
    marks = "".join(f"{hour:<{EVERY * cells}}" for hour in range(0, HOURS, EVERY)).rstrip()
    lines = [Content.styled(title, "bold"), Content.styled(" " * (room + 1) + marks, "$quiet")]
    for name, counts in zip(spoken.weekday_names(), grid, strict=True):
        gap = " " * (room - cell_width(name) + 1)
        shades = [shade(count, most) for count in counts]
        row = [(SHADES[each] * cells, _STYLES[each]) for each in shades]
        lines.append(Content.assemble((name, "$quiet"), gap, *row, f"{spoken.number(sum(counts)):>{_SUM}}"))
    lines.append(_legend(" " * (room + 1), most, cells))
    return lines


def _names_width() -> int:
    return max(cell_width(name) for name in spoken.weekday_names())


def _legend(margin: str, most: int, cells: int) -> Content:
    parts: list[Content] = []
    for each in shade_ranges(most):
        said = spoken.number(each.first)
        if each.last > each.first:
            said = f"{said}–{spoken.number(each.last)}"
        parts.append(Content.assemble((SHADES[each.shade] * cells, _STYLES[each.shade]), f" {said}"))
    return (
        Content.assemble(margin, Content(" " * (cells + 1)).join(parts)).stylize_before("$quiet")
        if parts
        else Content("")
    )

"""How figures, and what became of them, stand in the tables of a report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from textual.content import Content

from sysmo_tui import spoken
from sysmo_tui.domain.enums import Measure
from sysmo_tui.domain.measures import Delta, Report
from sysmo_tui.domain.moments import WEEKLY, DateRange
from sysmo_tui.domain.report_parts import Figure, Part
from sysmo_tui.domain.text import cell_width
from sysmo_tui.drawn import bar
from sysmo_tui.i18n import _, ngettext, pgettext
from sysmo_tui.spoken import NONE
from sysmo_tui.widgets.charts import GAP, Cell, Head, Sheet
from sysmo_tui.widgets.figure_lines import Behind, Drawing, Pick
from sysmo_tui.widgets.words import said

NARROW, ROOMY, WIDE = 60, 76, 100
"""Cells below which only what matters most is shown, of a screen of 80 columns, and of a roomy one."""

Draw = Callable[[Report[Any], int], Drawing]


def behind(figure: Figure, count: int | None, label: str = "", **narrowed: Any) -> tuple[Behind, ...]:
    """A figure that can be looked behind; none where it counts nothing."""
    if not count:
        return ()
    return (Behind(label or said(figure), count, Part(figure, **narrowed)),)


def pick(name: str, *figures: tuple[Behind, ...]) -> Pick:
    """What a line can be looked behind for."""
    return Pick(name, tuple(each for some in figures for each in some))


def changes(report: Report[Any], width: int) -> list[Content]:
    """How the headline changed, in words; nothing where nothing is compared."""
    parts = []
    for delta in report.deltas[:3]:
        word, style = verdict_of(delta)
        change = spoken.change(delta)
        parts.append(
            Content.assemble(
                (f"{said(delta.measure)} ", "$quiet"),
                (spoken.figure(delta.measure, delta.value), "bold"),
                (" · " if change else "", "$quiet"),
                (change, style),
                (f", {word}" if word else "", style),
            )
        )
    if not parts:
        return []
    line = Content("   ").join(parts)
    lines = [line] if line.cell_length <= width else [each for part in parts for each in _fitted(part, width)]
    return [*lines, Content("")]


def _fitted(part: Content, width: int) -> list[Content]:
    """A change on one line, or on as many as it needs, all but the first of them further in."""
    first, *more = part.wrap(width - 2) if part.cell_length > width else [part]
    return [first, *(Content.assemble("  ", each) for each in more)]


def against(value: float | None, before: float | None, measure: Measure, *, is_short: bool = False) -> Cell:
    """How a figure changed, with its sign; the colour only repeats it. ``is_short`` leaves the share out."""
    if before is None and value is None:
        return Cell("")
    delta = Delta(measure, value, before)
    return Cell(difference(delta, is_short=is_short), verdict_of(delta)[1])


def difference(delta: Delta, *, is_short: bool = False) -> str:
    """``+12 (+17%)``, ``−38m``, ``−29 pts`` of shares; "new" where there was nothing before."""
    change = delta.difference
    if change is None:
        return NONE
    if not change:
        return "="
    sign = "+" if change > 0 else "−"
    if delta.measure.is_share:
        return _("{points} pts", points=sign + spoken.points(abs(change)))
    if delta.before == 0:
        return pgettext("figures", "new")
    text = sign + spoken.figure(delta.measure, abs(change))
    if is_short or delta.ratio is None or delta.measure.is_time:
        return text
    return f"{text} ({sign}{spoken.percent(abs(delta.ratio))})"


def verdict_of(delta: Delta) -> tuple[str, str]:
    """Whether a change is for the better, as a word and its style."""
    word = spoken.verdict(delta)
    return word, "" if delta.is_good is None else ("$success" if delta.is_good else "$error")


def bar_chart(title: str, rows: Sequence[tuple[str, int]], width: int) -> list[Content]:
    """Lying bars with a label before and the number behind it; the title is its first line."""
    most = max((value for _label, value in rows), default=0)
    cells = max(min(width // 2, 48), 8)
    sheet = Sheet(
        (Head(title, is_number=False, grows=True), Head(""), Head("", is_number=False)),
        tuple(
            (Cell(label), count(value), Cell(bar(value, most, cells), "$primary")) for label, value in rows
        ),
    )
    return sheet.lines(width)


def remark(text: str, width: int) -> list[Content]:
    """A sentence about the figures, on as many lines as it needs."""
    return list(Content.styled(text, "$quiet").wrap(width))


def bar_room(width: int, *beside: str, bars: int = 1) -> int:
    """Cells of each of ``bars`` columns of bars in a table whose other columns are as wide as ``beside``."""
    room = width - sum(cell_width(each) + GAP for each in beside) - GAP * (bars - 1)
    return max(room // bars, 1)


def time(seconds: int | None) -> Cell:
    """A length of time."""
    return Cell(NONE if seconds is None else spoken.duration(seconds))


def share(value: float | None) -> Cell:
    """A share of one."""
    return Cell(NONE if value is None else spoken.percent(value))


def count(value: int | None) -> Cell:
    """How many."""
    return Cell(NONE if value is None else spoken.number(value))


def step_name(day: date, count: int) -> str:
    """What a step that begins on ``day`` is called in a chart of so many days."""
    return f"{day:%Y-%m}" if count > WEEKLY else f"{day:%m-%d}"


def step_title(days: DateRange) -> str:
    """A step in full: its day with the weekday, or its days."""
    if days.length > 1:
        return f"{days.first} → {days.last}"
    return f"{spoken.weekday_names()[days.first.weekday()]} {days.first}"


def tickets(number: int) -> str:
    """How many tickets."""
    return ngettext("{count} ticket", "{count} tickets", number)

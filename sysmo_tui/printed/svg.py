"""Charts as inline SVG 1.1: no script, no style of their own; every text is escaped.

They stay readable in black and white: values are written, and lines differ by their dashes.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from math import ceil

WIDTH = 720
"""Units across; a page shows them at the width it has."""

_FONT = 12
_LINE = 22
_LABELS = 190
_DAY = 84
"""Units of a day's name, with the gap behind it."""
_INK, _QUIET = "#1f4e79", "#5f6b76"


def bars(title: str, rows: Sequence[tuple[str, float, str]]) -> str:
    """Lying bars: a label, a value, and how it is written."""
    most = max((value for _label, value, _said in rows), default=0)
    room = WIDTH - _LABELS - 80
    parts = []
    for at, (label, value, said) in enumerate(rows):
        y = at * _LINE
        length = room * value / most if most else 0
        parts.append(_text(_LABELS - 8, y + 15, _cut(label), anchor="end"))
        parts.append(f'<rect x="{_LABELS}" y="{y + 4}" width="{length:.1f}" height="14" fill="{_INK}"/>')
        parts.append(_text(_LABELS + length + 6, y + 15, said))
    return _picture(title, len(rows) * _LINE + 4, parts)


def columns(title: str, values: Sequence[int], labels: Sequence[str], *, most: int) -> str:
    """Standing bars with the largest value written, and as many labels below as have room."""
    height, left = 130, 44
    step = (WIDTH - left) / max(len(values), 1)
    thick = max(step - (2 if step > 6 else 0.5), 0.5)
    parts = list(_axis(left, height, most))
    for at, value in enumerate(values):
        tall = height * value / most if most else 0
        parts.append(
            f'<rect x="{left + at * step:.1f}" y="{height - tall + 8:.1f}" '
            f'width="{thick:.1f}" height="{tall:.1f}" fill="{_INK}"/>'
        )
    parts += _below(left, height, labels, step)
    return _picture(title, height + 30, parts)


def lines(
    title: str, values: Sequence[int], before: Sequence[int], labels: Sequence[str], names: tuple[str, str]
) -> str:
    """A line over the days, and a dashed one of the other days behind it."""
    height, left = 150, 44
    most = max((*values, *before), default=0)
    parts = list(_axis(left, height, most))
    for row, style in ((before, f'stroke="{_QUIET}" stroke-dasharray="3 4"'), (values, f'stroke="{_INK}"')):
        if row:
            parts.append(
                f'<polyline fill="none" stroke-width="2" {style} '
                f'points="{_points(row, left, height, most)}"/>'
            )
    parts += _below(left, height, labels, (WIDTH - left - 4) / max(len(values) - 1, 1))
    if before:
        y = height + 44
        now, was = names
        parts.append(
            f'<line x1="{left}" y1="{y - 4}" x2="{left + 28}" y2="{y - 4}" stroke="{_INK}" stroke-width="2"/>'
        )
        parts.append(_text(left + 34, y, now))
        parts.append(
            f'<line x1="{left + 160}" y1="{y - 4}" x2="{left + 188}" y2="{y - 4}" '
            f'stroke="{_QUIET}" stroke-width="2" stroke-dasharray="3 4"/>'
        )
        parts.append(_text(left + 194, y, was))
    return _picture(title, height + (54 if before else 30), parts)


def heat(title: str, grid: Sequence[Sequence[int]], names: Sequence[str]) -> str:
    """Counts by weekday and hour: the more, the darker; every count is written."""
    left, top = 48, 20
    wide, high = (WIDTH - left) / 24, 24
    most = max((count for row in grid for count in row), default=0)
    parts = [_text(left + hour * wide + wide / 2, 14, str(hour), anchor="middle") for hour in range(24)]
    for day, (name, counts) in enumerate(zip(names, grid, strict=True)):
        y = top + day * high
        parts.append(_text(left - 6, y + 16, name, anchor="end"))
        for hour, count in enumerate(counts):
            share = count / most if most else 0
            x = left + hour * wide
            parts.append(
                f'<rect x="{x:.1f}" y="{y}" width="{wide - 1:.1f}" height="{high - 1}" '
                f'fill="{_INK}" fill-opacity="{0.06 + 0.94 * share if count else 0.03:.2f}"/>'
            )
            if count:
                colour = "#ffffff" if share > 0.45 else "#1b1f24"
                parts.append(_text(x + wide / 2, y + 16, str(count), anchor="middle", colour=colour))
    return _picture(title, top + len(grid) * high + 4, parts)


def _points(values: Sequence[int], left: int, height: int, most: int) -> str:
    step = (WIDTH - left - 4) / max(len(values) - 1, 1)
    tall = height / most if most else 0
    return " ".join(
        f"{left + at * step:.1f},{8 + height - value * tall:.1f}" for at, value in enumerate(values)
    )


def _axis(left: int, height: int, most: int) -> Iterable[str]:
    for value in dict.fromkeys((most, most // 2, 0)):
        y = 8 + height - (height * value / most if most else 0)
        yield f'<line x1="{left}" y1="{y:.1f}" x2="{WIDTH}" y2="{y:.1f}" stroke="#d5dbe1"/>'
        yield _text(left - 6, y + 4, str(value), anchor="end")


def _below(left: int, height: int, labels: Sequence[str], step: float) -> Iterable[str]:
    """Labels that begin below their values, evenly; the last ends where the chart does."""
    each = max(ceil(_DAY / step), 1)
    for at in range(0, len(labels) - 1 or 1, each) if labels else ():
        if at == 0 or left + at * step + 2 * _DAY <= WIDTH:
            yield _text(left + at * step, height + 24, labels[at])
    if len(labels) > 1:
        yield _text(WIDTH, height + 24, labels[-1], anchor="end")


def _cut(label: str) -> str:
    """A label that fits before its bar."""
    return label if len(label) <= 26 else f"{label[:25]}…"


def _text(x: float, y: float, text: str, *, anchor: str = "start", colour: str = _QUIET) -> str:
    where = f'x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"'
    return f'<text {where} font-size="{_FONT}" fill="{colour}">{html.escape(text)}</text>'


def _picture(title: str, height: float, parts: Iterable[str]) -> str:
    name = html.escape(title, quote=True)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" '
        f'height="{height:.0f}" role="img" aria-label="{name}" font-family="sans-serif">'
        f"<title>{html.escape(title)}</title>{''.join(parts)}</svg>"
    )

"""Charts of characters, without colour: bars in eighths of a cell, shades, and lines of braille dots."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"
SHADES = "·░▒▓█"
"""Nothing, then from little to most; each differs from the others without any colour."""
_PLAIN_SHADES = ".-+*#"

_BRAILLE = 0x2800
_DOTS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))
"""The bits of a cell's dots, by row and column (Unicode, Braille Patterns)."""
_DOTS_WIDE, _DOTS_HIGH = 2, 4


def bar(value: float, most: float, cells: int, *, has_blocks: bool = True) -> str:
    """``value`` as a bar, where ``most`` takes ``cells``; something is never nothing.

    In eighths of a cell, or without blocks in whole cells of ``#``.
    """
    if most <= 0 or value <= 0 or cells <= 0:
        return ""
    eighths = max(1, round(min(value, most) * cells * 8 / most))
    whole, rest = divmod(eighths, 8)
    if not has_blocks:
        return "#" * max(1, whole)
    return _FULL * whole + (_EIGHTHS[rest] if rest else "")


def shade(value: int, most: int) -> int:
    """Which of :data:`SHADES` a count has, where ``most`` is the largest: 0 for nothing alone."""
    steps = len(SHADES) - 1
    return min(-(-value * steps // most), steps) if value > 0 and most > 0 else 0


def shades(*, has_blocks: bool = True) -> str:
    """The characters of :func:`shade`, also for where there are no blocks."""
    return SHADES if has_blocks else _PLAIN_SHADES


@dataclass(frozen=True, slots=True)
class ShadeRange:
    """The counts that have a shade, both ends inside."""

    shade: int
    first: int
    last: int


def shade_ranges(most: int) -> Iterator[ShadeRange]:
    """Which counts each shade stands for; shades that no count has are left out."""
    yield ShadeRange(0, 0, 0)
    steps = len(SHADES) - 1
    for step in range(1, steps + 1):
        first, last = most * (step - 1) // steps + 1, most * step // steps
        if first <= last:
            yield ShadeRange(step, first, last)


def dots(
    values: Sequence[float], *, width: int, height: int, most: float, is_dotted: bool = False
) -> list[str]:
    """Values from left to right as a line of braille dots, the top row of cells first.

    ``most`` is the height of the box, 0 its bottom. A dotted line leaves out every second pair of dots.
    """
    columns, rows = width * _DOTS_WIDE, height * _DOTS_HIGH
    cells = [[0] * width for _ in range(height)]
    if not values or columns <= 0 or rows <= 0:
        return [""] * height
    top = most if most > 0 else 1
    last = max(len(values) - 1, 1)
    points = [
        (round(at * (columns - 1) / last), round((rows - 1) * (1 - min(max(value, 0), top) / top)))
        for at, value in enumerate(values)
    ]
    for x, y in _path(points):
        if not is_dotted or x // 2 % 2 == 0:
            cells[y // _DOTS_HIGH][x // _DOTS_WIDE] |= _DOTS[y % _DOTS_HIGH][x % _DOTS_WIDE]
    return ["".join(chr(_BRAILLE + bits) if bits else " " for bits in row) for row in cells]


def _path(points: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Every dot on the way from point to point."""
    yield points[0]
    for (x, y), (to_x, to_y) in pairwise(points):
        steps = max(abs(to_x - x), abs(to_y - y))
        for step in range(1, steps + 1):
            yield x + round((to_x - x) * step / steps), y + round((to_y - y) * step / steps)


def overlaid(lower: Sequence[str], upper: Sequence[str]) -> list[list[tuple[str, bool]]]:
    """Two pictures of the same size in one, as runs of text that say whether they are of ``upper``.

    Where both have dots in a cell, all of these are drawn, as the upper's.
    """
    lines = []
    for below, above in zip(lower, upper, strict=True):
        runs: list[tuple[str, bool]] = []
        for under, over in zip(below, above, strict=True):
            is_upper = over != " "
            both = is_upper and under != " "
            character = chr(ord(under) | ord(over)) if both else (over if is_upper else under)
            if runs and (runs[-1][1] is is_upper or character == " "):
                runs[-1] = (runs[-1][0] + character, runs[-1][1])
            else:
                runs.append((character, is_upper))
        lines.append(runs)
    return lines

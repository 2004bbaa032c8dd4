"""Bars of characters, for tables on screens and in commands."""

from __future__ import annotations

_EIGHTHS = " ▏▎▍▌▋▊▉"
_FULL = "█"


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

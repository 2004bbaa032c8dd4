"""A picture in a terminal: two pixels in each cell, one above the other."""

from __future__ import annotations

from textual.color import Color
from textual.content import Content, Span
from textual.style import Style

HALF = "▀"
_SHADES = 0xF8
"""What is kept of a colour: neighbours that nobody tells apart are written as one."""


def picture_content(width: int, height: int, pixels: bytes) -> Content:
    """``height`` lines of ``width`` pixels, three bytes each, as half as many lines of text."""
    lines = []
    for top in range(0, height, 2):
        upper = _row(pixels, width, top)
        lower = _row(pixels, width, top + 1) if top + 1 < height else [None] * width
        lines.append(Content(HALF * width, spans=_spans(list(zip(upper, lower, strict=True)))))
    return Content("\n").join(lines)


def _row(pixels: bytes, width: int, at: int) -> list[bytes | None]:
    begin = 3 * width * at
    return [pixels[place : place + 3] for place in range(begin, begin + 3 * width, 3)]


def _spans(cells: list[tuple[bytes | None, bytes | None]]) -> list[Span]:
    spans: list[Span] = []
    styles: dict[tuple[bytes | None, bytes | None], Style] = {}
    begin = 0
    for at in range(1, len(cells) + 1):
        if at < len(cells) and _coarse(cells[at]) == _coarse(cells[begin]):
            continue
        pair = cells[begin]
        if pair not in styles:
            styles[pair] = Style(background=_colour(pair[1]), foreground=_colour(pair[0]))
        spans.append(Span(begin, at, styles[pair]))
        begin = at
    return spans


def _coarse(pair: tuple[bytes | None, bytes | None]) -> list[list[int] | None]:
    return [None if pixel is None else [value & _SHADES for value in pixel] for pixel in pair]


def _colour(pixel: bytes | None) -> Color | None:
    return None if pixel is None else Color(*pixel)

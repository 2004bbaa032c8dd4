"""Lines whose continuations stand beneath their first words, as wide as there is room."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.visual import Visual

from sysmo_tui.domain.text import cell_width

if TYPE_CHECKING:
    from textual.css.styles import RulesMap
    from textual.strip import Strip
    from textual.style import Style
    from textual.visual import RenderOptions

_INDENT = 4
"""Cells that further lines stand in where a head takes more than half of the width."""
_LEAST = 8
"""Cells that a line has at least."""
_PIECE = re.compile("@?[^@./_-]+[./_-]*|[@./_-]+")


class Hung(NamedTuple):
    """A text behind its head; ``tail`` ends it and is kept in one piece."""

    head: Content
    text: Content
    tail: str = ""


def hung(head: Content, text: Content, width: int, tail: str = "") -> Content:
    """A text behind its head in lines of ``width`` cells; further ones stand beneath its first words."""
    is_beside = head.cell_length * 2 <= width
    indent = head.cell_length if is_beside else min(head.cell_length, _INDENT)
    room = max(width - indent, _LEAST)
    lines = text.wrap(room) if is_beside else Content.assemble(head, text).wrap(room)
    if tail:
        last = Content.assemble(lines[-1], " ", tail)
        lines[-1:] = [last] if last.cell_length <= room else [lines[-1], *Content(tail).wrap(room)]
    return Content.assemble(head if is_beside else "", Content("\n" + " " * indent).join(lines))


def alone(text: Content) -> Hung:
    """A text without a head."""
    return Hung(Content(""), text)


class Hanging(Visual):
    """What a widget shows: one after the other, broken anew for every width."""

    def __init__(self, lines: Iterable[Hung]) -> None:
        self._lines = tuple(lines)

    def __repr__(self) -> str:
        return f"Hanging({[f'{head.plain}{text.plain}{tail}' for head, text, tail in self._lines]!r})"

    def render_strips(
        self, width: int, height: int | None, style: Style, options: RenderOptions
    ) -> list[Strip]:
        """The lines at this width."""
        return self._at(width).render_strips(width, height, style, options)

    def get_optimal_width(self, rules: RulesMap, container_width: int) -> int:
        """Cells at which nothing is broken."""
        return self._at(container_width).get_optimal_width(rules, container_width)

    def get_height(self, rules: RulesMap, width: int) -> int:
        """Lines at this width."""
        return self._at(width).get_height(rules, width)

    def _at(self, width: int) -> Content:
        return Content("\n").join(hung(head, text, width, tail) for head, text, tail in self._lines)


def broken(value: str, width: int) -> str:
    """A value in which words that are too long for a line, such as addresses, are broken at their parts."""
    if cell_width(value) <= width:
        return value
    return " ".join(_broken(word, width) if cell_width(word) > width else word for word in value.split(" "))


def _broken(word: str, width: int) -> str:
    """A long word in lines: an address breaks before its host first."""
    lines = [""]
    for part in re.split("(?=@)", word):
        fresh = cell_width(lines[-1] + part) > width
        for piece in _PIECE.findall(part):
            if lines[-1] and (fresh or cell_width(lines[-1] + piece) > width):
                lines.append("")
            fresh = False
            lines[-1] += piece
    return "\n".join(lines)

"""Lines whose continuations stand beneath their first words, as wide as there is room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

from textual.content import Content
from textual.visual import Visual

if TYPE_CHECKING:
    from textual.css.styles import RulesMap
    from textual.strip import Strip
    from textual.style import Style
    from textual.visual import RenderOptions

_LEAST = 8
"""Cells that a text has at least beside its head."""


class Hung(NamedTuple):
    """A text behind its head; ``tail`` ends it and is kept in one piece."""

    head: str
    text: Content
    tail: str = ""


def hung(head: Content, text: Content, width: int, tail: str = "") -> Content:
    """A text behind its head in lines of ``width`` cells, whose further ones stand beneath its first."""
    room = max(width - head.cell_length, _LEAST)
    lines = text.wrap(room)
    if tail:
        last = Content.assemble(lines[-1], " ", tail)
        lines[-1:] = [last] if last.cell_length <= room else [lines[-1], *Content(tail).wrap(room)]
    return Content("").join([head, Content("\n" + " " * head.cell_length).join(lines)])


class Hanging(Visual):
    """What a widget shows: one after the other, broken anew for every width."""

    def __init__(self, lines: Iterable[Hung]) -> None:
        self._lines = tuple(lines)

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
        return Content("\n").join(hung(Content(head), text, width, tail) for head, text, tail in self._lines)

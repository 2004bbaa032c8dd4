"""The lines of a report, with a cursor on those that something is behind."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.content import Content
from textual.events import Click
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from sysmo_tui.domain.report_parts import Part

CURSOR = "›"
"""Stands before the line that the cursor is on, so that no colour is needed to see it."""
GUTTER = 2
"""Cells before every line."""


@dataclass(frozen=True, slots=True)
class Behind:
    """A figure of a line: what it is called, how much it says, and which cases it counts."""

    label: str
    count: int | None
    part: Part


@dataclass(frozen=True, slots=True)
class Pick:
    """What a line can be looked behind for."""

    name: str
    figures: tuple[Behind, ...]


@dataclass(slots=True)
class Drawing:
    """Lines from top to bottom, and the picks of some of them, by place."""

    lines: list[Content] = field(default_factory=list)
    picks: dict[int, Pick] = field(default_factory=dict)

    def add(self, lines: Sequence[Content], picks: Sequence[Pick | None] = (), *, first: int = 0) -> None:
        """More lines; ``picks`` are those of the lines from the ``first`` of these on."""
        start = len(self.lines) + first
        self.picks |= {start + at: pick for at, pick in enumerate(picks) if pick is not None and pick.figures}
        self.lines += lines

    def gap(self) -> None:
        """An empty line, unless nothing is above it."""
        if self.lines:
            self.lines.append(Content(""))


class FigureLines(ScrollView, can_focus=True):
    """Text that one scrolls through by going from one figure to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("down", "step(1)", show=False),
        Binding("up", "step(-1)", show=False),
        Binding("pagedown", "page(1)", show=False),
        Binding("pageup", "page(-1)", show=False),
        Binding("home", "edge(-1)", show=False),
        Binding("end", "edge(1)", show=False),
    ]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"figure-lines--cursor"}
    DEFAULT_CSS = """
    FigureLines {
        height: 1fr;
        background: $background;
        scrollbar-size-vertical: 1;
        overflow-x: hidden;
        text-wrap: nowrap;
        & > .figure-lines--cursor {
            background: $block-cursor-blurred-background;
            color: $block-cursor-blurred-foreground;
        }
        &:focus > .figure-lines--cursor {
            background: $block-cursor-background;
            color: $block-cursor-foreground;
        }
        &:ansi > .figure-lines--cursor { text-style: reverse; }
    }
    """

    class Opened(Message):
        """A line is to be looked behind."""

        def __init__(self, pick: Pick) -> None:
            super().__init__()
            self.pick = pick

    def __init__(self) -> None:
        super().__init__()
        self._drawing = Drawing()
        self._places: list[int] = []
        self._at = 0

    @property
    def drawing(self) -> Drawing:
        """What is shown."""
        return self._drawing

    @property
    def current(self) -> Pick | None:
        """What the cursor is on; None where there is nothing to look behind."""
        return self._drawing.picks[self._places[self._at]] if self._places else None

    def show(self, drawing: Drawing, *, is_new: bool) -> None:
        """Show other lines: from their top if they are new, else with cursor and view where they were."""
        self._drawing, self._places = drawing, sorted(drawing.picks)
        self._at = 0 if is_new else min(self._at, max(len(self._places) - 1, 0))
        self.virtual_size = Size(self.size.width, len(drawing.lines))
        if is_new:
            self.scroll_home(animate=False, immediate=True)
        self.refresh()

    def render_line(self, y: int) -> Strip:
        """One line, cut at the edge."""
        place = y + self.scroll_offset.y
        width = self.size.width
        if place >= len(self._drawing.lines):
            return Strip.blank(width, self.visual_style.rich_style)
        content, style = self._drawing.lines[place], self.visual_style
        if self._places and place == self._places[self._at]:
            style = self.get_visual_style("figure-lines--cursor")
            content = Content(CURSOR.ljust(GUTTER) + content.plain)
        else:
            content = Content.assemble(" " * GUTTER, content)
        [strip, *_rest] = Visual.to_strips(self, content, width, 1, style, pad=True) or [Strip.blank(width)]
        return strip.adjust_cell_length(width, style.rich_style)

    def action_step(self, step: int) -> None:
        """To the next figure, or the one before; a line further where there is none."""
        if 0 <= self._at + step < len(self._places):
            self._go(self._at + step)
        else:
            self.scroll_relative(y=step, animate=False)

    def action_page(self, direction: int) -> None:
        """A page further."""
        self.jump(direction * max(self.size.height - 1, 1))

    def action_edge(self, direction: int) -> None:
        """To the first or the last line."""
        if self._places:
            self._go(0 if direction < 0 else len(self._places) - 1)
        if direction < 0:
            self.scroll_home(animate=False)
        else:
            self.scroll_end(animate=False)

    def jump(self, lines: int) -> None:
        """Many lines at once; the cursor stays in what is seen."""
        top = min(max(self.scroll_offset.y + lines, 0), max(len(self._drawing.lines) - self.size.height, 0))
        self.scroll_to(y=top, animate=False, immediate=True)
        if self._places:
            wanted = self._places[self._at] + lines
            self._go(min(bisect_left(self._places, wanted), len(self._places) - 1))

    def open(self) -> None:
        """Look behind what the cursor is on."""
        if self.current is not None:
            self.post_message(self.Opened(self.current))

    def on_click(self, event: Click) -> None:
        """Put the cursor on a line; a click on the line that has it looks behind it."""
        place = event.y + self.scroll_offset.y
        if place not in self._drawing.picks:
            return
        event.stop()
        at = self._places.index(place)
        if at == self._at:
            self.open()
        else:
            self._go(at)

    def _go(self, at: int) -> None:
        old, self._at = self._places[self._at], at
        new = self._places[at]
        for place in (old, new):
            self.refresh(Region(0, place - self.scroll_offset.y, self.size.width, 1))
        top, bottom = self.scroll_offset.y, self.scroll_offset.y + self.size.height - 1
        if new < top or new > bottom:
            # The first figure is shown with what stands above it.
            wanted = 0 if at == 0 else (new if new < top else new - self.size.height + 1)
            self.scroll_to(y=wanted, animate=False, immediate=True)

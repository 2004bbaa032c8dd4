"""Moving about in a text and in a table by the same keys."""

from __future__ import annotations

from textual.containers import ScrollableContainer
from textual.widgets import OptionList

from sysmo_tui.widgets.row_table import RowTable

HALF_PAGE = 5
"""Choices of a short list by which half a page moves."""


class Scrolling:
    """A screen with one text that the keys for moving scroll."""

    @property
    def scrolled(self) -> ScrollableContainer:
        """What scrolls."""
        raise NotImplementedError

    def action_move_down(self) -> None:
        """One line down."""
        self.scrolled.scroll_down(animate=False)

    def action_move_up(self) -> None:
        """One line up."""
        self.scrolled.scroll_up(animate=False)

    def action_move_top(self) -> None:
        """To the beginning."""
        self.scrolled.scroll_home(animate=False)

    def action_move_bottom(self) -> None:
        """To the end."""
        self.scrolled.scroll_end(animate=False)

    def action_move_half_down(self) -> None:
        """Half a page down."""
        self.scrolled.scroll_relative(y=self.scrolled.size.height // 2, animate=False)

    def action_move_half_up(self) -> None:
        """Half a page up."""
        self.scrolled.scroll_relative(y=-(self.scrolled.size.height // 2), animate=False)


class ListMoving:
    """A screen with one list of choices whose cursor the keys for moving move."""

    @property
    def listed(self) -> OptionList:
        """The list."""
        raise NotImplementedError

    def action_move_down(self) -> None:
        """One line down."""
        self.listed.action_cursor_down()

    def action_move_up(self) -> None:
        """One line up."""
        self.listed.action_cursor_up()

    def action_move_top(self) -> None:
        """To the first line."""
        self.listed.action_first()

    def action_move_bottom(self) -> None:
        """To the last line."""
        self.listed.action_last()

    def action_move_half_down(self) -> None:
        """A few lines down."""
        self._move(HALF_PAGE)

    def action_move_half_up(self) -> None:
        """A few lines up."""
        self._move(-HALF_PAGE)

    def _move(self, steps: int) -> None:
        if self.listed.option_count:
            last = self.listed.option_count - 1
            self.listed.highlighted = min(max((self.listed.highlighted or 0) + steps, 0), last)


class RowMoving:
    """A screen with one table whose cursor the keys for moving move."""

    @property
    def table(self) -> RowTable:
        """The table."""
        raise NotImplementedError

    def action_move_down(self) -> None:
        """One row down."""
        self.table.action_cursor_down()

    def action_move_up(self) -> None:
        """One row up."""
        self.table.action_cursor_up()

    def action_move_top(self) -> None:
        """To the first row."""
        self.table.to_top()

    def action_move_bottom(self) -> None:
        """To the last row that was read."""
        self.table.to_bottom()

    def action_move_half_down(self) -> None:
        """Half a page down."""
        self.table.half_page(1)

    def action_move_half_up(self) -> None:
        """Half a page up."""
        self.table.half_page(-1)

"""Moving about in a text and in a table by the same keys."""

from __future__ import annotations

from textual.containers import ScrollableContainer

from sysmo_tui.widgets.row_table import RowTable


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
        self.table.move_cursor(row=0)

    def action_move_bottom(self) -> None:
        """To the last row that was read."""
        self.table.move_cursor(row=max(self.table.row_count - 1, 0))

    def action_move_half_down(self) -> None:
        """Half a page down."""
        self.table.half_page(1)

    def action_move_half_up(self) -> None:
        """Half a page up."""
        self.table.half_page(-1)

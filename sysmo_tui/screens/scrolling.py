"""Moving about in a text by the same keys as in a list."""

from __future__ import annotations

from textual.containers import ScrollableContainer


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

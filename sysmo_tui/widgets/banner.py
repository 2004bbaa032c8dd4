"""A line across the screen for what concerns all of it."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Banner(Static):
    """Hidden until there is something to say."""

    DEFAULT_CSS = """
    Banner {
        height: auto;
        padding: 0 1;
        background: $warning;
        color: $background;
        text-style: bold;
        display: none;
        &:ansi { background: ansi_yellow; color: ansi_black; }
    }
    """

    def show(self, text: str) -> None:
        """Show ``text``; hide when it is empty."""
        self.update(Content(text))
        self.display = bool(text)

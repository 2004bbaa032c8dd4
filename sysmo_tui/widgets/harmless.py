"""What fields show of a text: its value stays as it was written, what would drive a terminal is not sent."""

from __future__ import annotations

from rich.highlighter import Highlighter
from rich.text import Text

from sysmo_tui.domain.text import in_place


class Harmless(Highlighter):
    """Shows a value of one line."""

    def highlight(self, text: Text) -> None:
        """Put a substitute in the place of what is dangerous or invisible, and a space in that of a break."""
        text.plain = in_place(text.plain).replace("\n", " ").replace("\t", " ")

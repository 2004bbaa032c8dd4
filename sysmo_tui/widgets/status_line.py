"""The line above the hints: what the screen is about now, or what went wrong."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class StatusLine(Static):
    """One line that changes without moving anything else."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1;
        padding: 0 1;
        color: $quiet;
        text-wrap: nowrap;
        text-overflow: ellipsis;
    }
    """

    text: Content = Content("")

    def say(self, text: Content | str) -> None:
        """Show plain text or ready content."""
        content = text if isinstance(text, Content) else Content(text)
        if content != self.text:
            self.text = content
            self.update(content, layout=False)

    def complain(self, text: str) -> None:
        """Show what went wrong: a mark, a word, and a colour."""
        self.say(Content.assemble(("! ", "bold $error"), (text, "$error")))

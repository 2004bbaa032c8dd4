"""What stands at the ends of a thread of which not all entries are shown."""

from __future__ import annotations

from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from sysmo_tui.i18n import ngettext


class Beyond(Static):
    """Stands for the entries beyond an end of the thread."""

    DEFAULT_CSS = """
    Beyond { height: 1; color: $accent; margin-bottom: 1; }
    """

    class Wanted(Message):
        """Someone wants to see them."""

        def __init__(self, end: Beyond) -> None:
            super().__init__()
            self.end = end

    def __init__(self, count: int) -> None:
        super().__init__(Content(self._told(count)))

    def count(self, count: int) -> None:
        """Say how many they are now."""
        self.update(Content(self._told(count)))

    def on_click(self) -> None:
        """Ask for them."""
        self.post_message(self.Wanted(self))

    def _told(self, count: int) -> str:
        raise NotImplementedError


class Earlier(Beyond):
    """Stands above the thread."""

    def _told(self, count: int) -> str:
        return ngettext("▴ {count} earlier entry · g", "▴ {count} earlier entries · g", count)


class Later(Beyond):
    """Stands below it."""

    def _told(self, count: int) -> str:
        return ngettext("▾ {count} later entry · G", "▾ {count} later entries · G", count)

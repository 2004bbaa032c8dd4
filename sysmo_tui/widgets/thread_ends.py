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

    def __init__(self, count: int, key: str) -> None:
        """``key`` goes to that end."""
        super().__init__(Content(self._told(count, key)))
        self._key = key

    def count(self, count: int) -> None:
        """Say how many they are now."""
        self.update(Content(self._told(count, self._key)))

    def on_click(self) -> None:
        """Ask for them."""
        self.post_message(self.Wanted(self))

    def _told(self, count: int, key: str) -> str:
        raise NotImplementedError


class Earlier(Beyond):
    """Stands above the thread."""

    def _told(self, count: int, key: str) -> str:
        return ngettext(
            "▴ {count} earlier entry · {key}", "▴ {count} earlier entries · {key}", count, key=key
        )


class Later(Beyond):
    """Stands below it."""

    def _told(self, count: int, key: str) -> str:
        return ngettext("▾ {count} later entry · {key}", "▾ {count} later entries · {key}", count, key=key)

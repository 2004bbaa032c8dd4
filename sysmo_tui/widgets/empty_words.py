"""What stands in place of rows where there are none: why, and which key goes on."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Container
from textual.content import Content

from sysmo_tui.widgets.row_table import RowTable
from sysmo_tui.widgets.steady import Steady


class EmptyWords(Container):
    """Hidden while there are rows; a bar beside the words shows that the focus is here."""

    DEFAULT_CSS = """
    EmptyWords { height: 1fr; padding: 1 1 0 1; display: none; }
    EmptyWords.-shown { display: block; }
    EmptyWords Static { height: auto; padding: 0 2; color: $quiet; }
    EmptyWords.-focused Static { padding: 0 2 0 1; border-left: outer $accent; color: $foreground; }
    """

    def compose(self) -> ComposeResult:
        """A few words."""
        yield Steady()

    def show(self, text: str) -> None:
        """Say ``text``; hide where there is nothing to say."""
        self.query_one(Steady).tell(Content(text))
        self.set_class(bool(text), "-shown")

    def on_mount(self) -> None:
        """Follow the focus of the rows that would stand here."""
        self.watch(self.screen, "focused", self._mark)

    def _mark(self) -> None:
        self.set_class(isinstance(self.screen.focused, RowTable), "-focused")

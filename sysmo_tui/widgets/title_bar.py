"""The first line of a screen: where one is, and who one is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


class TitleBar(Horizontal):
    """A title on the left, who is signed in on the right."""

    DEFAULT_CSS = """
    TitleBar {
        height: 1;
        background: $panel;
        padding: 0 1;
        #title { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        #who { width: auto; max-width: 50%; padding-left: 2; color: $quiet; text-wrap: nowrap; }
    }
    """

    def __init__(self, title: Content | str = "", who: Content | str = "") -> None:
        super().__init__()
        self._title, self._who = Content.from_text(title, markup=False), Content.from_text(who, markup=False)

    def compose(self) -> ComposeResult:
        """Two texts."""
        yield Static(self._title, id="title")
        yield Static(self._who, id="who")

    def entitle(self, title: Content | str) -> None:
        """Change the title."""
        self._title = Content.from_text(title, markup=False)
        for static in self.query("#title").results(Static):
            static.update(self._title, layout=False)

    def identify(self, who: Content | str) -> None:
        """Change what stands on the right."""
        content = Content.from_text(who, markup=False)
        if content == self._who:
            return
        self._who = content
        for static in self.query("#who").results(Static):
            static.update(self._who)

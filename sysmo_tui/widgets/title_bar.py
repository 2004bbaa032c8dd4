"""The first line of a screen: where one is, and who one is."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Static


class TitleBar(Horizontal):
    """A title on the left, who is there on the right; the place in a list is last, and never cut."""

    DEFAULT_CSS = """
    TitleBar {
        height: 1;
        background: $panel;
        padding: 0 1;
        #title { width: 1fr; text-wrap: nowrap; text-overflow: ellipsis; }
        #who {
            width: auto;
            max-width: 40%;
            padding-left: 2;
            color: $quiet;
            text-wrap: nowrap;
            text-overflow: ellipsis;
        }
        #place { width: auto; color: $quiet; text-wrap: nowrap; }
    }
    """

    def __init__(self, title: Content | str = "", who: Content | str = "") -> None:
        super().__init__()
        self._title, self._who = Content.from_text(title, markup=False), Content.from_text(who, markup=False)
        self._place = Content("")

    def compose(self) -> ComposeResult:
        """Three texts."""
        yield Static(self._title, id="title")
        yield Static(self._who, id="who")
        yield Static(id="place")

    def entitle(self, title: Content | str) -> None:
        """Change the title."""
        self._title = Content.from_text(title, markup=False)
        for static in self.query("#title").results(Static):
            static.update(self._title, layout=False)

    def identify(self, who: Content | str, place: Content | str = "") -> None:
        """Change what stands on the right."""
        contents = tuple(Content.from_text(each, markup=False) for each in (who, place))
        if contents == (self._who, self._place):
            return
        self._who, self._place = contents
        for static in self.query("#who").results(Static):
            static.update(self._who)
        for static in self.query("#place").results(Static):
            before = (" · " if self._who else "  ") if self._place else ""
            static.update(Content.assemble(before, self._place))

"""The first line of a screen: where one is, and who one is."""

from __future__ import annotations

from textual.content import Content
from textual.widget import Widget

MOST_OF_WHO = 0.4
"""The share of the line that who is there may take."""


class TitleBar(Widget):
    """A title on the left, who is there on the right; the place in a list is last, and never cut."""

    DEFAULT_CSS = """
    TitleBar { height: 1; background: $panel; padding: 0 1; text-wrap: nowrap; }
    """

    def __init__(self, title: Content | str = "", who: Content | str = "") -> None:
        super().__init__()
        self._title, self._who = Content.from_text(title, markup=False), Content.from_text(who, markup=False)
        self._place = Content("")

    def render(self) -> Content:
        """One line, as wide as there is room."""
        room = self.content_size.width
        who = self._who.truncate(max(int(room * MOST_OF_WHO) - 2, 0), ellipsis=True)
        between = (" · " if self._who else "  ") if self._place else ""
        right = Content.assemble("  ", who, between, self._place).stylize_before("$quiet")
        return self._title.truncate(max(room - right.cell_length, 0), ellipsis=True, pad=True) + right

    def entitle(self, title: Content | str) -> None:
        """Change the title."""
        self._title = Content.from_text(title, markup=False)
        self.refresh()

    def identify(self, who: Content | str, place: Content | str = "") -> None:
        """Change what stands on the right."""
        contents = tuple(Content.from_text(each, markup=False) for each in (who, place))
        if contents != (self._who, self._place):
            self._who, self._place = contents
            self.refresh()

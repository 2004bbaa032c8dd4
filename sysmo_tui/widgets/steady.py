"""A text that stays as it is while it is told the same."""

from __future__ import annotations

from textual.content import Content
from textual.widgets import Static


class Steady(Static):
    """Told the same again, it lays out nothing and paints nothing."""

    def tell(self, content: Content) -> None:
        """Show ``content``, in the styles that it has."""
        before = self.content
        if not isinstance(before, Content) or not before.is_same(content):
            self.update(content)

"""What is laid out for the size of the terminal, and once."""

from __future__ import annotations

from typing import Any, Generic

from textual.events import Resize
from textual.screen import Screen, ScreenResultType


class Fitting(Screen[ScreenResultType], Generic[ScreenResultType]):
    """A screen whose styles know from its beginning how wide the terminal is.

    The toolkit tells a screen its size only once it has laid it out, and then lays it out again: whoever
    opened one would see it painted twice, with other columns.
    """

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.first_theme = self.app.theme
        """The theme that its styles come from."""
        self.add_class(self._width_class(self.app.size.width), update=False)

    def lay_out(self) -> None:
        """Give all that is on it its place and look before it is shown; the toolkit would do so only then."""
        self._refresh_layout(self.app.size)
        self._compositor.render_strips()

    async def _on_resize(self, event: Resize) -> None:
        """Lay out nothing anew that is laid out for this size already."""
        if event.size == self.outer_size and self.has_class(self._width_class(event.size.width)):
            event.stop()
            event.prevent_default()

    def _width_class(self, width: int) -> str:
        """The class that the program's breakpoints give to a screen of ``width`` cells."""
        return max(each for each in self.app.HORIZONTAL_BREAKPOINTS or () if each[0] <= width)[1]

"""What a terminal shows that is too small for everything else."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.content import Content
from textual.geometry import Size
from textual.screen import Screen
from textual.widgets import Static

from sysmo_tui.i18n import _

LEAST = Size(40, 12)
"""Cells below which no screen is of use; a telephone over SSH has about 40×20."""


class TooSmallScreen(Screen[None]):
    """One sentence, until the terminal grows; what is beneath stays as it is."""

    def compose(self) -> ComposeResult:
        """The sentence."""
        yield Static(self._sentence(), id="sentence")

    def on_resize(self) -> None:
        """Say the size as it is now."""
        self.query_one("#sentence", Static).update(self._sentence())

    def _sentence(self) -> Content:
        have, need = self.app.size, LEAST
        return Content(
            _(
                "The terminal is too small: {have}, and {need} are needed. Nothing is lost.",
                have=f"{have.width}×{have.height}",
                need=f"{need.width}×{need.height}",
            )
        )


def fits(size: Size) -> bool:
    """Whether the other screens can be used at ``size``."""
    return size.width >= LEAST.width and size.height >= LEAST.height

"""What of several tickets could not be changed, and why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sysmo_tui import keys
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import ngettext, render
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.screens.scrolling import Scrolling
from sysmo_tui.services.bulk import Refusal
from sysmo_tui.widgets.hints import Hints


class RefusalsScreen(Scrolling, DeskDialog[None]):
    """Each ticket that stayed as it was, with its reason; they are still marked in the list."""

    CSS_PATH = "dialogs.tcss"
    CONTEXT = Context.REFUSALS
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.REFUSALS, Context.EVERYWHERE)
    AUTO_FOCUS = "VerticalScroll"

    def __init__(self, told: str, refused: Sequence[Refusal]) -> None:
        super().__init__()
        self._told, self._refusals = told, refused

    def compose(self) -> ComposeResult:
        """How many went well, and each that did not."""
        count = len(self._refusals)
        with Vertical(classes="dialog refusals") as box:
            box.border_title = Content(
                " "
                + ngettext("{count} ticket stays as it was", "{count} tickets stay as they were", count)
                + " "
            )
            if self._told:
                yield Static(Content.assemble(("✓ ", "bold $accent"), self._told), classes="told")
            with VerticalScroll():
                for refusal in self._refusals:
                    reason = render(refusal.message, clean=clean_line)
                    yield Static(
                        Content.assemble(("! ", "bold $error"), (f"#{refusal.number}  ", "bold"), reason)
                    )
            yield Hints("refusals.close")

    @property
    def scrolled(self) -> VerticalScroll:
        """The refusals."""
        return self.query_one(VerticalScroll)

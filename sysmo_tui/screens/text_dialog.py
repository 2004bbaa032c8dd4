"""A box with one text to scroll through, over the screen that asks for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Generic

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.screen import ScreenResultType
from textual.visual import Visual
from textual.widgets import Static

from sysmo_tui import keys
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.base import DeskDialog
from sysmo_tui.screens.scrolling import Scrolling
from sysmo_tui.widgets.hints import named


class TextDialog(Scrolling, DeskDialog[ScreenResultType], Generic[ScreenResultType]):
    """What is read stands in place of “Loading…”, and so does a refusal; the frame names the keys."""

    CSS_PATH = "help.tcss"
    CONTEXT = Context.TEXT
    KEYS: ClassVar[tuple[str, ...]] = ("app.back",)
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.TEXT, Context.EVERYWHERE)

    def heading(self) -> str:
        """What it is called."""
        raise NotImplementedError

    def ask(self) -> None:
        """Ask for what it shows."""

    def compose(self) -> ComposeResult:
        """One text, filled when it is read."""
        with VerticalScroll(classes="help") as box:
            box.border_title = Content(f" {self.heading()} ")
            box.border_subtitle = self._named(self.KEYS)
            yield Static(Content(_("Loading…")))

    def on_mount(self) -> None:
        """Let the cursor keys scroll."""
        self.scrolled.focus()
        self.ask()

    @property
    def scrolled(self) -> VerticalScroll:
        """The text."""
        return self.query_one(VerticalScroll)

    def put(self, text: Visual) -> None:
        """Show a text."""
        self.query_one(Static).update(text)

    def refuse(self, error: DeskError) -> None:
        """Show a refusal in place of the text."""
        self.put(Content(f"! {shown(error)}"))
        self.scrolled.border_subtitle = self._named(TextDialog.KEYS)

    def _named(self, names: Sequence[str]) -> Content:
        told = Content("  ").join(part for part, _key in named(self, names))
        return Content.assemble(" ", told, " ")

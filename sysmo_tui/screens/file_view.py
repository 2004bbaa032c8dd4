"""One file of a ticket, shown: a text to scroll through, or a picture."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from sysmo_tui import keys, showing
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.views import File
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.keys import Context
from sysmo_tui.screens.base import DeskDialog, shown
from sysmo_tui.screens.scrolling import Scrolling
from sysmo_tui.spoken import file_size
from sysmo_tui.widgets.picture import picture_content

WIDEST = 76
"""Cells of the box."""
AROUND = (7, 2)
"""Columns and lines that the box takes beside what it shows."""


class FileScreen(Scrolling, DeskDialog[bool]):
    """What can be shown of a file; True when who reads wants to save it."""

    CSS_PATH = "help.tcss"
    CONTEXT = Context.TICKET_LISTS
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.TICKET_LISTS, Context.EVERYWHERE)

    def __init__(self, number: int, file: File) -> None:
        super().__init__()
        self._number, self._file = number, file

    def compose(self) -> ComposeResult:
        """One text, filled when the file is read."""
        with VerticalScroll(classes="help") as box:
            box.border_title = Content(f" {self._file.filename} · {file_size(self._file.size)} ")
            box.border_subtitle = Content(f" {pgettext('keys', 's save · esc back')} ")
            yield Static(Content(_("Loading…")))

    def on_mount(self) -> None:
        """Read it."""
        self.scrolled.focus()
        size = self.app.size
        columns, lines = min(size.width, WIDEST) - AROUND[0], size.height - AROUND[1]
        self.job(showing.look, self._number, self._file, columns, 2 * lines).then(self._show)

    @property
    def scrolled(self) -> VerticalScroll:
        """The text."""
        return self.query_one(VerticalScroll)

    def refuse(self, error: DeskError) -> None:
        """Show a refusal in place of the file."""
        self._write(Content(f"! {shown(error)}"))

    def _show(self, found: showing.Text | showing.Picture) -> None:
        if isinstance(found, showing.Picture):
            self._write(picture_content(found.width, found.height, found.pixels))
            box, size = self.scrolled, f"{found.whole_width} × {found.whole_height}"
            box.border_title = Content(f" {self._file.filename} · {size} · {file_size(self._file.size)} ")
            return
        parts = [Content(found.text)]
        if found.is_longer:
            parts.append(Content.styled(f"\n… {_('It goes on. Save it to read all of it.')}", "$quiet"))
        self._write(Content("\n").join(parts) if found.text else Content.styled(_("It is empty."), "$quiet"))

    def _write(self, content: Content) -> None:
        self.query_one(Static).update(content)

    def action_save_file(self) -> None:
        """Save it."""
        self.dismiss(True)

    def action_back(self) -> None:
        """Back to the list."""
        self.dismiss(False)

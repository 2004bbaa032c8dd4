"""One file of a ticket, shown: a text to scroll through, or a picture."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui import keys, showing
from sysmo_tui.domain.views import File
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.text_dialog import TextDialog
from sysmo_tui.spoken import file_size
from sysmo_tui.widgets.picture import picture_content

WIDEST = 76
"""Cells of the box."""
AROUND = (7, 2)
"""Columns and lines that the box takes beside what it shows."""


class FileScreen(TextDialog[bool]):
    """What can be shown of a file; True when who reads wants to save it."""

    CONTEXT = Context.FILES
    KEYS = ("ticket_lists.save", "app.back")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.FILES, Context.EVERYWHERE)

    def __init__(self, number: int, file: File) -> None:
        super().__init__()
        self._number, self._file = number, file

    def heading(self) -> str:
        """Which file it is."""
        return f"{self._file.filename} · {file_size(self._file.size)}"

    def ask(self) -> None:
        """Read it."""
        size = self.app.size
        columns, lines = min(size.width, WIDEST) - AROUND[0], size.height - AROUND[1]
        self.look(showing.look, self._number, self._file, columns, 2 * lines).then(self._show)

    def _show(self, found: showing.Text | showing.Picture) -> None:
        if isinstance(found, showing.Picture):
            self.put(picture_content(found.width, found.height, found.pixels))
            box, size = self.scrolled, f"{found.whole_width} × {found.whole_height}"
            box.border_title = Content(f" {self._file.filename} · {size} · {file_size(self._file.size)} ")
            return
        parts = [Content(found.text)]
        if found.is_longer:
            parts.append(Content.styled(f"\n… {_('It goes on. Save it to read all of it.')}", "$quiet"))
        self.put(Content("\n").join(parts) if found.text else Content.styled(_("It is empty."), "$quiet"))

    def action_save_file(self) -> None:
        """Save it."""
        self.dismiss(True)

    def action_back(self) -> None:
        """Back to the list."""
        self.dismiss(False)

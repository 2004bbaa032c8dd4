"""The files that go along with what is written."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.events import Click
from textual.message import Message
from textual.widgets import Static

from sysmo_tui.domain.text import clean_line
from sysmo_tui.services.files import Upload
from sysmo_tui.spoken import file_size


class AttachedFiles(Static):
    """One line of names and sizes, absent while there are none; a click asks to change them."""

    DEFAULT_CSS = """
    AttachedFiles { height: auto; max-height: 3; color: $quiet; display: none; }
    AttachedFiles.-any { display: block; }
    """

    class Wanted(Message):
        """Someone wants to attach another file, or take one off."""

    def show(self, uploads: Sequence[Upload]) -> None:
        """Name what is attached now."""
        self.update(Content("  ".join(f"▪ {name_and_size(upload)}" for upload in uploads)))
        self.set_class(bool(uploads), "-any")

    def on_click(self, event: Click) -> None:
        """Ask to change them."""
        event.stop()
        self.post_message(self.Wanted())


def name_and_size(upload: Upload) -> str:
    """A file as it is named before it is sent."""
    return f"{clean_line(upload.filename)} {file_size(upload.size)}"

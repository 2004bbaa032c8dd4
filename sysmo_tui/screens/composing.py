"""What every screen has where one writes to the desk: a text, files of this machine, one's own editor."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Generic

from textual.screen import ScreenResultType

from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Filed
from sysmo_tui.i18n import _
from sysmo_tui.screens.attaching import stage_path, unreadable
from sysmo_tui.screens.base import Writing
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.drafting import Drafting
from sysmo_tui.screens.editor import edited
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.services.files import Upload
from sysmo_tui.widgets.attached import AttachedFiles, name_and_size
from sysmo_tui.widgets.suggesters import PathSuggester

_ANOTHER = "another"


class Composing(Drafting[ScreenResultType], Generic[ScreenResultType]):
    """A screen with a text that is sent once, together with the files attached to it."""

    def __init__(self) -> None:
        super().__init__()
        self._uploads: tuple[Upload, ...] = ()
        self._receiving = ""
        # A second try after a lost answer is the same command, until what is written changes.
        self._sending: Writing[Filed] | None = None

    @property
    def text(self) -> str:
        """What is written."""
        raise NotImplementedError

    @text.setter
    def text(self, value: str) -> None:
        raise NotImplementedError

    def draft_files(self) -> tuple[Upload, ...]:
        """What is attached."""
        return self._uploads

    def changed(self) -> None:
        """What is written is another message now: keep it soon."""
        self._sending = None
        self.typed()

    def is_receiving(self) -> bool:
        """Whether a file is still on its way; says so."""
        if self._receiving:
            self.say_error(_("{name} is still being received.", name=self._receiving))
        return bool(self._receiving)

    def carry(self, uploads: Iterable[Upload]) -> None:
        """Have exactly these files go along."""
        self._uploads = tuple(uploads)
        self.query_one(AttachedFiles).show(self._uploads)
        self.changed()

    def on_attached_files_wanted(self, event: AttachedFiles.Wanted) -> None:
        """Change the files by mouse."""
        event.stop()
        if self.check_action("attach", ()):
            self.action_attach()

    def action_attach(self) -> None:
        """Attach a file of this machine, or take one off again."""
        if not self._uploads:
            self._ask_for_file()
            return

        def chosen(value: str | None) -> None:
            if value == _ANOTHER:
                self._ask_for_file()
            elif value is not None:
                self.carry(each for each in self._uploads if each.blob_id != value)

        offered = [Item(_ANOTHER, _("attach another file"))]
        offered += [
            Item(each.blob_id, _("take off {file}", file=name_and_size(each))) for each in self._uploads
        ]
        self.app.push_screen(Picker(_("Attached files"), offered), chosen)

    def _ask_for_file(self) -> None:
        def chosen(path: str | None) -> None:
            if path and not self.is_receiving():
                self._receiving = clean_line(path)
                self.say(_("Receiving {name}…", name=self._receiving))
                self.job(stage_path, path).then(self._received, refused=self._not_received)

        self.app.push_screen(Prompt(_("Attach a file"), suggester=PathSuggester(), check=unreadable), chosen)

    def _received(self, upload: Upload) -> None:
        self._receiving = ""
        self.say()
        self.carry((*self._uploads, upload))

    def _not_received(self, error: DeskError) -> None:
        self._receiving = ""
        self.refuse(error)

    def action_editor(self) -> None:
        """Write in one's own editor."""
        try:
            text = edited(self.app, self.text)
        except DeskError as error:
            self.refuse(error)
            return
        if text is None:
            self.say(_("The editor gave up; the text is as it was."))
        else:
            self.text = text.rstrip("\n")
            self.changed()

    def action_back(self) -> None:
        """Keep the draft and leave; what is still being received would be lost, and is waited for."""
        if not self.is_receiving():
            self.leave_with(None)

"""What every screen has where one writes to the desk: a text, responses, files, one's own editor."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from typing import Generic

from textual.screen import ScreenResultType

from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Filed
from sysmo_tui.i18n import _, ngettext
from sysmo_tui.screens.asking import Asking, Writing
from sysmo_tui.screens.attaching import dropped, stage_path, stage_text
from sysmo_tui.screens.drafting import Drafting, above
from sysmo_tui.screens.editor import edited
from sysmo_tui.screens.file_prompt import FilePrompt
from sysmo_tui.screens.picker import Item, Picker
from sysmo_tui.screens.responding import ResponsePicker
from sysmo_tui.services.drafts import Saved
from sysmo_tui.services.files import Upload
from sysmo_tui.services.responses import Ready
from sysmo_tui.services.thread import BODY_LIMIT
from sysmo_tui.widgets.attached import AttachedFiles, name_and_size
from sysmo_tui.widgets.composing_area import ComposingArea

_ANOTHER, _ATTACH, _KEEP = "another", "attach", "keep"


class Composing(Drafting[ScreenResultType], Generic[ScreenResultType]):
    """A screen with a text that is sent once, together with the files attached to it."""

    def __init__(self) -> None:
        super().__init__()
        self._uploads: tuple[Upload, ...] = ()
        self._receiving = ""
        self._folder = ""
        # A second try after a lost answer is the same command, until what is written changes.
        self._sending: Writing[Filed] | None = None

    @property
    def area(self) -> ComposingArea:
        """Where one writes."""
        raise NotImplementedError

    @property
    def text(self) -> str:
        """What is written."""
        return self.area.text

    @text.setter
    def text(self, value: str) -> None:
        self.area.load_text(value)
        self.area.move_cursor(self.area.document.end)

    def ready_responses(self) -> Asking[tuple[Ready, ...]]:
        """The read of the responses that fit what is written."""
        raise NotImplementedError

    def no_responses(self) -> str:
        """What to say where none fits."""
        return _("No response fits here. Administrators write them, under Responses.")

    def inserted(self, response: Ready) -> None:
        """This response is about to stand in the text."""

    def put_before(self, saved: Saved) -> None:
        """Put a draft before what was typed meanwhile."""
        self.text = above(saved, self.text)
        self.carry((*saved.files, *self.draft_files()))

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

    def action_responses(self) -> None:
        """Choose a response, filled in, and put it where the cursor is."""
        self.ready_responses().then(self._offer_responses, group="responses")

    def _offer_responses(self, ready: tuple[Ready, ...]) -> None:
        if not ready:
            self.say(self.no_responses())
            return

        def chosen(slug: str | None) -> None:
            response = next((each for each in ready if each.slug == slug), None)
            if response is not None and not self.area.read_only:
                self.inserted(response)
                self.area.put_in(response.body, is_apart="\n" in response.body)
                self.area.focus()

        self.app.push_screen(ResponsePicker(ready), chosen)

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
            if path:
                self._folder = os.path.dirname(path)
                self._attach_all([path])

        self.app.push_screen(FilePrompt(_("Attach a file"), self._folder), chosen)

    def _attach_all(self, paths: Sequence[str]) -> None:
        """Receive files one after the other."""
        if not self.is_receiving():
            self._receive_next(list(paths))

    def _receive_next(self, paths: list[str]) -> None:
        if paths:
            path = paths.pop(0)
            self._receive(self.job(stage_path, path), clean_line(os.path.basename(path)), paths)

    def _receive(self, staging: Writing[Upload], name: str, then: list[str]) -> None:
        self._receiving = name
        self.say(_("Receiving {name}…", name=name))

        def received(upload: Upload) -> None:
            self._receiving = ""
            self.say()
            self.carry((*self._uploads, upload))
            self._receive_next(then)

        staging.then(received, refused=self._not_received)

    def _not_received(self, error: DeskError) -> None:
        self._receiving = ""
        self.refuse(error)

    def on_composing_area_dropped(self, event: ComposingArea.Dropped) -> None:
        """Offer to attach the files that were dropped on the terminal, which writes their names."""
        event.stop()
        looked = self.job(dropped, event.text)
        looked.then(lambda paths: self._offer_dropped(event, paths) if paths else None)

    def _offer_dropped(self, event: ComposingArea.Dropped, paths: tuple[str, ...]) -> None:
        names = ", ".join(clean_line(os.path.basename(path), 40) for path in paths)

        def chosen(value: str | None) -> None:
            if value == _ATTACH:
                event.area.take_out(event.text, event.start, event.end)
                self._attach_all(paths)
            event.area.focus()

        offered = [
            Item(_ATTACH, ngettext("attach the file", "attach the {count} files", len(paths))),
            Item(_KEEP, ngettext("leave its path in the text", "leave their paths in the text", len(paths))),
        ]
        self.app.push_screen(Picker(clean_line(names, 50), offered), chosen)

    def on_composing_area_pasted_much(self, event: ComposingArea.PastedMuch) -> None:
        """Ask whether what is long is text, or rather a file."""
        event.stop()
        lines, fits = event.text.count("\n") + 1, len(event.text) <= BODY_LIMIT

        def chosen(value: str | None) -> None:
            if value == _ATTACH and not self.is_receiving():
                name = f"{_('pasted')}.txt"
                self._receive(self.job(stage_text, event.text, name), name, [])
            elif fits:
                event.area.put_in(event.text)
            event.area.focus()

        offered = [Item(_KEEP, _("put it into the text"))] if fits else []
        offered.append(Item(_ATTACH, _("attach it as a file")))
        title = ngettext("{count} line was pasted", "{count} lines were pasted", lines)
        self.app.push_screen(Picker(title, offered), chosen)

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
            self.keep_draft()

    def action_back(self) -> None:
        """Keep the draft and leave; what is still being received would be lost, and is waited for."""
        if not self.is_receiving():
            self.leave_with(None)

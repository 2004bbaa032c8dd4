"""The files of a ticket: showing, saving, adding."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from sysmo_tui import keys
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import File
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.screens.attaching import for_downloads, save_file, stage_path
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.file_prompt import FilePrompt
from sysmo_tui.screens.picker import Item, Picker, numbered
from sysmo_tui.screens.ticket_list import TicketList
from sysmo_tui.services import files, thread
from sysmo_tui.services.files import Upload
from sysmo_tui.spoken import file_size
from sysmo_tui.widgets.hints import Hints
from sysmo_tui.widgets.options import Options
from sysmo_tui.widgets.suggesters import PathSuggester


class FilesScreen(TicketList[bool]):
    """A list of files: enter shows one, ``s`` saves, ``f8`` attaches another. True when one was attached."""

    CONTEXT = Context.FILES
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.FILES, Context.EVERYWHERE)

    def __init__(self, number: int, *, is_staff: bool) -> None:
        super().__init__(number)
        self._is_staff = is_staff
        self._files: tuple[File, ...] = ()
        self._has_changed = False

    def compose(self) -> ComposeResult:
        """The list, what happened last, and the keys."""
        with Vertical(classes="dialog picker -broad") as box:
            box.border_title = Content(f" {_('Files of #{number}', number=self._number)} ")
            yield Options(compact=True, markup=False)
            yield Static(Content(_("Loading…")), classes="told")
            yield Hints("dialog.choose", "ticket_lists.save", "files.attach", "app.back")

    def hint_words(self) -> Mapping[str, str]:
        """What can be shown is shown."""
        return {"dialog.choose": _("Show")}

    def on_mount(self) -> None:
        """Ask for them."""
        self._load()

    def _load(self) -> None:
        self.read(files.of_ticket, self._number).then(self._show)

    def _show(self, found: tuple[File, ...]) -> None:
        self._files = found
        listed = self.listed
        listed.clear_options()
        listed.add_options(
            [Option(Content.assemble(f.filename, (f"  {file_size(f.size)}", "dim"))) for f in found]
        )
        listed.display = bool(found)
        if found:
            listed.highlighted = 0
            listed.focus()
        none = "" if found else _("There are no files in this ticket.")
        self.tell(" ".join(filter(None, (none, self._how_to_attach()))))

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Show one."""
        event.stop()
        from sysmo_tui.screens.file_view import FileScreen

        file = self._files[event.option_index]

        def closed(is_wanted: bool | None) -> None:
            if is_wanted:
                self._save(file)

        self.app.push_screen(FileScreen(self._number, file), closed)

    def action_save_file(self) -> None:
        """Save the one under the cursor."""
        at = self.listed.highlighted
        if at is not None and at < len(self._files):
            self._save(self._files[at])

    def _save(self, file: File) -> None:
        """Save a file in a folder; where no file of this machine is written, say how it is handed over."""
        if self.app.is_kiosk:
            self.tell(self._how_to_save(file))
            return

        def chosen(folder: str | None) -> None:
            if folder is not None:
                self.job(save_file, self._number, file, folder).then(
                    lambda path: self.tell(_("Saved as {path}", path=clean_line(str(path))))
                )

        prompt = Prompt(
            _("Save to folder"), value=for_downloads(), explains=file.filename, suggester=PathSuggester()
        )
        self.app.push_screen(prompt, chosen)

    def _how_to_save(self, file: File) -> str:
        """What to do where no file of this machine is written; through the door a command hands it over."""
        if not self.app.door.caller.is_remote:
            return _("Files cannot be saved from a shared account.")
        command = f"sysmo ticket download {self._number} {file.key}"
        return _("Save it on your own machine: {command}", command=command)

    def _how_to_attach(self) -> str:
        """What to do where a file of this machine is not the person's; "" where a key does it."""
        if not self.app.door.caller.is_remote:
            return ""
        command = f"sysmo ticket attach {self._number} {_('FILE')}"
        return _("Attach one from your own machine: {command}", command=command)

    def action_attach(self) -> None:
        """Attach a file of this machine."""

        def chosen(path: str | None) -> None:
            if path:
                self.tell(_("Receiving {name}…", name=clean_line(Path(path).name)))
                self.job(stage_path, path).then(self._staged)

        self.app.push_screen(FilePrompt(_("Attach a file")), chosen)

    def _staged(self, upload: Upload) -> None:
        if not self._is_staff:
            self._add(upload, is_internal=False)
            return

        def chosen(side: str | None) -> None:
            if side is None:
                self._load()
            else:
                self._add(upload, is_internal=side == "internal")

        offered = [
            Item("internal", _("internal"), _("staff only")),
            Item("public", _("public"), _("the customer sees it")),
        ]
        self.app.push_screen(Picker(_("Who may see it?"), numbered(offered)), chosen)

    def _add(self, upload: Upload, *, is_internal: bool) -> None:
        def attached(_filed: object) -> None:
            self._has_changed = True
            self._load()

        self.write(thread.attach, self._number, (upload,), is_internal=is_internal).then(attached)

    def action_back(self) -> None:
        """Back to the ticket."""
        self.dismiss(self._has_changed)

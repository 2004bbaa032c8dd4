"""One mail that came in: why it went where it did, its text and headers; and saving it as it came."""

from __future__ import annotations

import os
from typing import ClassVar

from textual.binding import BindingType
from textual.content import Content

from sysmo_tui import keys, quarantined
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.text import clean_line
from sysmo_tui.i18n import _
from sysmo_tui.keys import Context
from sysmo_tui.quarantined import Look
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.attaching import for_downloads, save_mail
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.text_dialog import TextDialog
from sysmo_tui.widgets.mail_text import sections
from sysmo_tui.widgets.suggesters import PathSuggester

MOST_SHOWN = 100_000
"""Characters of a mail's text that are shown; the saved mail has them all."""


class WholeMailScreen(TextDialog[None]):
    """A text to scroll through, and one key that saves the mail."""

    CONTEXT = Context.WHOLE_MAIL
    KEYS = ("whole_mail.save", "app.back")
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.WHOLE_MAIL, Context.EVERYWHERE)

    _look: Look | None = None

    def __init__(self, inbound_id: int) -> None:
        super().__init__()
        self._mail = inbound_id

    def heading(self) -> str:
        """Which mail it is."""
        return _("Mail {id}", id=self._mail)

    def ask(self) -> None:
        """Read it."""
        self.look(quarantined.look, self._mail, most=MOST_SHOWN).then(self._show)

    def refuse(self, error: DeskError) -> None:
        """Show a refusal below the text, or in its place."""
        if self._look is None:
            super().refuse(error)
        else:
            self._tell(f"! {shown(error)}")

    def action_save_mail(self) -> None:
        """Save the mail, byte for byte, into a new file."""
        start = os.path.join(for_downloads(), f"mail-{self._mail}.eml")
        prompt = Prompt(_("Save the mail as"), value=start, suggester=PathSuggester())
        self.app.push_screen(prompt, self._save)

    def _save(self, path: str | None) -> None:
        if path:
            saved = self.job(save_mail, self._mail, path)
            saved.then(lambda place: self._tell(_("Saved as {path}", path=clean_line(str(place)))))

    def on_resize(self) -> None:
        """Lay the lines out again: what goes on in the next one stands beneath the first."""
        if self._look is not None:
            self.call_after_refresh(self._show, self._look)

    def _show(self, look: Look) -> None:
        self._look = look
        width = self.scrolled.scrollable_content_region.width
        self.put(sections(look, self.app.zone, width))

    def _tell(self, text: str) -> None:
        self.scrolled.border_subtitle = Content(f" {text} ")

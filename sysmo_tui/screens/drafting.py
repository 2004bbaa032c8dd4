"""Drafts: what is typed is kept two seconds after typing stops, at most every ten, and on leaving."""

from __future__ import annotations

from typing import Generic

from textual.screen import ScreenResultType
from textual.timer import Timer

from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.i18n import _
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.services import drafts
from sysmo_tui.services.drafts import Saved
from sysmo_tui.services.files import Upload
from sysmo_tui.spoken import age

STILL_SECONDS = 2.0
MOST_SECONDS = 10.0


class Drafting(DeskScreen[ScreenResultType], Generic[ScreenResultType]):
    """A screen whose fields and attached files survive whatever happens to it."""

    _kept: tuple[dict[str, str], tuple[Upload, ...]] | None = None
    _still: Timer | None = None
    _latest: Timer | None = None
    _is_done = False

    def draft_key(self) -> tuple[int, DraftKind]:
        """The ticket's number and what the text is to become."""
        raise NotImplementedError

    def draft_fields(self) -> dict[str, str]:
        """What is typed, by field."""
        raise NotImplementedError

    def draft_files(self) -> tuple[Upload, ...]:
        """What is attached."""
        raise NotImplementedError

    def draft_seen(self) -> str:
        """The key of the newest public entry that the author saw."""
        return ""

    def restore(self, saved: Saved) -> None:
        """Put a draft into the fields."""
        raise NotImplementedError

    def has_draft(self) -> bool:
        """Whether anything was typed or attached."""
        return bool(self.draft_files()) or any(value.strip() for value in self.draft_fields().values())

    def load_draft(self) -> None:
        """Bring back what was left here, and say how old it is."""

        def show(saved: Saved | None) -> None:
            if saved is not None and not self.has_draft():
                self.restore(saved)
                self._kept = self.draft_fields(), self.draft_files()
                past = (self.app.now() - saved.updated_at).total_seconds()
                self.say(_("Your draft of {age} ago is back.", age=age(past)))

        number, kind = self.draft_key()
        self.read(drafts.load, number, kind).then(show, group="draft")

    def typed(self) -> None:
        """Something changed: keep it soon."""
        if self._is_done or (self.draft_fields(), self.draft_files()) == self._kept:
            return
        if self._still is not None:
            self._still.stop()
        self._still = self.set_timer(STILL_SECONDS, self.keep_draft)
        if self._latest is None:
            self._latest = self.set_timer(MOST_SECONDS, self.keep_draft)

    def keep_draft(self) -> None:
        """Keep what is there now, if it is not kept already."""
        self._stop_timers()
        fields, files = self.draft_fields(), self.draft_files()
        if self._is_done or (fields, files) == self._kept or (self._kept is None and not self.has_draft()):
            return
        self._kept = fields, files
        self.touch(drafts.save, *self.draft_key(), fields, self.draft_seen(), files)
        if self.is_mounted:
            time = self.app.now().astimezone(self.app.zone)
            self.say(_("draft saved {time}", time=f"{time:%H:%M:%S}"))

    def forget_draft(self) -> None:
        """It was sent, or given up."""
        self._stop_timers()
        self._is_done = True
        self.touch(drafts.discard, *self.draft_key())

    def before_leaving(self) -> None:
        """Keep the draft when the program ends."""
        self.keep_draft()

    def _stop_timers(self) -> None:
        for timer in (self._still, self._latest):
            if timer is not None:
                timer.stop()
        self._still = self._latest = None

"""Drafts: what is typed is kept two seconds after typing stops, at most every ten, and on leaving."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic
from typing import TYPE_CHECKING, Generic

from textual.screen import ScreenResultType
from textual.timer import Timer

from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.errors import DeskError, Lost, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.i18n import _
from sysmo_tui.screens.asking import DRAFTS, WRITES, shown
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.spoken import age

if TYPE_CHECKING:
    from sysmo_tui.services.drafts import Saved
    from sysmo_tui.services.files import Upload
    from sysmo_tui.services.unsent import Unsent

STILL_SECONDS = 2.0
MOST_SECONDS = 10.0


SLOW_SECONDS = 1.0
"""How long a draft may take to be kept before that is said."""
RETRY_SECONDS = 3.0
"""When a draft is kept again that could not be kept."""

Draft = tuple[dict[str, str], "tuple[Upload, ...]"]
"""What is typed, by field, and what is attached."""


class Drafting(DeskScreen[ScreenResultType], Generic[ScreenResultType]):
    """A screen whose fields and attached files survive whatever happens to it."""

    _kept: Draft | None = None
    _keeping: Draft | None = None
    _left_here: dict[str, str] | None = None
    """What was left here before, as it was stored."""
    _still: Timer | None = None
    _latest: Timer | None = None
    _is_done = False
    _is_loaded = False
    _failed: Draft | None = None
    _sent_as: Draft | None = None
    """What was to be kept last when it was sent."""

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

    def put_before(self, saved: Saved) -> None:
        """Put a draft before what was typed meanwhile."""
        raise NotImplementedError

    def draft_read(self) -> None:
        """What was left here has been read."""

    def has_draft(self) -> bool:
        """Whether anything was typed or attached."""
        return bool(self.draft_files()) or any(value.strip() for value in self.draft_fields().values())

    def load_draft(self) -> None:
        """Bring back what was left here, and say how old it is."""
        from sysmo_tui.services import drafts

        def show(saved: Saved | None) -> None:
            self._is_loaded = True
            if saved is not None and self.has_draft():
                # Something was typed before it could be read.
                self._left_here = saved.fields
                self.put_before(saved)
                self.say(_("Your draft of {age} ago stands before it.", age=self.age_of(saved)))
            elif saved is not None:
                self.bring_back(saved)
            self.typed()
            self.draft_read()

        number, kind = self.draft_key()
        self.read(drafts.load, number, kind).then(show, group=DRAFTS)

    def bring_back(self, saved: Saved) -> None:
        """Put a draft back as it was left."""
        self._left_here = saved.fields
        self.restore(saved)
        self._kept = self.draft_fields(), self.draft_files()
        self.say(_("Your draft of {age} ago is back.", age=self.age_of(saved)))

    def age_of(self, saved: Saved) -> str:
        """How long ago a draft was left."""
        return age((self.app.now() - saved.updated_at).total_seconds())

    def typed(self) -> None:
        """Something changed: keep it soon."""
        if self.is_kept():
            return
        if self._still is not None:
            self._still.stop()
        self._still = self.set_timer(STILL_SECONDS, self.keep_draft)
        if self._latest is None:
            self._latest = self.set_timer(MOST_SECONDS, self.keep_draft)

    def is_kept(self) -> bool:
        """Whether nothing here would be lost."""
        draft = self.draft_fields(), self.draft_files()
        return self._is_done or draft == self._kept or (self._kept is None and not self.has_draft())

    def keep_draft(self, then: Callable[[], object] | None = None) -> None:
        """Keep what is there now, if it is not kept already; do ``then`` once it is."""
        from sysmo_tui.services import drafts

        self._stop_timers()
        if self.is_kept():
            if then is not None:
                then()
            return
        draft = self._keeping = self.draft_fields(), self.draft_files()
        if not self._is_loaded:
            # What was left here before would be written over.
            self._was_not_kept(draft, Lost(N_("What you left here is still being read.")))
            return
        self.set_timer(SLOW_SECONDS, lambda: self._say_slow(draft))
        key, seen, door = self.draft_key(), self.draft_seen(), self.app.door
        self.app.keep(
            lambda: door.touch(drafts.save, *key, draft[0], seen, draft[1]),
            kept=lambda: self._was_kept(draft, then),
            failed=lambda error: self._was_not_kept(draft, error),
        )

    def _say_slow(self, draft: Draft) -> None:
        """Say that a draft is not kept yet, in place of when one was."""
        if draft is self._keeping and draft not in (self._kept, self._failed) and not self._is_done:
            self.say(_("The draft is being saved…"))

    def _was_kept(self, draft: Draft, then: Callable[[], object] | None) -> None:
        if draft is self._keeping:
            self._kept = draft
        if not self.is_attached:
            return
        time = self.app.now().astimezone(self.app.zone)
        self.say(_("draft saved {time}", time=f"{time:%H:%M:%S}"))
        if then is not None:
            then()

    def _was_not_kept(self, draft: Draft, error: DeskError) -> None:
        self._failed = draft
        if self.is_attached and not self._is_done:
            self.say_error(_("Your draft is not saved yet: {reason}", reason=shown(error)))
            if isinstance(error, Unavailable):
                self._still = self._still or self.set_timer(RETRY_SECONDS, self.keep_draft)

    def leave_with(self, result: ScreenResultType | None) -> None:
        """Leave once the draft is kept; while it cannot be, only who says so loses it."""

        def decided(is_sure: bool | None) -> None:
            if is_sure:
                self.dismiss(result)

        if self._failed == (self.draft_fields(), self.draft_files()) and not self.is_kept():
            self.app.push_screen(loses_draft(), decided)
        else:
            self._leave(result)

    def _leave(self, result: ScreenResultType | None) -> None:
        """Leave once all is kept, also what is typed while it is being kept."""
        if self.is_kept():
            self.dismiss(result)
        else:
            self.keep_draft(lambda: self._leave(result))

    def send_draft(self, send: Callable[[], object]) -> None:
        """Keep what is there, then ``send`` it with :meth:`unsent`: it is a draft until it is sent."""

        async def begin() -> None:
            # Also when it could not be kept: perhaps it can be sent.
            await self.app.everything_kept()
            if self.is_attached and not self._is_left:
                self._stop_timers()
                send()

        self.keep_draft()
        self._sent_as = self._keeping
        # Leaving the program waits for it as for what it sends, and so do the next keys for a moment.
        self.asked_at[WRITES] = monotonic()
        self.run_worker(begin(), group=WRITES, exit_on_error=False)

    def is_coming(self) -> bool:
        """Whether what is being sent is about to leave this screen."""
        return self.was_just_asked(WRITES)

    def unsent(self) -> Unsent:
        """The draft that is forgotten by what sends it; what another window left in its place stays."""
        from sysmo_tui.services.unsent import Unsent

        own = [draft[0] for draft in (self._kept, self._keeping) if draft is not None]
        left = [] if self._left_here is None else [self._left_here]
        return Unsent(*self.draft_key(), (self.draft_fields(), *own, *left))

    def draft_sent(self) -> None:
        """It was sent, and its draft forgotten with it; so is what was kept of it meanwhile."""
        if self._keeping is not self._sent_as:
            self.forget_draft()
        self._stop_timers()
        self._is_done = True

    def forget_draft(self) -> None:
        """It was given up."""
        from sysmo_tui.services import unsent

        self._stop_timers()
        self._is_done = True
        self.touch(unsent.forget, self.unsent())

    def before_leaving(self) -> None:
        """Keep the draft when the program ends, unless that is under way."""
        draft = self.draft_fields(), self.draft_files()
        if draft != self._keeping or draft == self._failed:
            self.keep_draft()

    def may_leave(self) -> bool:
        """Whether the draft is kept."""
        return self.is_kept()

    def _stop_timers(self) -> None:
        for timer in (self._still, self._latest):
            if timer is not None:
                timer.stop()
        self._still = self._latest = None


def loses_draft() -> Confirm:
    """The question before something typed is lost that cannot be kept."""
    return Confirm(
        _("Leave, and lose what you wrote?"),
        yes=_("Leave"),
        explains=_("Your draft is not saved."),
    )


def above(saved: Saved, typed: str) -> str:
    """The text of a draft, with what was typed meanwhile as a paragraph below it."""
    return "\n\n".join(each for each in (saved.fields.get("body", ""), typed) if each)

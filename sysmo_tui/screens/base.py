"""What every screen can do: ask the desk, follow what happens on it, say something, lead elsewhere.

A screen asks use cases with :meth:`DeskScreen.read`, :meth:`DeskScreen.write` and
:meth:`DeskScreen.touch`, and never waits for them.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from math import inf
from time import monotonic
from typing import Any, ClassVar, Concatenate, Generic, ParamSpec, TypeVar

from textual import events, getters
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.content import Content
from textual.geometry import Offset
from textual.screen import ModalScreen, ScreenResultType
from textual.widget import Widget
from textual.worker import Worker, WorkerState

from sysmo_tui import keys
from sysmo_tui.desk import Door, Work, command_for
from sysmo_tui.domain.changes import NOTHING, Changes
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.i18n import _
from sysmo_tui.keys import BY_ID, Context
from sysmo_tui.keys import shown as shown_key
from sysmo_tui.screens.asking import Asking, Writing, shown
from sysmo_tui.screens.desk_app import Attended, DeskApp
from sysmo_tui.screens.fitting import Fitting
from sysmo_tui.screens.stoppable import Stoppable
from sysmo_tui.widgets.banner import Banner
from sysmo_tui.widgets.status_line import DONE, SAME, StatusLine

P = ParamSpec("P")
T = TypeVar("T")

JOB_SECONDS = 10.0
"""How long several units of work wait for a lost database, which cannot begin anew as a whole."""
TYPING_SECONDS = 0.15
"""How long a field must be still before what was typed is looked for."""
DONE_WITHIN = 0.5
"""How long a key waits for what the one before it says; what takes longer is done meanwhile."""
CALM_SECONDS = 0.6
"""How long a screen that followed what happened is left alone, however much happens."""

log = logging.getLogger(__name__)


class DeskScreen(Fitting[ScreenResultType], Generic[ScreenResultType]):
    """A screen that asks the desk. ``CONTEXT`` says which keys it has, ``HINTS`` which it names first."""

    app = getters.app(DeskApp)

    CONTEXT: ClassVar[Context] = Context.EVERYWHERE
    HINTS: ClassVar[tuple[str, ...]] = ("app.back", "app.help")
    NEEDS_SESSION: ClassVar[bool] = True
    """Whether an ended session is asked for again over this screen; else as soon as it is left."""
    FOLLOWS_BY: ClassVar[tuple[str, ...]] = ("read",)
    """The groups of the reads that show what happened."""
    BINDINGS: ClassVar[list[BindingType]] = []

    is_prepared = False
    """Whether it was made before it was asked for, and was not asked for yet."""
    _unfollowed = NOTHING
    _calm_until = 0.0
    _is_left = False

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.asked_at: dict[str, float] = {}
        """When each group of reads, or what is sent, began last."""

    async def on_event(self, event: events.Event) -> None:
        """Begin nothing, and take nothing up again, on a screen that was left or whose program ended."""
        is_open = self.is_prepared or self in self.app.screen_stack
        is_there = self.app.is_running and self.is_attached and is_open
        if isinstance(event, events.ScreenResume) and not self.stack_updates:
            # All that is on it has its styles since it was made.
            event.refresh_styles = self.app.theme != self.first_theme
        if is_there or not isinstance(event, events.Mount | events.ScreenResume):
            await super().on_event(event)

    def get_widget_and_offset_at(self, x: int, y: int) -> tuple[Widget | None, Offset | None]:
        """What the mouse is on, unless that was taken away since it was drawn."""
        widget, offset = super().get_widget_and_offset_at(x, y)
        return (widget, offset) if widget is not None and widget.is_attached else (None, None)

    def dismiss(self, result: ScreenResultType | None = None) -> AwaitComplete:
        """Leave, once: of two keys that came together, the second would leave the screen below.

        What is asked over it is asked no more: the toolkit would take that away in its place.
        """
        if self._is_left:
            return AwaitComplete()
        self._is_left = True
        while self in self.app.screen_stack[:-1]:
            self.app.pop_screen()
        return super().dismiss(result)

    def read(
        self,
        use_case: Callable[Concatenate[Work, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> Asking[T]:
        """Ask on a snapshot; a later question of the same group puts an end to this one."""
        reading = Stoppable(self.app.door.desk, use_case)
        return Asking(self, lambda door: door.read(reading, *args, **kwargs), reading.stop)

    def look(self, task: Callable[Concatenate[Door, P], T], *args: P.args, **kwargs: P.kwargs) -> Asking[T]:
        """Ask for what takes several reads: a kept mail, a file as a picture."""
        return Asking(self, lambda door: task(door, *args, **kwargs))

    def write(
        self, use_case: Callable[Concatenate[Work, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Writing[T]:
        """Do something once; it is never cut short, even when the screen is left meanwhile.

        Each try of the same :class:`Writing` belongs to the same command. While the database cannot be
        reached it is tried again and again.
        """
        command = command_for(use_case)
        return Writing(self, lambda door: door.write_once(command, use_case, *args, **kwargs), is_one=True)

    def job(self, task: Callable[Concatenate[Door, P], T], *args: P.args, **kwargs: P.kwargs) -> Writing[T]:
        """Do what takes several units of work: signing in, staging or saving a file."""
        return Writing(self, lambda door: task(door.with_patience(JOB_SECONDS), *args, **kwargs))

    def touch(
        self, use_case: Callable[Concatenate[Work, P], object], *args: P.args, **kwargs: P.kwargs
    ) -> None:
        """Do something whose loss would do no harm: a draft, a read mark."""
        door = self.app.door
        self.app.keep(lambda: door.touch(use_case, *args, **kwargs))

    def is_reading(self, *groups: str) -> bool:
        """Whether a read of one of these groups is under way."""
        return any(
            worker.node is self and worker.group in groups and not worker.is_finished
            for worker in self.workers
        )

    def was_just_asked(self, group: str) -> bool:
        """Whether one of this group is under way, since so short a time that a key waits for it."""
        return self.is_reading(group) and monotonic() - self.asked_at.get(group, -inf) < DONE_WITHIN

    def note(self, changes: Changes) -> None:
        """Keep in mind what happened, until it is followed."""
        self._unfollowed |= changes

    def follow(self) -> None:
        """Follow what was noted, unless it was done a moment ago, or is still being read.

        A read is never given up for a newer one, or a slow database would never show anything.
        """
        now = monotonic()
        if self._unfollowed and now >= self._calm_until and not self.is_reading(*self.FOLLOWS_BY):
            self._calm_until = now + CALM_SECONDS
            changes, self._unfollowed = self._unfollowed, NOTHING
            self.desk_changed(changes)

    def refuse(self, error: DeskError) -> None:
        """Show a refusal: beside its cause where the screen knows it, else on the status line."""
        self.say_error(shown(error))

    def say(self, text: Content | str = "") -> None:
        """Put one quiet line at the bottom; plain text, never markup."""
        for line in self.query_children(StatusLine):
            line.say(text)

    def settle(self, text: Content) -> None:
        """Put at the bottom what stands there while nothing happens."""
        for line in self.query_children(StatusLine):
            line.settle(text)

    def wait(self) -> None:
        """Say that the screen waits for an answer."""
        for line in self.query_children(StatusLine):
            line.wait(_("Loading…"))

    def waited(self) -> None:
        """Take back that the screen waits, if that is what it says."""
        for line in self.query_children(StatusLine):
            line.waited(_("Loading…"))

    def say_error(self, text: str) -> None:
        """Put what went wrong at the bottom."""
        for line in self.query_children(StatusLine):
            line.complain(text)

    def done(self, text: str, *, can_undo: bool = False) -> None:
        """Tell of a thing done, for a few seconds, on the screen that is in front after it.

        Staff are told as well by which key it is undone, where it can be.
        """
        undo = BY_ID["ticket.undo"]
        key = shown_key(undo, self.app.keymap)[0] if can_undo and self.app.actor.is_staff else ""
        self.app.call_later(_tell, self.app, text, key, _("undo"))

    def unchanged(self, text: str) -> None:
        """Tell, where things done are told, that something was like that before."""
        self.app.call_later(_tell, self.app, text, mark=SAME)

    def why_not(self, action: str) -> str:
        """Why an action does nothing here and now; empty where that is not told."""
        return ""

    def lost(self, is_lost: bool, why: str = "") -> None:
        """Say that the database cannot be reached, or no more; what is shown stays."""
        text = why or _("The database cannot be reached. Trying again…")
        banners = self.query_children(Banner)
        for banner in banners:
            banner.show(text if is_lost else "")
        if is_lost and not banners:
            self.say_error(text)

    def hint_words(self) -> Mapping[str, str]:
        """What keys do here, by id, where the footer can say it better than anywhere else."""
        return {}

    def desk_changed(self, changes: Changes) -> None:
        """Something happened on the desk; a screen that shows what ``changes`` names may read it again."""

    def attends(self) -> Attended | None:
        """The ticket that one has open here as its staff; None where one has none."""
        return None

    def on_screen_resume(self) -> None:
        """Tell colleagues where one is now."""
        self.app.attend()

    def is_coming(self) -> bool:
        """Whether what keys act on is being read, since a moment ago."""
        return False

    def subject(self) -> str:
        """What keys act on, as people call it; empty where they act on nothing in particular."""
        return ""

    def before_leaving(self) -> None:
        """Keep what must not be lost; called before the program ends."""

    def may_leave(self) -> bool:
        """Whether nothing would be lost if the program ended now."""
        return True

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """End a bug in the log and on one line, instead of ending the program."""
        if event.state is WorkerState.ERROR:
            log.error("A task of %s failed", type(self).__name__, exc_info=event.worker.error)
            self.say_error(_("Something went wrong in the program. The log has the details."))

    def action_back(self) -> None:
        """Leave this screen."""
        self.dismiss()

    def action_reports(self) -> None:
        """Go to the reports."""
        self.go_to("reports")

    def action_profile(self) -> None:
        """Go to one's own profile."""
        self.go_to("profile")

    def action_administration(self) -> None:
        """Go to the administration."""
        self.go_to("administration")

    def action_quarantine(self) -> None:
        """Go to the mail that waits for a decision."""
        self.go_to("quarantine")

    def go_to(self, place: str) -> None:
        """Open the place with that name, if it is open to who is signed in."""
        if self.app.is_place(place):
            self.app.push_screen(self.app.place(place))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Offer no place that is not open to who is signed in, and in a kiosk nothing of its machine."""
        if action in keys.OF_MACHINE and self.app.is_kiosk:
            return False
        if action in ("reports", "profile", "administration", "quarantine"):
            return self.app.arrival is not None and self.app.is_place(action)
        return super().check_action(action, parameters)

    def action_help(self) -> None:
        """Show the keys of this screen."""
        from sysmo_tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.CONTEXT))


def _tell(app: DeskApp, text: str, key: str = "", word: str = "", *, mark: str = DONE) -> None:
    """Tell on the status lines, which hide nothing; where the screen in front has none, in a corner.

    With a ``key``, that it is there for a ``word``.
    """
    front = next((screen for screen in reversed(app.screen_stack) if not screen.is_modal), app.screen)
    if not front.query_children(StatusLine):
        app.notify(f"{text} {key} {word}" if key else text, timeout=4, markup=False)
    for screen in app.screen_stack:
        for line in screen.query_children(StatusLine):
            line.tell(text, key, word, mark=mark)


class DeskDialog(DeskScreen[ScreenResultType], ModalScreen[ScreenResultType]):
    """A question or a list over the screen that asks."""

    CONTEXT = Context.DIALOG
    BINDINGS: ClassVar[list[BindingType]] = keys.bindings(Context.EVERYWHERE)
    DEFAULT_CSS = """
    DeskDialog {
        align: center middle;
    }
    """

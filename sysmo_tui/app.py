"""The program in a terminal: colours, keys, who is signed in, and where one can go."""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from time import monotonic
from typing import TYPE_CHECKING, Any, ClassVar

from rich.text import Text
from textual import events
from textual.binding import BindingType
from textual.driver import Driver
from textual.screen import Screen

from sysmo_tui import collecting, keys, themes
from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel, Theme
from sysmo_tui.domain.errors import DeskError, NotSignedIn, Unavailable
from sysmo_tui.domain.ssh_keys import PublicKey
from sysmo_tui.i18n import _, render
from sysmo_tui.keys import Context
from sysmo_tui.screens.asking import shown
from sysmo_tui.screens.attending import LOOK_SECONDS
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.desk_app import MailboxTrial, MailPreviewing, MailWay, MailWords, SessionStore
from sysmo_tui.screens.form_screen import FormScreen
from sysmo_tui.screens.hangup import heed_signals, heeding
from sysmo_tui.screens.holding import holding
from sysmo_tui.screens.in_order import InOrder
from sysmo_tui.screens.lenient import lenient
from sysmo_tui.screens.lock import LockScreen
from sysmo_tui.screens.login import LoginScreen
from sysmo_tui.screens.sparing import Canvas
from sysmo_tui.screens.suspending import Background
from sysmo_tui.screens.too_small import TooSmallScreen, fits
from sysmo_tui.screens.waking import FEED_SECONDS
from sysmo_tui.services import arrival
from sysmo_tui.services.arrival import Arrival

if TYPE_CHECKING:
    from sysmo_tui.screens.neighbours import Neighbours
    from sysmo_tui.screens.tabbing import Tabbed
    from sysmo_tui.services.saved_searches import SavedLine

COMES_WITHIN = 10.0
"""Seconds that keys wait for a screen which was just opened; then they are meant for nothing."""
LOOKS_AFTER = 0.05
"""Seconds after which those who wait look whether it was taken away before it came."""
DUTIES_AFTER = 1.0
"""Seconds after which the duties begin that run behind the screens: the first rows do not wait for them."""

log = logging.getLogger(__name__)

PLACES = {
    "login": ("login", "LoginScreen"),
    "inbox": ("inbox", "InboxScreen"),
    "profile": ("profile", "ProfileScreen"),
    "administration": ("administration", "AdministrationScreen"),
    "preferences": ("preferences", "PreferencesScreen"),
    "keymap": ("keymap", "KeymapScreen"),
    "reports": ("report", "ReportScreen"),
    "quarantine": ("quarantine", "QuarantineScreen"),
}
"""Where one can go by name: module and class, imported when someone goes there."""


_SOMEBODY = Caller(Channel.TUI)


def _no_mail(_work: Work) -> str:
    return ""


Admitting = Callable[[int], None]
"""Counts a visit of an account, by its id; Unavailable when it has as many as it may have."""

STAFF_PLACES = frozenset({"reports", "administration", "quarantine"})


LOOKS_FOR_IDLE = 15.0
"""Seconds between looks at how long nobody was there."""


class SysmoApp(InOrder):
    """A desk in a terminal."""

    TITLE = "Sysmo Tickets"
    CSS_PATH = "screens/app.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        binding
        for binding in keys.bindings(Context.EVERYWHERE)
        if not isinstance(binding, tuple) and binding.id in ("app.palette", "app.quit", "app.suspend")
    ]
    ENABLE_COMMAND_PALETTE = False
    HORIZONTAL_BREAKPOINTS = [  # noqa: RUF012 - so declared by the toolkit
        (0, "-phone"),
        (60, "-narrow"),
        (80, "-normal"),
        (100, "-wide"),
    ]

    def __init__(
        self,
        desk: Desk,
        *,
        session: SessionStore,
        is_kiosk: bool = False,
        keymap: Mapping[str, str] | None = None,
        theme: Theme | None = None,
        environ: Mapping[str, str] = os.environ,
        caller: Caller = _SOMEBODY,
        connection_key: PublicKey | None = None,
        mail_way: MailWay = _no_mail,
        mail_preview: MailPreviewing | None = None,
        mail_words: MailWords | None = None,
        mailbox_trial: MailboxTrial | None = None,
        admit: Admitting | None = None,
        background: Callable[[], Background] | None = None,
    ) -> None:
        super().__init__()
        self.animation_level = "none"
        # Nothing here has one; each screen would make a widget for them.
        self._disable_tooltips = True
        # A screen waits by itself for a database that is away, and says so.
        self.door = Door(desk.with_patience(0.0), caller.with_secret(session.load()))
        self.session = session
        self.is_kiosk = is_kiosk or caller.is_remote
        self.connection_key = connection_key
        self.mail_way = mail_way
        self.mail_preview = mail_preview
        self.mail_words = mail_words
        self.mailbox_trial = mailbox_trial
        self._admit = admit
        self._load_background = background
        self.keymap_of_file = keymap or {}
        self.keymap, self.keymap_problems = keys.checked_keymap(self.keymap_of_file)
        self.commands = asyncio.Lock()
        self._is_back = asyncio.Event()
        self.is_waited_for = False
        for each in themes.THEMES:
            self.register_theme(each)
        self.theme = themes.chosen(theme, environ)
        self.may_take_theme = theme is None and not environ.get("NO_COLOR")
        self.may_take_language = not environ.get("SYSMO_LANG")
        self.used_at = monotonic()

    def get_driver_class(self) -> type[Driver]:
        """Write to the terminal what differs from what stands there, and no more."""
        self._canvas = Canvas()
        driver = holding(heeding(lenient(super().get_driver_class()), self._heed_signals))
        return self._canvas.before(driver)

    def _heed_signals(self) -> None:
        heed_signals(self.end_by)

    def get_theme_variable_defaults(self) -> dict[str, str]:
        """Our own colours for themes that do not know them."""
        return dict(themes.DEFAULTS)

    def on_mount(self) -> None:
        """Go in with the session that was kept or the key of the connection, or ask who it is."""
        if not self.is_headless and self.is_kiosk:
            self.refuse_to_stop()
        self.set_keymap(self.keymap)
        self.set_interval(FEED_SECONDS, self.ask_feed)
        self.set_interval(LOOKS_FOR_IDLE, self.lock_when_idle)
        self.set_interval(LOOK_SECONDS, self.attend)
        self._duties_begin = self.set_timer(DUTIES_AFTER, self.begin_duties)
        if self.door.caller.is_unknown:
            self._go_to(self.place("login"))
        else:
            self.run_worker(self._come_in(), exclusive=True, group="arrival", exit_on_error=False)

    def enter(self, secret: str) -> None:
        """Go on as whoever the new session's ``secret`` belongs to."""
        self.renew(secret)
        self.run_worker(self._come_in(), exclusive=True, group="arrival", exit_on_error=False)

    def renew(self, secret: str) -> None:
        """Go on here with another session of the same person."""
        self.session.save(secret)
        self.door = Door(self.door.desk, self.door.caller.with_secret(secret))

    def leave(self) -> None:
        """End here for whoever is signed in, and ask who comes next; a key is then of no use here."""
        door = self.door
        self.sign_out()
        self.door = Door(door.desk, replace(door.caller, secret=None, key=None))
        self.arrival = None
        self._go_to(self.place("login"))

    def session_ended(self) -> None:
        """Ask to sign in again: over what is on the screen, and through the door in its place."""
        front = self.screen
        is_needed = not isinstance(front, DeskScreen) or front.NEEDS_SESSION
        if not is_needed or any(isinstance(screen, LoginScreen) for screen in self.screen_stack):
            return
        if self.door.caller.is_remote:
            self.call_later(self._clear)
        else:
            self.push_screen(self.place("login"))

    def _clear(self) -> None:
        """Leave nothing on the screen of who may see it no more, perhaps; drafts were kept while typing."""
        if self.arrival is None:
            return  # several that were under way may have been refused
        self.arrival = None
        self.is_waited_for = False
        self.clear_notifications()
        self._go_to(LoginScreen(said=_("Your session has ended. Sign in again, or connect anew.")))

    async def on_event(self, event: events.Event) -> None:
        """With the key that reads again, write all of the screen, wherever one is.

        What another program wrote over it, nobody else would ever take away.
        """
        is_typed = isinstance(event, events.Key | events.Paste | events.MouseEvent)
        if is_typed and self.screen_stack and not await self._has_come():
            return
        if isinstance(event, events.Key):
            key = keys.BY_ID["app.refresh"]
            if event.key in self.keymap.get(key.id, key.keys).split(","):
                self.paint_anew()
        await super().on_event(event)

    async def _has_come(self) -> bool:
        """Wait until the screen on top has its widgets: who types ahead means the screen that comes.

        Never for one that was taken away before it came: without its widgets no key can do anything.
        """
        end = monotonic() + COMES_WITHIN
        while not (screen := self.screen)._mounted_event.is_set():
            if screen._closing or monotonic() > end:
                return False
            with suppress(TimeoutError):
                await asyncio.wait_for(screen._mounted_event.wait(), LOOKS_AFTER)
        return True

    def paint_anew(self) -> None:
        """Take nothing of what stands on the terminal for granted."""
        self._canvas.forget()
        self.refresh()

    def on_resize(self, event: events.Resize) -> None:
        """Say so when the terminal is too small, and go on when it grows."""
        self.paint_anew()
        is_told = isinstance(self.screen, TooSmallScreen)
        if not fits(event.size) and not is_told:
            self.push_screen(TooSmallScreen())
        elif fits(event.size) and is_told:
            self.pop_screen()

    def is_place(self, name: str) -> bool:
        """Whether there is a place with that name for who is signed in."""
        return name in PLACES and (name not in STAFF_PLACES or self.actor.is_staff)

    def place(self, name: str) -> Screen[Any]:
        """A new screen for the place with that name."""
        module, screen = PLACES[name]
        place: Screen[Any] = getattr(import_module(f"sysmo_tui.screens.{module}"), screen)()
        return place

    def ticket_screen(self, number: int, neighbours: Neighbours | None = None) -> Screen[int]:
        """A screen for a ticket, with its list as the way to the next one."""
        from sysmo_tui.screens.ticket import TicketScreen

        prepared = self.prepared and self.prepared.turned_to(number, neighbours)
        return prepared or TicketScreen(number, neighbours)

    def open_ticket(self, number: int) -> None:
        """Open a ticket from wherever one is."""
        self.push_screen(self.ticket_screen(number))

    def look_for(self, query: str) -> None:
        """Show in the inbox what a search finds, from wherever one is."""
        inbox = self._back_to_inbox()
        if inbox is not None:
            inbox.look_for(query)

    def open_list(self, saved: SavedLine) -> None:
        """Open a saved search in the inbox, from wherever one is."""
        from sysmo_tui.widgets.inbox_tabs import Tab

        inbox = self._back_to_inbox()
        if inbox is not None:
            inbox.go(Tab(saved.inbox, saved))

    def _back_to_inbox(self) -> Tabbed[None] | None:
        """The inbox, alone; None where something typed on the way there would be lost, which is told."""
        from sysmo_tui.screens.tabbing import Tabbed

        inbox = next((screen for screen in self.screen_stack if isinstance(screen, Tabbed)), None)
        if inbox is None:
            return None
        above = self.screen_stack[self.screen_stack.index(inbox) + 1 :]
        if any(isinstance(screen, FormScreen) and screen.has_unsaved for screen in above):
            self.notify(_("Save what you wrote here first, or leave it."), severity="warning", markup=False)
            return None
        for screen in reversed(above):
            if isinstance(screen, DeskScreen):
                screen.before_leaving()
            self.pop_screen()
        return inbox

    async def signed_in_again(self) -> None:
        """Wait until the same person has signed in again over the screens that are open."""
        self._is_back.clear()
        self.is_waited_for = True
        await self._is_back.wait()
        self.is_waited_for = False

    def action_command_palette(self) -> None:
        """Open the palette with our own words in it."""
        from sysmo_tui.screens.palette import Palette

        if isinstance(self.screen, DeskScreen) and not isinstance(self.screen, Palette | LockScreen):
            palette = Palette(self.screen)
            self.push_screen(palette, palette.run)

    def action_help_quit(self) -> None:
        """Say how to leave, when someone tries it as elsewhere."""
        self.notify(_("{key} leaves the program.", key=self.leaving_key), markup=False)

    def _handle_exception(self, error: Exception) -> None:
        """End with a bug; what fails afterwards, while widgets are taken apart, is none."""
        if self.return_code is None:
            super()._handle_exception(error)
        else:
            log.info("While the program ended: %r", error)

    def _fatal_error(self) -> None:
        """End a bug in the log and on one line."""
        # The toolkit has no open way to do this, and would print every local variable, secrets included.
        log.critical("The program ended", exc_info=sys.exc_info())
        self.panic(Text(_("Something went wrong in the program. The log has the details.")))

    async def _come_in(self) -> None:
        """Learn who is signed in; back to signing in when the session is not good."""
        try:
            await asyncio.to_thread(self.open_feed)
            here = await asyncio.to_thread(self.door.read, arrival.arrive)
        except NotSignedIn:
            self._go_to(self.place("login"))
            return
        except DeskError as error:
            self._go_to(self.place("login"))
            self.notify(shown(error), severity="error", markup=False)
            return
        try:
            if self._admit is not None:
                await asyncio.to_thread(self._admit, here.actor.account_id or 0)
        except Unavailable as refusal:
            self.leave()
            self.notify(shown(refusal), severity="error", markup=False)
            return
        self._arrived(here)

    def _arrived(self, here: Arrival) -> None:
        before = self.arrival
        self.take_over(here)
        if here.actor.key_id is not None:
            self.door = self.door.held_by(here.actor)
        is_same = before is not None and before.actor.account_id == here.actor.account_id
        if is_same and isinstance(self.screen, LoginScreen):
            self.pop_screen()
            self._is_back.set()
        else:
            self._duties_begin.reset()
            self._go_to(self.place("inbox"))
            if self.preferred("start") == "reports" and self.is_place("reports"):
                self.push_screen(self.place("reports"))
            # The first rows come from what is loaded now.
            self.call_after_refresh(collecting.as_usual)
        for problem in self.keymap_problems:
            self.notify(render(problem), severity="warning", markup=False)

    def _go_to(self, screen: Screen[Any]) -> None:
        """Make ``screen`` the only one."""
        if self.prepared is not None:
            self.prepared.forget()
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self.push_screen(screen)
        if not fits(self.size):
            self.push_screen(TooSmallScreen())


def run(
    desk: Desk,
    *,
    session: SessionStore,
    background: Callable[[], Background] | None = None,
    is_kiosk: bool = False,
    keymap: Mapping[str, str] | None = None,
    theme: Theme | None = None,
    caller: Caller = _SOMEBODY,
    connection_key: PublicKey | None = None,
    mail_way: MailWay = _no_mail,
    mail_preview: MailPreviewing | None = None,
    mail_words: MailWords | None = None,
    mailbox_trial: MailboxTrial | None = None,
    admit: Admitting | None = None,
) -> int:
    """Open the desk in this terminal until someone leaves; returns the exit code.

    ``caller`` is who comes before the desk has looked, without the secret that ``session`` may keep.
    ``connection_key`` is what sshd authenticated a visit with.

    ``background`` loads duties that run meanwhile; ``mail_way`` tells how this program sends mail, as an
    address without secrets; ``mail_preview`` writes one with made-up facts; ``mail_words`` tells what
    one says; ``mailbox_trial`` opens a mailbox; ``admit`` counts who came in, if that is done.
    """
    app = SysmoApp(
        desk,
        session=session,
        is_kiosk=is_kiosk,
        keymap=keymap,
        theme=theme,
        caller=caller,
        connection_key=connection_key,
        mail_way=mail_way,
        mail_preview=mail_preview,
        mail_words=mail_words,
        mailbox_trial=mailbox_trial,
        admit=admit,
        background=background,
    )
    try:
        app.run()
    finally:
        desk.store.interrupt_all()
        if app.background is not None:
            app.background.stop()
    return app.return_code or 0

"""What every screen may ask of the program it runs in."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol
from zoneinfo import ZoneInfo

from textual.app import App
from textual.screen import Screen

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.ssh_keys import PublicKey
from sysmo_tui.keys import BY_ID, shown
from sysmo_tui.services import preferences

if TYPE_CHECKING:
    from sysmo_tui.screens.neighbours import Neighbours
    from sysmo_tui.screens.preparing import Preparing
    from sysmo_tui.services.arrival import Arrival
    from sysmo_tui.services.choices import Choices
    from sysmo_tui.services.mail_texts import Preview, Wording
    from sysmo_tui.services.mailboxes import Trial
    from sysmo_tui.services.saved_searches import SavedLine


class SessionStore(Protocol):
    """Where a session's secret is kept between two runs."""

    def load(self) -> str | None:
        """The secret kept for this desk, if there is one."""

    def save(self, secret: str) -> None:
        """Keep a secret, readable by its owner alone."""

    def forget(self) -> None:
        """Keep none any more."""


MailWay = Callable[[Work], str]
MailboxTrial = Callable[[Door, str], "Trial"]
MailPreviewing = Callable[[Work, str, str, str | None, str], "Preview"]
MailWords = Callable[[Work, str, str], "Wording"]


@dataclass(frozen=True, slots=True)
class Attended:
    """A ticket that somebody has open, and whether they write in it."""

    number: int
    is_writing: bool = False


class DeskApp(App[int]):
    """The program as its screens see it: the door, who came in, and where else one can go."""

    door: Door
    session: SessionStore
    arrival: Arrival | None = None
    keymap: dict[str, str]
    """Keys by binding id, where someone chose others than the default ones."""
    mail_way: MailWay
    """Tells how this program sends the desk's mail, as an address without secrets; "" where it sends none."""
    mail_preview: MailPreviewing | None = None
    """Writes a mail with made-up facts from its kind, language, text and subject; None where none can be."""
    mail_words: MailWords | None = None
    """Tells what a mail says now, from its kind and language; None where that is not known."""
    mailbox_trial: MailboxTrial | None = None
    """Opens a mailbox, by its name, with the secrets of this program; None where nobody may use them."""
    is_kiosk: bool = False
    """A shared account: no editor, no paths of the machine, nothing that writes files."""
    known_choices: tuple[int | None, Choices] | None = None
    """What the desk has to choose from as it was read last, and for which account."""
    commands: asyncio.Lock
    """Whoever changes something holds it, so that commands are done in the order in which they were given."""
    last_act: Callable[[Any], object] | None = None
    """Does what was done last to what a screen of tickets acts on now."""
    connection_key: PublicKey | None = None
    """The SSH key that this connection was authenticated with; None without the door or without a key."""

    @property
    def actor(self) -> Actor:
        """Who is signed in; a screen that needs someone is only opened once there is someone."""
        assert self.arrival is not None
        return self.arrival.actor

    @property
    def zone(self) -> ZoneInfo:
        """The time zone to tell times in."""
        return ZoneInfo(self.arrival.time_zone if self.arrival else "UTC")

    @property
    def leaving_key(self) -> str:
        """The key that leaves the program, as people read it."""
        return self.key_for("app.quit")

    def key_for(self, name: str) -> str:
        """The first key of a binding, by its id, as people read it: one's own, where one chose another."""
        return shown(BY_ID[name], self.keymap)[0]

    def now(self) -> datetime:
        """The desk's clock."""
        return self.door.desk.clock()

    visit: str
    """What this program is known by to others who have the same ticket open."""

    def attend(self) -> None:
        """Tell which ticket is open here, if that changed."""
        raise NotImplementedError

    def beat(self) -> None:
        """Tell which ticket is open here at once, while the program stands still."""
        raise NotImplementedError

    def take_over(self, here: Arrival) -> None:
        """Know who is here, and how they want the screens."""
        raise NotImplementedError

    def preferred(self, name: str) -> Any:
        """What who is here prefers, or what is usual where nobody is, by the name of a preference."""
        return (
            self.arrival.preferences[name]
            if self.arrival is not None
            else preferences.PREFERENCES[name].default
        )

    def prefer(self, name: str, value: object) -> None:
        """Know a preference of who is here at once, and keep it with the account."""
        raise NotImplementedError

    def remember(self, name: str, value: object) -> None:
        """Know at once a preference that is kept with the account of who is here."""
        raise NotImplementedError

    def take_keymap(self, own: Mapping[str, str]) -> None:
        """Answer to the keys of the account."""
        raise NotImplementedError

    def paint_anew(self) -> None:
        """Take nothing of what stands on the terminal for granted."""
        raise NotImplementedError

    def enter(self, secret: str) -> None:
        """Go on as whoever the new session's ``secret`` belongs to."""
        raise NotImplementedError

    def renew(self, secret: str) -> None:
        """Go on here with another session of the same person."""
        raise NotImplementedError

    def leave(self) -> None:
        """End here for whoever is signed in, and ask who comes next."""
        raise NotImplementedError

    def session_ended(self) -> None:
        """Ask to sign in again, over what is on the screen."""
        raise NotImplementedError

    def is_place(self, name: str) -> bool:
        """Whether there is a place with that name for who is signed in."""
        raise NotImplementedError

    def ticket_screen(self, number: int, neighbours: Neighbours | None = None) -> Screen[int]:
        """A screen for a ticket, with its list as the way to the next one."""
        raise NotImplementedError

    prepared: Preparing | None = None
    """Has the screen of the next ticket ready."""

    def open_ticket(self, number: int) -> None:
        """Open a ticket from wherever one is."""
        raise NotImplementedError

    def look_for(self, query: str) -> None:
        """Show in the inbox what a search finds, from wherever one is."""
        raise NotImplementedError

    def open_list(self, saved: SavedLine) -> None:
        """Open a saved search in the inbox, from wherever one is."""
        raise NotImplementedError

    def place(self, name: str) -> Screen[Any]:
        """A new screen for the place with that name."""
        raise NotImplementedError

    def keep(
        self,
        task: Callable[[], object],
        kept: Callable[[], object] | None = None,
        failed: Callable[[DeskError], object] | None = None,
    ) -> None:
        """Do something small in the background that must not end with the screen that asks for it.

        Afterwards ``kept`` or ``failed`` is called; a failure that nobody asks about is in the log.
        """
        raise NotImplementedError

    def once_kept(self, show: Callable[[], object]) -> None:
        """Call ``show`` as soon as everything is kept that was to be kept until now."""
        raise NotImplementedError

    async def everything_kept(self, seconds: float | None = None) -> None:
        """Wait for what is being kept, at most so many ``seconds``; what could not be kept is in the log."""
        raise NotImplementedError

    async def signed_in_again(self) -> None:
        """Wait until the same person has signed in again over the screens that are open."""
        raise NotImplementedError

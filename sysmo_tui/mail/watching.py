"""Watching every mailbox of a desk, each in a thread and under a lease of its own."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from sysmo_tui.desk import Desk
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.errors import Lost
from sysmo_tui.domain.kept import Kept
from sysmo_tui.mail.fetching import (
    Haul,
    Keep,
    Progress,
    access_for,
    fetch_all,
    fetch_once,
    look,
    open_mailbox,
)
from sysmo_tui.mail.imap import Folder, Unreachable
from sysmo_tui.mail.keeping import keep
from sysmo_tui.services import leases, mailboxes
from sysmo_tui.services.mailboxes import Fetched
from sysmo_tui.settings import MailboxAccess

LEASE_SECONDS = 120.0
"""How long a mailbox stays with a process that has stopped beating: more than a large message takes."""

BEAT_SECONDS = 10.0
LOOK_SECONDS = 5.0
"""How often it is looked whether there are other mailboxes, or others watch them no longer."""

LISTEN_SECONDS = 30.0
"""How long a server is listened to before we look ourselves: it may have told just before we listened."""

POLL_SECONDS = 20.0
"""How often a mailbox is looked at whose server does not tell of new mail."""

SESSION_SECONDS = 3600.0
"""How long one connection is used."""

SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 300.0
"""Seconds until a server that failed is tried again: the first time, and at most."""

AT_ONCE = 8
"""Mailboxes that are fetched from together, by who fetches once."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Visit:
    """What fetching once gave, or how many messages were seen ``waiting`` by who only looked.

    With neither, somebody watches the mailbox, or its secret is not here.
    """

    mailbox: str
    haul: Haul | None = None
    waiting: int | None = None
    is_watched: bool = False

    @property
    def is_served(self) -> bool:
        """Whether its mail comes in, by us or by somebody else."""
        return self.is_watched or self.waiting is not None or (self.haul is not None and self.haul.is_reached)


@dataclass(slots=True)
class Watching:
    """Watches the mailboxes of a desk whose secrets this process has, while ``rests`` does not say wait."""

    desk: Desk
    access: Mapping[str, MailboxAccess]
    holder: str
    label: str = "worker"
    rests: Callable[[], bool] = lambda: False
    keep: Keep = keep
    lease_seconds: float = LEASE_SECONDS
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None
    _watches: dict[Fetched, _Watch] = field(default_factory=dict)

    def start(self) -> None:
        """Begin, in threads."""
        self._thread = threading.Thread(target=self._run, name="mailboxes", daemon=True)
        self._thread.start()

    def stop(self, seconds: float = 4.0) -> None:
        """End, waiting at most ``seconds``; a message in the middle is fetched again another time."""
        self._stop.set()
        end = time.monotonic() + seconds
        if self._thread is not None:
            self._thread.join(max(end - time.monotonic(), 0.0))
        for watch in self._watches.values():
            watch.end()
        for watch in self._watches.values():
            watch.thread.join(max(end - time.monotonic(), 0.0))

    def once(self, mailbox: str | None = None) -> tuple[Visit, ...]:
        """Fetch what is there now from every mailbox, or from one, unless somebody watches it."""
        return self._each(mailbox, self._visit)

    def look_once(self, mailbox: str | None = None) -> tuple[Visit, ...]:
        """Open every mailbox, or one, and fetch nothing."""
        return self._each(mailbox, _look)

    def _each(
        self, mailbox: str | None, visit: Callable[[Fetched, MailboxAccess], Visit]
    ) -> tuple[Visit, ...]:
        """Visit the mailboxes that this process opens, several at once: a slow one keeps nobody waiting."""
        fetched = self.desk.read(desk_caller(), mailboxes.to_fetch)
        wanted = [each for each in fetched if mailbox in (None, each.name)]

        def go(each: Fetched) -> Visit:
            access = access_for(each.name, fetched, self.access)
            return Visit(each.name) if access is None else visit(each, access)

        with ThreadPoolExecutor(AT_ONCE) as pool:
            return tuple(pool.map(go, wanted))

    def _visit(self, mailbox: Fetched, access: MailboxAccess) -> Visit:
        lease = _Lease(self.desk, mailbox.name, self.holder, self.label, self.lease_seconds)
        if not lease.holds():
            return Visit(mailbox.name, is_watched=True)
        try:
            return Visit(mailbox.name, fetch_once(self.desk, mailbox, access, self.keep, lease.holds))
        finally:
            lease.release()

    def _run(self) -> None:
        while not self._stop.is_set():
            try:
                self._look()
            except Lost as refusal:
                _log.warning("The mailboxes could not be looked up: %s", refusal)
            except Exception:  # noqa: BLE001 - a top of the program: nothing above could go on
                _log.exception("The mailboxes could not be looked up and will be again")
            self._stop.wait(LOOK_SECONDS)

    def _look(self) -> None:
        """Watch the mailboxes that there are now, as they are now."""
        fetched = self.desk.read(desk_caller(), mailboxes.to_fetch)
        ready = {_place(each): (each, access_for(each.name, fetched, self.access)) for each in fetched}
        for place, watch in list(self._watches.items()):
            if place not in ready or not watch.thread.is_alive():
                watch.end()
                del self._watches[place]
        for place, (mailbox, access) in ready.items():
            if access is not None and place not in self._watches and not self._stop.is_set():
                lease = _Lease(self.desk, mailbox.name, self.holder, self.label, self.lease_seconds)
                watch = _Watch(self.desk, mailbox, access, self.keep, lease, self.rests)
                self._watches[place] = watch
                watch.thread.start()


def _look(mailbox: Fetched, access: MailboxAccess) -> Visit:
    try:
        return Visit(mailbox.name, waiting=look(mailbox, access).waiting)
    except Unreachable as error:
        return Visit(mailbox.name, Haul(error=str(error), is_reached=False))


def _place(mailbox: Fetched) -> Fetched:
    """What of a mailbox makes it another one to watch: not how far it was read."""
    return Fetched(mailbox.name, mailbox.url, mailbox.folder, mailbox.moves_to, None, 0)


@dataclass(slots=True)
class _Lease:
    """The duty of one mailbox, kept by beating."""

    desk: Desk
    mailbox: str
    holder: str
    label: str
    seconds: float
    _beaten_at: float | None = None

    def holds(self) -> bool:
        """Whether it is ours, beating when it is time to."""
        now = time.monotonic()
        if self._beaten_at is not None and now - self._beaten_at < min(BEAT_SECONDS, self.seconds / 3):
            return True
        duty = leases.fetching(self.mailbox)
        is_ours = self.desk.touch(desk_caller(), leases.take, duty, self.holder, self.seconds, self.label)
        self._beaten_at = now if is_ours else None
        return is_ours

    def release(self) -> None:
        """Give it back, so that somebody else need not wait for its end."""
        if self._beaten_at is not None:
            self._beaten_at = None
            duty = leases.fetching(self.mailbox)
            self.desk.touch(desk_caller(), leases.release, self.holder, (duty,))


class _Watch:
    """Fetches from one mailbox until it is ended; what fails is tried again after a growing pause."""

    def __init__(
        self,
        desk: Desk,
        mailbox: Fetched,
        access: MailboxAccess,
        keep: Keep,
        lease: _Lease,
        rests: Callable[[], bool],
    ) -> None:
        self._desk = desk
        self._mailbox = mailbox
        self._access = access
        self._keep = keep
        self._lease = lease
        self._rests = rests
        self._stop = threading.Event()
        self._progress = Progress(mailbox)
        self._folder: Folder | None = None
        self._pause = SHORTEST_PAUSE
        self.thread = threading.Thread(target=self._run, name=f"mailbox {mailbox.name}", daemon=True)

    def end(self) -> None:
        """Let it come to its end soon, also where it waits for a server."""
        self._stop.set()
        if self._folder is not None:
            self._folder.abandon()

    def _run(self) -> None:
        while not self._stop.is_set():
            if not self._attempt():
                self._stop.wait(self._pause)
                self._pause = min(self._pause * 2, LONGEST_PAUSE)
        self._guarded(self._lease.release)

    def _attempt(self) -> bool:
        """Watch while that goes well; False when it is to be tried again after a pause."""
        return self._guarded(self._watch) and self._guarded(self._rest)

    def _guarded(self, do: Callable[[], None]) -> bool:
        try:
            do()
        except Unreachable as error:
            if not self._stop.is_set():
                _log.warning("Mailbox %s: %s", self._mailbox.name, error)
                self._guarded(partial(self._note_failed, str(error)))
            return False
        except Lost as refusal:
            _log.warning("Mailbox %s waits: %s", self._mailbox.name, refusal)
            self._pause = SHORTEST_PAUSE
            return False
        except Exception:  # noqa: BLE001 - a top of the program: nothing above could go on
            if not self._stop.is_set():
                _log.exception("Mailbox %s could not be fetched and will be tried again", self._mailbox.name)
            return False
        return True

    def _watch(self) -> None:
        if not self._goes_on():
            return
        end = time.monotonic() + SESSION_SECONDS
        with open_mailbox(self._mailbox, self._access) as folder:
            self._folder = folder
            try:
                while self._goes_on() and time.monotonic() < end:
                    came: list[Kept] = []
                    fetch_all(self._desk, folder, self._progress, came, self._keep, self._goes_on)
                    self._pause = SHORTEST_PAUSE
                    if came:
                        continue  # more may have come meanwhile, and nobody would tell
                    if folder.can_idle:
                        folder.listen(LISTEN_SECONDS, self._goes_on)
                    else:
                        self._stop.wait(POLL_SECONDS)
            finally:
                self._folder = None

    def _rest(self) -> None:
        """Where somebody else does it, look again later; a session that came to its end begins anew."""
        if not self._goes_on():
            self._lease.release()
            self._stop.wait(LOOK_SECONDS)

    def _goes_on(self) -> bool:
        return not self._stop.is_set() and not self._rests() and self._lease.holds()

    def _note_failed(self, why: str) -> None:
        self._desk.touch(desk_caller(), mailboxes.note_failed, self._mailbox, why)
        self._lease.release()

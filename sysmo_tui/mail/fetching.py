"""Fetching from one mailbox: each message is kept once, whatever is cut, and none blocks the next."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field

from sysmo_tui.desk import Desk
from sysmo_tui.domain import mail_servers
from sysmo_tui.domain.errors import DeskError, Unavailable
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.mail.imap import Folder, Refused, Unreachable, open_folder
from sysmo_tui.mail.keeping import keep
from sysmo_tui.mail.receiving import AT_ONCE, settle_kept
from sysmo_tui.mail.sending import desk_caller
from sysmo_tui.mail.transport import NETWORK_SECONDS
from sysmo_tui.services import desk_settings, mailboxes
from sysmo_tui.services.mailboxes import Fetched
from sysmo_tui.settings import MailboxAccess

FIRST_WAIT, LONGEST_WAIT = 60.0, 3600.0
"""Seconds until a message that could not be fetched is tried again: the first time, and at most."""

MOST_LINES = 10
"""How many connections one visit makes, when they break over messages."""

Keep = Callable[[Desk, str, Raw], Kept]
"""Keeps a message of a mailbox durably before it returns; the same bytes again are the same record."""


@dataclass(slots=True)
class Struggle:
    """A message that could not be fetched, kept or removed yet. ``next_at`` is of the monotonic clock."""

    reason: str = "The connection was cut."
    tries: int = 0
    next_at: float = 0.0


@dataclass(slots=True)
class Progress:
    """How far one process came in a mailbox: what struggles, and what is kept above ``last_uid``."""

    mailbox: Fetched
    uid_validity: int | None = None
    last_uid: int = 0
    done: set[int] = field(default_factory=set)
    struggles: dict[int, Struggle] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.uid_validity, self.last_uid = self.mailbox.uid_validity, self.mailbox.last_uid

    def enter(self, folder: Folder) -> None:
        """Begin again where a folder's numbers mean other messages than before (RFC 3501, 2.3.1.1)."""
        if folder.uid_validity != self.uid_validity:
            self.uid_validity, self.last_uid = folder.uid_validity, 0
            self.done.clear()
            self.struggles.clear()

    @property
    def tries(self) -> int:
        """How often messages were tried that are not done."""
        return sum(each.tries for each in self.struggles.values())

    @property
    def trouble(self) -> str:
        """What could not be fetched, in one line; "" for nothing."""
        if not self.struggles:
            return ""
        named = ", ".join(f"UID {uid}: {each.reason}" for uid, each in sorted(self.struggles.items())[:3])
        return f"Messages that could not be fetched: {len(self.struggles)}. {named}"


@dataclass(frozen=True, slots=True)
class Haul:
    """The numbers of what was kept, how much of what came was known, and how much could not be fetched.

    ``error`` says why nothing more came, or is "".
    """

    new: tuple[int, ...] = ()
    known: int = 0
    skipped: int = 0
    error: str = ""
    is_reached: bool = True


def access_for(
    mailbox: str, fetched: Sequence[Fetched], known: Mapping[str, MailboxAccess]
) -> MailboxAccess | None:
    """What this process has to open ``mailbox`` among those that are ``fetched``, None for nothing.

    The secret without a name is for a mailbox that is the only one: it is not shown to several servers.
    """
    own = known.get(mailbox)
    if own is None and len(fetched) == 1:
        own = known.get("")
    return own if own is not None and own.is_ready else None


def open_mailbox(
    mailbox: Fetched, access: MailboxAccess, seconds: float = NETWORK_SECONDS
) -> AbstractContextManager[Folder]:
    """The mailbox's folder on its server, as :func:`open_folder`."""
    return open_folder(mail_servers.read_imap(mailbox.url), access, mailbox.folder, seconds)


@dataclass(frozen=True, slots=True)
class Seen:
    """How many messages wait in an open mailbox, and whether its server tells of new ones."""

    waiting: int
    tells: bool


def look(mailbox: Fetched, access: MailboxAccess) -> Seen:
    """Open a mailbox without fetching anything; Unreachable."""
    with open_mailbox(mailbox, access) as folder:
        keeps = mail_servers.read_imap(mailbox.url).keeps and mailbox.uid_validity == folder.uid_validity
        return Seen(len(folder.uids(mailbox.last_uid if keeps else 0)), folder.can_idle)


def fetch_all(
    desk: Desk,
    folder: Folder,
    progress: Progress,
    came: list[Kept],
    keep: Keep = keep,
    goes_on: Callable[[], bool] = lambda: True,
) -> None:
    """Fetch what is in the folder now and due into ``came``: oldest first, and what failed before last.

    A message leaves the folder, or counts as read, only after ``keep`` returned; what was kept is decided
    in groups. Unreachable when the line breaks, Unavailable when the desk's database is away; what was not
    done is done the next time.
    """
    progress.enter(folder)
    keeps = mail_servers.read_imap(progress.mailbox.url).keeps
    after = progress.last_uid if keeps else 0
    if not keeps:
        with suppress(Refused):  # the next visit tries again
            folder.finish_removing()
    found = folder.uids(after)
    progress.done &= set(found)
    progress.struggles = {uid: each for uid, each in progress.struggles.items() if uid in found}
    due = [uid for uid in found if uid not in progress.done and _is_due(progress, uid)]
    due.sort(key=lambda uid: (uid in progress.struggles, uid))
    limit = desk.read(desk_caller(), desk_settings.load).mail_limit
    for start in range(0, len(due), AT_ONCE):
        before = len(came)
        try:
            for uid in due[start : start + AT_ONCE]:
                if not goes_on():
                    break
                kept = _fetch_one(desk, folder, progress, keep, uid, limit)
                if kept is not None:
                    came.append(kept)
        finally:
            settle_kept(desk, came[before:])
            if keeps:
                _note_read(desk, progress, found)
    desk.touch(desk_caller(), mailboxes.note_checked, progress.mailbox, progress.trouble)


def fetch_once(
    desk: Desk,
    mailbox: Fetched,
    access: MailboxAccess,
    keep: Keep = keep,
    goes_on: Callable[[], bool] = lambda: True,
) -> Haul:
    """Open a mailbox and fetch what is there; the haul says so when it cannot be reached.

    When the line breaks over a message the others still come.
    """
    progress, came, error, is_reached = Progress(mailbox), list[Kept](), "", False
    for _ in range(MOST_LINES):
        tries = progress.tries
        try:
            with open_mailbox(mailbox, access) as folder:
                is_reached = True
                fetch_all(desk, folder, progress, came, keep, goes_on)
                error = progress.trouble
            break
        except Unreachable as reason:
            error = str(reason)
            desk.touch(desk_caller(), mailboxes.note_failed, mailbox, error)
            if progress.tries == tries:
                break
    new = tuple(kept.id for kept in came if kept.is_new)
    return Haul(new, len(came) - len(new), len(progress.struggles), error, is_reached)


def _is_due(progress: Progress, uid: int) -> bool:
    struggle = progress.struggles.get(uid)
    return struggle is None or struggle.next_at <= time.monotonic()


def _fetch_one(
    desk: Desk, folder: Folder, progress: Progress, keep: Keep, uid: int, limit: int
) -> Kept | None:
    """Fetch, keep and put away one message; None when it is gone, or struggles.

    It counts as struggling from the beginning, so that one that ends the connection, or the program's
    patience, every time is looked at after all others.
    """
    struggle = progress.struggles.setdefault(uid, Struggle())
    struggle.tries += 1
    wait = min(FIRST_WAIT * 2 ** min(struggle.tries - 1, 10), LONGEST_WAIT)
    struggle.next_at = time.monotonic() + (wait if struggle.tries > 1 else 0.0)
    kept = None
    try:
        raw = folder.fetch(uid, limit)
        if raw is not None:
            kept = keep(desk, progress.mailbox.name, raw)
            _put_away(folder, progress.mailbox, uid)
    except Unavailable:
        del progress.struggles[uid]
        raise
    except (Refused, DeskError) as error:
        struggle.reason = str(error)
        struggle.next_at = time.monotonic() + wait
        return None
    del progress.struggles[uid]
    progress.done.add(uid)
    return kept


def _put_away(folder: Folder, mailbox: Fetched, uid: int) -> None:
    if mail_servers.read_imap(mailbox.url).keeps:
        folder.mark_read(uid)
    else:
        folder.remove(uid, mailbox.moves_to)


def _note_read(desk: Desk, progress: Progress, found: Sequence[int]) -> None:
    """Remember the last message below which none is missing."""
    read = progress.last_uid
    for uid in found:
        if uid not in progress.done:
            break
        read = uid
    if read > progress.last_uid and progress.uid_validity is not None:
        validity = progress.uid_validity
        desk.touch(desk_caller(), mailboxes.note_read_to, progress.mailbox, validity, read)
        progress.last_uid = read
        progress.done = {uid for uid in progress.done if uid > read}

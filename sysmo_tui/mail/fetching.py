"""Fetching from one mailbox: each message is kept once, whatever is cut, and none blocks the next."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sysmo_tui.desk import Desk
from sysmo_tui.domain import mail_servers
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.errors import DeskError, Unavailable
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.domain.text import clean_line
from sysmo_tui.mail.imap import ERROR_LIMIT, Folder, Refused, Unreachable, open_folder
from sysmo_tui.mail.keeping import keep, mail_caller
from sysmo_tui.mail.receiving import AT_ONCE, settle_kept
from sysmo_tui.mail.transport import NETWORK_SECONDS
from sysmo_tui.services import desk_settings, mailboxes, unfetched
from sysmo_tui.services.mailboxes import Fetched, Struggle
from sysmo_tui.settings import MailboxAccess

FIRST_WAIT, LONGEST_WAIT = timedelta(minutes=1), timedelta(hours=1)
"""How long a message that could not be fetched rests: the first time, and at most."""

MOST_TRIES = 7
"""After so many, within some hours, a message of a folder that is left as it is may be given up."""

MOST_NOTED = 100
"""How many struggling messages of a mailbox are remembered, and read past."""

MOST_LINES = 10
"""How many connections one visit makes, when they break over messages."""

_log = logging.getLogger(__name__)

Keep = Callable[[Desk, str, Raw], Kept]
"""Keeps a message of a mailbox durably before it returns; the same bytes again are the same record."""


@dataclass(slots=True)
class Progress:
    """How far one process came in a mailbox: what struggles, and what is kept above ``last_uid``."""

    mailbox: Fetched
    uid_validity: int | None = None
    last_uid: int = 0
    done: set[int] = field(default_factory=set)
    struggles: dict[int, Struggle] = field(default_factory=dict)
    noted: tuple[Struggle, ...] = ()

    def __post_init__(self) -> None:
        self.uid_validity, self.last_uid = self.mailbox.uid_validity, self.mailbox.last_uid
        self.noted = self.mailbox.struggles
        self.struggles = {each.uid: each for each in self.noted}

    def enter(self, folder: Folder) -> None:
        """Begin again where a folder's numbers mean other messages than before (RFC 3501, 2.3.1.1)."""
        if folder.uid_validity != self.uid_validity:
            self.uid_validity, self.last_uid = folder.uid_validity, 0
            self.done.clear()
            self.struggles.clear()

    @property
    def keeps(self) -> bool:
        """Whether what was fetched is left on the server."""
        return mail_servers.read_imap(self.mailbox.url).keeps

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

    def begin(self, uid: int, now: datetime) -> Struggle:
        """Count a try. A message struggles from its beginning, so that one that ends the connection, or
        the program's patience, every time is looked at after all others.
        """
        before = self.struggles.get(uid) or Struggle(uid, "The connection was cut.")
        wait = wait_after(before.tries + 1) if before.tries else timedelta()
        return self._set(replace(before, tries=before.tries + 1, next_at=now + wait))

    def fail(self, uid: int, reason: str, now: datetime) -> Struggle:
        """Note why a try failed."""
        struggle = self.struggles[uid]
        next_at = now + wait_after(struggle.tries)
        return self._set(replace(struggle, reason=clean_line(reason, ERROR_LIMIT), next_at=next_at))

    def try_last(self, uid: int, *, is_last: bool) -> None:
        """Note whether what struggles is given up unless it comes this time."""
        self._set(replace(self.struggles[uid], is_last=is_last))

    def forget_try(self, uid: int, before: Struggle | None) -> None:
        """Take back what :meth:`begin` counted: it was not the message's fault."""
        if before is None:
            del self.struggles[uid]
        else:
            self._set(before)

    def finish(self, uid: int) -> None:
        """Note that a message is done with."""
        del self.struggles[uid]
        self.done.add(uid)

    def _set(self, struggle: Struggle) -> Struggle:
        self.struggles[struggle.uid] = struggle
        return struggle


def wait_after(tries: int) -> timedelta:
    """How long a message rests after so many tries: doubling from a minute to an hour."""
    return min(FIRST_WAIT * (1 << min(tries - 1, 10)), LONGEST_WAIT)


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
    after = progress.last_uid if progress.keeps else 0
    if not progress.keeps:
        with suppress(Refused):  # the next visit tries again
            folder.finish_removing()
    found = folder.uids(after, progress.struggles)
    progress.done &= set(found)
    progress.struggles = {uid: each for uid, each in progress.struggles.items() if uid in found}
    now = desk.clock()
    due = [uid for uid in found if uid not in progress.done and _is_due(progress.struggles.get(uid), now)]
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
            settle_kept(desk, [each for each in came[before:] if each.verdict is Verdict.PENDING])
            _note_progress(desk, progress, found)
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


def _is_due(struggle: Struggle | None, now: datetime) -> bool:
    """Whether a message is tried now; a wait longer than any is left over from a clock that jumped."""
    if struggle is None or struggle.next_at is None:
        return True
    return not now < struggle.next_at <= now + LONGEST_WAIT


def _fetch_one(
    desk: Desk, folder: Folder, progress: Progress, keep: Keep, uid: int, limit: int
) -> Kept | None:
    """Fetch, keep and put away one message; None when it is gone, or struggles."""
    mailbox, before = progress.mailbox, progress.struggles.get(uid)
    if before is not None and before.is_last:  # that try ended the connection
        return _give_up(desk, progress, before)
    struggle = progress.begin(uid, desk.clock())
    if progress.keeps and struggle.tries > MOST_TRIES:
        progress.try_last(uid, is_last=_gives_others(folder, progress))
    kept = None
    try:
        raw = folder.fetch(uid, limit)
        if raw is not None:
            kept = keep(desk, mailbox.name, raw)
            _put_away(folder, progress, uid)
    except Unavailable:
        progress.forget_try(uid, before)
        raise
    except (Refused, DeskError) as error:
        struggle = progress.fail(uid, str(error), desk.clock())
        return _give_up(desk, progress, struggle) if struggle.is_last else None
    progress.finish(uid)
    return kept


def _gives_others(folder: Folder, progress: Progress) -> bool:
    """Whether it is the message and not the server: another one is given, or there is no other at all."""
    others = [uid for uid in folder.uids() if uid not in progress.struggles]
    if not others:
        return len(progress.struggles) == 1
    try:
        return folder.fetch(others[-1], 0) is not None
    except Refused:
        return False


def _give_up(desk: Desk, progress: Progress, struggle: Struggle) -> Kept:
    """Keep that the message is there, with the reason, in quarantine; on the server it stays as it is."""
    mailbox, uid = progress.mailbox, struggle.uid
    place = f"{mailbox.url} {mailbox.folder} {progress.uid_validity} {uid}"
    reason = f"UID {uid}, {mailbox.folder}: {struggle.reason}"
    kept = desk.settle(mail_caller(), unfetched.keep, mailbox.name, place, reason)
    _log.warning("Mailbox %s: given up as mail %d. %s", mailbox.name, kept.id, reason)
    progress.finish(uid)
    return kept


def _put_away(folder: Folder, progress: Progress, uid: int) -> None:
    if progress.keeps:
        with suppress(Refused):  # it is kept, and stays: nothing is owed to the server
            folder.mark_read(uid)
    else:
        folder.remove(uid, progress.mailbox.moves_to)


def _note_progress(desk: Desk, progress: Progress, found: Sequence[int]) -> None:
    """Remember what struggles, and the last message below which none is missing beside it."""
    noted = tuple(progress.struggles[uid] for uid in sorted(progress.struggles)[:MOST_NOTED])
    passed = progress.done.union(each.uid for each in noted)
    read = progress.last_uid
    for uid in found if progress.keeps else ():
        if uid not in passed:
            break
        read = max(read, uid)
    if (read > progress.last_uid or noted != progress.noted) and progress.uid_validity is not None:
        validity = progress.uid_validity
        desk.touch(desk_caller(), mailboxes.note_progress, progress.mailbox, validity, read, noted)
        progress.last_uid, progress.noted = read, noted
        progress.done = {uid for uid in progress.done if uid > read}

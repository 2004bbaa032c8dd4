"""Mail that comes in: kept before anything is read from it, then decided, exactly once.

Keeping is a transaction of its own, so that whoever delivered it may forget the mail. Deciding is another:
what the mail becomes, what follows from it and the verdict are written together or not at all.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.domain.errors import Conflict, NotFound
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import storable, storable_line
from sysmo_tui.domain.trail import Trail
from sysmo_tui.models import Blob, BlobChunk, InboundMail, table
from sysmo_tui.services import files, mail_rules
from sysmo_tui.services.files import Upload
from sysmo_tui.services.mail_case import Case, Ruling
from sysmo_tui.services.matching import ID_LIMIT

KEPT_OF_LARGE = files.CHUNK
"""Bytes that are kept of a mail over the desk's limit."""

MOST_ATTEMPTS = 3
"""After so many a mail that cannot be read or decided waits for a person."""

TURN = timedelta(minutes=1)
"""How long a mail is its receiver's own, before somebody else tries to decide it."""

NAME_LIMIT = 64
_MAIL, _BLOB, _CHUNK = table(InboundMail), table(Blob), table(BlobChunk)
_FIND = sa.select(_MAIL.c.id, _MAIL.c.verdict).where(
    _MAIL.c.mailbox == sa.bindparam("of_mailbox"), _MAIL.c.sha256 == sa.bindparam("hash")
)
_KEEP = sa.insert(_MAIL).returning(_MAIL.c.id)
_IS_DUE = sa.and_(_MAIL.c.verdict == Verdict.PENDING, _MAIL.c.next_attempt_at <= sa.bindparam("now"))
_DUE = sa.select(_MAIL.c.id).where(_IS_DUE).order_by(_MAIL.c.id).limit(sa.bindparam("most", type_=sa.Integer))
_TURN = (
    sa.update(_MAIL)
    .where(_MAIL.c.id == sa.bindparam("mail"), _IS_DUE)
    .values(attempts=_MAIL.c.attempts + 1, next_attempt_at=sa.bindparam("later"))
)
_PUT_OFF = (
    sa.update(_MAIL)
    .where(_MAIL.c.id == sa.bindparam("mail"), _MAIL.c.verdict == Verdict.PENDING)
    .values(
        error=sa.bindparam("text"),
        next_attempt_at=sa.bindparam("later"),
        attempts=_MAIL.c.attempts - sa.bindparam("given_back", type_=sa.Integer),
    )
)
_RAW = (
    sa.select(_MAIL.c.mailbox, _MAIL.c.size, _MAIL.c.is_cut, _MAIL.c.attempts, _CHUNK.c.content)
    .outerjoin(_CHUNK, _CHUNK.c.blob_id == _MAIL.c.blob_id)
    .where(_MAIL.c.id == sa.bindparam("mail"))
    .order_by(_CHUNK.c.position)
)
_LOCKED = sa.select(InboundMail).where(_MAIL.c.id == sa.bindparam("mail")).with_for_update()


@dataclass(frozen=True, slots=True)
class Raw:
    """A mail as it came. Of one over the limit ``content`` is only the beginning; the rest was counted."""

    content: bytes
    size: int
    sha256: str
    is_cut: bool = False

    @classmethod
    def whole(cls, content: bytes) -> Raw:
        """A mail of which nothing is missing."""
        return cls(content, len(content), hashlib.sha256(content).hexdigest())


@dataclass(frozen=True, slots=True)
class Kept:
    """A mail that is safe. Not ``is_new`` when the same bytes came into the same mailbox before."""

    id: int
    verdict: Verdict
    is_new: bool


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a mail."""

    id: int
    verdict: Verdict
    reason: MailReason | None
    ticket_number: int | None


@dataclass(frozen=True, slots=True)
class RawMail:
    """The bytes of a kept mail, and how often somebody began to read them."""

    mailbox: str
    content: bytes
    size: int
    is_cut: bool
    attempts: int


def keep(work: Work, mailbox: str, raw: Raw, staged: str | None = None) -> Kept:
    """Keep a mail as it came; the same bytes in the same mailbox are the same mail.

    ``staged`` is the blob that holds its content already; without one it is written here.
    """
    require_right(work.actor, Right.OPERATE)
    name = storable_line(mailbox)[:NAME_LIMIT]
    known = work.session.execute(_FIND, {"of_mailbox": name, "hash": raw.sha256}).first()
    if known is not None:
        return Kept(known.id, known.verdict, is_new=False)
    row = {
        "mailbox": name,
        "sha256": raw.sha256,
        "size": raw.size,
        "is_cut": raw.is_cut,
        "blob_id": staged or _stored(work, raw.content),
        "received_at": work.now,
        "message_id": "",
        "sender": "",
        "sender_name": "",
        "subject": "",
        "verdict": Verdict.PENDING,
        "decision": [],
        # Counted before it is read: a mail that ends its reader counts, too.
        "attempts": 1,
        "next_attempt_at": work.now + TURN,
        "error": "",
    }
    return Kept(work.session.execute(_KEEP, row).scalar_one(), Verdict.PENDING, is_new=True)


def _stored(work: Work, content: bytes) -> str:
    blob_id = uuid4().hex
    work.session.execute(
        sa.insert(_BLOB),
        {
            "id": blob_id,
            "sha256": hashlib.sha256(content).hexdigest(),
            "size": len(content),
            "staged_at": work.now,
            "is_complete": True,
        },
    )
    chunks = [
        {"blob_id": blob_id, "position": at // files.CHUNK, "content": content[at : at + files.CHUNK]}
        for at in range(0, len(content), files.CHUNK)
    ]
    if chunks:
        work.session.execute(sa.insert(_CHUNK), chunks)
    return blob_id


def due(work: Work, most: int) -> tuple[int, ...]:
    """Mails that nobody decided though it was time to, oldest first."""
    return tuple(work.session.execute(_DUE, {"now": work.now, "most": most}).scalars())


def take_turn(work: Work, inbound_id: int) -> bool:
    """Make a due mail the caller's for :data:`TURN`, and count that; False when somebody was faster."""
    given = {"mail": inbound_id, "now": work.now, "later": work.now + TURN}
    return work.affected(_TURN, given) == 1


def put_off(work: Work, inbound_id: int, text: str, *, is_counted: bool) -> None:
    """Note why a mail was not decided; an attempt that only found the desk away is not counted."""
    given = {
        "mail": inbound_id,
        "text": storable(text)[:500],
        "later": work.now + TURN,
        "given_back": 0 if is_counted else 1,
    }
    work.session.execute(_PUT_OFF, given)


def raw(work: Work, inbound_id: int) -> RawMail:
    """The bytes of a kept mail, for who works on it."""
    rows = work.session.execute(_RAW, {"mail": inbound_id}).all()
    if not rows:
        raise NotFound(N_("There is no mail {id}."), id=inbound_id)
    first = rows[0]
    content = b"".join(row.content for row in rows if row.content is not None)
    return RawMail(first.mailbox, content, first.size, first.is_cut, first.attempts)


def decide(work: Work, inbound_id: int, incoming: Incoming, uploads: Sequence[Upload] = ()) -> Decided:
    """Let the rules decide what a kept mail becomes; what was decided before stands.

    ``uploads`` are its files, staged by the desk.
    """
    require_right(work.actor, Right.OPERATE)
    mail = _locked(work, inbound_id)
    if mail.verdict is Verdict.PENDING:
        describe(mail, incoming)
        trail = Trail()
        case = Case(mail, incoming, tuple(uploads), trail)
        _settle(work, mail, mail_rules.judge(work, case), trail)
    return Decided(inbound_id, mail.verdict, mail.reason, mail.ticket_number)


def give_up(work: Work, inbound_id: int) -> Decided:
    """Put a mail that could not be read or decided into quarantine, where a person sees it."""
    require_right(work.actor, Right.OPERATE)
    mail = _locked(work, inbound_id)
    if mail.verdict is Verdict.PENDING:
        trail = Trail()
        trail.note("unreadable", True, mail.error)
        _settle(work, mail, Ruling(Verdict.QUARANTINED, MailReason.UNREADABLE), trail)
    return Decided(inbound_id, mail.verdict, mail.reason, mail.ticket_number)


def file_accepted(
    work: Work,
    inbound_id: int,
    incoming: Incoming,
    uploads: Sequence[Upload] = (),
    *,
    as_new: bool,
    joins: bool = False,
) -> Decided:
    """File a mail of the quarantine because the actor says so: as a new request, or where it belongs.

    With ``joins`` the sender takes part in that ticket from now on. Conflict for a mail that somebody
    decided meanwhile, Invalid for one that nobody can have written.
    """
    require_right(work.actor, Right.DECIDE_MAIL)
    mail = _locked(work, inbound_id)
    if mail.verdict is not Verdict.QUARANTINED:
        raise Conflict(N_("Mail {id} was decided already."), id=inbound_id)
    describe(mail, incoming)
    trail = Trail(list(mail.decision))
    case = Case(mail, incoming, tuple(uploads), trail)
    _settle(work, mail, mail_rules.accept(work, case, as_new=as_new, joins=joins), trail)
    mail.decided_by_id = work.actor.account_id
    return Decided(inbound_id, mail.verdict, mail.reason, mail.ticket_number)


def describe(mail: InboundMail, incoming: Incoming) -> None:
    """Note on a kept mail what it says of itself."""
    mail.message_id = incoming.message_id[:ID_LIMIT]
    mail.sender = incoming.sender.address[:254] if incoming.sender else ""
    mail.sender_name = storable_line(incoming.sender.name)[:200] if incoming.sender else ""
    mail.subject = storable_line(incoming.subject)[:200]
    mail.mail_class = incoming.mail_class


def _locked(work: Work, inbound_id: int) -> InboundMail:
    statement = _LOCKED.execution_options(populate_existing=True)
    mail = work.session.execute(statement, {"mail": inbound_id}).scalar_one_or_none()
    if mail is None:
        raise NotFound(N_("There is no mail {id}."), id=inbound_id)
    return mail


def _settle(work: Work, mail: InboundMail, ruling: Ruling, trail: Trail) -> None:
    changes: dict[str, Any] = {
        "verdict": ruling.verdict,
        "reason": ruling.reason,
        "ticket_number": ruling.ticket_number,
        "entry_id": ruling.entry_id,
        "topic_id": ruling.topic_id,
        "decision": [*trail.lines],
        "decided_at": work.now,
        "error": "",
    }
    for name, value in changes.items():
        setattr(mail, name, value)
    work.session.flush()


def waits_until(work: Work) -> datetime | None:
    """When the next pending mail is due, None when nothing is pending."""
    earliest = sa.select(sa.func.min(_MAIL.c.next_attempt_at)).where(_MAIL.c.verdict == Verdict.PENDING)
    return work.session.execute(earliest).scalar()

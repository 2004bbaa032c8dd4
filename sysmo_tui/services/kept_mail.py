"""Mail that came in, as staff look it up: what it became, which rule decided, and its bytes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.enums import Audience, MailClass, MailReason, Verdict
from sysmo_tui.domain.errors import Forbidden, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import Page
from sysmo_tui.models import Account, BlobChunk, Entry, InboundMail, Topic, table
from sysmo_tui.services import cursors, files, mail_sight, visible

PAGE = 50
LONGEST_PAGE = 1000
MOST_FOUND = 20
"""Mails that are told about at once."""
BEGINNING = 200
"""Characters of an entry that its first words are taken from."""
_DIGITS = 19
"""An id has fewer."""

_MAIL, _TOPIC, _ACCOUNT = table(InboundMail), table(Topic), table(Account)
_ENTRY, _CHUNK = table(Entry), table(BlobChunk)

LINES = (
    sa.select(
        _MAIL.c.id,
        _MAIL.c.mailbox,
        _MAIL.c.received_at,
        _MAIL.c.message_id,
        _MAIL.c.sender,
        _MAIL.c.sender_name,
        _MAIL.c.subject,
        _MAIL.c.mail_class,
        _MAIL.c.verdict,
        _MAIL.c.reason,
        _MAIL.c.ticket_number,
        _MAIL.c.size,
        _MAIL.c.is_cut,
        _TOPIC.c.name.label("topic"),
    )
    .select_from(_MAIL)
    .outerjoin(_TOPIC, _TOPIC.c.id == _MAIL.c.topic_id)
)
"""The columns of a :class:`MailLine`."""

_RECORDS = (
    LINES.add_columns(
        _MAIL.c.decision,
        _MAIL.c.decided_at,
        _MAIL.c.attempts,
        _MAIL.c.error,
        _ACCOUNT.c.name.label("decided_by"),
        _ENTRY.c.public_key.label("entry_key"),
        sa.func.substr(_ENTRY.c.body, 1, BEGINNING).label("begins"),
    )
    .outerjoin(_ACCOUNT, _ACCOUNT.c.id == _MAIL.c.decided_by_id)
    .outerjoin(_ENTRY, _ENTRY.c.id == _MAIL.c.entry_id)
    .order_by(_MAIL.c.id.desc())
    .limit(MOST_FOUND)
)
_TALLY = sa.select(_MAIL.c.verdict, sa.func.count().label("mails")).group_by(_MAIL.c.verdict)
_ONE_CHUNK = (
    sa.select(_CHUNK.c.content)
    .select_from(_MAIL)
    .outerjoin(
        _CHUNK, sa.and_(_CHUNK.c.blob_id == _MAIL.c.blob_id, _CHUNK.c.position == sa.bindparam("position"))
    )
    .where(_MAIL.c.id == sa.bindparam("mail"))
)


@dataclass(frozen=True, slots=True)
class MailLine:
    """A mail that came in. ``sender`` is whom it claims to be from; ``topic`` is where it would be filed."""

    id: int
    mailbox: SafeText
    received_at: datetime
    message_id: SafeText
    sender: SafeText
    sender_name: SafeText
    subject: SafeText
    mail_class: MailClass | None
    verdict: Verdict
    reason: MailReason | None
    ticket_number: int | None
    topic: SafeText | None
    size: int
    is_cut: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One rule that was looked at: whether it decided, and what it saw."""

    rule: SafeText
    is_hit: bool
    detail: SafeText


@dataclass(frozen=True, slots=True)
class MailRecord:
    """A mail and how it was decided. ``decided_by`` is the member of staff who did, None for the rules.

    ``begins`` are the first words of what it became in a thread.
    """

    line: MailLine
    steps: tuple[Step, ...]
    decided_at: datetime | None
    decided_by: SafeText | None
    entry_key: str | None
    attempts: int
    error: SafeText
    begins: SafeText


def page(
    work: Work, *, verdict: Verdict | None = None, after: str | None = None, limit: int = PAGE
) -> Page[MailLine]:
    """All mail that came in, newest first, or that of one verdict; for managers."""
    require_right(work.actor, Right.MANAGE_MAIL)
    limit = max(1, min(limit, LONGEST_PAGE))
    statement = LINES.order_by(_MAIL.c.id.desc()).limit(limit + 1)
    if verdict is not None:
        statement = statement.where(_MAIL.c.verdict == verdict)
    if after is not None:
        statement = statement.where(_MAIL.c.id < cursors.key(after))
    rows = work.session.execute(statement).all()
    items = tuple(line(row) for row in rows[:limit])
    return Page(items, None, str(items[-1].id) if len(rows) > limit else None)


def tally(work: Work) -> Mapping[Verdict, int]:
    """How many mails came in, by what became of them; for managers. They add up: each has one verdict."""
    require_right(work.actor, Right.MANAGE_MAIL)
    found = {row.verdict: row.mails for row in work.session.execute(_TALLY)}
    return {verdict: found.get(verdict, 0) for verdict in Verdict}


def show(work: Work, inbound_id: int) -> MailRecord:
    """One mail, for staff who see it; NotFound otherwise."""
    mail_sight.require(work, inbound_id)
    return _record(work.session.execute(_RECORDS.where(_MAIL.c.id == inbound_id)).one())


def find(work: Work, text: str) -> tuple[MailRecord, ...]:
    """The mails with this id or Message-ID that the actor, of the staff, sees, newest first; else NotFound.

    Different mails may bear the same Message-ID.
    """
    require_right(work.actor, Right.DECIDE_MAIL)
    wanted = text.strip()
    if wanted.isascii() and wanted.isdecimal() and len(wanted) < _DIGITS:
        return (show(work, int(wanted)),)
    bare = wanted.removeprefix("<").removesuffix(">")
    statement = _RECORDS.where(
        _MAIL.c.message_id.in_([bare, f"<{bare}>"]), mail_sight.known(sees_all=work.actor.role.sees_all)
    )
    rows = work.session.execute(statement, visible.values(work.actor)).all() if bare else ()
    if not rows:
        raise NotFound(N_("There is no mail “{id}”."), id=clean_line(wanted, 200))
    return tuple(_record(row) for row in rows)


def of_ticket(work: Work, number: int, entry_key: str | None = None) -> tuple[MailRecord, ...]:
    """The mails of a ticket, or of one of its entries, newest first; for its staff."""
    if visible.audience(work, number) is not Audience.STAFF:
        raise Forbidden(N_("Only the desk's staff can do this."))
    statement = _RECORDS.where(_MAIL.c.ticket_number == number)
    if entry_key is not None:
        statement = statement.where(_ENTRY.c.public_key == entry_key)
    return tuple(_record(row) for row in work.session.execute(statement))


def raw(door: Door, inbound_id: int) -> Iterator[bytes]:
    """The bytes of a mail as it came, 256 KiB at a time, for staff who see it."""
    return files.each_chunk(lambda position: door.read(read_chunk, inbound_id, position))


def read_chunk(work: Work, inbound_id: int, position: int) -> bytes:
    """One chunk of a mail's bytes; empty behind its end."""
    mail_sight.require(work, inbound_id)
    found = work.session.execute(_ONE_CHUNK, {"mail": inbound_id, "position": position}).first()
    return bytes(found.content or b"") if found is not None else b""


def line(row: Any) -> MailLine:
    """A row of :data:`LINES`, safe to show."""
    return MailLine(
        id=row.id,
        mailbox=clean_line(row.mailbox),
        received_at=row.received_at,
        message_id=clean_line(row.message_id),
        sender=clean_line(row.sender),
        sender_name=clean_line(row.sender_name),
        subject=clean_line(row.subject),
        mail_class=row.mail_class,
        verdict=row.verdict,
        reason=row.reason,
        ticket_number=row.ticket_number,
        topic=None if row.topic is None else clean_line(row.topic),
        size=row.size,
        is_cut=row.is_cut,
    )


def _record(row: Any) -> MailRecord:
    return MailRecord(
        line=line(row),
        steps=tuple(
            Step(clean_line(str(step["rule"])), bool(step["hit"]), clean_line(str(step["detail"])))
            for step in row.decision
        ),
        decided_at=row.decided_at,
        decided_by=None if row.decided_by is None else clean_line(row.decided_by),
        entry_key=row.entry_key,
        attempts=row.attempts,
        error=clean_line(row.error),
        begins=clean_line(row.begins or ""),
    )

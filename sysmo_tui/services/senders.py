"""Who may write: senders that are blocked or allowed, whatever their mail says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import mail_patterns
from sysmo_tui.domain.enums import AuditKind, SenderStanding
from sysmo_tui.domain.errors import Conflict, Invalid, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, has, require_right
from sysmo_tui.domain.text import SafeText, clean_line, storable_line
from sysmo_tui.domain.views import Page
from sysmo_tui.models import Account, MailSender, table
from sysmo_tui.services import audit, cursors

PAGE = 100
LONGEST_PAGE = 1000
NOTE_LIMIT = 200
LONGEST = 254
"""Characters of a pattern."""

_SENDER, _ACCOUNT = table(MailSender), table(Account)
_LINES = (
    sa.select(
        _SENDER.c.pattern, _SENDER.c.standing, _SENDER.c.note, _SENDER.c.added_at, _ACCOUNT.c.name.label("by")
    )
    .outerjoin(_ACCOUNT, _ACCOUNT.c.id == _SENDER.c.added_by_id)
    .order_by(_SENDER.c.pattern)
)
_AMONG = sa.select(_SENDER.c.pattern, _SENDER.c.standing).where(
    _SENDER.c.pattern.in_(sa.bindparam("patterns", expanding=True))
)
_ONE = sa.select(MailSender).where(_SENDER.c.pattern == sa.bindparam("pattern")).with_for_update()
_FORGET = sa.delete(_SENDER).where(_SENDER.c.pattern == sa.bindparam("pattern"))


_AHEAD: Memory[dict[str, SenderStanding | None]] = Memory(is_common=True)
"""What was decided about some patterns; no mail changes that."""


@dataclass(frozen=True, slots=True)
class SenderLine:
    """A sender that the desk decided about; ``by`` is who did, None for the desk itself."""

    pattern: SafeText
    standing: SenderStanding
    note: SafeText
    by: SafeText | None
    added_at: datetime


def page(
    work: Work, *, standing: SenderStanding | None = None, after: str | None = None, limit: int = PAGE
) -> Page[SenderLine]:
    """The list in alphabetical order, for managers; a cursor is the pattern that a page ended with."""
    require_right(work.actor, Right.MANAGE_MAIL)
    limit = max(1, min(limit, LONGEST_PAGE))
    statement = _LINES.limit(limit + 1)
    if standing is not None:
        statement = statement.where(_SENDER.c.standing == standing)
    if after is not None:
        statement = statement.where(_SENDER.c.pattern > _cursor(after))
    rows = work.session.execute(statement).all()
    return Page(
        tuple(_line(row) for row in rows[:limit]),
        None,
        rows[limit - 1].pattern if len(rows) > limit else None,
    )


def standing(work: Work, address: str) -> SenderStanding | None:
    """What the desk decided about a sender, None for nothing.

    The most precise pattern counts: the address, then its domain, then the domains above it.
    """
    wanted = mail_patterns.matching(address)
    known = _AHEAD.get(work) or {}
    if not all(pattern in known for pattern in wanted):
        known = {row.pattern: row.standing for row in work.session.execute(_AMONG, {"patterns": wanted})}
    return next((known[pattern] for pattern in wanted if known.get(pattern) is not None), None)


def read_ahead(work: Work, some: Iterable[str]) -> None:
    """Read what the desk decided about some senders, by one statement."""
    patterns = {pattern for address in some for pattern in mail_patterns.matching(address)}
    standings: dict[str, SenderStanding | None] = dict.fromkeys(patterns)
    for row in work.session.execute(_AMONG, {"patterns": sorted(patterns)}):
        standings[row.pattern] = row.standing
    _AHEAD.set(work, standings)


def decide(work: Work, pattern: str, wanted: SenderStanding, note: str = "") -> SenderLine:
    """Block or allow an address or a domain, for managers; a sender that is listed already changes."""
    require_right(work.actor, Right.MANAGE_MAIL)
    return _put(work, mail_patterns.sender(pattern), wanted, note)


def forget(work: Work, pattern: str) -> None:
    """Take a sender off the list, for managers; NotFound when it is not there as it is written."""
    require_right(work.actor, Right.MANAGE_MAIL)
    kept = mail_patterns.sender(pattern)
    if not work.affected(_FORGET, {"pattern": kept}):
        raise NotFound(N_("“{pattern}” is not on the list of senders."), pattern=clean_line(kept))
    _note(work, "forget", kept)


def block_address(work: Work, address: str) -> None:
    """Block the sender of one mail, for whoever decides about that mail.

    Only that very address, and nobody that a manager has allowed.
    """
    require_right(work.actor, Right.DECIDE_MAIL)
    kept = mail_patterns.key(address)
    if "@" not in kept:
        raise Invalid(N_("This mail names no sender who could be blocked."), field="block")
    found = work.session.execute(_AMONG, {"patterns": [kept]}).first()
    if (
        found is not None
        and found.standing is SenderStanding.ALLOWED
        and not has(work.actor, Right.MANAGE_MAIL)
    ):
        raise Conflict(
            N_("A manager has allowed {sender}, so only managers block it."),
            field="block",
            sender=clean_line(kept),
        )
    _put(work, kept, SenderStanding.BLOCKED, "")


def _put(work: Work, pattern: str, wanted: SenderStanding, note: str) -> SenderLine:
    said = storable_line(note)
    for text, limit, field in ((said, NOTE_LIMIT, "note"), (pattern, LONGEST, "email")):
        if len(text) > limit:
            raise Invalid(N_("This is too long: up to {limit} characters."), field=field, limit=limit)
    row = work.session.execute(_ONE, {"pattern": pattern}).scalar_one_or_none()
    if row is None:
        row = MailSender(pattern=pattern, standing=wanted, added_at=work.now)
    row.standing, row.note = wanted, said
    row.added_by_id, row.added_at = work.actor.account_id, work.now
    work.session.add(row)
    work.session.flush()
    _note(work, wanted.value, pattern)
    found = work.session.execute(_LINES.where(_SENDER.c.pattern == pattern)).one()
    return _line(found)


def _cursor(after: str) -> str:
    if len(after) > LONGEST or not after.isprintable():
        raise cursors.unknown()
    return after


def _line(row: Any) -> SenderLine:
    return SenderLine(
        pattern=clean_line(row.pattern),
        standing=row.standing,
        note=clean_line(row.note),
        by=None if row.by is None else clean_line(row.by),
        added_at=row.added_at,
    )


def _note(work: Work, decision: str, pattern: str) -> None:
    audit.record(work, AuditKind.MAIL_DECIDED, detail={"decision": decision, "sender": pattern})

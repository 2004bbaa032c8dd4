"""The outbox as managers see it: what waits, what failed and why, and deciding about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AuditKind, Standing, Template
from sysmo_tui.domain.errors import Conflict, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import Page
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import audit, cursors, desk_settings, outbox

PAGE = 50
LONGEST_PAGE = 1000

_OUTBOX = table(Outbox)
_IS_UNSENT = _OUTBOX.c.sent_at.is_(None)
_IS_TO_LEAVE = sa.and_(_IS_UNSENT, _OUTBOX.c.failed_at.is_(None), _OUTBOX.c.held_at.is_(None))
_IS_OPEN = sa.and_(_IS_TO_LEAVE, _OUTBOX.c.digest_at.is_(None))

_LINES = (
    sa.select(
        _OUTBOX.c.id,
        _OUTBOX.c.address,
        _OUTBOX.c.template,
        _OUTBOX.c.ticket_number,
        _OUTBOX.c.created_at,
        _OUTBOX.c.next_attempt_at,
        _OUTBOX.c.attempts,
        _OUTBOX.c.failed_at,
        _OUTBOX.c.held_at,
        _OUTBOX.c.digest_at,
        _OUTBOX.c.error,
    )
    .where(_IS_UNSENT, _OUTBOX.c.id > sa.bindparam("after"))
    .order_by(_OUTBOX.c.id)
    .limit(sa.bindparam("limit"))
)
_STATES = sa.select(
    _OUTBOX.c.id, _OUTBOX.c.template, _OUTBOX.c.payload, _OUTBOX.c.held_at, _OUTBOX.c.failed_at
).where(_IS_UNSENT)
_WAITING = sa.select(sa.func.count(), sa.func.min(_OUTBOX.c.created_at)).where(_IS_OPEN)
_STRUGGLES = sa.and_(_IS_OPEN, _OUTBOX.c.attempts > 0, _OUTBOX.c.error != "")
_STRUGGLING = sa.select(sa.func.count()).where(_STRUGGLES)
_REASON = sa.select(_OUTBOX.c.error).where(_STRUGGLES).order_by(_OUTBOX.c.next_attempt_at.desc()).limit(1)
_FAILED = sa.select(sa.func.count()).where(_IS_UNSENT, _OUTBOX.c.failed_at.is_not(None))
_HELD = sa.select(sa.func.count()).where(_IS_UNSENT, _OUTBOX.c.held_at.is_not(None))


@dataclass(frozen=True, slots=True)
class QueuedMail:
    """An unsent mail, without what it says."""

    id: int
    address: SafeText
    template: Template
    ticket_number: int | None
    created_at: datetime
    next_attempt_at: datetime
    attempts: int
    standing: Standing
    error: SafeText


@dataclass(frozen=True, slots=True)
class Waiting:
    """How much mail waits and since when, how much failed for good, and how much is held.

    ``struggling`` of those that wait were tried in vain, the last time for ``reason``.
    """

    waiting: int
    oldest: datetime | None
    failed: int
    held: int
    struggling: int
    reason: SafeText


def queue(
    work: Work, *, standing: Standing | None = None, after: str | None = None, limit: int = PAGE
) -> Page[QueuedMail]:
    """The unsent mail, oldest first; of one ``standing``, or all of it."""
    require_right(work.actor, Right.MANAGE_MAIL)
    limit = max(1, min(limit, LONGEST_PAGE))
    statement = _LINES
    if standing is not None:
        statement = statement.where(_CONDITIONS[standing])
    start = 0 if after is None else cursors.key(after)
    rows = work.session.execute(statement, {"after": start, "limit": limit + 1}).all()
    items = tuple(_line(row) for row in rows[:limit])
    return Page(items, None, str(items[-1].id) if len(rows) > limit else None)


def newest_trial(work: Work) -> QueuedMail | None:
    """The newest trial mail that was not accepted, if any."""
    require_right(work.actor, Right.MANAGE_MAIL)
    newest = sa.select(sa.func.max(_OUTBOX.c.id)).where(_IS_UNSENT, _OUTBOX.c.template == Template.TEST)
    statement = _LINES.where(_OUTBOX.c.id == newest.scalar_subquery())
    row = work.session.execute(statement, {"after": 0, "limit": 1}).first()
    return None if row is None else _line(row)


def waiting_summary(work: Work) -> Waiting:
    """What the status line says about mail; for staff."""
    waiting, oldest = work.session.execute(_WAITING).one()
    failed = work.session.execute(_FAILED).scalar_one()
    held = work.session.execute(_HELD).scalar_one()
    struggling = work.session.execute(_STRUGGLING).scalar_one()
    reason = work.session.execute(_REASON).scalar_one_or_none() if struggling else None
    return Waiting(waiting, oldest, failed, held, struggling, clean_line(reason or ""))


def retry(work: Work, mail_id: int) -> None:
    """Send a failed or waiting mail as soon as possible, with all its attempts before it again.

    What waits for a digest leaves at once.
    Conflict for one that is held, and for one whose one-time code is gone: a new code makes a new mail.
    """
    require_right(work.actor, Right.MANAGE_MAIL)
    row = _unsent(work, mail_id)
    if row.held_at is not None:
        raise Conflict(N_("Mail {id} is held. Release it instead."), id=mail_id)
    if _lost_its_code(row):
        raise Conflict(N_("The code in mail {id} is gone. Issue a new one instead."), id=mail_id)
    _change(work, mail_id, failed_at=None, digest_at=None, next_attempt_at=work.now, attempts=0)
    _note(work, "retry", mail_id)


def retry_all(work: Work) -> int:
    """:func:`retry` every failed mail that still can be sent; returns how many.

    Those whose one-time code is gone stay as they are.
    """
    require_right(work.actor, Right.MANAGE_MAIL)
    rows = work.session.execute(_STATES.where(_OUTBOX.c.failed_at.is_not(None), _OUTBOX.c.held_at.is_(None)))
    found = [row.id for row in rows if not _lost_its_code(row)]
    for mail_id in found:
        _change(work, mail_id, failed_at=None, next_attempt_at=work.now, attempts=0)
    _note(work, "retry", None)
    return len(found)


def _lost_its_code(row: Any) -> bool:
    return row.template in outbox.SECRET_BEARERS and "code" not in row.payload


def release(work: Work, mail_id: int | None = None) -> int:
    """Let held mail go, one or all; returns how many."""
    require_right(work.actor, Right.MANAGE_MAIL)
    if mail_id is not None and _unsent(work, mail_id).held_at is None:
        raise Conflict(N_("Mail {id} is not held."), id=mail_id)
    statement = sa.update(_OUTBOX).where(_IS_UNSENT, _OUTBOX.c.held_at.is_not(None))
    if mail_id is not None:
        statement = statement.where(_OUTBOX.c.id == mail_id)
    done = work.affected(statement.values(held_at=None, next_attempt_at=work.now))
    _note(work, "release", mail_id)
    return done


def discard(work: Work, mail_id: int | None = None) -> int:
    """Forget unsent mail: one, or all that is held; returns how many. The audit log keeps the decision."""
    require_right(work.actor, Right.MANAGE_MAIL)
    if mail_id is not None:
        _unsent(work, mail_id)
    which = _OUTBOX.c.held_at.is_not(None) if mail_id is None else _OUTBOX.c.id == mail_id
    is_unclaimed = sa.or_(_OUTBOX.c.claimed_until.is_(None), _OUTBOX.c.claimed_until <= work.now)
    done = work.affected(sa.delete(_OUTBOX).where(_IS_UNSENT, is_unclaimed, which))
    if mail_id is not None and not done:
        raise Conflict(N_("Mail {id} is being sent right now."), id=mail_id)
    _note(work, "discard", mail_id)
    return done


def try_out(work: Work, address: str) -> None:
    """Owe ``address`` a trial mail."""
    require_right(work.actor, Right.MANAGE_MAIL)
    reserved = desk_settings.load(work).allows_reserved_addresses
    outbox.owe(
        work,
        template=Template.TEST,
        address=addresses.normalise(address, allow_reserved=reserved),
        locale=work.actor.locale,
        subject_key="test",
    )


_CONDITIONS = {
    Standing.WAITING: _IS_OPEN,
    Standing.DIGEST: sa.and_(_IS_TO_LEAVE, _OUTBOX.c.digest_at.is_not(None)),
    Standing.HELD: sa.and_(_OUTBOX.c.held_at.is_not(None), _OUTBOX.c.failed_at.is_(None)),
    Standing.FAILED: _OUTBOX.c.failed_at.is_not(None),
}


def _line(row: Any) -> QueuedMail:
    return QueuedMail(
        id=row.id,
        address=clean_line(row.address),
        template=row.template,
        ticket_number=row.ticket_number,
        created_at=row.created_at,
        next_attempt_at=row.next_attempt_at,
        attempts=row.attempts,
        standing=_standing(row),
        error=clean_line(row.error),
    )


def _standing(row: Any) -> Standing:
    if row.failed_at is not None:
        return Standing.FAILED
    if row.held_at is not None:
        return Standing.HELD
    return Standing.WAITING if row.digest_at is None else Standing.DIGEST


def _unsent(work: Work, mail_id: int) -> Any:
    row = work.session.execute(_STATES.where(_OUTBOX.c.id == mail_id)).first()
    if row is None:
        raise NotFound(N_("There is no unsent mail {id}."), id=mail_id)
    return row


def _change(work: Work, mail_id: int, **values: object) -> None:
    work.session.execute(sa.update(_OUTBOX).where(_OUTBOX.c.id == mail_id, _IS_UNSENT).values(**values))


def _note(work: Work, decision: str, mail_id: int | None) -> None:
    audit.record(work, AuditKind.MAIL_DECIDED, detail={"decision": decision, "mail": mail_id or "all"})

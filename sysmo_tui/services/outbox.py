"""Mail that is owed: written with what caused it, claimed by one sender, marked when it left.

One command owes a person at most one mail about one subject; the strongest template wins.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import Template
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Batch, Entry, Outbox, table
from sysmo_tui.models.columns import Json
from sysmo_tui.services import desk_settings, leases, message_ids
from sysmo_tui.services.leases import Duty

CLAIM = timedelta(minutes=10)
"""How long a claimed mail is nobody else's."""

KEPT = timedelta(days=90)
"""How long a sent mail's row is kept."""

GRACE = timedelta(minutes=1)
"""How long mail may wait before it counts as stuck."""

LONGEST_WAIT = timedelta(hours=1)
MOST_ATTEMPTS = 125
"""With waits of 1, 2, 4 … 32 minutes and then an hour each, five days."""

SECRET_BEARERS = frozenset({Template.VERIFY, Template.RESET, Template.INVITE, Template.ADDRESS_CODE})
"""Templates whose payload holds a one-time code."""

_OUTBOX, _BATCH = table(Outbox), table(Batch)
_REFUSED = (
    sa.select(_OUTBOX.c.ticket_number)
    .where(
        _OUTBOX.c.batch_id == sa.bindparam("batch"),
        _OUTBOX.c.failed_at.is_not(None),
        _OUTBOX.c.ticket_number.is_not(None),
    )
    .distinct()
)
_INSERT = sa.insert(_OUTBOX)
_WITHOUT_SECRET = sa.case(
    (_OUTBOX.c.template.in_(SECRET_BEARERS), sa.literal({}, Json)), else_=_OUTBOX.c.payload
)


def _is_waiting(mail: sa.FromClause) -> sa.ColumnElement[bool]:
    """Whether it is to leave by itself; what a digest tells of never does."""
    return sa.and_(
        mail.c.sent_at.is_(None),
        mail.c.failed_at.is_(None),
        mail.c.held_at.is_(None),
        mail.c.digest_at.is_(None),
    )


_EARLIER = _OUTBOX.alias("earlier")
_IS_NEXT = ~sa.exists().where(
    _EARLIER.c.ticket_number == _OUTBOX.c.ticket_number,
    _EARLIER.c.address == _OUTBOX.c.address,
    _EARLIER.c.id < _OUTBOX.c.id,
    _is_waiting(_EARLIER),
)
"""Whether nothing that was owed before to the same address about the same ticket still waits."""

_IS_WAITING = _is_waiting(_OUTBOX)
_IS_DUE = sa.and_(
    _IS_WAITING,
    _IS_NEXT,
    _OUTBOX.c.next_attempt_at <= sa.bindparam("now"),
    sa.or_(_OUTBOX.c.claimed_until.is_(None), _OUTBOX.c.claimed_until <= sa.bindparam("now")),
)


@dataclass(frozen=True, slots=True)
class OwedMail:
    """A mail that its claimer is about to send."""

    id: int
    template: Template
    address: str
    locale: str
    account_id: int | None
    ticket_number: int | None
    entry_id: int | None
    payload: dict[str, Any]
    message_id: str
    created_at: datetime
    attempts: int
    claimed_until: datetime


@dataclass(frozen=True, slots=True)
class _Owed:
    subject_key: str
    template: Template
    address: str
    locale: str
    account_id: int | None
    ticket_number: int | None
    entry: Entry | None
    payload: dict[str, Any]
    delay: timedelta
    digest_at: datetime | None


_OWES: Memory[dict[tuple[str, str], _Owed]] = Memory()
"""What the command owes so far, by subject and address."""

_WAITS: Memory[timedelta] = Memory()
"""How long at least all mail of the command waits."""


def owe(
    work: Work,
    *,
    template: Template,
    address: str,
    locale: str,
    subject_key: str,
    account_id: int | None = None,
    ticket_number: int | None = None,
    entry: Entry | None = None,
    payload: dict[str, Any] | None = None,
    delay: timedelta = timedelta(),
    digest_at: datetime | None = None,
) -> None:
    """Note that this command owes ``address`` a mail about ``subject_key`` (``ticket:42``, ``account:7``).

    Of several, the strongest template is kept, the later of equals; the longest delay counts. It waits
    for a digest only when each of them may.
    """
    owed = _OWES.get(work) or _OWES.set(work, {})
    new = _Owed(
        subject_key,
        template,
        address,
        locale,
        account_id,
        ticket_number,
        entry,
        payload or {},
        delay,
        digest_at,
    )
    key = (subject_key, addresses.folded(address))
    other = owed.get(key)
    if other is not None:
        weaker, new = (new, other) if other.template.strength > template.strength else (other, new)
        new = replace(
            new,
            entry=new.entry or weaker.entry,
            delay=max(new.delay, weaker.delay),
            digest_at=new.digest_at and weaker.digest_at,
        )
    owed[key] = new


def put_off(work: Work, delay: timedelta) -> None:
    """Let everything that this command owes wait at least so long, for second thoughts."""
    _WAITS.set(work, delay)


def write(works: Sequence[Work]) -> None:
    """Write the rows of everything that these commands owe; the consequence that comes last."""
    for work in works:
        _write(work)


def _write(work: Work) -> None:
    owed, waits = _OWES.forget(work), _WAITS.forget(work) or timedelta()
    for mail in (owed or {}).values():
        settings = desk_settings.load(work)
        work.later(
            _INSERT,
            {
                "batch_id": work.batch_id,
                "subject_key": mail.subject_key,
                "account_id": mail.account_id,
                "ticket_number": mail.ticket_number,
                "entry_id": mail.entry.id if mail.entry else None,
                "address": mail.address,
                "locale": mail.locale,
                "template": mail.template,
                "payload": mail.payload,
                "message_id": message_ids.make(
                    settings.mail_key,
                    settings.mail_domain,
                    mail.ticket_number,
                    mail.entry.public_key if mail.entry else None,
                    mail.account_id if mail.template is Template.VERIFY else None,
                ),
                "created_at": work.now,
                "next_attempt_at": mail.digest_at or work.now + max(mail.delay, waits),
                "digest_at": mail.digest_at,
                "attempts": 0,
                "claimed_by": "",
                "error": "",
            },
        )


def _claiming(*conditions: sa.ColumnElement[bool]) -> sa.Update:
    """Take due rows that nobody else is taking; PostgreSQL skips those locked by another."""
    due = (
        sa.select(_OUTBOX.c.id)
        .where(_IS_DUE, *conditions)
        .order_by(_OUTBOX.c.next_attempt_at, _OUTBOX.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        sa.update(_OUTBOX)
        .where(_OUTBOX.c.id.in_(sa.select(due.c.id)))
        .values(claimed_by=sa.bindparam("holder"), claimed_until=sa.bindparam("until"))
        .returning(
            _OUTBOX.c.id,
            _OUTBOX.c.template,
            _OUTBOX.c.address,
            _OUTBOX.c.locale,
            _OUTBOX.c.account_id,
            _OUTBOX.c.ticket_number,
            _OUTBOX.c.entry_id,
            _OUTBOX.c.payload,
            _OUTBOX.c.message_id,
            _OUTBOX.c.created_at,
            _OUTBOX.c.attempts,
            _OUTBOX.c.claimed_until,
        )
    )


_CLAIM = _claiming()
_CLAIM_OF_BATCH = _claiming(_OUTBOX.c.batch_id == sa.bindparam("batch"))
_ANY_DUE = sa.select(_OUTBOX.c.id).where(_IS_DUE).limit(1)
_COUNT_DUE = sa.select(sa.func.count()).where(_IS_DUE)
_OF_SESSION = _OUTBOX.c.batch_id.in_(
    sa.select(_BATCH.c.id).where(_BATCH.c.session_id == sa.bindparam("of_session"))
)
# What was written with an SSH key belongs to no session.
_OF_KEY = _OUTBOX.c.batch_id.in_(
    sa.select(_BATCH.c.id).where(
        _BATCH.c.id.in_(sa.bindparam("batches", expanding=True)),
        _BATCH.c.account_id == sa.bindparam("of_account"),
        _BATCH.c.session_id.is_(None),
    )
)
_HURRY = (
    sa.update(_OUTBOX)
    .where(_IS_WAITING, _OUTBOX.c.attempts == 0, _OUTBOX.c.next_attempt_at > sa.bindparam("now"))
    .values(next_attempt_at=sa.bindparam("now"))
)
_HURRY_SESSION, _HURRY_OF_KEY = _HURRY.where(_OF_SESSION), _HURRY.where(_OF_KEY)
_TROUBLE = (
    sa.select(_OUTBOX.c.error)
    .where(_OUTBOX.c.batch_id.in_(sa.bindparam("batches", expanding=True)), _OUTBOX.c.error != "")
    .order_by(_OUTBOX.c.id)
    .limit(1)
)
_IS_STUCK = sa.select(
    sa.and_(
        sa.exists().where(_IS_WAITING, _OUTBOX.c.next_attempt_at <= sa.bindparam("since")),
        sa.not_(leases.has_holder(Duty.MAIL_OUT)),
    )
)
_OWED_BY = sa.select(_OUTBOX.c.id).where(_OUTBOX.c.batch_id == sa.bindparam("batch"), _IS_WAITING).limit(1)

_MINE = sa.and_(
    _OUTBOX.c.id == sa.bindparam("mail"),
    _OUTBOX.c.claimed_by == sa.bindparam("holder"),
    _OUTBOX.c.sent_at.is_(None),
)
_SENT = (
    sa.update(_OUTBOX)
    .where(_MINE)
    .values(
        sent_at=sa.bindparam("now"),
        attempts=_OUTBOX.c.attempts + 1,
        payload=_WITHOUT_SECRET,
        claimed_by="",
        claimed_until=None,
        error="",
    )
)
_LATER = (
    sa.update(_OUTBOX)
    .where(_MINE)
    .values(
        attempts=_OUTBOX.c.attempts + 1,
        next_attempt_at=sa.bindparam("later"),
        claimed_by="",
        claimed_until=None,
        error=sa.bindparam("text"),
    )
)
_FAILED = (
    sa.update(_OUTBOX)
    .where(_MINE)
    .values(
        failed_at=sa.bindparam("now"),
        attempts=_OUTBOX.c.attempts + 1,
        payload=_WITHOUT_SECRET,
        claimed_by="",
        claimed_until=None,
        error=sa.bindparam("text"),
    )
)
_LET_GO = sa.update(_OUTBOX).where(_MINE).values(claimed_by="", claimed_until=None)
_DROP = sa.delete(_OUTBOX).where(_MINE)
_EXPIRED = sa.select(_OUTBOX.c.id).where(_OUTBOX.c.sent_at < sa.bindparam("before")).limit(5_000)


def refused(work: Work, batch_id: str) -> tuple[int, ...]:
    """The tickets about which a command's mail failed for good."""
    return tuple(work.session.execute(_REFUSED, {"batch": batch_id}).scalars())


def claim(work: Work, holder: str, limit: int, of_batch: str | None = None) -> tuple[OwedMail, ...]:
    """Make at most ``limit`` due mails ``holder``'s own for :data:`CLAIM`, oldest first.

    Two senders never get the same row; a claim that is not kept expires. What one address is owed
    about one ticket is claimed in the order in which it was owed, each when that before it is settled.
    """
    given = {"now": work.now, "limit": limit, "holder": holder, "until": work.now + CLAIM}
    if of_batch is None:
        rows = work.session.execute(_CLAIM, given).all()
    else:
        rows = work.session.execute(_CLAIM_OF_BATCH, {**given, "batch": of_batch}).all()
    return tuple(OwedMail(*row) for row in sorted(rows, key=lambda row: row.id))


def is_due(work: Work) -> bool:
    """Whether some mail can be sent now."""
    return work.session.execute(_ANY_DUE, {"now": work.now}).first() is not None


def is_stuck(work: Work) -> bool:
    """Whether staff should know that mail waits for longer than :data:`GRACE` and nobody sends any."""
    if not work.actor.is_staff:
        return False
    given = leases.moments(work) | {"since": work.now - GRACE}
    return bool(work.session.execute(_IS_STUCK, given).scalar_one())


def due(work: Work) -> int:
    """How many mails can be sent now."""
    return int(work.session.execute(_COUNT_DUE, {"now": work.now}).scalar_one())


def is_owed_by(work: Work, batch_id: str) -> bool:
    """Whether a command still owes mail."""
    return work.session.execute(_OWED_BY, {"batch": batch_id}).first() is not None


def trouble_of(work: Work, batch_ids: tuple[str, ...]) -> SafeText:
    """Why mail of these commands was not accepted, empty when nothing was refused."""
    return clean_line(work.session.scalar(_TROUBLE, {"batches": batch_ids}) or "")


def hurry(work: Work, here: Sequence[str] = ()) -> None:
    """End the wait of what the actor wrote in this session: no second thoughts follow.

    Who comes by a key has no session: then ``here`` are the batches of what was written where they leave.
    """
    actor = work.actor
    if actor.session_id is not None:
        work.session.execute(_HURRY_SESSION, {"of_session": actor.session_id, "now": work.now})
    else:
        given = {"batches": list(here), "of_account": actor.account_id, "now": work.now}
        work.session.execute(_HURRY_OF_KEY, given)


def mark_sent(work: Work, mail_id: int, holder: str) -> None:
    """Note that a claimed mail was accepted; a one-time code leaves the row."""
    work.session.execute(_SENT, {"mail": mail_id, "holder": holder, "now": work.now})


def mark_failed(work: Work, mail: OwedMail, holder: str, text: str, *, is_permanent: bool) -> None:
    """Note that a claimed mail was refused: for good, or until it is tried again."""
    given = {"mail": mail.id, "holder": holder, "text": text[:500]}
    if is_permanent or mail.attempts + 1 >= MOST_ATTEMPTS:
        work.session.execute(_FAILED, {**given, "now": work.now})
    else:
        work.session.execute(_LATER, {**given, "later": work.now + wait_after(mail.attempts + 1)})


def let_go(work: Work, mail_id: int, holder: str) -> None:
    """Give a claimed mail back untried."""
    work.session.execute(_LET_GO, {"mail": mail_id, "holder": holder})


def drop(work: Work, mail_id: int, holder: str) -> None:
    """Forget a claimed mail that its recipient may not have any more."""
    work.session.execute(_DROP, {"mail": mail_id, "holder": holder})


def wait_after(attempts: int) -> timedelta:
    """How long a mail rests after its ``attempts``-th refusal: doubling from a minute to an hour."""
    return min(timedelta(minutes=2 ** min(attempts - 1, 10)), LONGEST_WAIT)


def expired(work: Work) -> tuple[int, ...]:
    """Ids of rows that were sent longer than :data:`KEPT` ago; some thousands at a time."""
    return tuple(work.session.execute(_EXPIRED, {"before": work.now - KEPT}).scalars())


def cleanup(work: Work, mail_ids: tuple[int, ...]) -> None:
    """Delete the rows that :func:`expired` named."""
    work.session.execute(
        sa.delete(_OUTBOX).where(_OUTBOX.c.id.in_(mail_ids), _OUTBOX.c.sent_at < work.now - KEPT)
    )

"""Mail that comes in, as it came: kept before anything is read from it, until somebody decides it.

Keeping is a transaction of its own, so that whoever delivered a mail may forget it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import storable
from sysmo_tui.models import BlobChunk, InboundMail, table
from sysmo_tui.services import files, mail_sight
from sysmo_tui.storage import mail_store

KEPT_OF_LARGE = files.CHUNK
"""Bytes that are kept of a mail over the desk's limit."""

MOST_ATTEMPTS = 3
"""After so many a mail that cannot be read or decided waits for a person."""

TURN = mail_store.TURN
_MAIL, _CHUNK = table(InboundMail), table(BlobChunk)
_IS_PENDING = _MAIL.c.verdict == Verdict.PENDING
_SUMMARY = sa.select(
    sa.select(sa.func.count()).where(_IS_PENDING).scalar_subquery().label("pending"),
    sa.select(sa.func.min(_MAIL.c.received_at)).where(_IS_PENDING).scalar_subquery().label("oldest"),
    sa.select(sa.func.count()).where(_IS_PENDING, _MAIL.c.error != "").scalar_subquery().label("struggling"),
    sa.select(sa.func.count())
    .where(_MAIL.c.verdict == Verdict.QUARANTINED)
    .scalar_subquery()
    .label("quarantined"),
    sa.select(_MAIL.c.received_at).order_by(_MAIL.c.id.desc()).limit(1).scalar_subquery().label("newest"),
)
_IS_DUE = sa.and_(_MAIL.c.verdict == Verdict.PENDING, _MAIL.c.next_attempt_at <= sa.bindparam("now"))
_DUE = sa.select(_MAIL.c.id).where(_IS_DUE).order_by(_MAIL.c.id).limit(sa.bindparam("most", type_=sa.Integer))
_TURN = (
    sa.update(_MAIL)
    .where(_MAIL.c.id == sa.bindparam("mail"), _IS_DUE)
    .values(attempts=_MAIL.c.attempts + 1, next_attempt_at=sa.bindparam("later"))
)
_FIRST_TURN = (
    sa.update(_MAIL)
    .where(
        _MAIL.c.id.in_(
            sa.select(_MAIL.c.id)
            .where(_IS_DUE, _MAIL.c.attempts == 0)
            .order_by(_MAIL.c.id)
            .limit(sa.bindparam("most", type_=sa.Integer))
            .with_for_update(skip_locked=True)
        ),
    )
    .values(attempts=1, next_attempt_at=sa.bindparam("later"))
    .returning(_MAIL.c.id)
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


@dataclass(frozen=True, slots=True)
class RawMail:
    """The bytes of a kept mail, and how often somebody began to read them."""

    mailbox: str
    content: bytes
    size: int
    is_cut: bool
    attempts: int


@dataclass(frozen=True, slots=True)
class Summary:
    """How much of the mail that came in is not decided, since when, and how much waits for a person.

    ``struggling`` is what somebody tried to read or decide in vain; ``newest`` is when mail came last,
    None when it never did.
    """

    pending: int
    oldest: datetime | None
    struggling: int
    quarantined: int
    newest: datetime | None


def keep(work: Work, mailbox: str, raw: Raw, staged: str | None = None) -> Kept:
    """:func:`keep_all` for one mail."""
    return keep_all(work, mailbox, ((raw, staged),))[0]


def keep_all(
    work: Work, mailbox: str, raws: Sequence[tuple[Raw, str | None]], *, is_ours: bool = True
) -> tuple[Kept, ...]:
    """Keep mails as they came; the same bytes in the same mailbox are the same mail.

    Each comes with the blob that holds its content already; without one it is written here. Whoever
    keeps it decides it, unless not ``is_ours``: then it is due at once, for others.
    """
    require_right(work.actor, Right.OPERATE)
    return mail_store.keep_all(work.session, work.now, mailbox, raws, is_ours=is_ours)


def due(work: Work, most: int) -> tuple[int, ...]:
    """Mails that nobody decided though it was time to, oldest first."""
    require_right(work.actor, Right.OPERATE)
    return tuple(work.session.execute(_DUE, {"now": work.now, "most": most}).scalars())


def take_first_turns(work: Work, most: int) -> tuple[int, ...]:
    """Make mails that nobody has begun to read the caller's for :data:`TURN`; which, oldest first."""
    require_right(work.actor, Right.OPERATE)
    given = {"now": work.now, "later": work.now + TURN, "most": most}
    return tuple(sorted(work.session.execute(_FIRST_TURN, given).scalars()))


def take_turn(work: Work, inbound_id: int) -> bool:
    """Make a due mail the caller's for :data:`TURN`, and count that; False when somebody was faster."""
    require_right(work.actor, Right.OPERATE)
    given = {"mail": inbound_id, "now": work.now, "later": work.now + TURN}
    return work.affected(_TURN, given) == 1


def put_off(work: Work, inbound_id: int, text: str, *, is_counted: bool) -> None:
    """Note why a mail was not decided; an attempt that only found the desk away is not counted."""
    require_right(work.actor, Right.OPERATE)
    given = {
        "mail": inbound_id,
        "text": storable(text)[:500],
        "later": work.now + TURN,
        "given_back": 0 if is_counted else 1,
    }
    work.session.execute(_PUT_OFF, given)


def raw(work: Work, inbound_id: int) -> RawMail:
    """The bytes of a kept mail, for the desk itself, which works on it."""
    require_right(work.actor, Right.OPERATE)
    rows = work.session.execute(_RAW, {"mail": inbound_id}).all()
    if not rows:
        raise mail_sight.missing(inbound_id)
    first = rows[0]
    content = b"".join(row.content for row in rows if row.content is not None)
    return RawMail(first.mailbox, content, first.size, first.is_cut, first.attempts)


def summary(work: Work) -> Summary:
    """What waits of the mail that came in."""
    require_right(work.actor, Right.OPERATE)
    row = work.session.execute(_SUMMARY).one()
    return Summary(row.pending, row.oldest, row.struggling, row.quarantined, row.newest)

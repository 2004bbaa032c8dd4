"""Mail that waits for a person's decision: listing, counting, and turning it away.

Accepting takes the mail's bytes, and is done where those are read.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import AuditKind, MailReason, Verdict
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, has, require_right
from sysmo_tui.domain.views import Page
from sysmo_tui.models import InboundMail, table
from sysmo_tui.services import audit, cursors, kept_mail, mail_sight, senders, visible
from sysmo_tui.services.kept_mail import MailLine, MailRecord

PAGE = 50
LONGEST_PAGE = 1000
MOST_COUNTED = 1000
"""From here on a count says no more than that there are many."""

_MAIL = table(InboundMail)
# Spelled out, for a bound value would keep SQLite from the partial index.
_WAITS = sa.text("inbound_mail.verdict = 'quarantined'")


def _reads(sees_all: bool) -> tuple[sa.Select[Any], sa.Select[Any]]:
    """The page and the count, for who sees all or only some."""
    seen = (_WAITS, mail_sight.known(sees_all=sees_all))
    page = (
        kept_mail.LINES.where(*seen, _MAIL.c.id > sa.bindparam("after"))
        .order_by(_MAIL.c.id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
    )
    some = sa.select(_MAIL.c.id).where(*seen).limit(MOST_COUNTED).subquery()
    return page, sa.select(sa.func.count()).select_from(some)


_READS = {sees_all: _reads(sees_all) for sees_all in (True, False)}
_TURN_AWAY = (
    sa.update(_MAIL)
    .where(_MAIL.c.id == sa.bindparam("mail"), _WAITS)
    .values(
        verdict=Verdict.DROPPED,
        reason=MailReason.REJECTED,
        decided_at=sa.bindparam("now"),
        decided_by_id=sa.bindparam("me"),
    )
)


def page(work: Work, *, after: str | None = None, limit: int = PAGE) -> Page[MailLine]:
    """The mail that waits and that the actor, of the staff, may decide about; oldest first."""
    require_right(work.actor, Right.DECIDE_MAIL)
    limit = max(1, min(limit, LONGEST_PAGE))
    given = {"after": 0 if after is None else cursors.key(after), "limit": limit + 1}
    statement = _READS[work.actor.role.sees_all][0]
    rows = work.session.execute(statement, given | visible.values(work.actor)).all()
    items = tuple(kept_mail.line(row) for row in rows[:limit])
    return Page(items, None, str(items[-1].id) if len(rows) > limit else None)


def count(work: Work) -> int:
    """How much mail waits for the actor's decision, at most :data:`MOST_COUNTED`; none for customers."""
    if not has(work.actor, Right.DECIDE_MAIL):
        return 0
    statement = _READS[work.actor.role.sees_all][1]
    return int(work.session.execute(statement, visible.values(work.actor)).scalar_one())


def require_waiting(work: Work, inbound_id: int) -> MailRecord:
    """A mail that waits, for who may decide about it; Conflict when somebody was faster."""
    record = kept_mail.show(work, inbound_id)
    if record.line.verdict is not Verdict.QUARANTINED:
        raise decided(inbound_id)
    return record


def reject(work: Work, inbound_id: int, *, blocks: bool = False) -> MailRecord:
    """Turn a waiting mail away: nobody is told, and its bytes stay.

    With ``blocks`` nothing more comes in from that address. Conflict when somebody decided before.
    """
    record = require_waiting(work, inbound_id)
    turned = work.affected(_TURN_AWAY, {"mail": inbound_id, "now": work.now, "me": work.actor.account_id})
    if not turned:
        raise decided(inbound_id)
    if blocks:
        senders.block_address(work, record.line.sender)
    detail = {"decision": "reject", "mail": inbound_id, "reason": record.line.reason}
    audit.record(work, AuditKind.MAIL_DECIDED, detail=detail)
    return kept_mail.show(work, inbound_id)


def reject_all(work: Work, inbound_ids: Sequence[int], *, blocks: bool = False) -> tuple[MailRecord, ...]:
    """Turn several waiting mails away, all or none; see :func:`reject`."""
    return tuple(reject(work, inbound_id, blocks=blocks) for inbound_id in dict.fromkeys(inbound_ids))


def decided(inbound_id: int) -> Conflict:
    """What is said to the second who decides."""
    return Conflict(N_("Mail {id} was decided already."), id=inbound_id)

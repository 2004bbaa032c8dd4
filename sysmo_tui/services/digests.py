"""Mail that is gathered: what happened since the last time, in one mail a person and day.

What is meant for a digest is an outbox row like any other, with ``digest_at``: it never leaves by itself,
and counts as sent once a digest tells of it.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import policy
from sysmo_tui.domain.enums import MailFrequency, Template
from sysmo_tui.domain.policy import Right
from sysmo_tui.models import Account, Outbox, table
from sysmo_tui.services import outbox

HOUR = time(8)
"""When digests leave, in the recipient's own time zone."""

_OUTBOX, _ACCOUNT = table(Outbox), table(Account)
_IS_DUE = sa.and_(
    _OUTBOX.c.digest_at <= sa.bindparam("now"),
    _OUTBOX.c.sent_at.is_(None),
    _OUTBOX.c.failed_at.is_(None),
    _OUTBOX.c.held_at.is_(None),
)
_NEXT_DUE = sa.select(_OUTBOX.c.account_id, _OUTBOX.c.address).where(_IS_DUE).limit(1)
_GATHER = (
    sa.select(_OUTBOX.c.id, _OUTBOX.c.ticket_number, _OUTBOX.c.entry_id, _OUTBOX.c.template)
    .where(
        _IS_DUE,
        _OUTBOX.c.account_id == sa.bindparam("account"),
        _OUTBOX.c.address == sa.bindparam("address"),
    )
    .order_by(_OUTBOX.c.id)
    .with_for_update()
)
_IS_GATHERED = _OUTBOX.c.id.in_(sa.bindparam("gathered", expanding=True))
_FORGET = sa.delete(_OUTBOX).where(_IS_GATHERED)
_TOLD = sa.update(_OUTBOX).where(_IS_GATHERED).values(sent_at=sa.bindparam("at"))
_WISHES = sa.select(_ACCOUNT.c.locale, _ACCOUNT.c.mail_frequency).where(
    _ACCOUNT.c.id == sa.bindparam("account")
)


def next_at(now: datetime, zone: ZoneInfo) -> datetime:
    """The next :data:`HOUR` of somebody in ``zone``, in UTC, later than ``now``."""
    local = now.astimezone(zone)
    day = local.date() if local.time() < HOUR else local.date() + timedelta(days=1)
    return datetime.combine(day, HOUR, zone).astimezone(UTC)


def next_due(work: Work) -> tuple[int, str] | None:
    """Somebody whose digest is due: the account, and the address to which it goes."""
    policy.require_right(work.actor, Right.OPERATE)
    row = work.session.execute(_NEXT_DUE, {"now": work.now}).first()
    return None if row is None else (row.account_id, row.address)


def gather(work: Work, account_id: int, address: str) -> int:
    """Turn all that is due for somebody into one mail; returns how much it was.

    What was gathered counts as sent from then on, by this worker and every other. Whoever wants no mail by
    now gets none.
    """
    policy.require_right(work.actor, Right.OPERATE)
    given = {"now": work.now, "account": account_id, "address": address}
    rows = work.session.execute(_GATHER, given).all()
    if not rows:
        return 0
    gathered = [row.id for row in rows]
    wishes = work.session.execute(_WISHES, {"account": account_id}).one()
    if wishes.mail_frequency is MailFrequency.OFF:
        work.session.execute(_FORGET, {"gathered": gathered})
    else:
        work.session.execute(_TOLD, {"gathered": gathered, "at": work.now})
        outbox.owe(
            work,
            template=Template.DIGEST,
            address=address,
            locale=wishes.locale,
            subject_key=f"digest:{account_id}",
            account_id=account_id,
            payload={"items": _by_ticket(rows)},
        )
    return len(rows)


def _by_ticket(rows: Any) -> list[dict[str, Any]]:
    """What happened to each ticket, in the order in which it began: the kinds of news, the newest entry."""
    items: dict[int, dict[str, Any]] = {}
    for row in rows:
        item = items.setdefault(
            row.ticket_number, {"ticket": row.ticket_number, "templates": [], "about": "", "entry": None}
        )
        if row.template.value not in item["templates"]:
            item["templates"].append(row.template.value)
        if row.entry_id is not None or item["entry"] is None:
            item["about"], item["entry"] = row.template.value, row.entry_id
    return list(items.values())

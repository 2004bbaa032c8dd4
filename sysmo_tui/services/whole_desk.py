"""What concerns the database as a whole, for those who hold it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.models import AccountEmail, Entry, Ticket, table
from sysmo_tui.services import audit

_TICKETS = sa.select(sa.func.count()).select_from(table(Ticket))
_ACCOUNT = sa.select(table(AccountEmail).c.account_id).where(
    table(AccountEmail).c.folded == sa.bindparam("folded")
)
_ENTRIES = sa.select(sa.func.count()).select_from(table(Entry))


@dataclass(frozen=True, slots=True)
class Size:
    """How much a desk holds."""

    tickets: int
    entries: int


def size(work: Work) -> Size:
    """How many tickets and entries the desk has."""
    require_right(work.actor, Right.OPERATE)
    return Size(work.session.execute(_TICKETS).scalar_one(), work.session.execute(_ENTRIES).scalar_one())


def note(work: Work, kind: AuditKind, by: str = "", detail: Mapping[str, str] | None = None) -> None:
    """Keep in the audit log that the whole desk was copied or put back, and who was signed in."""
    require_right(work.actor, Right.OPERATE)
    actor_id = work.session.execute(_ACCOUNT, {"folded": addresses.folded(by)}).scalar() if by else None
    unknown = {"by": by} if by and actor_id is None else {}
    audit.record(work, kind, actor_id=actor_id, detail=unknown | dict(detail or {}))

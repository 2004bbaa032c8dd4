"""The audit log: sign-ins, failures, roles, configuration, exports: who, when, from where."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AuditKind, Channel
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import Page
from sysmo_tui.models import Account, AccountEmail, Audit, table
from sysmo_tui.services import cursors

_AUDIT, _ACCOUNT, _EMAIL = table(Audit), table(Account), table(AccountEmail)
_INSERT = sa.insert(_AUDIT)

PAGE = 100
LONGEST_PAGE = 1000
_LISTS = frozenset({"added", "edits", "fields", "new", "old", "operators", "removed"})
"""Names under which a record holds a list of things."""


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One line of the audit log. ``actor`` is None for the desk itself and for visitors."""

    id: int
    at: datetime
    kind: AuditKind
    actor: SafeText | None
    account: SafeText | None
    channel: Channel
    source: SafeText
    detail: dict[str, SafeText]


def record(
    work: Work,
    kind: AuditKind,
    *,
    account_id: int | None = None,
    actor_id: int | None = None,
    detail: dict[str, Any] | None = None,
) -> None:
    """Append a line about ``account_id``; the actor is whoever is signed in, or ``actor_id``.

    ``detail`` must hold no secret.
    """
    work.later(
        _INSERT,
        {
            "at": work.now,
            "kind": kind,
            "actor_id": actor_id or (work.signed_in.account_id if work.signed_in else None),
            "account_id": account_id,
            "channel": work.caller.channel,
            "source": work.caller.source,
            "detail": detail or {},
        },
    )


def exported(work: Work, what: str) -> None:
    """Note that the actor, of the staff, takes ``what`` out of the desk as a file."""
    require_right(work.actor, Right.SEE_PEOPLE)
    record(work, AuditKind.EXPORTED, detail={"what": what})


def _address(of: sa.ColumnElement[Any]) -> sa.ScalarSelect[Any]:
    email = _EMAIL.alias()
    return (
        sa.select(sa.func.min(email.c.address))
        .where(email.c.account_id == of, email.c.is_primary)
        .scalar_subquery()
    )


_LINES = sa.select(
    _AUDIT.c.id,
    _AUDIT.c.at,
    _AUDIT.c.kind,
    _AUDIT.c.channel,
    _AUDIT.c.source,
    _AUDIT.c.detail,
    _address(_AUDIT.c.actor_id).label("actor"),
    _address(_AUDIT.c.account_id).label("account"),
).order_by(_AUDIT.c.id.desc())


def page(
    work: Work,
    *,
    actor: str | None = None,
    since: datetime | None = None,
    kind: AuditKind | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[AuditLine]:
    """The audit log, newest first; ``actor`` is an address, either who did it or whom it concerned."""
    require_right(work.actor, Right.READ_AUDIT)
    limit = max(1, min(limit, LONGEST_PAGE))
    statement = _LINES.limit(limit + 1)
    if actor is not None:
        who = sa.select(_EMAIL.c.account_id).where(_EMAIL.c.folded == addresses.folded(actor))
        statement = statement.where(sa.or_(_AUDIT.c.actor_id.in_(who), _AUDIT.c.account_id.in_(who)))
    if since is not None:
        statement = statement.where(_AUDIT.c.at >= since)
    if kind is not None:
        statement = statement.where(_AUDIT.c.kind == kind)
    if after is not None:
        statement = statement.where(_AUDIT.c.id < cursors.key(after))
    rows = work.session.execute(statement).all()
    lines = tuple(_line(row) for row in rows[:limit])
    return Page(lines, None, str(lines[-1].id) if len(rows) > limit else None)


def _line(row: Any) -> AuditLine:
    return AuditLine(
        id=row.id,
        at=row.at,
        kind=row.kind,
        actor=None if row.actor is None else clean_line(row.actor),
        account=None if row.account is None else clean_line(row.account),
        channel=row.channel,
        source=clean_line(row.source),
        detail={name: clean_line(_said(name, value)) for name, value in row.detail.items()},
    )


def _said(name: str, value: object) -> str:
    """A value in words; what changed is noted by its own name, with what it was and what it is."""
    if isinstance(value, list):
        if name not in _LISTS and len(value) == 2:
            return " → ".join("—" if each in (None, "") else str(each) for each in value)
        return ", ".join(str(each) for each in value)
    return "" if value is None else str(value)

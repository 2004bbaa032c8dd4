"""Sessions: opened at sign-in, listed, and ended at once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AuditKind, Channel
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, has, require_right
from sysmo_tui.domain.text import SafeText, clean_line, storable
from sysmo_tui.identity import IDLE_LIMIT, digest
from sysmo_tui.models import SignIn, table
from sysmo_tui.services import administrators, audit, people

LONGEST = timedelta(days=30)
"""A session ends after this long, however much it is used."""

_SESSION = table(SignIn)
_OPEN = sa.insert(_SESSION)
_LIVE = (
    sa.select(
        _SESSION.c.id,
        _SESSION.c.account_id,
        _SESSION.c.secret_hash,
        _SESSION.c.channel,
        _SESSION.c.source,
        _SESSION.c.created_at,
        _SESSION.c.last_seen_at,
        _SESSION.c.expires_at,
    )
    .where(
        _SESSION.c.ended_at.is_(None),
        _SESSION.c.expires_at > sa.bindparam("now"),
        _SESSION.c.last_seen_at > sa.bindparam("idle_since"),
    )
    .order_by(_SESSION.c.last_seen_at.desc(), _SESSION.c.id.desc())
)
_LIVE_OF = _LIVE.where(_SESSION.c.account_id == sa.bindparam("account"))
_END = (
    sa.update(_SESSION)
    .where(_SESSION.c.id == sa.bindparam("session"), _SESSION.c.ended_at.is_(None))
    .values(ended_at=sa.bindparam("now"))
)
_END_ALL = (
    sa.update(_SESSION)
    .where(_SESSION.c.account_id == sa.bindparam("account"), _SESSION.c.ended_at.is_(None))
    .values(ended_at=sa.bindparam("now"))
)

_END_OTHERS = _END_ALL.where(_SESSION.c.id.is_distinct_from(sa.bindparam("current")))


@dataclass(frozen=True, slots=True)
class SessionLine:
    """An open session; ``is_current`` is the one that asks.

    ``id`` names it and tells nothing else: not how many others there are.
    """

    id: str
    channel: Channel
    source: SafeText
    created_at: datetime
    last_seen_at: datetime
    expires_at: datetime
    is_current: bool


@dataclass(frozen=True, slots=True)
class Ended:
    """How many sessions were ended."""

    sessions: int


def new_secret() -> str:
    """A secret of 256 random bits for a session to come."""
    return secrets.token_urlsafe(32)


def open_session(
    work: Work, account_id: int, channel: Channel, source: str = "", *, secret: str | None = None
) -> str:
    """Open a session for an account and return its secret, new unless given, which is not kept."""
    secret = secret or new_secret()
    work.session.execute(
        _OPEN,
        {
            "secret_hash": digest(secret),
            "account_id": account_id,
            "channel": channel,
            "source": storable(source)[:200],
            "created_at": work.now,
            "last_seen_at": work.now,
            "expires_at": work.now + LONGEST,
            "ended_at": None,
        },
    )
    return secret


def mine(work: Work) -> tuple[SessionLine, ...]:
    """The actor's open sessions, the last used first."""
    return _lines(work, work.actor.account_id)


def of_account(work: Work, email: str) -> tuple[SessionLine, ...]:
    """The open sessions of an account, for administrators."""
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    return _lines(work, people.named(work, email).id)


def revoke(work: Work, session_id: str) -> Ended:
    """End one of the actor's sessions, or as an administrator anyone's; NotFound for others."""
    is_of_all = has(work.actor, Right.MANAGE_ACCOUNTS)
    rows = work.session.execute(_LIVE if is_of_all else _LIVE_OF, _bound(work, work.actor.account_id)).all()
    found = next((row for row in rows if _public_id(row.secret_hash) == session_id), None)
    if found is None:
        raise NotFound(N_("There is no open session {session}."), session=clean_line(session_id, 40))
    if found.account_id != work.actor.account_id:
        administrators.take_turn(work)
    end(work, found.id)
    audit.record(work, AuditKind.SESSION_REVOKED, account_id=found.account_id, detail={"sessions": 1})
    return Ended(1)


def revoke_all(work: Work, email: str) -> Ended:
    """End every session of an account; the actor's own, or as an administrator anyone's."""
    if work.actor.account_id is None or addresses.folded(email) != addresses.folded(work.actor.email):
        administrators.take_turn(work)
    account_id = people.named(work, email).id
    ended = Ended(end_all(work, account_id))
    audit.record(work, AuditKind.SESSION_REVOKED, account_id=account_id, detail={"sessions": ended.sessions})
    return ended


def revoke_others(work: Work) -> Ended:
    """End every session of the actor's but the one that asks; says how many were in use."""
    actor = work.actor
    others = sum(not line.is_current for line in mine(work))
    ended = {"account": actor.account_id, "current": actor.session_id, "now": work.now}
    if work.affected(_END_OTHERS, ended):
        audit.record(
            work, AuditKind.SESSION_REVOKED, account_id=actor.account_id, detail={"sessions": others}
        )
    return Ended(others)


def sign_out(work: Work, *, everywhere: bool = False) -> Ended:
    """End this session, or all of the account's; nothing happens without one."""
    actor = work.signed_in
    if actor is None or actor.account_id is None:
        return Ended(0)
    if everywhere:
        ended = end_all(work, actor.account_id)
    else:
        ended = end(work, actor.session_id) if actor.session_id is not None else 0
    audit.record(work, AuditKind.SIGNED_OUT, account_id=actor.account_id, detail={"sessions": ended})
    return Ended(ended)


def end(work: Work, session_id: int) -> int:
    """End one session; returns how many that was."""
    return work.affected(_END, {"session": session_id, "now": work.now})


def end_all(work: Work, account_id: int) -> int:
    """End every session of an account; returns how many there were."""
    return work.affected(_END_ALL, {"account": account_id, "now": work.now})


def _lines(work: Work, account_id: int | None) -> tuple[SessionLine, ...]:
    current = work.actor.session_id
    rows = work.session.execute(_LIVE_OF, _bound(work, account_id))
    return tuple(
        SessionLine(
            id=_public_id(row.secret_hash),
            channel=row.channel,
            source=clean_line(row.source),
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            expires_at=row.expires_at,
            is_current=row.id == current,
        )
        for row in rows
    )


def _bound(work: Work, account_id: int | None) -> dict[str, Any]:
    return {"account": account_id, "now": work.now, "idle_since": work.now - IDLE_LIMIT}


def _public_id(secret_hash: str) -> str:
    """What names a session: as random as its secret, which it does not tell."""
    return digest(f"name of {secret_hash}")[:12]

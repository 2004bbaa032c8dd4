"""From a session's secret, or an SSH key, to an actor: one statement, in every unit of work."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.domain.actor import Actor, Caller
from sysmo_tui.domain.enums import AccountState
from sysmo_tui.domain.errors import NotSignedIn
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import clean_line
from sysmo_tui.models import Account, AccountEmail, SignIn, SshKey, TopicMember, table
from sysmo_tui.storage.listed import joined

IDLE_LIMIT = timedelta(hours=12)
"""A session that nobody used for this long has ended."""

_ACCOUNT, _EMAIL, _SESSION, _MEMBER = table(Account), table(AccountEmail), table(SignIn), table(TopicMember)

_TOPICS = (
    sa.select(joined(sa.cast(_MEMBER.c.topic_id, sa.String), ","))
    .where(_MEMBER.c.account_id == _ACCOUNT.c.id)
    .scalar_subquery()
)

_PERSON = (
    _ACCOUNT.c.id,
    _ACCOUNT.c.role,
    _ACCOUNT.c.name,
    _ACCOUNT.c.company_id,
    _ACCOUNT.c.locale,
    _ACCOUNT.c.time_zone,
    _ACCOUNT.c.must_change_password,
    _EMAIL.c.address,
    _TOPICS.label("topics"),
)
_HAS_ADDRESS = sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary)

# Tables are joined in this order, from the one row that is known.
_BY_SECRET = (
    sa.select(*_PERSON, _SESSION.c.id.label("session_id"), _SESSION.c.last_seen_at)
    .select_from(_SESSION)
    .join(_ACCOUNT, _ACCOUNT.c.id == _SESSION.c.account_id)
    .join(_EMAIL, _HAS_ADDRESS)
    .where(
        _SESSION.c.secret_hash == sa.bindparam("hash"),
        _SESSION.c.ended_at.is_(None),
        _SESSION.c.expires_at > sa.bindparam("now"),
        _SESSION.c.last_seen_at > sa.bindparam("idle_since"),
        _ACCOUNT.c.state == AccountState.ACTIVE,
    )
)

_KEY = table(SshKey)
_BY_KEY = (
    sa.select(*_PERSON, _KEY.c.id.label("key_id"))
    .select_from(_KEY)
    .join(_ACCOUNT, _ACCOUNT.c.id == _KEY.c.account_id)
    .join(_EMAIL, _HAS_ADDRESS)
    .where(
        _KEY.c.fingerprint == sa.bindparam("fingerprint"),
        _KEY.c.revoked_at.is_(None),
        _ACCOUNT.c.state == AccountState.ACTIVE,
    )
)

_BY_ACCOUNT = (
    sa.select(*_PERSON)
    .select_from(_ACCOUNT)
    .join(_EMAIL, _HAS_ADDRESS)
    .where(_ACCOUNT.c.id == sa.bindparam("account"))
)

_SEEN = (
    sa.update(_SESSION)
    .where(_SESSION.c.id == sa.bindparam("session"), _SESSION.c.last_seen_at < sa.bindparam("seen"))
    .values(last_seen_at=sa.bindparam("seen"))
)


def not_signed_in() -> NotSignedIn:
    """The refusal of whoever has to sign in first."""
    return NotSignedIn(N_("You are not signed in. Sign in first: {command}"), command=Advice("sysmo login"))


def digest(secret: str) -> str:
    """How a secret of ≥ 128 random bits is stored: SHA-256, in hex."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def resolve(session: Session, caller: Caller, now: datetime) -> tuple[Actor | None, datetime | None]:
    """The actor behind ``caller``, and when the session was last used.

    No actor for a visitor, or one whose session is not (or no longer) good.
    """
    if caller.is_desk:
        return Actor.desk(caller.channel, caller.source), None
    if caller.secret is None:
        return _by_key(session, caller), None
    row = session.execute(
        _BY_SECRET, {"hash": digest(caller.secret), "now": now, "idle_since": now - IDLE_LIMIT}
    ).first()
    if row is None:
        return None, None
    return _actor(row, caller, session_id=row.session_id), row.last_seen_at


def of_account(session: Session, account_id: int, caller: Caller) -> Actor:
    """An account as an actor without a session, for what the desk does in its name."""
    return _actor(session.execute(_BY_ACCOUNT, {"account": account_id}).one(), caller)


def note_seen(session: Session, session_id: int, now: datetime) -> None:
    """Remember that a session was used at ``now``."""
    session.execute(_SEEN, {"session": session_id, "seen": now})


def _by_key(session: Session, caller: Caller) -> Actor | None:
    """Whose key it is: what is revoked, disabled or changed counts from the next unit of work on."""
    if caller.key is None:
        return None
    row = session.execute(_BY_KEY, {"fingerprint": caller.key}).first()
    if row is None or caller.holder not in (None, (row.id, row.role)):
        return None
    return _actor(row, caller, key_id=row.key_id)


def _actor(
    row: sa.Row[*tuple[Any, ...]], caller: Caller, *, session_id: int | None = None, key_id: int | None = None
) -> Actor:
    return Actor(
        account_id=row.id,
        role=row.role,
        name=clean_line(row.name),
        email=row.address,
        channel=caller.channel,
        source=caller.source,
        session_id=session_id,
        key_id=key_id,
        is_remote=caller.is_remote,
        topics=frozenset(int(topic) for topic in (row.topics or "").split(",") if topic),
        company_id=row.company_id,
        locale=row.locale,
        time_zone=row.time_zone,
        must_change_password=row.must_change_password,
    )

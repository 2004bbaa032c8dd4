"""SSH keys that open the door for an account: bound by who connected with them, and revoked at once.

A key stands for a session as long as it is bound: there is none to end beside it. Only accounts in use
have keys: disabling an account and taking its password away revoke them, and they do not come back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.enums import AccountState, AuditKind, Template
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.policy import Right, has, require_right
from sysmo_tui.domain.ssh_keys import PublicKey
from sysmo_tui.domain.text import SafeText, clean_line, storable, storable_line
from sysmo_tui.identity import IDLE_LIMIT
from sysmo_tui.models import Account, SshKey, table
from sysmo_tui.services import administrators, audit, outbox, people, signing_in
from sysmo_tui.services.signing_in import Proof

MOST = 20
"""Keys that one account may have."""
LONGEST_LABEL = 60
SHORTEST_NAME = 6
"""Characters of a fingerprint, behind ``SHA256:``, that name a key."""

_PREFIX = "SHA256:"
_USED_EVERY = timedelta(minutes=5)

_KEY, _ACCOUNT = table(SshKey), table(Account)
_INSERT = sa.insert(_KEY)
_LIVE = (
    sa.select(
        _KEY.c.id,
        _KEY.c.account_id,
        _KEY.c.fingerprint,
        _KEY.c.algorithm,
        _KEY.c.label,
        _KEY.c.created_at,
        _KEY.c.last_used_at,
        _KEY.c.last_source,
    )
    .where(_KEY.c.revoked_at.is_(None))
    .order_by(_KEY.c.created_at.desc(), _KEY.c.id.desc())
)
_LIVE_OF = _LIVE.where(_KEY.c.account_id == sa.bindparam("account"))
_STATE = (
    sa.select(_ACCOUNT.c.state)
    .where(_ACCOUNT.c.id == sa.bindparam("account"))
    .with_for_update(key_share=True)
)
_LABEL = sa.update(_KEY).where(_KEY.c.id == sa.bindparam("key")).values(label=sa.bindparam("text"))
_REVOKE = (
    sa.update(_KEY)
    .where(_KEY.c.id == sa.bindparam("key"), _KEY.c.revoked_at.is_(None))
    .values(revoked_at=sa.bindparam("now"))
)
_REVOKE_ALL = (
    sa.update(_KEY)
    .where(_KEY.c.account_id == sa.bindparam("account"), _KEY.c.revoked_at.is_(None))
    .values(revoked_at=sa.bindparam("now"))
)
_USED = (
    sa.update(_KEY)
    .where(_KEY.c.id == sa.bindparam("key"))
    .values(last_used_at=sa.bindparam("now"), last_source=sa.bindparam("place"))
)
_LAST = sa.select(_KEY.c.fingerprint, _KEY.c.last_used_at, _KEY.c.last_source).where(
    _KEY.c.id == sa.bindparam("key")
)


@dataclass(frozen=True, slots=True)
class KeyLine:
    """A key of an account; ``is_current`` is the one of the connection that asks."""

    fingerprint: SafeText
    algorithm: SafeText
    label: SafeText
    created_at: datetime
    last_used_at: datetime | None
    last_source: SafeText
    is_current: bool


@dataclass(frozen=True, slots=True)
class KeysRevoked:
    """How many keys were revoked."""

    keys: int


def bind(work: Work, key: PublicKey, label: str = "") -> KeyLine:
    """Let the key of this connection open the door for the actor; a second time only the label changes.

    Forbidden for any other key: only who connects with a key has shown that it is theirs.
    """
    account_id = work.actor.account_id
    if account_id is None:
        raise Forbidden(
            N_("The desk itself has no keys. Sign in first: {command}"), command=Advice("sysmo login")
        )
    _require_shown(work, key)
    return _bind(work, account_id, key, label)


def bind_after_password(door: Door, email: str, password: str, key: PublicKey, label: str = "") -> KeyLine:
    """Let the key of this connection open the door for the owner of ``email`` and ``password``.

    Refused in the words of signing in, and as slowly, when they do not go together.
    """
    proof = signing_in.prove(door, email, password)
    if proof is None:
        raise signing_in.wrong()
    return door.write(bind_proven, proof, key, label)


def bind_proven(work: Work, proof: Proof, key: PublicKey, label: str = "") -> KeyLine:
    """Bind the key of this connection for someone whose password was right, if it is still the password."""
    _require_shown(work, key)
    signing_in.accept(work, proof)
    return _bind(work, proof.account_id, key, label)


def bind_for(work: Work, email: str, key: PublicKey, label: str = "") -> KeyLine:
    """Let a key open the door for somebody else, as an administrator; the owner is told by mail."""
    administrators.take_turn(work)
    return _bind(work, people.named(work, email).id, key, label)


def mine(work: Work) -> tuple[KeyLine, ...]:
    """The actor's keys, the newest first."""
    return _lines(work, work.actor.account_id)


def of_account(work: Work, email: str) -> tuple[KeyLine, ...]:
    """The keys of an account, for administrators."""
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    return _lines(work, people.named(work, email).id)


def revoke(work: Work, name: str) -> KeysRevoked:
    """Revoke one of the actor's keys, or as an administrator anyone's; NotFound for others.

    ``name`` is its fingerprint, or enough of the beginning to tell it from the others.
    """
    is_of_all = has(work.actor, Right.MANAGE_ACCOUNTS)
    found = _named(work, _LIVE if is_of_all else _LIVE_OF, name)
    if found.account_id != work.actor.account_id:
        administrators.take_turn(work)
    if work.affected(_REVOKE, {"key": found.id, "now": work.now}) != 1:
        raise _no_key(name)
    audit.record(work, AuditKind.KEY_REVOKED, account_id=found.account_id, detail={"key": found.fingerprint})
    return KeysRevoked(1)


def revoke_all(work: Work, account_id: int) -> int:
    """Revoke every key of an account, as part of what ends its use; returns how many there were."""
    revoked = work.affected(_REVOKE_ALL, {"account": account_id, "now": work.now})
    if revoked:
        audit.record(work, AuditKind.KEY_REVOKED, account_id=account_id, detail={"keys": revoked})
    return revoked


def note_used(work: Work) -> None:
    """Note when and from where the key of this connection was used, at most every five minutes.

    The audit log has it as a sign-in where a session would have had to be opened: from another place than
    the last time, and after a time in which a session ends by itself.
    """
    actor = work.signed_in
    if actor is None or actor.key_id is None:
        return
    last = work.session.execute(_LAST, {"key": actor.key_id}).one()
    place = storable(actor.source)[:200]
    rested = None if last.last_used_at is None else work.now - last.last_used_at
    is_elsewhere = place != last.last_source
    if rested is not None and rested < _USED_EVERY and not is_elsewhere:
        return
    work.session.execute(_USED, {"key": actor.key_id, "now": work.now, "place": place})
    if is_elsewhere or rested is None or rested > IDLE_LIMIT:
        audit.record(work, AuditKind.SIGNED_IN, account_id=actor.account_id, detail={"key": last.fingerprint})


def _bind(work: Work, account_id: int, key: PublicKey, label: str) -> KeyLine:
    wanted = _checked_label(label)
    # Under the lock of the account, so that nothing is bound while it is disabled or its keys are revoked.
    if work.session.scalar(_STATE, {"account": account_id}) is not AccountState.ACTIVE:
        account = people.by_id(work, account_id)
        raise Conflict(
            N_("The account of {address} is not active."), field="email", address=clean_line(account.address)
        )
    bound = work.session.execute(_LIVE_OF, {"account": account_id}).all()
    same = next((row for row in bound if row.fingerprint == key.fingerprint), None)
    if same is not None:
        if wanted:
            work.session.execute(_LABEL, {"key": same.id, "text": wanted})
    elif len(bound) >= MOST:
        raise Conflict(N_("An account has up to {limit} keys. Revoke one first."), limit=MOST)
    else:
        _insert(work, account_id, key, wanted)
    lines = _lines(work, account_id)
    return next(line for line in lines if line.fingerprint == key.fingerprint)


def _insert(work: Work, account_id: int, key: PublicKey, label: str) -> None:
    row = {
        "account_id": account_id,
        "fingerprint": key.fingerprint,
        "algorithm": key.algorithm,
        "label": label or _checked_label(key.comment[:LONGEST_LABEL]),
        "created_at": work.now,
        "last_used_at": None,
        "last_source": "",
        "revoked_at": None,
    }
    try:
        with work.session.begin_nested():
            work.session.execute(_INSERT, row)
    except IntegrityError:
        raise Conflict(
            N_("This key is bound to another account of this desk. Use another key."), field="key"
        ) from None
    account = people.by_id(work, account_id)
    outbox.owe(
        work,
        template=Template.KEY_ADDED,
        address=account.address,
        locale=account.locale,
        subject_key=f"account:{account_id}",
        account_id=account_id,
        payload={"key": key.fingerprint, "label": row["label"]},
    )
    audit.record(
        work,
        AuditKind.KEY_ADDED,
        account_id=account_id,
        actor_id=None if work.signed_in else account_id,
        detail={"key": key.fingerprint, "algorithm": key.algorithm},
    )


def _require_shown(work: Work, key: PublicKey) -> None:
    """Refuse a key that this connection was not authenticated with."""
    if work.caller.key != key.fingerprint:
        raise Forbidden(N_("A key is bound by connecting with it, and this connection has another or none."))


def _checked_label(label: str) -> str:
    wanted = storable_line(label)
    if len(wanted) > LONGEST_LABEL:
        raise Invalid(N_("A key's label has up to {limit} characters."), field="label", limit=LONGEST_LABEL)
    return wanted


def _named(work: Work, among: sa.Select[Any], name: str) -> sa.Row[Any]:
    wanted = name.strip().removeprefix(_PREFIX)
    if len(wanted) < SHORTEST_NAME:
        raise Invalid(
            N_("Name a key by its fingerprint, or by {count} characters of its beginning."),
            field="key",
            count=SHORTEST_NAME,
        )
    full = _PREFIX + wanted
    statement = among.where(sa.func.substr(_KEY.c.fingerprint, 1, len(full)) == storable(full)).limit(2)
    rows = work.session.execute(statement, {"account": work.actor.account_id}).all()
    if not rows:
        raise _no_key(name)
    if len(rows) > 1:
        raise Invalid(N_("Several keys begin like this. Name more of the fingerprint."), field="key")
    return rows[0]


def _no_key(name: str) -> NotFound:
    return NotFound(N_("There is no key {key}."), field="key", key=clean_line(name, 60))


def _lines(work: Work, account_id: int | None) -> tuple[KeyLine, ...]:
    rows = work.session.execute(_LIVE_OF, {"account": account_id})
    return tuple(
        KeyLine(
            fingerprint=clean_line(row.fingerprint),
            algorithm=clean_line(row.algorithm),
            label=clean_line(row.label),
            created_at=row.created_at,
            last_used_at=row.last_used_at,
            last_source=clean_line(row.last_source),
            is_current=row.fingerprint == work.caller.key,
        )
        for row in rows
    )

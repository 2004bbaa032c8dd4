"""Signing in by e-mail address and password: the one way in, for every door.

The hash is read, the password verified outside of any transaction, and the session opened only
if the hash is still the one that was verified. An unknown address takes the same steps, the same
time and the same words as a wrong password.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

import sqlalchemy as sa

from sysmo_tui.desk import Door, Work, not_signed_in
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, AuditKind, Role
from sysmo_tui.domain.errors import DeskError, Invalid, NotSignedIn
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Account, AccountEmail, table
from sysmo_tui.services import audit, hashing, people, sessions, throttle

_ACCOUNT, _EMAIL = table(Account), table(AccountEmail)

_BY_ADDRESS = (
    sa.select(_ACCOUNT.c.id, _ACCOUNT.c.password_hash)
    .join(_EMAIL, _EMAIL.c.account_id == _ACCOUNT.c.id)
    .where(_EMAIL.c.folded == sa.bindparam("folded"), _ACCOUNT.c.state == AccountState.ACTIVE)
)
_STILL = (
    sa.update(_ACCOUNT)
    .where(
        _ACCOUNT.c.id == sa.bindparam("account"),
        _ACCOUNT.c.password_hash == sa.bindparam("seen"),
        _ACCOUNT.c.state == AccountState.ACTIVE,
    )
    .values(password_hash=sa.bindparam("kept"))
)
_WHO = (
    sa.select(
        _ACCOUNT.c.id,
        _ACCOUNT.c.name,
        _ACCOUNT.c.role,
        _ACCOUNT.c.locale,
        _ACCOUNT.c.time_zone,
        _ACCOUNT.c.must_change_password,
        _EMAIL.c.address,
    )
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
    .where(_ACCOUNT.c.id == sa.bindparam("account"))
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An open session and whose it is; ``secret`` is for the door to keep, and shown to nobody."""

    account_id: int
    name: SafeText
    email: SafeText
    role: Role
    locale: str
    time_zone: str | None
    must_change_password: bool
    expires_at: datetime
    secret: str | None = field(default=None, repr=False, metadata={"secret": True})


@dataclass(frozen=True, slots=True)
class Attempt:
    """What is needed to judge a password: the stored hash, None where there is nothing to match."""

    folded: str
    account_id: int | None
    password_hash: str | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Proof:
    """A password that was right for this hash; ``kept`` is the hash to store, newer if parameters rose."""

    folded: str
    account_id: int
    seen: str = field(repr=False)
    kept: str = field(repr=False)


def sign_in(door: Door, email: str, password: str) -> SignedIn:
    """Open a session for the owner of ``email``; the session this door had before ends.

    Raises NotSignedIn, always in the same words, when address and password do not go together;
    Forbidden, naming the seconds to wait, after too many failures.
    """
    proof = prove(door, email, password)
    if proof is None:
        raise wrong()
    secret = sessions.new_secret()
    # A second try after a lost answer brings back the first result, which has no secret in it.
    return replace(door.write(complete, proof, secret), secret=secret)


def confirm(door: Door, password: str) -> None:
    """Check the password of whoever is signed in, as when a locked screen is opened; Invalid when wrong."""
    proof = prove(door, door.read(_own_address), password)
    if proof is None:
        raise Invalid(N_("This is not your password."), field="password")
    door.touch(accept, proof)


def prove(door: Door, email: str, password: str) -> Proof | None:
    """Judge a password; None when it is wrong, which is then counted and in the audit log."""
    attempt = door.touch(_begin, email)
    is_right = hashing.verify(attempt.password_hash, password)
    if not is_right or attempt.account_id is None or attempt.password_hash is None:
        door.touch(_failed, attempt)
        return None
    seen = attempt.password_hash
    kept = hashing.hash_password(password) if hashing.needs_rehash(seen) else seen
    return Proof(attempt.folded, attempt.account_id, seen, kept)


def accept(work: Work, proof: Proof, *, kept: str | None = None) -> None:
    """Store ``kept``, or the proof's own hash, if the proven one is still in force; refused otherwise."""
    done = work.affected(
        _STILL, {"account": proof.account_id, "seen": proof.seen, "kept": kept or proof.kept}
    )
    if done != 1:
        raise wrong()
    throttle.succeeded(work, proof.folded, work.caller.source)


def signed_in_as(work: Work, account_id: int, secret: str) -> SignedIn:
    """Open a session with ``secret`` for an account that has proven itself."""
    sessions.open_session(work, account_id, work.caller.channel, work.caller.source, secret=secret)
    row = work.session.execute(_WHO, {"account": account_id}).one()
    return SignedIn(
        account_id=row.id,
        name=clean_line(row.name),
        email=clean_line(row.address),
        role=row.role,
        locale=row.locale,
        time_zone=row.time_zone,
        must_change_password=row.must_change_password,
        expires_at=work.now + sessions.LONGEST,
        secret=secret,
    )


def wrong() -> DeskError:
    """The refusal of an address and a password that do not go together, whatever of them is wrong."""
    return NotSignedIn(
        N_(
            "The e-mail address or the password is wrong. If you have just registered, "
            "verify your address first: {command}"
        ),
        command=Advice("sysmo verify"),
        field="password",
    )


def _begin(work: Work, email: str) -> Attempt:
    folded = addresses.folded(email[: addresses.MAX_LENGTH])
    # An account is guessed at by any of its addresses, and counted as one.
    counted = people.main_address(work, folded)
    throttle.attempt(work, counted, work.caller.source)
    row = work.session.execute(_BY_ADDRESS, {"folded": folded}).first()
    return Attempt(counted, row.id if row else None, row.password_hash if row else None)


def _failed(work: Work, attempt: Attempt) -> None:
    audit.record(work, AuditKind.SIGN_IN_FAILED, account_id=attempt.account_id)


def complete(work: Work, proof: Proof, secret: str) -> SignedIn:
    """Open the session of someone whose password was right, if it is still the password."""
    accept(work, proof)
    before = work.signed_in
    if before is not None and before.session_id is not None:
        sessions.end(work, before.session_id)
    audit.record(work, AuditKind.SIGNED_IN, account_id=proof.account_id, actor_id=proof.account_id)
    return signed_in_as(work, proof.account_id, secret)


def _own_address(work: Work) -> str:
    actor = work.signed_in
    if actor is None or actor.is_desk:
        raise not_signed_in()
    return actor.email

"""Choosing a password: changing it, and the one-time codes that open choosing a new one.

Administrators never know a lasting password: what they hand over is a code that only opens the choice.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from sysmo_tui.desk import Command, Door, Work, command_for, not_signed_in
from sysmo_tui.domain import addresses, password_rules
from sysmo_tui.domain.enums import AccountState, AuditKind, Role, Template, TokenPurpose
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import Issued
from sysmo_tui.models import Account, AccountEmail, table
from sysmo_tui.services import (
    administrators,
    asking,
    audit,
    desk_settings,
    hashing,
    outbox,
    people,
    sessions,
    signing_in,
    ssh_keys,
    throttle,
    tokens,
    undeliverable,
)
from sysmo_tui.services.asking import Errand
from sysmo_tui.services.people import Known
from sysmo_tui.services.signing_in import Proof, SignedIn

_ACCOUNT, _EMAIL = table(Account), table(AccountEmail)
_FORGET = sa.update(_ACCOUNT).where(_ACCOUNT.c.id == sa.bindparam("account")).values(password_hash=None)
_CHOOSE = (
    sa.update(_ACCOUNT)
    .where(_ACCOUNT.c.id == sa.bindparam("account"), _ACCOUNT.c.state != AccountState.DISABLED)
    .values(
        password_hash=sa.bindparam("chosen"),
        must_change_password=False,
        state=AccountState.ACTIVE,
    )
)
_CHANGED = (
    sa.update(_ACCOUNT).where(_ACCOUNT.c.id == sa.bindparam("account")).values(must_change_password=False)
)
_VERIFIED = (
    sa.update(_EMAIL)
    .where(_EMAIL.c.account_id == sa.bindparam("account"), _EMAIL.c.verified_at.is_(None))
    .values(verified_at=sa.bindparam("now"))
)
_PERSONAL = (
    sa.select(_ACCOUNT.c.name, _ACCOUNT.c.typed_company, _EMAIL.c.address)
    .join(_EMAIL, _EMAIL.c.account_id == _ACCOUNT.c.id)
    .where(_ACCOUNT.c.id == sa.bindparam("account"))
)


@dataclass(frozen=True, slots=True)
class Asked:
    """What everybody is told who forgot a password, whether or not the address has an account."""

    email: SafeText


@dataclass(frozen=True, slots=True)
class Chosen:
    """Whose password was chosen; every session it had before has ended."""

    email: SafeText
    name: SafeText


@dataclass(frozen=True, slots=True)
class _Me:
    email: str
    personal: tuple[str, ...] = field(repr=False)


def change(door: Door, old: str, new: str) -> SignedIn:
    """Change the password of whoever is signed in; every session ends, and the door gets a new one.

    Raises Invalid for ``old_password`` when it is wrong, for ``password`` when the new one is not acceptable.
    """
    me = door.read(whoever_is_here)
    checked = password_rules.check(new, me.personal)
    proof = signing_in.prove(door, me.email, old)
    if proof is None:
        raise Invalid(N_("This is not your password."), field="old_password")
    if hashing.verify(proof.seen, checked):
        door.touch(signing_in.accept, proof)
        raise Invalid(N_("The new password is the old one. Choose another."), field="password")
    secret = sessions.new_secret()
    return replace(door.write(replace_password, proof, hashing.hash_password(checked), secret), secret=secret)


def forgot(door: Door, email: str) -> Asked:
    """Mail a code that opens choosing a password, if the address has an account; the answer is the same."""
    settings = door.read(desk_settings.load)
    normalised = addresses.normalise(email, settings.allows_reserved_addresses)
    return door.write(send_code, normalised, tokens.new_code())


def choose(door: Door, code: str, new: str, *, email: str | None = None) -> Chosen:
    """Choose a password with a one-time code of a reset, an invitation or a recovery.

    ``email``, when given, must be the address that the code was made for. All wrong codes fail alike,
    and a password that is not acceptable does not use the code up.
    """
    me = door.read(holder_of, code, email)
    checked = password_rules.check(new, me.personal)
    return door.write(use_code, code, hashing.hash_password(checked), email)


def reset(door: Door, email: str, *, command: Command | None = None) -> Issued:
    """Take a password away, as an administrator: its owner gets a one-time code, shown here and mailed."""
    return door.write_once(command or command_for(take_away), take_away, email, tokens.new_code())


def recover(door: Door, email: str) -> Issued:
    """A one-time code for an administrator who is locked out; only who holds the database may ask."""
    return door.write(let_back_in, email, tokens.new_code())


def whoever_is_here(work: Work) -> _Me:
    """The address of whoever is signed in, and the words that a password should not be made of."""
    actor = work.signed_in
    if actor is None or actor.account_id is None:
        raise not_signed_in()
    return _Me(actor.email, _personal_words(work, actor.account_id))


def holder_of(work: Work, code: str, email: str | None) -> _Me:
    """Whom a code lets choose a password; Invalid when it does not."""
    opened = tokens.look(work, code, tokens.OPEN_A_PASSWORD)
    if email is not None and addresses.folded(email) != addresses.folded(opened.address):
        raise tokens.no_good()
    return _Me(opened.address, _personal_words(work, opened.account_id))


def replace_password(work: Work, proof: Proof, new_hash: str, secret: str) -> SignedIn:
    """Store a new password for whoever proved the old one; ends all sessions and codes, opens a session."""
    signing_in.accept(work, proof, kept=new_hash)
    work.session.execute(_CHANGED, {"account": proof.account_id})
    sessions.end_all(work, proof.account_id)
    tokens.kill(work, proof.account_id)
    _tell(work, people.by_id(work, proof.account_id), Template.PASSWORD_CHANGED, {})
    audit.record(work, AuditKind.PASSWORD_CHANGED, account_id=proof.account_id)
    return signing_in.signed_in_as(work, proof.account_id, secret)


def send_code(work: Work, email: str, code: str) -> Asked:
    """Owe an active account a code; anything else changes nothing that could be seen from outside."""
    asking.admit_request(work)
    account = people.by_address(work, email)
    may_mail = asking.may_mail(work, Errand.RESET, email)
    if account is not None and account.state is AccountState.ACTIVE and may_mail:
        expires_at = tokens.issue(
            work, account_id=account.id, purpose=TokenPurpose.RESET, code=code, address=account.address
        )
        _tell(work, account, Template.RESET, {"code": code, "expires_at": expires_at.isoformat()})
        audit.record(work, AuditKind.CODE_ISSUED, account_id=account.id, detail={"purpose": "reset"})
    return Asked(clean_line(email))


def use_code(work: Work, code: str, new_hash: str, email: str | None = None) -> Chosen:
    """Use a code up and store the password chosen with it; ends all sessions and other codes."""
    holder_of(work, code, email)
    opened = tokens.redeem(work, code, tokens.OPEN_A_PASSWORD)
    done = work.affected(_CHOOSE, {"account": opened.account_id, "chosen": new_hash})
    if done != 1:
        raise tokens.no_good()
    if opened.purpose is TokenPurpose.INVITE:
        work.session.execute(_VERIFIED, {"account": opened.account_id, "now": work.now})
    undeliverable.arrived(work, opened.address)
    sessions.end_all(work, opened.account_id)
    tokens.kill(work, opened.account_id)
    account = people.by_id(work, opened.account_id)
    throttle.proven(work, addresses.folded(account.address), work.caller.source)
    _tell(work, account, Template.PASSWORD_CHANGED, {})
    audit.record(
        work,
        AuditKind.PASSWORD_CHANGED,
        account_id=account.id,
        actor_id=account.id,
        detail={"by": opened.purpose.value},
    )
    return Chosen(clean_line(account.address), clean_line(account.name))


def take_away(work: Work, email: str, code: str) -> Issued:
    """Forget an active account's password, end sessions and keys; its owner is told and gets the code."""
    administrators.take_turn(work)
    account = _active(work, email)
    work.session.execute(_FORGET, {"account": account.id})
    sessions.end_all(work, account.id)
    ssh_keys.revoke_all(work, account.id)
    tokens.kill(work, account.id)
    expires_at = tokens.issue(
        work, account_id=account.id, purpose=TokenPurpose.RESET, code=code, address=account.address
    )
    _tell(
        work,
        account,
        Template.RESET,
        {"code": code, "expires_at": expires_at.isoformat(), "is_by_administrator": True},
    )
    audit.record(work, AuditKind.PASSWORD_RESET, account_id=account.id)
    return Issued(clean_line(account.address), expires_at, account.role, code)


def let_back_in(work: Work, email: str, code: str) -> Issued:
    """Issue a recovery code to an active administrator, for the desk itself alone."""
    if not work.actor.is_desk:
        raise Forbidden(N_("Only who holds the database can recover an administrator."))
    account = _active(work, email)
    if account.role is not Role.ADMIN:
        raise NotFound(
            N_("{address} is not the address of an administrator."),
            field="email",
            address=clean_line(account.address),
        )
    expires_at = tokens.issue(
        work, account_id=account.id, purpose=TokenPurpose.RECOVER, code=code, address=account.address
    )
    audit.record(work, AuditKind.RECOVERED, account_id=account.id)
    return Issued(clean_line(account.address), expires_at, account.role, code)


def _active(work: Work, email: str) -> Known:
    account = people.named(work, email)
    if account.state is not AccountState.ACTIVE:
        raise Conflict(
            N_("The account of {address} is not active."), field="email", address=clean_line(account.address)
        )
    return account


def _personal_words(work: Work, account_id: int) -> tuple[str, ...]:
    rows = work.session.execute(_PERSONAL, {"account": account_id}).all()
    return tuple(text for row in rows for text in row if text)


def _tell(work: Work, account: Known, template: Template, payload: dict[str, object]) -> None:
    outbox.owe(
        work,
        template=template,
        address=account.address,
        locale=account.locale,
        subject_key=f"account:{account.id}",
        account_id=account.id,
        payload=payload,
    )

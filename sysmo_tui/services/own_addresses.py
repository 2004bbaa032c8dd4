"""The addresses of an account: the main one, and others that are its owner's as well.

Another address is the account's only once a code that was mailed there was used: until then nobody
who writes from it, or registers it, has to do with this account. Whoever asks for the code is answered
alike, whether or not somebody has the address; only who used the code, and so reads that mailbox,
learns that it belongs to another account.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Door, Work, not_signed_in
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, AuditKind, Cause, EventKind, Template, TokenPurpose
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import AccountEmail, Ticket, table
from sysmo_tui.services import (
    address_merging,
    administrators,
    asking,
    audit,
    desk_settings,
    events,
    outbox,
    people,
    signing_in,
    tokens,
    undeliverable,
)
from sysmo_tui.services.asking import Errand
from sysmo_tui.services.people import Known

MOST = 10
"""Addresses of one account."""

_EMAIL, _TICKET = table(AccountEmail), table(Ticket)
_OF_ACCOUNT = (
    sa.select(
        _EMAIL.c.id,
        _EMAIL.c.address,
        _EMAIL.c.folded,
        _EMAIL.c.is_primary,
        _EMAIL.c.verified_at,
        _EMAIL.c.undeliverable_at,
    )
    .where(_EMAIL.c.account_id == sa.bindparam("account"))
    .order_by(_EMAIL.c.is_primary.desc(), _EMAIL.c.id)
)
_SET_PRIMARY = (
    sa.update(_EMAIL).where(_EMAIL.c.id == sa.bindparam("which")).values(is_primary=sa.bindparam("main"))
)
_DROP = sa.delete(_EMAIL).where(_EMAIL.c.id == sa.bindparam("which"))
_CONTACTS = sa.select(_TICKET.c.number, _TICKET.c.contact_email).where(
    _TICKET.c.requester_id == sa.bindparam("account")
)
_LOCKED = (
    sa.select(Ticket)
    .where(_TICKET.c.number.in_(sa.bindparam("numbers", expanding=True)))
    .order_by(_TICKET.c.number)
    .with_for_update()
)


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """An address of an account; mail that could not be delivered there makes it ``is_undeliverable``."""

    email: SafeText
    is_primary: bool
    is_verified: bool
    is_undeliverable: bool


@dataclass(frozen=True, slots=True)
class CodeSent:
    """What whoever adds an address is told, whether or not it is somebody else's."""

    email: SafeText
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Held:
    """An account's addresses after a change, and how many tickets came with a new one."""

    addresses: tuple[OwnAddress, ...]
    tickets: int = 0


def mine(work: Work) -> tuple[OwnAddress, ...]:
    """The actor's own addresses, the main one first."""
    return _shown(_rows(work, _me(work).id))


def add(door: Door, email: str, password: str) -> CodeSent:
    """Mail a code to another address of whoever is signed in, who types the password once more.

    Invalid for ``password`` when it is wrong, for ``email`` when it is no address, Conflict when one has it.
    """
    settings = door.read(desk_settings.load)
    normalised = addresses.normalise(email, settings.allows_reserved_addresses)
    signing_in.confirm(door, password)
    return door.write(send_code, normalised, tokens.new_code())


def send_code(work: Work, email: str, code: str) -> CodeSent:
    """Owe ``email`` a code that makes it the actor's; a newer code ends the older one."""
    me = _me(work)
    rows = _rows(work, me.id)
    if any(row.folded == addresses.folded(email) for row in rows):
        raise Conflict(N_("{address} is your address already."), field="email", address=clean_line(email))
    _require_room(rows)
    asking.admit_request(work)
    if asking.may_mail(work, Errand.ADDRESS, email):
        expires_at = tokens.issue(
            work, account_id=me.id, purpose=TokenPurpose.ADDRESS, code=code, address=email
        )
        outbox.owe(
            work,
            template=Template.ADDRESS_CODE,
            address=email,
            locale=me.locale,
            subject_key=f"account:{me.id}",
            account_id=me.id,
            payload={"code": code, "expires_at": expires_at.isoformat()},
        )
    audit.record(work, AuditKind.CODE_ISSUED, account_id=me.id, detail={"purpose": "address"})
    return CodeSent(clean_line(email), work.now + tokens.LIFETIME[TokenPurpose.ADDRESS])


def verify(work: Work, code: str) -> Held:
    """Use a code up and have its address; what a pending account of that address had comes with it.

    Invalid, in the same words, for every other code; Conflict when the address is another account's.
    """
    me = _me(work)
    opened = tokens.look(work, code, (TokenPurpose.ADDRESS,))
    if opened.account_id != me.id:
        raise tokens.no_good()
    tokens.redeem(work, code, (TokenPurpose.ADDRESS,))
    undeliverable.arrived(work, opened.address)
    return _take(work, me, opened.address)


def make_primary(work: Work, email: str) -> Held:
    """Let mail about the account go to another of one's addresses; the one before is told."""
    return _make_primary(work, _me(work), email)


def remove(work: Work, email: str) -> Held:
    """Give an address up, but not the main one; tickets that it was the contact of get the main one."""
    return _remove(work, _me(work), email)


def of(work: Work, email: str) -> tuple[OwnAddress, ...]:
    """The addresses of the account that has ``email``, for administrators."""
    require_right(work.actor, Right.MANAGE_ACCOUNTS)
    return of_account(work, people.named(work, email).id)


def of_account(work: Work, account_id: int) -> tuple[OwnAddress, ...]:
    """The addresses of an account that the caller has checked the actor may see."""
    return _shown(_rows(work, account_id))


def add_for(work: Work, email: str, address: str) -> Held:
    """Give an active account another address, on an administrator's word; its owner is told."""
    settings = desk_settings.load(work)
    owner = _owner(work, email)
    return _take(work, owner, addresses.normalise(address, settings.allows_reserved_addresses))


def make_primary_for(work: Work, email: str, address: str) -> Held:
    """:func:`make_primary` for the account that has ``email``, by an administrator."""
    return _make_primary(work, _owner(work, email), address)


def remove_for(work: Work, email: str, address: str) -> Held:
    """:func:`remove` for the account that has ``email``, by an administrator."""
    return _remove(work, _owner(work, email), address)


def _me(work: Work) -> Known:
    if work.actor.account_id is None:
        raise not_signed_in()
    return people.by_id(work, work.actor.account_id)


def _owner(work: Work, email: str) -> Known:
    administrators.take_turn(work)
    owner = people.named(work, email)
    if owner.state is not AccountState.ACTIVE:
        raise Conflict(
            N_("The account of {address} is not active."), field="email", address=clean_line(owner.address)
        )
    return people.by_id(work, owner.id)


def _rows(work: Work, account_id: int) -> list[Any]:
    return list(work.session.execute(_OF_ACCOUNT, {"account": account_id}))


def _shown(rows: list[Any]) -> tuple[OwnAddress, ...]:
    return tuple(
        OwnAddress(
            clean_line(row.address),
            row.is_primary,
            row.verified_at is not None,
            row.undeliverable_at is not None,
        )
        for row in rows
    )


def _require_room(rows: list[Any]) -> None:
    if len(rows) >= MOST:
        raise Invalid(N_("An account has at most {limit} addresses."), field="email", limit=MOST)


def _take(work: Work, owner: Known, address: str) -> Held:
    _require_room(_rows(work, owner.id))
    moved = address_merging.attach(work, owner.id, address)
    _changed(work, owner, "added", address, tickets=moved)
    return Held(_shown(_rows(work, owner.id)), moved)


def _make_primary(work: Work, owner: Known, email: str) -> Held:
    rows = _rows(work, owner.id)
    wanted = _one_of(rows, email)
    if not wanted.is_primary:
        if wanted.verified_at is None:
            raise Conflict(
                N_("Nobody has proven {address} yet."), field="email", address=clean_line(wanted.address)
            )
        work.session.execute(_SET_PRIMARY, {"which": rows[0].id, "main": False})
        work.session.execute(_SET_PRIMARY, {"which": wanted.id, "main": True})
        _changed(work, owner, "primary", wanted.address)
    return Held(_shown(_rows(work, owner.id)))


def _remove(work: Work, owner: Known, email: str) -> Held:
    wanted = _one_of(_rows(work, owner.id), email)
    if wanted.is_primary:
        raise Conflict(
            N_("{address} is the main address. Make another one the main one first."),
            field="email",
            address=clean_line(wanted.address),
        )
    work.session.execute(_DROP, {"which": wanted.id})
    moved = _answer_elsewhere(work, owner, wanted.folded)
    _changed(work, owner, "removed", wanted.address, tickets=moved)
    return Held(_shown(_rows(work, owner.id)))


def _one_of(rows: list[Any], email: str) -> Any:
    for row in rows:
        if row.folded == addresses.folded(email):
            return row
    raise Invalid(
        N_("{address} is none of the account's addresses. They are: {choices}."),
        field="email",
        address=clean_line(email, 254),
        choices=", ".join(clean_line(row.address) for row in rows),
    )


def _answer_elsewhere(work: Work, owner: Known, folded: str) -> int:
    """Let what an address was the contact of be answered to the main one; how many tickets."""
    contacts = work.session.execute(_CONTACTS, {"account": owner.id})
    numbers = [row.number for row in contacts if addresses.folded(row.contact_email) == folded]
    for ticket in work.session.execute(_LOCKED, {"numbers": numbers}).scalars().all() if numbers else ():
        before, ticket.contact_email = ticket.contact_email, owner.address
        changes = {"contact_email": (before, owner.address)}
        events.record(work, ticket, EventKind.EDITED, changes=changes, cause=Cause.ADDRESS_REMOVED)
    return len(numbers)


def _changed(work: Work, owner: Known, what: str, address: str, *, tickets: int = 0) -> None:
    """End the account's codes, tell the main address that it had so far, and note it."""
    tokens.kill(work, owner.id)
    outbox.owe(
        work,
        template=Template.ADDRESS_CHANGED,
        address=owner.address,
        locale=owner.locale,
        subject_key=f"account:{owner.id}:{what}",
        account_id=owner.id,
        payload={"what": what, "address": address},
    )
    detail: dict[str, Any] = {"fields": ["emails"], what: address}
    if tickets:
        detail["tickets"] = tickets
    audit.record(work, AuditKind.ACCOUNT_EDITED, account_id=owner.id, detail=detail)

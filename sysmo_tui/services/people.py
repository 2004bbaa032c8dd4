"""Finding the people that a command names, and keeping new ones."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, Role
from sysmo_tui.domain.errors import Invalid, NotFound
from sysmo_tui.domain.fold import document, same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Account, AccountEmail, table

_ACCOUNT, _EMAIL = table(Account), table(AccountEmail)

_FACTS = sa.select(
    _ACCOUNT.c.id,
    _ACCOUNT.c.name,
    _ACCOUNT.c.role,
    _ACCOUNT.c.state,
    _ACCOUNT.c.company_id,
    _EMAIL.c.address,
    _ACCOUNT.c.locale,
    _EMAIL.c.undeliverable_at,
    _ACCOUNT.c.time_zone,
).join(_EMAIL, _EMAIL.c.account_id == _ACCOUNT.c.id)
_BY_ADDRESS = _FACTS.where(_EMAIL.c.folded == sa.bindparam("folded"))
_HELD_BY_ADDRESS = _BY_ADDRESS.with_for_update(read=True, key_share=True, of=_ACCOUNT)
_HELD_TOGETHER = (
    _FACTS.add_columns(_EMAIL.c.folded)
    .where(_EMAIL.c.folded.in_(sa.bindparam("addresses", expanding=True)))
    .order_by(_ACCOUNT.c.id)
    .with_for_update(read=True, key_share=True, of=_ACCOUNT)
)
_BY_ID = _FACTS.where(_ACCOUNT.c.id == sa.bindparam("account"), _EMAIL.c.is_primary)

_WRITE, _WRITE_EMAIL = sa.insert(_ACCOUNT), sa.insert(_EMAIL)

_PRIMARY = _EMAIL.alias("main")
_MAIN = (
    sa.select(_PRIMARY.c.folded)
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _PRIMARY.c.account_id, _PRIMARY.c.is_primary))
    .where(_EMAIL.c.folded == sa.bindparam("folded"))
)


@dataclass(frozen=True, slots=True)
class Known:
    """An account, as far as a command that names it needs to know."""

    id: int
    name: str
    role: Role
    state: AccountState
    company_id: int | None
    address: str
    locale: str
    undeliverable_at: datetime | None
    time_zone: str | None

    @property
    def is_working(self) -> bool:
        """Whether this is staff who can be given work."""
        return self.role.is_staff and self.state is AccountState.ACTIVE


_AHEAD: Memory[dict[str, Known | None]] = Memory(is_common=True)
"""Who has some addresses, by folded address, until somebody asks."""

_EXPECTED: Memory[dict[str, Known]] = Memory(is_common=True)
"""Accounts that are new in this transaction, by folded address."""


def by_address(work: Work, address: str) -> Known | None:
    """The account that has this address, however it is written."""
    row = work.session.execute(_BY_ADDRESS, {"folded": addresses.folded(address)}).first()
    return Known(**row._mapping) if row else None


def held_by_address(work: Work, address: str) -> Known | None:
    """:func:`by_address`; until the command ends the account is not merged into another."""
    found = _held(work, address)
    if found is not None and found.state is AccountState.DISABLED:
        # Perhaps it was merged while it was waited for: then the address is another's now.
        return _held(work, address)
    return found


def hold(work: Work, some: Iterable[str]) -> dict[str, Known]:
    """:func:`held_by_address` for some addresses by one statement; who has them, by folded address."""
    wanted = sorted({addresses.folded(each) for each in some})
    held: dict[str, Known | None] = dict.fromkeys(wanted)
    for row in work.session.execute(_HELD_TOGETHER, {"addresses": wanted}):
        *facts, folded = row
        held[folded] = Known(*facts)
    _AHEAD.set(work, dict(held))
    return {folded: known for folded, known in held.items() if known is not None}


def _held(work: Work, address: str) -> Known | None:
    folded = addresses.folded(address)
    ahead = _AHEAD.get(work) or {}
    if folded in ahead:
        return ahead.pop(folded)
    row = work.session.execute(_HELD_BY_ADDRESS, {"folded": folded}).first()
    return Known(**row._mapping) if row else None


def named(work: Work, address: str) -> Known:
    """The account that has this address; NotFound when there is none."""
    found = by_address(work, address)
    if found is None:
        raise NotFound(
            N_("There is no account with the address {address}."),
            field="email",
            address=clean_line(address, 254),
        )
    return found


def main_address(work: Work, folded: str) -> str:
    """The main address, folded, of the account that has this one; the same when nobody has it."""
    found: str | None = work.session.scalar(_MAIN, {"folded": folded})
    return found or folded


def by_id(work: Work, account_id: int) -> Known:
    """An account that is known to exist."""
    return Known(**work.session.execute(_BY_ID, {"account": account_id}).one()._mapping)


def staff(work: Work, address: str, field: str) -> Known:
    """An active member of staff, by address or ``me``; Invalid otherwise."""
    me = work.actor.account_id
    wants_me = address.strip().casefold() == "me"
    found = by_id(work, me) if wants_me and me is not None else by_address(work, address)
    if found is None or not found.is_working:
        raise Invalid(
            N_("“{address}” is not the address of anyone who works at this desk."),
            field=field,
            address=clean_line(address),
        )
    return found


def add(work: Work, account: Account, address: str, *, verified_at: datetime | None = None) -> int:
    """Keep a new account with its only address; its id. IntegrityError when somebody has the address."""
    work.session.add(account)
    work.session.flush()
    account_id = account.id or 0
    work.session.add(
        AccountEmail(
            account_id=account_id,
            address=address,
            folded=addresses.folded(address),
            verified_at=verified_at,
        )
    )
    work.session.flush()
    return account_id


def expected(work: Work, address: str, name: str, locale: str) -> Known:
    """A new pending account for someone whose address nobody has; the same one when it is asked for again.

    When the same address is registered, invited or written to at the same time, the command begins anew,
    and finds it.
    """
    known = _EXPECTED.once(work, dict)
    folded = addresses.folded(address)
    if folded not in known:
        known[folded] = _expect(work, address, name, locale)
    return known[folded]


def _expect(work: Work, address: str, name: str, locale: str) -> Known:
    account_id, role, state = work.new_key(Account), Role.CUSTOMER, AccountState.PENDING
    account = {
        "id": account_id,
        "name": name,
        "folded": same_name(name),
        "words": document(name),
        "role": role,
        "state": state,
        "locale": locale,
        "preferences": {},
        "created_at": work.now,
    }
    work.later(_WRITE, account)
    email = {"account_id": account_id, "address": address, "folded": addresses.folded(address)}
    work.later(_WRITE_EMAIL, email)
    return Known(
        id=account_id,
        name=name,
        role=role,
        state=state,
        company_id=None,
        address=address,
        locale=locale,
        undeliverable_at=None,
        time_zone=None,
    )


def shown_name(work: Work, account_id: int | None) -> SafeText | None:
    """An account's name for display, None for nobody."""
    return None if account_id is None else clean_line(by_id(work, account_id).name)

"""Giving an address to an account, with all that a pending account of that address had.

Who only ever wrote mail has a pending account. When its address turns out to be another account's,
its tickets, its entries and its parts move there, in the same command, and the history says so. The
pending account stays behind without an address and disabled: events and the audit log name it.
"""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, AuditKind, Cause, EventKind, Role
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.models import (
    Account,
    AccountEmail,
    Entry,
    Outbox,
    ReadMark,
    Ticket,
    TicketPerson,
    table,
)
from sysmo_tui.services import audit, events, tokens

_EMAIL, _TICKET, _ENTRY = table(AccountEmail), table(Ticket), table(Entry)
_PART, _MARK, _OUTBOX = table(TicketPerson), table(ReadMark), table(Outbox)

_WHOSE = sa.select(_EMAIL.c.account_id).where(_EMAIL.c.folded == sa.bindparam("address"))
_HOW_MANY = sa.select(sa.func.count()).where(_EMAIL.c.account_id == sa.bindparam("account"))
_PROVEN = (
    sa.update(_EMAIL)
    .where(_EMAIL.c.folded == sa.bindparam("which"), _EMAIL.c.verified_at.is_(None))
    .values(verified_at=sa.bindparam("now"))
)
_GIVE = (
    sa.update(_EMAIL)
    .where(_EMAIL.c.folded == sa.bindparam("which"))
    .values(account_id=sa.bindparam("to"), is_primary=False, verified_at=sa.bindparam("now"))
)
_TICKETS = (
    sa.select(Ticket)
    .where(_TICKET.c.requester_id == sa.bindparam("account"))
    .order_by(_TICKET.c.number)
    .with_for_update()
)
_PARTS = sa.select(_PART.c.ticket_number).where(_PART.c.account_id == sa.bindparam("account"))
_WROTE = (
    sa.update(_ENTRY)
    .where(
        _ENTRY.c.ticket_number.in_(sa.bindparam("numbers", expanding=True)),
        _ENTRY.c.author_id == sa.bindparam("gone"),
    )
    .values(author_id=sa.bindparam("to"))
)
_HAS_PART = sa.select(_PART.c.ticket_number).where(_PART.c.account_id == sa.bindparam("to"))
_ASKED = sa.select(_TICKET.c.number).where(_TICKET.c.requester_id == sa.bindparam("to"))
_LEAVE = sa.delete(_PART).where(
    _PART.c.account_id == sa.bindparam("gone"),
    sa.or_(_PART.c.ticket_number.in_(_HAS_PART), _PART.c.ticket_number.in_(_ASKED)),
)
_JOIN = (
    sa.update(_PART).where(_PART.c.account_id == sa.bindparam("gone")).values(account_id=sa.bindparam("to"))
)
_IS_ASKER = sa.delete(_PART).where(
    _PART.c.account_id == sa.bindparam("to"),
    _PART.c.role == "collaborator",
    _PART.c.ticket_number.in_(sa.bindparam("numbers", expanding=True)),
)
_FORGET_MARKS = sa.delete(_MARK).where(_MARK.c.account_id == sa.bindparam("gone"))
_MAIL = (
    sa.update(_OUTBOX)
    .where(_OUTBOX.c.account_id == sa.bindparam("gone"), _OUTBOX.c.sent_at.is_(None))
    .values(account_id=sa.bindparam("to"))
)


def attach(work: Work, account_id: int, address: str) -> int:
    """Make a proven address the account's; how many tickets came with it. Conflict when it is another's."""
    folded = addresses.folded(address)
    whose = work.session.scalar(_WHOSE, {"address": folded})
    if whose is None:
        _insert(work, account_id, address, folded)
        return 0
    if whose == account_id:
        work.session.execute(_PROVEN, {"which": folded, "now": work.now})
        return 0
    return _take_over(work, whose, account_id, address)


def _insert(work: Work, account_id: int, address: str, folded: str) -> None:
    row = AccountEmail(
        account_id=account_id, address=address, folded=folded, is_primary=False, verified_at=work.now
    )
    try:
        with work.session.begin_nested():
            work.session.add(row)
            work.session.flush()
    except IntegrityError:  # somebody wrote from there, or registered it, at the same moment
        raise _taken(address) from None


def _take_over(work: Work, whose: int, account_id: int, address: str) -> int:
    """Move what a pending account has to ``account_id``, and leave it behind empty."""
    folded = addresses.folded(address)
    # In the order of their keys, as everybody locks accounts; then what they said is still so.
    both = {
        each: work.session.get(Account, each, with_for_update=True, populate_existing=True)
        for each in sorted((whose, account_id))
    }
    gone, to = both[whose], both[account_id]
    if (
        gone is None
        or to is None
        or gone.state is not AccountState.PENDING
        or gone.role is not Role.CUSTOMER
        or work.session.scalar(_WHOSE, {"address": folded}) != whose
        or work.session.scalar(_HOW_MANY, {"account": whose}) != 1
    ):
        raise _taken(address)
    tickets = list(work.session.execute(_TICKETS, {"account": whose}).scalars())
    asked = [ticket.number or 0 for ticket in tickets]
    taken_part = [*asked, *work.session.execute(_PARTS, {"account": whose}).scalars()]
    for ticket in tickets:
        _move(work, ticket, whose, to)
    moved = {"gone": whose, "to": account_id}
    if taken_part:
        work.session.execute(_WROTE, moved | {"numbers": taken_part})
    if asked:
        work.session.execute(_IS_ASKER, {"to": account_id, "numbers": asked})
    work.session.execute(_LEAVE, moved)
    work.session.execute(_JOIN, moved)
    work.session.execute(_FORGET_MARKS, moved)
    work.session.execute(_MAIL, moved)
    work.session.execute(_GIVE, {"which": folded, "to": account_id, "now": work.now})
    tokens.kill(work, whose)
    gone.state, gone.disabled_at = AccountState.DISABLED, work.now
    work.session.flush()
    audit.record(
        work,
        AuditKind.ACCOUNT_DISABLED,
        account_id=whose,
        detail={"tickets": len(tickets), "merged_into": account_id},
    )
    return len(tickets)


def _move(work: Work, ticket: Ticket, gone: int, to: Account) -> None:
    changes: dict[str, tuple[int | None, int | None]] = {"requester_id": (gone, to.id)}
    ticket.requester_id = to.id or 0
    if ticket.filed_by_id == gone:
        changes["filed_by_id"] = (gone, to.id)
        ticket.filed_by_id = to.id
    if ticket.company_id is None and to.company_id is not None:
        changes["company_id"] = (None, to.company_id)
        ticket.company_id = to.company_id
    events.record(work, ticket, EventKind.EDITED, changes=changes, cause=Cause.ADDRESS_PROVEN)


def _taken(address: str) -> Conflict:
    return Conflict(
        N_("{address} belongs to another account of this desk."), field="email", address=clean_line(address)
    )

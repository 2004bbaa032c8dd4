"""The customer of a ticket as its staff know them: who it is, their company, what else they asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import phones
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import TicketRow
from sysmo_tui.models import Account, AccountEmail, Ticket, table
from sysmo_tui.services import companies, own_addresses, rows, visible
from sysmo_tui.services.companies import CompanyLine
from sysmo_tui.services.own_addresses import OwnAddress

MOST = 50
"""Tickets on a card."""

_TICKET, _ACCOUNT, _EMAIL = table(Ticket), table(Account), table(AccountEmail)

_WHO = (
    sa.select(
        _ACCOUNT.c.id,
        _ACCOUNT.c.name,
        _ACCOUNT.c.phone,
        _ACCOUNT.c.locale,
        _ACCOUNT.c.time_zone,
        _ACCOUNT.c.created_at,
        _ACCOUNT.c.typed_company,
        sa.func.coalesce(_TICKET.c.company_id, _ACCOUNT.c.company_id).label("company_id"),
        _EMAIL.c.address,
    )
    .join(_ACCOUNT, _ACCOUNT.c.id == _TICKET.c.requester_id)
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
    .where(_TICKET.c.number == sa.bindparam("number"))
)


def _theirs(sees_all: bool) -> sa.Select[Any]:
    """The numbers of a customer's tickets that the actor works on, the open before the closed."""
    is_closed = sa.case((_TICKET.c.closed_at.is_(None), 0), else_=1)
    return (
        sa.select(
            _TICKET.c.number,
            sa.func.count().over().label("how_many"),
            sa.func.sum(1 - is_closed).over().label("how_many_open"),
        )
        .where(_TICKET.c.requester_id == sa.bindparam("who"), visible.worked_on(sees_all=sees_all))
        .order_by(is_closed, _TICKET.c.number.desc())
        .limit(MOST)
    )


_THEIRS = {sees_all: _theirs(sees_all) for sees_all in (True, False)}


@dataclass(frozen=True, slots=True)
class CustomerCard:
    """Who asks in a ticket. ``tickets`` are the newest, open ones first; the counts tell all of them."""

    name: SafeText
    email: SafeText
    emails: tuple[OwnAddress, ...]
    phone: SafeText | None
    locale: str
    time_zone: str | None
    since: datetime
    typed_company: SafeText
    company: CompanyLine | None
    tickets: tuple[TicketRow, ...]
    ticket_count: int
    open_count: int


def card(work: Work, number: int) -> CustomerCard:
    """The customer of a ticket, for its staff; of their tickets those that the actor works on."""
    visible.require(work, number, Verb.EDIT)
    who = work.session.execute(_WHO, {"number": number}).one()
    theirs = work.session.execute(
        _THEIRS[work.actor.role.sees_all], {"who": who.id, **visible.values(work.actor)}
    ).all()
    return CustomerCard(
        name=clean_line(who.name),
        email=clean_line(who.address),
        emails=own_addresses.of_account(work, who.id),
        phone=clean_line(phones.show(who.phone)) if who.phone else None,
        locale=who.locale,
        time_zone=clean_line(who.time_zone) if who.time_zone else None,
        since=who.created_at,
        typed_company=clean_line(who.typed_company),
        company=companies.known(work, who.company_id) if who.company_id else None,
        tickets=rows.staff(work, [row.number for row in theirs]),
        ticket_count=theirs[0].how_many if theirs else 0,
        open_count=theirs[0].how_many_open if theirs else 0,
    )

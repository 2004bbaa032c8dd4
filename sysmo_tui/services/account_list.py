"""Accounts as staff look them up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses, phones
from sysmo_tui.domain.enums import AccountState, Role
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import AccountLine, Page
from sysmo_tui.models import Account, AccountEmail, Company, SignIn, Ticket, Topic, TopicMember, table
from sysmo_tui.services import cursors, own_addresses, people, visible
from sysmo_tui.services.own_addresses import OwnAddress

PAGE = 50
LONGEST_PAGE = 1000
LONGEST_QUERY = 200
"""Characters of a search that are looked for: SQLite refuses very long patterns."""

_ACCOUNT, _EMAIL, _COMPANY = table(Account), table(AccountEmail), table(Company)
_TICKET, _TOPIC, _MEMBER, _SESSION = table(Ticket), table(Topic), table(TopicMember), table(SignIn)


def _open_tickets(sees_all: bool) -> sa.ColumnElement[int]:
    """Open tickets that staff have, or that a customer asked, as far as the actor may know of them."""

    def count(column: sa.ColumnElement[Any]) -> sa.ScalarSelect[int]:
        return (
            sa.select(sa.func.count())
            .where(column == _ACCOUNT.c.id, _TICKET.c.closed_at.is_(None), visible.known(sees_all=sees_all))
            .correlate(_ACCOUNT)
            .scalar_subquery()
        )

    is_customer = _ACCOUNT.c.role == Role.CUSTOMER
    return sa.case((is_customer, count(_TICKET.c.requester_id)), else_=count(_TICKET.c.assignee_id))


def _lines(sees_all: bool) -> sa.Select[Any]:
    return (
        sa.select(
            _ACCOUNT,
            _EMAIL.c.address,
            _EMAIL.c.verified_at,
            _EMAIL.c.undeliverable_at,
            _EMAIL.c.undeliverable_reason,
            _COMPANY.c.name.label("company"),
            _open_tickets(sees_all).label("open_tickets"),
        )
        .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
        .outerjoin(_COMPANY, _COMPANY.c.id == _ACCOUNT.c.company_id)
        .order_by(_ACCOUNT.c.id)
    )


_LINES = {sees_all: _lines(sees_all) for sees_all in (True, False)}
_TOPICS = (
    sa.select(_MEMBER.c.account_id, _TOPIC.c.name)
    .join(_TOPIC, _TOPIC.c.id == _MEMBER.c.topic_id)
    .where(_MEMBER.c.account_id.in_(sa.bindparam("accounts", expanding=True)), _TOPIC.c.archived_at.is_(None))
    .order_by(_TOPIC.c.position, _TOPIC.c.id)
)
_LAST_SEEN = sa.select(sa.func.max(_SESSION.c.last_seen_at)).where(
    _SESSION.c.account_id == sa.bindparam("account")
)


@dataclass(frozen=True, slots=True)
class AccountView:
    """An account with what staff may know of its person."""

    line: AccountLine
    phone: SafeText | None
    typed_company: SafeText
    company_id: int | None
    locale: str
    time_zone: str | None
    verified_at: datetime | None
    disabled_at: datetime | None
    last_seen_at: datetime | None
    has_password: bool
    undeliverable_reason: SafeText | None = None
    emails: tuple[OwnAddress, ...] = ()


def page(
    work: Work,
    query: str = "",
    *,
    role: Role | None = None,
    state: AccountState | None = None,
    is_staff: bool | None = None,
    after: str | None = None,
    limit: int = PAGE,
) -> Page[AccountLine]:
    """Accounts in the order they came; ``query`` is part of a name, an address or a company's name.

    Case does not matter, nor do accents in names.
    """
    require_right(work.actor, Right.SEE_PEOPLE)
    limit = max(1, min(limit, LONGEST_PAGE))
    statement = _LINES[work.actor.role.sees_all].limit(limit + 1)
    if wanted := same_name(query[:LONGEST_QUERY]):
        statement = statement.where(
            sa.or_(
                _ACCOUNT.c.folded.contains(wanted, autoescape=True),
                _EMAIL.c.folded.contains(addresses.folded(query[:LONGEST_QUERY]), autoescape=True),
                _COMPANY.c.folded.contains(wanted, autoescape=True),
            )
        )
    if role is not None:
        statement = statement.where(_ACCOUNT.c.role == role)
    if state is not None:
        statement = statement.where(_ACCOUNT.c.state == state)
    if is_staff is not None:
        is_customer = _ACCOUNT.c.role == Role.CUSTOMER
        statement = statement.where(sa.not_(is_customer) if is_staff else is_customer)
    if after is not None:
        statement = statement.where(_ACCOUNT.c.id > cursors.key(after))
    rows = work.session.execute(statement, visible.values(work.actor)).all()
    served = _served(work, [row.id for row in rows[:limit]])
    lines = tuple(_line(row, served.get(row.id, ())) for row in rows[:limit])
    return Page(lines, None, str(lines[-1].id) if len(rows) > limit else None)


def show(work: Work, email: str) -> AccountView:
    """One account by any of its addresses."""
    require_right(work.actor, Right.SEE_PEOPLE)
    known = people.named(work, email)
    statement = _LINES[work.actor.role.sees_all].where(_ACCOUNT.c.id == known.id)
    row = work.session.execute(statement, visible.values(work.actor)).first()
    if row is None:
        raise NotFound(N_("There is no account with the address {address}."), address=clean_line(email, 254))
    return AccountView(
        line=_line(row, _served(work, [row.id]).get(row.id, ())),
        phone=None if row.phone is None else clean_line(phones.show(row.phone)),
        typed_company=clean_line(row.typed_company),
        company_id=row.company_id,
        locale=row.locale,
        time_zone=row.time_zone,
        verified_at=row.verified_at,
        disabled_at=row.disabled_at,
        last_seen_at=work.session.execute(_LAST_SEEN, {"account": row.id}).scalar(),
        has_password=row.password_hash is not None,
        undeliverable_reason=clean_line(row.undeliverable_reason) or None,
        emails=own_addresses.of_account(work, row.id),
    )


def _served(work: Work, account_ids: list[int]) -> dict[int, tuple[SafeText, ...]]:
    served: dict[int, tuple[SafeText, ...]] = {}
    for row in work.session.execute(_TOPICS, {"accounts": account_ids}):
        served[row.account_id] = (*served.get(row.account_id, ()), clean_line(row.name))
    return served


def _line(row: Any, served: tuple[SafeText, ...]) -> AccountLine:
    return AccountLine(
        id=row.id,
        name=clean_line(row.name),
        email=clean_line(row.address),
        role=row.role,
        state=row.state.value,
        company=None if row.company is None else clean_line(row.company),
        topics=served,
        created_at=row.created_at,
        open_tickets=row.open_tickets,
        undeliverable_at=row.undeliverable_at,
    )

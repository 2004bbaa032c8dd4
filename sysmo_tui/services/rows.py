"""Rows of tickets for lists: one statement for the few numbers that a page holds.

Whoever calls has already decided which numbers the actor may see, and in which capacity.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import CustomerTicketRow, Person, TicketRow
from sysmo_tui.domain.workflow import customer_category
from sysmo_tui.models import (
    Account,
    AccountEmail,
    Company,
    Priority,
    ReadMark,
    Status,
    Ticket,
    TicketType,
    Topic,
    table,
)
from sysmo_tui.services import unsent
from sysmo_tui.services.arms import Order
from sysmo_tui.storage.listed import listed

_TICKET, _STATUS, _PRIORITY = table(Ticket), table(Status), table(Priority)
_TYPE, _TOPIC, _COMPANY, _MARK = table(TicketType), table(Topic), table(Company), table(ReadMark)
_NUMBERS = listed("numbers")


def _someone(label: str) -> tuple[sa.FromClause, sa.FromClause]:
    return table(Account).alias(label), table(AccountEmail).alias(f"{label}_email")


REQUESTER, _REQUESTER_EMAIL = _someone("requester")
_ASSIGNEE, _ASSIGNEE_EMAIL = _someone("assignee")
_OWNER, _OWNER_EMAIL = _someone("owner")


def _primary(email: sa.FromClause, account: sa.FromClause) -> sa.ColumnElement[bool]:
    return sa.and_(email.c.account_id == account.c.id, email.c.is_primary)


_ME = sa.bindparam("me", type_=_MARK.c.account_id.type)
_MY_MARK = sa.and_(_MARK.c.ticket_number == _TICKET.c.number, _MARK.c.account_id == _ME)
_SEEN = sa.func.coalesce(_MARK.c.entry_id, sa.literal_column("0"))
_MY_DRAFT = unsent.has_one(_TICKET.c.number, _ME).label("has_draft")

_STAFF_COLUMNS = (
    _TICKET.c.number,
    _TICKET.c.subject,
    _STATUS.c.name.label("status"),
    _TICKET.c.category,
    _PRIORITY.c.name.label("priority"),
    _TICKET.c.priority_level,
    _TYPE.c.name.label("type"),
    _TOPIC.c.name.label("topic"),
    _TICKET.c.channel,
    _TICKET.c.contact_email,
    _TICKET.c.requester_id,
    REQUESTER.c.name.label("requester_name"),
    _REQUESTER_EMAIL.c.address.label("requester_email"),
    _COMPANY.c.name.label("company"),
    _TICKET.c.assignee_id,
    _ASSIGNEE.c.name.label("assignee_name"),
    _ASSIGNEE_EMAIL.c.address.label("assignee_email"),
    _TICKET.c.owner_id,
    _OWNER.c.name.label("owner_name"),
    _OWNER_EMAIL.c.address.label("owner_email"),
    _TICKET.c.created_at,
    _TICKET.c.updated_at,
    _TICKET.c.waiting_since,
    _TICKET.c.first_response_at,
    _TICKET.c.closed_at,
    _TICKET.c.next_due_at,
    _TICKET.c.follow_up_at,
    _TICKET.c.action_due_at,
    (_TICKET.c.last_entry_id > _SEEN).label("is_unread"),
    _MY_DRAFT,
    _TICKET.c.version,
    _TICKET.c.undeliverable_at,
)
STAFF_WIDTH = len(_STAFF_COLUMNS)
_CUSTOMER_COLUMNS = (
    _TICKET.c.number,
    _TICKET.c.subject,
    _STATUS.c.customer_label.label("status"),
    _TICKET.c.category,
    _PRIORITY.c.name.label("priority"),
    _TOPIC.c.name.label("topic"),
    _TICKET.c.channel,
    _TICKET.c.contact_email,
    REQUESTER.c.name.label("requester_name"),
    _ASSIGNEE.c.name.label("assignee_name"),
    _TICKET.c.created_at,
    _TICKET.c.public_updated_at,
    _TICKET.c.closed_at,
    (_TICKET.c.last_public_entry_id > _SEEN).label("is_unread"),
    _MY_DRAFT,
)


def staff_of(source: sa.FromClause, number: sa.ColumnElement[int], *keys: Any) -> sa.Select[Any]:
    """The rows of the tickets that ``source`` names, each with its ``keys``, in no order.

    It binds ``me``, the reader's account; :func:`staff_row` takes what comes before the keys.
    """
    return (
        sa.select(*_STAFF_COLUMNS, *keys)
        .select_from(source)
        .join(_TICKET, _TICKET.c.number == number)
        .join(_STATUS, _STATUS.c.id == _TICKET.c.status_id)
        .join(_PRIORITY, _PRIORITY.c.id == _TICKET.c.priority_id)
        .join(_TYPE, _TYPE.c.id == _TICKET.c.type_id)
        .join(_TOPIC, _TOPIC.c.id == _TICKET.c.topic_id)
        .join(REQUESTER, REQUESTER.c.id == _TICKET.c.requester_id)
        .join(_REQUESTER_EMAIL, _primary(_REQUESTER_EMAIL, REQUESTER))
        .outerjoin(_COMPANY, _COMPANY.c.id == _TICKET.c.company_id)
        .outerjoin(_ASSIGNEE, _ASSIGNEE.c.id == _TICKET.c.assignee_id)
        .outerjoin(_ASSIGNEE_EMAIL, _primary(_ASSIGNEE_EMAIL, _ASSIGNEE))
        .outerjoin(_OWNER, _OWNER.c.id == _TICKET.c.owner_id)
        .outerjoin(_OWNER_EMAIL, _primary(_OWNER_EMAIL, _OWNER))
        .outerjoin(_MARK, _MY_MARK)
    )


def _customer_of(source: sa.FromClause, number: sa.ColumnElement[int], *keys: Any) -> sa.Select[Any]:
    return (
        sa.select(*_CUSTOMER_COLUMNS, *keys)
        .select_from(source)
        .join(_TICKET, _TICKET.c.number == number)
        .join(_STATUS, _STATUS.c.id == _TICKET.c.status_id)
        .join(_PRIORITY, _PRIORITY.c.id == _TICKET.c.priority_id)
        .join(_TOPIC, _TOPIC.c.id == _TICKET.c.topic_id)
        .join(REQUESTER, REQUESTER.c.id == _TICKET.c.requester_id)
        .outerjoin(_ASSIGNEE, _ASSIGNEE.c.id == _TICKET.c.assignee_id)
        .outerjoin(_MARK, _MY_MARK)
    )


_STAFF = staff_of(_NUMBERS, _NUMBERS.c.value)
_CUSTOMER = _customer_of(_NUMBERS, _NUMBERS.c.value)


_name = lru_cache(maxsize=4_000)(clean_line)
"""The same few names stand in many rows."""


def staff(work: Work, numbers: Sequence[int]) -> tuple[TicketRow, ...]:
    """These tickets for staff, in the order of ``numbers``."""
    return _ordered(numbers, [staff_row(row) for row in _read(work, _STAFF, numbers)])


def customer(work: Work, numbers: Sequence[int]) -> tuple[CustomerTicketRow, ...]:
    """These tickets for the person who asked, in the order of ``numbers``."""
    return _ordered(numbers, [_customer_row(row) for row in _read(work, _CUSTOMER, numbers)])


@dataclass(frozen=True, slots=True)
class Keyed:
    """Rows in an order of theirs, and the keys by which each of them has its place there."""

    rows: list[TicketRow] | list[CustomerTicketRow]
    keys: list[tuple[Any, ...]]


def keyed(work: Work, keys: sa.Select[Any], order: Order, bound: dict[str, Any], *, is_public: bool) -> Keyed:
    """The tickets of ``keys``, a statement that is built once and gives the columns of ``order``."""
    found = work.session.execute(_keyed(keys, order, is_public), bound).all()
    width = len(order.columns)
    where = [tuple(row[-width:]) for row in found]
    if is_public:
        return Keyed([_customer_row(row) for row in found], where)
    return Keyed([staff_row(row[:-width]) for row in found], where)


@lru_cache(maxsize=256)
def _keyed(keys: sa.Select[Any], order: Order, is_public: bool) -> sa.Select[Any]:
    page = keys.subquery("page")
    joined = _customer_of if is_public else staff_of
    return joined(page, page.c.number, *page.c).order_by(*order.clauses(page))


def _read(
    work: Work, statement: sa.Select[*tuple[Any, ...]], numbers: Sequence[int]
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    if not numbers:
        return []
    return work.session.execute(statement, {"numbers": numbers, "me": work.actor.account_id}).all()


def _ordered(numbers: Sequence[int], found: list[Any]) -> tuple[Any, ...]:
    by_number = {row.number: row for row in found}
    return tuple(by_number[number] for number in numbers if number in by_number)


def staff_row(row: Sequence[Any]) -> TicketRow:
    """What staff see of a ticket, from the columns of :func:`staff_of`."""
    # Unpacking is measurably faster than naming each column, and pages are read all day.
    (
        number,
        subject,
        status,
        category,
        priority,
        level,
        type_,
        topic,
        channel,
        contact_email,
        requester_id,
        requester_name,
        requester_email,
        company,
        assignee_id,
        assignee_name,
        assignee_email,
        owner_id,
        owner_name,
        owner_email,
        *clocks,
        is_unread,
        has_draft,
        version,
        undeliverable_at,
    ) = row
    created_at, updated_at, waiting_since, first_response_at, closed_at, next_due_at, *days = clocks
    follow_up_at, action_due_at = days
    return TicketRow(
        number=number,
        subject=clean_line(subject),
        status=_name(status),
        category=category,
        priority=_name(priority),
        level=level,
        type=_name(type_),
        topic=_name(topic),
        channel=channel,
        requester=_person(requester_id, requester_name, requester_email, company),
        contact_email=_name(contact_email),
        assignee=_person(assignee_id, assignee_name, assignee_email) if assignee_id else None,
        owner=_person(owner_id, owner_name, owner_email) if owner_id else None,
        created_at=created_at,
        updated_at=updated_at,
        waiting_since=waiting_since,
        first_response_at=first_response_at,
        closed_at=closed_at,
        due_at=None if next_due_at == FAR_FUTURE else next_due_at,
        follow_up_at=follow_up_at,
        action_due_at=action_due_at,
        is_unread=bool(is_unread),
        has_draft=bool(has_draft),
        version=version,
        undeliverable_at=undeliverable_at,
    )


def _customer_row(row: sa.Row[*tuple[Any, ...]]) -> CustomerTicketRow:
    return CustomerTicketRow(
        number=row.number,
        subject=clean_line(row.subject),
        status=clean_line(row.status),
        category=customer_category(row.category),
        priority=clean_line(row.priority),
        topic=clean_line(row.topic),
        channel=row.channel,
        requester=clean_line(row.requester_name),
        contact_email=clean_line(row.contact_email),
        operator=clean_line(row.assignee_name) if row.assignee_name else None,
        created_at=row.created_at,
        updated_at=row.public_updated_at,
        closed_at=row.closed_at,
        is_unread=bool(row.is_unread),
        has_draft=bool(row.has_draft),
    )


@lru_cache(maxsize=4_000)
def _person(account_id: int, name: str, email: str, company: str | None = None) -> Person:
    return Person(account_id, _name(name), _name(email), _name(company) if company else None)

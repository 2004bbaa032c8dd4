"""The lists of tickets that everyone has, a page at a time.

Staff see open tickets unless a query asks for others; "Created by me" holds open and
closed ones and is served, to staff too, as the person who asked sees it.
"""

from __future__ import annotations

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category, Inbox, Sort
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.query import Problem
from sysmo_tui.domain.views import CustomerTicketRow, Page, TicketRow
from sysmo_tui.models import Ticket, Topic, table
from sysmo_tui.services import arms, rows, search
from sysmo_tui.services.arms import Order, Shape

COUNTED = 1_000
"""Counters stop here; more is shown as "999+"."""

PAGE = 50
LARGEST_PAGE = 1_000

_TICKET, _TOPIC = table(Ticket), table(Topic)
_ALL_TOPICS = sa.select(_TOPIC.c.id).order_by(_TOPIC.c.id)


@dataclass(frozen=True, slots=True)
class Listing:
    """A page, and what of the query was not understood."""

    page: Page[TicketRow] | Page[CustomerTicketRow]
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class InboxCounts:
    """Open tickets in each inbox, at most :data:`COUNTED`; None where one has no such inbox."""

    created: int
    assigned: int | None = None
    topics: int | None = None
    new_in_topics: int | None = None
    unassigned: int | None = None


def page(
    work: Work,
    inbox: Inbox,
    *,
    query: str = "",
    sort: Sort | None = None,
    after: str | None = None,
    limit: int = PAGE,
    with_closed: bool = False,
) -> Listing:
    """A page of an inbox, filtered by ``query``, behind the cursor ``after``.

    ``with_closed`` shows closed tickets even where the query does not ask for them.
    ``sort`` is *urgent* for staff and *updated* for those who asked unless given.
    Invalid for a cursor of another list; Forbidden for an inbox that customers do not have.
    """
    if inbox is not Inbox.CREATED and not work.actor.is_staff:
        raise Forbidden(N_("Customers have one list: the requests they made."))
    is_public = inbox is Inbox.CREATED
    orders = arms.PUBLIC_ORDERS if is_public else arms.ORDERS
    chosen = sort or (Sort.UPDATED if is_public else Sort.URGENT)
    if chosen not in orders:
        raise Invalid(
            N_("This list is sorted by one of: {choices}."), field="sort", choices=", ".join(orders)
        )
    wanted = search.compiled(work, query, is_public=is_public)
    topics = _topics(work, inbox)
    shape = Shape(
        inbox=inbox,
        topics=len(topics),
        sees_all=work.actor.role.sees_all,
        order=orders[chosen],
        is_open_only=not (is_public or with_closed or wanted.names_state),
        has_after=after is not None,
    )
    size = max(1, min(limit, LARGEST_PAGE))
    bound = arms.values(work.actor, topics) | {"limit": size + 1}
    if after is not None:
        bound |= _from_cursor(after, chosen, shape.order)
    found = work.session.execute(arms.keys(shape, wanted.conditions), bound).all()
    numbers = [row.number for row in found[:size]]
    cursor = _to_cursor(chosen, found[size - 1]) if len(found) > size else None
    items = rows.customer(work, numbers) if is_public else rows.staff(work, numbers)
    return Listing(Page(items, None, cursor), wanted.problems)  # type: ignore[arg-type]


def counts(work: Work) -> InboxCounts:
    """How much is open in each inbox of the actor, in one statement."""
    me = work.actor.account_id
    parts = {"created": _counted(_TICKET.c.requester_id == me)}
    if work.actor.is_staff:
        topics = _topics(work, Inbox.TOPICS)
        in_topics = _TICKET.c.topic_id.in_(topics)
        everywhere = _topics(work, Inbox.UNASSIGNED)
        parts |= {
            "assigned": _counted(_TICKET.c.assignee_id == me),
            "topics": _counted(in_topics),
            "new_in_topics": _counted(in_topics, _TICKET.c.category == Category.NEW),
            "unassigned": _counted(_TICKET.c.topic_id.in_(everywhere), _TICKET.c.assignee_id.is_(None)),
        }
    row = work.session.execute(sa.select(*(part.label(name) for name, part in parts.items()))).one()
    return InboxCounts(**row._mapping)


def first_inbox(work: Work) -> Inbox:
    """Where someone starts: what is assigned to them, else their topics; customers, what they made."""
    if not work.actor.is_staff:
        return Inbox.CREATED
    has_own = sa.exists().where(_TICKET.c.assignee_id == work.actor.account_id, _TICKET.c.closed_at.is_(None))
    return Inbox.ASSIGNED if work.session.execute(sa.select(has_own)).scalar_one() else Inbox.TOPICS


def _topics(work: Work, inbox: Inbox) -> list[int]:
    """The topics whose tickets the inbox holds: the actor's, or all for who sees all the unassigned."""
    if inbox is Inbox.UNASSIGNED and work.actor.role.sees_all:
        return list(work.session.execute(_ALL_TOPICS).scalars())
    return sorted(work.actor.topics)


def _counted(*conditions: sa.ColumnElement[bool]) -> Any:
    found = (
        sa.select(sa.literal(1)).where(*conditions, _TICKET.c.closed_at.is_(None)).limit(COUNTED).subquery()
    )
    return sa.select(sa.func.count()).select_from(found).scalar_subquery()


def _to_cursor(sort: Sort, row: Sequence[Any]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in row]
    return base64.urlsafe_b64encode(json.dumps([sort.value, *plain]).encode()).decode().rstrip("=")


def _from_cursor(cursor: str, sort: Sort, order: Order) -> dict[str, Any]:
    try:
        read = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
        named, *plain = read
        found = [
            datetime.fromisoformat(value) if name.endswith(("_at", "_since")) else int(value)
            for name, value in zip(order.columns, plain, strict=True)
        ]
    except (ValueError, TypeError, binascii.Error) as error:
        raise Invalid(N_("This page does not exist. Start again from the first."), field="after") from error
    is_aware = all(value.tzinfo is not None for value in found if isinstance(value, datetime))
    is_small = all(abs(value) < 2**62 for value in found if isinstance(value, int))
    if named != sort.value or not is_aware or not is_small:
        raise Invalid(N_("This page does not exist. Start again from the first."), field="after")
    return {f"after_{i}": value for i, value in enumerate(found)}

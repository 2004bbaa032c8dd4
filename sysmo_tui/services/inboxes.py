"""The lists of tickets that everyone has, a page at a time.

Staff see open tickets unless a query asks for others; "Created by me" holds open and
closed ones and is served, to staff too, as the person who asked sees it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category, Inbox, Sort
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.query import Problem
from sysmo_tui.domain.views import CustomerTicketRow, Page, TicketRow
from sysmo_tui.models import Ticket, Topic, table
from sysmo_tui.services import arms, cursors, newest, rows, search
from sysmo_tui.services.arms import Shape
from sysmo_tui.services.newest import Place
from sysmo_tui.services.search import Compiled

COUNTED = 1_000
"""Counters stop here; more is shown as "999+"."""

PAGE = 50
LARGEST_PAGE = 1_000
FEW_TICKETS = 200
"""Among so many tickets, common words are looked for in each one's entries."""

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

    ``with_closed`` shows closed tickets even where the query does not ask for them. Without
    ``sort``, open tickets come most urgent first, lists that hold closed ones newest first,
    and "created by me" by what was updated last. A search for common words comes by its
    newest matching entries, whatever ``sort`` says: see ``newest.py``.
    Invalid for a cursor of another list; Forbidden for an inbox that customers do not have.
    """
    if inbox is not Inbox.CREATED and not work.actor.is_staff:
        raise Forbidden(N_("Customers have one list: the requests they made."))
    is_public = inbox is Inbox.CREATED
    orders = arms.PUBLIC_ORDERS if is_public else arms.ORDERS
    if sort is not None and sort not in orders:
        raise Invalid(
            N_("This list is sorted by one of: {choices}."), field="sort", choices=", ".join(orders)
        )
    wanted = search.compiled(work, query, is_public=is_public)
    is_open_only = not (is_public or with_closed or wanted.names_state)
    default = Sort.UPDATED if is_public else Sort.URGENT if is_open_only else Sort.CREATED
    chosen = sort or default
    behind = cursors.read(after, chosen, orders[chosen].columns)
    topics = _topics(work, inbox)
    shape = Shape(
        inbox=inbox,
        topics=len(topics),
        sees_all=work.actor.role.sees_all,
        order=orders[chosen],
        is_open_only=is_open_only,
        has_after=isinstance(behind, tuple),
    )
    size = max(1, min(limit, LARGEST_PAGE))
    bound = arms.values(work.actor, topics) | {"limit": size + 1}
    numbers, cursor = _found(work, shape, wanted, bound, behind, chosen)
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


def _found(
    work: Work,
    shape: Shape,
    wanted: Compiled,
    bound: dict[str, Any],
    behind: tuple[Any, ...] | Place | None,
    sort: Sort,
) -> tuple[list[int], str | None]:
    """The tickets of a page, and the cursor behind it, by the cheapest way there is."""
    size = bound["limit"] - 1
    if isinstance(behind, tuple):
        bound |= {f"after_{i}": value for i, value in enumerate(behind)}
    candidates = wanted.candidates
    if candidates is None and wanted.groups and not isinstance(behind, tuple):
        candidates = None if isinstance(behind, Place) else _few(work, shape, wanted, bound)
        if candidates is None:
            found = newest.page(work, shape, wanted, bound, behind, size)
            return found.numbers, cursors.by_match(found.next) if found.next else None
    if isinstance(behind, Place):
        raise cursors.unknown()
    if candidates is not None:
        statement = arms.among(shape, candidates, wanted.conditions)
    else:
        statement = arms.keys(shape, wanted.conditions)
    keys = work.session.execute(statement, bound).all()
    numbers = [key.number for key in keys[:size]]
    return numbers, cursors.by_sort(sort, keys[size - 1]) if len(keys) > size else None


def _few(work: Work, shape: Shape, wanted: Compiled, bound: dict[str, Any]) -> frozenset[int] | None:
    """All that a search can find when it is about someone's tickets and these are few, else None."""
    if shape.inbox not in (Inbox.ASSIGNED, Inbox.CREATED) and not wanted.names_people:
        return None
    rest = wanted.rest if wanted.names_people else ()
    found = work.session.execute(arms.keys(shape, rest), bound | {"limit": FEW_TICKETS + 1}).all()
    return frozenset(key.number for key in found) if len(found) <= FEW_TICKETS else None

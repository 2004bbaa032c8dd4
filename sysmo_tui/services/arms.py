"""The arms of an inbox: who may see which tickets, as one indexed scan each.

A page takes its limit from every arm and merges them, so that it costs the same
however many tickets there are. A predicate that joined them with OR would sort them all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.enums import Inbox, PersonRole, Sort
from sysmo_tui.models import Ticket, TicketPerson, table
from sysmo_tui.services import search_words

_TICKET, _PERSON = table(Ticket), table(TicketPerson)
_IS_OPEN = _TICKET.c.closed_at.is_(None)
_IS_NOBODYS = _TICKET.c.assignee_id.is_(None)

_DISJOINT = {Inbox.TOPICS, Inbox.UNASSIGNED, Inbox.ASSIGNED}
"""Inboxes whose arms never hold the same ticket."""

Condition = sa.ColumnElement[bool]


@dataclass(frozen=True, slots=True)
class Order:
    """The columns of a sort, all in one direction; the last one is the number."""

    columns: tuple[str, ...]
    is_descending: bool

    def clauses(self, source: Any = _TICKET) -> list[sa.UnaryExpression[Any]]:
        """What ORDER BY takes."""
        return [source.c[n].desc() if self.is_descending else source.c[n].asc() for n in self.columns]

    def beyond(self) -> Condition:
        """Rows behind the one whose values are bound as ``after_0``, ``after_1``…"""
        here = sa.tuple_(*(_TICKET.c[name] for name in self.columns))
        there = sa.tuple_(
            *(sa.bindparam(f"after_{i}", type_=_TICKET.c[name].type) for i, name in enumerate(self.columns))
        )
        return here < there if self.is_descending else here > there


ORDERS = {
    Sort.URGENT: Order(("rank", "waiting_since", "number"), is_descending=False),
    Sort.UPDATED: Order(("updated_at", "number"), is_descending=True),
    Sort.CREATED: Order(("number",), is_descending=True),
    Sort.DUE: Order(("next_due_at", "number"), is_descending=False),
    Sort.PRIORITY: Order(("priority_level", "number"), is_descending=True),
}
PUBLIC_ORDERS = {
    Sort.UPDATED: Order(("public_updated_at", "number"), is_descending=True),
    Sort.CREATED: Order(("number",), is_descending=True),
}
"""What a requester may sort by: nothing that moves on an internal note."""


@dataclass(frozen=True, slots=True)
class Shape:
    """All that decides the form of a page's statement; the values are bound."""

    inbox: Inbox
    topics: int
    sees_all: bool
    order: Order
    is_open_only: bool
    has_after: bool
    limit: int


def keys(shape: Shape, conditions: Sequence[Condition] = ()) -> sa.Select[Any]:
    """The ordering columns of a page's tickets; built once for each shape without conditions."""
    return _built(shape, tuple(conditions)) if conditions else _cached(shape)


def among(shape: Shape, numbers: frozenset[int], conditions: Sequence[Condition] = ()) -> sa.Select[Any]:
    """Like :func:`keys`, of these tickets only."""
    columns = [_TICKET.c[name] for name in shape.order.columns]
    return (
        sa.select(*columns)
        .where(
            search_words.among(_TICKET.c.number, numbers),
            search_words.opaque(sa.and_(allowed(shape), *_common(shape, conditions))),
        )
        .order_by(*shape.order.clauses())
        .limit(_limit(shape))
    )


def allowed(shape: Shape) -> Condition:
    """Whether a ticket belongs to the inbox: for few tickets, as it does not follow the arms' indexes."""
    return sa.or_(sa.false(), *scopes(shape))


def scopes(shape: Shape) -> list[Condition]:
    """One condition for each arm, together all that the actor sees in this inbox as staff."""
    if shape.inbox is Inbox.ASSIGNED:
        return [_TICKET.c.assignee_id == sa.bindparam("me")]
    if shape.inbox is Inbox.CREATED:
        return [_TICKET.c.requester_id == sa.bindparam("me"), _part(PersonRole.COLLABORATOR)]
    if shape.inbox is Inbox.ALL and shape.sees_all:
        return [sa.true()]
    if shape.inbox is Inbox.UNASSIGNED and shape.sees_all:
        return [_IS_NOBODYS]
    topics = [_TICKET.c.topic_id == sa.bindparam(f"topic_{i}") for i in range(shape.topics)]
    if shape.inbox is Inbox.TOPICS:
        return topics
    if shape.inbox is Inbox.UNASSIGNED:
        return [sa.and_(topic, _IS_NOBODYS) for topic in topics]
    return [
        *topics,
        _TICKET.c.assignee_id == sa.bindparam("me"),
        _TICKET.c.owner_id == sa.bindparam("me"),
        _part(PersonRole.WATCHER),
    ]


def _limit(shape: Shape) -> Condition:
    # Spelled out: for a bound one PostgreSQL plans anew each time, for it may be any number of rows.
    return sa.literal_column(str(shape.limit))


def merged(inbox: Inbox, arms: Sequence[sa.Select[Any]]) -> sa.CompoundSelect[Any]:
    """The arms of an inbox together, each ticket once."""
    return sa.union_all(*arms) if inbox in _DISJOINT else sa.union(*arms)


def values(actor: Actor, topics: Sequence[int]) -> dict[str, Any]:
    """What the arms of ``actor`` bind."""
    return {"me": actor.account_id, **{f"topic_{i}": topic for i, topic in enumerate(topics)}}


def _part(role: PersonRole) -> Condition:
    mine = sa.select(_PERSON.c.ticket_number).where(
        _PERSON.c.account_id == sa.bindparam("me"), _PERSON.c.role == role
    )
    return _TICKET.c.number.in_(mine)


@lru_cache(maxsize=256)
def _cached(shape: Shape) -> sa.Select[Any]:
    return _built(shape, ())


def _built(shape: Shape, conditions: Sequence[Condition]) -> sa.Select[Any]:
    common = _common(shape, conditions)
    columns = [_TICKET.c[name] for name in shape.order.columns]
    arms = [
        sa.select(
            sa.select(*columns)
            .where(scope, *common)
            .order_by(*shape.order.clauses())
            .limit(_limit(shape))
            .subquery()
        )
        for scope in scopes(shape)
    ]
    if not arms:
        return sa.select(*columns).where(sa.false())
    page = merged(shape.inbox, arms).subquery()
    return sa.select(page).order_by(*shape.order.clauses(page)).limit(_limit(shape))


def _common(shape: Shape, conditions: Sequence[Condition]) -> list[Condition]:
    """What every arm asks for beside its scope."""
    common = list(conditions)
    if shape.is_open_only:
        common.append(_IS_OPEN)
    if shape.has_after:
        common.append(shape.order.beyond())
    return common

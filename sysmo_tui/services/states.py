"""Statuses, and moving a locked ticket between them, for every use case that does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain.enums import Category, CloseReason, EventKind
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.text import clean_line
from sysmo_tui.models import Status, Ticket, table
from sysmo_tui.services import events, named

_STATUS = table(Status)
_ALL = sa.select(
    _STATUS.c.id,
    _STATUS.c.slug,
    _STATUS.c.name,
    _STATUS.c.category,
    _STATUS.c.customer_label,
    _STATUS.c.is_default,
    _STATUS.c.archived_at,
).order_by(_STATUS.c.position, _STATUS.c.id)

Changes = dict[str, tuple[Any, Any]]


@dataclass(frozen=True, slots=True)
class State:
    """A status as the workflow needs it."""

    id: int
    slug: str
    name: str
    category: Category
    customer_label: str
    is_default: bool
    is_archived: bool


_STATES: Memory[dict[int, State]] = Memory(is_common=True)


def all_states(work: Work) -> dict[int, State]:
    """Every status by id, read once in a unit of work."""
    known = _STATES.get(work)
    return _STATES.set(work, _read(work)) if known is None else known


def forget(work: Work) -> None:
    """Read the statuses again when they are next asked for: they are about to change."""
    _STATES.forget(work)


def _read(work: Work) -> dict[int, State]:
    return {
        row.id: State(
            row.id,
            row.slug,
            row.name,
            row.category,
            row.customer_label,
            row.is_default,
            row.archived_at is not None,
        )
        for row in work.session.execute(_ALL)
    }


def default_state(work: Work, category: Category) -> State:
    """The status that a ticket gets when only its category is known."""
    return next(s for s in all_states(work).values() if s.category is category and s.is_default)


def find_state(work: Work, text: str) -> State:
    """An active status by slug or name, in any language; Invalid names the choices."""
    active = [s for s in all_states(work).values() if not s.is_archived]
    found = named.among(active, text)
    if found is not None:
        return found
    raise Invalid(
        N_("There is no status “{status}”. Choose one of: {choices}."),
        field="status",
        status=clean_line(text, 80),
        choices=", ".join(state.slug for state in active),
    )


def move(work: Work, ticket: Ticket, state: State, reason: CloseReason | None = None) -> Changes:
    """Put ``ticket`` into ``state`` and keep its closing columns true; returns what changed.

    Raises Conflict for a new ticket that somebody has: taken is in progress.
    """
    if state.category is Category.NEW and ticket.assignee_id is not None:
        raise Conflict(
            N_("#{number} is taken. Release it, and it is new again."), field="status", number=ticket.number
        )
    before = all_states(work)[ticket.status_id]
    closed_at = (ticket.closed_at or work.now) if state.category is Category.CLOSED else None
    close_reason = (reason or ticket.close_reason) if state.category is Category.CLOSED else None
    changes: Changes = {
        "status_id": (ticket.status_id, state.id),
        "category": (ticket.category, state.category),
        "label": (before.customer_label, state.customer_label),
        "closed_at": (ticket.closed_at, closed_at),
        "close_reason": (ticket.close_reason, close_reason),
    }
    ticket.status_id, ticket.category = state.id, state.category
    ticket.closed_at, ticket.close_reason = closed_at, close_reason
    return {name: pair for name, pair in changes.items() if pair[0] != pair[1]}


def move_to_category(
    work: Work, ticket: Ticket, category: Category, reason: CloseReason | None = None
) -> Changes:
    """:func:`move` to the default status of ``category``; nothing when the ticket is in it already."""
    if ticket.category is category:
        return {}
    return move(work, ticket, default_state(work, category), reason)


def chained(first: Changes, then: Changes) -> Changes:
    """Two sets of changes as one: the older old value, the newer new one."""
    return first | {name: (first.get(name, pair)[0], pair[1]) for name, pair in then.items()}


def close(work: Work, ticket: Ticket, reason: CloseReason) -> None:
    """Close a locked ticket and say so in its history."""
    changes = move(work, ticket, default_state(work, Category.CLOSED), reason)
    changes["waiting_since"] = (ticket.waiting_since, FAR_FUTURE)
    ticket.waiting_since = FAR_FUTURE
    events.record(work, ticket, EventKind.CLOSED, changes=changes)


def reopen(work: Work, ticket: Ticket, cause: str = "", *, is_asked: bool = False) -> None:
    """Put a locked, closed ticket back in progress and say so in its history; who asked waits from now."""
    changes = move(work, ticket, default_state(work, Category.OPEN))
    changes["is_spam"] = (ticket.is_spam, False)
    ticket.is_spam = False
    if is_asked:
        changes["waiting_since"] = (ticket.waiting_since, work.now)
        ticket.waiting_since = work.now
    events.record(work, ticket, EventKind.REOPENED, changes=changes, cause=cause)

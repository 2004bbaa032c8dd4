"""The append-only history: every change to a ticket goes through :func:`record`."""

from __future__ import annotations

from datetime import date, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Happened, Work
from sysmo_tui.domain import workflow
from sysmo_tui.domain.enums import EventKind, Visibility
from sysmo_tui.models import Entry, Event, Ticket, table
from sysmo_tui.services import cycles, read_marks, search_index

_INSERT = sa.insert(table(Event))

PUBLIC_FIELDS = frozenset({"subject", "topic_id", "label", "contact_email", "priority_id"})
"""Fields of a ticket that its customer reads; changing one moves the public clock."""

_PUBLIC_KINDS = frozenset(
    {
        EventKind.FILED,
        EventKind.TAKEN,
        EventKind.ASSIGNED,
        EventKind.RELEASED,
        EventKind.CLOSED,
        EventKind.REOPENED,
        EventKind.RATED,
    }
)

TAKING_BACK = frozenset({EventKind.WITHDRAWN, EventKind.UNDONE})
"""Kinds by which something else goes back; with an entry, that one is not there any more."""

_PROJECTIONS = (search_index.project, cycles.project, read_marks.project)
"""Derived tables, brought up to date at once and rebuildable from the events."""


def record(
    work: Work,
    ticket: Ticket,
    kind: EventKind,
    *,
    entry: Entry | None = None,
    changes: dict[str, tuple[Any, Any]] | None = None,
    cause: str = "",
) -> Happened:
    """Append what happened, move the ticket's clocks and bring the derived tables up to date.

    ``changes`` maps a column to (old, new); a pair that does not differ is left out.
    ``label`` among them says that the customer's status label changed.
    """
    differing = {name: [plain(old), plain(new)] for name, (old, new) in (changes or {}).items() if old != new}
    happened = Happened(
        kind=kind,
        ticket=ticket,
        actor=work.actor,
        entry=entry,
        changes=differing,
        is_public=is_public(kind, None if entry is None else entry.visibility, differing),
        cause=cause,
    )
    _move_clocks(work, ticket, happened)
    work.later(
        _INSERT,
        {
            "batch_id": work.batch_id,
            "ticket_number": ticket.number,
            "entry_id": entry.id if entry else None,
            "at": work.now,
            "actor_id": work.actor.account_id,
            "channel": work.actor.channel,
            "kind": kind,
            "changes": differing,
            "cause": cause,
        },
    )
    for project in _PROJECTIONS:
        project(work, happened)
    work.happened.append(happened)
    return happened


def is_public(kind: EventKind, visibility: Visibility | None, changes: dict[str, list[Any]]) -> bool:
    """Whether an event, with an entry of that ``visibility`` if any, moves what its customer sees."""
    if kind in TAKING_BACK:
        # What was taken back before anybody heard of it never happened to the customer.
        return kind is EventKind.UNDONE and "label" in changes
    if visibility is Visibility.PUBLIC:
        return True
    return kind in _PUBLIC_KINDS or not PUBLIC_FIELDS.isdisjoint(changes)


def _move_clocks(work: Work, ticket: Ticket, happened: Happened) -> None:
    ticket.updated_at = max(work.now, ticket.updated_at)
    if happened.is_public:
        ticket.public_updated_at = max(work.now, ticket.public_updated_at)
    is_new = happened.kind not in TAKING_BACK
    if is_new and happened.entry is not None and happened.entry.id is not None:
        ticket.last_entry_id = happened.entry.id
        if happened.entry.visibility is Visibility.PUBLIC:
            ticket.last_public_entry_id = happened.entry.id
    ticket.rank = workflow.rank(ticket.category, ticket.priority_level)
    if happened.kind is not EventKind.FILED:
        ticket.version += 1


def plain(value: object) -> Any:
    """A value as an event keeps it, in JSON."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value

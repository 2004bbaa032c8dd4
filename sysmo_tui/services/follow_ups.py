"""Waiting and held tickets whose follow-up date has come."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import policy, workflow
from sysmo_tui.domain.enums import Category, Cause, EntryKind, EventKind, Visibility
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import desk_settings, events, states, thread

REMINDER = N_("The follow-up date was reached.")

_TICKET = table(Ticket)
_DUE = (
    sa.select(Ticket)
    .where(
        _TICKET.c.follow_up_at <= sa.bindparam("today", type_=sa.Date()),
        _TICKET.c.category.in_((Category.WAITING, Category.HOLD)),
    )
    .order_by(_TICKET.c.number)
    .limit(100)
    .with_for_update()
)

_ANY_DUE = (
    sa.select(_TICKET.c.number)
    .where(
        _TICKET.c.follow_up_at <= sa.bindparam("today", type_=sa.Date()),
        _TICKET.c.category.in_((Category.WAITING, Category.HOLD)),
    )
    .limit(1)
)


def is_any_due(work: Work) -> bool:
    """Whether there is anything for :func:`wake_due` to do."""
    policy.require_right(work.actor, Right.OPERATE)
    today = work.now.astimezone(desk_settings.load(work).zone).date()
    return work.session.execute(_ANY_DUE, {"today": today}).first() is not None


def wake_due(work: Work) -> int:
    """Put up to 100 such tickets back in progress, each with an internal reminder; returns how many.

    A date wakes its ticket once: put off again, the ticket waits for another one.
    """
    policy.require_right(work.actor, Right.OPERATE)
    zone = desk_settings.load(work).zone
    today = work.now.astimezone(zone).date()
    due = work.session.execute(_DUE, {"today": today}).scalars().all()
    for ticket in due:
        changes = states.move_to_category(work, ticket, Category.OPEN) | dated(ticket, None, zone)
        entry = thread.add_entry(
            work, ticket, EntryKind.SYSTEM, REMINDER, by_staff=True, visibility=Visibility.INTERNAL
        )
        events.record(work, ticket, EventKind.EDITED, entry=entry, changes=changes, cause=Cause.FOLLOW_UP)
    return len(due)


def dated(ticket: Ticket, day: date | None, zone: ZoneInfo) -> states.Changes:
    """Give a locked ticket another follow-up date, or none; returns what changed."""
    before, due_before = ticket.follow_up_at, ticket.next_due_at
    ticket.follow_up_at = day
    ticket.next_due_at = workflow.next_due(day, ticket.action_due_at, zone)
    return {"follow_up_at": (before, day), "next_due_at": (due_before, ticket.next_due_at)}

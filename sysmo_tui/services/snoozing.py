"""Putting a ticket off until a day: it leaves the top of the lists, and comes back by itself."""

from __future__ import annotations

from datetime import date

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category, EventKind
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import parse_date
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Changed
from sysmo_tui.models import Ticket
from sysmo_tui.services import desk_settings, events, follow_ups, states, tickets, visible


def snooze(work: Work, number: int, until: str, *, version: int | None = None) -> Changed:
    """Set the follow-up date to a day after today; what is new or in progress goes on hold until then.

    What waits for its customer goes on waiting. Conflict for a closed ticket.
    """
    ticket = visible.ticket_for_change(work, number, Verb.EDIT, version=version).ticket
    if ticket.category is Category.CLOSED:
        raise Conflict(N_("#{number} is closed. Reopen it first."), number=number)
    zone = desk_settings.load(work).zone
    today = work.now.astimezone(zone).date()
    day = _checked(until, today)
    changes: states.Changes = {}
    if ticket.category in (Category.NEW, Category.OPEN):
        changes = states.move_to_category(work, ticket, Category.HOLD)
    changes |= follow_ups.dated(ticket, day, zone)
    _record(work, ticket, changes)
    return tickets.changed(work, ticket)


def wake(work: Work, number: int, *, version: int | None = None) -> Changed:
    """Take the follow-up date away; what waited or was on hold goes on. Conflict without a date."""
    ticket = visible.ticket_for_change(work, number, Verb.EDIT, version=version).ticket
    if ticket.follow_up_at is None:
        raise Conflict(N_("#{number} is not put off."), number=number)
    changes: states.Changes = {}
    if ticket.category in (Category.WAITING, Category.HOLD):
        changes = states.move_to_category(work, ticket, Category.OPEN)
    changes |= follow_ups.dated(ticket, None, desk_settings.load(work).zone)
    _record(work, ticket, changes)
    return tickets.changed(work, ticket)


def _checked(until: str, today: date) -> date:
    try:
        day = parse_date(until, today)
    except Invalid as refusal:
        refusal.field = "until"
        raise
    if day <= today:
        raise Invalid(N_("Choose a day after today, like tomorrow or +3d."), field="until")
    return day


def _record(work: Work, ticket: Ticket, changes: states.Changes) -> None:
    if any(before != after for before, after in changes.values()):
        events.record(work, ticket, EventKind.EDITED, changes=changes)

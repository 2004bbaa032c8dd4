"""Editing a ticket's fields, each against the value that its author saw.

Edits of different fields merge; an edit of a field that changed meanwhile is a conflict.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from datetime import date

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses, workflow
from sysmo_tui.domain.closed_sets import LEVELS
from sysmo_tui.domain.enums import Category, CloseReason, EventKind, TicketField
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.fields import FIELDS
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.moments import parse_date
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Changed
from sysmo_tui.models import Ticket
from sysmo_tui.services import (
    desk_settings,
    events,
    filing,
    kinds,
    named,
    people,
    states,
    tagging,
    tickets,
    topics,
    undeliverable,
    visible,
)
from sysmo_tui.services.states import Changes

Edits = Mapping[TicketField, str]


def originals(work: Work, number: int) -> dict[TicketField, str]:
    """The editable fields as they are stored, not made safe: for forms, and for comparing later."""
    ticket = visible.ticket(work, number, Verb.EDIT).ticket
    return {name: _current(work, ticket, name) for name in TicketField}


def edit(
    work: Work, number: int, edits: Edits, *, seen: Edits | None = None, version: int | None = None
) -> Changed:
    """Change the named fields together, or none of them.

    ``seen`` holds what the author saw; a field that is different now raises Conflict.
    """
    ticket = visible.ticket_for_change(work, number, Verb.EDIT, version=version).ticket
    _require_unchanged(work, ticket, edits, seen or {})
    _apply(work, ticket, edits)
    return tickets.changed(work, ticket)


def save(
    work: Work,
    number: int,
    edits: Edits,
    *,
    seen: Edits,
    tag: Collection[str] = (),
    untag: Collection[str] = (),
    watches: bool,
) -> Changed:
    """Do all that a ticket's form holds, or none of it: :func:`edit`, tags, and one's own watching.

    A tag that somebody else took away meanwhile is no reason to refuse.
    """
    ticket = visible.ticket_for_change(work, number, Verb.EDIT).ticket
    _require_unchanged(work, ticket, edits, seen)
    _apply(work, ticket, edits)
    for name in untag:
        tagging.drop(work, ticket, name)
    for name in tag:
        tagging.put(work, ticket, name)
    tagging.follow(work, ticket, watches=watches)
    return tickets.changed(work, ticket)


def _require_unchanged(work: Work, ticket: Ticket, edits: Edits, seen: Edits) -> None:
    for name in edits:
        if name in seen and seen[name] != _current(work, ticket, name):
            raise Conflict(
                N_("Someone changed #{number} meanwhile: {what}. Look at it again."),
                field=name.value,
                number=ticket.number,
                what=Message(FIELDS[name]),
            )


def _apply(work: Work, ticket: Ticket, edits: Edits) -> None:
    is_priority_given = TicketField.PRIORITY in edits or not _follows_matrix(work, ticket)
    changes: Changes = {}
    for name, value in edits.items():
        try:
            changes = states.chained(changes, _SETTERS[name](work, ticket, value))
        except Invalid as refusal:
            refusal.field = name.value
            raise
    if not is_priority_given and any(
        changes[name][0] != changes[name][1] for name in ("urgency", "impact") if name in changes
    ):
        changes |= _set_priority(work, ticket, _by_matrix(work, ticket).slug)
    _record(work, ticket, {name: pair for name, pair in changes.items() if pair[0] != pair[1]})


def _record(work: Work, ticket: Ticket, changes: Changes) -> None:
    if not changes:
        return
    kind = EventKind.EDITED
    if "closed_at" in changes:
        kind = EventKind.CLOSED if ticket.category is Category.CLOSED else EventKind.REOPENED
    events.record(work, ticket, kind, changes=changes)


def _by_matrix(work: Work, ticket: Ticket) -> kinds.PriorityKind:
    return kinds.priority_at(work, workflow.priority_level(ticket.urgency, ticket.impact))


def _follows_matrix(work: Work, ticket: Ticket) -> bool:
    """Whether nobody chose another priority than urgency and impact, or the topic, give."""
    given = (_by_matrix(work, ticket).id, topics.by_id(work, ticket.topic_id).default_priority_id)
    return ticket.priority_id in given


def _current(work: Work, ticket: Ticket, name: TicketField) -> str:
    match name:
        case TicketField.SUBJECT | TicketField.CONTACT_EMAIL | TicketField.IMPACT | TicketField.URGENCY:
            return str(getattr(ticket, name.value))
        case TicketField.STATUS:
            return states.all_states(work)[ticket.status_id].slug
        case TicketField.PRIORITY:
            return kinds.priority_by_id(work, ticket.priority_id).slug
        case TicketField.TYPE:
            return next(kind.slug for kind in kinds.types(work) if kind.id == ticket.type_id)
        case TicketField.TOPIC:
            return topics.by_id(work, ticket.topic_id).slug
        case TicketField.OWNER:
            return "" if ticket.owner_id is None else people.by_id(work, ticket.owner_id).address
        case TicketField.FOLLOW_UP:
            return ticket.follow_up_at.isoformat() if ticket.follow_up_at else ""
        case TicketField.ACTION_DUE:
            return ticket.action_due_at.isoformat() if ticket.action_due_at else ""


def _set_subject(work: Work, ticket: Ticket, value: str) -> Changes:
    before, ticket.subject = ticket.subject, filing.checked_subject(value)
    return {"subject": (before, ticket.subject)}


def _set_status(work: Work, ticket: Ticket, value: str) -> Changes:
    state = states.find_state(work, value)
    if state.category is Category.CLOSED and ticket.first_response_at is None:
        raise Invalid(N_("#{number} was never answered. Close it with a reason."), number=ticket.number)
    changes = states.move(
        work, ticket, state, CloseReason.ANSWERED if state.category is Category.CLOSED else None
    )
    if ticket.is_spam and state.category is not Category.CLOSED:
        ticket.is_spam = False
        changes |= {"is_spam": (True, False)}
    return changes


def _set_priority(work: Work, ticket: Ticket, value: str) -> Changes:
    priority = kinds.find_priority(work, value)
    changes: Changes = {
        "priority_id": (ticket.priority_id, priority.id),
        "priority_level": (ticket.priority_level, priority.level),
    }
    ticket.priority_id, ticket.priority_level = priority.id, priority.level
    return changes


def _set_type(work: Work, ticket: Ticket, value: str) -> Changes:
    before, ticket.type_id = ticket.type_id, kinds.find_type(work, value).id
    return {"type_id": (before, ticket.type_id)}


def _set_topic(work: Work, ticket: Ticket, value: str) -> Changes:
    before, ticket.topic_id = ticket.topic_id, topics.find(work, value).id or 0
    return {"topic_id": (before, ticket.topic_id)}


def _set_owner(work: Work, ticket: Ticket, value: str) -> Changes:
    before = ticket.owner_id
    ticket.owner_id = people.staff(work, value, field=TicketField.OWNER).id if value.strip() else None
    return {"owner_id": (before, ticket.owner_id)}


def _set_level(name: str) -> Callable[[Work, Ticket, str], Changes]:
    def setter(work: Work, ticket: Ticket, value: str) -> Changes:
        level = named.member(LEVELS, value, name)
        before = getattr(ticket, name)
        setattr(ticket, name, level)
        return {name: (before, level)}

    return setter


def _set_date(name: str) -> Callable[[Work, Ticket, str], Changes]:
    def setter(work: Work, ticket: Ticket, value: str) -> Changes:
        zone = desk_settings.load(work).zone
        before: date | None = getattr(ticket, name)
        after = parse_date(value, work.now.astimezone(zone).date()) if value.strip() else None
        setattr(ticket, name, after)
        due_before = ticket.next_due_at
        ticket.next_due_at = workflow.next_due(ticket.follow_up_at, ticket.action_due_at, zone)
        return {name: (before, after), "next_due_at": (due_before, ticket.next_due_at)}

    return setter


def _set_contact(work: Work, ticket: Ticket, value: str) -> Changes:
    reserved = desk_settings.load(work).allows_reserved_addresses
    before, ticket.contact_email = ticket.contact_email, addresses.normalise(value, allow_reserved=reserved)
    failed_before = ticket.undeliverable_at
    if ticket.contact_email != before:
        ticket.undeliverable_at = undeliverable.since(work, ticket.contact_email)
    return {
        "contact_email": (before, ticket.contact_email),
        "undeliverable_at": (failed_before, ticket.undeliverable_at),
    }


_SETTERS: Mapping[TicketField, Callable[[Work, Ticket, str], Changes]] = {
    TicketField.SUBJECT: _set_subject,
    TicketField.STATUS: _set_status,
    TicketField.PRIORITY: _set_priority,
    TicketField.TYPE: _set_type,
    TicketField.TOPIC: _set_topic,
    TicketField.OWNER: _set_owner,
    TicketField.IMPACT: _set_level("impact"),
    TicketField.URGENCY: _set_level("urgency"),
    TicketField.FOLLOW_UP: _set_date("follow_up_at"),
    TicketField.ACTION_DUE: _set_date("action_due_at"),
    TicketField.CONTACT_EMAIL: _set_contact,
}

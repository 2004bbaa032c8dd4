"""Putting back what a command changed of a locked ticket, as far as it is still as the command left it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import taken_back, workflow
from sysmo_tui.domain.enums import Category, CloseReason, EventKind, Level, PersonRole
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.fields import FIELDS
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.text import clean_line
from sysmo_tui.models import Ticket, TicketPerson, TicketTag, table
from sysmo_tui.services import acts, desk_settings, events, people, topics, undeliverable
from sysmo_tui.services.acts import Act, Told
from sysmo_tui.services.events import TAKING_BACK
from sysmo_tui.services.states import Changes

_TAG, _PERSON = table(TicketTag), table(TicketPerson)

FOLLOWING = frozenset(
    {
        *("category", "label", "closed_at", "priority_level", "next_due_at", "undeliverable_at"),
        *("waiting_since", "first_response_at", "last_staff_at", "public_updated_at"),
    }
)
"""Columns that follow others, and clocks: nobody sets them, so no later change of one stands in the way."""

_CLOCKS = frozenset({"waiting_since", "first_response_at", "last_staff_at", "public_updated_at"})
_OF_STATE = frozenset({"status_id", "assignee_id", "is_spam", "close_reason"})
"""What an answer to the customer builds on."""

_READ: Mapping[str, Callable[[Any], Any]] = {
    **dict.fromkeys((*_CLOCKS, "closed_at", "undeliverable_at", "next_due_at"), datetime.fromisoformat),
    **dict.fromkeys(("follow_up_at", "action_due_at"), date.fromisoformat),
    **dict.fromkeys(("impact", "urgency"), Level),
    "category": Category,
    "close_reason": CloseReason,
}
_NOT_KEPT = frozenset({"label", "rating"})
"""What events tell of and no column of a ticket holds."""

_REVERSIBLE = frozenset(
    {
        *FOLLOWING,
        *_OF_STATE,
        *("subject", "topic_id", "type_id", "priority_id", "impact", "urgency", "owner_id"),
        *("follow_up_at", "action_due_at", "contact_email", "rating"),
    }
)


def is_reversible(act: Act) -> bool:
    """Whether all that a command changed of a ticket can be put back."""
    return act.columns.keys() <= _REVERSIBLE


def require_untouched(work: Work, ticket: Ticket, act: Act, later: Sequence[Told]) -> None:
    """Refuse with Conflict what somebody changed ``later``, or answered; it says what, and who."""
    for event in later:
        for name in acts.touches(event, act):
            if name not in FOLLOWING:
                raise touched(work, event, name)
    if not _OF_STATE.isdisjoint(act.columns):
        for event in later:
            if acts.is_public_word(event):
                raise Conflict(
                    N_("{who} wrote in #{number} since. Nothing is undone."),
                    who=who(work, event.actor_id),
                    number=act.number,
                )
    for name in act.columns.keys() - FOLLOWING - _NOT_KEPT:
        if not _stands(ticket, act, name):
            raise Conflict(
                N_("#{number} has changed since: {what}. Nothing is undone."),
                number=act.number,
                what=_field(name),
            )


def touched(work: Work, event: Told, name: str) -> Conflict:
    """The refusal that names who changed what since."""
    return Conflict(
        N_("{who} changed #{number} since: {what}. Nothing is undone."),
        field=name.removesuffix("_id").removesuffix("_at"),
        who=who(work, event.actor_id),
        number=event.ticket_number,
        what=_field(name),
    )


def who(work: Work, account_id: int | None) -> object:
    """What an account is called in a refusal."""
    return people.shown_name(work, account_id) or Message(N_("The desk"))


def standing(ticket: Ticket, act: Act, later: Sequence[Told]) -> frozenset[str]:
    """The columns that are still as a command left them and that nobody touched ``later``."""
    gone = {name for event in later for name in event.changes}
    return frozenset(
        name for name in act.columns.keys() - gone if name in _NOT_KEPT or _stands(ticket, act, name)
    )


def put_back(work: Work, ticket: Ticket, act: Act, names: Collection[str]) -> Changes:
    """Give these columns of a locked ticket the values that they had; what changed by it.

    Conflict where that would give work to somebody who no longer works here, put it where nothing is
    filed any more, or make new what somebody has.
    """
    changes: Changes = {}
    for name in names:
        before, after = act.columns[name]
        changes[name] = (after, before)
        if name not in _NOT_KEPT:
            setattr(ticket, name, _read(name, before))
    _require_workers(work, ticket, changes)
    if "topic_id" in names:
        _require_topic_in_use(work, ticket)
    if ticket.category is Category.NEW and ticket.assignee_id is not None:
        raise Conflict(
            N_("{who} has #{number} now. Nothing is undone."),
            who=who(work, ticket.assignee_id),
            number=act.number,
        )
    if not {"follow_up_at", "action_due_at"}.isdisjoint(names):
        due = ticket.next_due_at
        zone = desk_settings.load(work).zone
        ticket.next_due_at = workflow.next_due(ticket.follow_up_at, ticket.action_due_at, zone)
        changes["next_due_at"] = (due, ticket.next_due_at)
    if "contact_email" in names:
        failed = ticket.undeliverable_at
        ticket.undeliverable_at = undeliverable.since(work, ticket.contact_email)
        changes["undeliverable_at"] = (failed, ticket.undeliverable_at)
    return changes


def put_facts_back(work: Work, act: Act, later: Sequence[Told] = ()) -> list[Changes]:
    """Hang tags and watchers on the ticket, or take them away, as before; what changed by each.

    What somebody touched ``later`` stays as it is.
    """
    gone = {(name, value) for event in later for name, pair in event.changes.items() for value in pair}
    changed: list[Changes] = []
    for name, old, new in reversed(act.facts):
        if (name, old if new is None else new) in gone:
            continue
        if name == "tag":
            _put_tag(work, act.number, old, new)
        elif name == "watcher_id":
            _put_watcher(work, act, old, new)
        changed.append({name: (new, old)})
    return changed


def put_clock_back(work: Work, ticket: Ticket, act: Act, later: Sequence[Told]) -> Changes:
    """Move the public clock to where it was before a command of which the customer does not hear.

    Nothing when the command did not move it, or something else did ``later``.
    """
    if not _are_public(act.events) or _are_public(later):
        return {}
    history = acts.before(work, act)
    unheard = {event.batch_id for event in history if event.withdrawn_at is not None}
    unheard |= {
        taken_back.batch_of(event.cause)
        for event in history
        if event.kind in TAKING_BACK and "label" not in event.changes
    }
    heard = [event.at for event in history if event.batch_id not in unheard and _are_public((event,))]
    after, ticket.public_updated_at = ticket.public_updated_at, max(heard, default=ticket.created_at)
    return {"public_updated_at": (after, ticket.public_updated_at)}


def _are_public(told: Iterable[Told]) -> bool:
    """Whether any of some events moved the public clock."""
    return any(events.is_public(event.kind, event.visibility, event.changes) for event in told)


def _stands(ticket: Ticket, act: Act, name: str) -> bool:
    return bool(events.plain(getattr(ticket, name)) == act.columns[name][1])


def _read(name: str, value: Any) -> Any:
    """A column's value, from how an event keeps it."""
    return None if value is None else _READ.get(name, _as_is)(value)


def _as_is(value: Any) -> Any:
    return value


def _field(name: str) -> Message:
    return Message(FIELDS[name.removesuffix("_id").removesuffix("_at")])


def _require_workers(work: Work, ticket: Ticket, changes: Changes) -> None:
    for name in ("assignee_id", "owner_id"):
        account_id = getattr(ticket, name)
        if name in changes and account_id is not None and not people.by_id(work, account_id).is_working:
            raise Conflict(
                N_("{who} no longer works here, and had #{number}. Nothing is undone."),
                who=who(work, account_id),
                number=ticket.number,
            )


def _require_topic_in_use(work: Work, ticket: Ticket) -> None:
    topic = topics.by_id(work, ticket.topic_id)
    if topic.archived_at is not None:
        raise Conflict(
            N_("The topic {topic} is archived, and had #{number}. Nothing is undone."),
            field="topic",
            topic=clean_line(topic.name),
            number=ticket.number,
        )


def _put_tag(work: Work, number: int, old: str | None, new: str | None) -> None:
    if new is not None:
        gone = sa.delete(_TAG).where(_TAG.c.ticket_number == number, _TAG.c.tag == new)
        if not work.affected(gone):
            raise _fact_changed(number, "tag")
    if old is not None:
        work.session.execute(sa.insert(_TAG), {"ticket_number": number, "tag": old})


def _put_watcher(work: Work, act: Act, old: int | None, new: int | None) -> None:
    if new is not None:
        gone = sa.delete(_PERSON).where(
            _PERSON.c.ticket_number == act.number,
            _PERSON.c.account_id == new,
            _PERSON.c.role == PersonRole.WATCHER,
        )
        if not work.affected(gone):
            raise _fact_changed(act.number, "watcher")
    if old is not None:
        row = {
            "ticket_number": act.number,
            "account_id": old,
            "role": PersonRole.WATCHER,
            "added_at": _watches_since(work, act, old),
        }
        work.session.execute(sa.insert(_PERSON), row)


def _watches_since(work: Work, act: Act, account_id: int) -> datetime:
    """When somebody began to watch: by a command of their own, by being named, or by filing it."""
    history = acts.before(work, act)
    began: list[datetime] = [
        event.at
        for event in history
        if event.kind is EventKind.WATCHED
        and event.undone_by is None
        and event.changes["watcher_id"][1] == account_id
    ]
    return (began or [history[0].at])[-1]


def _fact_changed(number: int, name: str) -> Conflict:
    return Conflict(
        N_("#{number} has changed since: {what}. Nothing is undone."), number=number, what=_field(name)
    )

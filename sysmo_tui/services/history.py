"""The history of a ticket as people read it: who, when, what from and what to, and why."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlmodel import SQLModel

from sysmo_tui.desk import Work
from sysmo_tui.domain import taken_back
from sysmo_tui.domain.enums import CustomerEventKind, EventKind, Visibility
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.views import Change, CustomerEventLine, EventLine, MailLine
from sysmo_tui.models import Company, Event, Outbox, Priority, Ticket, TicketType, Topic, table
from sysmo_tui.models import Entry as EntryModel
from sysmo_tui.services import naming, people, states, visible

_EVENT, _ENTRY, _OUTBOX = table(Event), table(EntryModel), table(Outbox)
_COMPANY, _SAME = table(Company), _EVENT.alias("same")

_OF_EVENTS = (
    _EVENT.c.id,
    _EVENT.c.at,
    _EVENT.c.actor_id,
    _EVENT.c.channel,
    _EVENT.c.kind,
    _EVENT.c.changes,
    _EVENT.c.cause,
    _EVENT.c.batch_id,
)
_OF_MAILS = (
    _OUTBOX.c.address.label("name"),
    _OUTBOX.c.template,
    _OUTBOX.c.sent_at,
    _OUTBOX.c.failed_at,
    _OUTBOX.c.held_at,
    _OUTBOX.c.attempts,
)


class _Kind(IntEnum):
    """What a row of a history is, in the order in which they come."""

    EVENT = 0
    MAIL = 1


def _rows(is_a: _Kind, **given: sa.ColumnElement[Any]) -> sa.Select[Any]:
    """Rows of one kind, with nothing in the columns that belong to the others."""
    return sa.select(
        sa.literal_column(str(int(is_a))).label("is_a"),
        *(
            given.get(column.name, sa.type_coerce(sa.null(), column.type)).label(column.name)
            for column in (*_OF_EVENTS, *_OF_MAILS)
        ),
    )


_ITS_EVENTS = _rows(_Kind.EVENT, **{column.name: column for column in _OF_EVENTS}).where(
    _EVENT.c.ticket_number == sa.bindparam("number")
)
_ITS_MAILS = _rows(
    _Kind.MAIL,
    id=_OUTBOX.c.id,
    at=_OUTBOX.c.created_at,
    cause=_OUTBOX.c.error,
    **{column.name: column for column in _OF_MAILS},
).where(_OUTBOX.c.ticket_number == sa.bindparam("number"))
_SINCE = _EVENT.c.at >= sa.bindparam("since", type_=_EVENT.c.at.type)


_EVENTS = _ITS_EVENTS.order_by(_EVENT.c.id)
_EVENTS_SINCE = _EVENTS.where(_SINCE)
_MAILS = _ITS_MAILS.order_by(_OUTBOX.c.id)
_EVENTS_AND_MAILS = sa.union_all(_ITS_EVENTS, _ITS_MAILS).order_by(
    sa.literal_column("is_a"), sa.literal_column("id")
)

_HIDDEN = frozenset(
    {
        *("category", "label", "priority_level", "closed_at", "first_response_at", "next_due_at"),
        *("last_staff_at", "waiting_since", "public_updated_at"),
    }
)
"""Columns whose meaning another column of the same change, or the kind of event, already tells."""

_TOLD_TO_CUSTOMERS: Mapping[EventKind, CustomerEventKind] = {
    EventKind.FILED: CustomerEventKind.FILED,
    EventKind.TAKEN: CustomerEventKind.TAKEN,
    EventKind.ASSIGNED: CustomerEventKind.TAKEN,
    EventKind.CLOSED: CustomerEventKind.CLOSED,
    EventKind.REOPENED: CustomerEventKind.REOPENED,
    EventKind.ATTACHED: CustomerEventKind.ATTACHED,
    EventKind.RATED: CustomerEventKind.RATED,
}


def _set_to(column: str, event: sa.FromClause = _EVENT) -> sa.ColumnElement[Any]:
    """The value that an event gave ``column``; NULL where it gave none."""
    return event.c.changes[(column, 1)]


_LABEL = _set_to("label").as_string()
_CLOSED_AT = _set_to("closed_at").as_string()
_TAKEN_BACK = (
    sa.select(_SAME.c.batch_id)
    .join(_ENTRY, _ENTRY.c.id == _SAME.c.entry_id)
    .where(_SAME.c.ticket_number == sa.bindparam("number"), _ENTRY.c.withdrawn_at.is_not(None))
)
"""The commands by which a reply was written and taken back again: to the customer, nothing."""
_UNHEARD = sa.select(
    sa.func.substr(_SAME.c.cause, len(taken_back.BEFORE_BATCH) + 1, taken_back.BATCH_LENGTH)
).where(
    _SAME.c.ticket_number == sa.bindparam("number"),
    _SAME.c.kind == EventKind.UNDONE,
    _set_to("label", _SAME).as_string().is_(None),
)
"""The commands that were undone before the customer heard of them."""
_CUSTOMER_EVENTS = (
    sa.select(
        _EVENT.c.at,
        _EVENT.c.kind,
        _EVENT.c.actor_id,
        _set_to("assignee_id").as_integer().label("assignee_id"),
        _LABEL.label("label"),
        _set_to("rating").as_integer().label("rating"),
        _CLOSED_AT.is_not(None).label("closes"),
    )
    .outerjoin(_ENTRY, _ENTRY.c.id == _EVENT.c.entry_id)
    .where(
        _EVENT.c.ticket_number == sa.bindparam("number"),
        _EVENT.c.batch_id.not_in(_TAKEN_BACK),
        _EVENT.c.batch_id.not_in(_UNHEARD),
        sa.or_(_EVENT.c.kind != EventKind.UNDONE, _LABEL.is_not(None)),
        sa.or_(
            sa.and_(
                _EVENT.c.kind.in_(_TOLD_TO_CUSTOMERS),
                _ENTRY.c.visibility.is_distinct_from(Visibility.INTERNAL),
            ),
            _LABEL.is_not(None),
            _CLOSED_AT.is_not(None),
        ),
    )
    .order_by(_EVENT.c.id)
)
"""Of what staff do among themselves not even the rows are read."""
_CUSTOMER_EVENTS_SINCE = _CUSTOMER_EVENTS.where(_SINCE)

_ORDER = (
    *("subject", "status_id", "close_reason", "is_spam", "assignee_id", "owner_id", "topic_id", "type_id"),
    *("priority_id", "impact", "urgency", "follow_up_at", "action_due_at", "contact_email"),
)
_PLACES = {column: place for place, column in enumerate(_ORDER)}
"""Where a column stands among those of one change; others follow by name."""

_NAMED: Mapping[str, type[SQLModel]] = {"topic_id": Topic, "type_id": TicketType, "priority_id": Priority}
_PEOPLE = frozenset(
    {"assignee_id", "owner_id", "requester_id", "filed_by_id", "watcher_id", "collaborator_id"}
)


@dataclass(frozen=True, slots=True)
class Past:
    """What happened to a ticket, and what became of the mails that it owed, oldest first."""

    events: tuple[EventLine, ...] = ()
    mails: tuple[MailLine, ...] = ()


NOTHING = Past()


def show(work: Work, number: int) -> tuple[EventLine, ...]:
    """The whole history of a ticket, for staff; Forbidden for its customer."""
    visible.require(work, number, Verb.EDIT)
    return staff(work, number).events


def staff(work: Work, number: int, since: datetime | None = None, *, with_mails: bool = False) -> Past:
    """Every event, or those ``since``, of a ticket that the caller has checked the actor may see as staff.

    The mails come with the whole history only.
    """
    found = _found(work, number, since, _EVENTS_AND_MAILS if with_mails else _EVENTS, _EVENTS_SINCE)
    events = [row for row in found if row.is_a == _Kind.EVENT]
    wanted = {row.actor_id for row in events}
    others: dict[str, set[int | None]] = {column: set() for column in (*_NAMED, "status_id", "company_id")}
    for row in events:
        for column, both in row.changes.items():
            if column in _PEOPLE:
                wanted.update(both)
            elif column in others:
                others[column].update(both)
    read = naming.Names(work, wanted, others)
    names = _Names(work, read.at, read.others)
    undone = {taken_back.batch_of(row.cause) for row in events}
    lines = tuple(
        EventLine(
            id=row.id,
            at=row.at,
            actor=names.person(row.actor_id, row.at),
            channel=row.channel,
            kind=row.kind,
            changes=_named(names, row.changes, row.at),
            cause=clean_line(row.cause),
            batch=row.batch_id,
            is_undone=row.batch_id in undone,
        )
        for row in events
    )
    return Past(lines, tuple(_mail(row) for row in found if row.is_a == _Kind.MAIL))


def customer(work: Work, number: int, since: datetime | None = None) -> tuple[CustomerEventLine, ...]:
    """What a customer may know: filed, taken and by whom, the label, files, closed, reopened, rated."""
    found = _found(work, number, since, _CUSTOMER_EVENTS, _CUSTOMER_EVENTS_SINCE)
    names = naming.Names(work, {account for row in found for account in (row.actor_id, row.assignee_id)})
    lines = []
    for row in found:
        kind = _told_to_customers(row.kind, closes=row.closes)
        who = row.assignee_id if kind is CustomerEventKind.TAKEN else row.actor_id
        label = None if row.label is None else clean_line(row.label)
        lines.append(CustomerEventLine(row.at, kind, names.at(who, row.at), label, row.rating))
    return tuple(lines)


def _found(
    work: Work, number: int, since: datetime | None, every: sa.Executable, later: sa.Executable
) -> Sequence[sa.Row[*tuple[Any, ...]]]:
    if since is None:
        return work.session.execute(every, {"number": number}).all()
    return work.session.execute(later, {"number": number, "since": since}).all()


def just_made(work: Work, ticket: Ticket) -> tuple[Change, ...]:
    """What this unit of work changed of a ticket so far; tags that come or go together are one change."""
    merged: dict[str, list[Any]] = {}
    made = [happened for happened in work.happened if happened.ticket is ticket]
    for happened in made:
        for column, (old, new) in happened.changes.items():
            if column == "tag" and column in merged:
                both = zip(merged[column], (old, new), strict=True)
                merged[column] = [" ".join(tag for tag in pair if tag) or None for pair in both]
            else:
                merged[column] = [merged.get(column, [old])[0], new]

    def person(account_id: int | None, _at: datetime) -> SafeText | None:
        own = account_id == work.actor.account_id
        return clean_line(work.actor.name) if own else people.shown_name(work, account_id)

    return _named(_Names(work, person), merged, work.now)


def _named(names: _Names, changes: Mapping[str, Any], at: datetime) -> tuple[Change, ...]:
    """Changes as people read them, in one order: not every database keeps that in which they were made."""
    return tuple(
        Change(
            column.removesuffix("_id").removesuffix("_at"),
            names.of(column, changes[column][0], at),
            names.of(column, changes[column][1], at),
        )
        for column in sorted(changes, key=lambda name: (_PLACES.get(name, len(_PLACES)), name))
        if column not in _HIDDEN
    )


def mails(work: Work, number: int) -> tuple[MailLine, ...]:
    """What became of the mails that a ticket owed, for staff."""
    return tuple(_mail(row) for row in work.session.execute(_MAILS, {"number": number}))


def _mail(row: sa.Row[*tuple[Any, ...]]) -> MailLine:
    return MailLine(
        address=clean_line(row.name),
        template=row.template.value,
        created_at=row.at,
        sent_at=row.sent_at,
        failed_at=row.failed_at,
        is_held=row.held_at is not None,
        attempts=row.attempts,
        error=clean_line(row.cause),
    )


def _told_to_customers(kind: EventKind, *, closes: bool) -> CustomerEventKind:
    other = CustomerEventKind.CLOSED if closes else CustomerEventKind.STATUS_CHANGED
    return _TOLD_TO_CUSTOMERS.get(kind, other)


def undelivered(work: Work, number: int) -> tuple[MailLine, ...]:
    """The mails of a ticket that were refused for good, and why; for staff."""
    visible.require(work, number, Verb.EDIT)
    return tuple(mail for mail in mails(work, number) if mail.failed_at is not None)


class _Names:
    """The names behind the keys that events hold, read once for a whole history."""

    def __init__(
        self,
        work: Work,
        person: Callable[[int | None, datetime], SafeText | None],
        known: Mapping[str, Mapping[Any, str]] | None = None,
    ) -> None:
        self._work = work
        self.person = person
        self._known: dict[str, Mapping[Any, str]] = dict(known or {})

    def of(self, column: str, value: Any, at: datetime) -> SafeText | None:
        """A changed value as people read it, by the names of that time."""
        if value is None or value == "":
            return None
        if column in _PEOPLE:
            return self.person(value, at)
        if column == "company_id":
            return clean_line(self._known.get(column, {}).get(value) or self._company(value))
        if column in _NAMED or column == "status_id":
            return clean_line(self._catalogue(column).get(value, str(value)))
        return clean_line(str(value))

    def _company(self, company_id: int) -> str:
        name = sa.select(_COMPANY.c.name).where(_COMPANY.c.id == company_id)
        return self._work.session.scalar(name) or str(company_id)

    def _catalogue(self, column: str) -> Mapping[Any, str]:
        if column not in self._known and column == "status_id":
            self._known[column] = {s.id: s.name for s in states.all_states(self._work).values()}
        elif column not in self._known:
            rows = table(_NAMED[column])
            found = self._work.session.execute(sa.select(rows.c.id, rows.c.name))
            self._known[column] = {row.id: row.name for row in found}
        return self._known[column]

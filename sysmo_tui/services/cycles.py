"""Closing cycles as a projection: what the reports read, kept true with every event.

A cycle stands under the topic that its ticket has, or had when the cycle was closed: a
report by topic counts a request where it was answered, not where it was first filed.
"""

from __future__ import annotations

import dataclasses
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Happened, Work
from sysmo_tui.domain import cycles
from sysmo_tui.domain.cycles import Span, Spans, Step
from sysmo_tui.domain.enums import EntryKind, EventKind, Visibility
from sysmo_tui.models import Cycle, Entry, Event, table
from sysmo_tui.services import sealed_periods

_CYCLE, _EVENT, _ENTRY = table(Cycle), table(Event), table(Entry)
NAMES = tuple(field.name for field in dataclasses.fields(Span))
"""The columns of a cycle, in the order of :class:`Span`; its ticket's number apart."""
_OF_TICKET = (
    sa.select(*(_CYCLE.c[name] for name in NAMES))
    .where(_CYCLE.c.ticket_number == sa.bindparam("number"))
    .order_by(_CYCLE.c.n)
)
_INSERT = sa.insert(_CYCLE)
EVENT_COLUMNS = (
    _EVENT.c.id,
    _EVENT.c.ticket_number,
    _EVENT.c.at,
    _EVENT.c.kind,
    _EVENT.c.actor_id,
    _EVENT.c.changes,
    _ENTRY.c.kind.label("entry_kind"),
    _ENTRY.c.visibility,
    _ENTRY.c.by_staff,
    _ENTRY.c.author_id,
    _ENTRY.c.withdrawn_at,
)
"""What of an event, and of its entry, the cycles depend on."""
_HISTORY = (
    sa.select(*EVENT_COLUMNS)
    .outerjoin(_ENTRY, _ENTRY.c.id == _EVENT.c.entry_id)
    .where(_EVENT.c.ticket_number == sa.bindparam("number"))
    .order_by(_EVENT.c.id)
)
_UPDATE = (
    sa.update(_CYCLE)
    .where(_CYCLE.c.ticket_number == sa.bindparam("of_ticket"), _CYCLE.c.n == sa.bindparam("of_n"))
    .values({name: sa.bindparam(name) for name in NAMES if name != "n"})
)


def project(work: Work, happened: Happened) -> None:
    """Bring the cycles of the event's ticket up to date, in at most four statements, mostly in none.

    A reply that was taken back never answered: then the whole history is folded anew.
    """
    step = Step(
        at=work.now,
        kind=happened.kind,
        actor_id=happened.actor.account_id,
        is_answer=_is_answer(happened),
        changes=happened.changes,
    )
    if not step.matters:
        return
    ticket = happened.ticket
    number = ticket.number or 0
    before = () if step.kind is EventKind.FILED else of_ticket(work, number)
    if step.kind is EventKind.WITHDRAWN:
        history = work.session.execute(_HISTORY, {"number": number}).all()
        after = cycles.fold(map(step_of, history), ticket.requester_id)
    else:
        after = cycles.advance(before, step, ticket.requester_id)
    _write(work, number, before, after)


def of_ticket(work: Work, number: int) -> Spans:
    """The stored cycles of a ticket, first to last."""
    return tuple(Span(*row) for row in work.session.execute(_OF_TICKET, {"number": number}))


def row(number: int, span: Span) -> dict[str, Any]:
    """A cycle of ticket ``number`` as its table has it."""
    return {"ticket_number": number, **{name: getattr(span, name) for name in NAMES}}


def step_of(event: Any) -> Step:
    """A row of :data:`EVENT_COLUMNS` as a step of its ticket."""
    return Step(
        at=event.at,
        kind=event.kind,
        actor_id=event.actor_id,
        is_answer=event.entry_kind is not None
        and event.withdrawn_at is None
        and is_answer(event.kind, event.entry_kind, event.visibility, event.by_staff, event.author_id),
        changes=event.changes,
    )


def is_answer(
    event: EventKind, kind: EntryKind, visibility: Visibility, by_staff: bool, author_id: int | None
) -> bool:
    """Whether an event's entry answers the customer: a public reply in words, by a person on the staff."""
    return (
        event not in (EventKind.ATTACHED, EventKind.WITHDRAWN)
        and kind is EntryKind.REPLY
        and visibility is Visibility.PUBLIC
        and by_staff
        and author_id is not None
    )


def _is_answer(happened: Happened) -> bool:
    entry = happened.entry
    return entry is not None and is_answer(
        happened.kind, entry.kind, entry.visibility, entry.by_staff, entry.author_id
    )


def _write(work: Work, number: int, before: Spans, after: Spans) -> None:
    sealed_periods.unseal(work, cycles.moved(before, after))
    changed = [new for old, new in zip(before, after, strict=False) if old != new]
    for span in changed:
        work.later(_UPDATE, _values(number, span))
    for span in after[len(before) :]:
        work.later(_INSERT, row(number, span))


def _values(number: int, span: Span) -> dict[str, Any]:
    values = row(number, span)
    return {"of_ticket": values.pop("ticket_number"), "of_n": values.pop("n"), **values}

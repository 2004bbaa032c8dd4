"""Closing cycles as a projection: what the reports read, kept true with every event.

A cycle stands under the topic that its ticket has, or had when the cycle was closed: a
report by topic counts a request where it was answered, not where it was first filed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Happened, Work
from sysmo_tui.domain import cycles, taken_back
from sysmo_tui.domain.cycles import SECOND_THOUGHTS, Span, Spans, Step
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
    _EVENT.c.batch_id,
    _EVENT.c.cause,
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
_DELETE = sa.delete(_CYCLE).where(
    _CYCLE.c.ticket_number == sa.bindparam("of_ticket"), _CYCLE.c.n > sa.bindparam("last")
)


def project(work: Work, happened: Happened) -> None:
    """Bring the cycles of the event's ticket up to date, in at most four statements, mostly in none.

    What was taken back never was: then the whole history is folded anew.
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
    if step.kind in (EventKind.WITHDRAWN, EventKind.UNDONE):
        history = work.session.execute(_HISTORY, {"number": number}).all()
        after = fold(history, ticket.requester_id)
    else:
        after = cycles.advance(before, step, ticket.requester_id)
    _write(work, number, before, after)


def of_ticket(work: Work, number: int) -> Spans:
    """The stored cycles of a ticket, first to last."""
    return tuple(Span(*row) for row in work.session.execute(_OF_TICKET, {"number": number}))


def row(number: int, span: Span) -> dict[str, Any]:
    """A cycle of ticket ``number`` as its table has it."""
    return {"ticket_number": number, **{name: getattr(span, name) for name in NAMES}}


def fold(history: Sequence[Any], requester_id: int) -> Spans:
    """The cycles that all events of a ticket give, rows of :data:`EVENT_COLUMNS` in their order."""
    return cycles.fold(_steps(history), requester_id)


def _steps(history: Sequence[Any]) -> Iterator[Step]:
    """The events that count: nothing that was undone, and not that it was.

    A close that is undone later than :data:`SECOND_THOUGHTS` stood until then, and is reopened by it.
    """
    undoing = {batch: event for event in history if (batch := taken_back.batch_of(event.cause)) is not None}
    if not undoing:
        yield from map(_step, history)
        return
    undone: dict[str, set[str]] = {batch: set() for batch in undoing}
    stood = {event.batch_id for event in history if event.batch_id in undoing and _stood(event, undoing)}
    for event in history:
        batch = taken_back.batch_of(event.cause)
        if batch is not None:
            undone[batch] |= event.changes.keys()
    for event in history:
        batch = taken_back.batch_of(event.cause) or event.batch_id
        if batch not in undoing or batch in stood:
            yield _step(event)
        elif batch == event.batch_id and event.kind is not EventKind.FILED:
            kept = {name: pair for name, pair in event.changes.items() if name not in undone[batch]}
            yield dataclasses.replace(_step(event), changes=kept)


def _stood(event: Any, undoing: dict[str, Any]) -> bool:
    by = undoing[event.batch_id]
    is_late = by.kind is EventKind.UNDONE and by.at - event.at > SECOND_THOUGHTS
    return is_late and _step(event).closes


def _step(event: Any) -> Step:
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
        event not in (EventKind.ATTACHED, EventKind.WITHDRAWN, EventKind.UNDONE)
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
    if len(after) < len(before):
        work.session.execute(_DELETE, {"of_ticket": number, "last": len(after)})


def _values(number: int, span: Span) -> dict[str, Any]:
    values = row(number, span)
    return {"of_ticket": values.pop("ticket_number"), "of_n": values.pop("n"), **values}

"""What one command did to one ticket, as its events tell, and what happened to that ticket since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import EventKind, Visibility
from sysmo_tui.models import Batch, Entry, Event, table
from sysmo_tui.services.events import TAKING_BACK

_EVENT, _ENTRY, _BATCH = table(Event), table(Entry), table(Batch)

FACTS = frozenset({"tag", "watcher_id", "clone", "continued_by"})
"""What there may be several of: a change of one says what went, and what came."""

_TOLD = (
    sa.select(
        _EVENT.c.id,
        _EVENT.c.batch_id,
        _EVENT.c.ticket_number,
        _EVENT.c.at,
        _EVENT.c.kind,
        _EVENT.c.actor_id,
        _EVENT.c.changes,
        _EVENT.c.cause,
        _EVENT.c.entry_id,
        _ENTRY.c.visibility,
        _ENTRY.c.withdrawn_at,
        _BATCH.c.undone_by,
    )
    .join(_BATCH, _BATCH.c.id == _EVENT.c.batch_id)
    .outerjoin(_ENTRY, _ENTRY.c.id == _EVENT.c.entry_id)
)
_OF_BATCH = _TOLD.where(_EVENT.c.batch_id == sa.bindparam("batch")).order_by(_EVENT.c.id)
_OF_TICKET = _TOLD.where(_EVENT.c.ticket_number == sa.bindparam("number")).order_by(_EVENT.c.id)
_SINCE = _OF_TICKET.where(_EVENT.c.id > sa.bindparam("last"), _EVENT.c.batch_id != sa.bindparam("batch"))
_UNTIL = _OF_TICKET.where(_EVENT.c.id < sa.bindparam("first"))

Told = sa.Row[*tuple[Any, ...]]
"""An event with what is known of its entry and its batch."""


@dataclass(frozen=True, slots=True)
class Act:
    """What a batch did to a ticket: each column's value before and the one it left, and :data:`FACTS`.

    ``entries`` are the ids of what it wrote.
    """

    batch: str
    number: int
    at: datetime
    events: tuple[Told, ...]
    columns: dict[str, list[Any]] = field(default_factory=dict)
    facts: tuple[tuple[str, Any, Any], ...] = ()
    entries: tuple[int, ...] = ()

    @property
    def kinds(self) -> tuple[EventKind, ...]:
        """What it did, each once, in the order in which it was done."""
        return tuple(dict.fromkeys(event.kind for event in self.events))


def of_batch(work: Work, batch: str) -> tuple[Act, ...]:
    """What a batch did, ticket by ticket in their order; nothing of what only took something back."""
    found: dict[int, list[Told]] = defaultdict(list)
    for event in work.session.execute(_OF_BATCH, {"batch": batch}):
        if event.kind not in TAKING_BACK:
            found[event.ticket_number].append(event)
    return tuple(_act(batch, number, found[number]) for number in sorted(found))


def on_ticket(work: Work, batch: str, number: int) -> Act:
    """What a batch did to one ticket, to which it did something."""
    return next(act for act in of_batch(work, batch) if act.number == number)


def since(work: Work, act: Act) -> Sequence[Told]:
    """What others, and later commands, did to the ticket and nobody undid; oldest first."""
    given = {"number": act.number, "last": act.events[-1].id, "batch": act.batch}
    return [
        event
        for event in work.session.execute(_SINCE, given)
        if event.kind not in TAKING_BACK and event.undone_by is None
    ]


def before(work: Work, act: Act) -> Sequence[Told]:
    """Everything that had happened to the ticket, oldest first."""
    return work.session.execute(_UNTIL, {"number": act.number, "first": act.events[0].id}).all()


def touches(event: Told, act: Act) -> Iterable[str]:
    """Which of the things that ``act`` changed an event changed as well, by the names of their columns."""
    for name, (old, new) in event.changes.items():
        if name in act.columns:
            yield name
        elif name in FACTS:
            yield from (
                name
                for other, gone, come in act.facts
                if other == name and {gone, come} & ({old, new} - {None})
            )


def is_public_word(event: Told) -> bool:
    """Whether somebody said something to the customer's side, or from there, and it stands."""
    return event.visibility is Visibility.PUBLIC and event.withdrawn_at is None


def _act(batch: str, number: int, events: list[Told]) -> Act:
    columns: dict[str, list[Any]] = {}
    facts: list[tuple[str, Any, Any]] = []
    for event in events:
        for name, (old, new) in event.changes.items():
            if name in FACTS:
                facts.append((name, old, new))
            else:
                columns[name] = [columns[name][0] if name in columns else old, new]
    entries = tuple(dict.fromkeys(event.entry_id for event in events if event.entry_id is not None))
    return Act(batch, number, events[0].at, tuple(events), columns, tuple(facts), entries)

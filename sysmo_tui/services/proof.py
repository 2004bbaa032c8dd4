"""The proof that the history is whole: folding a ticket's events gives its row and its cycles.

And what is sealed of past days is what the cycles add up to.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.desk import Work
from sysmo_tui.domain import cycles as folding
from sysmo_tui.domain import policy
from sysmo_tui.domain.cycles import Spans
from sysmo_tui.domain.enums import Category, EventKind
from sysmo_tui.domain.policy import Right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.workflow import rank
from sysmo_tui.models import Attachment, Cycle, Entry, Event, Status, Ticket, table
from sysmo_tui.services import cycles, sealing, search_index
from sysmo_tui.services.events import plain
from sysmo_tui.services.sealing import Wrong
from sysmo_tui.storage import fulltext

BATCH = 500
"""Tickets, or entries, that are read at a time."""

_TICKET, _EVENT, _ENTRY, _CYCLE = table(Ticket), table(Event), table(Entry), table(Cycle)
_FILE, _STATUS = table(Attachment), table(Status)

PROJECTED = (
    "requester_id",
    "contact_email",
    "company_id",
    "topic_id",
    "type_id",
    "status_id",
    "category",
    "priority_id",
    "priority_level",
    "impact",
    "urgency",
    "subject",
    "channel",
    "owner_id",
    "assignee_id",
    "filed_by_id",
    "cloned_from",
    "continues",
    "first_response_at",
    "closed_at",
    "close_reason",
    "follow_up_at",
    "action_due_at",
    "is_spam",
    "undeliverable_at",
)
"""The columns of a ticket that its events tell in full."""

_UNSAID: dict[str, Any] = {"is_spam": False}
"""What a column is as long as no event tells; the others are empty."""

_ROWS = (
    sa.select(
        _TICKET.c.number,
        _TICKET.c.created_at,
        _TICKET.c.rank,
        _STATUS.c.category.label("status_category"),
        *(_TICKET.c[name] for name in PROJECTED),
    )
    .join(_STATUS, _STATUS.c.id == _TICKET.c.status_id)
    .where(_TICKET.c.number > sa.bindparam("after"))
    .order_by(_TICKET.c.number)
    .limit(BATCH)
)
_EVENTS = (
    sa.select(*cycles.EVENT_COLUMNS)
    .outerjoin(_ENTRY, _ENTRY.c.id == _EVENT.c.entry_id)
    .where(_EVENT.c.ticket_number.between(sa.bindparam("first"), sa.bindparam("last")))
    .order_by(_EVENT.c.ticket_number, _EVENT.c.id)
)
_CYCLES = (
    sa.select(_CYCLE.c.ticket_number, *(_CYCLE.c[name] for name in cycles.NAMES))
    .where(_CYCLE.c.ticket_number.between(sa.bindparam("first"), sa.bindparam("last")))
    .order_by(_CYCLE.c.ticket_number, _CYCLE.c.n)
)
_ENTRIES = (
    sa.select(_ENTRY.c.id, _ENTRY.c.body, _TICKET.c.subject)
    .join(_TICKET, _TICKET.c.number == _ENTRY.c.ticket_number)
    .where(_ENTRY.c.id > sa.bindparam("after"), _ENTRY.c.withdrawn_at.is_(None))
    .order_by(_ENTRY.c.id)
    .limit(BATCH)
)
_FILES = (
    sa.select(_FILE.c.entry_id, _FILE.c.filename)
    .where(_FILE.c.entry_id.between(sa.bindparam("first"), sa.bindparam("last")))
    .order_by(_FILE.c.entry_id, _FILE.c.id)
)
_CLEAR = sa.delete(_CYCLE)
_INSERT = sa.insert(_CYCLE)


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A value that is not what the history says: ``part`` is ticket, event, cycle or sealed.

    What is sealed belongs to no ticket: its ``number`` is 0.
    """

    number: int
    part: str
    name: str
    stored: SafeText
    proven: SafeText


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """How many rows of the derived tables were made anew."""

    cycles: int
    entries: int


def check(work: Work) -> tuple[Discrepancy, ...]:
    """Compare every ticket and its cycles with what its events give; empty when all is true."""
    policy.require_right(work.actor, Right.OPERATE)
    found: list[Discrepancy] = []
    for tickets, events in _batches(work):
        stored = _stored_cycles(work, tickets[0].number, tickets[-1].number)
        for ticket in tickets:
            history = events[ticket.number]
            found += _ticket_discrepancies(ticket, history)
            if all(_pairs(event.changes) == event.changes for event in history):
                found += _cycle_discrepancies(ticket.number, stored[ticket.number], _fold(ticket, history))
    return (*found, *map(_sealed_discrepancy, sealing.wrong(work)))


def rebuild(work: Work) -> Rebuilt:
    """Make the closing cycles, what is sealed of them, and the search index anew, from events and entries."""
    policy.require_right(work.actor, Right.OPERATE)
    work.session.execute(_CLEAR)
    count = 0
    for tickets, events in _batches(work):
        rows = [
            cycles.row(ticket.number, span)
            for ticket in tickets
            for span in _fold(ticket, events[ticket.number])
        ]
        count += len(rows)
        if rows:
            work.session.execute(_INSERT, rows)
    sealing.seal_anew(work)
    return Rebuilt(cycles=count, entries=fulltext.rebuild(work.session, documents(work.session)))


def _batches(work: Work) -> Iterator[tuple[list[Any], dict[int, list[Any]]]]:
    """Some tickets at a time, with their events."""
    after = 0
    while tickets := list(work.session.execute(_ROWS, {"after": after})):
        after = tickets[-1].number
        events: dict[int, list[Any]] = defaultdict(list)
        for event in work.session.execute(_EVENTS, {"first": tickets[0].number, "last": after}):
            events[event.ticket_number].append(event)
        yield tickets, events


def _stored_cycles(work: Work, first: int, last: int) -> dict[int, Spans]:
    stored: dict[int, Spans] = defaultdict(tuple)
    for number, *values in work.session.execute(_CYCLES, {"first": first, "last": last}):
        stored[number] = (*stored[number], folding.Span(*values))
    return stored


def _fold(ticket: Any, history: list[Any]) -> Spans:
    return cycles.fold(history, ticket.requester_id)


def _ticket_discrepancies(ticket: Any, history: list[Any]) -> list[Discrepancy]:
    number: int = ticket.number
    if not history or history[0].kind is not EventKind.FILED:
        return [_discrepancy(number, "event", "filed", None, EventKind.FILED.value)]
    found = []
    proven: dict[str, Any] = {name: _UNSAID.get(name) for name in PROJECTED}
    for event in history:
        changes = _pairs(event.changes)
        if changes != event.changes:
            found.append(_discrepancy(number, "event", f"{event.id}: changes", event.changes, changes))
        for name in proven.keys() & changes.keys():
            old, new = changes[name]
            if event.kind is not EventKind.FILED and old != proven[name]:
                found.append(_discrepancy(number, "event", f"{event.id}: {name}", old, proven[name]))
            proven[name] = new
    if not {proven["category"]} <= set(Category) or not isinstance(proven["priority_level"], int):
        return found
    proven["created_at"] = plain(history[0].at)
    proven["rank"] = rank(Category(proven["category"]), proven["priority_level"])
    proven["status_category"] = proven["category"]
    for name, value in proven.items():
        stored = plain(getattr(ticket, name))
        if stored != value:
            found.append(_discrepancy(number, "ticket", name, stored, value))
    return found


def _pairs(changes: Any) -> dict[str, list[Any]]:
    """The changes of an event that are an old and a new value, as all of them should be."""
    fields = changes if isinstance(changes, dict) else {}
    return {name: pair for name, pair in fields.items() if isinstance(pair, list) and len(pair) == 2}


def _cycle_discrepancies(number: int, stored: Spans, proven: Spans) -> list[Discrepancy]:
    if len(stored) != len(proven):
        return [_discrepancy(number, "cycle", "n", len(stored), len(proven))]
    return [
        _discrepancy(number, "cycle", f"{true.n}: {name}", getattr(kept, name), getattr(true, name))
        for kept, true in zip(stored, proven, strict=True)
        for name in cycles.NAMES
        if getattr(kept, name) != getattr(true, name)
    ]


def _sealed_discrepancy(wrong: Wrong) -> Discrepancy:
    since, until = wrong.period
    name = f"{wrong.count.value} {since:%Y-%m-%dT%H:%MZ}..{until:%Y-%m-%dT%H:%MZ}"
    return _discrepancy(0, "sealed", name, wrong.stored, wrong.proven)


def _discrepancy(number: int, part: str, name: str, stored: object, proven: object) -> Discrepancy:
    return Discrepancy(number, part, name, _shown(stored), _shown(proven))


def _shown(value: object) -> SafeText:
    return clean_line("" if value is None else str(plain(value)), 200)


def documents(session: Session) -> Iterator[tuple[int, str]]:
    """Every entry with what of it can be found, to make the search index of."""
    after = 0
    while entries := list(session.execute(_ENTRIES, {"after": after})):
        after = entries[-1].id
        names: dict[int, list[str]] = defaultdict(list)
        for file in session.execute(_FILES, {"first": entries[0].id, "last": after}):
            names[file.entry_id].append(file.filename)
        for entry in entries:
            yield entry.id, search_index.document(entry.subject, entry.body, names[entry.id])

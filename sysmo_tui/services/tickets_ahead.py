"""Tickets that are going to be answered, locked and read for many mails at once.

What was read of a ticket is good for the first command that locks it: for the next one it has changed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain.enums import Channel, PersonRole, Visibility
from sysmo_tui.models import Entry, ReadMark, Ticket, TicketPerson, table

_TICKET, _PERSON, _ENTRY, _MARK = table(Ticket), table(TicketPerson), table(Entry), table(ReadMark)
_NUMBERS: sa.BindParameter[Any] = sa.bindparam("numbers", expanding=True)
_ACCOUNTS: sa.BindParameter[Any] = sa.bindparam("accounts", expanding=True)
_LOCKED = (
    sa.select(Ticket)
    .where(_TICKET.c.number.in_(_NUMBERS))
    .order_by(_TICKET.c.number)
    .with_for_update()
    .execution_options(populate_existing=True)
)
_ROLES = sa.select(_PERSON.c.ticket_number, _PERSON.c.account_id, _PERSON.c.role).where(
    _PERSON.c.ticket_number.in_(_NUMBERS), _PERSON.c.account_id.in_(_ACCOUNTS)
)
_MARKS = sa.select(_MARK.c.ticket_number, _MARK.c.account_id, _MARK.c.entry_id).where(
    _MARK.c.ticket_number.in_(_NUMBERS), _MARK.c.account_id.in_(_ACCOUNTS)
)
_IS_PUBLIC = sa.and_(_ENTRY.c.visibility == Visibility.PUBLIC, _ENTRY.c.withdrawn_at.is_(None))
_THREADS = (
    sa.select(
        _ENTRY.c.ticket_number,
        sa.func.max(_ENTRY.c.id).label("newest"),
        sa.func.coalesce(sa.func.max(sa.case((_IS_PUBLIC, _ENTRY.c.id))), 0).label("newest_public"),
    )
    .where(_ENTRY.c.ticket_number.in_(_NUMBERS))
    .group_by(_ENTRY.c.ticket_number)
)
_ANSWERS = (
    sa.select(_ENTRY.c.ticket_number, _ENTRY.c.author_id, sa.func.count().label("answers"))
    .where(
        _ENTRY.c.ticket_number.in_(_NUMBERS),
        _ENTRY.c.channel == Channel.EMAIL,
        _ENTRY.c.created_at > sa.bindparam("since"),
    )
    .group_by(_ENTRY.c.ticket_number, _ENTRY.c.author_id)
)


@dataclass(frozen=True, slots=True)
class TicketAhead:
    """A locked ticket as it was when nobody had changed it; the maps are by account, of :attr:`accounts`."""

    ticket: Ticket
    accounts: Collection[int]
    roles: Mapping[int | None, list[PersonRole]]
    marks: Mapping[int | None, int]
    answers: Mapping[int | None, int]
    """Entries by mail of the last hour."""
    newest: int
    newest_public: int


_AHEAD: Memory[dict[int, TicketAhead]] = Memory(is_common=True)
_TAKEN: Memory[dict[int, TicketAhead]] = Memory()


def lock(work: Work, numbers: Collection[int]) -> Sequence[Ticket]:
    """Lock tickets, in their order: who locks several in another one waits for ever for who does so too."""
    if not numbers:
        return ()
    return work.session.execute(_LOCKED, {"numbers": sorted(numbers)}).scalars().all()


def read(
    work: Work, numbers: Collection[int], accounts: Collection[int], others: Collection[int] = ()
) -> None:
    """Lock tickets and ``others``, and read what answers of these accounts will ask about the first ones."""
    tickets = [each for each in lock(work, {*numbers, *others}) if each.number in numbers]
    given = {"numbers": sorted(numbers), "accounts": sorted(accounts)}
    if not (tickets and accounts):
        return
    roles: dict[int, dict[int | None, list[PersonRole]]] = defaultdict(lambda: defaultdict(list))
    for row in work.session.execute(_ROLES, given):
        roles[row.ticket_number][row.account_id].append(row.role)
    marks: dict[int, dict[int | None, int]] = defaultdict(dict)
    for row in work.session.execute(_MARKS, given):
        marks[row.ticket_number][row.account_id] = row.entry_id
    answers: dict[int, dict[int | None, int]] = defaultdict(dict)
    for row in work.session.execute(_ANSWERS, {**given, "since": work.now - timedelta(hours=1)}):
        answers[row.ticket_number][row.author_id] = row.answers
    newest = {row.ticket_number: row for row in work.session.execute(_THREADS, given)}
    found = {}
    for ticket in tickets:
        number = ticket.number or 0
        thread = newest.get(number)
        found[number] = TicketAhead(
            ticket,
            accounts,
            roles[number],
            marks[number],
            answers[number],
            thread.newest if thread else 0,
            thread.newest_public if thread else 0,
        )
    _AHEAD.set(work, found)


def look(work: Work, number: int, account_id: int | None = None) -> TicketAhead | None:
    """A ticket that was read ahead and that nobody has begun to change; for one of its accounts, if any."""
    found = (_AHEAD.get(work) or {}).get(number)
    return found if found is not None and account_id in (None, *found.accounts) else None


def take(work: Work, number: int, account_id: int | None) -> TicketAhead | None:
    """:func:`look` for the command that changes it now, and for no other."""
    found = look(work, number, account_id) if account_id is not None else None
    (_AHEAD.get(work) or {}).pop(number, None)
    if found is not None:
        _TAKEN.once(work, dict)[number] = found
    return found


def taken(work: Work, number: int) -> TicketAhead | None:
    """What this command took, until it writes into the ticket itself."""
    return (_TAKEN.get(work) or {}).get(number)


def written(work: Work, number: int, account_id: int) -> TicketAhead | None:
    """:func:`taken`, for the last time: from now on there is something newer."""
    found = (_TAKEN.get(work) or {}).pop(number, None)
    return found if found is not None and account_id in found.accounts else None

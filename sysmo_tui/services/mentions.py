"""Telling a colleague by naming them in an internal note: ``@max@desk.example``, or ``@max``."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AccountState, Cause, EventKind, PersonRole, Role
from sysmo_tui.domain.fold import same_name, words
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Account, AccountEmail, Ticket, TicketPerson, TopicMember, table
from sysmo_tui.services import events, people, visible

MOST = 20
"""How many of the names in one note are looked up."""

_MENTION = re.compile(r"(?<![\w@.+-])@(\w[\w.+-]*(?:@\w[\w.-]*)?)")

_ACCOUNT, _EMAIL, _PERSON, _MEMBER = (
    table(Account),
    table(AccountEmail),
    table(TicketPerson),
    table(TopicMember),
)
_TICKET = table(Ticket)
_STAKE = sa.select(
    _TICKET.c.topic_id, _TICKET.c.assignee_id, _TICKET.c.owner_id, _TICKET.c.requester_id
).where(_TICKET.c.number == sa.bindparam("number"))
_WATCHES = sa.and_(
    _PERSON.c.ticket_number == sa.bindparam("number"),
    _PERSON.c.account_id == _ACCOUNT.c.id,
    _PERSON.c.role == PersonRole.WATCHER,
)
_WHO_SEE_IT = (
    sa.select(_ACCOUNT.c.id, _ACCOUNT.c.name, _EMAIL.c.folded, sa.exists().where(_WATCHES).label("watches"))
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _ACCOUNT.c.id, _EMAIL.c.is_primary))
    .where(
        _ACCOUNT.c.role != Role.CUSTOMER,
        _ACCOUNT.c.state == AccountState.ACTIVE,
        sa.or_(
            _ACCOUNT.c.role.in_((Role.MANAGER, Role.ADMIN)),
            _ACCOUNT.c.id.in_(sa.bindparam("named", expanding=True)),
            sa.exists().where(
                _MEMBER.c.topic_id == sa.bindparam("topic"), _MEMBER.c.account_id == _ACCOUNT.c.id
            ),
            sa.exists().where(_WATCHES),
        ),
    )
)

_Row = sa.Row[*tuple[Any, ...]]

_COLLEAGUES = (
    sa.select(_ACCOUNT.c.id, _ACCOUNT.c.name, _EMAIL.c.address, _EMAIL.c.folded, _EMAIL.c.is_primary)
    .join(_EMAIL, _EMAIL.c.account_id == _ACCOUNT.c.id)
    .where(_ACCOUNT.c.role != Role.CUSTOMER, _ACCOUNT.c.state == AccountState.ACTIVE)
    .order_by(_ACCOUNT.c.id)
)


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone whom a note can name, by ``handle`` behind an ``@``; "" for who reads it anyway.

    ``sees`` are the tickets where a short name is enough, ``reached`` those where a whole address names them;
    ``is_me`` is who writes.
    """

    account_id: int
    name: SafeText
    email: SafeText
    handle: SafeText
    sees: frozenset[int]
    reached: frozenset[int]
    is_me: bool
    called: frozenset[str]
    """The short names, as names are compared."""
    addresses: frozenset[str]
    """Every address, folded."""


def colleagues(work: Work, numbers: Sequence[int]) -> tuple[Colleague, ...]:
    """Whom an internal note on these tickets can tell, for their staff: those who see one first, by name."""
    sees: dict[int, set[int]] = defaultdict(set)
    asked: dict[int, set[int]] = defaultdict(set)
    for number in numbers:
        visible.require(work, number, Verb.NOTE)
        ticket = work.session.execute(_STAKE, {"number": number}).one()
        asked[ticket.requester_id].add(number)
        for row in _seeing(work, number, ticket):
            sees[row.id].add(number)
    found: dict[int, list[_Row]] = defaultdict(list)
    for row in work.session.execute(_COLLEAGUES):
        found[row.id].append(row)
    known = []
    for account_id, rows in found.items():
        seen = frozenset(sees[account_id])
        if reached := seen | (frozenset(numbers) - asked[account_id]):
            known.append(_colleague(rows, seen, reached, work.actor.account_id))
    short = [name for each in known if each.sees for name in each.called]
    return tuple(
        replace(each, handle=_handle(each, short))
        for each in sorted(known, key=lambda each: (not each.sees, same_name(each.name)))
    )


def told(note: str, known: Sequence[Colleague]) -> dict[Colleague, frozenset[int]]:
    """Whom ``note`` would tell, of those who are known, and of which tickets.

    What names nobody, or several, is mere text.
    """
    found: dict[Colleague, frozenset[int]] = {}
    for name in _names(note):
        if "@" in name:
            meant = {each: each.reached for each in known if addresses.folded(name) in each.addresses}
        else:
            meant = {each: each.sees for each in known if same_name(name) in each.called}
        for each, numbers in meant.items():
            alone = numbers.difference(*(meant[other] for other in meant if other is not each))
            if alone and not each.is_me:
                found[each] = found.get(each, frozenset()) | alone
    return found


def _colleague(
    rows: Sequence[_Row], sees: frozenset[int], reached: frozenset[int], me: int | None
) -> Colleague:
    main = next((row for row in rows if row.is_primary), rows[0])
    return Colleague(
        account_id=main.id,
        name=clean_line(main.name),
        email=clean_line(main.address),
        handle=SafeText(""),
        sees=sees,
        reached=reached,
        is_me=main.id == me,
        called=_called(main.folded, main.name),
        addresses=frozenset(row.folded for row in rows),
    )


def _handle(colleague: Colleague, taken: Sequence[str]) -> SafeText:
    """What to write behind the ``@``: the part before that of the address where it is enough; "" for none."""
    short = clean_line(colleague.email.partition("@")[0])
    is_enough = bool(colleague.sees) and taken.count(same_name(short)) == 1
    handles = (short, colleague.email) if is_enough else (colleague.email,)
    return next((handle for handle in handles if _is_read_whole(handle)), SafeText(""))


def _is_read_whole(handle: str) -> bool:
    """Whether what is written behind an ``@`` is understood as this and not as a part of it."""
    return next(_names(f"@{handle}"), None) == handle


def follow(work: Work, ticket: Ticket, note: str) -> None:
    """Let the colleagues whom an internal note names watch its locked ticket; they are told of it.

    A whole address names any colleague; the part before its ``@``, or a word of a name,
    the one of those who see the ticket as staff. What names nobody, or several, is mere text.
    """
    names = tuple(_names(note))
    if not names:
        return
    seeing = _seeing(work, ticket.number or 0, ticket)
    watching = {row.id for row in seeing if row.watches}
    for account_id in dict.fromkeys(_people(work, ticket, names, seeing)):
        if account_id not in watching and account_id != work.actor.account_id:
            _watch(work, ticket, account_id)


def _seeing(work: Work, number: int, ticket: Ticket | _Row) -> Sequence[_Row]:
    """Who sees a ticket as staff."""
    named = [i for i in (ticket.assignee_id, ticket.owner_id) if i is not None]
    given = {"number": number, "topic": ticket.topic_id, "named": named}
    return work.session.execute(_WHO_SEE_IT, given).all()


def _names(note: str) -> Iterator[str]:
    for found in list(_MENTION.finditer(note))[:MOST]:
        yield found[1].rstrip(".-+_")


def _people(work: Work, ticket: Ticket, names: Iterable[str], seeing: Iterable[_Row]) -> Iterator[int]:
    known = {row.id: _called(row.folded, row.name) for row in seeing}
    for name in names:
        if "@" in name:
            found = people.by_address(work, name)
            # Who asked for something here reads what customers read, unless they work on it.
            if found and found.is_working and (found.id in known or found.id != ticket.requester_id):
                yield found.id
        else:
            named = [account for account, called in known.items() if same_name(name) in called]
            if len(named) == 1:
                yield named[0]


def _called(address: str, full_name: str) -> frozenset[str]:
    """The short names of somebody, as names are compared."""
    return frozenset((same_name(address.partition("@")[0]), *words(full_name)))


def _watch(work: Work, ticket: Ticket, account_id: int) -> None:
    row = {
        "ticket_number": ticket.number,
        "account_id": account_id,
        "role": PersonRole.WATCHER,
        "added_at": work.now,
    }
    work.session.execute(sa.insert(_PERSON), row)
    events.record(
        work, ticket, EventKind.WATCHED, changes={"watcher_id": (None, account_id)}, cause=Cause.MENTIONED
    )

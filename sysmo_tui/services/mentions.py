"""Telling a colleague by naming them in an internal note: ``@max@desk.example``, or ``@max``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import AccountState, Cause, EventKind, PersonRole, Role
from sysmo_tui.domain.fold import same_name, words
from sysmo_tui.models import Account, AccountEmail, Ticket, TicketPerson, TopicMember, table
from sysmo_tui.services import events, people

MOST = 20
"""How many of the names in one note are looked up."""

_MENTION = re.compile(r"(?<![\w@.+-])@(\w[\w.+-]*(?:@\w[\w.-]*)?)")

_ACCOUNT, _EMAIL, _PERSON, _MEMBER = (
    table(Account),
    table(AccountEmail),
    table(TicketPerson),
    table(TopicMember),
)
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


def follow(work: Work, ticket: Ticket, note: str) -> None:
    """Let the colleagues whom an internal note names watch its locked ticket; they are told of it.

    A whole address names any colleague; the part before its ``@``, or a word of a name,
    the one of those who see the ticket as staff. What names nobody, or several, is mere text.
    """
    names = tuple(_names(note))
    if not names:
        return
    seeing = work.session.execute(
        _WHO_SEE_IT,
        {
            "number": ticket.number,
            "topic": ticket.topic_id,
            "named": [i for i in (ticket.assignee_id, ticket.owner_id) if i is not None],
        },
    ).all()
    watching = {row.id for row in seeing if row.watches}
    for account_id in dict.fromkeys(_people(work, ticket, names, seeing)):
        if account_id not in watching and account_id != work.actor.account_id:
            _watch(work, ticket, account_id)


def _names(note: str) -> Iterator[str]:
    for found in list(_MENTION.finditer(note))[:MOST]:
        yield found[1].rstrip(".-+_")


def _people(
    work: Work, ticket: Ticket, names: Iterable[str], seeing: Iterable[sa.Row[*tuple[object, ...]]]
) -> Iterator[int]:
    known = {row.id: (row.folded, row.name) for row in seeing}
    for name in names:
        if "@" in name:
            found = people.by_address(work, name)
            # Who asked for something here reads what customers read, unless they work on it.
            if found and found.is_working and (found.id in known or found.id != ticket.requester_id):
                yield found.id
        else:
            named = [account for account, (address, full) in known.items() if _is(name, address, full)]
            if len(named) == 1:
                yield named[0]


def _is(name: str, address: str, full_name: str) -> bool:
    return same_name(name) in (same_name(address.partition("@")[0]), *words(full_name))


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

"""Making the demo desk: its history is done again, step by step, by the desk's own services."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any, Final

import sqlalchemy as sa

from sysmo_tui.demo import founding, people
from sysmo_tui.demo.plan import plan, span
from sysmo_tui.demo.steps import Step
from sysmo_tui.desk import Command, Desk, Door, Work
from sysmo_tui.domain.actor import Actor, Caller
from sysmo_tui.domain.enums import Channel, Role
from sysmo_tui.models import Account, Batch, Entry, ReadMark, Ticket, TopicMember, table
from sysmo_tui.services.hashing import hash_password
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import open_store

PASSWORD: Final = "tinta papel tijera 42"
"""Everybody's password at every demo desk, published: there is nothing to protect."""

_STEPS_AT_ONCE = 250
_READ_AFTER = timedelta(days=1)
_COMMAND = "demo.step"
ITSELF: Final = Caller(Channel.DESK, founding.SOURCE, is_desk=True)
"""The demo desk, acting for itself."""

_ACCOUNT, _TICKET = table(Account), table(Ticket)
_ENTRY, _MARK, _MEMBER = table(Entry), table(ReadMark), table(TopicMember)
_BATCHES = sa.insert(table(Batch))


@dataclass(frozen=True, slots=True)
class DemoAccount:
    """Someone that one can be at the demo desk. ``topics`` are slugs."""

    email: str
    name: str
    role: Role
    topics: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class DemoDesk:
    """A demo desk: where it is, and who can sign in."""

    url: str
    accounts: tuple[DemoAccount, ...]
    operator: DemoAccount
    password: str = PASSWORD


def described(url: str) -> DemoDesk:
    """The accounts of the demo desk at ``url``: they are the same on each."""
    staff = [_account(member) for member in people.STAFF if member is not people.LEAVER]
    clients = [DemoAccount(c.email, c.name, Role.CUSTOMER, ()) for c in people.CLIENTS]
    return DemoDesk(url, (*staff, *clients), _account(people.OPERATOR))


def build(url: str, *, tickets: int, now: datetime, language: str = "es") -> DemoDesk:
    """Make a demo desk of ``tickets`` requests where there is nothing yet; it owes no mail.

    The same ``tickets`` and ``now`` give the same requests. ``language`` is the desk's, and what its
    first operator reads the program in.
    """
    schema.create(url)
    return fill(url, tickets=tickets, now=now, language=language)


def fill(url: str, *, tickets: int, now: datetime, language: str = "es") -> DemoDesk:
    """:func:`build` in an empty database that is there already."""
    store = open_store(url)
    since = now.astimezone(UTC) - span(tickets) - timedelta(days=4)
    # Without consequences: nobody is told of what happened months ago.
    door = Door(Desk(store, clock=lambda: since), ITSELF)
    try:
        with _without_collecting():
            door.write(founding.found, hash_password(PASSWORD), language, since)
            actors = door.read(founding.actors)
            numbers: dict[str, int] = {}
            steps = iter(plan(tickets, now))
            while some := tuple(islice(steps, _STEPS_AT_ONCE)):
                numbers |= door.write(perform, some, actors, numbers)
            door.write(_have_read, now)
    finally:
        store.close()
    return described(url)


def perform(
    work: Work, some: tuple[Step, ...], actors: dict[str, Actor], numbers: dict[str, int]
) -> dict[str, int]:
    """Do some steps, each at its moment and as a command of its own; returns the tickets they made.

    ``numbers`` are those made before, by their names in the plan.
    """
    made: dict[str, int] = {}
    commands = [Command(_COMMAND) for _ in some]
    rows = [_row(step, actors[step.who], command) for step, command in zip(some, commands, strict=True)]
    work.session.execute(_BATCHES, rows)
    whole = work.command
    for step, work.command in zip(some, commands, strict=True):
        actor = replace(actors[step.who], channel=step.channel)
        number = made.get(step.ticket) or numbers.get(step.ticket, 0)
        with work.acting_as(actor, step.at.astimezone(UTC)):
            new = step.act(work, number)
        if new is not None:
            made[step.makes or step.ticket] = new
    work.command = whole
    return made


def _have_read(work: Work, now: datetime) -> None:
    """Mark as read what is older than a day, by all who see it in a list, and what somebody answered."""
    old = now.astimezone(UTC) - _READ_AFTER
    work.session.execute(sa.delete(_MARK))
    serves = sa.exists().where(
        _MEMBER.c.topic_id == _TICKET.c.topic_id, _MEMBER.c.account_id == _ACCOUNT.c.id
    )
    sees = sa.or_(
        _TICKET.c.requester_id == _ACCOUNT.c.id,
        _TICKET.c.assignee_id == _ACCOUNT.c.id,
        _ACCOUNT.c.role.in_((Role.MANAGER, Role.ADMIN)),
        serves,
    )
    seen = (
        sa.select(_ACCOUNT.c.id, _TICKET.c.number, _TICKET.c.last_entry_id)
        .select_from(_ACCOUNT.join(_TICKET, _TICKET.c.updated_at < old))
        .where(sees)
    )
    columns = ["account_id", "ticket_number", "entry_id"]
    work.session.execute(sa.insert(_MARK).from_select(columns, seen))
    answered = (
        sa.select(_ENTRY.c.author_id, _ENTRY.c.ticket_number, sa.func.max(_ENTRY.c.id))
        .join(_TICKET, _TICKET.c.number == _ENTRY.c.ticket_number)
        .where(_TICKET.c.updated_at >= old, _ENTRY.c.author_id.is_not(None))
        .group_by(_ENTRY.c.author_id, _ENTRY.c.ticket_number)
    )
    work.session.execute(sa.insert(_MARK).from_select(columns, answered))


def _row(step: Step, actor: Actor, command: Command) -> dict[str, Any]:
    return {
        "id": command.id,
        "account_id": actor.account_id,
        "session_id": None,
        "channel": step.channel,
        "command": command.name,
        "scope": f"{actor.account_id}:{command.name}",
        "key": command.id,
        "digest": "",
        "result": None,
        "at": step.at.astimezone(UTC),
        "undone_by": None,
    }


@contextmanager
def _without_collecting() -> Iterator[None]:
    """Let no garbage be collected: a tenth of the time, for memory that is let go of right after."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _account(member: people.Member) -> DemoAccount:
    return DemoAccount(member.email, member.name, member.role, member.topics)

"""Where every use case that concerns one ticket starts: what the actor may see of it.

A ticket that the actor may not know of is refused exactly like a missing number.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import policy
from sysmo_tui.domain.actor import Actor
from sysmo_tui.domain.enums import Audience, PersonRole
from sysmo_tui.domain.errors import Conflict, Forbidden, NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Stake, Verb
from sysmo_tui.models import Ticket, TicketPerson, table
from sysmo_tui.services import tickets_ahead

_TICKET, _PERSON = table(Ticket), table(TicketPerson)

_STAKE = (
    sa.select(
        _TICKET.c.requester_id,
        _TICKET.c.topic_id,
        _TICKET.c.assignee_id,
        _TICKET.c.owner_id,
        _PERSON.c.role,
    )
    .outerjoin(
        _PERSON,
        sa.and_(_PERSON.c.ticket_number == _TICKET.c.number, _PERSON.c.account_id == sa.bindparam("actor")),
    )
    .where(_TICKET.c.number == sa.bindparam("number"))
)
_ROLES = sa.select(_PERSON.c.role).where(
    _PERSON.c.ticket_number == sa.bindparam("number"), _PERSON.c.account_id == sa.bindparam("me")
)
_LOCKED = (
    sa.select(Ticket)
    .where(_TICKET.c.number == sa.bindparam("number"))
    .with_for_update()
    .execution_options(populate_existing=True)
)
_LOCKED_IF_KNOWN = _LOCKED.where(
    sa.or_(
        _TICKET.c.topic_id.in_(sa.bindparam("my_topics", expanding=True)),
        *(_TICKET.c[who] == sa.bindparam("me") for who in ("assignee_id", "owner_id", "requester_id")),
        _ROLES.exists(),
    )
)
"""The ticket, if the actor takes part in it; else nothing is locked."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A ticket that is about to change, and in which capacity the actor sees it."""

    ticket: Ticket
    audience: Audience


def known(tickets: Any = _TICKET, *, sees_all: bool) -> sa.ColumnElement[bool]:
    """Whether the actor may know of a ticket, in whatever capacity; takes :func:`values`."""
    if sees_all:
        return sa.true()
    part = sa.select(_PERSON.c.ticket_number).where(_PERSON.c.account_id == sa.bindparam("me"))
    return sa.or_(
        tickets.c.topic_id.in_(sa.bindparam("my_topics", expanding=True)),
        *(tickets.c[who] == sa.bindparam("me") for who in ("assignee_id", "owner_id", "requester_id")),
        tickets.c.number.in_(part),
    )


def worked_on(tickets: Any = _TICKET, *, sees_all: bool) -> sa.ColumnElement[bool]:
    """Whether the actor, who is staff, sees a ticket as staff; takes :func:`values`."""
    if sees_all:
        return sa.true()
    watched = sa.select(_PERSON.c.ticket_number).where(
        _PERSON.c.account_id == sa.bindparam("me"), _PERSON.c.role == PersonRole.WATCHER
    )
    return sa.or_(
        tickets.c.topic_id.in_(sa.bindparam("my_topics", expanding=True)),
        *(tickets.c[who] == sa.bindparam("me") for who in ("assignee_id", "owner_id")),
        tickets.c.number.in_(watched),
    )


def values(actor: Actor) -> dict[str, Any]:
    """What :func:`known` and :func:`worked_on` bind for ``actor``."""
    return {"me": actor.account_id, "my_topics": sorted(actor.topics)}


def audience(work: Work, number: int) -> Audience:
    """In which capacity the actor sees ticket ``number``; NotFound for none at all."""
    rows = work.session.execute(_STAKE, {"number": number, "actor": work.actor.account_id})
    return _strongest(work, number, [Stake(*row) for row in rows])


def capacity(work: Work, ticket: Ticket, roles: Collection[PersonRole] | None = None) -> Audience:
    """:func:`audience` of a ticket that is at hand; its people are asked for only where they matter."""
    actor, number = work.actor, ticket.number or 0
    at = (ticket.requester_id, ticket.topic_id, ticket.assignee_id, ticket.owner_id)
    by_place = policy.audience(actor, Stake(*at, None))
    if by_place is Audience.STAFF or (by_place is Audience.REQUESTER and not actor.is_staff):
        return by_place
    if roles is None:
        roles = work.session.execute(_ROLES, {"number": number, "me": actor.account_id}).scalars().all()
    return _strongest(work, number, [Stake(*at, role) for role in roles or (None,)])


def _strongest(work: Work, number: int, stakes: Sequence[Stake]) -> Audience:
    found = {policy.audience(work.actor, stake) for stake in stakes}
    for strongest in (Audience.STAFF, Audience.REQUESTER):
        if strongest in found:
            return strongest
    raise missing(number)


def missing(number: int) -> NotFound:
    """The refusal of who asks for a ticket that is not there, as far as they may know."""
    return NotFound(N_("There is no ticket #{number}."), number=number)


def takes_part_as_customer(work: Work, ticket: Ticket) -> bool:
    """Whether the actor is on the customer's side of a ticket, whatever else they are to it."""
    if work.actor.account_id == ticket.requester_id:
        return True
    rows = work.session.execute(_STAKE, {"number": ticket.number, "actor": work.actor.account_id})
    return any(row.role is PersonRole.COLLABORATOR for row in rows)


def require(work: Work, number: int, verb: Verb) -> Audience:
    """The actor's capacity, when it allows ``verb``; NotFound or Forbidden otherwise."""
    seen_as = audience(work, number)
    policy.require(seen_as, verb)
    return seen_as


def ticket(work: Work, number: int, verb: Verb) -> Seen:
    """The ticket as it is, for ``verb``, without a lock: to look, not to change."""
    seen_as = require(work, number, verb)
    return Seen(
        work.session.execute(sa.select(Ticket).where(_TICKET.c.number == number)).scalar_one(), seen_as
    )


def ticket_for_change(work: Work, number: int, verb: Verb, *, version: int | None = None) -> Seen:
    """The locked ticket, for ``verb``. Conflict when ``version`` is given and stale.

    Versions are for staff: they move with internal notes.
    """
    # Nobody waits for a ticket that they may not know of: waiting would tell that it is there.
    seen = _for_change(work, number, verb, _LOCKED if work.actor.role.sees_all else _LOCKED_IF_KNOWN)
    ticket = seen.ticket
    if version is not None and seen.audience is not Audience.STAFF:
        raise Forbidden(N_("Only the desk's staff know the version of a ticket."), field="if_version")
    if version is not None and ticket.version != version:
        raise Conflict(
            N_("#{number} has changed: it is at version {current}, not {version}."),
            field="version",
            number=number,
            current=ticket.version,
            version=version,
        )
    return seen


def known_ticket_for_change(work: Work, number: int, verb: Verb) -> Seen:
    """:func:`ticket_for_change` for an actor who is known to take part in the ticket."""
    return _for_change(work, number, verb, _LOCKED)


def _for_change(work: Work, number: int, verb: Verb, locked: Any) -> Seen:
    given = {"number": number, **values(work.actor)}
    ahead = tickets_ahead.take(work, number, work.actor.account_id)
    if ahead is None:
        ticket: Ticket | None = work.session.execute(locked, given).scalar_one_or_none()
        if ticket is None:
            raise missing(number)
        # Asked anew: while this waited, somebody may have taken the actor out.
        seen_as = capacity(work, ticket)
    else:
        ticket = ahead.ticket
        seen_as = capacity(work, ticket, ahead.roles.get(work.actor.account_id, ()))
    policy.require(seen_as, verb)
    return Seen(ticket, seen_as)

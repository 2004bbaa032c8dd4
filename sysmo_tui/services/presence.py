"""Who has a ticket open now, and who writes in it: staff of the ticket, for each other.

An open program is one visit. It beats now and then; one that stopped without a word is gone after
:data:`GONE_AFTER`. Customers neither see nor are seen.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.changes import GONE_AFTER
from sysmo_tui.domain.enums import Audience
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Account, Presence, Ticket, table
from sysmo_tui.services import visible
from sysmo_tui.storage.telling import telling

_PRESENCE, _ACCOUNT, _TICKET = table(Presence), table(Account), table(Ticket)


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who has a ticket open ``since`` then, to read or to write in it."""

    name: SafeText
    is_writing: bool
    since: datetime
    is_self: bool
    """Whether it is who asks, in another program."""


_IS_ALIVE = sa.and_(
    _PRESENCE.c.beat_at > sa.bindparam("gone"),
    # One from the future is left over from a clock that jumped.
    _PRESENCE.c.beat_at <= sa.bindparam("latest"),
)
_MINE = sa.and_(_PRESENCE.c.visit == sa.bindparam("own"), _PRESENCE.c.account_id == sa.bindparam("me"))
_BEAT = (
    sa.update(_PRESENCE)
    .where(
        _MINE,
        _IS_ALIVE,
        _PRESENCE.c.ticket_number == sa.bindparam("number"),
        _PRESENCE.c.is_writing == sa.bindparam("writes"),
    )
    .values(beat_at=sa.bindparam("now"))
)
_LEAVE = sa.delete(_PRESENCE).where(_MINE)
_END = sa.delete(_PRESENCE).where(_PRESENCE.c.visit == sa.bindparam("own"))
_ARRIVE = sa.insert(_PRESENCE)
_SWEEP = sa.delete(_PRESENCE).where(~_IS_ALIVE)


def beat(work: Work, visit: str, number: int, *, is_writing: bool) -> None:
    """Tell that the actor has ticket ``number`` open in the program ``visit``; run it with ``touch``.

    A visit is in one ticket at a time. Who is not on the staff of this one is told of nowhere.
    """
    if visible.audience(work, number) is not Audience.STAFF:
        leave(work, visit)
        return
    here = {"own": visit, "me": work.actor.account_id, "number": number, "writes": is_writing}
    if work.affected(_BEAT, here | _moments(work)):
        return
    work.session.execute(_END, {"own": visit})
    work.session.execute(
        telling(work.session.connection(), _ARRIVE),
        {
            "visit": visit,
            "account_id": work.actor.account_id,
            "ticket_number": number,
            "is_writing": is_writing,
            "since": work.now,
            "beat_at": work.now,
        },
    )


def leave(work: Work, visit: str) -> None:
    """Tell that the actor has no ticket open any more in the program ``visit``; run it with ``touch``."""
    work.session.execute(
        telling(work.session.connection(), _LEAVE), {"own": visit, "me": work.actor.account_id}
    )


def of_ticket(work: Work, number: int, *, but_not: str = "") -> tuple[Present, ...]:
    """Who has a ticket open, those who write first; nobody for its customer.

    ``but_not`` is a visit that is not told of: the one that asks.
    """
    visible.audience(work, number)
    return among(work, (number,), but_not=but_not).get(number, ())


def among(work: Work, numbers: Collection[int], *, but_not: str = "") -> dict[int, tuple[Present, ...]]:
    """Who has which of these tickets open, as far as the actor is on their staff; those that somebody has."""
    if not work.actor.is_staff:
        return {}
    me = work.actor.account_id
    asked = visible.values(work.actor) | _moments(work) | {"own": but_not}
    found: dict[int, dict[int, Present]] = {}
    for row in work.session.execute(_present(work.actor.role.sees_all), asked):
        if row.ticket_number in numbers:
            # In several programs at once a person is one, who does the most of what they do in any.
            people = found.setdefault(row.ticket_number, {})
            name, is_self = clean_line(row.name), row.account_id == me
            people.setdefault(row.account_id, Present(name, row.is_writing, row.since, is_self))
    return {number: tuple(people.values()) for number, people in found.items()}


def sweep(work: Work) -> None:
    """Delete what is left of those who went without a word."""
    require_right(work.actor, Right.OPERATE)
    work.session.execute(_SWEEP, _moments(work))


@cache
def _present(sees_all: bool) -> sa.Select[*tuple[object, ...]]:
    """Everybody who is in a ticket that the actor works on: they are few, however many tickets there are."""
    return (
        sa.select(
            _PRESENCE.c.ticket_number,
            _PRESENCE.c.account_id,
            _PRESENCE.c.is_writing,
            _PRESENCE.c.since,
            _ACCOUNT.c.name,
        )
        .join(_ACCOUNT, _ACCOUNT.c.id == _PRESENCE.c.account_id)
        .join(_TICKET, _TICKET.c.number == _PRESENCE.c.ticket_number)
        .where(_IS_ALIVE, _PRESENCE.c.visit != sa.bindparam("own"), visible.worked_on(sees_all=sees_all))
        .order_by(_PRESENCE.c.is_writing.desc(), _PRESENCE.c.since, _PRESENCE.c.visit)
    )


def _moments(work: Work) -> dict[str, datetime]:
    """Between which moments somebody beat who is there now."""
    return {"now": work.now, "gone": work.now - GONE_AFTER, "latest": work.now + GONE_AFTER}

"""What the cycles of some ranges add up to: one statement, whatever a report asks for.

Every arm of the statement reads one index of ``cycle`` in the order of time and gives
rows of the same shape; lengths of time and ratings come as one joined text a group, which
costs a tenth of fetching them row by row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cache
from itertools import chain
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.measures import Ratings, Times
from sysmo_tui.models import Cycle, Ticket, table

_CYCLE, _TICKET = table(Cycle), table(Ticket)


class Count(StrEnum):
    """What can be counted. The personal ones belong to whoever did it."""

    RECEIVED = "received"
    CLOSED = "closed"
    OPEN = "open"
    RESOLVED = "resolved"
    RESPONDED = "responded"
    REOPENED = "reopened"
    RATED = "rated"
    ASSIGNED = "assigned"

    @property
    def is_personal(self) -> bool:
        """Whether a single operator's figure makes sense."""
        return self in _PERSONAL

    @property
    def is_present(self) -> bool:
        """Whether it is about now, whatever the range."""
        return self in (Count.OPEN, Count.ASSIGNED)


_PERSONAL = (Count.RESOLVED, Count.RESPONDED, Count.REOPENED, Count.RATED, Count.ASSIGNED)


@dataclass(frozen=True, slots=True)
class Lens:
    """What of the desk is looked at; None where nothing is left out.

    ``topics`` narrows volumes, ``figure_topics`` and ``person`` the personal figures.
    """

    topics: tuple[int, ...] | None = None
    figure_topics: tuple[int, ...] | None = None
    person: int | None = None


Interval = tuple[datetime, datetime]
"""A half-open interval of UTC."""


@dataclass(frozen=True, slots=True)
class Fact:
    """``n`` cases of a group in the interval of index ``part``; ``values`` are their seconds, or ratings."""

    count: Count
    part: int
    closer: Closer | None
    account_id: int | None
    topic_id: int | None
    n: int
    values: list[int]


def ratings(facts: Iterable[Fact]) -> Ratings:
    """How content customers were with every close of ``facts``."""
    own = list(facts)
    rated = chain.from_iterable(fact.values for fact in own if fact.count is Count.RATED)
    return Ratings.of(rated, closed=sum(fact.n for fact in own if fact.count is Count.RESOLVED))


def times(facts: Iterable[Fact]) -> Times:
    """The exact figures over every case of ``facts``."""
    return Times.of(chain.from_iterable(fact.values for fact in facts))


def of(work: Work, counts: tuple[Count, ...], intervals: tuple[Interval, ...], lens: Lens) -> list[Fact]:
    """The facts of every interval, by one statement; what is present counts for the first alone."""
    statement = _statement(
        counts,
        len(intervals),
        lens.topics is not None,
        lens.figure_topics is not None,
        lens.person is not None,
    )
    given: dict[str, Any] = {
        "person": lens.person,
        "topics": lens.topics,
        "figure_topics": lens.figure_topics,
    }
    for part, (since, until) in enumerate(intervals):
        given |= {f"since_{part}": since, f"until_{part}": until}
    used = statement.compile().params.keys()
    rows = work.session.execute(statement, {name: value for name, value in given.items() if name in used})
    return [
        Fact(
            Count(row[0]),
            row[1],
            Closer(row[2]) if row[2] else None,
            row[3],
            row[4],
            row[5],
            _values(row[6]),
        )
        for row in rows
    ]


def _values(joined: str | None) -> list[int]:
    return sorted(map(int, joined.split(","))) if joined else []


@cache
def _statement(
    counts: tuple[Count, ...], parts: int, by_topics: bool, by_figure_topics: bool, by_person: bool
) -> sa.CompoundSelect[Any]:
    arms = []
    for count in counts:
        narrow_topics = by_figure_topics if count.is_personal else by_topics
        for part in range(1 if count.is_present else parts):
            arm = _ARMS[count](count, part)
            source = _TICKET if count is Count.ASSIGNED else _CYCLE
            if narrow_topics:
                name = "figure_topics" if count.is_personal else "topics"
                arm = arm.where(source.c.topic_id.in_(sa.bindparam(name, expanding=True)))
            if count.is_personal and by_person:
                arm = arm.where(*_by_person(count))
            arms.append(arm)
    return sa.union_all(*arms)


def _by_person(count: Count) -> list[sa.ColumnElement[bool]]:
    person: sa.BindParameter[int] = sa.bindparam("person", type_=_CYCLE.c.closed_by_id.type)
    match count:
        case Count.RESOLVED | Count.RATED:
            return [_CYCLE.c.closed_by_id == person, _CYCLE.c.closer == Closer.OPERATOR.value]
        case Count.RESPONDED:
            return [_CYCLE.c.response_by_id == person]
        case Count.REOPENED:
            return [_CYCLE.c.reopened_from_id == person]
        case _:
            return [_TICKET.c.assignee_id == person]


_NO_TEXT = sa.cast(sa.null(), sa.String)
_NO_ID = sa.cast(sa.null(), sa.BigInteger)
_STANDS = sa.not_(_CYCLE.c.is_voided)


def _arm(
    count: Count,
    part: int,
    *,
    closer: sa.ColumnElement[Any] = _NO_TEXT,
    account: sa.ColumnElement[Any] = _NO_ID,
    topic: sa.ColumnElement[Any] = _NO_ID,
    values: sa.ColumnElement[Any] | None = None,
) -> sa.Select[Any]:
    joined = _NO_TEXT if values is None else sa.func.aggregate_strings(sa.cast(values, sa.String), ",")
    keys = [column for column in (closer, account, topic) if column is not _NO_TEXT and column is not _NO_ID]
    return sa.select(
        sa.literal_column(f"'{count.value}'", sa.String).label("count"),
        sa.literal_column(str(part), sa.Integer).label("part"),
        closer.label("closer"),
        account.label("account_id"),
        topic.label("topic_id"),
        sa.func.count().label("n"),
        joined.label("values"),
    ).group_by(*keys)


def _during(moment: sa.Column[Any], part: int) -> sa.ColumnElement[bool]:
    return sa.and_(
        _STANDS,
        moment >= sa.bindparam(f"since_{part}", type_=moment.type),
        moment < sa.bindparam(f"until_{part}", type_=moment.type),
    )


def _received(count: Count, part: int) -> sa.Select[Any]:
    arm = _arm(count, part, topic=_CYCLE.c.topic_id)
    return arm.where(_during(_CYCLE.c.opened_at, part), _CYCLE.c.n == 1)


def _closed(count: Count, part: int) -> sa.Select[Any]:
    return _arm(count, part, topic=_CYCLE.c.topic_id).where(_during(_CYCLE.c.closed_at, part))


def _open(count: Count, part: int) -> sa.Select[Any]:
    return _arm(count, part, topic=_CYCLE.c.topic_id).where(_STANDS, _CYCLE.c.closed_at.is_(None))


def _resolved(count: Count, part: int) -> sa.Select[Any]:
    return _by_closer(count, part, _CYCLE.c.seconds).where(_during(_CYCLE.c.closed_at, part))


def _rated(count: Count, part: int) -> sa.Select[Any]:
    arm = _by_closer(count, part, _CYCLE.c.rating)
    return arm.where(_during(_CYCLE.c.closed_at, part), _CYCLE.c.rating.is_not(None))


def _by_closer(count: Count, part: int, values: sa.ColumnElement[Any]) -> sa.Select[Any]:
    # Customers are one group, however many they are.
    operator = sa.case((_CYCLE.c.closer == Closer.OPERATOR.value, _CYCLE.c.closed_by_id))
    return _arm(count, part, closer=_CYCLE.c.closer, account=operator, topic=_CYCLE.c.topic_id, values=values)


def _responded(count: Count, part: int) -> sa.Select[Any]:
    arm = _arm(
        count,
        part,
        account=_CYCLE.c.response_by_id,
        topic=_CYCLE.c.topic_id,
        values=_CYCLE.c.response_seconds,
    )
    return arm.where(_during(_CYCLE.c.response_at, part), _CYCLE.c.response_seconds.is_not(None))


def _reopened(count: Count, part: int) -> sa.Select[Any]:
    arm = _arm(count, part, account=_CYCLE.c.reopened_from_id, topic=_CYCLE.c.topic_id)
    return arm.where(_during(_CYCLE.c.reopened_at, part))


def _assigned(count: Count, part: int) -> sa.Select[Any]:
    return _arm(count, part, account=_TICKET.c.assignee_id).where(_TICKET.c.closed_at.is_(None))


_ARMS: dict[Count, Callable[[Count, int], sa.Select[Any]]] = {
    Count.RECEIVED: _received,
    Count.CLOSED: _closed,
    Count.OPEN: _open,
    Count.RESOLVED: _resolved,
    Count.RESPONDED: _responded,
    Count.REOPENED: _reopened,
    Count.RATED: _rated,
    Count.ASSIGNED: _assigned,
}

"""Figures read from the cycles themselves: one statement for whatever intervals.

Every arm of the statement reads one index of ``cycle`` in the order of time and gives
rows of the same shape; lengths of time and ratings come as one joined text a group, which
costs a tenth of fetching them row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from itertools import repeat
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.tallies import Count
from sysmo_tui.models import Cycle, Ticket, table
from sysmo_tui.services.counting import Gap, Lens

_CYCLE, _TICKET = table(Cycle), table(Ticket)
_MOMENT = _CYCLE.c.opened_at.type
_NO_TEXT = sa.cast(sa.null(), sa.String)
_NO_ID = sa.cast(sa.null(), sa.BigInteger)
STANDS = sa.not_(_CYCLE.c.is_voided)


def read(work: Work, lens: Lens, gaps: Sequence[Gap]) -> None:
    """Add to each gap's tally what its cycles give, by one statement; none for no gap."""
    asked: dict[Count, list[int]] = defaultdict(list)
    for place, gap in enumerate(gaps):
        for count in gap.counts:
            asked[count].append(place)
    if not asked:
        return
    statement = _statement(
        work.session.get_bind().dialect.name,
        tuple((count, _room(len(places))) for count, places in asked.items()),
        lens.topics is not None,
        lens.figure_topics is not None,
        lens.person is not None,
    )
    given: dict[str, Any] = {
        "person": lens.person,
        "topics": lens.topics,
        "figure_topics": lens.figure_topics,
    }
    for count, places in asked.items():
        given |= _bound(count, [(place, gaps[place]) for place in places])
    for row in work.session.execute(statement, given).all():
        values = sorted(map(int, row.joined.split(","))) if row.joined else []
        key = (Closer(row.closer) if row.closer else None, row.account_id, row.topic_id)
        gaps[row.place].tally.of(Count(row.kind))[key].add(row.n, sum(values), values)


def _bound(count: Count, places: Sequence[tuple[int, Gap]]) -> dict[str, Any]:
    """The intervals of a count for its statement, which may have room for more of them."""
    bound: dict[str, Any] = {}
    # No moment is within an interval that ends where it begins.
    (beginning, _) = places[0][1].interval
    nothing = (-1, Gap((), (beginning, beginning), places[0][1].tally))
    for n, (place, gap) in enumerate((*places, *repeat(nothing, _room(len(places)) - len(places)))):
        since, until = gap.interval
        values = {"place": place, "since": since, "until": until, "at": gap.open_at or until}
        bound |= {f"{count.value}_{name}_{n}": value for name, value in values.items()}
    return bound


def _room(intervals: int) -> int:
    """For how many intervals a statement is made, so that there are few statements."""
    return 1 << (intervals - 1).bit_length()


@dataclass(frozen=True, slots=True)
class Reading:
    """How a count is read: which moment of a cycle puts it in an interval, its group, and its value."""

    moment: sa.Column[Any]
    closer: sa.ColumnElement[Any] = _NO_TEXT
    account: sa.ColumnElement[Any] = _NO_ID
    value: sa.Column[Any] | None = None
    condition: sa.ColumnElement[bool] | None = None


# Customers are one group, however many they are.
_OPERATOR = sa.case((_CYCLE.c.closer == Closer.OPERATOR.value, _CYCLE.c.closed_by_id))
READINGS = {
    Count.RECEIVED: Reading(_CYCLE.c.opened_at, condition=_CYCLE.c.n == sa.literal_column("1")),
    Count.OPENED: Reading(_CYCLE.c.opened_at),
    Count.CLOSED: Reading(_CYCLE.c.closed_at),
    Count.RESOLVED: Reading(_CYCLE.c.closed_at, _CYCLE.c.closer, _OPERATOR, _CYCLE.c.seconds),
    Count.RESPONDED: Reading(
        _CYCLE.c.response_at,
        account=_CYCLE.c.response_by_id,
        value=_CYCLE.c.response_seconds,
        condition=_CYCLE.c.response_seconds.is_not(None),
    ),
    Count.REOPENED: Reading(_CYCLE.c.reopened_at, account=_CYCLE.c.reopened_from_id),
    Count.RATED: Reading(
        _CYCLE.c.closed_at,
        _CYCLE.c.closer,
        _OPERATOR,
        _CYCLE.c.rating,
        condition=_CYCLE.c.rating.is_not(None),
    ),
    Count.STILL_OPEN: Reading(_CYCLE.c.opened_at),
}


@cache
def _statement(
    dialect: str,
    counts: tuple[tuple[Count, int], ...],
    by_topics: bool,
    by_figure_topics: bool,
    by_person: bool,
) -> sa.CompoundSelect[Any]:
    arms = []
    for count, room in counts:
        source = _TICKET if count is Count.ASSIGNED else _CYCLE
        narrowed = _by_person(count) if count.is_personal and by_person else []
        if by_figure_topics if count.is_personal else by_topics:
            name = "figure_topics" if count.is_personal else "topics"
            narrowed.append(source.c.topic_id.in_(sa.bindparam(name, expanding=True)))
        if count is Count.ASSIGNED:
            arms.append(_assigned(narrowed))
        else:
            arms.append(_cycles(count, room, dialect, narrowed))
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


def _cycles(
    count: Count, room: int, dialect: str, narrowed: Sequence[sa.ColumnElement[bool]]
) -> sa.Select[Any]:
    """The cycles that stand whose moment is in an interval, by that interval and by group."""
    reading, places = READINGS[count], _places(count, room)
    conditions = [STANDS, reading.moment >= places.c.since, reading.moment < places.c.until, *narrowed]
    if reading.condition is not None:
        conditions.append(reading.condition)
    if count is Count.STILL_OPEN:
        conditions.append(sa.or_(_CYCLE.c.closed_at.is_(None), _CYCLE.c.closed_at >= places.c.at))
    joined = sa.func.aggregate_strings(sa.cast(reading.value, sa.String), ",")
    groups = [
        reading.closer.label("closer"),
        reading.account.label("account_id"),
        _CYCLE.c.topic_id.label("topic_id"),
    ]
    figures = [
        sa.func.count().label("n"),
        (_NO_TEXT if reading.value is None else joined).label("joined"),
    ]
    keys = [each for each in (reading.closer, reading.account) if each is not _NO_TEXT and each is not _NO_ID]
    keys.append(_CYCLE.c.topic_id)
    kind = sa.literal_column(f"'{count.value}'", sa.String).label("kind")
    place = places.c.place.label("place")
    if dialect != "postgresql":
        columns: list[Any] = [kind, place, *groups, *figures]
        return sa.select(*columns).where(*conditions).group_by(places.c.place, *keys)
    # Joined with intervals, PostgreSQL takes a ninth of the table for what is in them, and reads it all.
    one = sa.select(*groups, *figures).select_from(_CYCLE).where(*conditions).group_by(*keys)
    within = one.correlate(places).lateral(f"{count.value}_of")
    columns = [kind, place, *within.c]
    return sa.select(*columns).select_from(places.join(within, sa.true()))


def _places(count: Count, room: int) -> sa.CTE:
    """The intervals of ``count``, each with the place of its gap.

    As text, because SQLAlchemy compiles its own VALUES anew for every execution.
    """
    columns: list[sa.ColumnClause[Any]] = [
        sa.column("place", sa.Integer()),
        sa.column("since", _MOMENT),
        sa.column("until", _MOMENT),
    ]
    if count is Count.STILL_OPEN:
        columns.append(sa.column("at", _MOMENT))
    rows = [[f"{count.value}_{column.name}_{n}" for column in columns] for n in range(room)]
    kinds = [
        sa.bindparam(name, type_=column.type)
        for row in rows
        for name, column in zip(row, columns, strict=True)
    ]
    names = ", ".join(f"column{n} AS {column.name}" for n, column in enumerate(columns, 1))
    values = ", ".join(f"(:{', :'.join(row)})" for row in rows)
    text = sa.text(f"SELECT {names} FROM (VALUES {values}) AS given").bindparams(*kinds)
    return text.columns(*columns).cte(f"{count.value}_in")


def _assigned(narrowed: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    """Who has how many open tickets now, whatever the interval."""
    return (
        sa.select(
            sa.literal_column(f"'{Count.ASSIGNED.value}'", sa.String).label("kind"),
            sa.bindparam(f"{Count.ASSIGNED.value}_place_0", type_=sa.Integer()).label("place"),
            _NO_TEXT.label("closer"),
            _TICKET.c.assignee_id.label("account_id"),
            _NO_ID.label("topic_id"),
            sa.func.count().label("n"),
            _NO_TEXT.label("joined"),
        )
        .where(_TICKET.c.closed_at.is_(None), *narrowed)
        .group_by(_TICKET.c.assignee_id)
    )

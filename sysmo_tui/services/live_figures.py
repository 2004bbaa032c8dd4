"""Figures read from the cycles themselves: one statement for whatever intervals.

Every arm of the statement reads one index of ``cycle`` in the order of time and gives
rows of the same shape; lengths of time and ratings come as one joined text a group, which
costs a tenth of fetching them row by row.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
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
_STANDS = sa.not_(_CYCLE.c.is_voided)


def read(work: Work, lens: Lens, gaps: Sequence[Gap]) -> None:
    """Add to each gap's tally what its cycles give, by one statement; none for no gap."""
    asked: dict[Count, list[int]] = defaultdict(list)
    for place, gap in enumerate(gaps):
        for count in gap.counts:
            asked[count].append(place)
    if not asked:
        return
    statement = _statement(
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
    for row in work.session.execute(statement, given):
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


@cache
def _statement(
    counts: tuple[tuple[Count, int], ...], by_topics: bool, by_figure_topics: bool, by_person: bool
) -> sa.CompoundSelect[Any]:
    arms = []
    for count, room in counts:
        arm = _ARMS[count](count, room)
        source = _TICKET if count is Count.ASSIGNED else _CYCLE
        if by_figure_topics if count.is_personal else by_topics:
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


def _arm(
    count: Count,
    places: sa.CTE,
    moment: sa.Column[Any],
    *,
    closer: sa.ColumnElement[Any] = _NO_TEXT,
    account: sa.ColumnElement[Any] = _NO_ID,
    values: sa.ColumnElement[Any] | None = None,
) -> sa.Select[Any]:
    """The cycles that stand whose ``moment`` is in an interval, by that interval and by group."""
    joined = _NO_TEXT if values is None else sa.func.aggregate_strings(sa.cast(values, sa.String), ",")
    keys = [column for column in (closer, account) if column is not _NO_TEXT and column is not _NO_ID]
    return (
        sa.select(
            sa.literal_column(f"'{count.value}'", sa.String).label("kind"),
            places.c.place.label("place"),
            closer.label("closer"),
            account.label("account_id"),
            _CYCLE.c.topic_id.label("topic_id"),
            sa.func.count().label("n"),
            joined.label("joined"),
        )
        .select_from(places)
        .join(_CYCLE, sa.and_(_STANDS, moment >= places.c.since, moment < places.c.until))
        .group_by(places.c.place, *keys, _CYCLE.c.topic_id)
    )


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


def _received(count: Count, room: int) -> sa.Select[Any]:
    return _arm(count, _places(count, room), _CYCLE.c.opened_at).where(_CYCLE.c.n == sa.literal_column("1"))


def _opened(count: Count, room: int) -> sa.Select[Any]:
    return _arm(count, _places(count, room), _CYCLE.c.opened_at)


def _closed(count: Count, room: int) -> sa.Select[Any]:
    return _arm(count, _places(count, room), _CYCLE.c.closed_at)


def _still_open(count: Count, room: int) -> sa.Select[Any]:
    places = _places(count, room)
    was_open = sa.or_(_CYCLE.c.closed_at.is_(None), _CYCLE.c.closed_at >= places.c.at)
    return _arm(count, places, _CYCLE.c.opened_at).where(was_open)


def _resolved(count: Count, room: int) -> sa.Select[Any]:
    return _by_closer(count, room, _CYCLE.c.seconds)


def _rated(count: Count, room: int) -> sa.Select[Any]:
    return _by_closer(count, room, _CYCLE.c.rating).where(_CYCLE.c.rating.is_not(None))


def _by_closer(count: Count, room: int, values: sa.ColumnElement[Any]) -> sa.Select[Any]:
    # Customers are one group, however many they are.
    operator = sa.case((_CYCLE.c.closer == Closer.OPERATOR.value, _CYCLE.c.closed_by_id))
    return _arm(
        count,
        _places(count, room),
        _CYCLE.c.closed_at,
        closer=_CYCLE.c.closer,
        account=operator,
        values=values,
    )


def _responded(count: Count, room: int) -> sa.Select[Any]:
    arm = _arm(
        count,
        _places(count, room),
        _CYCLE.c.response_at,
        account=_CYCLE.c.response_by_id,
        values=_CYCLE.c.response_seconds,
    )
    return arm.where(_CYCLE.c.response_seconds.is_not(None))


def _reopened(count: Count, room: int) -> sa.Select[Any]:
    return _arm(count, _places(count, room), _CYCLE.c.reopened_at, account=_CYCLE.c.reopened_from_id)


def _assigned(count: Count, _room: int) -> sa.Select[Any]:
    """Who has how many open tickets now, whatever the interval."""
    return (
        sa.select(
            sa.literal_column(f"'{count.value}'", sa.String).label("kind"),
            sa.bindparam(f"{count.value}_place_0", type_=sa.Integer()).label("place"),
            _NO_TEXT.label("closer"),
            _TICKET.c.assignee_id.label("account_id"),
            _NO_ID.label("topic_id"),
            sa.func.count().label("n"),
            _NO_TEXT.label("joined"),
        )
        .where(_TICKET.c.closed_at.is_(None))
        .group_by(_TICKET.c.assignee_id)
    )


_ARMS: dict[Count, Callable[[Count, int], sa.Select[Any]]] = {
    Count.RECEIVED: _received,
    Count.OPENED: _opened,
    Count.CLOSED: _closed,
    Count.RESOLVED: _resolved,
    Count.RESPONDED: _responded,
    Count.REOPENED: _reopened,
    Count.RATED: _rated,
    Count.STILL_OPEN: _still_open,
    Count.ASSIGNED: _assigned,
}

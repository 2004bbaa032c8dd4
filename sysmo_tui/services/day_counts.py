"""Counts by local day: each day's bounds in UTC, joined with the indexes over the cycles."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.measures import AGE_LIMITS, Age, AgeCount
from sysmo_tui.domain.moments import DateRange, day_bounds
from sysmo_tui.models import Cycle, table

_CYCLE = table(Cycle)
_STANDS = sa.not_(_CYCLE.c.is_voided)
_MOMENT = _CYCLE.c.opened_at.type


@dataclass(frozen=True, slots=True)
class Day:
    """A local day: new tickets, cycles opened (reopenings of old tickets too) and closed."""

    day: date
    received: int
    opened: int
    closed: int


def of_days(
    work: Work, ranges: Sequence[DateRange], zone: ZoneInfo, topics: tuple[int, ...] | None
) -> list[list[Day]]:
    """The days of every range, by one statement."""
    days = [day for each in ranges for day in each.days()]
    bounds = [(position, *day_bounds(day, zone)) for position, day in enumerate(days)]
    statement = _by_day(bounds, topics)
    counted = {row[0]: Day(days[row[0]], *row[1:]) for row in work.session.execute(statement)}
    ordered = iter(counted[position] for position in range(len(days)))
    return [[next(ordered) for _ in range(each.length)] for each in ranges]


def open_by_age(
    work: Work, moments: Sequence[tuple[datetime, datetime]], topics: tuple[int, ...] | None
) -> list[tuple[AgeCount, ...]]:
    """How many tickets were open at each first moment, by age at the second; by one statement.

    A close that was taken back within seven days never stood: its ticket was open.
    """
    given: dict[str, Any] = {} if topics is None else {"topics": topics}
    for part, (moment, aged_at) in enumerate(moments):
        given[f"at_{part}"] = moment
        for limit in AGE_LIMITS:
            given[f"at_{part}_{limit}"] = aged_at - timedelta(days=limit)
    sums = [[0] * (len(AGE_LIMITS) + 1) for _ in moments]
    for part, *younger in work.session.execute(_by_age(len(moments), topics is not None), given):
        sums[part] = [total + (more or 0) for total, more in zip(sums[part], younger, strict=True)]
    return [_ages(cumulated) for cumulated in sums]


def _ages(cumulated: list[int]) -> tuple[AgeCount, ...]:
    """From "younger than each limit, and all" to the counts between the limits."""
    before = [0, *cumulated[:-1]]
    return tuple(AgeCount(age, upto - below) for age, upto, below in zip(Age, cumulated, before, strict=True))


def _by_day(bounds: list[tuple[int, datetime, datetime]], topics: tuple[int, ...] | None) -> sa.Select[Any]:
    days = (
        sa.values(
            sa.column("position", sa.Integer),
            sa.column("since", _MOMENT),
            sa.column("until", _MOMENT),
            name="days",
        )
        .data(bounds)
        .cte("days")
    )

    def count(moment: sa.Column[Any], *conditions: sa.ColumnElement[bool]) -> sa.ScalarSelect[int]:
        counted = sa.select(sa.func.count()).select_from(_CYCLE)
        counted = counted.where(_STANDS, moment >= days.c.since, moment < days.c.until, *conditions)
        if topics is not None:
            counted = counted.where(_CYCLE.c.topic_id.in_(topics))
        return counted.scalar_subquery()

    return sa.select(
        days.c.position,
        count(_CYCLE.c.opened_at, _CYCLE.c.n == 1),
        count(_CYCLE.c.opened_at),
        count(_CYCLE.c.closed_at),
    )


@cache
def _by_age(parts: int, by_topics: bool) -> sa.CompoundSelect[Any]:
    arms = []
    for part in range(parts):
        at = sa.bindparam(f"at_{part}", type_=_MOMENT)
        younger = [
            sa.func.sum(
                sa.case((_CYCLE.c.opened_at > sa.bindparam(f"at_{part}_{limit}", type_=_MOMENT), 1), else_=0)
            )
            for limit in AGE_LIMITS
        ]
        for was_open in (_CYCLE.c.closed_at.is_(None), _CYCLE.c.closed_at >= at):
            arm = sa.select(sa.literal_column(str(part), sa.Integer), *younger, sa.func.count())
            arm = arm.select_from(_CYCLE).where(_STANDS, was_open, _CYCLE.c.opened_at < at)
            if by_topics:
                arm = arm.where(_CYCLE.c.topic_id.in_(sa.bindparam("topics", expanding=True)))
            arms.append(arm)
    return sa.union_all(*arms)

"""Sealing: what past days add up to is kept, and once a month is whole, what the month adds up to.

A desk where nobody does it has the same reports, later.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.moments import DateRange, day_bounds, days
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.tallies import SEALED, Count, Tally, pack
from sysmo_tui.models import Cycle, SealedCount, SealedPeriod, table
from sysmo_tui.services import desk_settings, figures, live_figures
from sysmo_tui.services.counting import Gap, Interval, Lens, Want
from sysmo_tui.services.sealed_periods import SETTLES

DAYS_AT_ONCE = 7
"""Days, or months, that are sealed in one transaction, for which a writer may have to wait."""

MONTH_SETTLES = timedelta(days=10)
"""How long a month is over before it is sealed: by then closes of it are hardly taken back or rated."""

EVERYTHING = Lens()

_PERIOD, _COUNT, _CYCLE = table(SealedPeriod), table(SealedCount), table(Cycle)
_FIRST = sa.select(sa.func.min(_CYCLE.c.opened_at)).where(sa.not_(_CYCLE.c.is_voided))
_PERIODS = sa.select(_PERIOD.c.id, _PERIOD.c.since, _PERIOD.c.until)
_DAYS_OF = sa.select(_PERIOD.c.id).where(
    _PERIOD.c.since >= sa.bindparam("first"), _PERIOD.c.until <= sa.bindparam("last")
)
_COUNTS = sa.select(_COUNT.c.kind, _COUNT.c.n, _COUNT.c.groups).where(
    _COUNT.c.period_id == sa.bindparam("which")
)
_DROP = sa.delete(_PERIOD).where(_PERIOD.c.id == sa.bindparam("which"))
_DROP_ALL = sa.delete(_PERIOD)
_INSERT = sa.insert(_PERIOD).returning(_PERIOD.c.id)
_INSERT_COUNTS = sa.insert(_COUNT)
_JOIN = (
    sa.update(_PERIOD)
    .where(_PERIOD.c.since >= sa.bindparam("first"), _PERIOD.c.until <= sa.bindparam("last"))
    .where(_PERIOD.c.id != sa.bindparam("whole"))
    .values(part_of_id=sa.bindparam("whole"))
)
_LOCK = sa.text("LOCK TABLE sealed_period IN SHARE ROW EXCLUSIVE MODE")


@dataclass(frozen=True, slots=True)
class Wrong:
    """A sealed count of a period; the numbers of cases can be equal where the cases are others."""

    period: Interval
    count: Count
    stored: int | None
    proven: int


@dataclass(frozen=True, slots=True)
class MonthAhead:
    """A month that was added up before it is sealed, and the sealed days that it was added up from."""

    month: Interval
    days: frozenset[int]
    tally: Tally


@dataclass(frozen=True, slots=True)
class _Due:
    """Periods that are of no use any more, and days and months that are not sealed."""

    stale: tuple[int, ...]
    days: tuple[Interval, ...]
    months: tuple[Interval, ...]


def is_due(work: Work) -> bool:
    """Whether something is to be sealed."""
    require_right(work.actor, Right.OPERATE)
    due = _due(work)
    return bool(due.stale or due.days or due.months)


def month_ahead(work: Work) -> MonthAhead | None:
    """The month that is to be sealed next, added up while others can write; None while days are."""
    require_right(work.actor, Right.OPERATE)
    due = _due(work)
    if due.stale or due.days or not due.months:
        return None
    month = due.months[0]
    return MonthAhead(month, _days_of(work, month), _added_up(work, month))


def seal_some(work: Work, ahead: MonthAhead | None = None) -> None:
    """Seal some days of the past; when none are left, a month. Sealed periods that fit no more go.

    A month that was added up ``ahead`` is taken as it is while its days are the same.
    """
    require_right(work.actor, Right.OPERATE)
    _lock(work)
    due = _due(work)
    if due.stale:
        work.session.execute(_DROP, [{"which": each} for each in due.stale])
    if due.days:
        _seal_days(work, due.days[:DAYS_AT_ONCE])
    elif due.months:
        _seal_month(work, due.months[0], ahead)


def seal_anew(work: Work) -> None:
    """Forget what is sealed and seal everything again, in one transaction."""
    require_right(work.actor, Right.OPERATE)
    _lock(work)
    work.session.execute(_DROP_ALL)
    due = _due(work)
    for start in range(0, len(due.days), DAYS_AT_ONCE):
        _seal_days(work, due.days[start : start + DAYS_AT_ONCE])
    for month in due.months:
        _seal_month(work, month)


def wrong(work: Work) -> Iterator[Wrong]:
    """The sealed counts that are not what the cycles give."""
    stored = [(row.id, (row.since, row.until)) for row in work.session.execute(_PERIODS)]
    for start in range(0, len(stored), DAYS_AT_ONCE):
        some = stored[start : start + DAYS_AT_ONCE]
        for (which, period), tally in zip(some, _read(work, [period for _, period in some]), strict=True):
            kept = {row.kind: row for row in work.session.execute(_COUNTS, {"which": which})}
            for count in SEALED:
                found = kept.get(count.value)
                true = pack(tally.groups.get(count, {}))
                if found is None or (found.n, found.groups) != (tally.n(count), true):
                    yield Wrong(period, count, found.n if found else None, tally.n(count))


def _read(work: Work, periods: Sequence[Interval]) -> list[Tally]:
    """What the cycles give for each period, without anything that is sealed."""
    gaps = [Gap(SEALED, period, Tally()) for period in periods]
    live_figures.read(work, EVERYTHING, gaps)
    return [gap.tally for gap in gaps]


def _lock(work: Work) -> None:
    """Wait for whoever changes cycles of the past, and let others wait until this is committed.

    What they delete they cannot see while it is not committed, and what they change is not seen here:
    SQLite has one writer at a time, PostgreSQL is told to. A DELETE waits for this mode of the lock.
    """
    if work.session.get_bind().dialect.name == "postgresql":
        work.session.execute(_LOCK)


def _seal_days(work: Work, periods: Sequence[Interval]) -> None:
    for period, tally in zip(periods, _read(work, periods), strict=True):
        _keep(work, period, tally)


def _seal_month(work: Work, month: Interval, ahead: MonthAhead | None = None) -> None:
    # Whatever changes a sealed day makes away with it: the same days add up to the same.
    is_true = ahead is not None and (ahead.month, ahead.days) == (month, _days_of(work, month))
    tally = ahead.tally if ahead is not None and is_true else _added_up(work, month)
    whole = _keep(work, month, tally)
    work.session.execute(_JOIN, {"first": month[0], "last": month[1], "whole": whole})


def _added_up(work: Work, month: Interval) -> Tally:
    ((tally,),) = figures.gather(work, EVERYTHING, [Want(SEALED, month)])
    return tally


def _days_of(work: Work, month: Interval) -> frozenset[int]:
    return frozenset(work.session.execute(_DAYS_OF, {"first": month[0], "last": month[1]}).scalars())


def _keep(work: Work, period: Interval, tally: Tally) -> int:
    since, until = period
    made: int = work.session.execute(_INSERT, {"since": since, "until": until}).scalar_one()
    rows = [
        {
            "period_id": made,
            "kind": count.value,
            "n": tally.n(count),
            "groups": pack(tally.groups.get(count, {})),
        }
        for count in SEALED
    ]
    work.session.execute(_INSERT_COUNTS, rows)
    return made


def _due(work: Work) -> _Due:
    stored = {(row.since, row.until): row.id for row in work.session.execute(_PERIODS)}
    first: datetime | None = work.session.execute(_FIRST).scalar()
    wanted_days: list[Interval] = []
    wanted_months: list[Interval] = []
    if first is not None:
        zone = desk_settings.load(work).zone
        wanted_days, wanted_months = _periods(first, work.now - SETTLES, zone)
    useful = {*wanted_days, *wanted_months}
    return _Due(
        stale=tuple(key for period, key in stored.items() if period not in useful),
        days=tuple(day for day in wanted_days if day not in stored),
        months=tuple(month for month in wanted_months if month not in stored),
    )


def _periods(first: datetime, settled: datetime, zone: ZoneInfo) -> tuple[list[Interval], list[Interval]]:
    """The local days since that of ``first`` that were over when it was ``settled``, and the months."""
    begin, end = first.astimezone(zone).date(), settled.astimezone(zone).date()
    past = [day_bounds(day, zone) for day in days(begin, end - timedelta(days=1))]
    months = [month.bounds(zone) for month in _months(begin, end)]
    return past, [month for month in months if month[1] <= settled - MONTH_SETTLES]


def _months(first: date, last: date) -> Iterator[DateRange]:
    """The months from that of ``first`` to that of ``last``."""
    day = first.replace(day=1)
    while day <= last:
        following = (day + timedelta(days=31)).replace(day=1)
        yield DateRange(day, following - timedelta(days=1))
        day = following

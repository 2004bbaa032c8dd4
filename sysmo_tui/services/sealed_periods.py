"""Days and months of the past whose figures are kept, and the use of them.

A sealed period is an interval of UTC, whatever the desk's time zone is now or was: what it says
is true of that interval, and of use where intervals fit together to what is asked for. Whoever
changes a cycle deletes the periods of which that changes the sums, in the same transaction.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.tallies import SEALED, Count, Tally, unpack
from sysmo_tui.models import SealedCount, SealedPeriod, table
from sysmo_tui.services.counting import Gap, Interval, Lens, Want

SETTLES = timedelta(hours=2)
"""How long a day is over before it is sealed: by then whatever was begun on it has ended."""

_CLOCKS_DIFFER = timedelta(hours=1)
_LONGEST = timedelta(days=32)

_PERIOD, _COUNT = table(SealedPeriod), table(SealedCount)
_WHOLE = _PERIOD.alias("whole")
_MOMENT = _PERIOD.c.since.type
_NO_GROUPS = sa.cast(sa.null(), sa.LargeBinary)
_UNSEAL = sa.delete(_PERIOD).where(
    _PERIOD.c.since <= sa.bindparam("moment", type_=_MOMENT),
    _PERIOD.c.since > sa.bindparam("earliest", type_=_MOMENT),
    _PERIOD.c.until > sa.bindparam("moment", type_=_MOMENT),
)


def unseal(work: Work, moments: Iterable[datetime]) -> None:
    """Let go of what is sealed about ``moments``, of which the cycles change; mostly there is nothing."""
    for moment in moments:
        if moment < work.now - _CLOCKS_DIFFER:
            work.later(_UNSEAL, {"moment": moment, "earliest": moment - _LONGEST}, key=moment)


def take(work: Work, lens: Lens, wants: Sequence[tuple[Want, Sequence[Tally]]]) -> list[Gap]:
    """Add to the tallies of each want what is sealed, by one statement; what is left to be read."""
    settled = work.now - SETTLES
    given: dict[str, Any] = {}
    shapes = []
    for part, (want, _) in enumerate(wants):
        counts = tuple(count for count in want.counts if count in SEALED)
        since, until = want.interval
        if counts and since < settled:
            is_packed = want.has_groups or any(lens.narrows(count) for count in counts)
            shapes.append((part, counts, bool(want.days), is_packed))
            given |= {f"since_{part}": since, f"until_{part}": min(until, settled)}
    found: dict[int, dict[Interval, list[Any]]] = defaultdict(lambda: defaultdict(list))
    if shapes:
        for row in work.session.execute(_statement(tuple(shapes)), given).all():
            found[row.part][row.since, row.until].append(row)
    return [
        gap for part, (want, tallies) in enumerate(wants) for gap in _taken(lens, want, tallies, found[part])
    ]


def _taken(
    lens: Lens, want: Want, tallies: Sequence[Tally], sealed: dict[Interval, list[Any]]
) -> Iterator[Gap]:
    if want.days:
        for day, tally in zip(want.days, tallies, strict=True):
            if day in sealed:
                _add(lens, tally, sealed[day])
            else:
                yield Gap(want.counts, day, tally)
        return
    (tally,) = tallies
    begin, end = want.interval
    for period in _side_by_side(sealed, begin):
        _add(lens, tally, sealed[period])
        if begin < period[0]:
            yield Gap(want.counts, (begin, period[0]), tally)
        begin = period[1]
    if begin < end:
        yield Gap(want.counts, (begin, end), tally, want.open_at)


def _side_by_side(periods: Collection[Interval], begin: datetime) -> Iterator[Interval]:
    """Periods that do not overlap, in their order; of those that begin together the longest."""
    for since, until in sorted(periods, key=lambda period: (period[0], begin - period[1])):
        if since >= begin:
            yield since, until
            begin = until


def _add(lens: Lens, tally: Tally, rows: Iterable[Any]) -> None:
    for row in rows:
        count = Count(row.kind)
        groups = tally.of(count)
        if row.groups is None:
            groups[None, None, None].add(row.n, 0, ())
            continue
        is_narrow = lens.narrows(count)
        for key, n, total, run in unpack(row.groups):
            if is_narrow and not lens.shows(count, key):
                continue
            # Tens of thousands of them make a report of two years: not even a call is for nothing.
            cases = groups[key]
            cases.n += n
            if run:
                cases.total += total
                cases.runs.append(run)


@cache
def _statement(shapes: tuple[tuple[int, tuple[Count, ...], bool, bool], ...]) -> sa.CompoundSelect[Any]:
    """The periods within each part's interval; where they are not asked for day by day, whole months."""
    arms = []
    for part, counts, is_daily, is_packed in shapes:
        since = sa.bindparam(f"since_{part}", type_=_MOMENT)
        until = sa.bindparam(f"until_{part}", type_=_MOMENT)
        within = sa.select(_PERIOD).where(_PERIOD.c.since >= since, _PERIOD.c.until <= until)
        if not is_daily:
            is_covered = sa.exists().where(
                _WHOLE.c.id == _PERIOD.c.part_of_id, _WHOLE.c.since >= since, _WHOLE.c.until <= until
            )
            within = within.where(sa.not_(is_covered))
        # First, so that what is counted in the days of a whole month is not read.
        period = within.subquery()
        arm = (
            sa.select(
                sa.literal_column(str(part), sa.Integer).label("part"),
                period.c.since,
                period.c.until,
                _COUNT.c.kind,
                _COUNT.c.n,
                (_COUNT.c.groups if is_packed else _NO_GROUPS).label("groups"),
            )
            .join(_COUNT, _COUNT.c.period_id == period.c.id)
            .where(_COUNT.c.kind.in_([count.value for count in counts]))
        )
        arms.append(arm)
    return sa.union_all(*arms)

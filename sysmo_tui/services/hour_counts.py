"""Counts by weekday and hour of the desk's clock.

The difference of a time zone to UTC is constant between two changes of its clock, so that the
database can tell the hour of the week by adding it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import measures
from sysmo_tui.domain.measures import Grid, Hours, Report
from sysmo_tui.domain.tallies import Count
from sysmo_tui.models import Cycle, table
from sysmo_tui.services import report_frames
from sysmo_tui.services.counting import Interval, Lens
from sysmo_tui.services.live_figures import READINGS, STANDS
from sysmo_tui.services.report_frames import Ask

HOURS, WEEK = 24, 7 * 24
_HOUR = 3600
_MONDAY = 3 * HOURS
"""Hours from the first Monday before 1970, when the epoch began on a Thursday."""
_CENTURIES = WEEK * 53 * 500
"""Whole weeks of hours that make every number positive, so that remainders are."""

_COUNTED = (Count.RECEIVED, Count.CLOSED)
_CYCLE = table(Cycle)


def hours(work: Work, ask: Ask) -> Report[Hours]:
    """Received and closed, by weekday and hour; what was closed as in the days' report."""
    frame = report_frames.resolve(work, ask)
    grids = [{count: [0] * WEEK for count in _COUNTED} for _ in frame.ranges]
    dialect = work.session.get_bind().dialect.name
    arms = [
        _arm(dialect, count, place, piece, offset, frame.lens)
        for place, interval in enumerate(frame.intervals)
        for piece, offset in pieces(interval, frame.zone)
        for count in _COUNTED
    ]
    for row in work.session.execute(sa.union_all(*arms)):
        grids[row.place][Count(row.kind)][row.hour] += row.n
    return report_frames.made(work, frame, [_body(grid) for grid in grids], measures.headline)


def pieces(interval: Interval, zone: ZoneInfo) -> Iterator[tuple[Interval, timedelta]]:
    """The parts of ``interval`` between changes of the clock, each with its difference to UTC."""
    begin, end = interval
    while begin < end:
        offset = _offset(begin, zone)
        change = _change(begin, end, offset, zone)
        yield (begin, change), offset
        begin = change


def hour_of_week(dialect: str, moment: sa.ColumnElement[Any], offset: timedelta) -> sa.ColumnElement[int]:
    """The hour since Monday's midnight of a clock that differs from UTC by ``offset``."""
    epoch: sa.ColumnElement[Any] = sa.extract("epoch", moment)
    if dialect == "postgresql":
        epoch = sa.cast(sa.func.floor(epoch), sa.BigInteger)
    whole = sa.type_coerce(epoch, sa.BigInteger) + int(offset.total_seconds())
    return (whole // _HOUR + (_MONDAY + _CENTURIES)) % WEEK


def _offset(moment: datetime, zone: ZoneInfo) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change(begin: datetime, end: datetime, offset: timedelta, zone: ZoneInfo) -> datetime:
    """When the clock of ``zone`` is changed next, or ``end``."""
    day = begin
    while (day := min(day + timedelta(days=1), end)) < end and _offset(day, zone) == offset:
        pass
    if _offset(day - timedelta(microseconds=1), zone) == offset:
        return day
    before, after = max(begin, day - timedelta(days=1)), day
    while after - before > timedelta(seconds=1):
        middle = before + (after - before) // 2
        before, after = (middle, after) if _offset(middle, zone) == offset else (before, middle)
    return after.replace(microsecond=0)


def _arm(
    dialect: str, count: Count, place: int, piece: Interval, offset: timedelta, lens: Lens
) -> sa.Select[Any]:
    reading = READINGS[count]
    hour = hour_of_week(dialect, reading.moment, offset).label("hour")
    conditions = [STANDS, reading.moment >= piece[0], reading.moment < piece[1]]
    if reading.condition is not None:
        conditions.append(reading.condition)
    if lens.topics is not None:
        conditions.append(_CYCLE.c.topic_id.in_(lens.topics))
    columns: list[Any] = [
        sa.literal_column(f"'{count.value}'", sa.String).label("kind"),
        sa.literal_column(str(place), sa.Integer).label("place"),
        hour,
        sa.func.count().label("n"),
    ]
    return sa.select(*columns).where(*conditions).group_by(hour)


def _body(counted: dict[Count, list[int]]) -> Hours:
    received, closed = (counted[count] for count in _COUNTED)
    return Hours(_grid(received), _grid(closed), sum(received), sum(closed))


def _grid(counts: list[int]) -> Grid:
    return tuple(tuple(counts[start : start + HOURS]) for start in range(0, WEEK, HOURS))

"""Reports as plain rows for scripts and spreadsheets: the same whoever writes them.

Each report has one list of columns, never translated and only ever added to; the
``before_…`` ones are empty where nothing is compared. Lengths of time are in seconds, and
every figure has its number of cases. Rows are data: no totals among those that add up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from typing import Any, TypeVar

from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING
from sysmo_tui.domain.measures import (
    AGE_LIMITS,
    AgeCount,
    Backlog,
    DayBacklog,
    DayCount,
    Delta,
    Durations,
    Hours,
    Ratings,
    RatingsRow,
    Report,
    Satisfaction,
    Summary,
    Team,
    TeamRow,
    Times,
    TimesRow,
    TopicRow,
    Topics,
    Volume,
    Workload,
    deltas,
    headline,
)
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.time_spent import HolderTime, StatusTime, TimeSpent

T = TypeVar("T")
Pairs = list[tuple[T, T | None]]
"""Rows of a report, each with the same row of the other range; None where nothing is compared."""

SpentRow = StatusTime | HolderTime

_NO_TIMES, _NO_RATINGS = Times(), Ratings()
_AGE_ENDS = tuple(zip((0, *AGE_LIMITS), (*AGE_LIMITS, None), strict=True))
_TIMES = ("n", "mean_seconds", "median_seconds", "p90_seconds")


@dataclass(frozen=True, slots=True)
class Records:
    """Rows of as many values as there are names."""

    names: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]


def of(kind: ReportKind, report: Report[Any]) -> Records:
    """The rows of the report of this kind."""
    names, values = _KINDS[kind]
    return Records(names, tuple(values(report)))


def changes(report: Report[Any]) -> tuple[Delta, ...]:
    """The summary's measures; beside those of the other range where one is compared."""
    return report.deltas or deltas(headline(report.now), None)


def people(report: Report[Team]) -> Pairs[TeamRow]:
    """The team's rows; who did something in the other range alone has one too."""

    def none(row: TeamRow) -> TeamRow:
        return TeamRow(row.closer, row.account_id, row.name, 0, _NO_TIMES, _NO_TIMES, 0, None)

    return _paired(report, lambda team: team.rows, lambda row: (row.closer, row.account_id), none)


def times(report: Report[Durations]) -> list[tuple[str, TimesRow, TimesRow | None]]:
    """Who, and which topic, took how long; each behind ``operator`` or ``topic``."""

    def none(row: TimesRow) -> TimesRow:
        return TimesRow(row.id, row.name, _NO_TIMES)

    def key(row: TimesRow) -> Any:
        return row.id, row.name

    persons = _paired(report, lambda body: body.by_person, key, none)
    subjects = _paired(report, lambda body: body.by_topic, key, none)
    return [
        *(("operator", now, before) for now, before in persons),
        *(("topic", now, before) for now, before in subjects),
    ]


def ratings(report: Report[Satisfaction]) -> list[tuple[str, RatingsRow, RatingsRow | None]]:
    """Whose closes, and which topic's, were rated how; each behind ``operator`` or ``topic``."""

    def none(row: RatingsRow) -> RatingsRow:
        return RatingsRow(row.id, row.name, _NO_RATINGS)

    def key(row: RatingsRow) -> Any:
        return row.id, row.name

    persons = _paired(report, lambda body: body.by_person, key, none)
    subjects = _paired(report, lambda body: body.by_topic, key, none)
    return [
        *(("operator", now, before) for now, before in persons),
        *(("topic", now, before) for now, before in subjects),
    ]


def subjects(report: Report[Topics]) -> Pairs[TopicRow]:
    """The topics' rows; what came in under in the other range alone has one too."""

    def none(row: TopicRow) -> TopicRow:
        return TopicRow(row.id, row.name, 0, 0, None if row.resolution is None else _NO_TIMES, 0, None)

    return _paired(report, lambda body: body.rows, lambda row: row.id, none)


def time_spent(report: Report[TimeSpent]) -> list[tuple[str, SpentRow, SpentRow | None]]:
    """In which status, and with whom, the time went; each behind ``status`` or ``person``."""

    def none(row: SpentRow) -> SpentRow:
        own: SpentRow = replace(row, times=_NO_TIMES, total_seconds=0, share=None)
        return replace(own, paused_seconds=0) if isinstance(own, HolderTime) else own

    statuses = _paired(report, lambda body: body.by_status, lambda row: row.id, none)
    holders = _paired(report, lambda body: body.by_person, lambda row: row.account_id, none)
    return [
        *(("status", now, before) for now, before in statuses),
        *(("person", now, before) for now, before in holders),
    ]


def days(report: Report[Any]) -> list[tuple[Any, Any]]:
    """The days of both ranges, first beside first; None where a range has no more."""
    before = report.before.days if report.before is not None else ()
    return list(zip_longest(report.now.days, before))


def ages(report: Report[Backlog]) -> Pairs[AgeCount]:
    """How old what is open is, beside how old it was."""
    return _paired(
        report, lambda body: body.ages, lambda count: count.age, lambda count: AgeCount(count.age, 0)
    )


def _paired(
    report: Report[Any],
    rows: Callable[[Any], Sequence[T]],
    key: Callable[[T], object],
    none: Callable[[T], T],
) -> Pairs[T]:
    if report.before is None:
        return [(row, None) for row in rows(report.now)]
    now = {key(row): row for row in rows(report.now)}
    before = {key(row): row for row in rows(report.before)}
    return [
        *((row, before.get(name) or none(row)) for name, row in now.items()),
        *((none(row), row) for name, row in before.items() if name not in now),
    ]


def _named(prefix: str, names: Iterable[str]) -> tuple[str, ...]:
    return tuple(f"{prefix}_{name}" for name in names)


def _compared(names: tuple[str, ...]) -> tuple[str, ...]:
    """The columns of a row, and those of the same row before."""
    return (*names, *_named("before", names))


def _seconds(taken: Times | None) -> tuple[int | None, ...]:
    return (None,) * 4 if taken is None else (taken.n, taken.mean, taken.median, taken.p90)


def _summary(report: Report[Summary]) -> Iterator[tuple[Any, ...]]:
    for each in changes(report):
        change = (each.difference, each.ratio, each.is_good)
        yield (each.measure.value, each.value, each.n, each.before, each.before_n, *change)


def _team(report: Report[Team]) -> Iterator[tuple[Any, ...]]:
    def figures(row: TeamRow | None) -> tuple[Any, ...]:
        if row is None:
            return (None,) * len(_TEAM)
        return (row.resolved, *_seconds(row.resolution), *_seconds(row.response), row.reopened)

    for now, before in people(report):
        who = (now.closer.value, now.account_id, now.name)
        yield (*who, *figures(now), now.open_now, *figures(before))


def _volume(report: Report[Volume]) -> Iterator[tuple[Any, ...]]:
    def figures(day: DayCount | None) -> tuple[Any, ...]:
        return (None,) * 3 if day is None else (day.day, day.received, day.closed)

    for now, before in days(report):
        yield (*figures(now), *figures(before))


def _durations(report: Report[Durations]) -> Iterator[tuple[Any, ...]]:
    for by, now, before in times(report):
        yield (by, now.id, now.name, *_seconds(now.times), *_seconds(before.times if before else None))


def _satisfaction(report: Report[Satisfaction]) -> Iterator[tuple[Any, ...]]:
    def figures(row: RatingsRow | None) -> tuple[Any, ...]:
        if row is None:
            return (None,) * len(_RATINGS)
        rated = row.ratings
        return (
            rated.n,
            rated.satisfied,
            rated.satisfaction,
            rated.closed,
            rated.response_rate,
            *rated.counts,
        )

    for by, now, before in ratings(report):
        yield (by, now.id, now.name, *figures(now), *figures(before))


def _backlog(report: Report[Backlog]) -> Iterator[tuple[Any, ...]]:
    def figures(day: DayBacklog | None) -> tuple[Any, ...]:
        return (None, None) if day is None else (day.day, day.open)

    for now, before in days(report):
        (day, count), (day_before, count_before) = figures(now), figures(before)
        yield ("day", day, None, None, count, day_before, count_before)
    for (age, age_before), (since, until) in zip(ages(report), _AGE_ENDS, strict=True):
        yield ("age", None, since, until, age.open, None, age_before.open if age_before else None)


def _topics(report: Report[Topics]) -> Iterator[tuple[Any, ...]]:
    def figures(row: TopicRow | None) -> tuple[Any, ...]:
        if row is None:
            return (None,) * len(_TOPIC)
        return (row.received, row.closed, *_seconds(row.resolution), row.reopened)

    for now, before in subjects(report):
        yield (now.id, now.name, *figures(now), now.open_now, *figures(before))


def _workload(report: Report[Workload]) -> Iterator[tuple[Any, ...]]:
    for row in report.now.rows:
        counts = [value for each in row.ages for value in (each.open, each.load)]
        yield (row.account_id, row.name, row.open, row.paused, row.load, *counts)


def _time(report: Report[TimeSpent]) -> Iterator[tuple[Any, ...]]:
    def figures(row: SpentRow | None) -> tuple[Any, ...]:
        if row is None:
            return (None,) * len(_SPENT)
        paused = row.paused_seconds if isinstance(row, HolderTime) else None
        return (*_seconds(row.times), row.total_seconds, row.share, paused)

    for by, now, before in time_spent(report):
        who: tuple[Any, ...]
        if isinstance(now, StatusTime):
            who = (now.id, now.name, now.category.value)
        else:
            who = (now.account_id, now.name, None)
        yield (by, *who, *figures(now), *figures(before))


def _hours(report: Report[Hours]) -> Iterator[tuple[Any, ...]]:
    """An hour of the week a row; days as ISO 8601 counts them, Monday is 1."""
    parts = [report.now] if report.before is None else [report.now, report.before]
    grids = [grid for part in parts for grid in (part.received_at, part.closed_at)]
    nothing = (None,) * (4 - len(grids))
    for day, hours in enumerate(zip(*grids, strict=True), start=1):
        for hour, counts in enumerate(zip(*hours, strict=True)):
            yield (day, hour, *counts, *nothing)


_OPEN_OF_AGE = tuple(
    f"{name}_{since}_to_{until}_days" if until else f"{name}_over_{since}_days"
    for since, until in _AGE_ENDS
    for name in ("open", "load")
)
_SPENT = (*_TIMES, "total_seconds", "share", "paused_seconds")
_TEAM = ("resolved", *_named("resolution", _TIMES), *_named("response", _TIMES), "reopened")
_TOPIC = ("received", "closed", *_named("resolution", _TIMES), "reopened")
_RATINGS = (
    *("n", "satisfied", "satisfaction", "closed", "response_rate"),
    *_named("rated", map(str, range(WORST_RATING, BEST_RATING + 1))),
)
_BY_TIME = (
    ("by", "id", "name", *_TIMES, *_named("before", _TIMES)),
    _durations,
)
_KINDS: Mapping[ReportKind, tuple[tuple[str, ...], Callable[[Report[Any]], Iterator[tuple[Any, ...]]]]] = {
    ReportKind.SUMMARY: (
        ("measure", "value", "n", "before", "before_n", "difference", "ratio", "is_good"),
        _summary,
    ),
    ReportKind.TEAM: (("closer", "account_id", "name", *_TEAM, "open_now", *_named("before", _TEAM)), _team),
    ReportKind.VOLUME: (_compared(("day", "received", "closed")), _volume),
    ReportKind.RESOLUTION: _BY_TIME,
    ReportKind.RESPONSE: _BY_TIME,
    ReportKind.BACKLOG: (
        ("by", "day", "age_from_days", "age_to_days", "open", "before_day", "before_open"),
        _backlog,
    ),
    ReportKind.SATISFACTION: (("by", "id", "name", *_RATINGS, *_named("before", _RATINGS)), _satisfaction),
    ReportKind.WORKLOAD: (("account_id", "name", "open", "paused", "load", *_OPEN_OF_AGE), _workload),
    ReportKind.HOURS: (("weekday", "hour", "received", "closed", "before_received", "before_closed"), _hours),
    ReportKind.TIME: (("by", "id", "name", "category", *_SPENT, *_named("before", _SPENT)), _time),
    ReportKind.TOPICS: (("id", "name", *_TOPIC, "open_now", *_named("before", _TOPIC)), _topics),
}

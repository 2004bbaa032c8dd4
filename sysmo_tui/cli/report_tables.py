"""Reports as tables with small bars for people, as documents for scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sysmo_tui import spoken
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.output import Column
from sysmo_tui.domain.closed_sets import RATINGS
from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING
from sysmo_tui.domain.measures import Delta, Grid, RatingsRow, Report, Scope, Times, TimesRow, Workload
from sysmo_tui.domain.moments import DateRange
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.time_spent import HolderTime, StatusTime, TimeSpent
from sysmo_tui.drawn import bar, shade, shade_ranges, shades
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.services import report_frames, report_records
from sysmo_tui.spoken import NONE
from sysmo_tui.widgets.words import AGE_MARKS, row_name, said

BAR = 24
"""Cells of the longest bar."""
NARROW_BAR = 8
"""The same in a table of many columns."""


@dataclass(frozen=True, slots=True)
class _Listing:
    """Rows beside those of the other range, and the columns of each."""

    rows: Sequence[tuple[Any, Any]]
    columns: Sequence[Column[Any]]


def show(run: Here, kind: ReportKind, report: Report[Any]) -> None:
    """Print a report's rows; on a terminal also what it is about, and what changed."""
    if run.options.csv:
        records = report_records.of(kind, report)
        run.out.sheet(records.names, records.rows)
        return
    if run.out.is_terminal:
        run.out.print(_heading(kind, report) + "\n")
    if kind is ReportKind.HOURS and run.out.is_terminal:
        _print_hours(run, report)
        return
    if kind is ReportKind.SUMMARY:
        deltas = report_records.changes(report)
        _print(run, deltas, _delta_columns(is_compared=bool(report.deltas)))
        return
    for at, listing in enumerate(_LISTINGS[kind](run, report)):
        if run.out.is_terminal and at:
            run.out.print("")
        if not run.out.is_terminal:
            _print(run, listing.rows, _beside(listing.columns, is_compared=bool(report.deltas)))
        elif rows := [now for now, _before in listing.rows if now is not None]:
            _print(run, rows, listing.columns)
    if run.out.is_terminal and report.deltas:
        run.out.print("")
        _print(run, report.deltas, _delta_columns(is_compared=True))


def _print(run: Here, rows: Sequence[Any], columns: Sequence[Column[Any]]) -> None:
    run.out.rows(rows, columns, dict, names=(), empty=_("There is nothing to report."))


def _beside(columns: Sequence[Column[Any]], *, is_compared: bool) -> list[Column[Any]]:
    """The columns of pairs of rows: all of the first, and the figures of the second."""

    def of(column: Column[Any], place: int, title: str) -> Column[Any]:
        return Column(title, lambda pair: "" if pair[place] is None else column.text(pair[place]))

    figures = [column for column in columns if column.is_number] if is_compared else []
    return [
        *(of(column, 0, column.spoken) for column in columns),
        *(of(column, 1, _("{figure} before", figure=column.spoken)) for column in figures),
    ]


def _heading(kind: ReportKind, report: Report[Any]) -> str:
    parts = [_("now") if kind.is_of_now else _days(report.range)]
    if report.compared_with:
        parts.append(_("compared with {days}", days=_days(report.compared_with)))
    if report.topic:
        parts.append(report.topic)
    if report.scope is Scope.OWN:
        parts.append(_("your own figures, your topics' volumes"))
    return " · ".join(parts)


def _days(asked: DateRange) -> str:
    if asked.length == 1:
        return asked.first.isoformat()
    return _("{first} to {last}", first=asked.first.isoformat(), last=asked.last.isoformat())


def _team(run: Here, report: Report[Any]) -> Iterable[_Listing]:
    columns: list[Column[Any]] = [
        Column(_("Operator"), row_name, grows=True),
        Column(_("Resolved"), lambda row: str(row.resolved), is_number=True),
        *_times_columns(lambda row: row.resolution),
        Column(pgettext("heading", "First response"), lambda row: _time(row.response.mean), is_number=True),
        Column(_("of n"), lambda row: str(row.response.n), is_number=True, is_spare=True),
        Column(pgettext("tickets", "Reopened"), lambda row: str(row.reopened), is_number=True),
        Column(_("Open now"), lambda row: _count(row.open_now), is_number=True),
    ]
    total = (report.now.total, report.before.total if report.before else None)
    yield _Listing([*report_records.people(report), total], columns)


def _volume(run: Here, report: Report[Any]) -> Iterable[_Listing]:
    both = [count for day in report.now.days for count in (day.received, day.closed)]
    columns: list[Column[Any]] = [
        Column(_("Day"), lambda day: day.day.isoformat()),
        Column(_("Received"), lambda day: str(day.received), is_number=True),
        *_bars(run, both, lambda day: day.received),
        Column(pgettext("tickets", "Closed"), lambda day: str(day.closed), is_number=True),
        *_bars(run, both, lambda day: day.closed),
    ]
    yield _Listing(report_records.days(report), columns)


def _durations(run: Here, report: Report[Any]) -> Iterable[_Listing]:
    groups = {"operator": _("Operator"), "topic": _("Topic"), "total": ""}
    rows = [
        ((by, now), None if before is None else (by, before))
        for by, now, before in report_records.times(report)
    ]
    rows.append((_total(report.now), _total(report.before) if report.before else None))
    columns: list[Column[tuple[str, TimesRow]]] = [
        Column(_("By"), lambda row: groups[row[0]]),
        Column(_("Name"), lambda row: row_name(row[1]), grows=True),
        Column(_("of n"), lambda row: str(row[1].times.n), is_number=True),
        *_times_columns(lambda row: row[1].times),
    ]
    yield _Listing(rows, columns)


def _total(body: Any) -> tuple[str, TimesRow]:
    return "total", TimesRow(None, clean_line(report_frames.TOTAL_ROW), body.total)


def _backlog(run: Here, report: Report[Any]) -> Iterable[_Listing]:
    counts = [each.open for each in (*report.now.days, *report.now.ages)]
    columns: list[Column[Any]] = [
        Column(pgettext("tickets", "Open"), lambda each: str(each.open), is_number=True),
        *_bars(run, counts, lambda each: each.open),
    ]
    yield _Listing(report_records.days(report), [Column(_("Day"), lambda day: day.day.isoformat()), *columns])
    yield _Listing(report_records.ages(report), [Column(_("Age"), lambda each: said(each.age)), *columns])


def _topics(run: Here, report: Report[Any]) -> Iterable[_Listing]:
    columns: list[Column[Any]] = [
        Column(_("Topic"), lambda row: row.name, grows=True),
        Column(_("Received"), lambda row: str(row.received), is_number=True),
        *_bars(run, [row.received for row in report.now.rows], lambda row: row.received, NARROW_BAR),
        Column(pgettext("tickets", "Closed"), lambda row: str(row.closed), is_number=True),
        *_times_columns(lambda row: row.resolution or Times()),
        Column(pgettext("tickets", "Reopened"), lambda row: str(row.reopened), is_number=True),
        Column(_("Open now"), lambda row: _count(row.open_now), is_number=True),
    ]
    yield _Listing(report_records.subjects(report), columns)


def _satisfaction(run: Here, report: Report[Any]) -> Iterable[_Listing]:
    groups = {"operator": _("Operator"), "topic": _("Topic"), "total": ""}
    rows = [
        ((by, now), None if before is None else (by, before))
        for by, now, before in report_records.ratings(report)
    ]
    name = clean_line(report_frames.TOTAL_ROW)
    now, before = (
        None if body is None else ("total", RatingsRow(None, name, body.total))
        for body in (report.now, report.before)
    )
    columns: list[Column[tuple[str, RatingsRow]]] = [
        Column(_("By"), lambda row: groups[row[0]]),
        Column(_("Name"), lambda row: row_name(row[1]), grows=True),
        Column(_("Satisfied"), lambda row: _share(row[1].ratings.satisfaction), is_number=True),
        Column(_("of n"), lambda row: str(row[1].ratings.n), is_number=True),
        Column(_("Rated"), lambda row: _share(row[1].ratings.response_rate), is_number=True),
        Column(_("of n"), lambda row: str(row[1].ratings.closed), is_number=True, is_spare=True),
        *map(_rated_with, range(WORST_RATING, BEST_RATING + 1)),
    ]
    yield _Listing([*rows, (now, before)], columns)


def _rated_with(rating: int) -> Column[tuple[str, RatingsRow]]:
    at = rating - WORST_RATING
    return Column(
        str(rating), lambda row: str(row[1].ratings.counts[at]), is_number=True, aloud=_(RATINGS[rating])
    )


def _workload(run: Here, report: Report[Workload]) -> Iterable[_Listing]:
    total = report.now.total
    columns: list[Column[Any]] = [
        Column(_("Operator"), row_name, grows=True),
        Column(_("Load"), lambda row: spoken.number(row.load, 1), is_number=True),
        *_bars(
            run,
            [row.load for row in report.now.rows],
            lambda row: 0 if row is total else row.load,
            NARROW_BAR,
        ),
        Column(pgettext("tickets", "Open"), lambda row: str(row.open), is_number=True),
        Column(_("Paused"), lambda row: str(row.paused), is_number=True),
        *(_of_age(place, mark) for place, mark in enumerate(AGE_MARKS.values())),
    ]
    yield _Listing([(row, None) for row in (*report.now.rows, total)], columns)


def _time_spent(run: Here, report: Report[TimeSpent]) -> Iterable[_Listing]:
    groups = {"status": _("Status"), "person": _("Operator")}
    rows = [
        ((by, now), None if before is None else (by, before))
        for by, now, before in report_records.time_spent(report)
    ]
    columns: list[Column[tuple[str, Any]]] = [
        Column(_("By"), lambda row: groups[row[0]]),
        Column(_("Name"), lambda row: row_name(row[1]), grows=True),
        Column(_("Time"), lambda row: _time(row[1].total_seconds), is_number=True),
        Column(_("Share"), lambda row: _share(row[1].share), is_number=True),
        Column(_("of n"), lambda row: str(row[1].times.n), is_number=True),
        Column(_("Average"), lambda row: _time(row[1].times.mean), is_number=True),
        Column(_("Median"), lambda row: _time(row[1].times.median), is_number=True),
        Column(_("Of it paused"), lambda row: _paused(row[1]), is_number=True, is_spare=True),
    ]
    if report.now.older:
        run.out.say(spoken.left_out(report.now))
    yield _Listing(rows, columns)


def _paused(row: StatusTime | HolderTime) -> str:
    return _time(row.paused_seconds) if isinstance(row, HolderTime) else ""


def _of_age(place: int, mark: str) -> Column[Any]:
    return Column(mark, lambda row: str(row.ages[place].open), is_number=True)


def _hours(run: Here, report: Report[Any]) -> Iterable[_Listing]:
    """Each hour of the week with what came and went."""

    def rows(body: Any) -> list[tuple[int, int, int, int]]:
        both = zip(body.received_at, body.closed_at, strict=True)
        return [
            (day, hour, *counts)
            for day, grids in enumerate(both)
            for hour, counts in enumerate(zip(*grids, strict=True))
        ]

    now = rows(report.now)
    before: Sequence[Any] = [None] * len(now) if report.before is None else rows(report.before)
    columns: list[Column[Any]] = [
        Column(_("Day"), lambda row: spoken.weekday_names()[row[0]]),
        Column(_("Hour"), lambda row: f"{row[1]:02}"),
        Column(_("Received"), lambda row: str(row[2]), is_number=True),
        Column(pgettext("tickets", "Closed"), lambda row: str(row[3]), is_number=True),
    ]
    pairs: list[tuple[Any, Any]] = list(zip(now, before, strict=True))
    if run.options.spoken:
        # Nobody listens to the hours in which nothing happened.
        pairs = [pair for pair in pairs if any(sum(row[2:]) for row in pair if row is not None)]
    yield _Listing(pairs, columns)


def _print_hours(run: Here, report: Report[Any]) -> None:
    """The hours of the week as shades, which need no colour."""
    _print_grid(run, _("Received: {count}", count=report.now.received), report.now.received_at)
    run.out.print("")
    _print_grid(run, _("Closed: {count}", count=report.now.closed), report.now.closed_at)
    if report.deltas:
        run.out.print("")
        _print(run, report.deltas, _delta_columns(is_compared=True))


def _print_grid(run: Here, title: str, grid: Grid) -> None:
    most = max(max(counts) for counts in grid)
    characters = shades(has_blocks=run.out.speaks_unicode)
    marks = "".join(f"{hour:<6}" for hour in range(0, 24, 3)).rstrip()
    lines = [title, f"     {marks}"]
    for name, counts in zip(spoken.weekday_names(), grid, strict=True):
        cells = "".join(characters[shade(count, most)] * 2 for count in counts)
        lines.append(f"{name:<4} {cells}  {spoken.number(sum(counts))}")
    legend = [
        f"{characters[each.shade]} {each.first}" + (f"–{each.last}" if each.last > each.first else "")
        for each in shade_ranges(most)
    ]
    run.out.print("\n".join([*lines, f"     {'   '.join(legend)}"]))


_LISTINGS: Mapping[ReportKind, Callable[[Here, Report[Any]], Iterable[_Listing]]] = {
    ReportKind.TEAM: _team,
    ReportKind.VOLUME: _volume,
    ReportKind.RESOLUTION: _durations,
    ReportKind.RESPONSE: _durations,
    ReportKind.BACKLOG: _backlog,
    ReportKind.TOPICS: _topics,
    ReportKind.SATISFACTION: _satisfaction,
    ReportKind.WORKLOAD: _workload,
    ReportKind.HOURS: _hours,
    ReportKind.TIME: _time_spent,
}


def _times_columns(times: Callable[[Any], Times]) -> list[Column[Any]]:
    return [
        Column(_("Average"), lambda row: _time(times(row).mean), is_number=True),
        Column(_("Median"), lambda row: _time(times(row).median), is_number=True, is_spare=True),
        Column(_("p90"), lambda row: _time(times(row).p90), is_number=True, is_spare=True),
    ]


def _bars(
    run: Here, values: Sequence[float], value: Callable[[Any], float], cells: int = BAR
) -> list[Column[Any]]:
    """A column of bars to one scale, for a terminal alone."""
    if not run.out.is_terminal:
        return []
    most, has_blocks = max(values, default=0), run.out.speaks_unicode
    return [Column("", lambda row: bar(value(row), most, cells, has_blocks=has_blocks), is_spare=True)]


def _delta_columns(*, is_compared: bool) -> list[Column[Delta]]:
    columns: list[Column[Delta]] = [
        Column(_("Measure"), lambda delta: said(delta.measure)),
        Column(_("Value"), lambda delta: spoken.figure(delta.measure, delta.value), is_number=True),
        Column(_("of n"), lambda delta: _cases(delta.n), is_number=True),
    ]
    if is_compared:
        columns += [
            Column(_("Before"), lambda delta: spoken.figure(delta.measure, delta.before), is_number=True),
            Column(_("of n"), lambda delta: _cases(delta.before_n), is_number=True, is_spare=True),
            Column(pgettext("figures", "Change"), lambda delta: spoken.change(delta) or NONE, is_number=True),
            Column("", spoken.verdict),
        ]
    return columns


def _cases(n: int | None) -> str:
    """How many cases a figure stands on; a count stands on itself."""
    return "" if n is None else spoken.number(n)


def _time(seconds: int | None) -> str:
    return NONE if seconds is None else spoken.duration(seconds)


def _share(value: float | None) -> str:
    return NONE if value is None else spoken.percent(value)


def _count(value: int | None) -> str:
    return NONE if value is None else str(value)

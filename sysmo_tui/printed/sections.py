"""What each report puts on paper: charts and tables, as HTML."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sysmo_tui import spoken
from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING
from sysmo_tui.domain.enums import Measure
from sysmo_tui.domain.measures import (
    AgeCount,
    Backlog,
    Durations,
    Hours,
    Report,
    Satisfaction,
    Summary,
    Team,
    Times,
    Topics,
    Volume,
    Workload,
)
from sysmo_tui.domain.moments import steps
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.time_spent import HolderTime, TimeSpent
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.printed import svg
from sysmo_tui.services import report_frames, report_records
from sysmo_tui.spoken import NONE
from sysmo_tui.widgets.words import AGE_MARKS, row_name, said

Row = Sequence[str]


def table(heads: Sequence[str], rows: Sequence[Row], total: Row | None = None, *, words: int = 1) -> str:
    """A table whose first ``words`` columns are words, the others numbers."""

    def line(cells: Row, tag: str) -> str:
        return "".join(
            f"<{tag}{'' if at < words else ' class=n'}>{html.escape(cell)}</{tag}>"
            for at, cell in enumerate(cells)
        )

    body = "\n".join(f"<tr>{line(row, 'td')}</tr>" for row in rows)
    foot = f"<tfoot><tr>{line(total, 'td')}</tr></tfoot>" if total is not None else ""
    return f"<table><thead><tr>{line(heads, 'th')}</tr></thead><tbody>{body}</tbody>{foot}</table>"


def summary(report: Report[Summary]) -> Iterator[str]:
    """Every headline with how it changed, and how old what is open is."""
    is_compared = report.before is not None
    heads = [_("Measure"), _("Now"), _("of n")]
    heads += [_("Before"), _("of n"), pgettext("figures", "Change"), ""] if is_compared else []
    rows = []
    for delta in report_records.changes(report):
        now = [said(delta.measure), spoken.figure(delta.measure, delta.value), _cases(delta.n)]
        was = [
            spoken.figure(delta.measure, delta.before),
            _cases(delta.before_n),
            spoken.change(delta),
            spoken.verdict(delta),
        ]
        rows.append([*now, *was] if is_compared else now)
    yield table(heads, rows)
    yield _ages(report.now.ages)


def team(report: Report[Team]) -> Iterator[str]:
    """Resolved per person, and how soon."""
    pairs = report_records.people(report)
    own = [(row_name(now), now, before) for now, before in pairs]
    yield svg.bars(_("Resolved by"), [(name, now.resolved, str(now.resolved)) for name, now, _before in own])
    heads = [_("Operator"), _("Resolved"), *_before_heads(report), *_times_heads()]
    heads += [_("First response"), _("of n"), pgettext("tickets", "Reopened"), _("Open now")]

    def row(name: str, now: Any, before: Any) -> Row:
        was = _before(report, None if before is None else before.resolved)
        answered = [_time(now.response.mean), spoken.number(now.response.n)]
        more = [spoken.number(now.reopened), _count(now.open_now)]
        return [name, spoken.number(now.resolved), *was, *_times(now.resolution), *answered, *more]

    total = row(_(report_frames.TOTAL_ROW), report.now.total, report.before.total if report.before else None)
    yield table(heads, [row(*each) for each in own], total)


def volume(report: Report[Volume]) -> Iterator[str]:
    """Received and closed, day by day, to one scale."""
    days = report.now.days
    labels = [day.day.isoformat() for day in days]
    most = max((max(day.received, day.closed) for day in days), default=0)
    for text, values in (
        (_("Received: {count}", count=report.now.received), [day.received for day in days]),
        (_("Closed: {count}", count=report.now.closed), [day.closed for day in days]),
    ):
        yield f"<h3>{html.escape(text)}</h3>" + svg.columns(text, values, labels, most=most)
    rows = [
        [
            _day(days[part[0]].day, len(part)),
            _sum(days[at].received for at in part),
            _sum(days[at].closed for at in part),
        ]
        for part in steps([day.day for day in days])
    ]
    total = [_("Total"), spoken.number(report.now.received), spoken.number(report.now.closed)]
    first = _("Day") if len(rows) == len(days) else pgettext("days", "From")
    yield table([first, _("Received"), pgettext("tickets", "Closed")], rows, total)


def durations(report: Report[Durations]) -> Iterator[str]:
    """How long it took, by person and by topic."""
    groups = {"operator": _("operator"), "topic": _("topic")}
    times = [(groups[by], row_name(now), now.times) for by, now, _before in report_records.times(report)]
    shown = [(name, taken.mean or 0, _time(taken.mean)) for _by, name, taken in times if taken.n]
    yield svg.bars(_("Average"), shown)
    rows = [[by, name, spoken.number(taken.n), *_times(taken)] for by, name, taken in times]
    total = ["", _(report_frames.TOTAL_ROW), spoken.number(report.now.total.n), *_times(report.now.total)]
    yield table([_("By"), _("Name"), _("of n"), *_times_heads()], rows, total, words=2)


def backlog(report: Report[Backlog]) -> Iterator[str]:
    """What was open at the end of each day, and how old it is."""
    days = report.now.days
    before = [day.open for day in report.before.days] if report.before else []
    text = _("Open at the end of each day, {count} now", count=report.now.open)
    labels = [day.day.isoformat() for day in days]
    chart = svg.lines(text, [day.open for day in days], before, labels, (_("now"), _("before")))
    yield f"<h3>{html.escape(text)}</h3>" + chart
    yield _ages(report.now.ages)
    ends = [days[part[-1]] for part in steps([day.day for day in days])]
    rows = [[_day(day.day), spoken.number(day.open)] for day in ends]
    yield table([_("Day"), pgettext("tickets", "Open")], rows)


def topics(report: Report[Topics]) -> Iterator[str]:
    """What came in under which topic."""
    pairs = report_records.subjects(report)
    yield svg.bars(_("Received"), [(now.name, now.received, str(now.received)) for now, _before in pairs])
    heads = [_("Topic"), _("Received"), *_before_heads(report), pgettext("tickets", "Closed")]
    heads += [*_times_heads(), pgettext("tickets", "Reopened"), _("Open now")]
    rows = [
        [
            now.name,
            spoken.number(now.received),
            *_before(report, None if before is None else before.received),
            spoken.number(now.closed),
            *_times(now.resolution or Times()),
            spoken.number(now.reopened),
            _count(now.open_now),
        ]
        for now, before in pairs
    ]
    yield table(heads, rows)


def satisfaction(report: Report[Satisfaction]) -> Iterator[str]:
    """How customers rated what was closed."""
    groups = {"operator": _("operator"), "topic": _("topic")}
    counts = report.now.total.counts
    names = [str(rating) for rating in range(WORST_RATING, BEST_RATING + 1)]
    yield svg.bars(_("Rated"), [(name, count, str(count)) for name, count in zip(names, counts, strict=True)])

    def row(by: str, name: str, rated: Any) -> Row:
        shares = [spoken.figure(Measure.SATISFACTION, rated.satisfaction), spoken.number(rated.n)]
        shares += [spoken.figure(Measure.RATING_RATE, rated.response_rate), spoken.number(rated.closed)]
        return [by, name, *shares, *map(spoken.number, rated.counts)]

    rows = [
        row(groups[by], row_name(now), now.ratings) for by, now, _before in report_records.ratings(report)
    ]
    heads = [_("By"), _("Name"), _("Satisfied"), _("of n"), _("Rated"), _("of n"), *names]
    yield table(heads, rows, row("", _(report_frames.TOTAL_ROW), report.now.total), words=2)


def workload(report: Report[Workload]) -> Iterator[str]:
    """Who has how much now."""
    rows = [(row_name(row), row) for row in report.now.rows]
    yield svg.bars(_("Load"), [(name, row.load, spoken.number(row.load, 1)) for name, row in rows])
    heads = [_("Operator"), _("Load"), pgettext("tickets", "Open"), _("Paused"), *AGE_MARKS.values()]

    def cells(name: str, row: Any) -> Row:
        ages = [spoken.number(each.open) for each in row.ages]
        return [name, spoken.number(row.load, 1), spoken.number(row.open), spoken.number(row.paused), *ages]

    yield table(heads, [cells(*each) for each in rows], cells(_(report_frames.TOTAL_ROW), report.now.total))


def hours(report: Report[Hours]) -> Iterator[str]:
    """When tickets come in and are closed."""
    names = spoken.weekday_names()
    for text, grid in (
        (_("Received: {count}", count=report.now.received), report.now.received_at),
        (_("Closed: {count}", count=report.now.closed), report.now.closed_at),
    ):
        yield f"<h3>{html.escape(text)}</h3>" + svg.heat(text, grid, names)


def time_spent(report: Report[TimeSpent]) -> Iterator[str]:
    """In which status tickets spent their time, and with whom."""
    if report.now.older:
        yield f"<p>{html.escape(spoken.left_out(report.now))}</p>"
    every = report_records.time_spent(report)
    for group, text in (("status", _("In status")), ("person", _("With"))):
        rows = [(row_name(now), now, before) for by, now, before in every if by == group]
        shares = [(name, now.share or 0, _share(now.share)) for name, now, _before in rows if now.times.n]
        yield f"<h3>{html.escape(text)}</h3>" + svg.bars(text, shares)
        heads = [text, _("Time"), _("Share"), *_before_heads(report), _("of n")]
        heads += [*_times_heads(), _("Of it paused")]
        yield table(heads, [_spent_cells(report, *each) for each in rows], _spent_total(report))


def _spent_cells(report: Report[TimeSpent], name: str, now: Any, before: Any) -> Row:
    paused = _time(now.paused_seconds) if isinstance(now, HolderTime) else ""
    shares = [_share(now.share), *_before(report, before.share if before else None, spoken.percent)]
    return [name, _time(now.total_seconds), *shares, spoken.number(now.times.n), *_times(now.times), paused]


def _spent_total(report: Report[TimeSpent]) -> Row:
    body = report.now
    paused = _time(sum(each.paused_seconds for each in body.by_person))
    shares = [_share(1 if body.total_seconds else None), *([""] if report.before is not None else [])]
    cases = [spoken.number(body.total.n), *_times(body.total)]
    return [_(report_frames.TOTAL_ROW), _time(body.total_seconds), *shares, *cases, paused]


DRAWN: Mapping[ReportKind, Callable[[Report[Any]], Iterator[str]]] = {
    ReportKind.SUMMARY: summary,
    ReportKind.TEAM: team,
    ReportKind.VOLUME: volume,
    ReportKind.RESOLUTION: durations,
    ReportKind.RESPONSE: durations,
    ReportKind.BACKLOG: backlog,
    ReportKind.TOPICS: topics,
    ReportKind.SATISFACTION: satisfaction,
    ReportKind.WORKLOAD: workload,
    ReportKind.HOURS: hours,
    ReportKind.TIME: time_spent,
}
"""What draws each report."""


def _ages(ages: Sequence[AgeCount]) -> str:
    title = _("Open tickets by age")
    rows = [(said(each.age), each.open, str(each.open)) for each in ages]
    return f"<h3>{html.escape(title)}</h3>" + svg.bars(title, rows)


def _day(day: date, length: int = 1) -> str:
    """A day with its weekday; the first of several alone."""
    return day.isoformat() if length > 1 else f"{day.isoformat()} {spoken.weekday_names()[day.weekday()]}"


def _sum(counts: Iterable[int]) -> str:
    return spoken.number(sum(counts))


def _before_heads(report: Report[Any]) -> Row:
    """A column for the other days, where there are any."""
    return [_("Before")] if report.before is not None else []


def _before(report: Report[Any], value: float | None, say: Callable[[float], str] = spoken.number) -> Row:
    """What it was on the other days, where there are any."""
    if report.before is None:
        return []
    return [NONE if value is None else say(value)]


def _times_heads() -> list[str]:
    return [_("Average"), _("Median"), _("p90")]


def _times(taken: Times) -> list[str]:
    return [_time(taken.mean), _time(taken.median), _time(taken.p90)]


def _time(seconds: int | None) -> str:
    return NONE if seconds is None else spoken.duration(seconds)


def _share(value: float | None) -> str:
    return NONE if value is None else spoken.percent(value)


def _count(value: int | None) -> str:
    return NONE if value is None else spoken.number(value)


def _cases(n: int | None) -> str:
    return "" if n is None else spoken.number(n)

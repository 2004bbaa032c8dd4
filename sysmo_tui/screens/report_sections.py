"""What each section of a report shows, as lines of text."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from textual.content import Content

from sysmo_tui import spoken
from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING
from sysmo_tui.domain.measures import (
    AgeCount,
    Backlog,
    Delta,
    Durations,
    Measure,
    RatingsRow,
    Report,
    Satisfaction,
    Summary,
    Team,
    TeamRow,
    Times,
    TimesRow,
    Topics,
    Volume,
)
from sysmo_tui.drawn import bar
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.services import report_records, reports
from sysmo_tui.widgets.charts import Cell, Head, Sheet, beside, column_chart
from sysmo_tui.widgets.words import said

NONE = "—"
WIDE = 100
"""Cells from which on there is room for more columns, and for charts side by side."""
DAILY, WEEKLY = 62, 370
"""Days of a range up to which it is drawn by day, and by week; longer ones by month."""


Draw = Callable[[Report[Any], int], list[Content]]


def summary(report: Report[Summary], width: int) -> list[Content]:
    """Every headline with how it changed, and how old what is open is."""
    is_compared = report.before is not None
    rows = tuple(_delta_row(each, is_compared=is_compared) for each in report_records.changes(report))
    heads = (
        Head(_("Measure"), is_number=False, grows=True),
        Head(_("Now")),
        Head(_("of n")),
        Head(_("Before")),
        Head(_("of n")),
        Head(pgettext("figures", "Change")),
        Head("", is_number=False),
    )
    sheet = Sheet(heads, rows)
    return [*sheet.lines(width), Content(""), *_ages(report.now.ages, width)]


def team(report: Report[Team], width: int) -> list[Content]:
    """Resolved per person, against the other range, and a bar for each."""
    before = {_who(row): row for row in report.before.rows} if report.before else {}
    last_total = report.before.total if report.before else None
    heads = (
        Head(_("Operator"), is_number=False, grows=True),
        Head(_("Resolved")),
        Head(_("against")),
        Head(_("Average")),
        Head(_("against")),
        Head(_("Median"), from_width=WIDE),
        Head(_("p90"), from_width=WIDE),
        Head(_("First response"), from_width=90),
        Head(_("of n"), from_width=90),
        Head(pgettext("tickets", "Reopened")),
        Head(_("Open now")),
    )
    sheet = Sheet(
        heads,
        tuple(_team_cells(row, before.get(_who(row))) for row in report.now.rows),
        _team_cells(report.now.total, last_total),
    )
    bars = [(_person(row), row.resolved) for row in report.now.rows]
    return [*sheet.lines(width), Content(""), *_bars(_("Resolved by"), bars, width)]


def volume(report: Report[Volume], width: int) -> list[Content]:
    """Received and closed: two charts to one scale, and every day."""
    steps = _steps([day.day for day in report.now.days])
    received = [sum(report.now.days[at].received for at in step) for step in steps]
    closed = [sum(report.now.days[at].closed for at in step) for step in steps]
    names = [_step_name(report.now.days[step[0]].day, len(report.now.days)) for step in steps]
    most = max([*received, *closed], default=0)
    is_beside = width >= WIDE or width // 2 - 6 >= len(steps)
    half = width // 2 if is_beside else width

    def chart(title: str, values: list[int], style: str) -> list[Content]:
        return column_chart(title, values, names, width=half - 2, most=most, style=style)

    one = chart(_("Received: {count}", count=report.now.received), received, "$primary")
    other = chart(_("Closed: {count}", count=report.now.closed), closed, "$success")
    charts = beside(one, other, width=half) if is_beside else [*one, Content(""), *other]
    cells = max((width - 36) // 2, 6)
    heads = (
        Head(pgettext("days", "From") if len(steps) < len(report.now.days) else _("Day"), is_number=False),
        Head(_("Received")),
        Head("", is_number=False),
        Head(pgettext("tickets", "Closed")),
        Head("", is_number=False),
    )
    rows = tuple(
        (
            Cell(report.now.days[step[0]].day.isoformat()),
            _count(come),
            Cell(bar(come, most, cells), "$primary"),
            _count(gone),
            Cell(bar(gone, most, cells), "$success"),
        )
        for step, come, gone in zip(steps, received, closed, strict=True)
    )
    nothing = Cell("")
    total = (Cell(_("Total")), _count(report.now.received), nothing, _count(report.now.closed), nothing)
    sheet = Sheet(heads, rows, total)
    return [*_changes(report, width), *charts, Content(""), *sheet.lines(width)]


def durations(report: Report[Durations], width: int) -> list[Content]:
    """How long it took: all together, by person and by topic, with a bar of the average."""
    body, before = report.now, report.before
    heads = (
        Head(_("By"), is_number=False),
        Head(_("Name"), is_number=False, grows=True),
        Head(_("of n")),
        Head(_("Average")),
        Head(_("Median")),
        Head(_("p90")),
        Head(_("against")),
        Head("", is_number=False, from_width=90),
    )
    people = {row.id: row for row in before.by_person} if before else {}
    topics_ = {row.id: row for row in before.by_topic} if before else {}
    most = max([row.times.mean or 0 for row in (*body.by_person, *body.by_topic)], default=0)
    rows = [
        *(_times_cells(_("operator"), row, people.get(row.id), most, bool(before)) for row in body.by_person),
        *(_times_cells(_("topic"), row, topics_.get(row.id), most, bool(before)) for row in body.by_topic),
    ]
    last = TimesRow(None, _total_name(), before.total) if before else None
    total = _times_cells("", TimesRow(None, _total_name(), body.total), last, 0, bool(before))
    sheet = Sheet(heads, tuple(rows), total)
    return [*_changes(report, width), *sheet.lines(width)]


def backlog(report: Report[Backlog], width: int) -> list[Content]:
    """What was open at the end of each day, and how old it is."""
    days = report.now.days
    steps = _steps([day.day for day in days])
    values = [days[step[-1]].open for step in steps]
    names = [_step_name(days[step[-1]].day, len(days)) for step in steps]
    most = max(values, default=0)
    title = _("Open at the end of each day, {count} now", count=report.now.open)
    chart = column_chart(title, values, names, width=width, style="$primary")
    heads = (
        Head(_("Day"), is_number=False),
        Head(pgettext("tickets", "Open")),
        Head("", is_number=False),
    )
    rows = tuple(
        (
            Cell(days[step[-1]].day.isoformat()),
            _count(value),
            Cell(bar(value, most, max(width - 24, 6)), "$primary"),
        )
        for step, value in zip(steps, values, strict=True)
    )
    sheet = Sheet(heads, rows)
    ages = _ages(report.now.ages, width)
    return [*_changes(report, width), *chart, Content(""), *ages, Content(""), *sheet.lines(width)]


def topics(report: Report[Topics], width: int) -> list[Content]:
    """What came in under which topic, and what became of it."""
    before = {row.id: row for row in report.before.rows} if report.before else {}
    most = max([row.received for row in report.now.rows], default=0)
    heads = (
        Head(_("Topic"), is_number=False, grows=True),
        Head(_("Received")),
        Head(_("against")),
        Head("", is_number=False, from_width=WIDE),
        Head(pgettext("tickets", "Closed")),
        Head(_("Average")),
        Head(_("of n")),
        Head(_("Median"), from_width=WIDE),
        Head(pgettext("tickets", "Reopened")),
        Head(_("Open now")),
    )
    rows = []
    for row in report.now.rows:
        last = before.get(row.id)
        times = row.resolution
        rows.append(
            (
                Cell(row.name),
                _count(row.received),
                _against(row.received, last.received if last else (0 if before else None), Measure.RECEIVED),
                Cell(bar(row.received, most, 16), "$primary"),
                _count(row.closed),
                _time(times.mean if times else None),
                _count(times.n if times else None),
                _time(times.median if times else None),
                _count(row.reopened),
                _count(row.open_now),
            )
        )
    sheet = Sheet(heads, tuple(rows))
    return [*_changes(report, width), *sheet.lines(width)]


def satisfaction(report: Report[Satisfaction], width: int) -> list[Content]:
    """How customers rated what was closed: all together, by who closed it and by topic."""
    heads = (
        Head(_("By"), is_number=False),
        Head(_("Name"), is_number=False, grows=True),
        Head(_("Satisfied")),
        Head(_("of n")),
        Head(_("against")),
        Head(_("Rated")),
        Head(_("of n")),
        *(Head(str(rating), from_width=WIDE) for rating in range(WORST_RATING, BEST_RATING + 1)),
    )
    groups = {"operator": _("operator"), "topic": _("topic")}
    rows = tuple(
        _ratings_cells(groups[by], now, before) for by, now, before in report_records.ratings(report)
    )
    last = RatingsRow(None, _total_name(), report.before.total) if report.before else None
    total = _ratings_cells("", RatingsRow(None, _total_name(), report.now.total), last)
    return [*_changes(report, width), *Sheet(heads, rows, total).lines(width)]


def _changes(report: Report[Any], width: int) -> list[Content]:
    """One line of how the headline changed; nothing where nothing is compared."""
    if not report.deltas:
        return []
    parts = []
    for delta in report.deltas[:3]:
        cell = _verdict(delta)
        parts.append(
            Content.assemble(
                (f"{said(delta.measure)} ", "$quiet"),
                (_value(delta.measure, delta.value), "bold"),
                " ",
                (_difference(delta), cell.style),
                (f" {cell.text}" if cell.text else "", cell.style),
            )
        )
    line = Content("   ").join(parts)
    lines = [line] if len(line.plain) <= width else parts
    return [*lines, Content("")]


def _delta_row(delta: Delta, *, is_compared: bool) -> tuple[Cell, ...]:
    now = (
        Cell(said(delta.measure)),
        Cell(_value(delta.measure, delta.value), "bold"),
        Cell("" if delta.n is None else spoken.number(delta.n), "$quiet"),
    )
    if not is_compared:
        return (*now, *[Cell("")] * 4)
    verdict = _verdict(delta)
    return (
        *now,
        Cell(_value(delta.measure, delta.before)),
        Cell("" if delta.before_n is None else spoken.number(delta.before_n), "$quiet"),
        Cell(_difference(delta), verdict.style),
        verdict,
    )


def _ages(ages: Sequence[AgeCount], width: int) -> list[Content]:
    return _bars(_("Open tickets by age"), [(said(each.age), each.open) for each in ages], width)


def _bars(title: str, rows: Sequence[tuple[str, int]], width: int) -> list[Content]:
    """Lying bars with a label before and the number behind."""
    if not rows:
        return []
    most = max(value for _label, value in rows)
    cells = max(min(width // 2, 48), 8)
    sheet = Sheet(
        (Head(title, is_number=False, grows=True), Head(""), Head("", is_number=False)),
        tuple(
            (Cell(label), _count(value), Cell(bar(value, most, cells), "$primary")) for label, value in rows
        ),
    )
    return sheet.lines(width)


def _who(row: TeamRow) -> tuple[str, int | None]:
    return (row.closer.value, row.account_id)


def _person(row: TeamRow) -> str:
    return row.name if row.account_id is not None else _(row.name)


def _total_name() -> Any:
    return _(reports.TOTAL_ROW)


def _team_cells(row: TeamRow, last: TeamRow | None) -> tuple[Cell, ...]:
    return (
        Cell(_person(row)),
        _count(row.resolved),
        _against(row.resolved, last.resolved if last else None, Measure.CLOSED),
        _time(row.resolution.mean),
        _against(row.resolution.mean, last.resolution.mean if last else None, Measure.RESOLUTION_MEAN),
        _time(row.resolution.median),
        _time(row.resolution.p90),
        _time(row.response.mean),
        _count(row.response.n),
        _count(row.reopened),
        _count(row.open_now),
    )


def _times_cells(
    group: str, row: TimesRow, last: TimesRow | None, most: int, is_compared: bool
) -> tuple[Cell, ...]:
    times, before = row.times, last.times if last else Times()
    name = row.name if row.id is not None else _(row.name)
    compared = _against(times.mean, before.mean, Measure.RESOLUTION_MEAN) if is_compared else Cell("")
    return (
        Cell(group, "$quiet"),
        Cell(name),
        _count(times.n),
        _time(times.mean),
        _time(times.median),
        _time(times.p90),
        compared,
        Cell(bar(times.mean or 0, most, 20), "$primary"),
    )


def _ratings_cells(group: str, row: RatingsRow, last: RatingsRow | None) -> tuple[Cell, ...]:
    rated = row.ratings
    return (
        Cell(group, "$quiet"),
        Cell(row.name if row.id is not None else _(row.name)),
        _share(rated.satisfaction),
        _count(rated.n),
        _against(rated.satisfaction, last.ratings.satisfaction if last else None, Measure.SATISFACTION),
        _share(rated.response_rate),
        _count(rated.closed),
        *(_count(count) for count in rated.counts),
    )


def _against(value: float | None, before: float | None, measure: Measure) -> Cell:
    """How a figure changed, with its sign; the colour only repeats it."""
    if before is None and value is None:
        return Cell("")
    delta = Delta(measure, value, before)
    return Cell(_difference(delta), _verdict(delta).style)


def _difference(delta: Delta) -> str:
    """``+12 (+17%)``, ``−38m``; "new" where there was nothing before."""
    if delta.before == 0 and delta.value:
        return pgettext("figures", "new")
    change = delta.difference
    if change is None:
        return NONE
    if not change:
        return "="
    sign = "+" if change > 0 else "−"
    text = sign + _value(delta.measure, abs(change))
    if delta.ratio is None or delta.measure.is_time or delta.measure.is_share:
        return text
    return f"{text} ({sign}{spoken.percent(abs(delta.ratio))})"


def _verdict(delta: Delta) -> Cell:
    if delta.is_good is None:
        return Cell("")
    return Cell(_("better"), "$success") if delta.is_good else Cell(_("worse"), "$error")


def _value(measure: Measure, value: float | None) -> str:
    if value is None:
        return NONE
    if measure.is_time:
        return spoken.duration(value)
    return spoken.percent(value) if measure.is_share else spoken.number(value)


def _time(seconds: int | None) -> Cell:
    return Cell(NONE if seconds is None else spoken.duration(seconds))


def _share(value: float | None) -> Cell:
    return Cell(NONE if value is None else spoken.percent(value))


def _count(value: int | None) -> Cell:
    return Cell(NONE if value is None else spoken.number(value))


def _steps(days: Sequence[date]) -> list[list[int]]:
    """Which days are drawn together: each alone, by ISO week, or by month."""
    steps: list[list[int]] = []
    names: list[object] = []
    for at, day in enumerate(days):
        name: object = day
        if len(days) > DAILY:
            name = day.isocalendar()[:2] if len(days) <= WEEKLY else (day.year, day.month)
        if names and names[-1] == name:
            steps[-1].append(at)
        else:
            names.append(name)
            steps.append([at])
    return steps


def _step_name(day: date, count: int) -> str:
    return f"{day:%Y-%m}" if count > WEEKLY else f"{day:%m-%d}"


SECTIONS: tuple[tuple[str, Callable[..., Report[Any]], Draw], ...] = (
    ("summary", reports.summary, summary),
    ("team", reports.team, team),
    ("volume", reports.volume, volume),
    ("resolution", reports.resolution, durations),
    ("response", reports.response, durations),
    ("backlog", reports.backlog, backlog),
    ("topics", reports.topics, topics),
    ("satisfaction", reports.satisfaction, satisfaction),
)
"""The sections: their names, what is read, how it is drawn."""

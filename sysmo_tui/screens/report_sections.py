"""What each section of a report shows: lines, and what is behind them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from textual.content import Content

from sysmo_tui import spoken
from sysmo_tui.domain.enums import Measure
from sysmo_tui.domain.measures import (
    AgeCount,
    Backlog,
    DayCount,
    Delta,
    Hours,
    Report,
    Summary,
    TopicRow,
    Topics,
    Volume,
)
from sysmo_tui.domain.moments import DateRange, steps
from sysmo_tui.domain.report_kinds import ReportKind
from sysmo_tui.domain.report_parts import Figure
from sysmo_tui.drawn import bar
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.screens import report_people, report_time
from sysmo_tui.screens.report_cells import (
    NARROW,
    ROOMY,
    WIDE,
    Draw,
    against,
    bar_chart,
    bar_room,
    behind,
    changes,
    count,
    difference,
    pick,
    remark,
    step_name,
    step_title,
    time,
    verdict_of,
)
from sysmo_tui.services import report_records
from sysmo_tui.spoken import NONE
from sysmo_tui.widgets.charts import Cell, Head, Sheet, beside, column_chart, line_chart
from sysmo_tui.widgets.figure_lines import Behind, Drawing, Pick
from sysmo_tui.widgets.heat_map import MONDAY, heat_map, width_of
from sysmo_tui.widgets.words import said

APART = 3
"""Cells between two maps of the week."""
WITH_BARS = 45
"""Cells from which on two numbers of a day have bars."""

_BEHIND: dict[Measure, Figure] = {
    Measure.RECEIVED: Figure.RECEIVED,
    Measure.CLOSED: Figure.CLOSED,
    **dict.fromkeys(
        (Measure.RESOLUTION_MEAN, Measure.RESOLUTION_MEDIAN, Measure.RESOLUTION_P90), Figure.RESOLVED
    ),
    **dict.fromkeys((Measure.RESPONSE_MEAN, Measure.RESPONSE_MEDIAN, Measure.RESPONSE_P90), Figure.ANSWERED),
    Measure.REOPENED: Figure.REOPENED,
    Measure.REOPEN_RATE: Figure.REOPENED,
    Measure.BACKLOG: Figure.OPEN,
    Measure.SATISFACTION: Figure.RATED,
    Measure.RATING_RATE: Figure.RATED,
}


def summary(report: Report[Summary], width: int) -> Drawing:
    """Every headline with how it changed, what came and went by day, and how old what is open is."""
    is_compared = report.before is not None
    deltas = report_records.changes(report)
    rows = tuple(_delta_row(each, is_compared=is_compared, is_short=width < NARROW) for each in deltas)
    heads = (
        Head(_("Measure"), is_number=False),
        Head(_("Now")),
        Head(_("of n"), from_width=NARROW),
        *((Head(_("Before"), from_width=NARROW), Head(_("of n"), from_width=90)) if is_compared else ()),
        *(
            (Head(pgettext("figures", "Change"), from_width=1), Head("", is_number=False, from_width=NARROW))
            if is_compared
            else ()
        ),
    )
    drawing = Drawing()
    drawing.add(Sheet(heads, rows).lines(width), [_delta_pick(report, each) for each in deltas], first=1)
    drawing.gap()
    _add_day_charts(drawing, report.now, width)
    _add_ages(drawing, report.now.ages, width)
    return drawing


def volume(report: Report[Volume], width: int) -> Drawing:
    """Received and closed: two charts to one scale, and every day."""
    parts = steps([day.day for day in report.now.days])
    received, closed = _in_steps(report.now.days, parts)
    most = max([*received, *closed], default=0)
    drawing = Drawing()
    drawing.add(changes(report, width))
    _add_day_charts(drawing, report.now, width)
    days = [DateRange(report.now.days[part[0]].day, report.now.days[part[-1]].day) for part in parts]
    heads = (
        Head(pgettext("days", "From") if len(parts) < len(report.now.days) else _("Day"), is_number=False),
        Head(_("Received")),
        Head("", is_number=False, from_width=WITH_BARS),
        Head(pgettext("tickets", "Closed")),
        Head("", is_number=False, from_width=WITH_BARS),
    )
    cells = bar_room(width, _day(days[0]), heads[1].title, heads[3].title, bars=2)
    rows = tuple(
        (
            Cell(_day(each)),
            count(come),
            Cell(bar(come, most, cells), "$primary"),
            count(gone),
            Cell(bar(gone, most, cells), "$success"),
        )
        for each, come, gone in zip(days, received, closed, strict=True)
    )
    nothing = Cell("")
    total = (Cell(_("Total")), count(report.now.received), nothing, count(report.now.closed), nothing)
    picks = [
        pick(
            step_title(each), behind(Figure.RECEIVED, come, days=each), behind(Figure.CLOSED, gone, days=each)
        )
        for each, come, gone in zip(days, received, closed, strict=True)
    ]
    whole = pick(
        _("Total"), behind(Figure.RECEIVED, report.now.received), behind(Figure.CLOSED, report.now.closed)
    )
    drawing.add(Sheet(heads, rows, total).lines(width), [*picks, None, whole], first=1)
    return drawing


def _in_steps(days: Sequence[DayCount], parts: Sequence[Sequence[int]]) -> tuple[list[int], list[int]]:
    """What came in and was closed in each step."""
    received = [sum(days[at].received for at in part) for part in parts]
    return received, [sum(days[at].closed for at in part) for part in parts]


def _add_day_charts(drawing: Drawing, body: Summary | Volume, width: int) -> None:
    """Received and closed as upright bars to one scale, side by side where there is room; of one day none."""
    days = body.days
    parts = steps([day.day for day in days])
    if len(parts) == 1:
        return
    received, closed = _in_steps(days, parts)
    names = [step_name(days[part[0]].day, len(days)) for part in parts]
    most = max([*received, *closed], default=0)
    is_beside = width >= WIDE or width // 2 - 6 >= len(parts)
    half = width // 2 if is_beside else width

    def chart(title: str, values: list[int], style: str) -> list[Content]:
        return column_chart(title, values, names, width=half - 2, most=most, style=style)

    one = chart(_("Received: {count}", count=body.received), received, "$primary")
    other = chart(_("Closed: {count}", count=body.closed), closed, "$success")
    drawing.add(beside(one, other, width=half) if is_beside else [*one, Content(""), *other])
    drawing.gap()


def backlog(report: Report[Backlog], width: int) -> Drawing:
    """What was open at the end of each day, beside the other range, and how old it is."""
    days = report.now.days
    before = [day.open for day in report.before.days] if report.before else []
    title = _("Open at the end of each day, {count} now", count=report.now.open)
    drawing = Drawing()
    drawing.add(changes(report, width))
    chart = line_chart(
        title,
        [day.open for day in days],
        [step_name(day.day, len(days)) for day in days],
        width=width,
        height=8 if width >= WIDE else 6,
        before=before,
        legend=(_("now"), _("before")),
    )
    drawing.add(chart)
    drawing.gap()
    _add_ages(drawing, report.now.ages, width)
    drawing.gap()
    parts = steps([day.day for day in days])
    ends = [days[part[-1]] for part in parts]
    most = max((day.open for day in ends), default=0)
    heads = (
        Head(_("Day"), is_number=False),
        Head(pgettext("tickets", "Open")),
        Head("", is_number=False),
    )
    whole = [DateRange(end.day, end.day) for end in ends]
    cells = bar_room(width, _day(whole[0]), heads[1].title)
    rows = tuple(
        (Cell(_day(day)), count(end.open), Cell(bar(end.open, most, cells), "$primary"))
        for day, end in zip(whole, ends, strict=True)
    )
    picks = [
        pick(step_title(day), behind(Figure.OPEN, end.open, days=day))
        for day, end in zip(whole, ends, strict=True)
    ]
    drawing.add(Sheet(heads, rows).lines(width), picks, first=1)
    return drawing


def topics(report: Report[Topics], width: int) -> Drawing:
    """What came in under which topic, and what became of it."""
    before = {row.id: row for row in report.before.rows} if report.before else {}
    most = max([row.received for row in report.now.rows], default=0)
    heads = (
        Head(_("Topic"), is_number=False, grows=True),
        Head(_("Received")),
        Head(_("against"), from_width=NARROW),
        Head("", is_number=False, from_width=ROOMY),
        Head(pgettext("tickets", "Closed")),
        Head(_("Average"), from_width=NARROW),
        Head(_("of n"), from_width=WIDE),
        Head(_("Median"), from_width=WIDE),
        Head(pgettext("tickets", "Reopened"), from_width=NARROW),
        Head(_("Open now"), from_width=1),
    )
    rows = tuple(
        _topic_cells(row, before.get(row.id), most, width, has_before=bool(before)) for row in report.now.rows
    )
    drawing = Drawing()
    drawing.add(changes(report, width))
    if not rows:
        drawing.add(remark(_("Nothing came in or was closed on these days."), width))
        return drawing
    drawing.add(Sheet(heads, rows).lines(width), [_topic_pick(row) for row in report.now.rows], first=1)
    return drawing


def hours(report: Report[Hours], width: int) -> Drawing:
    """When tickets come in and are closed, as two maps of the week."""
    body = report.now
    cells = 2 if width >= width_of(2) else 1
    one = heat_map(_("Received: {count}", count=body.received), body.received_at, cells=cells)
    other = heat_map(_("Closed: {count}", count=body.closed), body.closed_at, cells=cells)
    picks = [_weekday_pick(body, day) for day in range(len(body.received_at))]
    drawing = Drawing()
    drawing.add(changes(report, width))
    widest = max(line.cell_length for line in (*one, *other))
    if 2 * widest + APART <= width:
        drawing.add(beside(one, other, width=widest + APART), picks, first=MONDAY)
    else:
        drawing.add(one, picks, first=MONDAY)
        drawing.gap()
        drawing.add(other, picks, first=MONDAY)
    return drawing


def _weekday_pick(body: Hours, day: int) -> Pick:
    """All of a weekday, then each of its hours in which something happened."""
    grids = ((Figure.RECEIVED, body.received_at[day]), (Figure.CLOSED, body.closed_at[day]))
    whole: list[tuple[Behind, ...]] = [behind(figure, sum(counts), weekday=day) for figure, counts in grids]
    single = [
        behind(
            figure, counts[hour], f"{hour:02}:00–{hour + 1:02}:00 · {said(figure)}", weekday=day, hour=hour
        )
        for hour in range(len(body.received_at[day]))
        for figure, counts in grids
    ]
    return pick(spoken.weekday_names()[day], *whole, *single)


def _topic_cells(
    row: TopicRow, last: TopicRow | None, most: int, width: int, *, has_before: bool
) -> tuple[Cell, ...]:
    times = row.resolution
    received = last.received if last else (0 if has_before else None)
    return (
        Cell(row.name),
        count(row.received),
        against(row.received, received, Measure.RECEIVED, is_short=width < WIDE),
        Cell(bar(row.received, most, 12), "$primary"),
        count(row.closed),
        time(times.mean if times else None),
        count(times.n if times else None),
        time(times.median if times else None),
        count(row.reopened),
        count(row.open_now),
    )


def _topic_pick(row: TopicRow) -> Pick:
    own: dict[str, Any] = {"topic_id": row.id}
    return pick(
        row.name,
        behind(Figure.RECEIVED, row.received, **own),
        behind(Figure.CLOSED, row.closed, **own),
        behind(Figure.REOPENED, row.reopened, **own),
        behind(Figure.OPEN_NOW, row.open_now, **own),
    )


def _delta_row(delta: Delta, *, is_compared: bool, is_short: bool) -> tuple[Cell, ...]:
    now = (
        Cell(said(delta.measure)),
        Cell(spoken.figure(delta.measure, delta.value), "bold"),
        Cell("" if delta.n is None else spoken.number(delta.n), "$quiet"),
    )
    if not is_compared:
        return now
    word, style = verdict_of(delta)
    return (
        *now,
        Cell(spoken.figure(delta.measure, delta.before)),
        Cell("" if delta.before_n is None else spoken.number(delta.before_n), "$quiet"),
        Cell(difference(delta, is_short=True) if is_short else spoken.change(delta) or NONE, style),
        Cell(word, style),
    )


def _delta_pick(report: Report[Summary], delta: Delta) -> Pick:
    """The cases of a measure now, and in the other range."""
    figure = _BEHIND[delta.measure]

    def cases(value: float | None, n: int | None, days: DateRange) -> tuple[Behind, ...]:
        if delta.measure is Measure.REOPEN_RATE:
            return ()
        number = value if n is None or delta.measure is Measure.RATING_RATE else n
        if delta.measure is Measure.RATING_RATE:
            number = None if value is None or n is None else round(value * n)
        return behind(
            figure,
            None if number is None else round(number),
            f"{said(figure)}, {days.first} → {days.last}",
            days=days,
        )

    parts = [cases(delta.value, delta.n, report.range)]
    if report.compared_with is not None:
        parts.append(cases(delta.before, delta.before_n, report.compared_with))
    return pick(said(delta.measure), *parts)


def _add_ages(drawing: Drawing, ages: Sequence[AgeCount], width: int) -> None:
    """Lying bars of what is open, by age."""
    lines = bar_chart(_("Open tickets by age"), [(said(each.age), each.open) for each in ages], width)
    picks = [pick(said(each.age), behind(Figure.OPEN, each.open, age=each.age)) for each in ages]
    drawing.add(lines, picks, first=1)


def _day(days: DateRange) -> str:
    """A day with its weekday; of several days the first."""
    if days.length > 1:
        return days.first.isoformat()
    return f"{days.first.isoformat()} {spoken.weekday_names()[days.first.weekday()]}"


DRAWN: Mapping[ReportKind, Draw] = {
    ReportKind.SUMMARY: summary,
    ReportKind.TEAM: report_people.team,
    ReportKind.VOLUME: volume,
    ReportKind.RESOLUTION: report_people.resolution,
    ReportKind.RESPONSE: report_people.response,
    ReportKind.BACKLOG: backlog,
    ReportKind.TOPICS: topics,
    ReportKind.SATISFACTION: report_people.satisfaction,
    ReportKind.WORKLOAD: report_people.workload,
    ReportKind.HOURS: hours,
    ReportKind.TIME: report_time.spent,
}
"""What draws each section."""

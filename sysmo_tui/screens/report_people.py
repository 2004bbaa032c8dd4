"""What the sections of a report about people show: who closed, answered, was rated, and has how much now."""

from __future__ import annotations

from typing import Any

from sysmo_tui import spoken
from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING, Closer
from sysmo_tui.domain.enums import Measure
from sysmo_tui.domain.measures import (
    Durations,
    LoadRow,
    RatingsRow,
    Report,
    Satisfaction,
    Scope,
    Team,
    TeamRow,
    Times,
    TimesRow,
    Workload,
)
from sysmo_tui.domain.report_parts import Figure
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.drawn import bar
from sysmo_tui.i18n import _, pgettext
from sysmo_tui.screens.report_cells import (
    NARROW,
    ROOMY,
    WIDE,
    against,
    bar_chart,
    behind,
    changes,
    count,
    pick,
    remark,
    share,
    time,
)
from sysmo_tui.services import report_frames, report_records, reports
from sysmo_tui.widgets.charts import Cell, Head, Sheet
from sysmo_tui.widgets.figure_lines import Drawing, Pick
from sysmo_tui.widgets.words import AGE_MARKS, row_name, said

VERY_WIDE = 134
"""Cells that hold every column of the team and a bar for each."""

_CLOSERS = {reports.CUSTOMER_ROW: Closer.CUSTOMER, reports.AUTOMATIC_ROW: Closer.AUTOMATIC}


def team(report: Report[Team], width: int) -> Drawing:
    """Resolved per person, against the other range, with a bar for each."""
    before = {_who(row): row for row in report.before.rows} if report.before else {}
    last_total = report.before.total if report.before else None
    most = max((row.resolved for row in report.now.rows), default=0)
    heads = (
        Head(_("Operator"), is_number=False, grows=True),
        Head(_("Resolved")),
        Head("", is_number=False, from_width=VERY_WIDE),
        Head(_("against"), from_width=NARROW),
        Head(_("Average"), from_width=NARROW),
        Head(_("against"), from_width=ROOMY),
        Head(_("Median"), from_width=WIDE),
        Head(_("p90"), from_width=WIDE),
        Head(pgettext("heading", "First response"), from_width=90),
        Head(_("of n"), from_width=90),
        Head(pgettext("tickets", "Reopened"), from_width=NARROW),
        Head(_("Open now")),
    )
    sheet = Sheet(
        heads,
        tuple(_team_cells(row, before.get(_who(row)), most, width) for row in report.now.rows),
        _team_cells(report.now.total, last_total, 0, width),
    )
    drawing = Drawing()
    drawing.add(changes(report, width))
    picks = [_team_pick(row) for row in report.now.rows]
    drawing.add(sheet.lines(width), [*picks, None, _total_pick(report)], first=1)
    if width < VERY_WIDE:
        drawing.gap()
        bars = [(row_name(row), row.resolved) for row in report.now.rows]
        drawing.add(bar_chart(_("Resolved by"), bars, width), picks, first=1)
    return drawing


def _team_pick(row: TeamRow) -> Pick:
    who: dict[str, Any] = {"account_id": row.account_id, "closer": row.closer}
    own: dict[str, Any] = {"account_id": row.account_id}
    return pick(
        row_name(row),
        behind(Figure.RESOLVED, row.resolved, **who),
        behind(Figure.ANSWERED, row.response.n, **own),
        behind(Figure.REOPENED, row.reopened, **own),
        behind(Figure.ASSIGNED, row.open_now, **own),
    )


def _total_pick(report: Report[Team]) -> Pick:
    """All together; of the whole desk also what nobody has."""
    row = report.now.total
    return pick(
        _total_name(),
        behind(Figure.RESOLVED, row.resolved),
        behind(Figure.ANSWERED, row.response.n),
        behind(Figure.REOPENED, row.reopened),
        behind(Figure.OPEN_NOW if report.scope is Scope.DESK else Figure.ASSIGNED, row.open_now),
    )


def resolution(report: Report[Durations], width: int) -> Drawing:
    """How long it took from filing to the close."""
    return _durations(report, width, Figure.RESOLVED)


def response(report: Report[Durations], width: int) -> Drawing:
    """How long it took from filing to the first answer."""
    return _durations(report, width, Figure.ANSWERED)


def _durations(report: Report[Durations], width: int, figure: Figure) -> Drawing:
    """All together, by person and by topic, with a bar of the average."""
    body, before = report.now, report.before
    heads = (
        Head(_("By"), is_number=False, from_width=NARROW),
        Head(_("Name"), is_number=False, grows=True),
        Head(_("of n")),
        Head(_("Average")),
        Head(_("Median")),
        Head(_("p90"), from_width=NARROW),
        Head(_("against"), from_width=NARROW),
        Head("", is_number=False, from_width=90),
    )
    people = {(row.id, row.name): row for row in before.by_person} if before else {}
    topics = {row.id: row for row in before.by_topic} if before else {}
    most = max([row.times.mean or 0 for row in (*body.by_person, *body.by_topic)], default=0)
    has_before = before is not None
    rows = [
        *(
            _times_cells(_("operator"), row, people.get((row.id, row.name)), most, has_before)
            for row in body.by_person
        ),
        *(_times_cells(_("topic"), row, topics.get(row.id), most, has_before) for row in body.by_topic),
    ]
    everything = TimesRow(None, _total_name(), body.total)
    last = TimesRow(None, _total_name(), before.total) if before else None
    sheet = Sheet(heads, tuple(rows), _times_cells("", everything, last, 0, has_before))
    picks = [
        *(pick(row_name(row), behind(figure, row.times.n, **_whose(row))) for row in body.by_person),
        *(pick(row.name, behind(figure, row.times.n, topic_id=row.id)) for row in body.by_topic),
        None,
        pick(_total_name(), behind(figure, body.total.n)),
    ]
    drawing = Drawing()
    drawing.add(changes(report, width))
    drawing.add(sheet.lines(width), picks, first=1)
    return drawing


def satisfaction(report: Report[Satisfaction], width: int) -> Drawing:
    """How customers rated what was closed: all together, by who closed it and by topic."""
    heads = (
        Head(_("By"), is_number=False, from_width=NARROW),
        Head(_("Name"), is_number=False, grows=True),
        Head(_("Satisfied")),
        Head(_("of n")),
        Head(_("against"), from_width=NARROW),
        Head(_("Rated"), from_width=1),
        Head(_("of n"), from_width=NARROW),
        *(Head(str(rating), from_width=WIDE) for rating in range(WORST_RATING, BEST_RATING + 1)),
    )
    groups = {"operator": _("operator"), "topic": _("topic")}
    ratings = report_records.ratings(report)
    rows = tuple(_ratings_cells(groups[by], now, before) for by, now, before in ratings)
    everything = RatingsRow(None, _total_name(), report.now.total)
    last = RatingsRow(None, _total_name(), report.before.total) if report.before else None
    picks = [
        _ratings_pick(now, _whose(now) if by == "operator" else {"topic_id": now.id})
        for by, now, _old in ratings
    ]
    drawing = Drawing()
    drawing.add(changes(report, width))
    sheet = Sheet(heads, rows, _ratings_cells("", everything, last))
    drawing.add(sheet.lines(width), [*picks, None, _ratings_pick(everything, {})], first=1)
    return drawing


def workload(report: Report[Workload], width: int) -> Drawing:
    """What everybody has now, by age, and what it weighs."""
    most = max((row.load for row in report.now.rows), default=0)
    heads = (
        Head(_("Operator"), is_number=False, grows=True),
        Head(_("Load")),
        Head("", is_number=False, from_width=ROOMY + 1),
        Head(pgettext("tickets", "Open")),
        Head(_("Paused"), from_width=1),
        *(Head(mark, from_width=ROOMY) for mark in AGE_MARKS.values()),
    )
    rows = tuple(_load_cells(row, most) for row in report.now.rows)
    sheet = Sheet(heads, rows, _load_cells(report.now.total, 0))
    drawing = Drawing()
    title = _("Load: low ½, normal 1, high 2, urgent 4; a quarter while waiting or on hold")
    drawing.add(remark(title, width))
    drawing.gap()
    picks = [*(_load_pick(row, is_total=False) for row in report.now.rows), None]
    drawing.add(sheet.lines(width), [*picks, _load_pick(report.now.total, is_total=True)], first=1)
    return drawing


def _load_cells(row: LoadRow, most: float) -> tuple[Cell, ...]:
    return (
        Cell(row_name(row)),
        Cell(spoken.number(row.load, 1), "bold"),
        Cell(bar(row.load, most, 16), "$primary"),
        count(row.open),
        count(row.paused),
        *(
            Cell(spoken.number(each.open) if each.open else "·", "" if each.open else "$quiet")
            for each in row.ages
        ),
    )


def _load_pick(row: LoadRow, *, is_total: bool) -> Pick:
    figure = Figure.ASSIGNED if row.account_id is not None else Figure.OPEN_NOW
    who: dict[str, Any] = {"account_id": row.account_id}
    if row.account_id is None and not is_total:
        who = {"is_nobodys": True}
    whole = behind(figure, row.open, **who)
    ages = [behind(figure, each.open, said(each.age), age=each.age, **who) for each in row.ages]
    return pick(row_name(row), whole, *ages)


def _who(row: TeamRow) -> tuple[str, int | None]:
    return (row.closer.value, row.account_id)


def _whose(row: TimesRow | RatingsRow) -> dict[str, Any]:
    """What narrows a figure to the row of a person, of customers, or of the desk itself."""
    if row.id is None:
        return {"closer": _CLOSERS[row.name]}
    return {"account_id": row.id, "closer": Closer.OPERATOR}


def _total_name() -> SafeText:
    return clean_line(_(report_frames.TOTAL_ROW))


def _team_cells(row: TeamRow, last: TeamRow | None, most: int, width: int) -> tuple[Cell, ...]:
    return (
        Cell(row_name(row)),
        count(row.resolved),
        Cell(bar(row.resolved, most, 12), "$primary"),
        against(row.resolved, last.resolved if last else None, Measure.CLOSED, is_short=width < WIDE),
        time(row.resolution.mean),
        against(row.resolution.mean, last.resolution.mean if last else None, Measure.RESOLUTION_MEAN),
        time(row.resolution.median),
        time(row.resolution.p90),
        time(row.response.mean),
        count(row.response.n),
        count(row.reopened),
        count(row.open_now),
    )


def _times_cells(
    group: str, row: TimesRow, last: TimesRow | None, most: int, is_compared: bool
) -> tuple[Cell, ...]:
    times, before = row.times, last.times if last else Times()
    compared = against(times.mean, before.mean, Measure.RESOLUTION_MEAN) if is_compared else Cell("")
    return (
        Cell(group, "$quiet"),
        Cell(row_name(row)),
        count(times.n),
        time(times.mean),
        time(times.median),
        time(times.p90),
        compared,
        Cell(bar(times.mean or 0, most, 20), "$primary"),
    )


def _ratings_cells(group: str, row: RatingsRow, last: RatingsRow | None) -> tuple[Cell, ...]:
    rated = row.ratings
    return (
        Cell(group, "$quiet"),
        Cell(row_name(row)),
        share(rated.satisfaction),
        count(rated.n),
        against(rated.satisfaction, last.ratings.satisfaction if last else None, Measure.SATISFACTION),
        share(rated.response_rate),
        count(rated.closed),
        *(count(each) for each in rated.counts),
    )


def _ratings_pick(row: RatingsRow, whose: dict[str, Any]) -> Pick:
    return pick(
        row_name(row),
        behind(Figure.RATED, row.ratings.n, **whose),
        behind(Figure.RESOLVED, row.ratings.closed, **whose),
    )

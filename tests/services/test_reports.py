from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Work
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.enums import Measure
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.domain.measures import Scope, Times
from sysmo_tui.domain.moments import DateRange
from sysmo_tui.models import Event, Ticket, table
from sysmo_tui.services import closing, filing, report_records, reports, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.reports import Ask
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Dialect, open_store
from tests.cast import Cast, Clock
from tests.moving_desk import ZONE, work_for_weeks

RANGES = ("2026-03-01..2026-06-30", "2026-03-20..2026-04-02", "2026-03-29..2026-03-29")
ALL_REPORTS = (
    reports.summary,
    reports.team,
    reports.volume,
    reports.resolution,
    reports.response,
    reports.backlog,
    reports.topics,
    reports.satisfaction,
    reports.workload,
    reports.hours,
    reports.time,
)


@pytest.fixture(scope="module", params=list(Dialect))
def worked(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A desk after some weeks of work, once on each database; the tests only read."""
    with ExitStack() as stack:
        if request.param is Dialect.SQLITE:
            url = request.getfixturevalue("sqlite_server").fresh(tmp_path_factory.mktemp("worked"))
        else:
            url = stack.enter_context(request.getfixturevalue("postgres_server").fresh())
        store = open_store(url)
        stack.callback(store.close)
        clock = Clock()
        cast = Cast(Desk(store, clock=clock))
        cast.found()
        work_for_weeks(cast, clock, seed=4)
        yield cast


@dataclass
class Story:
    """A ticket as its raw events tell it."""

    filed: datetime
    responded: datetime | None
    closes: list[tuple[datetime, int | None, str]] = field(default_factory=list)
    closed_spans: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    reopened: list[datetime] = field(default_factory=list)


def stories(cast: Cast) -> list[Story]:
    """Every ticket that is not spam, told from its events without the closing cycles."""

    def read(work: Work) -> tuple[list[Any], list[Any]]:
        run = work.session.execute
        return (
            list(run(sa.select(table(Event)).order_by(table(Event).c.id))),
            list(run(sa.select(table(Ticket)).where(sa.not_(table(Ticket).c.is_spam)))),
        )

    events, tickets = cast.itself.read(read)
    return [_story(ticket, [e for e in events if e.ticket_number == ticket.number]) for ticket in tickets]


def _story(ticket: Any, events: list[Any]) -> Story:
    story = Story(events[0].at, ticket.first_response_at)
    moves = [e for e in events if "closed" in e.changes.get("category", ())]
    counted: list[datetime] = []
    for close, reopen in zip(moves[::2], [*moves[1::2], None], strict=False):
        assert close.changes["category"][1] == "closed"
        if close.actor_id is None:
            closer = "automatic"
        elif close.actor_id == ticket.requester_id or close.changes["close_reason"][1] == "by_customer":
            closer = "customer"
        else:
            closer = "operator"
        was_spam = reopen is not None and "is_spam" in reopen.changes
        stands = reopen is None or (not was_spam and reopen.at - close.at > timedelta(days=7))
        if stands:
            story.reopened += counted[-1:]
            counted = []
            story.closes.append((close.at, close.actor_id, closer))
            story.closed_spans.append((close.at, reopen.at if reopen else None))
        if reopen is not None and not was_spam:
            soon = reopen.at - close.at <= timedelta(minutes=5) and reopen.actor_id == close.actor_id
            counted += [] if soon else [reopen.at]
    story.reopened += counted[-1:]
    # What is first answered after a late reopening is no first response.
    again = next((reopened for _, reopened in story.closed_spans if reopened is not None), None)
    if story.responded is not None and again is not None and story.responded >= again:
        story.responded = None
    return story


def days_of(text: str) -> DateRange:
    first, last = text.split("..")
    return DateRange(date.fromisoformat(first), date.fromisoformat(last))


def local(moment: datetime) -> date:
    return moment.astimezone(ZoneInfo(ZONE)).date()


def naive_times(seconds: list[int]) -> Times:
    if not seconds:
        return Times(0, None, None, None)

    def rank(share: float) -> int:
        return next(v for v in sorted(seconds) if sum(w <= v for w in seconds) >= share * len(seconds) - 1e-9)

    ordered, middle = sorted(seconds), len(seconds) // 2
    both = ordered[middle : middle + 1] if len(ordered) % 2 else ordered[middle - 1 : middle + 1]
    return Times(
        len(seconds), round(math.fsum(seconds) / len(seconds)), round(sum(both) / len(both)), rank(0.9)
    )


@pytest.mark.parametrize(
    ("store_url", "seed"), [(Dialect.SQLITE, 1), (Dialect.POSTGRESQL, 6)], indirect=["store_url"]
)
def test_every_figure_is_what_the_raw_events_say(cast: Cast, clock: Clock, seed: int) -> None:
    work_for_weeks(cast, clock, seed)
    told = stories(cast)
    manager = cast.manager()
    assert any(s.reopened for s in told)
    assert any(len(s.closes) > 1 for s in told)

    for text in RANGES:
        inside = days_of(text)

        def within(moment: datetime | None, inside: DateRange = inside) -> bool:
            return moment is not None and inside.first <= local(moment) <= inside.last

        closes = [(s.filed, *c) for s in told for c in s.closes if within(c[0])]
        lasted = [int((at - filed).total_seconds()) for filed, at, _, _ in closes]
        waited = [
            int((s.responded - s.filed).total_seconds()) for s in told if s.responded and within(s.responded)
        ]

        volume = manager.read(reports.volume, Ask(range=text)).now
        assert {d.day: d.received for d in volume.days if d.received} == Counter(
            local(s.filed) for s in told if within(s.filed)
        )
        assert {d.day: d.closed for d in volume.days if d.closed} == Counter(local(c[1]) for c in closes)

        team = manager.read(reports.team, Ask(range=text)).now
        by_closer = Counter((c[3], c[2] if c[3] == "operator" else None) for c in closes)
        assert {(r.closer, r.account_id): r.resolved for r in team.rows if r.resolved} == by_closer
        assert sum(r.resolved for r in team.rows) == team.total.resolved == volume.closed == len(closes)
        assert team.total.resolution == naive_times(lasted)
        assert team.total.response == naive_times(waited)
        assert team.total.reopened == sum(within(at) for s in told for at in s.reopened)
        for row in team.rows:
            own = [int((c[1] - c[0]).total_seconds()) for c in closes if c[2] == row.account_id is not None]
            if row.closer is Closer.OPERATOR:
                assert row.resolution == naive_times(own)

        assert manager.read(reports.resolution, Ask(range=text)).now.total == naive_times(lasted)
        assert manager.read(reports.response, Ask(range=text)).now.total == naive_times(waited)
        summary = manager.read(reports.summary, Ask(range=text)).now
        assert (summary.received, summary.closed, summary.resolution) == (
            volume.received,
            volume.closed,
            naive_times(lasted),
        )
        assert summary.days == volume.days
        topics = manager.read(reports.topics, Ask(range=text)).now
        assert (topics.received, topics.closed) == (volume.received, volume.closed)
        assert sum(row.closed for row in topics.rows) == volume.closed
        each = [manager.read(reports.volume, Ask(range=text, topic=t)).now for t in ("General", "billing")]
        assert sum(v.closed for v in each) == volume.closed


def test_the_backlog_at_each_midnight_is_what_the_raw_events_say(worked: Cast) -> None:
    told = stories(worked)
    for text in RANGES:
        backlog = worked.manager().read(reports.backlog, Ask(range=text)).now
        for day in backlog.days:
            midnight = datetime.combine(day.day + timedelta(days=1), time(), ZoneInfo(ZONE)).astimezone(UTC)
            open_then = [
                s
                for s in told
                if s.filed < midnight
                and not any(c < midnight and (r is None or r >= midnight) for c, r in s.closed_spans)
            ]
            assert day.open == len(open_then), day.day
        assert backlog.open == backlog.days[-1].open == sum(age.open for age in backlog.ages)


def test_a_comparison_says_which_way_is_good(cast: Cast, clock: Clock) -> None:
    cast.customer()
    cast.operator()
    for hours in (10, 2, 2):
        customer, operator = cast.sign_in("carla"), cast.sign_in("luis")
        number = customer.write(filing.file, Filing("general", "Printer", "It burns.")).number
        clock.advance(hours=hours)
        operator.write(thread.reply, number, Outgoing("Better?"))
        operator.write(closing.close, number)
        if hours == 10:
            clock.advance(days=3)

    report = cast.manager().read(reports.summary, Ask(range="yesterday..today", compare="previous"))
    delta = {d.measure: d for d in report.deltas}

    assert report.compared_with == report.range.preceding()
    assert (delta[Measure.RECEIVED].value, delta[Measure.RECEIVED].is_good) == (2, None)
    assert delta[Measure.CLOSED].is_good is True
    assert delta[Measure.RESOLUTION_MEDIAN].difference is None
    wider = cast.manager().read(reports.summary, Ask(range="today", compare="2026-03-01..2026-03-05"))
    assert {d.measure: d.is_good for d in wider.deltas}[Measure.RESOLUTION_MEDIAN] is True


def test_an_operator_sees_own_figures_and_the_volumes_of_own_topics(worked: Cast) -> None:
    rosa, ask = worked.sign_in("rosa"), Ask(range=RANGES[0])
    desk = worked.manager().read(reports.team, ask)
    own = rosa.read(reports.team, ask)

    assert (desk.scope, own.scope) == (Scope.DESK, Scope.OWN)
    assert [row.account_id for row in own.now.rows] == [worked.ids["rosa"]]
    assert own.now.rows[0].resolved == own.now.total.resolved
    assert own.now.rows[0] in desk.now.rows
    general = worked.manager().read(reports.volume, Ask(range=RANGES[0], topic="general"))
    assert rosa.read(reports.volume, ask).now == general.now
    assert [row.name for row in rosa.read(reports.topics, ask).now.rows] == ["General"]
    with pytest.raises(Forbidden):
        rosa.read(reports.volume, Ask(topic="billing"))


def test_a_customer_reads_no_report(cast: Cast) -> None:
    for report in ALL_REPORTS:
        with pytest.raises(Forbidden):
            cast.customer().read(report, Ask())


def test_spam_is_in_no_figure_and_comes_back_when_it_is_taken_back(cast: Cast, clock: Clock) -> None:
    number = cast.customer().write(filing.file, Filing("general", "Buy now", "Cheap.")).number
    operator, manager, today = cast.operator(), cast.manager(), Ask(range="today")
    operator.write(closing.spam, number)
    gone = manager.read(reports.summary, today).now
    assert (gone.received, gone.closed, gone.backlog) == (0, 0, 0)

    operator.write(closing.reopen, number)
    back = manager.read(reports.summary, today).now
    assert (back.received, back.closed, back.backlog, back.reopened) == (1, 0, 1, 0)


def test_no_report_takes_more_than_four_statements(cast: Cast, clock: Clock) -> None:
    work_for_weeks(cast, clock, seed=5, steps=60)
    manager = cast.manager()

    def counted(work: Work, report: Any) -> int:
        statements: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
            statements.append(statement)

        connection = work.session.connection()
        sa.event.listen(connection, "before_cursor_execute", note)
        report(work, Ask(range=RANGES[0], compare="year"))
        sa.event.remove(connection, "before_cursor_execute", note)
        return len(statements)

    assert max(manager.read(counted, report) for report in ALL_REPORTS) <= 4


@pytest.mark.parametrize(
    ("ask", "named"),
    [
        (Ask(range="someday"), "date"),
        (Ask(first="2026-03-04", last="2026-03-01"), "range"),
        (Ask(range="1950-01-01..2026-01-01"), "range"),
        (Ask(compare="never"), "date"),
        (Ask(topic="gardening"), "topic"),
    ],
)
def test_what_is_not_understood_is_named(cast: Cast, ask: Ask, named: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cast.manager().read(reports.summary, ask)
    assert refusal.value.field == named


def test_the_median_of_an_even_number_is_the_mean_of_the_two_in_the_middle() -> None:
    assert Times.of([10, 20, 40, 1000]).median == 30
    assert Times.of([10, 20, 40]).median == 20
    assert Times.of([3600, 7200]) == Times(2, 5400, 5400, 7200)


def test_the_rate_of_an_operator_says_what_it_is_a_share_of(cast: Cast, clock: Clock) -> None:
    customer, luis, rosa = cast.customer(), cast.operator("luis"), cast.operator("rosa")
    for closer in (luis, luis, rosa, rosa, rosa):
        number = customer.write(filing.file, Filing("general", "Printer", "It burns.")).number
        closer.write(thread.reply, number, Outgoing("Better?"))
        closer.write(closing.close, number)
    clock.advance(hours=1)
    customer.write(closing.reopen, 1)

    own = luis.read(reports.summary, Ask(range="today"))
    assert (own.now.closed, own.now.reopened, own.now.reopen_rate_n) == (4, 1, 1)
    assert own.now.reopen_rate == 1.0
    [rate] = [each for each in report_records.changes(own) if each.measure is Measure.REOPEN_RATE]
    assert (rate.value, rate.n) == (1.0, 1)


@pytest.mark.parametrize("report", ALL_REPORTS)
def test_records_have_one_list_of_columns_and_name_what_was_before(worked: Cast, report: Any) -> None:
    kind, manager = report.__name__, worked.manager()
    alone = report_records.of(kind, manager.read(report, Ask(range=RANGES[1])))
    beside = report_records.of(kind, manager.read(report, Ask(range=RANGES[1], compare="previous")))
    own = report_records.of(kind, worked.sign_in("rosa").read(report, Ask(range=RANGES[1])))
    assert alone.names == beside.names == own.names
    for records in (alone, beside, own):
        assert all(len(row) == len(records.names) for row in records.rows)
    before = [at for at, name in enumerate(beside.names) if name.startswith("before")]
    assert all(row[at] is None for row in alone.rows for at in before)
    assert any(row[at] for row in beside.rows for at in before) or not before
    assert bool(before) is (report is not reports.workload)
    assert "Total" not in {value for row in beside.rows for value in row}


def test_who_closed_in_the_other_range_alone_is_in_the_comparison(cast: Cast, clock: Clock) -> None:
    cast.customer()
    for name in ("luis", "rosa"):
        operator = cast.operator(name)
        number = cast.sign_in("carla").write(filing.file, Filing("general", "Printer", "It burns.")).number
        operator.write(thread.reply, number, Outgoing("Better?"))
        operator.write(closing.close, number)
        clock.advance(days=1)
    asked = Ask(range="yesterday", compare="previous")
    records = report_records.of("team", cast.manager().read(reports.team, asked))
    found = {row["name"]: (row["resolved"], row["before_resolved"]) for row in _as_mappings(records)}
    assert (found["Rosa"], found["Luis"]) == ((1, 0), (0, 1))


def _as_mappings(records: report_records.Records) -> list[dict[str, Any]]:
    return [dict(zip(records.names, row, strict=True)) for row in records.rows]

"""What is behind the figures of the reports: the tickets that they count, and each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain import loads
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.enums import Age, Category, Level, TicketField
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.domain.measures import Volume
from sysmo_tui.domain.moments import DateRange, parse_range
from sysmo_tui.domain.report_parts import Figure, Part
from sysmo_tui.services import (
    desk_settings,
    editing,
    filing,
    hour_counts,
    report_tickets,
    reports,
    sealing,
    thread,
    tickets,
)
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.report_tickets import Behind, Cases
from sysmo_tui.services.reports import Ask
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.moving_desk import ZONE, work_for_weeks

WEEKS = "2026-03-09..2026-04-12"


def all_of(door: Door, ask: Ask, part: Part) -> tuple[list[Behind], Cases]:
    """Every case of a part, page after page, and its first page."""
    first = page = door.read(report_tickets.behind, ask, part, limit=7)
    found = list(page.page.items)
    while page.page.next is not None:
        page = door.read(report_tickets.behind, ask, part, after=page.page.next, limit=7)
        found += page.page.items
    assert len(found) == len({(each.ticket.number, each.cycle) for each in found})
    assert len(found) + first.hidden == first.page.total
    assert [each.at for each in found] == sorted((each.at for each in found), reverse=True)
    return found, first


def hours_agree(mara: Door, n: Callable[..., int], volume: Volume) -> None:
    """The heat maps add up to the days, and each hour to its tickets."""
    ask, zone = Ask(range=WEEKS), ZoneInfo(ZONE)
    hours = mara.read(reports.hours, ask).now
    assert (hours.received, hours.closed) == (volume.received, volume.closed)
    received, first = all_of(mara, ask, Part(Figure.RECEIVED))
    assert first.hidden == 0
    local = Counter((each.at.astimezone(zone).weekday(), each.at.astimezone(zone).hour) for each in received)
    assert {
        (day, hour): count
        for day, counts in enumerate(hours.received_at)
        for hour, count in enumerate(counts)
        if count
    } == local
    weekday, hour = local.most_common(1)[0][0]
    assert n(Figure.RECEIVED, weekday=weekday, hour=hour) == hours.received_at[weekday][hour]
    assert n(Figure.CLOSED, weekday=weekday) == sum(hours.closed_at[weekday])


def workload_agrees(mara: Door, n: Callable[..., int]) -> None:
    """What people have now adds up, by age and in all, and is what is behind it."""
    workload = mara.read(reports.workload, Ask(range=WEEKS)).now
    assert workload.total.open == sum(row.open for row in workload.rows) == n(Figure.OPEN_NOW)
    assert workload.total.load == pytest.approx(sum(row.load for row in workload.rows))
    for row in workload.rows:
        assert row.open == sum(each.open for each in row.ages)
        assert row.load == pytest.approx(sum(each.load for each in row.ages))
        for each in row.ages:
            if row.account_id is None:
                assert n(Figure.OPEN_NOW, is_nobodys=True, age=each.age) == each.open
            else:
                assert n(Figure.ASSIGNED, account_id=row.account_id, age=each.age) == each.open


def test_behind_every_figure_are_as_many_tickets_as_it_says(cast: Cast, clock: Clock) -> None:
    """A desk of some weeks, part of it sealed: each figure of the reports, and these among each other."""
    work_for_weeks(cast, clock, seed=1)
    while cast.itself.read(sealing.is_due):
        cast.itself.touch(sealing.seal_some)
    mara, ask = cast.manager(), Ask(range=WEEKS)

    def n(figure: Figure, **more: Any) -> int:
        total = mara.read(report_tickets.behind, ask, Part(figure, **more), limit=1).page.total
        assert total is not None
        return total

    summary = mara.read(reports.summary, ask).now
    assert n(Figure.RECEIVED) == summary.received > 0
    assert n(Figure.CLOSED) == n(Figure.RESOLVED) == summary.closed > 0
    assert n(Figure.ANSWERED) == summary.response.n > 0
    assert n(Figure.REOPENED) == summary.reopened > 0
    assert n(Figure.OPEN) == summary.backlog > 0
    assert {each.age: each.open for each in summary.ages} == {age: n(Figure.OPEN, age=age) for age in Age}

    team = mara.read(reports.team, ask).now
    for row in team.rows:
        who = {"closer": row.closer, "account_id": row.account_id}
        assert n(Figure.RESOLVED, **who) == row.resolved
        if row.account_id is not None:
            own = {"account_id": row.account_id}
            assert n(Figure.ANSWERED, **own) == row.response.n
            assert n(Figure.REOPENED, **own) == row.reopened
            assert n(Figure.ASSIGNED, **own) == row.open_now

    for figure, report in ((Figure.RESOLVED, reports.resolution), (Figure.ANSWERED, reports.response)):
        body = mara.read(report, ask).now
        assert n(figure) == body.total.n == sum(row.times.n for row in body.by_topic)
        assert all(n(figure, topic_id=row.id) == row.times.n for row in body.by_topic)
        assert all(n(figure, account_id=row.id) == row.times.n for row in body.by_person if row.id)
    assert mara.read(reports.time, ask).now.total.n == summary.closed

    for topic in mara.read(reports.topics, ask).now.rows:
        assert n(Figure.RECEIVED, topic_id=topic.id) == topic.received
        assert n(Figure.CLOSED, topic_id=topic.id) == topic.closed
        assert n(Figure.REOPENED, topic_id=topic.id) == topic.reopened
        assert n(Figure.OPEN_NOW, topic_id=topic.id) == topic.open_now

    volume = mara.read(reports.volume, ask).now
    backlog = mara.read(reports.backlog, ask).now
    for day, at_end in list(zip(volume.days, backlog.days, strict=True))[::6]:
        days = DateRange(day.day, day.day)
        assert n(Figure.RECEIVED, days=days) == day.received
        assert n(Figure.CLOSED, days=days) == day.closed
        assert n(Figure.OPEN, days=days) == at_end.open

    hours_agree(mara, n, volume)
    workload_agrees(mara, n)


def test_what_is_behind_averages_has_their_values(cast: Cast, clock: Clock) -> None:
    work_for_weeks(cast, clock, seed=6, steps=120)
    mara, ask = cast.manager(), Ask(range=WEEKS)
    resolution = mara.read(reports.resolution, ask).now
    found, _ = all_of(mara, ask, Part(Figure.RESOLVED))
    seconds = [each.value for each in found if each.value is not None]
    assert (len(seconds), round(sum(seconds) / len(seconds))) == (resolution.total.n, resolution.total.mean)


def test_an_operator_is_told_of_cases_that_they_do_not_see_any_more(cast: Cast, clock: Clock) -> None:
    cast.topic("Billing")
    rosa, carla, luis = cast.operator("rosa"), cast.customer(), cast.operator("luis", ["general", "billing"])
    for _ in range(2):
        number = carla.write(filing.file, Filing("general", "Printer", "It burns.")).number
        rosa.write(thread.reply, number, Outgoing("Better?"))
    luis.write(tickets.assign, 1, to=cast.email("luis"))
    luis.write(editing.edit, 1, {TicketField.TOPIC: "billing", TicketField.OWNER: cast.email("luis")})

    found, first = all_of(rosa, Ask(range="today"), Part(Figure.ANSWERED))
    assert rosa.read(reports.response, Ask(range="today")).now.total.n == first.page.total == 2
    assert ([each.ticket.number for each in found], first.hidden) == ([2], 1)
    others, nothing = all_of(rosa, Ask(range="today"), Part(Figure.ANSWERED, account_id=cast.ids["luis"]))
    assert (others, nothing.page.total, nothing.hidden) == ([], 0, 0)
    with pytest.raises(Forbidden):
        carla.read(report_tickets.behind, Ask(), Part(Figure.RECEIVED))


def test_workload_weighs_by_priority_and_shows_operators_their_own(cast: Cast, clock: Clock) -> None:
    carla, luis, rosa = cast.customer(), cast.operator("luis"), cast.operator("rosa")
    for _ in range(4):
        carla.write(filing.file, Filing("general", "Printer", "It burns."))
    for number, priority in ((1, "urgent"), (2, "low")):
        luis.write(tickets.take, number)
        luis.write(editing.edit, number, {TicketField.PRIORITY: priority})
    luis.write(editing.edit, 1, {TicketField.STATUS: "waiting"})
    clock.advance(hours=30)
    rosa = cast.sign_in("rosa")
    rosa.write(tickets.take, 3)

    desk = cast.sign_in("ada").read(reports.workload, Ask())
    assert [(row.name, row.open, row.paused, row.load) for row in desk.now.rows] == [
        ("Luis", 2, 1, 4 * 0.25 + 0.5),
        ("Rosa", 1, 0, 1.0),
        ("Unassigned", 1, 0, 1.0),
    ]
    assert [each.open for each in desk.now.total.ages] == [0, 4, 0, 0, 0]
    own = rosa.read(reports.workload, Ask(compare="year"))
    assert [(row.name, row.open) for row in own.now.rows] == [("Rosa", 1), ("Unassigned", 1)]
    assert (own.before, own.deltas, own.range.length) == (None, (), 1)


def test_levels_beyond_a_new_desks_weigh_what_the_nearest_does() -> None:
    assert [loads.weight(level, Category.OPEN) for level in (0, 1, 2, 3, 4, 9)] == [0.5, 0.5, 1, 2, 4, 4]
    assert loads.weight(2, Category.HOLD) == 0.25


@pytest.mark.parametrize(
    ("zone", "first", "offsets"),
    [
        ("Europe/Madrid", "2026-03-28..2026-03-30", [1, 2]),
        ("Europe/Madrid", "2026-10-25..2026-10-25", [2, 1]),
        ("America/Argentina/Buenos_Aires", "2026-01-01..2026-12-31", [-3]),
        ("Asia/Kolkata", "2026-01-01..2026-01-02", [5.5]),
        ("Australia/Lord_Howe", "2026-04-04..2026-04-06", [11, 10.5]),
    ],
)
def test_a_range_is_cut_where_the_clock_is_changed(zone: str, first: str, offsets: list[float]) -> None:
    interval = parse_range(first, datetime(2026, 3, 4, tzinfo=UTC).date()).bounds(ZoneInfo(zone))
    found = list(hour_counts.pieces(interval, ZoneInfo(zone)))
    assert [offset / timedelta(hours=1) for _, offset in found] == offsets
    edges = [edge for piece, _ in found for edge in piece]
    assert (edges[0], edges[-1], edges[1:-1:2]) == (*interval, edges[2::2])
    for (begin, end), offset in found:
        for moment in (begin, end - timedelta(seconds=1)):
            assert moment.astimezone(ZoneInfo(zone)).utcoffset() == offset


def test_hours_are_those_of_the_desks_clock_even_where_it_is_set_back(cast: Cast, clock: Clock) -> None:
    cast.admin().write(desk_settings.change, "time_zone", ZONE)
    clock.now = datetime(2026, 10, 24, 23, 59, 59, 900_000, tzinfo=UTC)
    for _ in range(3):  # 01:59:59, then 02:00 of summer, then 02:00 of winter
        cast.customer()
        cast.sign_in("carla").write(filing.file, Filing("general", "Printer", "It burns."))
        clock.advance(seconds=0.2) if clock.now.second == 59 else clock.advance(hours=1)
    cast.manager()
    found = cast.sign_in("mara").read(reports.hours, Ask(range="2026-10-25")).now
    assert [(hour, n) for hour, n in enumerate(found.received_at[6]) if n] == [(1, 1), (2, 2)]


@pytest.mark.parametrize(
    ("part", "named"),
    [
        (Part(Figure.CLOSED, age=Age.DAY), "age"),
        (Part(Figure.ANSWERED, hour=3), "hour"),
        (Part(Figure.RECEIVED, hour=24), "hour"),
    ],
)
def test_what_a_figure_does_not_have_is_refused(cast: Cast, part: Part, named: str) -> None:
    with pytest.raises(Invalid) as refusal:
        cast.manager().read(report_tickets.behind, Ask(), part)
    assert refusal.value.field == named


def test_closes_of_customers_are_told_apart(cast: Cast) -> None:
    carla, luis = cast.customer(), cast.operator()
    for _ in range(2):
        carla.write(filing.file, Filing("general", "Printer", "It burns.", urgency=Level.NORMAL))
    luis.write(thread.reply, 1, Outgoing("Better?", closes=True))
    carla.write(thread.reply, 2, Outgoing("It went out by itself.", closes=True))
    mara = cast.manager()
    for closer, number in ((Closer.OPERATOR, 1), (Closer.CUSTOMER, 2)):
        found, _ = all_of(mara, Ask(range="today"), Part(Figure.CLOSED, closer=closer))
        assert [each.ticket.number for each in found] == [number]

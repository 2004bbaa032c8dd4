"""Time in status, and with whom: told from the events again, and in agreement with the other reports."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.measures import Times
from sysmo_tui.domain.time_spent import TimeSpent, stays
from sysmo_tui.models import Cycle, Event, table
from sysmo_tui.services import closing, filing, reports, snoozing, thread, tickets, time_spent
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.reports import Ask
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Dialect
from tests.cast import Cast, Clock
from tests.moving_desk import work_for_weeks

WEEKS = Ask(range="2026-03-01..2026-06-30")
BEGIN = datetime(2026, 3, 1)


def spent(cast: Cast, ask: Ask = WEEKS) -> TimeSpent:
    return cast.manager().read(reports.time, ask).now


def story(cast: Cast, clock: Clock) -> int:
    """A ticket that is new for 1 h, in progress for 2 h, waits for 3 h, and is with another for 4 h."""
    customer, luis, rosa = cast.customer(), cast.operator("luis"), cast.operator("rosa")
    number = customer.write(filing.file, Filing("general", "Printer", "It burns.")).number
    clock.advance(hours=1)
    luis.write(tickets.take, number)
    clock.advance(hours=2)
    luis.write(thread.reply, number, Outgoing("Which one?", status="waiting"))
    clock.advance(hours=3)
    customer.write(thread.reply, number, Outgoing("The left one."))
    rosa.write(tickets.assign, number, "rosa@desk.example", seen=cast.ids["luis"])
    clock.advance(hours=4)
    rosa.write(closing.close, number)
    return number


def test_the_time_of_a_ticket_is_shared_out_among_its_statuses_and_those_who_had_it(
    cast: Cast, clock: Clock
) -> None:
    story(cast, clock)
    body = spent(cast)
    hours = {row.category: row.total_seconds / 3600 for row in body.by_status}
    assert hours == {Category.NEW: 1, Category.OPEN: 6, Category.WAITING: 3}
    people = [(row.name, row.total_seconds / 3600, row.paused_seconds / 3600) for row in body.by_person]
    assert people == [("Luis", 5, 3), ("Rosa", 4, 0), ("Unassigned", 1, 0)]
    assert [row.share for row in body.by_person] == [0.5, 0.4, 0.1]
    assert (body.total, body.total_seconds, body.older) == (Times.of([36000]), 36000, 0)


def test_what_was_closed_at_once_was_where_it_was_filed(cast: Cast) -> None:
    number = cast.customer().write(filing.file, Filing("general", "Printer", "It burns.")).number
    cast.operator().write(closing.close, number, message=Outgoing("Done."))
    body = spent(cast)
    [status], [person] = body.by_status, body.by_person
    assert (status.category, status.times, status.share) == (Category.NEW, Times.of([0]), None)
    assert (person.account_id, person.times.n) == (None, 1)


def test_what_is_not_closed_or_is_spam_has_no_time_yet(cast: Cast, clock: Clock) -> None:
    number = story(cast, clock)
    cast.customer().write(filing.file, Filing("general", "Open", "Still."))
    clock.advance(hours=1)
    assert spent(cast).total.n == 1
    cast.operator("luis").write(closing.spam, number)
    assert spent(cast) == TimeSpent(Times(), 0, (), (), 0)


def test_putting_off_is_time_on_hold_and_waking_ends_it(cast: Cast, clock: Clock) -> None:
    luis = cast.operator("luis")
    number = cast.customer().write(filing.file, Filing("general", "Printer", "It burns.")).number
    luis.write(tickets.take, number)
    luis.write(snoozing.snooze, number, "+3d")
    clock.advance(hours=5)
    luis.write(snoozing.wake, number)
    clock.advance(hours=1)
    luis.write(closing.close, number, message=Outgoing("Done."))
    assert {row.category: row.total_seconds // 3600 for row in spent(cast).by_status} == {
        Category.OPEN: 1,
        Category.HOLD: 5,
    }


@pytest.mark.parametrize(
    ("store_url", "seed"), [(Dialect.SQLITE, 1), (Dialect.POSTGRESQL, 6)], indirect=["store_url"]
)
def test_it_agrees_with_the_events_and_with_the_report_of_resolution(
    cast: Cast, clock: Clock, seed: int
) -> None:
    work_for_weeks(cast, clock, seed)
    rosa = cast.sign_in("rosa")
    for door in (cast.manager(), rosa):
        for ask in (WEEKS, Ask(range="2026-03-20..2026-04-02"), Ask(range=WEEKS.range, topic="general")):
            report, closed = door.read(reports.time, ask), door.read(reports.resolution, ask).now
            body = report.now
            assert body.total == closed.total
            for rows in (body.by_status, body.by_person):
                assert sum(row.total_seconds for row in rows) == body.total_seconds
                assert all(row.times.n <= body.total.n for row in rows)
                assert not rows or sum(row.share or 0 for row in rows) == pytest.approx(1)
            paused = sum(
                row.total_seconds
                for row in body.by_status
                if row.category in (Category.WAITING, Category.HOLD)
            )
            assert sum(row.paused_seconds for row in body.by_person) == paused
    everything = cast.manager().read(reports.time, WEEKS).now
    told = cast.itself.read(_told_minute_by_minute)
    assert {row.account_id: row.total_seconds for row in everything.by_person} == told


def _told_minute_by_minute(work: Work) -> dict[int | None, int]:
    """Who had what was closed for how long, by asking after each event who has it then."""
    cycle, event = table(Cycle), table(Event)
    closes = work.session.execute(
        sa.select(cycle.c.ticket_number, cycle.c.closed_at, cycle.c.seconds).where(
            cycle.c.closed_at.is_not(None), sa.not_(cycle.c.is_voided)
        )
    ).all()
    found: dict[int | None, int] = defaultdict(int)
    for number, closed_at, seconds in closes:
        rows: list[Any] = list(
            work.session.execute(
                sa.select(event.c.at, event.c.changes)
                .where(event.c.ticket_number == number, event.c.at <= closed_at)
                .order_by(event.c.id)
            )
        )
        holder, marks = None, []
        for at, changes in rows:
            if "assignee_id" in changes:
                holder = changes["assignee_id"][1]
            marks.append((int((at - rows[0].at).total_seconds()), holder))
        ends = [second for second, _holder in marks[1:]] + [seconds]
        for (second, who), end in zip(marks, ends, strict=True):
            found[who] += end - second
    return {who: taken for who, taken in found.items() if taken}


def test_a_long_range_reads_the_newest_closes_and_says_how_many_it_left_out(
    cast: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    work_for_weeks(cast, clock, seed=5, steps=60)
    whole = spent(cast)
    monkeypatch.setattr(time_spent, "MOST", 2)
    few = spent(cast)
    assert (few.total.n, few.older) == (2, whole.total.n - 2)
    assert sum(row.total_seconds for row in few.by_status) == few.total_seconds


@given(
    st.lists(st.tuples(st.integers(-50, 200), st.integers(1, 3), st.integers(1, 3)), min_size=1),
    st.integers(0, 150),
)
def test_the_stays_add_up_whatever_the_clock_did(moves: Iterable[tuple[int, int, int]], seconds: int) -> None:
    turns = [
        (BEGIN + timedelta(seconds=at), {"status_id": (None, status), "assignee_id": (None, who)})
        for at, status, who in moves
    ]
    found = list(stays(turns, seconds))
    assert sum(stay.seconds for stay in found) == seconds
    assert all(stay.seconds > 0 for stay in found) or (seconds, len(found)) == (0, 1)

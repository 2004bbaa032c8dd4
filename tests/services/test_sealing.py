"""What is sealed of the past gives the same reports as reading every cycle, whatever happens to these."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain import cycles as folding
from sysmo_tui.domain.cycles import Spans, Step
from sysmo_tui.domain.enums import Category, CloseReason, EventKind
from sysmo_tui.domain.errors import DeskError, Forbidden
from sysmo_tui.domain.tallies import SEALED, Tally
from sysmo_tui.mail.transport import NullTransport
from sysmo_tui.models import SealedCount, SealedPeriod, Ticket, table
from sysmo_tui.services import (
    closing,
    desk_settings,
    figures,
    filing,
    live_figures,
    proof,
    ratings,
    reports,
    sealing,
)
from sysmo_tui.services.counting import Gap, Lens
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.reports import Ask
from sysmo_tui.worker import Worker
from tests.cast import START, Cast, Clock
from tests.moving_desk import work_for_weeks
from tests.waiting import until

KINDS = (
    reports.summary,
    reports.team,
    reports.volume,
    reports.resolution,
    reports.response,
    reports.backlog,
    reports.topics,
    reports.satisfaction,
)
RANGES = ("2026-03-01..2026-06-30", "2026-03-20..2026-04-20", "2026-04-01..2026-04-30", "today")


def seal(cast: Cast) -> None:
    while cast.itself.read(sealing.is_due):
        cast.desk.touch(cast.itself.caller, sealing.seal_some)


def periods(work: Work) -> list[tuple[datetime, datetime]]:
    sealed = table(SealedPeriod)
    rows = work.session.execute(sa.select(sealed.c.since, sealed.c.until).order_by(sealed.c.since))
    return [(row.since, row.until) for row in rows]


def wrong(work: Work) -> list[sealing.Wrong]:
    return list(sealing.wrong(work))


def tickets(work: Work) -> list[int]:
    return list(work.session.scalars(sa.select(table(Ticket).c.number)))


def unseal_all(work: Work) -> None:
    work.session.execute(sa.delete(table(SealedPeriod)))


def all_reports(*doors: Door) -> list[Any]:
    asks = [Ask(range=text, compare="previous") for text in RANGES]
    asks.append(Ask(range=RANGES[0], topic="general", compare="2026-04-01..2026-04-30"))
    return [door.read(kind, ask) for door in doors for kind in KINDS for ask in asks]


def closed(cast: Cast) -> int:
    number = cast.sign_in("carla").write(filing.file, Filing("general", "Printer", "It burns.")).number
    cast.sign_in("luis").write(closing.close, number, reason=CloseReason.NO_REPLY)
    return number


@pytest.fixture
def people(cast: Cast) -> Cast:
    cast.customer()
    cast.operator()
    return cast


def test_reports_are_the_same_with_what_is_sealed_and_without(cast: Cast, clock: Clock) -> None:
    dice = Random(21)

    def meanwhile() -> None:
        seal(cast)
        filed = cast.itself.read(tickets)
        for number in dice.sample(filed, min(4, len(filed))):
            try:
                cast.sign_in(dice.choice(["carla", "ciro"])).write(ratings.rate, number, dice.randint(1, 5))
            except DeskError:
                continue
        assert cast.itself.read(wrong) == []

    work_for_weeks(cast, clock, 21, steps=120, meanwhile=meanwhile)
    clock.advance(days=40)
    seal(cast)
    assert cast.itself.read(wrong) == []
    lengths = Counter((until - since) > timedelta(days=27) for since, until in cast.itself.read(periods))
    assert lengths[True] >= 2
    assert lengths[False] >= 60

    cast.manager()
    doors = (cast.sign_in("mara"), cast.sign_in("rosa"))
    kept = all_reports(*doors)
    cast.desk.touch(cast.itself.caller, unseal_all)

    for with_sealed, without in zip(kept, all_reports(*doors), strict=True):
        assert with_sealed == without


@pytest.mark.parametrize("act", ["reopen", "rate", "spam", "back from spam"])
def test_what_changes_a_day_of_the_past_takes_its_seal_away(people: Cast, clock: Clock, act: str) -> None:
    closed(people)
    number = closed(people)
    if act == "back from spam":
        people.sign_in("luis").write(closing.spam, number)
    clock.advance(days=3)
    seal(people)
    before = people.itself.read(periods)
    match act:
        case "reopen":
            people.sign_in("luis").write(closing.reopen, number)
        case "rate":
            people.sign_in("carla").write(ratings.rate, number, 5)
        case "spam":
            people.sign_in("luis").write(closing.spam, number)
        case _:
            people.sign_in("luis").write(closing.reopen, number)
    left = people.itself.read(periods)
    assert people.itself.read(wrong) == []
    assert [since <= START < until for since, until in set(before) - set(left)] == [True]
    seal(people)
    assert people.itself.read(periods) == before
    assert people.itself.read(wrong) == []


def test_a_month_is_sealed_when_it_is_over_and_unsealed_with_its_day(people: Cast, clock: Clock) -> None:
    number = closed(people)
    clock.advance(days=41)
    seal(people)
    month = (datetime(2026, 3, 1, 3, tzinfo=UTC), datetime(2026, 4, 1, 3, tzinfo=UTC))
    assert month in people.itself.read(periods)
    people.sign_in("carla").write(ratings.rate, number, 1)
    left = people.itself.read(periods)
    assert month not in left
    assert not [since for since, until in left if since <= START < until]
    assert people.manager().read(reports.satisfaction, Ask(range="2026-03-01..2026-03-31")).now.total.n == 1


def test_a_month_is_added_up_while_others_write_and_anew_when_one_of_its_days_changed(
    people: Cast, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk, itself = people.desk, people.itself.caller
    number = closed(people)
    clock.advance(days=41)

    def ahead() -> sealing.MonthAhead:
        while (found := desk.read(itself, sealing.month_ahead)) is None:
            desk.touch(itself, sealing.seal_some)
        return found

    stale = ahead()
    people.sign_in("carla").write(ratings.rate, number, 5)
    desk.touch(itself, sealing.seal_some, stale)
    desk.touch(itself, sealing.seal_some, stale)
    assert stale.month in people.itself.read(periods)
    assert people.itself.read(wrong) == []
    people.sign_in("carla").write(ratings.rate, number, 1)
    true = ahead()
    with monkeypatch.context() as patched:
        patched.delattr(figures, "gather")
        desk.touch(itself, sealing.seal_some, true)
    assert true.month in people.itself.read(periods)
    assert people.itself.read(wrong) == []


def test_nothing_is_written_about_the_past_by_who_works_today(people: Cast, clock: Clock) -> None:
    closed(people)
    clock.advance(days=3)
    seal(people)
    before = people.itself.read(periods)
    closed(people)
    assert people.itself.read(periods) == before


def test_today_and_what_has_just_ended_are_not_sealed(people: Cast, clock: Clock) -> None:
    closed(people)
    midnight = datetime(2026, 3, 5, 3, tzinfo=UTC)
    clock.now = midnight + timedelta(minutes=119)
    assert not people.itself.read(sealing.is_due)
    clock.advance(minutes=1)
    seal(people)
    assert people.itself.read(periods) == [(midnight - timedelta(days=1), midnight)]


def test_another_time_zone_has_other_days_at_once(people: Cast, clock: Clock) -> None:
    for _ in range(4):
        closed(people)
        clock.advance(hours=11)
    clock.advance(days=41)
    seal(people)
    before = people.itself.read(periods)
    people.sign_in("ada").write(desk_settings.change, "time_zone", "Asia/Kathmandu")
    manager = people.manager()
    mixed = all_reports(manager)
    seal(people)
    after = people.itself.read(periods)
    assert set(before).isdisjoint(after)
    anew = all_reports(manager)
    people.desk.touch(people.itself.caller, unseal_all)
    assert mixed == anew == all_reports(manager)


def test_a_clock_that_was_wrong_is_of_no_consequence(people: Cast, clock: Clock) -> None:
    closed(people)
    true = clock.now
    clock.advance(days=365)
    seal(people)
    clock.now = true + timedelta(hours=1)
    closed(people)
    manager = people.manager()
    assert manager.read(reports.summary, Ask(range="today")).now.closed == 2
    seal(people)
    assert people.itself.read(periods) == []


def test_the_worker_seals(people: Cast, clock: Clock) -> None:
    closed(people)
    clock.advance(days=20)
    Worker(people.desk, NullTransport(), label="test").run_once()
    assert len(people.itself.read(periods)) == 20
    assert not people.itself.read(sealing.is_due)


def test_only_the_desk_and_administrators_seal(people: Cast) -> None:
    for refused in (people.manager(), people.operator(), people.customer()):
        with pytest.raises(Forbidden):
            refused.read(sealing.is_due)
        with pytest.raises(Forbidden):
            refused.write(sealing.seal_some)


def test_what_was_changed_behind_the_seals_is_found_and_made_anew(people: Cast, clock: Clock) -> None:
    closed(people)
    clock.advance(days=3)
    seal(people)
    before = people.itself.read(periods)

    def tamper(work: Work) -> None:
        work.session.execute(
            sa.update(table(SealedCount)).where(table(SealedCount).c.kind == "closed").values(n=7)
        )

    people.desk.touch(people.itself.caller, tamper)
    told = people.sign_in("ada").read(proof.check)
    assert {(each.number, each.part, each.name.split()[0], each.stored) for each in told} == {
        (0, "sealed", "closed", "7")
    }
    people.itself.write(proof.rebuild)
    assert people.itself.read(proof.check) == ()
    assert people.itself.read(periods) == before


def test_who_seals_waits_for_who_changes_the_past(people: Cast, clock: Clock) -> None:
    """Whatever the other has not committed yet is neither seen nor sealed away."""
    number = closed(people)
    clock.advance(days=3)
    began, may_end = threading.Event(), threading.Event()
    luis = people.sign_in("luis")

    def reopen_slowly(work: Work) -> None:
        closing.reopen(work, number)
        work.session.flush()
        began.set()
        assert may_end.wait(20)

    def sealing_waits(work: Work) -> bool:
        asked = "SELECT count(*) FROM pg_locks WHERE NOT granted AND mode = 'ShareRowExclusiveLock'"
        return bool(work.session.execute(sa.text(asked)).scalar())

    writer = threading.Thread(target=luis.write, args=(reopen_slowly,))
    sealer = threading.Thread(target=seal, args=(people,))
    writer.start()
    assert began.wait(20)
    sealer.start()
    if people.desk.store.dialect == "postgresql":
        until(lambda: people.itself.read(sealing_waits))
    may_end.set()
    writer.join()
    sealer.join()
    assert len(people.itself.read(periods)) == 3
    assert people.itself.read(wrong) == []
    assert people.manager().read(reports.summary, Ask(range="last-7-days")).now.closed == 0


def test_figures_are_read_from_indexes_alone(people: Cast) -> None:
    if people.desk.store.dialect != "sqlite":
        pytest.skip("the plan of a server depends on what its tables hold")
    seen: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        seen.append((statement, parameters))

    def plan(work: Work) -> list[str]:
        connection = work.session.connection()
        sa.event.listen(connection, "before_cursor_execute", note)
        live_figures.read(work, Lens(), [Gap(SEALED, (START, START + timedelta(days=1)), Tally())])
        sa.event.remove(connection, "before_cursor_execute", note)
        ((statement, parameters),) = seen
        cursor = connection.connection.cursor()
        return [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)]

    steps = [step for step in people.itself.read(plan) if " cycle " in step]
    assert len(steps) == len(SEALED)
    assert all("SEARCH cycle USING COVERING INDEX" in step for step in steps), steps


DAY = timedelta(days=1)
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)


@st.composite
def histories(draw: st.DrawFn) -> list[Step]:
    """What can happen to a ticket, in whatever order, over some weeks."""
    at = BEGINNING
    steps = [Step(at, EventKind.FILED, 1, False, {"topic_id": [None, 1]})]
    for act in draw(st.lists(st.sampled_from(["answer", "close", "reopen", "topic", "rate", "spam", "ham"]))):
        at += draw(st.sampled_from([timedelta(minutes=3), timedelta(hours=9), DAY, 6 * DAY, 9 * DAY]))
        who = draw(st.sampled_from([None, 1, 2, 3]))
        changes: dict[str, list[Any]] = {
            "answer": {},
            "close": {"category": [Category.OPEN, Category.CLOSED]},
            "reopen": {"category": [Category.CLOSED, Category.OPEN]},
            "topic": {"topic_id": [1, draw(st.integers(1, 3))]},
            "rate": {"rating": [None, draw(st.integers(1, 5))]},
            "spam": {"is_spam": [False, True]},
            "ham": {"is_spam": [True, False]},
        }[act]
        kind = EventKind.REPLIED if act == "answer" else EventKind.EDITED
        steps.append(Step(at, kind, who, act == "answer", changes))
    return steps


def sums(spans: Spans) -> Counter[tuple[Any, ...]]:
    """What the cycles add up to on each day, by the plainest reading of each count."""
    found: Counter[tuple[Any, ...]] = Counter()
    for span in spans:
        if span.is_voided:
            continue
        topic = span.topic_id
        found[(span.opened_at - BEGINNING) // DAY, "opened", topic] += 1
        found[(span.opened_at - BEGINNING) // DAY, "received", topic] += span.n == 1
        if span.closed_at is not None:
            day = (span.closed_at - BEGINNING) // DAY
            by = (span.closer, span.closed_by_id if span.closer == "operator" else None, topic)
            found[day, "resolved", *by, span.seconds] += 1
            found[day, "rated", *by, span.rating] += span.rating is not None
        if span.response_at is not None and span.response_seconds is not None:
            day = (span.response_at - BEGINNING) // DAY
            found[day, "responded", span.response_by_id, topic, span.response_seconds] += 1
        if span.reopened_at is not None:
            found[(span.reopened_at - BEGINNING) // DAY, "reopened", span.reopened_from_id, topic] += 1
    return +found


@given(histories())
@settings(max_examples=150, deadline=None)
def test_a_day_whose_sums_change_is_unsealed_whatever_happens(steps: list[Step]) -> None:
    before: Spans = ()
    for step in steps:
        after = folding.advance(before, step, requester_id=1)
        unsealed = {(moment - BEGINNING) // DAY for moment in folding.moved(before, after)}
        old, new = sums(before), sums(after)
        changed = {each[0] for each in (old - new) + (new - old)}
        assert changed <= unsealed
        before = after

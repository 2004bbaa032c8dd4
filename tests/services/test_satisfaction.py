"""Satisfaction is what the ratings of the closes that stand say, whichever report is asked."""

from __future__ import annotations

from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.enums import Measure
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.domain.measures import Ratings, Scope
from sysmo_tui.models import Cycle, table
from sysmo_tui.services import closing, proof, ratings, report_records, reports, thread
from sysmo_tui.services.reports import Ask
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.moving_desk import work_for_weeks
from tests.services import requests as ask

WHOLE = "2026-03-01..2026-06-30"
TODAY = Ask(range="today")


def closed(cast: Cast, operator: str, rating: int | None, topic: str = "general") -> int:
    number = ask.file(cast.sign_in("carla"), topic=topic)
    door = cast.sign_in(operator)
    door.write(thread.reply, number, Outgoing("Better?"))
    door.write(closing.close, number)
    if rating is not None:
        cast.sign_in("carla").write(ratings.rate, number, rating)
    return number


@pytest.fixture
def rated(cast: Cast) -> Cast:
    cast.customer()
    cast.topic("Billing")
    cast.operator("luis", ["general", "billing"])
    cast.operator("rosa", ["general"])
    for operator, rating, topic in (
        ("luis", 5, "general"),
        ("luis", 4, "billing"),
        ("luis", 3, "billing"),
        ("luis", None, "general"),
        ("rosa", 1, "general"),
    ):
        closed(cast, operator, rating, topic)
    return cast


def test_four_and_five_are_satisfied_and_the_rated_share_is_beside_it(rated: Cast) -> None:
    report = rated.manager().read(reports.satisfaction, TODAY).now
    assert report.total == Ratings(4, 2, 0.5, 5, 0.8, (1, 0, 1, 1, 1))
    assert [
        (row.name, row.ratings.n, row.ratings.satisfied, row.ratings.closed) for row in report.by_person
    ] == [
        ("Luis", 3, 2, 4),
        ("Rosa", 1, 0, 1),
    ]
    assert {row.name: (row.ratings.n, row.ratings.satisfied) for row in report.by_topic} == {
        "General": (2, 1),
        "Billing": (2, 1),
    }


def test_what_nobody_rated_has_no_satisfaction_and_says_of_how_many(cast: Cast) -> None:
    cast.customer()
    cast.operator()
    report = cast.manager().read(reports.satisfaction, TODAY).now
    assert report.total == Ratings()
    closed(cast, "luis", None)
    report = cast.manager().read(reports.satisfaction, TODAY).now
    assert (report.total.satisfaction, report.total.response_rate, report.total.closed) == (None, 0.0, 1)


def test_an_operator_sees_own_ratings_alone(rated: Cast) -> None:
    own = rated.sign_in("rosa").read(reports.satisfaction, TODAY)
    assert own.scope is Scope.OWN
    assert own.now.total == Ratings(1, 0, 0.0, 1, 1.0, (1, 0, 0, 0, 0))
    assert [row.name for row in own.now.by_person] == ["Rosa"]


def test_the_range_is_that_of_the_close_and_spam_is_in_no_figure(rated: Cast, clock: Clock) -> None:
    late = closed(rated, "luis", None)
    clock.advance(days=3)
    rated.sign_in("carla").write(ratings.rate, late, 5)
    manager = rated.sign_in("mara") if "mara" in rated.ids else rated.manager()
    assert manager.read(reports.satisfaction, TODAY).now.total.n == 0
    before = manager.read(reports.satisfaction, Ask(range="last-7-days")).now.total
    assert (before.n, before.satisfied) == (5, 3)
    rated.sign_in("luis").write(closing.spam, late)
    after = manager.read(reports.satisfaction, Ask(range="last-7-days")).now.total
    assert (after.n, after.satisfied, after.closed) == (4, 2, 5)


def test_a_comparison_says_that_more_satisfied_customers_are_better(rated: Cast, clock: Clock) -> None:
    clock.advance(days=1)
    closed(rated, "luis", 5)
    report = rated.manager().read(reports.satisfaction, Ask(range="today", compare="previous"))
    delta = {each.measure: each for each in report.deltas}[Measure.SATISFACTION]
    assert (delta.value, delta.n, delta.before, delta.before_n, delta.is_good) == (1.0, 1, 0.5, 4, True)
    records = report_records.of("satisfaction", report)
    found = [dict(zip(records.names, row, strict=True)) for row in records.rows]
    luis = next(row for row in found if row["name"] == "Luis")
    assert (luis["rated_5"], luis["before_rated_4"], luis["before_n"]) == (1, 1, 3)


@pytest.mark.parametrize("seed", [2])
def test_the_figures_agree_with_each_other_and_with_the_cycles(cast: Cast, clock: Clock, seed: int) -> None:
    numbers = work_for_weeks(cast, clock, seed, steps=150)
    given = 0
    for at, number in enumerate(numbers):
        try:
            cast.sign_in("carla").write(ratings.rate, number, at % 5 + 1)
            given += 1
        except DeskError:
            continue
    assert given > 5
    assert cast.itself.read(proof.check) == ()

    def stored(work: Work) -> list[Any]:
        cycle = table(Cycle)
        return list(
            work.session.execute(
                sa.select(cycle.c.rating).where(
                    cycle.c.closed_at.is_not(None), cycle.c.rating.is_not(None), sa.not_(cycle.c.is_voided)
                )
            ).scalars()
        )

    wanted = cast.itself.read(stored)
    manager, asked = cast.manager(), Ask(range=WHOLE)
    report = manager.read(reports.satisfaction, asked).now
    team = manager.read(reports.team, asked).now
    assert report.total.counts == tuple(wanted.count(rating) for rating in range(1, 6))
    assert report.total.satisfied == sum(rating >= 4 for rating in wanted)
    assert manager.read(reports.summary, asked).now.ratings == report.total
    assert report.total.closed == team.total.resolved == manager.read(reports.volume, asked).now.closed
    for rows in (report.by_person, report.by_topic):
        assert sum(row.ratings.n for row in rows) == report.total.n
        assert sum(row.ratings.closed for row in rows) == report.total.closed
    resolved = {row.account_id: row.resolved for row in team.rows if row.closer is Closer.OPERATOR}
    for row in report.by_person:
        if row.id is not None:
            assert row.ratings.closed == resolved[row.id]

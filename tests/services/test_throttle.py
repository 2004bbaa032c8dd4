from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from sysmo_tui.desk import Desk, Work
from sysmo_tui.mail.keeping import mail_caller
from sysmo_tui.models import Throttle, table
from sysmo_tui.services import throttle
from tests.cast import Clock

HOUR = timedelta(hours=1)


def test_something_may_be_done_so_often_in_each_hour_that_began_with_the_first(desk: Desk, clock: Clock):
    def may(key: str = "a", limit: int = 2) -> bool:
        return desk.settle(mail_caller(), throttle.allows, "test", key, limit=limit, within=HOUR)

    assert [may(), may(), may()] == [True, True, False]
    assert may("b"), "others have an hour of their own"
    clock.advance(minutes=59)
    assert not may()
    assert may(limit=3), "a higher limit counts at once"
    clock.advance(minutes=1)
    assert [may(), may(), may()] == [True, True, False]
    clock.advance(hours=-1)
    assert may(), "a clock that was set back keeps nobody waiting"
    assert not may("c", limit=0)


def test_a_bucket_that_counts_nothing_begins_with_the_next_use(desk: Desk, clock: Clock):
    def forget(work: Work) -> None:
        work.session.execute(sa.update(table(Throttle)).values(failures=0))

    def may() -> bool:
        return desk.settle(mail_caller(), throttle.allows, "test", "a", limit=1, within=HOUR)

    assert may()
    desk.settle(mail_caller(), forget)
    clock.advance(minutes=30)
    assert [may(), may()] == [True, False]
    clock.advance(minutes=45)
    assert not may(), "the hour began with the use, not with what was forgotten"
    clock.advance(minutes=15)
    assert may()

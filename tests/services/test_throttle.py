from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.errors import Forbidden, NotSignedIn
from sysmo_tui.mail.keeping import mail_caller
from sysmo_tui.models import Throttle, table
from sysmo_tui.services import signing_in, throttle
from tests.cast import PASSWORD, Cast, Clock

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


def test_a_guesser_with_a_network_of_addresses_is_one_source(desk: Desk, cast: Cast):
    def guess(last: int) -> None:
        caller = Caller(Channel.CLI, f"2001:db8:0:1::{last:x}", is_remote=True)
        with pytest.raises(NotSignedIn):
            signing_in.sign_in(Door(desk, caller), f"nobody{last}@customer.example", "no password at all")

    for last in range(throttle.FREE_FAILURES_OF_SOURCE):
        guess(last + 1)
    neighbour = Door(desk, Caller(Channel.CLI, "2001:db8:0:1:ffff::1", is_remote=True))
    with pytest.raises(Forbidden):
        signing_in.sign_in(neighbour, "carla@customer.example", "no password at all")
    cast.customer()
    elsewhere = Door(desk, Caller(Channel.CLI, "2001:db8:0:2::1", is_remote=True))
    assert signing_in.sign_in(elsewhere, "carla@customer.example", PASSWORD).email == "carla@customer.example"

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


def allowed(work: Work, key: str, limit: int, *, is_held: bool) -> bool:
    """Ask by one statement, or of a bucket that is held."""
    if is_held:
        throttle.hold(work, [("test", key), ("test", "another"), ("test", key)])
    return throttle.allows(work, "test", key, limit=limit, within=HOUR)


@pytest.mark.parametrize("is_held", [False, True])
def test_something_may_be_done_so_often_in_each_hour_that_began_with_the_first(
    desk: Desk, clock: Clock, is_held: bool
):
    def may(key: str = "a", limit: int = 2) -> bool:
        return desk.settle(mail_caller(), allowed, key, limit, is_held=is_held)

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


@pytest.mark.parametrize("is_held", [False, True])
def test_a_bucket_that_counts_nothing_begins_with_the_next_use(desk: Desk, clock: Clock, is_held: bool):
    def forget(work: Work) -> None:
        work.session.execute(sa.update(table(Throttle)).values(failures=0))

    def may() -> bool:
        return desk.settle(mail_caller(), allowed, "a", 1, is_held=is_held)

    assert may()
    desk.settle(mail_caller(), forget)
    clock.advance(minutes=30)
    assert [may(), may()] == [True, False]
    clock.advance(minutes=45)
    assert not may(), "the hour began with the use, not with what was forgotten"
    clock.advance(minutes=15)
    assert may()


def test_what_is_held_is_counted_however_often_it_is_used(desk: Desk):
    def four_times(work: Work) -> list[bool]:
        return [allowed(work, "a", 3, is_held=not n) for n in range(4)]

    assert desk.settle(mail_caller(), four_times) == [True, True, True, False]
    assert not desk.settle(mail_caller(), allowed, "a", 3, is_held=False)
    assert desk.settle(mail_caller(), allowed, "a", 4, is_held=False)


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

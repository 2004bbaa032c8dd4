from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category, TicketField
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.services import closing, editing, follow_ups, proof, snoozing, tickets
from tests.cast import Cast, Clock
from tests.services import requests as ask


def test_what_is_put_off_is_on_hold_until_its_day_and_comes_back_by_itself(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    number = ask.file(customer)
    put_off = operator.write(snoozing.snooze, number, "+2d")
    assert put_off.category is Category.HOLD
    clock.advance(days=2)
    assert cast.itself.write(follow_ups.wake_due) == 1
    seen = ask.as_staff(cast.sign_in("luis"), number)
    assert (seen.row.category, seen.row.follow_up_at) == (Category.OPEN, None)
    assert cast.itself.read(proof.check) == ()


def test_what_waits_for_its_customer_goes_on_waiting(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(editing.edit, number, {TicketField.STATUS: "waiting"})
    assert operator.write(snoozing.snooze, number, "tomorrow").category is Category.WAITING
    assert operator.write(snoozing.wake, number).category is Category.OPEN


def test_waking_takes_the_date_away_once(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    operator.write(snoozing.snooze, number, "+1w")
    assert operator.write(snoozing.wake, number).category is Category.OPEN
    assert ask.as_staff(operator, number).row.follow_up_at is None
    with pytest.raises(Conflict):
        operator.write(snoozing.wake, number)


@pytest.mark.parametrize("until", ["today", "yesterday", "2020-01-31", "soon", ""])
def test_only_a_day_after_today_puts_off(customer: Door, operator: Door, until: str):
    number = ask.file(customer)
    with pytest.raises(Invalid) as refused:
        operator.write(snoozing.snooze, number, until)
    assert refused.value.field == "until"
    assert ask.as_staff(operator, number).row.category is Category.NEW


def test_a_closed_ticket_is_not_put_off(customer: Door, operator: Door):
    number = ask.file(customer)
    customer.write(closing.close, number)
    with pytest.raises(Conflict):
        operator.write(snoozing.snooze, number, "+1d")
    with pytest.raises(Forbidden):
        customer.write(snoozing.snooze, number, "+1d")

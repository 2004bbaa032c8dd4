from __future__ import annotations

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category, TicketField
from sysmo_tui.services import editing, follow_ups, proof
from tests.cast import Cast, Clock
from tests.services import requests as ask


def test_a_waiting_ticket_wakes_on_its_follow_up_date(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    number = ask.file(customer)
    operator.write(editing.edit, number, {TicketField.STATUS: "waiting", TicketField.FOLLOW_UP: "+2d"})
    assert cast.itself.write(follow_ups.wake_due) == 0
    clock.advance(days=2)
    operator = cast.sign_in("luis")
    assert cast.itself.write(follow_ups.wake_due) == 1
    assert cast.itself.write(follow_ups.wake_due) == 0
    seen = ask.as_staff(operator, number)
    assert seen.row.category is Category.OPEN
    assert seen.entries[-1].body == follow_ups.REMINDER
    assert [entry.body for entry in ask.as_customer(cast.sign_in("carla"), number).entries] == [
        "Smoke comes out."
    ]


def test_a_follow_up_date_wakes_its_ticket_once(cast: Cast, customer: Door, operator: Door, clock: Clock):
    number = ask.file(customer)
    dates = {TicketField.FOLLOW_UP: "+2d", TicketField.ACTION_DUE: "+9d"}
    operator.write(editing.edit, number, {TicketField.STATUS: "on-hold", **dates})
    clock.advance(days=3)
    operator = cast.sign_in("luis")
    assert cast.itself.write(follow_ups.wake_due) == 1
    row = ask.as_staff(operator, number).row
    assert row.follow_up_at is None
    assert row.due_at is not None
    assert row.due_at.date() > clock.now.date()
    operator.write(editing.edit, number, {TicketField.STATUS: "on-hold"})
    clock.advance(days=1)
    assert not cast.itself.read(follow_ups.is_any_due)
    assert cast.itself.write(follow_ups.wake_due) == 0
    assert cast.itself.read(proof.check) == ()

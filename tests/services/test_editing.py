from __future__ import annotations

from datetime import date

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.services import editing
from sysmo_tui.services.editing import TicketField
from tests.cast import Cast
from tests.services import requests as ask


def test_edits_of_different_fields_merge_and_of_the_same_field_conflict(
    cast: Cast, customer: Door, operator: Door
):
    number = ask.file(customer)
    rita = cast.operator("rita")
    seen_by_luis = operator.read(editing.originals, number)
    seen_by_rita = rita.read(editing.originals, number)
    operator.write(editing.edit, number, {TicketField.SUBJECT: "Fire!"}, seen=seen_by_luis)
    rita.write(editing.edit, number, {TicketField.PRIORITY: "urgent"}, seen=seen_by_rita)
    with pytest.raises(Conflict) as refused:
        rita.write(editing.edit, number, {TicketField.SUBJECT: "Smoke"}, seen=seen_by_rita)
    assert refused.value.field == "subject"
    row = ask.as_staff(operator, number).row
    assert (row.subject, row.priority) == ("Fire!", "Urgent")


def test_every_field_can_be_edited_and_read_back(cast: Cast, customer: Door, operator: Door):
    cast.topic("Hardware")
    number = ask.file(customer)
    wanted = {
        TicketField.SUBJECT: "[b]Printer[/b]",
        TicketField.STATUS: "waiting",
        TicketField.PRIORITY: "high",
        TicketField.TYPE: "incident",
        TicketField.TOPIC: "hardware",
        TicketField.OWNER: cast.email("luis"),
        TicketField.IMPACT: "high",
        TicketField.URGENCY: "low",
        TicketField.FOLLOW_UP: "2026-04-01",
        TicketField.ACTION_DUE: "2026-03-20",
        TicketField.CONTACT_EMAIL: "other@customer.example",
    }
    operator.write(editing.edit, number, wanted)
    assert operator.read(editing.originals, number) == wanted
    row = ask.as_staff(operator, number).row
    assert (row.action_due_at, row.follow_up_at) == (date(2026, 3, 20), date(2026, 4, 1))
    assert row.due_at is not None
    assert row.due_at.isoformat() == "2026-03-21T02:59:59+00:00"


def test_urgency_and_impact_give_the_priority_unless_it_is_set_directly(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(editing.edit, number, {TicketField.IMPACT: "high", TicketField.URGENCY: "high"})
    assert ask.as_staff(operator, number).row.priority == "Urgent"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (TicketField.SUBJECT, ""),
        (TicketField.STATUS, "resolved"),
        (TicketField.STATUS, "closed"),
        (TicketField.PRIORITY, "extreme"),
        (TicketField.TYPE, "wish"),
        (TicketField.TOPIC, "nowhere"),
        (TicketField.OWNER, "carla@customer.example"),
        (TicketField.IMPACT, "huge"),
        (TicketField.FOLLOW_UP, "31/12"),
        (TicketField.CONTACT_EMAIL, "carla"),
    ],
)
def test_a_bad_value_is_refused_and_none_of_the_edit_happens(
    customer: Door, operator: Door, field: TicketField, value: str
):
    number = ask.file(customer)
    before = operator.read(editing.originals, number)
    with pytest.raises(Invalid):
        operator.write(editing.edit, number, {TicketField.TYPE: "claim", field: value})
    assert operator.read(editing.originals, number) == before


def test_status_edits_close_and_reopen(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.reply(operator, number)
    operator.write(editing.edit, number, {TicketField.STATUS: "closed"})
    assert ask.as_staff(operator, number).row.category is Category.CLOSED
    operator.write(editing.edit, number, {TicketField.STATUS: "in-progress"})
    assert ask.as_staff(operator, number).row.closed_at is None


def test_customers_do_not_edit(customer: Door):
    with pytest.raises(Forbidden):
        customer.write(editing.edit, ask.file(customer), {TicketField.SUBJECT: "Mine"})

from __future__ import annotations

from datetime import date

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category, TicketField
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.i18n import render
from sysmo_tui.services import editing, tagging, thread, tickets, topic_upkeep
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.services.topic_upkeep import TopicEdits
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
    assert render(refused.value.message) == "Someone changed #1 meanwhile: subject. Look at it again."
    assert ": asunto." in render(refused.value.message, "es")
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


def test_what_is_shown_in_any_language_can_be_typed(customer: Door, operator: Door):
    number = ask.file(customer)
    typed = {
        TicketField.STATUS: "En espera",
        TicketField.PRIORITY: "urgente",
        TicketField.TYPE: "INCIDENTE",
        TicketField.URGENCY: "alta",
        TicketField.IMPACT: "menor",
    }
    operator.write(editing.edit, number, typed)
    now = operator.read(editing.originals, number)
    assert {field: now[field] for field in typed} == {
        TicketField.STATUS: "waiting",
        TicketField.PRIORITY: "urgent",
        TicketField.TYPE: "incident",
        TicketField.URGENCY: "high",
        TicketField.IMPACT: "low",
    }


def test_urgency_and_impact_give_the_priority_unless_it_is_set_directly(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(editing.edit, number, {TicketField.IMPACT: "high", TicketField.URGENCY: "high"})
    assert ask.as_staff(operator, number).row.priority == "Urgent"


@pytest.mark.parametrize("edits", [{TicketField.URGENCY: "normal"}, {TicketField.IMPACT: "high"}])
def test_a_priority_that_somebody_chose_stays_whatever_urgency_and_impact_become(
    customer: Door, operator: Door, edits: dict[TicketField, str]
):
    number = ask.file(customer)
    operator.write(editing.edit, number, {TicketField.PRIORITY: "urgent"})
    operator.write(editing.edit, number, edits)
    assert ask.as_staff(operator, number).row.priority == "Urgent"


def test_the_priority_of_the_topic_stays_until_somebody_says_how_urgent_it_is(
    cast: Cast, customer: Door, operator: Door
):
    cast.admin().write(topic_upkeep.edit, "general", TopicEdits(default_priority="low"))
    number = ask.file(customer)
    operator.write(editing.edit, number, {TicketField.URGENCY: "normal", TicketField.SUBJECT: "Fire"})
    assert ask.as_staff(operator, number).row.priority == "Low"
    operator.write(editing.edit, number, {TicketField.URGENCY: "high"})
    assert ask.as_staff(operator, number).row.priority == "High"


def test_an_edit_that_changes_nothing_says_so_and_leaves_no_trace(customer: Door, operator: Door):
    number = ask.file(customer)
    before = ask.as_staff(operator, number, with_history=True)
    same = operator.write(editing.edit, number, operator.read(editing.originals, number))
    assert not same.is_changed
    assert ask.as_staff(operator, number, with_history=True) == before
    assert operator.write(editing.edit, number, {TicketField.SUBJECT: "Fire"}).is_changed


def test_a_ticket_that_somebody_has_is_not_new(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    with pytest.raises(Conflict):
        operator.write(editing.edit, number, {TicketField.STATUS: "new"})
    with pytest.raises(Conflict):
        operator.write(thread.reply, number, Outgoing("Hello.", status="new"))
    assert ask.as_staff(operator, number).row.category is Category.OPEN
    operator.write(tickets.release, number)
    assert ask.as_staff(operator, number).row.category is Category.NEW


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
        (TicketField.ACTION_DUE, "31/12"),
        (TicketField.CONTACT_EMAIL, "carla"),
    ],
)
def test_a_bad_value_is_refused_and_none_of_the_edit_happens(
    customer: Door, operator: Door, field: TicketField, value: str
):
    number = ask.file(customer)
    before = operator.read(editing.originals, number)
    with pytest.raises(Invalid) as refused:
        operator.write(editing.edit, number, {TicketField.TYPE: "claim", field: value})
    assert refused.value.field == field
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


def test_a_form_is_saved_whole_or_not_at_all(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tagging.tag, number, ("old", "stays"))
    stored = operator.read(editing.originals, number)
    edits = {TicketField.SUBJECT: "Smoke", TicketField.FOLLOW_UP: "2026-04-01"}
    with pytest.raises(Invalid) as refused:
        operator.write(
            editing.save, number, edits, seen=stored, tag=["fine", "a,b"], untag=["old"], watches=True
        )
    assert refused.value.field == "tag"
    before = ask.as_staff(operator, number)
    assert operator.read(editing.originals, number) == stored
    assert (before.tags, before.is_watched) == (("old", "stays"), False)
    operator.write(editing.save, number, edits, seen=stored, tag=["fine"], untag=["old"], watches=True)
    after = ask.as_staff(operator, number, with_history=True)
    assert (after.row.subject, after.tags, after.is_watched) == ("Smoke", ("fine", "stays"), True)
    done = [line.batch for line in after.events if line.kind in ("edited", "tagged", "untagged", "watched")]
    assert done[-4:] == [done[-1]] * 4


def test_a_form_conflicts_with_what_others_changed_meanwhile(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tagging.tag, number, ("old",))
    stored = operator.read(editing.originals, number)
    rita = cast.operator("rita")
    rita.write(editing.edit, number, {TicketField.SUBJECT: "Fire!"})
    rita.write(tagging.untag, number, ("old",))
    operator.write(
        editing.save, number, {TicketField.TYPE: "claim"}, seen=stored, untag=["old"], watches=False
    )
    with pytest.raises(Conflict) as refused:
        operator.write(editing.save, number, {TicketField.SUBJECT: "Smoke"}, seen=stored, watches=False)
    assert refused.value.field == "subject"
    assert ask.as_staff(operator, number).row.subject == "Fire!"


@pytest.mark.parametrize("watches", [True, False])
def test_a_form_may_give_the_ticket_away(cast: Cast, customer: Door, operator: Door, watches: bool):
    cast.topic("Hardware")
    number = ask.file(customer)
    stored = operator.read(editing.originals, number)
    edits = {TicketField.TOPIC: "hardware"}
    operator.write(editing.save, number, edits, seen=stored, tag=["moved"], watches=watches)
    seen = ask.as_staff(cast.admin(), number)
    assert (seen.row.topic, seen.tags, len(seen.watchers)) == ("Hardware", ("moved",), int(watches))


def test_customers_save_no_form(customer: Door):
    number = ask.file(customer)
    with pytest.raises(Forbidden):
        customer.write(editing.save, number, {}, seen={}, watches=True)

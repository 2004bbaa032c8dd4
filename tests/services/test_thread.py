from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category, EntryKind, TicketField, Visibility
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.services import closing, editing, reading, thread
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.services.thread_pages import Page
from tests.cast import Cast, Clock
from tests.services import requests as ask


def test_a_staff_reply_takes_an_unassigned_ticket_and_reaches_the_customer(
    customer: Door, operator: Door, clock: Clock
):
    number = ask.file(customer)
    answered_at = clock.advance(minutes=20)
    ask.reply(operator, number, "Unplug it, please.")
    row = ask.as_staff(operator, number).row
    assert (row.category, row.assignee and row.assignee.name) == (Category.OPEN, "Luis")
    assert row.first_response_at == answered_at
    assert [entry.body for entry in ask.as_customer(customer, number).entries] == [
        "Smoke comes out.",
        "Unplug it, please.",
    ]


def test_a_reply_may_put_the_ticket_to_waiting_and_the_customers_answer_back_in_progress(
    customer: Door, operator: Door
):
    number = ask.file(customer)
    ask.reply(operator, number, "Which floor?", status="waiting")
    assert ask.as_customer(customer, number).row.status == "Waiting for you"
    ask.reply(customer, number, "The third.")
    assert ask.as_staff(operator, number).row.category is Category.OPEN


def test_a_held_ticket_stays_on_hold_unless_its_topic_says_otherwise(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(editing.edit, number, {TicketField.STATUS: "on-hold"})
    ask.reply(customer, number, "Any news?")
    assert ask.as_staff(operator, number).row.category is Category.HOLD
    assert ask.as_customer(customer, number).row.category is Category.OPEN


def test_a_customers_reply_reopens_a_closed_ticket(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(closing.close, number, message=Outgoing("Solved."))
    ask.reply(customer, number, "It burns again.")
    assert ask.as_staff(operator, number).row.category is Category.OPEN


def test_a_note_is_for_staff_only(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.note(operator, number, "He pours coffee into it.")
    assert ask.as_staff(operator, number).entries[-1].visibility is Visibility.INTERNAL
    assert all("coffee" not in entry.body for entry in ask.as_customer(customer, number).entries)
    with pytest.raises(Forbidden):
        ask.note(customer, number)


def test_a_reply_over_a_message_that_its_author_did_not_see_is_refused(
    cast: Cast, customer: Door, operator: Door
):
    number = ask.file(customer)
    seen = ask.as_staff(operator, number).entries[-1].key
    ask.reply(customer, number, "Never mind, it was the toaster.")
    with pytest.raises(Conflict):
        ask.reply(operator, number, "A technician is coming.", seen=seen)
    assert len(ask.as_staff(operator, number).entries) == 2
    newest = ask.as_staff(operator, number).entries[-1].key
    ask.note(cast.operator("rita"), number)
    ask.reply(operator, number, "Good!", seen=newest)


def test_a_reply_over_ones_own_from_elsewhere_is_refused_as_that(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    seen = ask.as_staff(operator, number).entries[-1].key
    ask.reply(cast.sign_in("luis"), number, "A technician is coming.")
    with pytest.raises(Conflict, match="yourself") as refusal:
        ask.reply(operator, number, "A technician is coming.", seen=seen)
    assert refusal.value.field == "seen"
    ask.reply(customer, number, "Thank you!")
    with pytest.raises(Conflict, match="newer message"):
        ask.reply(operator, number, "A technician is coming.", seen=seen)


def test_reply_and_close_in_one_step(customer: Door, operator: Door):
    number = ask.file(customer)
    done = operator.write(thread.reply, number, Outgoing("New fuser installed.", closes=True))
    assert done.category is Category.CLOSED
    assert ask.as_customer(customer, number).row.status == "Closed"


def test_an_operator_is_a_customer_on_an_own_ticket_outside_the_own_topics(cast: Cast, operator: Door):
    cast.topic("Payroll")
    number = ask.file(operator, topic="payroll")
    cast.operator("paula", topics=["payroll"])
    ask.note(cast.operator("paula"), number, "canary")
    assert [entry.kind for entry in ask.as_customer(operator, number).entries] == [EntryKind.REQUEST]
    ask.reply(operator, number, "Please hurry.")
    assert ask.as_staff(cast.operator("paula"), number).row.first_response_at is None


def test_one_does_not_answer_oneself(cast: Cast, admin: Door):
    number = ask.file(admin)
    ask.reply(admin, number, "More details.")
    assert ask.as_staff(admin, number).row.first_response_at is None


def test_files_travel_with_entries_and_internal_ones_stay_internal(customer: Door, operator: Door):
    number = ask.file(customer, files=(ask.upload(customer, b"photo", "photo.jpg"),))
    operator.write(thread.attach, number, (ask.upload(operator, b"secret", "cost.xls"),), is_internal=True)
    operator.write(thread.attach, number, (ask.upload(operator, b"manual", "manual.pdf"),))
    names = [f.filename for entry in ask.as_customer(customer, number).entries for f in entry.files]
    assert names == ["photo.jpg", "manual.pdf"]


def test_empty_words_and_empty_attachments_are_refused(customer: Door):
    number = ask.file(customer)
    with pytest.raises(Invalid):
        ask.reply(customer, number, "  \n ")
    with pytest.raises(Invalid):
        customer.write(thread.attach, number, ())


def test_a_long_thread_is_read_from_its_end(customer: Door, operator: Door):
    number = ask.file(customer)
    for n in range(12):
        ask.reply(customer, number, f"message {n}")
    newest = ask.as_customer(customer, number, page=Page(5))
    assert [entry.body for entry in newest.entries] == [f"message {n}" for n in range(7, 12)]
    assert newest.older_entries == 8
    before = ask.as_customer(customer, number, page=Page(5, before=newest.entries[0].key))
    assert [entry.body for entry in before.entries] == [f"message {n}" for n in range(2, 7)]
    assert (before.older_entries, before.newer_entries) == (3, 5)
    middle = ask.as_customer(customer, number, page=Page(5, before=before.entries[0].key, further=3))
    assert [entry.body for entry in middle.entries] == [f"message {n}" for n in range(5)]
    assert (middle.older_entries, middle.newer_entries) == (1, 7)
    last = ask.as_customer(customer, number, page=Page(2, before=before.entries[0].key, further=99))
    assert last.entries == newest.entries[3:]
    assert last.newer_entries == newest.newer_entries == 0


def test_the_history_of_a_long_ticket_begins_with_the_first_entry_that_is_shown(
    clock: Clock, customer: Door, operator: Door
):
    number = ask.file(customer)
    for n in range(6):
        clock.advance(minutes=1)
        ask.reply(customer, number, f"question {n}")
        ask.reply(operator, number, f"answer {n}")
    whole = ask.as_staff(operator, number, page=Page(1), with_history=True, is_whole=True)
    newest = ask.as_staff(operator, number, page=Page(3), with_history=True)
    assert whole.events == ask.as_staff(operator, number, with_history=True).events
    assert whole.mails == ask.as_staff(operator, number, with_history=True).mails != ()
    assert newest.events == tuple(event for event in whole.events if event.at >= newest.entries[0].at)
    assert 0 < len(newest.events) < len(whole.events)
    assert newest.mails == ()
    seen = [ask.as_customer(customer, number, with_history=True, **more) for more in ({}, {"page": Page(3)})]
    assert seen[1].events == tuple(event for event in seen[0].events if event.at >= seen[1].entries[0].at)


def test_reading_marks_what_was_seen(customer: Door, operator: Door):
    number = ask.file(customer)
    assert ask.as_staff(operator, number).row.is_unread
    ask.open_ticket(operator, number)
    assert not ask.as_staff(operator, number).row.is_unread
    ask.note(operator, number)
    ask.reply(customer, number, "More smoke.")
    assert ask.as_staff(operator, number).row.is_unread


def test_what_arrives_while_one_reads_stays_unread(customer: Door, operator: Door):
    number = ask.file(customer)
    shown = ask.as_staff(operator, number)
    ask.reply(customer, number, "The smoke is black now.")
    operator.touch(reading.mark_read, number, shown.entries[-1].key)
    assert ask.as_staff(operator, number).row.is_unread
    ask.open_ticket(operator, number)
    assert not ask.as_staff(operator, number).row.is_unread
    operator.touch(reading.mark_read, number, shown.entries[-1].key)
    assert not ask.as_staff(operator, number).row.is_unread


def test_what_one_writes_leaves_unread_what_stands_below_it(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.open_ticket(operator, number)
    ask.note(operator, number)
    assert not ask.as_staff(operator, number).row.is_unread
    ask.reply(customer, number, "The smoke is black now.")
    ask.note(operator, number)
    ask.reply(operator, number)
    assert ask.as_staff(operator, number).row.is_unread


def test_a_customers_own_words_are_read_whatever_note_stands_below_them(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.note(operator, number)
    ask.reply(customer, number, "More smoke.")
    assert not ask.as_customer(customer, number).row.is_unread
    ask.reply(operator, number)
    ask.note(operator, number)
    ask.reply(customer, number, "Even more smoke.")
    assert ask.as_customer(customer, number).row.is_unread


def test_staff_who_ask_elsewhere_learn_nothing_of_notes_by_what_is_unread(cast: Cast, operator: Door):
    rita = cast.operator("rita", topics=[])
    number = ask.file(rita)
    ask.note(operator, number)
    ask.reply(rita, number, "More smoke.")
    assert not ask.as_customer(rita, number).row.is_unread


def test_staff_who_ask_in_their_own_topic_see_that_a_note_is_unread(cast: Cast, operator: Door):
    rita = cast.operator("rita")
    number = ask.file(rita)
    ask.note(operator, number)
    ask.reply(rita, number, "More smoke.")
    assert ask.as_staff(rita, number).row.is_unread


def test_a_customer_marks_nothing_by_the_key_of_a_note(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.reply(operator, number)
    key = ask.note(operator, number)
    customer.touch(reading.mark_read, number, key)
    assert ask.as_customer(customer, number).row.is_unread


def test_a_stranger_reads_nothing(cast: Cast, customer: Door):
    number = ask.file(customer)
    with pytest.raises(NotFound):
        ask.as_customer(cast.customer("otto"), number)


def test_people_of_one_company_do_not_see_each_others_tickets(cast: Cast):
    number = ask.file(cast.customer("pia", company="Acme"))
    with pytest.raises(NotFound):
        ask.as_customer(cast.customer("paco", company="Acme"), number)


def test_a_reply_that_takes_tells_the_customer_who_looks_after_it(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.reply(operator, number)
    told = ask.as_customer(customer, number, with_history=True).events
    assert [(line.kind.value, line.who, line.status) for line in told[1:]] == [
        ("taken", "Luis", "In progress")
    ]
    ask.reply(operator, number)
    assert len(ask.as_customer(customer, number, with_history=True).events) == len(told)

from __future__ import annotations

import pytest

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import Category, Cause, EventKind, MailReason, Template, Verdict
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.services import (
    closing,
    deciding,
    desk_settings,
    proof,
    reading,
    reply_addresses,
    thread,
    topic_upkeep,
    topics,
)
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.services.topic_upkeep import TopicEdits
from tests import mails as mail
from tests.cast import Cast, Clock, mails
from tests.services import requests as ask


def closed(customer: Door, operator: Door) -> int:
    number = ask.file(customer)
    operator.write(closing.close, number, message=Outgoing("Solved."))
    return number


def policy(admin: Door, reopening: str, days: int | None = None) -> None:
    admin.write(topic_upkeep.edit, "general", TopicEdits(reopening=reopening, reopening_days=days))


def test_a_topic_says_what_an_answer_to_a_closed_ticket_does(admin: Door):
    policy(admin, "within", 7)
    view = admin.read(topics.show, "general")
    assert (view.reopening, view.reopening_days) == ("within", 7)
    for refused in (TopicEdits(reopening="sometimes"), TopicEdits(reopening_days=0)):
        with pytest.raises(Invalid):
            admin.write(topic_upkeep.edit, "general", refused)


def test_where_a_topic_never_reopens_a_reply_is_a_new_ticket_that_goes_on_with_the_closed_one(
    cast: Cast, admin: Door, operator: Door, customer: Door
):
    policy(admin, "never")
    number = closed(customer, operator)
    filed = customer.write(thread.reply, number, Outgoing("It burns again."))
    assert filed.number != number
    assert filed.continues == number
    old, new = ask.as_staff(operator, number), ask.as_staff(operator, filed.number)
    assert (old.row.category, new.row.category) == (Category.CLOSED, Category.NEW)
    assert (old.continued_by, new.continues) == (filed.number, number)
    assert new.row.subject == old.row.subject
    assert [entry.body for entry in new.entries] == ["It burns again."]
    assert ask.as_customer(customer, filed.number).continues == number
    history = operator.read(reading.show, filed.number, with_history=True).events
    assert history[0].cause == f"{Cause.CONTINUES}:{number}"
    assert cast.itself.read(proof.check) == ()


def test_a_closed_ticket_opens_again_for_some_days_and_then_no_more(
    cast: Cast, admin: Door, operator: Door, customer: Door, clock: Clock
):
    policy(admin, "within", 7)
    number = closed(customer, operator)
    clock.advance(days=6)
    customer, operator = cast.sign_in("carla"), cast.sign_in("luis")
    assert customer.write(thread.reply, number, Outgoing("Again.")).number == number
    operator.write(closing.close, number, message=Outgoing("Solved again."))
    clock.advance(days=8)
    assert cast.sign_in("carla").write(thread.reply, number, Outgoing("And again.")).continues == number


def test_an_answer_by_mail_follows_the_topics_policy_too(
    cast: Cast, desk: Desk, admin: Door, operator: Door, customer: Door
):
    number = closed(customer, operator)
    sent = [each for each in mails(desk) if each.template is Template.CLOSED][-1]
    answer = {"in_reply_to": (sent.message_id,), "body": "It burns again."}
    reopened = mail.deliver(desk, mail.understood(cast.email("carla"), **answer))
    assert (reopened.verdict, reopened.ticket_number) == (Verdict.REPLY, number)
    assert ask.as_staff(operator, number).row.category is Category.OPEN
    operator.write(closing.close, number, message=Outgoing("Solved."))
    policy(admin, "never")
    linked = mail.deliver(desk, mail.understood(cast.email("carla"), **answer))
    assert (linked.verdict, linked.reason) == (Verdict.TICKET, MailReason.CONTINUES_CLOSED)
    assert ask.as_staff(operator, linked.ticket_number or 0).continues == number
    assert ask.as_staff(operator, number).row.category is Category.CLOSED


def test_answers_to_a_closed_ticket_go_into_the_open_one_that_goes_on_with_it(
    cast: Cast, desk: Desk, admin: Door, operator: Door, customer: Door
):
    policy(admin, "never")
    number = closed(customer, operator)
    sent = [each for each in mails(desk) if each.template is Template.CLOSED][-1]
    answer = {"in_reply_to": (sent.message_id,)}
    first = mail.deliver(desk, mail.understood(cast.email("carla"), body="It burns again.", **answer))
    second = mail.deliver(desk, mail.understood(cast.email("carla"), body="And it smells.", **answer))
    filed = customer.write(
        thread.reply, number, Outgoing("Hello?", seen=ask.as_customer(customer, number).entries[-1].key)
    )
    assert (first.verdict, second.verdict) == (Verdict.TICKET, Verdict.REPLY)
    going_on = first.ticket_number or 0
    assert (second.ticket_number, filed.number, filed.continues) == (going_on, going_on, number)
    assert not filed.is_new
    thread_of_it = [entry.body for entry in ask.as_staff(operator, going_on).entries]
    assert thread_of_it == ["It burns again.", "And it smells.", "Hello?"]
    operator.write(closing.close, going_on, message=Outgoing("Solved."))
    third = mail.deliver(desk, mail.understood(cast.email("carla"), body="Once more.", **answer))
    assert third.verdict is Verdict.TICKET
    assert third.ticket_number != going_on
    assert cast.itself.read(proof.check) == ()


def test_what_goes_on_with_a_closed_ticket_is_not_shown_to_others_who_answer_that(
    cast: Cast, desk: Desk, admin: Door, operator: Door, customer: Door
):
    policy(admin, "never")
    number = closed(customer, operator)
    sent = [each for each in mails(desk) if each.template is Template.CLOSED][-1]
    answer = {"in_reply_to": (sent.message_id,)}
    held = mail.deliver(desk, mail.understood(**answer))
    operator.write(deciding.file_accepted, held.id, mail.understood(**answer), as_new=False, joins=True)
    mine = customer.write(thread.reply, number, Outgoing("It burns again."))
    theirs = mail.deliver(desk, mail.understood(**answer))
    assert mine.number != theirs.ticket_number
    assert ask.as_staff(operator, mine.number).entries[-1].body == "It burns again."


def test_mail_opens_a_ticket_again_three_times_an_hour_and_then_waits(
    cast: Cast, desk: Desk, operator: Door, customer: Door, clock: Clock
):
    number = ask.file(customer)
    verdicts = []
    for _ in range(4):
        operator.write(closing.close, number, message=Outgoing("Solved."))
        subject = f"Re: Printer [#{number}]"
        verdicts.append(mail.deliver(desk, mail.understood(cast.email("carla"), subject=subject)))
    assert [each.verdict for each in verdicts] == [*[Verdict.REPLY] * 3, Verdict.QUARANTINED]
    assert verdicts[-1].reason is MailReason.REOPENED_TOO_OFTEN
    clock.advance(hours=1)
    again = mail.deliver(desk, mail.understood(cast.email("carla"), subject=subject))
    assert again.verdict is Verdict.REPLY


def test_a_lone_digit_in_answer_to_the_closing_mail_rates_and_opens_nothing(
    cast: Cast, desk: Desk, operator: Door, customer: Door
):
    number = closed(customer, operator)
    sent = [each for each in mails(desk) if each.template is Template.CLOSED][-1]
    body = "5\n\nOn Wed, Mar 4, 2026 at 12:00, Desk <help@desk.example> wrote:\n> Solved.\n"
    decided = mail.deliver(
        desk, mail.understood(cast.email("carla"), in_reply_to=(sent.message_id,), body=body)
    )
    assert (decided.verdict, decided.reason) == (Verdict.SYSTEM, MailReason.RATING)
    view = operator.read(reading.show, number, with_history=True)
    assert view.row.category is Category.CLOSED
    assert view.events[-1].kind is EventKind.RATED
    elsewhere = mail.deliver(desk, mail.understood(cast.email("carla"), subject=f"[#{number}]", body="5"))
    assert elsewhere.verdict is Verdict.REPLY, "a digit that answers no closing mail is a word"


@pytest.mark.parametrize("whose", ["carla", "luis"])
def test_a_digit_rates_when_it_comes_to_the_senders_own_reply_address_alone(
    cast: Cast, desk: Desk, admin: Door, operator: Door, customer: Door, whose: str
):
    admin.write(desk_settings.change, "mail_comes_in", True)
    number = closed(customer, operator)
    where = reply_addresses.make(cast.itself.read(desk_settings.load), number, cast.email(whose))
    decided = mail.deliver(desk, mail.understood(cast.email("carla"), recipients=(where,), body="1"))
    is_own = whose == "carla"
    assert decided.verdict is (Verdict.SYSTEM if is_own else Verdict.REPLY)
    assert decided.reason is (MailReason.RATING if is_own else MailReason.REPLY_ADDRESS)

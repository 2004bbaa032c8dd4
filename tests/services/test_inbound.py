from __future__ import annotations

import threading

from sysmo_tui.desk import Desk, Door, command_for
from sysmo_tui.domain.enums import (
    AccountState,
    Category,
    Channel,
    MailClass,
    MailReason,
    Template,
    Verdict,
)
from sysmo_tui.mail.keeping import mail_caller
from sysmo_tui.services import closing, deciding, desk_settings, inbound, people
from sysmo_tui.services.inbound import Raw
from sysmo_tui.services.thread import Outgoing
from tests import mails as mail
from tests.cast import Cast, Clock, mails
from tests.services import requests as ask


def test_a_request_by_a_stranger_becomes_a_ticket_of_a_pending_customer_who_is_told(
    cast: Cast, desk: Desk, operator: Door
):
    decided = mail.deliver(desk, mail.understood())
    assert (decided.verdict, decided.reason) == (Verdict.TICKET, MailReason.NEW_REQUEST)
    view = ask.as_staff(operator, decided.ticket_number or 0)
    assert (view.row.subject, view.entries[0].body) == ("The printer burns", "Smoke comes out.")
    assert view.entries[0].channel is Channel.EMAIL
    known = cast.itself.read(people.by_address, mail.MARTA)
    assert known is not None
    assert (known.name, known.state) == ("Marta Díaz", AccountState.PENDING)
    told = {(each.address, each.template) for each in mails(desk)}
    assert told >= {(mail.MARTA, Template.ACKNOWLEDGED), ("luis@desk.example", Template.NEW_IN_TOPIC)}


def test_the_same_bytes_in_the_same_mailbox_are_one_mail_and_in_two_mailboxes_two(desk: Desk):
    same = Raw.whole(b"From: a@b.example\n\nhello")
    first = desk.settle(mail_caller(), inbound.keep, "sales", same)
    again = desk.settle(mail_caller(), inbound.keep, "sales", same)
    other = desk.settle(mail_caller(), inbound.keep, "help", same)
    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert first.id == again.id != other.id


def test_the_same_bytes_eight_times_at_once_are_one_mail_and_one_ticket(desk: Desk):
    arrived = mail.understood()
    done: list[int | None] = []

    def arrive() -> None:
        done.append(mail.deliver(desk, arrived, raw=b"the same").ticket_number)

    threads = [threading.Thread(target=arrive) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(done) == 8
    assert len(set(done)) == 1
    assert len(mail.kept(desk)) == 1


def test_two_mails_with_one_message_id_are_both_kept_and_both_filed(desk: Desk):
    first = mail.deliver(desk, mail.understood(message_id="<same@acme.example>", body="One."))
    second = mail.deliver(desk, mail.understood(message_id="<same@acme.example>", body="Two."))
    assert first.ticket_number != second.ticket_number
    assert {row.message_id for row in mail.kept(desk)} == {"<same@acme.example>"}


def test_an_answer_to_what_the_desk_sent_finds_its_ticket(desk: Desk, operator: Door):
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    ask.reply(operator, number, "Which one?", status="waiting")
    sent = [each for each in mails(desk) if each.address == mail.MARTA][-1]
    decided = mail.deliver(
        desk, mail.understood(in_reply_to=(sent.message_id,), subject="Whatever", body="The red one.")
    )
    assert (decided.verdict, decided.reason) == (Verdict.REPLY, MailReason.OWN_ID)
    view = ask.as_staff(operator, number)
    assert view.row.category is Category.OPEN
    assert view.entries[-1].body == "The red one."


def test_an_answer_to_the_senders_own_mail_finds_its_ticket(desk: Desk):
    first = mail.understood()
    number = mail.deliver(desk, first).ticket_number
    decided = mail.deliver(desk, mail.understood(references=("<other@x.example>", first.message_id)))
    assert (decided.ticket_number, decided.reason) == (number, MailReason.KNOWN_ID)


def test_forged_references_from_a_stranger_wait_for_an_operator(desk: Desk, operator: Door, customer: Door):
    number = ask.file(customer)
    ask.reply(operator, number, "Secret.")
    sent = [each for each in mails(desk) if each.template is Template.REPLIED][-1]
    decided = mail.deliver(desk, mail.understood("eve@evil.example", references=(sent.message_id,)))
    assert (decided.verdict, decided.reason) == (Verdict.QUARANTINED, MailReason.STRANGER)
    assert [entry.body for entry in ask.as_staff(operator, number).entries][-1] == "Secret."
    assert "eve@evil.example" not in {each.address for each in mails(desk)}


def test_a_guessed_number_is_a_new_request_and_the_right_persons_number_is_an_answer(
    cast: Cast, desk: Desk, customer: Door
):
    number = ask.file(customer)
    guessed = mail.deliver(desk, mail.understood("eve@evil.example", subject=f"Re: [#{number}]"))
    assert (guessed.verdict, guessed.reason) == (Verdict.TICKET, MailReason.NEW_REQUEST)
    right = mail.deliver(desk, mail.understood(cast.email("carla"), subject=f"Re: Printer [#{number}]"))
    assert (right.ticket_number, right.reason) == (number, MailReason.SUBJECT_NUMBER)


def test_a_mail_that_claims_to_be_from_an_operator_waits(
    cast: Cast, desk: Desk, operator: Door, customer: Door
):
    number = ask.file(customer)
    decided = mail.deliver(desk, mail.understood(cast.email("luis"), subject=f"[#{number}]", body="Close it"))
    assert (decided.verdict, decided.reason) == (Verdict.QUARANTINED, MailReason.FROM_OPERATOR)
    assert len(ask.as_staff(operator, number).entries) == 1


def test_what_the_desk_sent_itself_is_dropped(cast: Cast, desk: Desk):
    settings = cast.itself.read(desk_settings.load)
    looped = mail.deliver(desk, mail.understood(loop_marks=(settings.uuid,)))
    own = mail.deliver(desk, mail.understood(settings.reply_address))
    assert (looped.verdict, looped.reason) == (Verdict.DROPPED, MailReason.OWN_LOOP)
    assert (own.verdict, own.reason) == (Verdict.DROPPED, MailReason.OWN_ADDRESS)
    assert mails(desk) == []


def test_an_automatic_answer_is_kept_in_its_thread_and_changes_and_tells_nothing(
    desk: Desk, operator: Door, clock: Clock
):
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    operator.write(closing.close, number, message=Outgoing("Solved."))
    sent = [each for each in mails(desk) if each.address == mail.MARTA][-1]
    before = len(mails(desk))
    decided = mail.deliver(
        desk,
        mail.understood(
            in_reply_to=(sent.message_id,), mail_class=MailClass.AUTOMATIC, body="I am on holiday."
        ),
    )
    assert decided.verdict is Verdict.REPLY
    view = ask.as_staff(operator, number)
    assert view.row.category is Category.CLOSED
    assert view.entries[-1].body == "I am on holiday."
    assert len(mails(desk)) == before


def test_a_decided_mail_stays_as_it_was_decided(desk: Desk):
    first = mail.deliver(desk, mail.understood())
    command = command_for(deciding.decide)
    again = desk.write(mail_caller(), command, deciding.decide, first.id, mail.understood(None))
    assert again == first

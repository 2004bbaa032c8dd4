"""Mail that comes in, and what each becomes: a request, an answer, a note of the desk, or nothing yet."""

from __future__ import annotations

import threading

import pytest

from sysmo_tui.desk import Desk, Door, command_for
from sysmo_tui.domain.enums import (
    AccountState,
    Category,
    Cause,
    Channel,
    MailClass,
    MailReason,
    SenderStanding,
    Template,
    Verdict,
)
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.domain.incoming import DeliveryReport
from sysmo_tui.domain.kept import Raw
from sysmo_tui.mail.keeping import mail_caller
from sysmo_tui.services import (
    accounts,
    closing,
    deciding,
    desk_settings,
    inbound,
    message_ids,
    people,
    proof,
    reading,
    reply_addresses,
    senders,
    tickets,
    undeliverable,
)
from sysmo_tui.services.deciding import Decided
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


def test_copies_of_one_mail_that_are_decided_at_once_are_filed_once(desk: Desk):
    arrived = mail.understood()
    content = b"Message-ID: %s\r\n\r\nSmoke comes out." % arrived.message_id.encode()
    both_ready = threading.Barrier(2)
    decided: list[Decided] = []

    def decide(way: bytes) -> None:
        kept = desk.settle(
            mail_caller(), inbound.keep, "", Raw.whole(b"Received: by " + way + b"\r\n" + content)
        )
        both_ready.wait()
        command = command_for(deciding.decide, key=f"inbound:{kept.id}")
        decided.append(desk.write(mail_caller(), command, deciding.decide, kept.id, arrived))

    threads = [threading.Thread(target=decide, args=(way,)) for way in (b"one", b"two")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(str(each.verdict) for each in decided) == [Verdict.DROPPED, Verdict.TICKET]
    assert len({each.ticket_number for each in decided}) == 1


def test_what_a_machine_wrote_tells_nobody_when_it_is_accepted_either(
    desk: Desk, operator: Door, customer: Door
):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    sent = [each for each in mails(desk) if each.ticket_number == number][-1]
    written = mail.understood(in_reply_to=(sent.message_id,), mail_class=MailClass.AUTOMATIC)
    held = mail.deliver(desk, written)
    before = len(mails(desk))
    accepted = operator.write(deciding.file_accepted, held.id, written, as_new=False, joins=True)
    assert accepted.verdict is Verdict.REPLY
    assert len(mails(desk)) == before


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


def bounce(
    original: str, recipient: str, status: str = "5.1.1", text: str = "550 No such user", **given: object
):
    report = DeliveryReport(recipient, status, original, text)
    return mail.understood(
        "mailer-daemon@mx.example", mail_class=MailClass.BOUNCE, reports=(report,), **given
    )


def test_a_bounce_marks_the_address_and_the_ticket_even_a_closed_one_and_is_never_answered(
    cast: Cast, desk: Desk, operator: Door
):
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    operator.write(closing.close, number, message=Outgoing("Solved."))
    sent = [each for each in mails(desk) if each.address == mail.MARTA][-1]
    decided = mail.deliver(desk, bounce(sent.message_id, mail.MARTA))
    assert (decided.verdict, decided.reason, decided.ticket_number) == (
        Verdict.SYSTEM,
        MailReason.BOUNCED,
        number,
    )
    assert cast.itself.read(undeliverable.since, mail.MARTA) is not None
    view = ask.as_staff(operator, number)
    assert view.row.category is Category.CLOSED
    assert "550 No such user" in view.entries[-1].body
    assert "mailer-daemon@mx.example" not in {each.address for each in mails(desk)}


def test_the_words_of_a_bounce_name_its_status_once(cast: Cast, desk: Desk, operator: Door):
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    sent = [each for each in mails(desk) if each.address == mail.MARTA][-1]
    report = DeliveryReport(mail.MARTA, "5.1.1", sent.message_id, "550 5.1.1 No such user")
    mail.deliver(
        desk, mail.understood("mailer-daemon@mx.example", mail_class=MailClass.BOUNCE, reports=(report,))
    )
    assert f"{mail.MARTA}: 550 5.1.1 No such user" in ask.as_staff(operator, number).entries[-1].body


@pytest.mark.parametrize(
    ("status", "text", "marks"),
    [
        ("5.1.1", "550 No such user", True),
        ("5.0.0", "550 No such user", True),
        ("5.0.0", "550 5.7.26 This mail is unauthenticated", False),
        ("5.7.1", "550 Spam", False),
        ("5.2.2", "552 Mailbox full", False),
        ("5.3.4", "552 Too large", False),
        ("4.4.1", "Connection timed out", False),
    ],
)
def test_a_bounce_about_one_mail_or_for_now_is_told_and_marks_nothing(
    cast: Cast, desk: Desk, operator: Door, status: str, text: str, marks: bool
):
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    (sent,) = [each for each in mails(desk) if each.address == mail.MARTA]
    assert mail.deliver(desk, bounce(sent.message_id, mail.MARTA, status, text)).reason is MailReason.BOUNCED
    assert (cast.itself.read(undeliverable.since, mail.MARTA) is not None) is marks
    assert text in ask.as_staff(operator, number).entries[-1].body


def test_a_bounce_cannot_mark_an_address_that_the_desk_did_not_write_to(
    cast: Cast, desk: Desk, customer: Door
):
    mail.deliver(desk, mail.understood())
    sent = [each for each in mails(desk) if each.address == mail.MARTA][-1]
    mail.deliver(desk, bounce(sent.message_id, cast.email("carla")))
    assert cast.itself.read(undeliverable.since, cast.email("carla")) is None
    assert cast.itself.read(undeliverable.since, mail.MARTA) is None


def test_a_bounce_of_a_mail_that_is_forgotten_marks_none_of_those_who_take_part(
    cast: Cast, desk: Desk, operator: Door
):
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    ask.reply(operator, number, "Which one?")
    settings = cast.itself.read(desk_settings.load)
    forgotten = message_ids.make(settings.mail_key, "desk.example", number)
    for address in (cast.email("luis"), mail.MARTA):
        decided = mail.deliver(desk, bounce(forgotten, address))
        assert (decided.verdict, decided.ticket_number) == (Verdict.SYSTEM, number)
        assert cast.itself.read(undeliverable.since, address) is None
    assert ask.as_staff(operator, number).row.undeliverable_at is None


@pytest.mark.parametrize("evidence", ["message id", "reply address"])
def test_a_bounce_of_what_its_reader_answered_marks_nothing(
    cast: Cast, desk: Desk, operator: Door, clock: Clock, admin: Door, evidence: str
):
    admin.write(desk_settings.change, "mail_comes_in", True)
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    settings = cast.itself.read(desk_settings.load)
    [sent] = [each for each in mails(desk) if each.address == mail.MARTA]
    where = reply_addresses.make(settings, number, mail.MARTA)
    is_by_id = evidence == "message id"

    def returned() -> Decided:
        clock.advance(minutes=1)
        return mail.deliver(
            desk, bounce(sent.message_id if is_by_id else "", mail.MARTA, recipients=(where,))
        )

    clock.advance(minutes=1)
    mail.deliver(desk, mail.understood(in_reply_to=(sent.message_id,), body="With a copy to Eve."))
    assert returned().reason is MailReason.BOUNCED
    assert cast.itself.read(undeliverable.since, mail.MARTA) is None
    ask.reply(operator, number, "Thanks.")
    assert returned().reason is MailReason.BOUNCED
    assert cast.itself.read(undeliverable.since, mail.MARTA) is None


def test_a_bounce_to_a_reply_address_alone_is_told_on_the_ticket_and_marks_nothing(
    cast: Cast, desk: Desk, operator: Door, admin: Door
):
    admin.write(desk_settings.change, "mail_comes_in", True)
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    where = reply_addresses.make(cast.itself.read(desk_settings.load), number, mail.MARTA)
    decided = mail.deliver(desk, bounce("", mail.MARTA, recipients=(where,)))
    assert (decided.reason, decided.ticket_number) == (MailReason.BOUNCED, number)
    view = ask.as_staff(operator, number)
    assert f"{mail.MARTA}: " in view.entries[-1].body
    assert view.row.undeliverable_at is None
    assert cast.itself.read(undeliverable.since, mail.MARTA) is None


def test_a_bounce_that_names_many_fills_no_thread(desk: Desk, operator: Door):
    number = mail.deliver(desk, mail.understood()).ticket_number or 0
    sent = [each for each in mails(desk) if each.address == mail.MARTA][-1]
    made_up = tuple(DeliveryReport(f"x{n}@evil.example", "5.1.1", sent.message_id, "no") for n in range(100))
    mail.deliver(desk, mail.understood(mail_class=MailClass.BOUNCE, reports=made_up))
    assert len(ask.as_staff(operator, number).entries) == 6


def test_the_bytes_of_any_mail_are_only_for_who_holds_the_desk(desk: Desk, customer: Door, operator: Door):
    kept = mail.deliver(desk, mail.understood())
    for door in (customer, operator):
        with pytest.raises(Forbidden):
            door.read(inbound.raw, kept.id)


def test_a_bounce_of_what_the_desk_never_sent_is_dropped(desk: Desk):
    decided = mail.deliver(desk, bounce("<made@up.example>", mail.MARTA))
    assert (decided.verdict, decided.reason) == (Verdict.DROPPED, MailReason.UNKNOWN_BOUNCE)
    assert mails(desk) == []


def test_a_blocked_sender_is_dropped_and_one_allowed_more_precisely_is_not(desk: Desk, cast: Cast):
    manager = cast.manager()
    manager.write(senders.decide, "@evil.example", SenderStanding.BLOCKED)
    manager.write(senders.decide, "good@evil.example", SenderStanding.ALLOWED)
    assert mail.deliver(desk, mail.understood("eve@evil.example")).reason is MailReason.BLOCKED
    assert mail.deliver(desk, mail.understood("good@evil.example")).verdict is Verdict.TICKET


def test_a_disabled_account_and_a_mail_without_a_sender_wait(
    cast: Cast, desk: Desk, admin: Door, customer: Door
):
    admin.write(accounts.disable, cast.email("carla"))
    nobody = mail.deliver(desk, mail.understood(None))
    disabled = mail.deliver(desk, mail.understood(cast.email("carla")))
    assert (nobody.verdict, nobody.reason) == (Verdict.QUARANTINED, MailReason.NO_SENDER)
    assert (disabled.verdict, disabled.reason) == (Verdict.QUARANTINED, MailReason.DISABLED_ACCOUNT)


def test_the_name_of_a_sender_cannot_be_the_desks_or_an_operators(cast: Cast, desk: Desk, operator: Door):
    mail.deliver(desk, mail.understood(name="Luis"))
    known = cast.itself.read(people.by_address, mail.MARTA)
    assert known is not None
    assert known.name == "marta"


def test_what_is_empty_is_filed_all_the_same(desk: Desk, operator: Door):
    number = mail.deliver(desk, mail.understood(subject=" \n", body="\n\n")).ticket_number or 0
    view = ask.as_staff(operator, number)
    assert (view.row.subject, view.entries[0].body) == ("(no subject)", "(no text)")


def test_the_same_sender_and_subject_within_a_week_are_a_hint(
    cast: Cast, desk: Desk, operator: Door, clock: Clock
):
    first = mail.deliver(desk, mail.understood(subject="The Printer  burns")).ticket_number
    clock.advance(days=6)
    second = mail.deliver(desk, mail.understood(subject="the printer burns")).ticket_number or 0
    history = cast.sign_in("luis").read(reading.show, second, with_history=True).events
    assert history[0].cause == f"{Cause.LIKE}:{first}"


def test_a_collaborator_may_answer_and_a_new_one_joins_only_when_an_operator_says_so(
    cast: Cast, desk: Desk, operator: Door, customer: Door
):
    number = ask.file(customer)
    sent = [each for each in mails(desk) if each.address == cast.email("carla")][-1]
    stranger = {"in_reply_to": (sent.message_id,)}
    held = mail.deliver(desk, mail.understood(**stranger))
    assert held.reason is MailReason.STRANGER
    with pytest.raises(Invalid):
        operator.write(deciding.file_accepted, held.id, mail.understood(**stranger), as_new=False)
    accepted = operator.write(
        deciding.file_accepted, held.id, mail.understood(**stranger), as_new=False, joins=True
    )
    assert (accepted.verdict, accepted.reason) == (Verdict.REPLY, MailReason.ACCEPTED)
    with pytest.raises(Conflict):
        operator.write(deciding.file_accepted, held.id, mail.understood(**stranger), as_new=True)
    later = mail.deliver(desk, mail.understood(**stranger))
    assert (later.verdict, later.ticket_number) == (Verdict.REPLY, number)


def test_what_came_in_adds_up_and_the_history_proves_the_tickets(cast: Cast, desk: Desk, customer: Door):
    number = ask.file(customer)
    for each in (
        mail.understood(),
        mail.understood(cast.email("carla"), subject=f"[#{number}]"),
        mail.understood(None),
        mail.understood(mail_class=MailClass.BOUNCE),
    ):
        mail.deliver(desk, each)
    verdicts = [row.verdict for row in mail.kept(desk)]
    assert verdicts == [Verdict.TICKET, Verdict.REPLY, Verdict.QUARANTINED, Verdict.DROPPED]
    assert cast.itself.read(proof.check) == ()

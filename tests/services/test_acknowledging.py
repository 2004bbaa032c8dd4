"""How much one sender may ask by mail, and whom the desk tells that it came: neither bombs nor loops."""

from __future__ import annotations

import pytest

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import MailClass, MailReason, SenderStanding, Template, Verdict
from sysmo_tui.services import desk_settings, senders
from tests import mails as mail
from tests.cast import Cast, Clock, mails
from tests.services import requests as ask


def test_many_mails_from_one_victims_address_make_few_tickets_and_one_acknowledgement(
    desk: Desk, admin: Door, clock: Clock
):
    admin.write(desk_settings.change, "mail_tickets_per_hour", 5)
    decided = [mail.deliver(desk, mail.understood(subject=f"Bomb {n}")) for n in range(12)]
    assert [each.verdict for each in decided] == [Verdict.TICKET] * 5 + [Verdict.QUARANTINED] * 7
    assert {each.reason for each in decided[5:]} == {MailReason.TOO_MANY}
    assert [each.template for each in mails(desk) if each.address == mail.MARTA] == [Template.ACKNOWLEDGED]
    clock.advance(hours=1)
    assert mail.deliver(desk, mail.understood(subject="Later")).verdict is Verdict.TICKET


def test_an_address_with_something_behind_a_plus_sign_counts_as_the_same(desk: Desk, admin: Door):
    admin.write(desk_settings.change, "mail_tickets_per_hour", 3)
    decided = [mail.deliver(desk, mail.understood(f"Marta+{n}@acme.example")) for n in range(5)]
    assert [each.verdict for each in decided] == [Verdict.TICKET] * 3 + [Verdict.QUARANTINED] * 2
    assert [each.template for each in mails(desk)].count(Template.ACKNOWLEDGED) == 1
    assert mail.deliver(desk, mail.understood("+1@acme.example")).verdict is Verdict.TICKET


def test_a_sender_who_is_allowed_may_write_as_much_as_they_like(desk: Desk, cast: Cast, admin: Door):
    admin.write(desk_settings.change, "mail_tickets_per_hour", 1)
    cast.manager().write(senders.decide, mail.MARTA, SenderStanding.ALLOWED)
    assert {mail.deliver(desk, mail.understood()).verdict for _ in range(3)} == {Verdict.TICKET}


def test_all_acknowledgements_together_are_limited_too(desk: Desk, admin: Door):
    admin.write(desk_settings.change, "acknowledgements_per_hour", 2)
    for n in range(4):
        mail.deliver(desk, mail.understood(f"person{n}@acme.example"))
    told = [each.address for each in mails(desk) if each.template is Template.ACKNOWLEDGED]
    assert told == ["person0@acme.example", "person1@acme.example"]


@pytest.mark.parametrize(
    "sender",
    [
        "calendar-noreply@acme.example",
        "No_Reply.32@x.example",
        "MAILER-DAEMON@x.example",
        "postmaster@x.example",
    ],
)
def test_nobody_who_reads_no_mail_is_answered(desk: Desk, sender: str):
    assert mail.deliver(desk, mail.understood(sender)).verdict is Verdict.TICKET
    assert Template.ACKNOWLEDGED not in {each.template for each in mails(desk)}


def test_two_desks_that_answer_each_other_stop_by_themselves(desk: Desk, operator: Door):
    first = mail.deliver(desk, mail.understood("help@other.example"))
    for _ in range(3):
        sent = [each for each in mails(desk) if each.address == "help@other.example"]
        mail.deliver(
            desk,
            mail.understood(
                "help@other.example", in_reply_to=(sent[-1].message_id,), mail_class=MailClass.AUTOMATIC
            ),
        )
    assert len([each for each in mails(desk) if each.address == "help@other.example"]) == 1
    assert len(ask.as_staff(operator, first.ticket_number or 0).entries) == 4


def test_someone_who_answers_every_mail_gets_no_second_one(desk: Desk, operator: Door):
    mail.deliver(desk, mail.understood("sink@acme.example"))
    for _ in range(5):
        sent = [each for each in mails(desk) if each.address == "sink@acme.example"]
        mail.deliver(desk, mail.understood("sink@acme.example", in_reply_to=(sent[-1].message_id,)))
    assert len([each for each in mails(desk) if each.address == "sink@acme.example"]) == 1

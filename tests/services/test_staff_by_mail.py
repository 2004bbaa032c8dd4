"""Staff who write to the desk by mail, or seem to: told that it waits, rarely, and at their own address."""

from __future__ import annotations

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import MailClass, MailReason, Role, Template, Verdict
from sysmo_tui.services import accounts, kept_mail, own_addresses
from sysmo_tui.services.accounts import Invitation
from tests import mails as mail
from tests.cast import PASSWORD, Cast, Clock, mails
from tests.services import requests as ask

LUIS = "luis@desk.example"


def told(desk: Desk) -> list[str]:
    return [each.address for each in mails(desk) if each.template is Template.NOT_BY_MAIL]


def code_of(desk: Desk) -> str:
    [code] = [each.payload["code"] for each in mails(desk) if each.template is Template.ADDRESS_CODE]
    return str(code)


def test_who_answers_a_notification_by_mail_is_told_once_an_hour_that_it_waits(
    cast: Cast, desk: Desk, customer: Door, operator: Door, clock: Clock
) -> None:
    number = ask.file(customer)
    for _ in range(3):
        decided = mail.deliver(desk, mail.understood(LUIS, subject=f"Re: [#{number}]"))
        assert (decided.verdict, decided.reason) == (Verdict.QUARANTINED, MailReason.FROM_OPERATOR)
    assert told(desk) == [LUIS]
    [owed] = [each for each in mails(desk) if each.template is Template.NOT_BY_MAIL]
    assert (owed.ticket_number, owed.entry_id, owed.payload) == (None, None, {})
    clock.advance(minutes=61)
    last = mail.deliver(desk, mail.understood(LUIS))
    assert told(desk) == [LUIS, LUIS]
    steps = {step.rule: step.is_hit for step in cast.manager().read(kept_mail.show, last.id).steps}
    assert steps["told_operator"]


def test_a_machine_that_answers_for_staff_is_told_nothing(desk: Desk, operator: Door) -> None:
    mail.deliver(desk, mail.understood(LUIS, mail_class=MailClass.AUTOMATIC))
    assert told(desk) == []
    mail.deliver(desk, mail.understood(LUIS))
    assert told(desk) == [LUIS], "what a machine wrote counts for nothing"


def test_who_does_not_work_here_yet_or_no_more_is_told_nothing(
    cast: Cast, desk: Desk, admin: Door, operator: Door
) -> None:
    accounts.invite(admin, Invitation("nina@desk.example", "Nina", Role.OPERATOR))
    admin.write(accounts.disable, LUIS, release=True)
    for address in ("nina@desk.example", LUIS):
        assert mail.deliver(desk, mail.understood(address)).reason is MailReason.FROM_OPERATOR
    assert told(desk) == []


def test_staff_are_told_at_their_first_address_whatever_name_was_taken(
    desk: Desk, operator: Door, admin: Door
) -> None:
    own_addresses.add(operator, "luis@home.example", PASSWORD)
    operator.write(own_addresses.verify, code_of(desk))
    mail.deliver(desk, mail.understood("Luis+x@HOME.example", "Ada"))
    mail.deliver(desk, mail.understood("LUIS@home.example", "Ada"))
    assert told(desk) == [LUIS]

"""Registering an address, or answering the mail with its code, completes the account that mail made."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import AccountState, Channel, MailReason, Role, Template, Verdict
from sysmo_tui.domain.errors import Invalid, NotSignedIn
from sysmo_tui.services import accounts, passwords, people, registration, signing_in
from sysmo_tui.services.accounts import Invitation
from sysmo_tui.services.registration import Verified
from sysmo_tui.services.registration_form import RegistrationForm
from tests import mails as incoming
from tests.cast import PASSWORD, Cast, Clock, code_in_mail, mails
from tests.services import requests as ask

EMAIL = "Nora@customer.example"
FORM = RegistrationForm(
    email=EMAIL,
    password=PASSWORD,
    name="Nora Paz",
    phone="011 4321-1234",
    company="Acme",
    tax_id="30-71234567-1",
)


def written(cast: Cast) -> int:
    """A ticket of somebody who has no account but the one that the desk made for them."""
    return ask.file(cast.operator(), requester=EMAIL, requester_name="nora p", channel=Channel.PHONE)


def answered(cast: Cast, address: str = EMAIL) -> Verified | None:
    def answer(work: Work) -> Verified | None:
        known = people.by_address(work, EMAIL)
        assert known is not None
        return registration.verify_by_mail(work, known.id, address)

    return cast.itself.write(answer)


def signed_in(cast: Cast, password: str) -> Door:
    secret = signing_in.sign_in(cast.visitor("home"), EMAIL, password).secret
    return Door(cast.desk, Caller(Channel.CLI, "home", secret))


def test_registering_completes_the_account_and_its_tickets_are_there(cast: Cast) -> None:
    number = written(cast)
    registration.register(cast.visitor(), FORM)
    verified = registration.verify(cast.visitor(), code_in_mail(cast.desk, EMAIL), PASSWORD)
    assert (verified.name, verified.needs_password) == ("Nora Paz", False)
    assert ask.as_customer(signed_in(cast, PASSWORD), number).row.requester == "Nora Paz"


def test_answering_the_mail_with_the_code_opens_the_account_without_a_password(cast: Cast) -> None:
    number = written(cast)
    registration.register(cast.visitor(), FORM)
    code = code_in_mail(cast.desk, EMAIL)
    verified = answered(cast)
    assert verified is not None
    assert (verified.name, verified.needs_password, verified.choose_code) == ("Nora Paz", True, None)
    with pytest.raises(NotSignedIn):
        signing_in.sign_in(cast.visitor(), EMAIL, PASSWORD)
    with pytest.raises(Invalid):
        registration.verify(cast.visitor(), code, PASSWORD)
    last = mails(cast.desk)[-1]
    assert (last.template, last.address, last.payload) == (Template.WELCOME, EMAIL, {})

    passwords.forgot(cast.visitor(), EMAIL)
    passwords.choose(cast.visitor(), code_in_mail(cast.desk, EMAIL), "seventeen green bottles")
    assert ask.as_customer(signed_in(cast, "seventeen green bottles"), number).row.number == number


def test_an_answer_opens_nothing_when_nothing_waits_for_it(cast: Cast, clock: Clock) -> None:
    written(cast)
    assert answered(cast) is None
    registration.register(cast.visitor(), FORM)
    assert answered(cast, "other@customer.example") is None
    clock.advance(hours=25)
    assert answered(cast) is None
    registration.resend(cast.visitor(), EMAIL)
    assert answered(cast) is not None
    assert answered(cast) is None
    assert [mail.template for mail in mails(cast.desk)].count(Template.WELCOME) == 1


def test_the_mail_that_answers_must_come_from_the_address_that_was_asked(cast: Cast) -> None:
    incoming.deliver(cast.desk, incoming.understood())
    registration.register(cast.visitor(), replace(FORM, email=incoming.MARTA))
    sent = [mail for mail in mails(cast.desk) if mail.template is Template.VERIFY][-1]
    other = incoming.deliver(
        cast.desk, incoming.understood("eve@evil.example", in_reply_to=(sent.message_id,))
    )
    assert other.reason is not MailReason.VERIFIED_ADDRESS
    decided = incoming.deliver(cast.desk, incoming.understood(in_reply_to=(sent.message_id,)))
    assert (decided.verdict, decided.reason) == (Verdict.SYSTEM, MailReason.VERIFIED_ADDRESS)
    known = cast.itself.read(people.by_address, incoming.MARTA)
    assert known is not None
    assert known.state is AccountState.ACTIVE


def test_an_invitation_to_the_staff_is_not_taken_by_an_answer(cast: Cast) -> None:
    accounts.invite(cast.admin(), Invitation(EMAIL, "Nora", Role.OPERATOR, ()))
    assert answered(cast) is None

"""A name can be changed, and what was done under the former one cannot."""

from __future__ import annotations

from dataclasses import replace

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import AuditKind, Channel
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.services import accounts, audit, profile, registration, tickets
from sysmo_tui.services.accounts import AccountEdits
from sysmo_tui.services.profile import ProfileEdits
from tests.cast import PASSWORD, Cast, Clock, code_in_mail
from tests.services import requests as ask
from tests.services.test_registration import ADDRESS, FORM


def test_a_new_name_leaves_what_was_written_and_done_before_as_it_was(
    cast: Cast, clock: Clock, admin: Door, operator: Door, customer: Door
):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    ask.reply(operator, number)
    before = ask.as_customer(customer, number, with_history=True)
    history = ask.as_staff(operator, number, with_history=True).events
    clock.advance(minutes=1)
    customer.write(profile.edit, ProfileEdits(name="Charly"))
    admin.write(accounts.edit, "luis@desk.example", AccountEdits(name="Lucho"))
    after = ask.as_customer(customer, number, with_history=True)
    assert after.events == before.events
    assert [entry.author for entry in after.entries] == ["Carla", "Luis"]
    assert ask.as_staff(operator, number, with_history=True).events == history
    clock.advance(minutes=1)
    ask.reply(customer, number, "Thanks.")
    ask.reply(operator, number, "Not at all.")
    seen = ask.as_staff(operator, number, with_history=True)
    assert [entry.author for entry in seen.entries] == ["Carla", "Luis", "Charly", "Lucho"]
    assert [line.actor for line in seen.events][-2:] == ["Charly", "Lucho"]


def test_the_audit_log_tells_the_old_and_the_new_name(cast: Cast, admin: Door, customer: Door):
    customer.write(profile.edit, ProfileEdits(name="Charly"))
    (line,) = admin.read(audit.page, kind=AuditKind.ACCOUNT_RENAMED).items
    assert (line.account, line.detail) == ("carla@customer.example", {"old": "Carla", "new": "Charly"})


@pytest.mark.parametrize(
    "name", ["Luis", " lúis ", "ADA ADMIN", "Desk of the tests", "the  desk", "la mesa de ayuda"]
)
def test_no_customer_is_called_like_the_desk_or_who_works_at_it(
    cast: Cast, operator: Door, customer: Door, name: str
):
    for attempt in (
        lambda: customer.write(profile.edit, ProfileEdits(name=name)),
        lambda: registration.register(cast.visitor(), replace(FORM, name=name)),
    ):
        with pytest.raises(Invalid) as refusal:
            attempt()
        assert refusal.value.field == "name"
    assert customer.write(profile.edit, ProfileEdits(name="Luis Alberto Paz")).name == "Luis Alberto Paz"
    assert operator.write(profile.edit, ProfileEdits(name="Luis", phone="")).name == "Luis"


def test_a_request_taken_by_telephone_bears_the_name_that_its_customer_registers_with(
    cast: Cast, operator: Door
):
    number = ask.file(operator, requester=ADDRESS, requester_name="Sol?", channel=Channel.PHONE)
    registration.register(cast.visitor(), FORM)
    registration.verify(cast.visitor(), code_in_mail(cast.desk, ADDRESS), PASSWORD)
    seen = ask.as_staff(operator, number, with_history=True)
    assert [entry.author for entry in seen.entries] == ["Sol   Rivas"]

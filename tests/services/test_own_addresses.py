"""Several addresses of one account: proven by a code, one of them the main one, never somebody else's."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.enums import AccountState, Channel, CloseReason, PersonRole, Template
from sysmo_tui.domain.errors import Conflict, DeskError, Forbidden, Invalid, NotSignedIn
from sysmo_tui.models import Account, Entry, Ticket, TicketPerson, table
from sysmo_tui.services import (
    address_merging,
    closing,
    own_addresses,
    passwords,
    people,
    proof,
    registration,
    signing_in,
    tickets,
)
from sysmo_tui.storage.engine import Dialect
from tests.cast import PASSWORD, Cast, Clock, code_in_mail, mails
from tests.mails import deliver, understood
from tests.services import requests as ask
from tests.services.test_verifying_by_mail import FORM
from tests.waiting import until

MAIN = "carla@customer.example"
OTHER = "carla@home.example"


def added(cast: Cast, door: Door, email: str = OTHER) -> own_addresses.Held:
    own_addresses.add(door, email, PASSWORD)
    return door.write(own_addresses.verify, code_in_mail(cast.desk, email))


def emails(door: Door) -> list[tuple[str, bool]]:
    return [(each.email, each.is_primary) for each in door.read(own_addresses.mine)]


def written(cast: Cast, email: str, subject: str = "From home") -> int:
    """A ticket of an account that the desk made for somebody who wrote."""
    return ask.file(
        cast.operator(), subject, requester=email, requester_name="carla r", channel=Channel.PHONE
    )


def account_of(cast: Cast, email: str) -> people.Known | None:
    return cast.itself.read(people.by_address, email)


def test_an_address_is_added_by_the_code_that_was_mailed_there(cast: Cast) -> None:
    customer = cast.customer()
    own_addresses.add(customer, "Carla@HOME.example", PASSWORD)
    assert emails(customer) == [(MAIN, True)]
    assert account_of(cast, OTHER) is None
    code = code_in_mail(cast.desk, "Carla@home.example")
    held = customer.write(own_addresses.verify, code)
    assert [(each.email, each.is_primary, each.is_verified) for each in held.addresses][1:] == [
        ("Carla@home.example", False, True)
    ]
    told = [(mail.template, mail.address) for mail in mails(cast.desk)]
    assert told == [
        (Template.ADDRESS_CODE, "Carla@home.example"),
        (Template.ADDRESS_CHANGED, MAIN),
    ]
    with pytest.raises(Invalid):
        customer.write(own_addresses.verify, code)


def test_adding_asks_for_the_password_once_more(cast: Cast) -> None:
    customer = cast.customer()
    with pytest.raises(Invalid) as refusal:
        own_addresses.add(customer, OTHER, "not the password")
    assert refusal.value.field == "password"
    assert mails(cast.desk) == []


def test_whoever_has_an_address_the_answer_is_the_same(cast: Cast) -> None:
    customer = cast.customer()
    cast.customer("otto")
    written(cast, "pending@customer.example")
    before = len(mails(cast.desk))
    answers = [
        own_addresses.add(customer, email, PASSWORD)
        for email in ("otto@customer.example", "pending@customer.example", "nobody@customer.example")
    ]
    assert len({each.expires_at for each in answers}) == 1
    assert {mail.template for mail in mails(cast.desk)[before:]} == {Template.ADDRESS_CODE}
    assert len(mails(cast.desk)) == before + 3


def test_another_account_keeps_its_address_even_from_who_reads_its_mail(cast: Cast) -> None:
    customer, otto = cast.customer(), cast.customer("otto")
    own_addresses.add(customer, "otto@customer.example", PASSWORD)
    code = code_in_mail(cast.desk, "otto@customer.example")
    with pytest.raises(Conflict, match="belongs to another account"):
        customer.write(own_addresses.verify, code)
    assert (emails(customer), emails(otto)) == ([(MAIN, True)], [("otto@customer.example", True)])
    with pytest.raises(Invalid):
        otto.write(own_addresses.verify, code)


def test_a_code_is_for_its_account_and_its_purpose_alone(cast: Cast) -> None:
    customer = cast.customer()
    own_addresses.add(customer, OTHER, PASSWORD)
    code = code_in_mail(cast.desk, OTHER)
    with pytest.raises(Invalid):
        registration.verify(cast.visitor(), code)
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), code, "seventeen green bottles")
    with pytest.raises(Invalid):
        cast.customer("otto").write(own_addresses.verify, code)
    passwords.forgot(cast.visitor(), MAIN)
    with pytest.raises(Invalid):
        customer.write(own_addresses.verify, code_in_mail(cast.desk, MAIN))
    assert customer.write(own_addresses.verify, code).tickets == 0


@pytest.mark.parametrize("late", [True, False])
def test_a_code_dies_with_time_and_with_the_password(cast: Cast, clock: Clock, late: bool) -> None:
    customer = cast.customer()
    own_addresses.add(customer, OTHER, PASSWORD)
    code = code_in_mail(cast.desk, OTHER)
    if late:
        clock.advance(hours=25)
    else:
        passwords.change(customer, PASSWORD, "seventeen green bottles")
    with pytest.raises(Invalid):
        cast.sign_in("carla").write(own_addresses.verify, code)


def test_signing_in_and_forgetting_go_by_any_address_and_guessing_is_counted_as_one(cast: Cast) -> None:
    added(cast, cast.customer())
    assert signing_in.sign_in(cast.visitor(), OTHER, PASSWORD).email == MAIN
    passwords.forgot(cast.visitor(), OTHER)
    passwords.choose(cast.visitor(), code_in_mail(cast.desk, OTHER), "seventeen green bottles", email=OTHER)
    assert signing_in.sign_in(cast.visitor(), MAIN, "seventeen green bottles")

    bot = cast.visitor("bot")
    refusals = []
    for at in range(7):
        with pytest.raises(DeskError) as refusal:
            signing_in.sign_in(bot, (MAIN, OTHER)[at % 2], "guess")
        refusals.append(type(refusal.value))
    assert refusals == [NotSignedIn] * 5 + [Forbidden] * 2


def test_another_address_becomes_the_main_one_and_the_one_before_is_told(cast: Cast) -> None:
    customer = cast.customer()
    added(cast, customer)
    passwords.forgot(cast.visitor(), MAIN)
    code = code_in_mail(cast.desk, MAIN)
    customer.write(own_addresses.make_primary, OTHER.upper())
    assert emails(customer) == [(OTHER, True), (MAIN, False)]
    last = mails(cast.desk)[-1]
    assert (last.template, last.address, last.payload["what"]) == (
        Template.ADDRESS_CHANGED,
        MAIN,
        "primary",
    )
    with pytest.raises(Invalid):
        passwords.choose(cast.visitor(), code, "seventeen green bottles")
    assert ask.as_staff(cast.operator(), ask.file(customer)).row.contact_email == OTHER


def test_an_address_is_given_up_and_its_tickets_are_answered_to_the_main_one(cast: Cast) -> None:
    customer = cast.customer()
    added(cast, customer)
    number = ask.file(cast.operator(), requester=OTHER, channel=Channel.PHONE)
    assert ask.as_staff(cast.operator(), number).row.contact_email == OTHER
    before = len(mails(cast.desk))
    with pytest.raises(Conflict, match="main address"):
        customer.write(own_addresses.remove, MAIN)
    with pytest.raises(Invalid, match="none of the account's"):
        customer.write(own_addresses.remove, "otto@customer.example")
    customer.write(own_addresses.remove, OTHER)
    assert emails(customer) == [(MAIN, True)]
    assert ask.as_staff(cast.operator(), number).row.contact_email == MAIN
    assert [(mail.template, mail.address) for mail in mails(cast.desk)[before:]] == [
        (Template.ADDRESS_CHANGED, MAIN)
    ]
    assert account_of(cast, OTHER) is None
    assert cast.itself.read(proof.check) == ()


def test_what_a_pending_account_had_comes_with_its_address(cast: Cast) -> None:
    customer, operator = cast.customer(), cast.operator()
    number, own = written(cast, OTHER), ask.file(customer, "My own")
    pending = account_of(cast, OTHER)
    assert pending is not None

    def write_from_there(work: Work) -> None:
        for role_of, who in ((own, pending.id), (number, cast.ids["carla"])):
            work.session.add(
                TicketPerson(
                    ticket_number=role_of, account_id=who, role=PersonRole.COLLABORATOR, added_at=work.now
                )
            )

    cast.itself.write(write_from_there)
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    held = added(cast, customer)
    assert held.tickets == 1

    view = ask.as_customer(customer, number)
    assert view.row.requester == "Carla"
    assert view.entries[0].is_own
    assert ask.as_staff(operator, number).row.requester.account_id == cast.ids["carla"]

    def left(work: Work) -> tuple[Any, ...]:
        run = work.session.execute
        part, account, entry, ticket = table(TicketPerson), table(Account), table(Entry), table(Ticket)
        return (
            run(sa.select(part.c.account_id).where(part.c.role == PersonRole.COLLABORATOR)).all(),
            run(sa.select(account.c.state).where(account.c.id == pending.id)).scalar(),
            run(sa.select(sa.func.count()).where(entry.c.author_id == pending.id)).scalar(),
            run(sa.select(sa.func.count()).where(ticket.c.requester_id == pending.id)).scalar(),
        )

    assert cast.itself.read(left) == ([], AccountState.DISABLED, 0, 0)
    assert cast.itself.read(proof.check) == ()
    told = [mail.address for mail in mails(cast.desk) if mail.ticket_number == number]
    ask.reply(operator, number, "More about it.")
    assert [mail.address for mail in mails(cast.desk) if mail.ticket_number == number] == [*told, OTHER]


@pytest.mark.parametrize("store_url", [Dialect.POSTGRESQL], indirect=True)
def test_mail_that_comes_while_its_senders_account_is_merged_is_filed_to_who_has_the_address(
    cast: Cast,
) -> None:
    customer = cast.customer()
    written(cast, OTHER)
    is_merged = threading.Event()
    filed: list[int | None] = []

    def receive() -> None:
        is_merged.wait()
        filed.append(deliver(cast.desk, understood(OTHER)).ticket_number)

    def merge(work: Work) -> None:
        address_merging.attach(work, cast.ids["carla"], OTHER)
        is_merged.set()
        until(lambda: waiting_for_locks(cast) == 1)

    receiving = threading.Thread(target=receive)
    receiving.start()
    cast.itself.write(merge)
    receiving.join()
    assert ask.as_customer(customer, filed[0] or 0).row.requester == "Carla"


def waiting_for_locks(cast: Cast) -> int:
    with cast.desk.store.reading() as session:
        return int(session.scalar(sa.text("SELECT count(*) FROM pg_locks WHERE NOT granted")) or 0)


def test_staff_who_closed_what_they_asked_from_home_are_still_who_closed_it(cast: Cast) -> None:
    operator = cast.operator()
    number = written(cast, "luis@home.example")
    operator.write(tickets.take, number)
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    added(cast, operator, "luis@home.example")
    assert cast.itself.read(proof.check) == ()


def test_an_account_that_is_registering_is_taken_over_too_and_its_code_dies(cast: Cast) -> None:
    customer = cast.customer()
    registration.register(cast.visitor(), FORM)
    code = code_in_mail(cast.desk, FORM.email)
    added(cast, customer, FORM.email)
    with pytest.raises(Invalid):
        registration.verify(cast.visitor(), code, PASSWORD)


def test_administrators_add_and_remove_for_others_and_the_owner_is_told(cast: Cast) -> None:
    customer, admin = cast.customer(), cast.admin()
    cast.customer("otto")
    number = written(cast, OTHER)
    assert admin.write(own_addresses.add_for, MAIN, OTHER).tickets == 1
    assert ask.as_customer(customer, number).row.number == number
    with pytest.raises(Conflict, match="belongs to another account"):
        admin.write(own_addresses.add_for, MAIN, "otto@customer.example")
    admin.write(own_addresses.make_primary_for, MAIN, OTHER)
    admin.write(own_addresses.remove_for, OTHER, MAIN)
    assert [each.email for each in admin.read(own_addresses.of, OTHER)] == [OTHER]
    told = [
        (mail.address, mail.payload["what"])
        for mail in mails(cast.desk)
        if mail.template is Template.ADDRESS_CHANGED
    ]
    assert told == [(MAIN, "added"), (MAIN, "primary"), (OTHER, "removed")]
    for door in (customer, cast.operator(), cast.manager()):
        with pytest.raises(Forbidden):
            door.write(own_addresses.add_for, OTHER, "x@home.example")


def test_an_account_has_only_so_many_addresses(cast: Cast) -> None:
    cast.customer()
    admin = cast.admin()
    for at in range(own_addresses.MOST - 1):
        admin.write(own_addresses.add_for, MAIN, f"carla{at}@home.example")
    with pytest.raises(Invalid, match="at most 10"):
        admin.write(own_addresses.add_for, MAIN, OTHER)

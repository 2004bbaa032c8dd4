"""Addresses at which mail does not arrive: told on the ticket, shown, and forgotten again."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import EntryKind, Inbox, Template, TicketField, Visibility
from sysmo_tui.models import AccountEmail, Outbox, table
from sysmo_tui.services import closing, editing, filing, inboxes, proof, undeliverable
from tests.cast import Cast, Clock
from tests.services import requests as ask

_EMAIL, _OUTBOX = table(AccountEmail), table(Outbox)
CARLA = "carla@customer.example"


def flag(cast: Cast, address: str = CARLA) -> tuple[bool, str]:
    with cast.desk.store.reading() as session:
        row = session.execute(sa.select(_EMAIL).where(_EMAIL.c.folded == address)).one()
        return row.undeliverable_at is not None, row.undeliverable_reason


def mailed(cast: Cast, template: Template) -> list[str]:
    with cast.desk.store.reading() as session:
        statement = sa.select(_OUTBOX.c.address).where(_OUTBOX.c.template == template).order_by(_OUTBOX.c.id)
        return list(session.execute(statement).scalars())


def test_a_bounce_marks_customer_and_ticket_even_a_closed_one_and_staff_are_told(
    cast: Cast, customer: Door, operator: Door
):
    number = ask.file(customer)
    ask.reply(operator, number)
    operator.write(closing.close, number)
    assert ask.come_back(cast.itself, number, "Carla@Customer.example", "550 5.1.1 no such user")
    seen = ask.as_staff(operator, number)
    assert seen.row.undeliverable_at is not None
    line = seen.entries[-1]
    assert (line.kind, line.visibility) == (EntryKind.SYSTEM, Visibility.INTERNAL)
    assert line.body == (
        "Mail about this ticket did not arrive. No more is sent to this address.\n"
        "Carla@Customer.example: 550 5.1.1 no such user"
    )
    assert flag(cast) == (True, "550 5.1.1 no such user")
    assert mailed(cast, Template.UNDELIVERED) == ["luis@desk.example"]
    assert [entry.kind for entry in ask.as_customer(customer, number).entries] == [
        EntryKind.REQUEST,
        EntryKind.REPLY,
    ]
    assert cast.itself.read(proof.check) == ()


def test_the_same_bounce_within_a_day_adds_no_second_line(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    number = ask.file(customer)
    assert ask.come_back(cast.itself, number, is_permanent=False)
    assert not ask.come_back(cast.itself, number, reason="4.2.2 again", is_permanent=False)
    assert ask.come_back(cast.itself, number), "that it is for good is news"
    assert not ask.come_back(cast.itself, number)
    assert ask.come_back(cast.itself, number, "other@customer.example")
    assert len(ask.as_staff(operator, number).entries) == 4
    clock.advance(hours=25)
    assert ask.come_back(cast.itself, number)
    assert cast.itself.read(proof.check) == ()


def test_a_passing_failure_marks_nothing(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    ask.come_back(cast.itself, number, is_permanent=False)
    assert ask.as_staff(operator, number).row.undeliverable_at is None
    assert flag(cast) == (False, "")


def test_a_bounce_of_somebody_else_s_address_does_not_mark_the_ticket(
    cast: Cast, customer: Door, operator: Door
):
    number = ask.file(customer)
    ask.come_back(cast.itself, number, "luis@desk.example")
    assert ask.as_staff(operator, number).row.undeliverable_at is None
    assert flag(cast, "luis@desk.example")[0]
    assert mailed(cast, Template.UNDELIVERED) == ["ada@desk.example"], "luis would not get it"


def test_nothing_is_mailed_where_nothing_arrives_until_mail_comes_from_there(
    cast: Cast, customer: Door, operator: Door
):
    number = ask.file(customer)
    ask.come_back(cast.itself, number)
    ask.reply(operator, number)
    assert mailed(cast, Template.REPLIED) == []
    assert cast.itself.write(undeliverable.arrived, "CARLA@customer.example")
    assert not cast.itself.write(undeliverable.arrived, CARLA)
    assert flag(cast) == (False, "")
    assert ask.as_staff(operator, number).row.undeliverable_at is None
    ask.reply(operator, number)
    assert mailed(cast, Template.REPLIED) == [CARLA]
    assert cast.itself.read(proof.check) == ()


def test_a_new_request_of_someone_whom_no_mail_reaches_is_marked_from_the_beginning(
    cast: Cast, customer: Door, operator: Door
):
    ask.come_back(cast.itself, None)
    number = ask.file(customer)
    copy = operator.write(filing.clone, number).number
    for each in (number, copy):
        seen = ask.as_staff(operator, each)
        assert seen.row.undeliverable_at is not None
        assert seen.undeliverable_reason == "550 5.1.1 no such user"
    assert mailed(cast, Template.ACKNOWLEDGED) == []
    cast.itself.write(undeliverable.arrived, CARLA)
    assert ask.as_staff(operator, copy).row.undeliverable_at is None
    assert cast.itself.read(proof.check) == ()


def test_the_mark_of_an_address_in_capitals_beyond_ascii_is_shown(cast: Cast, operator: Door):
    number = ask.file(cast.customer("ÑANDÚ"))
    ask.come_back(cast.itself, number, "ñandú@customer.example")
    assert ask.as_staff(operator, number).undeliverable_reason == "550 5.1.1 no such user"


def test_search_finds_where_no_mail_arrives_open_and_closed_for_staff_alone(
    cast: Cast, customer: Door, operator: Door
):
    numbers = [ask.file(customer), ask.file(customer), ask.file(cast.customer("otto"))]
    ask.reply(operator, numbers[0], closes=True)
    for number in numbers[:2]:
        ask.come_back(cast.itself, number)

    def found(door: Door, query: str) -> set[int]:
        inbox = Inbox.ALL if door is operator else Inbox.CREATED
        return {row.number for row in door.read(inboxes.page, inbox, query=query).page.items}

    assert found(operator, "is:undeliverable") == set(numbers[:2])
    assert found(operator, "is:undeliverable is:open") == {numbers[1]}
    assert found(operator, "-is:undeliverable") == {numbers[2]}
    assert found(customer, "is:undeliverable smoke") == set(numbers[:2]), "to a customer it means nothing"


def test_a_lasting_refusal_marks_every_open_ticket_of_the_address_and_tells_of_one(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    refused, closed, other, elsewhere, theirs = (ask.file(customer) for _ in range(5))
    ask.reply(operator, closed, closes=True)
    operator.write(editing.edit, elsewhere, {TicketField.CONTACT_EMAIL: "new@customer.example"})
    foreign = ask.file(cast.customer("otto"))
    operator.write(editing.edit, foreign, {TicketField.CONTACT_EMAIL: CARLA})
    assert ask.come_back(cast.itself, refused, "Carla@customer.example")
    clock.advance(minutes=1)
    marked = {refused, other, theirs, foreign}
    for number in (refused, closed, other, elsewhere, theirs, foreign):
        seen = ask.as_staff(operator, number)
        assert (seen.row.undeliverable_at is not None) is (number in marked), number
        has_line = any(entry.kind is EntryKind.SYSTEM for entry in seen.entries)
        assert has_line is (number == refused), number
    assert ask.as_staff(operator, other).undeliverable_reason == "550 5.1.1 no such user"
    assert sorted(mailed(cast, Template.UNDELIVERED)) == ["ada@desk.example", "luis@desk.example"]
    assert cast.itself.write(undeliverable.arrived, CARLA)
    assert all(ask.as_staff(operator, number).row.undeliverable_at is None for number in marked)
    ask.come_back(cast.itself, None)
    assert ask.as_staff(operator, other).row.undeliverable_at is not None
    ask.come_back(cast.itself, other, is_permanent=False)
    assert cast.itself.read(proof.check) == ()


def test_another_contact_address_takes_the_mark_from_the_ticket_alone(
    cast: Cast, customer: Door, operator: Door
):
    number = ask.file(customer)
    ask.come_back(cast.itself, number)
    operator.write(editing.edit, number, {TicketField.CONTACT_EMAIL: "new@customer.example"})
    assert ask.as_staff(operator, number).row.undeliverable_at is None
    assert flag(cast)[0]
    operator.write(editing.edit, number, {TicketField.CONTACT_EMAIL: CARLA})
    assert ask.as_staff(operator, number).row.undeliverable_at is not None
    assert cast.itself.read(proof.check) == ()

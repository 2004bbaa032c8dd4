"""What a ticket's history tells its customer."""

from __future__ import annotations

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import CloseReason, CustomerEventKind, TicketField
from sysmo_tui.domain.views import CustomerTicket
from sysmo_tui.services import closing, editing, follow_ups, ratings, reading, tagging, thread, tickets
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.widgets.ticket_text import event_text
from tests.cast import Cast, Clock
from tests.services import requests as ask

Told = list[tuple[CustomerEventKind, str | None, str | None]]


def told(customer: Door, number: int) -> Told:
    """The kinds, the people and the labels that a customer is shown."""
    seen = customer.read(reading.show, number, with_history=True)
    assert isinstance(seen, CustomerTicket)
    assert all(type(line.kind) is CustomerEventKind for line in seen.events)
    return [(line.kind, line.who, line.status) for line in seen.events]


def test_a_customer_is_told_that_spam_was_closed_and_nothing_of_spam(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(closing.spam, number)
    assert told(customer, number)[1:] == [(CustomerEventKind.CLOSED, "Luis", "Closed")]
    operator.write(closing.reopen, number)
    assert told(customer, number)[2:] == [(CustomerEventKind.REOPENED, "Luis", "In progress")]


def test_what_was_closed_already_does_not_close_again_as_spam(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(closing.close, number, reason=CloseReason.DUPLICATE)
    before = told(customer, number)
    operator.write(closing.spam, number)
    assert told(customer, number) == before


def test_a_release_is_told_as_the_label_that_comes_of_it(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    operator.write(tickets.release, number)
    assert told(customer, number)[1:] == [
        (CustomerEventKind.TAKEN, "Luis", "In progress"),
        (CustomerEventKind.STATUS_CHANGED, "Luis", "New"),
    ]


def test_who_gets_a_ticket_is_told_and_not_who_gave_it(cast: Cast, admin: Door, customer: Door):
    number = ask.file(customer)
    cast.operator("rita")
    admin.write(tickets.assign, number, cast.email("rita"))
    assert told(customer, number)[1:] == [(CustomerEventKind.TAKEN, "Rita", "In progress")]


def test_a_reminder_for_staff_is_told_as_the_label_alone(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    number = ask.file(customer)
    operator.write(editing.edit, number, {TicketField.STATUS: "waiting", TicketField.FOLLOW_UP: "+1d"})
    clock.advance(days=1)
    cast.itself.write(follow_ups.wake_due)
    assert told(cast.sign_in("carla"), number)[1:] == [
        (CustomerEventKind.STATUS_CHANGED, "Luis", "Waiting for you"),
        (CustomerEventKind.STATUS_CHANGED, None, "In progress"),
    ]


def test_what_staff_do_among_themselves_is_not_told(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    ask.reply(operator, number)
    before = told(customer, number)
    ask.note(operator, number, "Looks like spam.")
    operator.write(thread.attach, number, (ask.upload(operator),), is_internal=True)
    operator.write(tagging.tag, number, ("vip",))
    operator.write(tagging.untag, number, ("vip",))
    operator.write(tagging.watch, number)
    operator.write(tagging.unwatch, number)
    operator.write(editing.edit, number, {TicketField.IMPACT: "high", TicketField.OWNER: ""})
    operator.write(tickets.release, number)
    assert told(customer, number) == before


def test_every_kind_is_told_in_words(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    operator.write(editing.edit, number, {TicketField.STATUS: "waiting"})
    customer.write(thread.attach, number, (ask.upload(customer),))
    operator.write(closing.close, number, message=Outgoing("Done."))
    customer.write(ratings.rate, number, 5)
    customer.write(closing.reopen, number)
    seen = customer.read(reading.show, number, with_history=True)
    words = {line.kind: event_text(line) for line in seen.events}
    assert words == {
        CustomerEventKind.FILED: "Carla filed it",
        CustomerEventKind.TAKEN: "Luis looks after it",
        CustomerEventKind.STATUS_CHANGED: "It is now: Waiting for you",
        CustomerEventKind.ATTACHED: "Carla attached files",
        CustomerEventKind.CLOSED: "Luis closed it",
        CustomerEventKind.REOPENED: "Carla reopened it",
        CustomerEventKind.RATED: "Carla rated it: 5 · very satisfied",
    }
    assert words.keys() == set(CustomerEventKind)

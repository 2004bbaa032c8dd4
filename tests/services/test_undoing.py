"""Undo: one's last command goes back whole, or it is said what stands in the way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door, command_for
from sysmo_tui.domain.enums import (
    Channel,
    CloseReason,
    Inbox,
    TicketField,
)
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.message import Message
from sysmo_tui.models import Cycle, Outbox, Ticket, TicketPerson, TicketTag, table
from sysmo_tui.services import (
    bulk,
    closing,
    editing,
    inboxes,
    proof,
    snoozing,
    tagging,
    thread,
    tickets,
    undoing,
)
from tests.cast import Cast, Clock
from tests.services import requests as ask

_OUTBOX, _TICKET = table(Outbox), table(Ticket)

MOVED = ("version", "updated_at", "last_entry_id")
"""What tells staff that something happened, and moves on with an undo as well."""


@pytest.fixture
def luis(cast: Cast, operator: Door) -> Door:
    """The operator at the terminal interface, whose mail waits."""
    return cast.sign_in("luis", Channel.TUI)


def stored(cast: Cast, number: int) -> dict[str, Any]:
    """Everything that is kept of a ticket's state."""
    tag, person, cycle = table(TicketTag), table(TicketPerson), table(Cycle)
    with cast.desk.store.reading() as session:
        row = session.execute(sa.select(_TICKET).where(_TICKET.c.number == number)).one()
        kept = {name: value for name, value in row._mapping.items() if name not in MOVED}
        for name, rows in (
            ("tags", sa.select(tag.c.tag).where(tag.c.ticket_number == number).order_by(tag.c.tag)),
            (
                "people",
                sa.select(person).where(person.c.ticket_number == number).order_by(person.c.account_id),
            ),
            ("cycles", sa.select(cycle).where(cycle.c.ticket_number == number).order_by(cycle.c.n)),
        ):
            kept[name] = [tuple(each) for each in session.execute(rows)]
    return kept


def waiting(cast: Cast) -> list[str]:
    """To whom mail is owed that has not left."""
    with cast.desk.store.reading() as session:
        unsent = sa.select(_OUTBOX.c.address).where(_OUTBOX.c.sent_at.is_(None)).order_by(_OUTBOX.c.id)
        return list(session.execute(unsent).scalars())


def send_all(cast: Cast) -> None:
    """All mail that is owed until now has left."""
    cast.itself.touch(lambda work: work.session.execute(sa.update(_OUTBOX).values(sent_at=work.now)))


def is_sound(cast: Cast) -> bool:
    """Whether the history gives the rows and the figures."""
    return cast.itself.read(proof.check) == ()


def said(messages: tuple[Message, ...]) -> list[str]:
    return [str(message) for message in messages]


ACTS: dict[str, Callable[[Door, int], object]] = {
    "taking #1": lambda door, number: door.write(tickets.take, number),
    "assigning #1": lambda door, number: door.write(tickets.assign, number, "rita@desk.example"),
    "the status of #1": lambda door, number: door.write(
        editing.edit, number, {TicketField.STATUS: "waiting"}
    ),
    "the priority of #1": lambda door, number: door.write(
        editing.edit, number, {TicketField.PRIORITY: "urgent"}
    ),
    "the type of #1": lambda door, number: door.write(editing.edit, number, {TicketField.TYPE: "incident"}),
    "moving #1": lambda door, number: door.write(editing.edit, number, {TicketField.TOPIC: "Networks"}),
    "the follow-up date of #1": lambda door, number: door.write(
        editing.edit, number, {TicketField.FOLLOW_UP: "2026-05-01"}
    ),
    "putting off #1": lambda door, number: door.write(snoozing.snooze, number, "2026-05-01"),
    "editing #1": lambda door, number: door.write(
        editing.edit,
        number,
        {
            TicketField.SUBJECT: "Zebra on fire",
            TicketField.OWNER: "me",
            TicketField.URGENCY: "high",
            TicketField.IMPACT: "high",
            TicketField.CONTACT_EMAIL: "other@customer.example",
            TicketField.ACTION_DUE: "2026-05-01",
        },
    ),
    "closing #1": lambda door, number: door.write(closing.close, number, reason=CloseReason.DUPLICATE),
    "marking #1 as spam": lambda door, number: door.write(closing.spam, number),
    "the tags of #1": lambda door, number: door.write(tagging.tag, number, ("fire", "printer")),
    "watching #1": lambda door, number: door.write(tagging.watch, number),
    "the note in #1": ask.note,
    "the reply to #1": lambda door, number: ask.reply(door, number, closes=False),
    "the files in #1": lambda door, number: door.write(thread.attach, number, (ask.upload(door),)),
}


def test_what_was_taken_up_again_is_put_off_again_in_its_own_words(cast: Cast, customer: Door, luis: Door):
    number = ask.file(customer)
    luis.write(snoozing.snooze, number, "2026-05-01")
    before = stored(cast, number)
    luis.write(snoozing.wake, number)
    undone = luis.write(undoing.undo)
    assert (said(undone.what), stored(cast, number)) == (["taking #1 up again"], before)


def test_what_one_command_did_is_one_thing_whatever_each_of_its_tickets_had_of_it(customer: Door, luis: Door):
    numbers = [ask.file(customer), ask.file(customer)]
    luis.write(editing.edit, numbers[0], {TicketField.STATUS: "waiting", TicketField.PRIORITY: "urgent"})
    asked = {TicketField.PRIORITY: "urgent", TicketField.FOLLOW_UP: "2026-05-02"}
    for use_case, chosen, name in (
        (snoozing.snooze, ("2026-05-01",), "putting off 2 tickets"),
        (snoozing.wake, (), "taking 2 tickets up again"),
        (editing.edit, (asked,), "editing 2 tickets"),
    ):
        luis.write_once(command_for(use_case), bulk.each, numbers, use_case, *chosen)
        assert said(luis.rehearse(undoing.undo).what) == [name]


@pytest.mark.parametrize("act", ACTS)
def test_what_was_done_goes_back_as_if_it_had_never_been(
    cast: Cast, customer: Door, luis: Door, clock: Clock, act: str
):
    rita = cast.operator("rita")
    cast.topic("Networks")
    number = ask.file(customer)
    send_all(cast)
    before = stored(cast, number)
    seen_before = ask.as_customer(customer, number, with_history=True)
    clock.advance(minutes=3)
    ACTS[act](luis, number)
    assert act in ("the note in #1", "the files in #1", "the reply to #1") or stored(cast, number) != before
    clock.advance(seconds=9)
    undone = luis.write(undoing.undo)
    assert said(undone.what) == [act]
    assert undone.numbers == (number,)
    assert stored(cast, number) == before
    assert ask.as_customer(customer, number, with_history=True) == seen_before
    assert waiting(cast) == []
    assert rita.read(inboxes.page, Inbox.ALL, query="zebra").page.items == ()
    assert is_sound(cast)
    cast.itself.write(proof.rebuild)
    assert is_sound(cast)
    with pytest.raises(Conflict, match="nothing to undo"):
        luis.write(undoing.undo)

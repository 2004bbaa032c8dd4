"""Taking back a reply before it leaves: as if it had never been, but for its author's draft."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category, Channel, DraftKind, EventKind, Inbox, TicketField
from sysmo_tui.domain.errors import Conflict, Forbidden, NotFound
from sysmo_tui.domain.views import CustomerTicket
from sysmo_tui.models import Outbox, Ticket, table
from sysmo_tui.services import (
    drafts,
    editing,
    files,
    inboxes,
    originals,
    outbox,
    proof,
    reading,
    thread,
    tickets,
    withdrawing,
)
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.services import requests as ask

_OUTBOX, _TICKET = table(Outbox), table(Ticket)


@pytest.fixture
def luis(cast: Cast, operator: Door) -> Door:
    """The operator at the terminal interface, whose replies wait."""
    return cast.sign_in("luis", Channel.TUI)


def stored(cast: Cast, number: int) -> dict[str, Any]:
    """A ticket's row, but for what tells staff that something happened."""
    with cast.desk.store.reading() as session:
        row = session.execute(sa.select(_TICKET).where(_TICKET.c.number == number)).one()
    moved = ("version", "updated_at", "last_entry_id")
    return {name: value for name, value in row._mapping.items() if name not in moved}


def owed(cast: Cast) -> list[str]:
    with cast.desk.store.reading() as session:
        waiting = sa.select(_OUTBOX.c.address).where(_OUTBOX.c.sent_at.is_(None)).order_by(_OUTBOX.c.id)
        return list(session.execute(waiting).scalars())


def settle(cast: Cast) -> None:
    """All mail that is owed until now has left."""
    cast.itself.touch(lambda work: work.session.execute(sa.update(_OUTBOX).values(sent_at=work.now)))


def test_a_reply_that_closed_and_took_the_ticket_is_undone_whole(
    cast: Cast, customer: Door, luis: Door, clock: Clock
):
    number = ask.file(customer)
    settle(cast)
    before, seen_before = stored(cast, number), ask.as_customer(customer, number, with_history=True)
    clock.advance(minutes=3)
    cast.operator("rita")
    ask.reply(luis, number, "The zebra is on the roof.", closes=True)
    assert stored(cast, number)["category"] is Category.CLOSED
    clock.advance(seconds=9)
    told = luis.write(withdrawing.withdraw, number)
    assert (told.category, told.assignee) == (Category.NEW, None)
    assert stored(cast, number) == before
    assert ask.as_customer(customer, number, with_history=True) == seen_before
    assert owed(cast) == []
    draft = luis.read(drafts.load, number, DraftKind.REPLY)
    assert draft is not None
    assert draft.fields == {"body": "The zebra is on the roof."}
    assert cast.itself.read(proof.check) == ()
    cast.itself.write(proof.rebuild)
    assert cast.itself.read(proof.check) == ()


def test_staff_see_that_a_reply_was_taken_back_but_not_what_it_said(
    cast: Cast, customer: Door, luis: Door, clock: Clock
):
    number = ask.file(customer)
    ask.reply(luis, number, "The zebra is on the roof.")
    luis.write(withdrawing.withdraw, number)
    rita = cast.operator("rita")
    seen = ask.as_staff(rita, number, with_history=True)
    assert [(entry.body, entry.withdrawn_at) for entry in seen.entries] == [
        ("Smoke comes out.", None),
        ("", clock.now),
    ]
    assert seen.content == "Smoke comes out."
    assert seen.events[-1].kind is EventKind.WITHDRAWN
    assert [body for _key, body in rita.read(originals.of_ticket, number).bodies] == ["Smoke comes out."]
    assert rita.read(inboxes.page, Inbox.ALL, query="zebra").page.items == ()
    assert rita.read(inboxes.page, Inbox.ALL, query="smoke zebra").page.items == ()


def test_files_go_back_to_the_draft_and_can_be_sent_again(cast: Cast, customer: Door, luis: Door):
    number = ask.file(customer)
    upload = ask.upload(luis)
    ask.reply(luis, number, "See the paper.", files=(upload,))
    assert len(customer.read(files.of_ticket, number)) == 1
    assert luis.write(withdrawing.withdraw, number).files == 1
    assert customer.read(files.of_ticket, number) == ()
    draft = luis.read(drafts.load, number, DraftKind.REPLY)
    assert draft is not None
    assert draft.files == (upload,)
    ask.reply(luis, number, "See this paper.", files=draft.files)
    assert len(customer.read(files.of_ticket, number)) == 1


def test_the_text_stands_behind_what_was_begun_meanwhile(cast: Cast, customer: Door, luis: Door):
    number = ask.file(customer)
    ask.reply(luis, number, "First.")
    luis.touch(drafts.save, number, DraftKind.REPLY, {"body": "And second"})
    luis.write(withdrawing.withdraw, number)
    draft = luis.read(drafts.load, number, DraftKind.REPLY)
    assert draft is not None
    assert draft.fields["body"] == "And second\n\nFirst."


def test_mail_that_left_or_is_being_sent_keeps_the_reply(
    cast: Cast, customer: Door, luis: Door, clock: Clock
):
    number = ask.file(customer)
    settle(cast)
    ask.reply(luis, number)
    clock.advance(seconds=11)
    (claimed,) = cast.itself.touch(outbox.claim, "somebody", 10)
    assert claimed.address == "carla@customer.example"
    for _ in range(2):
        before = stored(cast, number)
        with pytest.raises(Conflict, match="left already"):
            luis.write(withdrawing.withdraw, number)
        assert stored(cast, number) == before
        assert luis.read(drafts.load, number, DraftKind.REPLY) is None
        cast.desk.settle(cast.itself.caller, outbox.mark_sent, claimed.id, "somebody")


def test_mail_that_was_taken_back_cannot_be_claimed(cast: Cast, customer: Door, luis: Door, clock: Clock):
    number = ask.file(customer)
    settle(cast)
    ask.reply(luis, number)
    luis.write(withdrawing.withdraw, number)
    clock.advance(minutes=5)
    assert cast.itself.touch(outbox.claim, "somebody", 10) == ()


def test_what_the_customer_has_read_or_answered_stays(cast: Cast, customer: Door, luis: Door):
    number = ask.file(customer)
    ask.reply(luis, number)
    ask.open_ticket(customer, number)
    with pytest.raises(Conflict, match="read it already"):
        luis.write(withdrawing.withdraw, number)
    ask.reply(customer, number, "But why?")
    with pytest.raises(Conflict, match="Something newer"):
        luis.write(withdrawing.withdraw, number)


def test_only_the_author_takes_a_reply_back(cast: Cast, customer: Door, luis: Door):
    number = ask.file(customer)
    ask.reply(luis, number)
    with pytest.raises(Conflict, match="no reply"):
        cast.operator("rita").write(withdrawing.withdraw, number)
    with pytest.raises(Forbidden):
        customer.write(withdrawing.withdraw, number)
    with pytest.raises(NotFound):
        cast.customer("dora").write(withdrawing.withdraw, number)
    luis.write(withdrawing.withdraw, number)
    with pytest.raises(Conflict, match="no reply"):
        luis.write(withdrawing.withdraw, number)


def test_what_others_touched_since_stays_as_they_left_it(cast: Cast, customer: Door, luis: Door):
    number = ask.file(customer)
    cast.operator("rita")
    ask.reply(luis, number, status="waiting")
    cast.operator("rita").write(tickets.assign, number, "rita@desk.example")
    luis.write(withdrawing.withdraw, number)
    row = ask.as_staff(luis, number).row
    assert row.assignee is not None
    assert row.assignee.email == "rita@desk.example"
    assert row.category is Category.WAITING, "who has a ticket has no new one"
    assert row.first_response_at is None
    assert cast.itself.read(proof.check) == ()


def test_a_second_answer_is_taken_back_and_the_first_stays(
    cast: Cast, customer: Door, luis: Door, clock: Clock
):
    number = ask.file(customer)
    ask.reply(luis, number, "First answer.")
    settle(cast)
    clock.advance(hours=1)
    before = stored(cast, number)
    ask.reply(luis, number, "Second answer.", closes=True)
    luis.write(withdrawing.withdraw, number)
    assert stored(cast, number) == before
    seen = customer.read(reading.show, number)
    assert isinstance(seen, CustomerTicket)
    assert [entry.body for entry in seen.entries] == ["Smoke comes out.", "First answer."]
    assert cast.itself.read(proof.check) == ()


def test_a_reply_from_a_command_waits_as_long_as_was_asked(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    number = ask.file(customer)
    settle(cast)
    message = Outgoing("We are on it.", delay=timedelta(seconds=60))
    operator.write(thread.reply, number, message)
    clock.advance(seconds=59)
    assert cast.itself.touch(outbox.claim, "somebody", 10) == ()
    operator.write(withdrawing.withdraw, number)
    assert owed(cast) == []
    operator.write(thread.reply, number, message)
    clock.advance(seconds=61)
    assert [mail.address for mail in cast.itself.touch(outbox.claim, "somebody", 10)] == [
        "carla@customer.example"
    ]


def test_with_nobody_to_mail_the_time_decides(cast: Cast, customer: Door, luis: Door, clock: Clock):
    number = ask.file(customer)
    settle(cast)
    luis.write(editing.edit, number, {TicketField.OWNER: ""})
    cast.itself.touch(lambda work: work.session.execute(sa.update(_TICKET).values(undeliverable_at=work.now)))
    ask.reply(luis, number)
    assert owed(cast) == []
    clock.advance(seconds=11)
    with pytest.raises(Conflict, match="too late"):
        luis.write(withdrawing.withdraw, number)
    ask.reply(luis, number, "Again.")
    clock.advance(seconds=9)
    luis.write(withdrawing.withdraw, number)

"""Undoing what made a ticket: filing it for a customer, copying it."""

from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import (
    Category,
    Channel,
    CloseReason,
    DraftKind,
    Inbox,
    TicketField,
)
from sysmo_tui.domain.errors import Conflict, NotFound
from sysmo_tui.models import Batch, Event, table
from sysmo_tui.services import (
    closing,
    drafts,
    editing,
    filing,
    inboxes,
    proof,
    reading,
    tagging,
    undoing,
)
from sysmo_tui.services.filing import Filing
from tests.cast import Cast
from tests.services import requests as ask
from tests.services.test_undoing import is_sound, said, send_all, stored, waiting
from tests.services.test_undoing_rules import CARLA, luis, number, rita

__all__ = ["luis", "number", "rita"]

_BATCH, _EVENT = table(Batch), table(Event)


def file_for_carla(door: Door, **more: object) -> int:
    asked = Filing(
        topic="general",
        subject="Zebra on the roof",
        body="She telephoned.",
        requester=CARLA,
        channel=Channel.PHONE,
        tags=("roof",),
        **more,  # type: ignore[arg-type]
    )
    return door.write(filing.file, asked).number


def test_a_ticket_that_was_filed_for_a_customer_is_none_again(
    cast: Cast, customer: Door, luis: Door, rita: Door
):
    send_all(cast)
    upload = ask.upload(luis)
    number = file_for_carla(luis, files=(upload,), assign_to="rita@desk.example")
    assert CARLA in waiting(cast)
    undone = luis.write(undoing.undo)
    assert (said(undone.what), undone.texts) == ([f"filing #{number}"], (number,))
    assert waiting(cast) == []
    with pytest.raises(NotFound):
        customer.read(reading.show, number)
    assert customer.read(inboxes.page, Inbox.CREATED, with_closed=True).page.items == ()
    assert rita.read(inboxes.page, Inbox.ALL, query="zebra", with_closed=True).page.items == ()
    view = ask.as_staff(rita, number)
    assert (view.row.category, view.close_reason) == (Category.CLOSED, CloseReason.WITHDRAWN)
    assert (view.row.assignee, view.tags, view.watchers) == (None, (), ())
    assert [entry.body for entry in view.entries] == [""]
    assert stored(cast, number)["cycles"] == []
    kept = luis.read(drafts.load, drafts.NEW_TICKET, DraftKind.TICKET)
    assert kept is not None
    assert kept.files == (upload,)
    assert kept.fields == {
        "requester": CARLA,
        "topic": "general",
        "subject": "Zebra on the roof",
        "body": "She telephoned.",
        "urgency": "normal",
        "impact": "normal",
        "channel": "phone",
        "tags": "roof",
    }
    assert is_sound(cast)
    cast.itself.write(proof.rebuild)
    assert is_sound(cast)
    luis.write(closing.reopen, number)
    assert is_sound(cast)


def test_a_ticket_that_its_customer_knows_of_stays(cast: Cast, customer: Door, luis: Door, rita: Door):
    send_all(cast)
    number = file_for_carla(luis)
    ask.open_ticket(customer, number)
    with pytest.raises(Conflict, match="The customer has read it already"):
        luis.write(undoing.undo)
    number = file_for_carla(luis)
    rita.write(tagging.watch, number)
    with pytest.raises(Conflict, match=rf"Rita did something to #{number} since"):
        luis.write(undoing.undo)
    rita.write(undoing.undo)
    send_all(cast)
    with pytest.raises(Conflict, match=rf"The customer has been told of #{number} already"):
        luis.write(undoing.undo)


def test_a_copy_is_none_again(cast: Cast, luis: Door, number: int):
    before = stored(cast, number)
    copy = luis.write(filing.clone, number).number
    undone = luis.write(undoing.undo)
    assert (undone.numbers, said(undone.what), undone.texts) == (
        (number, copy),
        [f"filing #{copy}", f"copying #{number}"],
        (),
    )
    assert stored(cast, number) == before
    assert ask.as_staff(luis, copy).row.category is Category.CLOSED
    assert luis.read(drafts.load, drafts.NEW_TICKET, DraftKind.TICKET) is None
    assert is_sound(cast)


def test_a_copy_in_a_topic_that_one_does_not_serve_is_seen_and_taken_back(
    cast: Cast, luis: Door, number: int
):
    cast.topic("Networks")
    luis.write(tagging.watch, number)
    luis.write(editing.edit, number, {TicketField.TOPIC: "networks"})
    copy = luis.write(filing.clone, number).number
    assert ask.as_staff(luis, copy).row.topic == "Networks"
    luis.write(undoing.undo)
    assert luis.read(reading.show, copy).row.category is Category.CLOSED
    assert is_sound(cast)

"""An internal note leaves no trace on the customer's side."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from sqlalchemy import Engine, event

from sysmo_tui.desk import Desk, Door
from sysmo_tui.services import files, reading, tagging, thread
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.services import requests as ask

CANARY = "zanahoria"


def everything_shown(customer: Door, number: int) -> str:
    """All that the services hand to a customer about a ticket, as one text."""
    shown = customer.read(reading.show, number, with_history=True)
    listed = customer.read(files.of_ticket, number)
    return json.dumps([dataclasses.asdict(shown), [dataclasses.asdict(file) for file in listed]], default=str)


def test_all_that_a_customer_sees_is_the_same_with_and_without_a_note(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    number = ask.file(customer, files=(ask.upload(customer),))
    ask.reply(operator, number, "Is it plugged in?")
    clock.advance(minutes=5)
    before = everything_shown(customer, number)
    clock.advance(minutes=5)
    operator.write(
        thread.note, number, Outgoing(CANARY, files=(ask.upload(operator, b"x", f"{CANARY}.txt"),))
    )
    operator.write(thread.attach, number, (ask.upload(operator, b"y", f"{CANARY}.csv"),), is_internal=True)
    after = everything_shown(customer, number)
    assert after == before
    assert CANARY not in after


def test_a_note_does_not_tell_the_customer_that_something_is_unread(
    cast: Cast, customer: Door, operator: Door, desk: Desk
):
    number = ask.file(customer)
    ask.open_ticket(customer, number)
    assert not ask.as_customer(customer, number).row.is_unread
    ask.note(operator, number, CANARY)
    assert not ask.as_customer(customer, number).row.is_unread
    ask.reply(operator, number)
    assert ask.as_customer(customer, number).row.is_unread


def test_nothing_of_what_staff_do_among_themselves_is_read_for_a_customer(
    customer: Door, operator: Door, desk: Desk
):
    number = ask.file(customer)
    ask.reply(operator, number)
    ask.note(operator, number, CANARY)
    operator.write(thread.attach, number, (ask.upload(operator, b"y", f"{CANARY}.csv"),), is_internal=True)
    operator.write(tagging.tag, number, (CANARY,))
    read: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_rest: Any) -> None:
        read.append((statement, parameters))

    event.listen(Engine, "before_cursor_execute", note)
    try:
        customer.read(reading.show, number, with_history=True)
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    queries = [each for each in read if each[0].split(None, 1)[0] in ("SELECT", "WITH")]
    assert len(queries) >= 4
    with desk.store.reading() as session:
        for statement, parameters in queries:
            rows = session.connection().exec_driver_sql(statement, parameters).all()
            assert CANARY not in repr(rows), statement

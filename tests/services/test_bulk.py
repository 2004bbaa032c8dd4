from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door, Work, command_for
from sysmo_tui.domain.enums import Category, CloseReason, TicketField
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.models import Batch, Event, table
from sysmo_tui.services import bulk, closing, editing, proof, reading, tickets
from tests.cast import Cast
from tests.services import requests as ask


def _events(work: Work) -> list[tuple[str, int]]:
    event = table(Event)
    rows = work.session.execute(sa.select(event.c.batch_id, event.c.ticket_number).order_by(event.c.id))
    return [(row.batch_id, row.ticket_number) for row in rows]


def test_several_tickets_are_one_batch_named_after_what_was_done(cast: Cast, customer: Door, operator: Door):
    numbers = [ask.file(customer) for _each in range(3)]
    command = command_for(tickets.take)
    result = operator.write_once(command, bulk.each, numbers[::-1], tickets.take)
    assert [each.number for each in result.done] == numbers[::-1]
    assert result.refused == ()
    done = [number for batch, number in cast.itself.read(_events) if batch == command.id]
    assert done == numbers
    names = cast.itself.read(
        lambda work: work.session.execute(
            sa.select(table(Batch).c.command).where(table(Batch).c.id == command.id)
        ).scalar_one()
    )
    assert names == "tickets.take"
    assert operator.write_once(command, bulk.each, numbers[::-1], tickets.take) == result


def test_what_one_ticket_refuses_is_taken_back_and_the_others_stay(
    cast: Cast, customer: Door, operator: Door
):
    answered, unanswered, last = (ask.file(customer) for _each in range(3))
    ask.reply(operator, answered)
    ask.reply(operator, last)
    edits = {TicketField.SUBJECT: "Renamed", TicketField.STATUS: "closed"}
    result = operator.write(bulk.each, [answered, 999, unanswered, last], editing.edit, edits)
    assert [each.number for each in result.done] == [answered, last]
    assert [(each.number, each.code) for each in result.refused] == [
        (999, "not_found"),
        (unanswered, "invalid"),
    ]
    kept = ask.as_staff(operator, unanswered)
    assert (kept.row.subject, kept.row.category) == ("Printer on fire", Category.NEW)
    assert ask.as_staff(operator, last).row.category is Category.CLOSED
    assert cast.itself.read(proof.check) == ()


def test_a_ticket_named_twice_is_changed_once(customer: Door, operator: Door):
    number = ask.file(customer)
    result = operator.write(bulk.each, [number, number], closing.close, reason=CloseReason.DUPLICATE)
    assert [each.number for each in result.done] == [number]
    assert result.refused == ()


def test_progress_is_told_up_to_the_last_ticket(customer: Door, operator: Door):
    numbers, told = [ask.file(customer), 999], list[int]()
    operator.write(bulk.counted, numbers, told.append, tickets.take)
    assert told == [0, 1, 2]


def test_too_many_at_once_change_nothing(customer: Door, operator: Door):
    number = ask.file(customer)
    with pytest.raises(Invalid):
        operator.write(bulk.each, range(number, number + bulk.MOST + 1), tickets.take)
    assert ask.as_staff(operator, number).row.assignee is None


@pytest.mark.parametrize("number", [10**18 * 10, 10**30, -(10**30)])
def test_a_number_that_no_database_has_is_refused_in_words(operator: Door, number: int):
    with pytest.raises(Invalid, match="larger than any here"):
        operator.write(bulk.each, [number], tickets.take)
    with pytest.raises(Invalid, match="larger than any here"):
        operator.read(reading.show, number)

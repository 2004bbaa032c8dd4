"""Any commands of an operator, undone from the last to the first, leave everything as it was."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any

import hypothesis
import pytest
import sqlalchemy as sa
from hypothesis import strategies as st

from sysmo_tui.desk import Command, Door
from sysmo_tui.domain.enums import CloseReason, TicketField
from sysmo_tui.domain.errors import Conflict, DeskError
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import bulk, closing, editing, filing, proof, tagging, thread, tickets, undoing
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.services import requests as ask
from tests.services.test_undoing import stored

Step = Callable[[Door, int], object]


def _edit(**fields: str) -> Step:
    edits = {TicketField(name): value for name, value in fields.items()}
    return lambda door, number: door.write(editing.edit, number, edits)


def _reply(**more: Any) -> Step:
    message = Outgoing("The zebra is on the roof.", delay=timedelta(minutes=10), **more)
    return lambda door, number: door.write(thread.reply, number, message)


STEPS: dict[str, Step] = {
    "take": lambda door, number: door.write(tickets.take, number),
    "release": lambda door, number: door.write(tickets.release, number),
    "give rita": lambda door, number: door.write(tickets.assign, number, "rita@desk.example"),
    "wait": _edit(status="waiting"),
    "hold": _edit(status="on-hold", follow_up="2026-05-01"),
    "urge": _edit(urgency="high", impact="high"),
    "rename": _edit(subject="Zebra", type="incident", owner="me"),
    "move": _edit(topic="networks"),
    "put off": _edit(follow_up="2026-04-01", action_due="2026-04-02"),
    "mail elsewhere": _edit(contact_email="other@customer.example"),
    "close": lambda door, number: door.write(closing.close, number, reason=CloseReason.NOT_OURS),
    "reopen": lambda door, number: door.write(closing.reopen, number),
    "spam": lambda door, number: door.write(closing.spam, number),
    "tag": lambda door, number: door.write(tagging.tag, number, ("fire", "roof")),
    "untag": lambda door, number: door.write(tagging.untag, number, ("roof",)),
    "watch": lambda door, number: door.write(tagging.watch, number),
    "unwatch": lambda door, number: door.write(tagging.unwatch, number),
    "note": lambda door, number: ask.note(door, number, "See it, @rita."),
    "copy": lambda door, number: door.write(filing.clone, number),
    "reply": _reply(),
    "reply and wait": _reply(status="waiting"),
    "reply and close": _reply(closes=True),
    "tag both": lambda door, number: door.write_once(
        Command("tagging.tag"), bulk.each, (1, 2), tagging.tag, ("both",)
    ),
}


@hypothesis.given(
    steps=st.lists(st.tuples(st.sampled_from(sorted(STEPS)), st.sampled_from((1, 2))), max_size=8)
)
@hypothesis.settings(
    max_examples=12, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
def test_whatever_was_done_is_undone_from_the_last_to_the_first(
    cast: Cast, desk_of_two: Door, clock: Clock, steps: list[tuple[str, int]]
):
    before = [stored(cast, number) for number in (1, 2)]
    for name, number in steps:
        clock.advance(seconds=7)
        with suppress(DeskError):
            STEPS[name](desk_of_two, number)
    for _ in steps:
        clock.advance(seconds=7)
        with suppress(NothingLeft):
            undone(desk_of_two)
    with pytest.raises(NothingLeft):
        undone(desk_of_two)
    assert [stored(cast, number) for number in (1, 2)] == before
    assert cast.itself.read(proof.check) == ()


class NothingLeft(Exception):
    """Everything of the session is undone."""


def undone(door: Door) -> None:
    """Undo the last command; whatever is refused but that there is none fails the test."""
    try:
        door.write(undoing.undo)
    except Conflict as refusal:
        if "nothing to undo" in str(refusal):
            raise NothingLeft from refusal
        raise


@pytest.fixture
def desk_of_two(cast: Cast, operator: Door) -> Door:
    """Two requests, one of them answered, and an operator; each sequence puts back what it did."""
    cast.operator("rita")
    cast.topic("Networks")
    for _ in range(2):
        ask.file(cast.customer())
    ask.reply(cast.operator("rita"), 2)
    cast.itself.touch(lambda work: work.session.execute(sa.update(table(Outbox)).values(sent_at=work.now)))
    return operator

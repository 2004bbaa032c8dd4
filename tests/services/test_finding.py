"""Finding words in the whole thread of a ticket, as far as its reader may know them."""

from __future__ import annotations

from datetime import timedelta

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.sought import Sought
from sysmo_tui.services import finding, reading, thread, withdrawing
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast
from tests.services import requests as ask

CAFE = Sought("cafe")


def test_everybody_finds_words_in_what_they_may_read(customer: Door, operator: Door, cast: Cast) -> None:
    number = ask.file(customer, body="The café is shut.\n> The CAFE\u0301?")
    ask.reply(operator, number, "Which one?")
    note = ask.note(operator, number, "Their cafe again")
    reply = ask.reply(
        customer, number, "See the picture.", files=(ask.upload(customer, b"x", "Cafetería.png"),)
    )
    first = operator.read(reading.show, number).entries[0].key
    found = operator.read(finding.in_ticket, number, CAFE)
    assert [(each.key, each.order, each.count) for each in found] == [
        (first, 0, 2),
        (note, 2, 1),
        (reply, 3, 1),
    ]
    found = customer.read(finding.in_ticket, number, CAFE)
    assert [(each.key, each.order) for each in found] == [(first, 0), (reply, 2)]
    assert operator.read(finding.in_ticket, number, Sought("cafe  is\nshut")) != ()
    assert operator.read(finding.in_ticket, number, Sought(" \u0301 ")) == ()
    with pytest.raises(NotFound):
        cast.customer("oscar").read(finding.in_ticket, number, CAFE)


def test_of_a_whole_log_that_was_pasted_the_beginning_is_sought() -> None:
    line = "The printer burns. " * 20
    assert Sought(line + "Today.\n" * 50_000).count(line) == 1


def test_what_was_taken_back_is_found_by_nobody(customer: Door, operator: Door) -> None:
    number = ask.file(customer)
    operator.write(thread.reply, number, Outgoing("At the café", delay=timedelta(seconds=10)))
    assert operator.read(finding.in_ticket, number, CAFE) != ()
    operator.write(withdrawing.withdraw, number)
    assert operator.read(finding.in_ticket, number, CAFE) == ()

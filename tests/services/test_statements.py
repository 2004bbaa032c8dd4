from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.services import inboxes, reading, tagging, tickets
from tests.cast import Cast
from tests.services import requests as ask


@contextmanager
def sent_while() -> Iterator[list[str]]:
    sent: list[str] = []

    def note(_connection, _cursor, statement: str, *_rest: object) -> None:
        if statement.split(None, 1)[0].upper() in {"SELECT", "WITH", "INSERT", "UPDATE", "DELETE"}:
            sent.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        event.remove(Engine, "before_cursor_execute", note)


@pytest.fixture
def busy(cast: Cast, customer: Door, operator: Door) -> int:
    number = ask.file(customer)
    for name in ("rita", "rosa", "raul"):
        cast.operator(name).write(tagging.watch, number)
    operator.write(tagging.tag, number, ("vip", "late"))
    for n in range(6):
        ask.reply(operator, number, f"answer {n}")
        ask.reply(customer, number, f"question {n}", files=(ask.upload(customer, filename=f"{n}.txt"),))
    return number


def test_a_ticket_costs_four_statements_and_its_actor_however_long_it_is(
    customer: Door, operator: Door, busy: int
):
    short = ask.file(customer)
    for number in (short, busy):
        with sent_while() as sent:
            operator.read(reading.show, number)
        assert len(sent) == 5, sent
        with sent_while() as sent:
            customer.read(reading.show, number)
        assert len(sent) == 4, sent


@pytest.mark.parametrize("query", ["", "is:waiting", "smoke"])
def test_a_page_costs_the_same_however_many_rows_it_has(customer: Door, operator: Door, query: str):
    counted = []
    for _ in range(2):
        ask.file(customer, "smoke")
        with sent_while() as sent:
            operator.read(inboxes.page, Inbox.TOPICS, query=query)
        counted.append(len(sent))
    assert counted[0] == counted[1] <= (4 if query == "smoke" else 3)


def test_filing_and_answering_cost_few_statements(customer: Door, operator: Door, busy: int):
    with sent_while() as sent:
        ask.file(customer)
    assert len(sent) <= 22, "\n".join(sent)
    with sent_while() as sent:
        ask.reply(operator, busy, "Try again.")
    assert len(sent) <= 19, "\n".join(sent)
    with sent_while() as sent:
        operator.write(tickets.release, busy)
    assert len(sent) <= 10, "\n".join(sent)

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import Engine, event

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.enums import Inbox, Template, Verdict
from sysmo_tui.mail import receiving
from sysmo_tui.services import (
    configuration,
    files,
    inboxes,
    presence,
    reading,
    search_words,
    tagging,
    thread,
    tickets,
    topic_upkeep,
)
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import Store
from tests import mails as mail
from tests.cast import Cast, mails
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


def test_a_ticket_costs_at_most_four_statements_and_its_actor_however_long_it_is(
    customer: Door, operator: Door, admin: Door, busy: int
):
    short = ask.file(customer)
    for number in (short, busy):
        for who, with_history, most in (
            (operator, False, 2),
            (admin, False, 2),
            (customer, False, 4),
            (operator, True, 4),
            (admin, True, 4),
        ):
            with sent_while() as sent:
                shown = who.read(reading.show, number, with_history=with_history)
            assert bool(shown.events) is with_history
            assert len(sent) == most + 1, sent


@pytest.mark.parametrize("query", ["", "is:waiting", "smoke"])
def test_a_page_costs_the_same_however_many_rows_it_has(customer: Door, operator: Door, query: str):
    counted = []
    for _ in range(2):
        ask.file(customer, "smoke")
        with sent_while() as sent:
            operator.read(inboxes.page, Inbox.TOPICS, query=query)
        counted.append(len(sent))
    assert counted[0] == counted[1] <= (4 if query == "smoke" else 3)


def test_who_has_tickets_open_costs_one_statement_and_a_beat_that_changes_nothing_two(
    operator: Door, customer: Door, busy: int
):
    numbers = (busy, ask.file(customer))
    operator.touch(presence.beat, "a", busy, is_writing=False)
    with sent_while() as sent:
        operator.read(presence.among, numbers)
    assert len(sent) == 1 + 1, sent
    with sent_while() as sent:
        operator.touch(presence.beat, "a", busy, is_writing=False)
    assert len(sent) == 1 + 2, sent


def test_filing_and_answering_cost_few_statements(customer: Door, operator: Door, busy: int):
    with sent_while() as sent:
        ask.file(customer)
    assert len(sent) <= 17, "\n".join(sent)
    with sent_while() as sent:
        ask.reply(operator, busy, "Try again.")
    assert len(sent) <= 16, "\n".join(sent)
    with sent_while() as sent:
        operator.write(tickets.release, busy)
    assert len(sent) <= 8, "\n".join(sent)


def test_a_mail_that_comes_in_costs_few_statements(cast: Cast, customer: Door, operator: Door):
    """Those of ten that come together, which ask and write together."""
    senders = [cast.customer(f"c{n}") for n in range(10)]
    addresses = [sender.read(lambda work: work.actor.email) for sender in senders]
    numbers = [ask.file(sender, "Printer") for sender in senders]
    answers = [
        mail.written(address, f"Re: [#{number}]") for address, number in zip(addresses, numbers, strict=True)
    ]
    new = [mail.written(f"new{n}@acme.example", "A first one") for n in range(10)]
    for raws, most in (([mail.written(each, "Another") for each in addresses], 35), (answers, 31), (new, 37)):
        with sent_while() as sent:
            mail.came_together(cast.desk, "", raws)
        assert len(sent) <= most, f"{len(sent)}\n" + "\n".join(sent[:70])
    verdicts = [row.verdict for row in mail.kept(cast.desk)]
    assert verdicts == [Verdict.TICKET] * 10 + [Verdict.REPLY] * 10 + [Verdict.TICKET] * 10


def test_a_mail_that_comes_in_alone_costs_few_statements(cast: Cast, customer: Door):
    number = ask.file(customer)
    (told,) = (each for each in mails(cast.desk) if each.template is Template.ACKNOWLEDGED)
    assert told.ticket_number == number
    with sent_while() as sent:
        receiving.receive(cast.desk, "", mail.written(told.address, "Re:", in_reply_to=told.message_id))
    assert mail.kept(cast.desk)[0].verdict is Verdict.REPLY
    assert len(sent) <= 28, "\n".join(sent)
    with sent_while() as sent:
        receiving.receive(cast.desk, "", mail.written(told.address, "Another"))
    assert mail.kept(cast.desk)[1].verdict is Verdict.TICKET
    assert len(sent) <= 34, "\n".join(sent)


def test_a_chunk_of_a_file_costs_three_statements_however_many_files_there_are(customer: Door):
    content = os.urandom(3 * files.CHUNK - 1)
    uploads = [ask.upload(customer, b"x", f"{n}.txt") for n in range(4)]
    number = ask.file(customer, files=(*uploads, ask.upload(customer, content, "data.bin")))
    *_, stored = customer.read(files.of_ticket, number)
    with sent_while() as sent:
        assert b"".join(files.chunks(customer, number, stored.key)) == content
    assert len(sent) == 3 * 3, "\n".join(sent)


def test_telling_whether_a_desk_is_of_this_version_costs_one_statement(store: Store):
    with sent_while() as sent:
        schema.check(store)
    assert len(sent) == 1, sent


def test_a_customers_search_asks_the_same_however_common_a_word_is_in_others_tickets(
    cast: Cast, customer: Door, operator: Door
):
    others, own = ask.file(cast.customer("eve")), ask.file(customer, "Printer")

    def asked(query: str) -> tuple[list[str], list[int]]:
        with sent_while() as sent:
            found = customer.read(inboxes.page, Inbox.CREATED, query=query).page.items
        return sent, [row.number for row in found]

    queries = ("layoffs", "lay*", '"layoffs planned"', "-layoffs", "printer or layoffs")
    before = [asked(query) for query in queries]

    def many(work: Work) -> None:
        for _ in range(search_words.FEW + 1):
            thread.note(work, others, Outgoing("layoffs planned"))

    operator.write(many)
    assert [asked(query) for query in queries] == before
    assert [found for _sent, found in before] == [[], [], [], [own], [own]]


def test_the_configuration_is_copied_by_as_many_statements_for_many_topics_as_for_few(admin: Door):
    def sent() -> int:
        with sent_while() as found:
            admin.read(configuration.export)
        return len(found)

    before = sent()
    for number in range(9):
        admin.write(topic_upkeep.new, f"Topic {number}")
    assert sent() == before

"""What people do all day, through the services, against the plainest SQL for the same."""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from benchmarks.cases import Case, Goal
from benchmarks.data import People
from benchmarks.ideal import Plain
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.services import filing, inboxes, reading, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Dialect

FLAT = 1.5
"""How many times more an inbox may take on the largest desk than on the smallest."""


def cases(people: People, plain: Plain) -> Iterator[Case]:
    """Inboxes, badges, search, opening, filing and replying."""
    is_sqlite = people.desk.store.dialect is Dialect.SQLITE
    inbox = Goal(times=3, more=0.5)
    operator, manager = people.operator, people.manager

    def page(which: Inbox, after: str | None = None) -> str | None:
        return operator.read(inboxes.page, which, after=after).page.next

    yield Case("inbox, mine", lambda: page(Inbox.ASSIGNED), plain.mine, inbox, FLAT)
    yield Case("inbox, my topics", lambda: page(Inbox.TOPICS), plain.my_topics, inbox, FLAT)
    late = page(Inbox.TOPICS)
    for _ in range(5):
        late = page(Inbox.TOPICS, late) or late
    yield Case(
        "a later page : the first", lambda: page(Inbox.TOPICS, late), lambda: page(Inbox.TOPICS), Goal(1.2)
    )
    counted = Goal(most=3, where_ideal=1.2 if is_sqlite else 1.7)
    yield Case("badges", lambda: operator.read(inboxes.counts), plain.counts, counted)

    search = inbox if is_sqlite else Goal(most=15, where_ideal=14)
    for kind, word, is_common in _WORDS:

        def found(word: str = word) -> object:
            return manager.read(inboxes.page, Inbox.ALL, query=word, sort=Sort.CREATED, with_closed=True)

        def plainly(word: str = word, is_common: bool = is_common) -> object:
            return plain.search(word, is_common=is_common)

        yield Case(f"search, {kind}", found, plainly, search)
    yield from _ticket_cases(people, plain, is_sqlite=is_sqlite)


_WORDS = (
    ("in 1 of 10 entries", "invoice", True),
    ("in 1 of 100 entries", "firmware", True),
    ("in 1 of 2 000 entries", "quetzal", False),
    ("once", "ord123", False),
    ("nowhere", "absentword", False),
)


def _ticket_cases(people: People, plain: Plain, *, is_sqlite: bool) -> Iterator[Case]:
    number = people.busy_ticket
    opening = Goal(times=5, more=0.5)
    yield Case(
        "open a ticket, 40 entries",
        lambda: people.manager.read(reading.show, number, with_history=True),
        lambda: plain.ticket(number),
        opening,
    )
    numbers = itertools.count(number + 1)
    yield Case(
        "open a ticket, the next each time",
        lambda: people.manager.read(reading.show, next(numbers), with_history=True),
        lambda: plain.ticket(next(numbers)),
        opening,
    )
    body = "It burns since this morning, and the second floor smells of smoke. " * 6
    filing_one = Filing("topic-3", "Printer on fire", body)
    filed = people.customer.write(filing.file, filing_one).number
    plain.learn(filed)
    yield Case(
        "file a ticket",
        lambda: people.customer.write(filing.file, filing_one),
        plain.file,
        Goal(most=3, where_ideal=0.26 if is_sqlite else 0.8),
    )
    yield Case(
        "reply",
        lambda: people.manager.write(thread.reply, filed, Outgoing(body)),
        lambda: plain.reply(filed),
        Goal(most=3, where_ideal=0.31 if is_sqlite else 1.0),
    )

"""What people do all day, through the services, against the plainest SQL for the same."""

from __future__ import annotations

import itertools
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta

from benchmarks import data, desks
from benchmarks.data import People
from benchmarks.ideal import Plain
from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.services import filing, inboxes, reading, reports, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.reports import Ask
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Dialect

TICKETS = 100_000
ENOUGH = 1.0
"""Seconds that one comparison takes, about."""
MOST, LEAST = 300, 20


@dataclass(frozen=True, slots=True)
class Goal:
    """At most ``times`` the ideal and ``more`` milliseconds, or at most ``most`` milliseconds."""

    times: float = 0.0
    more: float = 0.0
    most: float | None = None

    def __str__(self) -> str:
        if self.most is not None:
            return f"≤ {self.most:g} ms"
        return f"≤ {self.times:g} ×" + (f" + {self.more:g} ms" if self.more else "")

    def is_met(self, ours: float, ideal: float) -> bool:
        return ours <= (self.times * ideal + self.more if self.most is None else self.most)


REPORT = Goal(most=1_000)
"""A report may take a second; the plain counting beside it has neither medians nor a comparison."""


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that people do, twice."""

    name: str
    ours: Callable[[], object]
    ideal: Callable[[], object]
    goal: Goal


def run(tickets: int = TICKETS, only: Dialect | None = None) -> bool:
    """Print the ratios for every database that can be had here, or one; whether every goal is met."""
    met = []
    for dialect in [only] if only else desks.available():
        with desks.filled(dialect, tickets) as people:
            print(f"\n{dialect}, {tickets} tickets")
            print(f"{'':<34} {'ours':>10} {'ideal':>10} {'ratio':>8}   goal")
            met += [_compare(case) for case in _cases(people, dialect)]
    return all(met)


def _compare(case: Case) -> bool:
    ours, ideal = [], []
    started = time.perf_counter()
    case.ours()
    case.ideal()
    while len(ours) < LEAST or (len(ours) < MOST and time.perf_counter() - started < ENOUGH):
        ours.append(_milliseconds(case.ours))
        ideal.append(_milliseconds(case.ideal))
    mine, best = statistics.median(ours), statistics.median(ideal)
    is_met = case.goal.is_met(mine, best)
    figures = f"{mine:7.2f} ms {best:7.2f} ms {mine / best:6.1f} ×"
    print(f"{case.name:<34} {figures}   {case.goal!s:<16} {'ok' if is_met else 'OVER'}")
    sys.stdout.flush()
    return is_met


def _milliseconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def _cases(people: People, dialect: Dialect) -> Iterator[Case]:
    actor = people.operator.read(_who)
    plain = Plain(people.desk.store, actor[0], actor[1])
    inbox = Goal(times=3, more=0.5)
    operator, manager = people.operator, people.manager

    def page(which: Inbox, after: str | None = None) -> str | None:
        return operator.read(inboxes.page, which, after=after).page.next

    yield Case("inbox, mine", lambda: page(Inbox.ASSIGNED), plain.mine, inbox)
    yield Case("inbox, my topics", lambda: page(Inbox.TOPICS), plain.my_topics, inbox)
    late = page(Inbox.TOPICS)
    for _ in range(5):
        late = page(Inbox.TOPICS, late) or late
    yield Case(
        "a later page : the first", lambda: page(Inbox.TOPICS, late), lambda: page(Inbox.TOPICS), Goal(1.2)
    )
    yield Case("badges", lambda: operator.read(inboxes.counts), plain.counts, Goal(most=3))

    search = inbox if dialect is Dialect.SQLITE else Goal(most=15)
    for kind, word, is_common in _WORDS:

        def found(word: str = word) -> object:
            return manager.read(inboxes.page, Inbox.ALL, query=word, sort=Sort.CREATED, with_closed=True)

        def plainly(word: str = word, is_common: bool = is_common) -> object:
            return plain.search(word, is_common=is_common)

        yield Case(f"search, {kind}", found, plainly, search)
    yield from _ticket_cases(people, plain)
    yield from _report_cases(people, plain)
    plain.close()


_WORDS = (
    ("in 1 of 10 entries", "invoice", True),
    ("in 1 of 100 entries", "firmware", True),
    ("in 1 of 2 000 entries", "quetzal", False),
    ("once", "ord123", False),
    ("nowhere", "absentword", False),
)


def _ticket_cases(people: People, plain: Plain) -> Iterator[Case]:
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
    durable = Goal(most=3)
    yield Case("file a ticket", lambda: people.customer.write(filing.file, filing_one), plain.file, durable)
    yield Case(
        "reply",
        lambda: people.manager.write(thread.reply, filed, Outgoing(body)),
        lambda: plain.reply(filed),
        durable,
    )


def _report_cases(people: People, plain: Plain) -> Iterator[Case]:
    for kind, days in (
        (reports.summary, 30),
        (reports.team, 30),
        (reports.backlog, 30),
        (reports.topics, 30),
        (reports.summary, 365),
    ):
        last = f"{data.NOW - timedelta(days=days):%Y-%m-%d}..{data.NOW:%Y-%m-%d}"

        def read(kind: Callable[..., object] = kind, asked: str = last) -> object:
            return people.manager.read(kind, Ask(range=asked, compare="previous"))

        def plainly(days: int = days) -> object:
            return plain.report(days)

        yield Case(f"report {kind.__name__}, {days} days", read, plainly, REPORT)


def _who(work: Work) -> tuple[int, list[int]]:
    return work.actor.account_id or 0, sorted(work.actor.topics)

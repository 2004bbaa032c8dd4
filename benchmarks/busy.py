"""How soon a key is answered on the screen while others work on the same desk, and while nobody does."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial

import sqlalchemy as sa

from benchmarks import desks, long_ticket
from benchmarks.cases import milliseconds, p95
from benchmarks.data import People
from benchmarks.figures import Figure
from benchmarks.screen import DOWN, ENTER, PAGE_DOWN, UP, environment, program
from benchmarks.terminals import Terminal
from sysmo_tui.desk import Work
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import bulk, bulk_writing, filing, thread
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Dialect

COLUMNS, ROWS = 120, 40
PER_SECOND = 5
"""Commands of others, as at a desk where thirty people are busy."""
TIMES = 25
"""How often each key is pressed."""
QUIET_TIMES = 3
PAUSE = 0.3
"""Seconds between two keys, in which what others did reaches the screen, too."""
MOST, LONGEST = 50.0, 2_000.0
"""Milliseconds that 19 of 20 keys may take; and after which nobody waits any more."""
PAGE_UP, BACKSPACE, BACK = "\x1b[5~", "\x7f", "q"
"""The way back is sooner known than the escape key, which may always be the beginning of another."""


@dataclass(frozen=True, slots=True)
class _Round:
    """Keys that are pressed over and over, each with what it does.

    ``before`` and ``after`` lead to where they do it, and back. One is answered once half of what it writes
    on a quiet desk is written: the screen shows it by then. Of what ``is_small``, a line, the first byte is.
    """

    keys: Mapping[str, str]
    before: str = ""
    after: str = ""
    is_small: bool = False


ROUNDS = (
    _Round({DOWN: "a move", UP: "a move"}, is_small=True),
    _Round({"2": "another list", "1": "another list"}),
    _Round({PAGE_DOWN: "a page", PAGE_UP: "a page"}, before="2", after="1"),
    _Round({ENTER: "open a ticket", BACK: "back to the list"}),
    _Round({"p": "type in the search", BACKSPACE: "type in the search"}, "/", ENTER, is_small=True),
)


def run(tickets: int, dialect: Dialect) -> Iterator[Figure]:
    """Keys on one filled desk, on which nobody else works at first."""
    with desks.filled(dialect, tickets) as people, program(people, COLUMNS, ROWS) as terminal:
        terminal.until("●")
        terminal.painted(1.5)
        sizes = [_sizes(terminal, each) for each in ROUNDS]
        alone = _times(terminal, sizes)
        with _others(people):
            busy = _times(terminal, sizes)
        for figure in (*_figures(busy, alone), _beside(people)):
            yield replace(figure, database=dialect, tickets=tickets)


def _figures(busy: Mapping[str, list[float]], alone: Mapping[str, list[float]]) -> Iterator[Figure]:
    """What each key took, and beside it 95 % of what it took alone."""
    for name, times in busy.items():
        most, goal = p95(times), f"95 % ≤ {MOST:g} ms"
        yield Figure("busy", name, "ms", statistics.median(times), goal, most <= MOST, most, p95(alone[name]))


def _sizes(terminal: Terminal, each: _Round) -> dict[str, int]:
    """What each key has to write until it is answered."""
    if each.is_small:
        return dict.fromkeys(each.keys, 1)
    terminal.press(each.before)
    written: dict[str, list[int]] = {key: [] for key in each.keys}
    for _ in range(QUIET_TIMES):
        for key in each.keys:
            written[key].append(terminal.press(key, 1.0).size)
    terminal.press(each.after)
    return {key: int(statistics.median(sizes)) // 2 for key, sizes in written.items()}


def _times(terminal: Terminal, sizes: Sequence[Mapping[str, int]]) -> dict[str, list[float]]:
    """Milliseconds until each key was answered, by what it does."""
    times: dict[str, list[float]] = {name: [] for each in ROUNDS for name in each.keys.values()}
    for each, needed in zip(ROUNDS, sizes, strict=True):
        terminal.press(each.before, PAUSE)
        for _ in range(TIMES):
            for key, name in each.keys.items():
                terminal.idle(PAUSE)
                times[name].append(terminal.until_written(key, needed[key], LONGEST))
        terminal.idle(PAUSE)
        terminal.press(each.after, PAUSE)
    return times


def _beside(people: People) -> Figure:
    """How long a customer's reply takes at most while a manager writes to very many tickets at once."""
    number = people.customer.write(
        filing.file, Filing(people.operator.read(long_ticket.topic), "One", "It burns.")
    ).number
    numbers = people.manager.read(_open_tickets)
    with ThreadPoolExecutor() as pool:
        noting = pool.submit(people.manager.write, bulk.each, numbers, bulk_writing.note, Outgoing("Soon."))
        replies = []
        while not noting.done():
            replies.append(
                milliseconds(partial(people.customer.write, thread.reply, number, Outgoing("And?")))
            )
        assert not noting.result().refused
    name, most = f"the longest reply beside {len(numbers)} notes", max(replies)
    return Figure("busy", name, "ms", most, f"≤ {LONGEST:,g} ms", most <= LONGEST)


def _open_tickets(work: Work) -> list[int]:
    """As many as one command may change, the newest of them."""
    tickets = table(Ticket)
    newest = (
        sa.select(tickets.c.number).where(tickets.c.closed_at.is_(None)).order_by(tickets.c.number.desc())
    )
    return list(work.session.execute(newest.limit(bulk.MOST)).scalars())


@contextmanager
def _others(people: People) -> Iterator[None]:
    """Others at work, until they are not needed any more."""
    command = [sys.executable, "-m", "benchmarks.others", people.desk.store.url, str(PER_SECOND)]
    with subprocess.Popen(command, env=environment()) as working:
        try:
            time.sleep(2)
            yield
        finally:
            working.kill()

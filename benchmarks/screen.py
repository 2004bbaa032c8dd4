"""What the screens write on a terminal, how soon, and what memory they have, beside a bare Textual table."""

from __future__ import annotations

import statistics
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from benchmarks import desks, long_ticket
from benchmarks.cases import p95
from benchmarks.data import People
from benchmarks.figures import Figure
from benchmarks.processes import as_installed
from benchmarks.terminals import Answer, Terminal, opened
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.services import filing, inboxes
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage.engine import Dialect

SIZES = ((120, 40), (80, 24))
BARE_START = 230.0
"""Milliseconds to the first rows of the bare table on the machine where the goals in time were set."""
TIMES = 9
IDLE_SECONDS = 5.0
CHANGES = 1_000
"""Screen changes after which memory is to be what it was after the first hundred."""
TUI_MEGABYTES = 100.0
FLAT_MEGABYTES = 5.0
TRUE_COLOURS = "truecolor"
SUBJECT = 12
"""Characters of a subject that every list shows."""

DOWN, UP, PAGE_DOWN, ENTER, ESCAPE = "j", "k", "\x1b[6~", "\r", "\x1b"
TOGGLE_PREVIEW = "z"
PLACES = {"new ticket": "c", "palette": ":", "help": "?", "reports": "R", "administration": "A"}
"""What is opened from the list, and by which key."""
FIRST_PAINT = 30_000
"""Bytes until the first rows are painted, at 80×24, in 256 colours."""


def run(tickets: int, dialect: Dialect) -> Iterator[Figure]:
    """Terminals of two sizes on one filled desk."""
    with desks.filled(dialect, tickets) as people:
        long = long_ticket.number(people)
        for columns, rows in SIZES:
            measured = _Screens(people, long, columns, rows)
            for figure in measured.figures():
                name = f"{columns}×{rows} {figure.name}"
                yield replace(figure, name=name, database=dialect, tickets=tickets)


@dataclass(slots=True)
class _Screens:
    """The program on a terminal of one size."""

    people: People
    long: int
    columns: int
    rows: int
    slow: float = 1.0
    """How many times slower this machine is now than the one where the goals in milliseconds were set."""

    def figures(self) -> Iterator[Figure]:
        yield from self._bare_and_first()
        with self._program() as terminal:
            yield from self._moves(terminal)
            yield from self._idle("list", terminal)
            yield from self._counter(terminal)
            yield from self._pages(terminal)
            yield from self._tickets(terminal)
            yield from self._places(terminal)
        if (self.columns, self.rows) == SIZES[0]:
            with self._program() as terminal:
                yield from self._memory(terminal)

    def _bare_and_first(self) -> Iterator[Figure]:
        first = str(self.people.operator.read(inboxes.page, Inbox.ASSIGNED).page.items[0].subject)[:SUBJECT]
        ours, bare = [], []
        for _ in range(TIMES // 2):
            with self._program(is_quiet=False) as terminal:
                shown = terminal.until(first)
                rest = terminal.painted()
                ours.append((shown.last, shown.size + rest.size))
            with self._opened("benchmarks.bare_table") as terminal:
                shown = terminal.until("FIRST-ROW")
                bare.append((shown.last, shown.size + terminal.painted().size))
        (mine, my_bytes), (best, least) = (
            (statistics.median(column) for column in zip(*pairs, strict=True)) for pairs in (ours, bare)
        )
        self.slow = max(1.0, best / BARE_START)
        times = [taken for taken, _bytes in ours]
        yield Figure("screen", "first rows", "ms", mine, "≤ 2 ×", mine <= 2 * best, p95(times), best)
        yield Figure(
            "screen", "first rows, painted", "bytes", my_bytes, "≤ 1 ×", my_bytes <= least, None, least
        )
        with self._program(is_quiet=False, colours="") as terminal:
            painted = terminal.until(first).size + terminal.painted().size
        goal = f"≤ {FIRST_PAINT:,}" if self.columns < 100 else ""
        is_met = not goal or painted <= FIRST_PAINT
        yield Figure("screen", "first rows, painted in 256 colours", "bytes", painted, goal, is_met)

    def _moves(self, terminal: Terminal) -> Iterator[Figure]:
        if self.columns >= 100:
            answers = [terminal.press(UP if time % 2 else DOWN) for time in range(TIMES)]
            yield self._bytes("a move and the preview", answers, 8_000)
            terminal.press(TOGGLE_PREVIEW)
        answers = [terminal.press(UP if time % 2 else DOWN) for time in range(TIMES)]
        yield self._bytes("a move", answers, 1_500)
        first = [answer.first for answer in answers]
        yield self._milliseconds("a move, first byte", first, 10)

    def _idle(self, where: str, terminal: Terminal) -> Iterator[Figure]:
        terminal.painted(1.0)
        written = terminal.idle(IDLE_SECONDS).size
        yield Figure("screen", f"idle, {where}", "bytes", written, "0", not written)

    def _counter(self, terminal: Terminal) -> Iterator[Figure]:
        answers = []
        topic = self.people.operator.read(long_ticket.topic)
        for _ in range(3):
            self.people.customer.write(filing.file, Filing(topic, "Printer on fire", "It burns."))
            answers.append(terminal.idle(2.5))
        moved = [answer for answer in answers if answer.size]
        if moved:  # with very many tickets it stands at its highest, and tells nothing
            yield self._bytes("a counter", moved, 300)

    def _pages(self, terminal: Terminal) -> Iterator[Figure]:
        terminal.press("2")
        answers = [terminal.press(PAGE_DOWN) for _ in range(5)]
        yield self._bytes("a page", answers, 16_000)
        yield self._milliseconds("a page with its query", [answer.last for answer in answers], 60)

    def _tickets(self, terminal: Terminal) -> Iterator[Figure]:
        answers = []
        for _ in range(5):
            answers.append(terminal.press(ENTER))
            terminal.press(ESCAPE)
            terminal.press(DOWN)
        yield self._milliseconds("open a ticket", [answer.last for answer in answers], 120)
        yield self._bytes("open a ticket, painted", answers, 32_000)
        terminal.press("/")
        yield from self._idle("search", terminal)
        terminal.press(f"#{self.long}")
        terminal.press(ENTER)
        shown = terminal.press(ENTER)
        yield self._milliseconds("open a ticket of 5 000 entries", [shown.last], 120)
        yield from self._idle("ticket", terminal)
        terminal.press("r")
        yield from self._idle("reply", terminal)
        for _ in range(2):
            terminal.press(ESCAPE)

    def _places(self, terminal: Terminal) -> Iterator[Figure]:
        for place, key in PLACES.items():
            terminal.press(key)
            yield from self._idle(place, terminal)
            terminal.press(ESCAPE)

    def _memory(self, terminal: Terminal) -> Iterator[Figure]:
        begun = early = terminal.megabytes()
        goal = f"≤ {TUI_MEGABYTES:g} MB"
        yield Figure("screen", "memory at the start", "MB", begun, goal, begun <= TUI_MEGABYTES)
        for change in range(CHANGES):
            terminal.press(ESCAPE if change % 2 else ENTER, quiet=0.05)
            if change == CHANGES // 10:
                early = terminal.megabytes()
        late = terminal.megabytes()
        name, goal = (
            f"memory after {CHANGES:,} changes : 100",
            f"≤ {TUI_MEGABYTES:g} MB, + {FLAT_MEGABYTES:g}",
        )
        is_met = late <= TUI_MEGABYTES and late - early <= FLAT_MEGABYTES
        yield Figure("screen", name, "MB", late, goal, is_met, None, early)

    def _bytes(self, name: str, answers: list[Answer], most: int) -> Figure:
        sizes = [float(answer.size) for answer in answers]
        middle = statistics.median(sizes)
        return Figure("screen", name, "bytes", middle, f"≤ {most:,}", middle <= most, p95(sizes))

    def _milliseconds(self, name: str, values: list[float], most: float) -> Figure:
        middle = statistics.median(values)
        goal = f"≤ {most:g} ms" + (f" × {self.slow:.1f}" if self.slow > 1 else "")
        return Figure("screen", name, "ms", middle, goal, middle <= most * self.slow, p95(values))

    @contextmanager
    def _program(self, *, is_quiet: bool = True, colours: str = TRUE_COLOURS) -> Iterator[Terminal]:
        """Our program, as an operator; ``is_quiet`` when it has painted everything."""
        with program(self.people, self.columns, self.rows, colours) as terminal:
            if is_quiet:
                terminal.until("●")
                terminal.painted(1.5)
            yield terminal

    @contextmanager
    def _opened(self, module: str) -> Iterator[Terminal]:
        with opened([sys.executable, "-m", module], environment(), self.columns, self.rows) as terminal:
            yield terminal


@contextmanager
def program(people: People, columns: int, rows: int, colours: str = TRUE_COLOURS) -> Iterator[Terminal]:
    """Our program on the desk of ``people``, as the operator; what a terminal says of its ``colours``."""
    secret = people.operator.caller.secret or ""
    arguments = [sys.executable, "-m", "benchmarks.program", people.desk.store.url, secret]
    with opened(arguments, environment(colours), columns, rows) as terminal:
        yield terminal


def environment(colours: str = TRUE_COLOURS) -> dict[str, str]:
    """Of a program on a terminal of 256 colours, or of all."""
    return as_installed(desks.FOLDER / "compiled") | {"COLORTERM": colours}

"""``python -m benchmarks [PART …] [--size 10k,100k,1m] [--database sqlite] [--json FILE]``."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from benchmarks import busy, desks, figures, mail, reports, screen, sql, start
from benchmarks.cases import Case, compared
from benchmarks.data import People
from benchmarks.figures import Figure
from benchmarks.ideal import Plain
from sysmo_tui import collecting
from sysmo_tui.desk import Work
from sysmo_tui.storage.engine import Dialect

SIZES = "100k"


def main() -> int:
    """Run the parts that the command line names; 0 when every goal is met."""
    # As in the program itself.
    collecting.as_usual()
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="*", choices=list(PARTS), default=list(PARTS), help="all of them")
    parser.add_argument("--size", type=sizes, default=SIZES, help="tickets of the desks, as 10k,100k,1m")
    parser.add_argument("--database", type=Dialect, choices=list(Dialect), help="one alone")
    parser.add_argument("--json", type=Path, help="a file where the figures are kept")
    given = parser.parse_args()
    databases = [given.database] if given.database else desks.available()
    found: list[Figure] = []
    for part in given.part:
        for figure in PARTS[part](given.size, databases):
            if not found or found[-1].where != figure.where:
                print(f"\n{_where(figure)}\n{figures.HEADING}")
            print(figure.line(), flush=True)
            found.append(figure)
            if given.json:
                figures.keep(given.json, found)
    grown = list(figures.growths(found))
    if grown:
        print("\nGrowth (and the ideal's) from the smallest desk to the largest")
    for growth in grown:
        print(growth.line())
    is_all_met = all(figure.is_met for figure in found) and all(growth.is_met for growth in grown)
    return 0 if is_all_met else 1


def _where(figure: Figure) -> str:
    desk = f": {figure.database}, {figure.tickets:,} tickets" if figure.tickets else ""
    return f"{figure.part}{desk}"


def sizes(text: str) -> list[int]:
    """``10k,100k,1m`` as numbers, each once, the smallest first."""
    found = [re.fullmatch(r"(\d+)([km]?)", each.strip().lower()) for each in text.split(",")]
    numbers = {int(each[1]) * {"": 1, "k": 1_000, "m": 1_000_000}[each[2]] for each in found if each}
    if not all(found) or not all(numbers):
        raise argparse.ArgumentTypeError(f"{text} is no size, as 10k,100k,1m")
    return sorted(numbers)


Part = Callable[[Sequence[int], Sequence[Dialect]], Iterator[Figure]]
"""Figures of desks of these sizes on these databases."""


def _each(run: Callable[[int, Dialect], Iterator[Figure]]) -> Part:
    """A part that measures one desk after another."""

    def part(sizes: Sequence[int], databases: Sequence[Dialect]) -> Iterator[Figure]:
        for dialect in databases:
            for tickets in sizes:
                yield from run(tickets, dialect)

    return part


def _compared(name: str, cases: Callable[[People, Plain], Iterator[Case]]) -> Part:
    """A part that compares cases with the plainest SQL."""

    def run(tickets: int, dialect: Dialect) -> Iterator[Figure]:
        with desks.filled(dialect, tickets) as people:
            plain = Plain(people.desk.store, *people.operator.read(_who))
            try:
                for case in cases(people, plain):
                    yield compared(name, case, dialect, tickets)
            finally:
                plain.close()

    return _each(run)


def _who(work: Work) -> tuple[int, list[int]]:
    return work.actor.account_id or 0, sorted(work.actor.topics)


PARTS: dict[str, Part] = {
    "start": lambda _tickets, _databases: start.run(),
    "sql": _compared("sql", sql.cases),
    "reports": _compared("reports", reports.cases),
    "mail": _each(mail.run),
    "screen": _each(screen.run),
    "busy": _each(busy.run),
}


if __name__ == "__main__":
    sys.exit(main())

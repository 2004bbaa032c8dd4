"""What the cycles of some intervals add up to, from what is sealed and, for the rest, from themselves.

Two statements at most, whatever a report asks for: a period of the past costs a row or two,
today and what changed since it was sealed are read from the cycles.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain

from sysmo_tui.desk import Work
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.measures import Ratings, Times
from sysmo_tui.domain.tallies import Count, Run, Tally
from sysmo_tui.services import live_figures, sealed_periods
from sysmo_tui.services.counting import Lens, Want


@dataclass(frozen=True, slots=True)
class Fact:
    """``n`` cases of a group; ``runs`` are their seconds, or ratings, which add up to ``total``."""

    count: Count
    closer: Closer | None
    account_id: int | None
    topic_id: int | None
    n: int
    total: int
    runs: list[Run]


def gather(work: Work, lens: Lens, wants: Sequence[Want]) -> list[list[Tally]]:
    """The tallies of every want: one, or one for each of its days.

    What is not about periods, :data:`Count.STILL_OPEN` and :data:`Count.ASSIGNED`, is wanted by itself.
    """
    tallies = [[Tally() for _ in want.days] or [Tally()] for want in wants]
    gaps = sealed_periods.take(work, lens, list(zip(wants, tallies, strict=True)))
    live_figures.read(work, lens, gaps)
    return tallies


def facts(tally: Tally) -> list[Fact]:
    """The groups of a tally."""
    return [
        Fact(count, *key, cases.n, cases.total, cases.runs)
        for count, groups in tally.groups.items()
        for key, cases in groups.items()
    ]


def ratings(facts: Iterable[Fact]) -> Ratings:
    """How content customers were with every close of ``facts``."""
    own = list(facts)
    rated = chain.from_iterable(chain(*fact.runs) for fact in own if fact.count is Count.RATED)
    return Ratings.of(rated, closed=sum(fact.n for fact in own if fact.count is Count.RESOLVED))


def times(facts: Iterable[Fact]) -> Times:
    """The exact figures over every case of ``facts``."""
    own = list(facts)
    return Times.of_runs((run for fact in own for run in fact.runs), sum(fact.total for fact in own))

"""Reports through the services, against the plainest SQL for what they count."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from benchmarks import data
from benchmarks.cases import Case, Goal
from benchmarks.data import People
from benchmarks.ideal import Plain
from sysmo_tui.services import reports
from sysmo_tui.services.reports import Ask
from sysmo_tui.storage.engine import Dialect

MONTH, TWO_YEARS = 30, 730

_IDEAL = {
    (Dialect.SQLITE, MONTH): 13.0,
    (Dialect.SQLITE, TWO_YEARS): 180.0,
    (Dialect.POSTGRESQL, MONTH): 8.0,
    (Dialect.POSTGRESQL, TWO_YEARS): 376.0,
}
"""Milliseconds that counting a million tickets took where the goals were set."""

_COUNTS = {MONTH: 5.0, TWO_YEARS: 60.0}
_MEDIANS = {MONTH: 40.0, TWO_YEARS: 400.0}


def cases(people: People, plain: Plain) -> Iterator[Case]:
    """Counts by day, exact medians and p90 by operator and topic, and what was open; a month and two years.

    Beside them stand the cycles counted by day and by operator, without any median.
    """
    dialect = people.desk.store.dialect
    for days in (MONTH, TWO_YEARS):
        for name, kind, compare, most in (
            ("counts by day", reports.volume, None, _COUNTS[days]),
            ("medians by operator and topic", reports.resolution, None, _MEDIANS[days]),
            ("team", reports.team, None, _MEDIANS[days]),
            ("backlog", reports.backlog, None, _MEDIANS[days]),
            # Two ranges of that length.
            ("summary, compared", reports.summary, "previous", 2 * _MEDIANS[days]),
        ):
            first = data.NOW - timedelta(days=days - 1)
            ask = Ask(range=f"{first:%Y-%m-%d}..{data.NOW:%Y-%m-%d}", compare=compare)

            def read(kind: Callable[..., object] = kind, ask: Ask = ask) -> object:
                return people.manager.read(kind, ask)

            def plainly(days: int = days) -> object:
                return plain.report(days)

            goal = Goal(most=most, where_ideal=_IDEAL[dialect, days])
            yield Case(f"report: {name}, {days} days", read, plainly, goal)

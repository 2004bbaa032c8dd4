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

REPORT = Goal(most=1_000)
"""A report may take a second; the plain counting beside it has neither medians nor a comparison."""


def cases(people: People, plain: Plain) -> Iterator[Case]:
    """Every kind of report over a month, and the summary over a year."""
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

"""What reports say: figures with their number of cases, and what became better or worse.

The median of an even number of cases is the mean of the two in the middle, as in
spreadsheets. p90 is nearest-rank: the smallest observed value that at least nine tenths of
the cases do not exceed. Lengths of time are in calendar seconds.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Generic, TypeVar

from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING, Closer
from sysmo_tui.domain.enums import Age, Measure
from sysmo_tui.domain.moments import DateRange
from sysmo_tui.domain.order import Order
from sysmo_tui.domain.text import SafeText

T = TypeVar("T")


EVEN = 0.005
"""How much two shares differ at most that are as good: half a point of a hundred."""

AGE_LIMITS = (1, 3, 7, 30)
"""The days at which one :class:`Age` ends and the next begins."""


class Scope(StrEnum):
    """Whose figures a report shows."""

    DESK = "desk"
    OWN = "own"


@dataclass(frozen=True, slots=True)
class Times:
    """Lengths of time over ``n`` cases, in seconds; None for no case."""

    n: int = 0
    mean: int | None = None
    median: int | None = None
    p90: int | None = None

    @classmethod
    def of(cls, seconds: Iterable[int]) -> Times:
        """The figures of these cases, exactly."""
        ordered = sorted(seconds)
        return cls.of_runs([ordered], sum(ordered))

    @classmethod
    def of_runs(cls, runs: Iterable[Sequence[int]], total: int) -> Times:
        """The figures of cases in sorted runs that add up to ``total``, exactly."""
        order = Order(runs)
        n = len(order)
        if not n:
            return cls()
        middle = (order[(n - 1) // 2] + order[n // 2]) / 2
        return cls(n, round(total / n), round(middle), order[_rank(n, 90)])


def _rank(n: int, percent: int) -> int:
    return max(0, math.ceil(n * percent / 100) - 1)


SATISFIED = 4
"""The rating from which on a customer counts as satisfied."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """How content customers were with ``closed`` closes that stand, of which ``n`` were rated.

    ``satisfaction`` is ``satisfied`` / ``n``, ``response_rate`` is ``n`` / ``closed``; None of no case.
    ``counts`` says how many rated with 1, 2, 3, 4 and 5.
    """

    n: int = 0
    satisfied: int = 0
    satisfaction: float | None = None
    closed: int = 0
    response_rate: float | None = None
    counts: tuple[int, ...] = (0,) * BEST_RATING

    @classmethod
    def of(cls, ratings: Iterable[int], *, closed: int) -> Ratings:
        """The figures of these ratings, which so many closes got."""
        given = Counter(ratings)
        n, satisfied = given.total(), sum(given[rating] for rating in range(SATISFIED, BEST_RATING + 1))
        counts = tuple(given[rating] for rating in range(WORST_RATING, BEST_RATING + 1))
        return cls(n, satisfied, satisfied / n if n else None, closed, n / closed if closed else None, counts)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure's value, and the ``n`` cases it stands on; None for a count, which stands on itself."""

    value: float | None
    n: int | None = None


@dataclass(frozen=True, slots=True)
class Delta:
    """How a measure changed. ``is_good`` is None where nothing changed or neither way is good."""

    measure: Measure
    value: float | None
    before: float | None
    n: int | None = None
    before_n: int | None = None

    @property
    def difference(self) -> float | None:
        """By how much, in the measure's own unit."""
        return None if self.value is None or self.before is None else self.value - self.before

    @property
    def ratio(self) -> float | None:
        """By which share of what it was; None when it was nothing."""
        return self.difference / self.before if self.before and self.difference is not None else None

    @property
    def is_good(self) -> bool | None:
        """Whether the change is for the better; of shares, one within :data:`EVEN` is neither."""
        if not self.difference or self.measure.is_better_high is None:
            return None
        if self.measure.is_share and abs(self.difference) <= EVEN:
            return None
        return (self.difference > 0) is self.measure.is_better_high


@dataclass(frozen=True, slots=True)
class Report(Generic[T]):
    """A report of ``range``, in the desk's days, beside what was ``before`` in the other range."""

    range: DateRange
    time_zone: str
    scope: Scope
    topic: SafeText | None
    at: datetime
    now: T
    compared_with: DateRange | None
    before: T | None
    deltas: tuple[Delta, ...]


@dataclass(frozen=True, slots=True)
class TeamRow:
    """What one operator did. The rows of closer customer and automatic have no account.

    ``reopened`` counts closes of theirs that did not hold; ``open_now`` is None for the past.
    """

    closer: Closer
    account_id: int | None
    name: SafeText
    resolved: int
    resolution: Times
    response: Times
    reopened: int
    open_now: int | None


@dataclass(frozen=True, slots=True)
class Team:
    """Resolved per user. ``total`` is computed from every case, never from the rows' averages."""

    rows: tuple[TeamRow, ...]
    total: TeamRow


@dataclass(frozen=True, slots=True)
class DayCount:
    """A local day's new tickets and the closes of that day that stand."""

    day: date
    received: int
    closed: int


@dataclass(frozen=True, slots=True)
class Volume:
    """Received and closed, by day."""

    days: tuple[DayCount, ...]
    received: int
    closed: int


@dataclass(frozen=True, slots=True)
class TimesRow:
    """Lengths of time of one operator or one topic; ``id`` is None for customers and the desk."""

    id: int | None
    name: SafeText
    times: Times


@dataclass(frozen=True, slots=True)
class Durations:
    """Resolution or first response: of all, by who did it and by topic."""

    total: Times
    by_person: tuple[TimesRow, ...]
    by_topic: tuple[TimesRow, ...]


@dataclass(frozen=True, slots=True)
class RatingsRow:
    """How content customers were with one closer or under one topic; ``id`` as in :class:`TimesRow`."""

    id: int | None
    name: SafeText
    ratings: Ratings


@dataclass(frozen=True, slots=True)
class Satisfaction:
    """Ratings of what was closed: of all, by who closed it and by topic."""

    total: Ratings
    by_person: tuple[RatingsRow, ...]
    by_topic: tuple[RatingsRow, ...]


@dataclass(frozen=True, slots=True)
class DayBacklog:
    """How many tickets were open at the midnight that ended a local day; now, for today."""

    day: date
    open: int


@dataclass(frozen=True, slots=True)
class AgeCount:
    """How many open tickets are of an age."""

    age: Age
    open: int


@dataclass(frozen=True, slots=True)
class Backlog:
    """Open tickets at the end of each day, and by age at the end of the range."""

    days: tuple[DayBacklog, ...]
    ages: tuple[AgeCount, ...]
    open: int


@dataclass(frozen=True, slots=True)
class TopicRow:
    """A topic's tickets. ``resolution`` is None where only volumes are seen, ``open_now`` for the past."""

    id: int
    name: SafeText
    received: int
    closed: int
    resolution: Times | None
    reopened: int
    open_now: int | None


@dataclass(frozen=True, slots=True)
class Topics:
    """What comes in under which topic."""

    rows: tuple[TopicRow, ...]
    received: int
    closed: int


@dataclass(frozen=True, slots=True)
class AgeLoad:
    """Open tickets of an age, and what they weigh together (:func:`sysmo_tui.domain.loads.weight`)."""

    age: Age
    open: int
    load: float


@dataclass(frozen=True, slots=True)
class LoadRow:
    """What one operator has open now; ``account_id`` is None for what nobody has, and for the total.

    ``paused`` are those of ``open`` that wait for the customer or are on hold.
    """

    account_id: int | None
    name: SafeText
    open: int
    paused: int
    load: float
    ages: tuple[AgeLoad, ...]


@dataclass(frozen=True, slots=True)
class Workload:
    """Who has how much now, whatever days are asked for; what nobody has is the last of ``rows``."""

    rows: tuple[LoadRow, ...]
    total: LoadRow


Grid = tuple[tuple[int, ...], ...]
"""Counts by weekday, from Monday on, and by hour of the day, from midnight on."""


@dataclass(frozen=True, slots=True)
class Hours:
    """When tickets come in and are closed, by weekday and hour of the desk's clock."""

    received_at: Grid
    closed_at: Grid
    received: int
    closed: int


@dataclass(frozen=True, slots=True)
class Summary:
    """The desk in short.

    ``reopen_rate`` is ``reopened`` / ``reopen_rate_n``: the closes of those whose figures are
    shown, which for operators are their own. None when they closed nothing.
    """

    received: int
    closed: int
    resolution: Times
    response: Times
    reopened: int
    reopen_rate: float | None
    reopen_rate_n: int
    backlog: int
    ages: tuple[AgeCount, ...]
    ratings: Ratings
    days: tuple[DayCount, ...]


Figures = Mapping[Measure, Figure]


def deltas(now: Figures, before: Figures | None) -> tuple[Delta, ...]:
    """The change of every measure of ``now``; without ``before``, what there is alone."""
    was = before or {}
    return tuple(
        Delta(measure, figure.value, last.value, figure.n, last.n)
        for measure, figure in now.items()
        for last in (was.get(measure, Figure(None)),)
    )


def headline(figures: object) -> dict[Measure, Figure]:
    """The measures of a report's body that are compared with another range."""
    match figures:
        case Team(total=total):
            return {
                Measure.CLOSED: Figure(total.resolved),
                **times_of("resolution", total.resolution),
                **times_of("response", total.response),
                Measure.REOPENED: Figure(total.reopened),
            }
        case Summary():
            return {
                Measure.RECEIVED: Figure(figures.received),
                Measure.CLOSED: Figure(figures.closed),
                **times_of("resolution", figures.resolution),
                **times_of("response", figures.response),
                Measure.REOPENED: Figure(figures.reopened),
                Measure.REOPEN_RATE: Figure(figures.reopen_rate, figures.reopen_rate_n),
                Measure.BACKLOG: Figure(figures.backlog),
                **_ratings_of(figures.ratings),
            }
        case Satisfaction(total=ratings):
            return _ratings_of(ratings)
        case Volume() | Topics() | Hours():
            return {Measure.RECEIVED: Figure(figures.received), Measure.CLOSED: Figure(figures.closed)}
        case Backlog():
            return {Measure.BACKLOG: Figure(figures.open)}
        case _:
            raise TypeError(type(figures))


def times_of(name: str, times: Times) -> dict[Measure, Figure]:
    """The measures of ``resolution`` or ``response``."""
    return {
        Measure(f"{name}_mean"): Figure(times.mean, times.n),
        Measure(f"{name}_median"): Figure(times.median, times.n),
        Measure(f"{name}_p90"): Figure(times.p90, times.n),
    }


def _ratings_of(ratings: Ratings) -> dict[Measure, Figure]:
    return {
        Measure.SATISFACTION: Figure(ratings.satisfaction, ratings.n),
        Measure.RATING_RATE: Figure(ratings.response_rate, ratings.closed),
    }

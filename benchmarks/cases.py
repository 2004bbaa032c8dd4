"""What is measured twice, ours and the ideal, taken in turn; and what ours may cost."""

from __future__ import annotations

import math
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benchmarks.figures import Figure

ENOUGH = 1.0
"""Seconds that one comparison takes, about."""
MOST, LEAST = 300, 20
"""How often each is done, at most and at least."""


@dataclass(frozen=True, slots=True)
class Goal:
    """At most ``times`` the ideal and ``more`` milliseconds, or at most ``most`` milliseconds.

    ``where_ideal`` is what the ideal took, in milliseconds, on the machine where ``most`` was set: where the
    ideal takes longer, ours may take longer in proportion.
    """

    times: float = 0.0
    more: float = 0.0
    most: float | None = None
    where_ideal: float | None = None

    def __str__(self) -> str:
        if self.most is None:
            return f"≤ {self.times:g} ×" + (f" + {self.more:g} ms" if self.more else "")
        where = "" if self.where_ideal is None else f" where ideal {self.where_ideal:g}"
        return f"≤ {self.most:g} ms{where}"

    def limit(self, ideal: float) -> float:
        """The most milliseconds that ours may take where the ideal takes ``ideal``."""
        if self.most is None:
            return self.times * ideal + self.more
        return self.most * (1.0 if self.where_ideal is None else max(1.0, ideal / self.where_ideal))

    def is_met(self, ours: float, ideal: float) -> bool:
        return ours <= self.limit(ideal)


@dataclass(frozen=True, slots=True)
class Case:
    """One thing that people do, twice.

    ``growth`` is how many times more it may take on the largest desk of a run than on the smallest.
    """

    name: str
    ours: Callable[[], object]
    ideal: Callable[[], object]
    goal: Goal
    growth: float | None = None


def compared(part: str, case: Case, database: str, tickets: int) -> Figure:
    """Do both in turn, first ones not counted, until there are enough."""
    ours: list[float] = []
    ideal: list[float] = []
    started = time.perf_counter()
    case.ours()
    case.ideal()
    while len(ours) < LEAST or (len(ours) < MOST and time.perf_counter() - started < ENOUGH):
        ours.append(milliseconds(case.ours))
        ideal.append(milliseconds(case.ideal))
    mine, best = statistics.median(ours), statistics.median(ideal)
    return Figure(
        part,
        case.name,
        "ms",
        mine,
        goal=str(case.goal),
        is_met=case.goal.is_met(mine, best),
        p95=p95(ours),
        ideal=best,
        database=database,
        tickets=tickets,
        growth=case.growth,
    )


def milliseconds(call: Callable[[], object]) -> float:
    """What one call takes."""
    begun = time.perf_counter()
    call()
    return (time.perf_counter() - begun) * 1000


def p95(values: Sequence[float]) -> float:
    """What 95 of 100 do not exceed: the nearest rank."""
    return sorted(values)[math.ceil(0.95 * len(values)) - 1]

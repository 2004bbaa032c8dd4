"""Programs that write on a desk at once, and whether the desk has what they were told it has."""

from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from sysmo_tui.models import Entry, Ticket, table
from sysmo_tui.services import proof
from sysmo_tui.storage import integrity
from tests.cast import Cast

Report = Mapping[str, Any]
"""What a program was told: see :mod:`tests.hostile.writing`."""


def sessions(cast: Cast, many: int) -> list[tuple[str, str]]:
    """The secrets of so many pairs of a customer and an operator."""
    cast.customer()
    cast.operator()
    return [
        (str(cast.sign_in("carla").caller.secret), str(cast.sign_in("luis").caller.secret))
        for _ in range(many)
    ]


def program(*words: object, stdin: int | None = None) -> subprocess.Popen[bytes]:
    """Start :mod:`tests.hostile.writing`."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.hostile.writing", *map(str, words)],
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def answer(running: subprocess.Popen[bytes]) -> dict[str, Any]:
    """What a program reports in the end; nothing may have gone wrong in it."""
    out, err = running.communicate(timeout=180)
    assert running.returncode == 0, err.decode()[-2000:]
    report: dict[str, Any] = json.loads(out)
    return report


def everything_is_as_told(
    cast: Cast, reports: Sequence[Report], numbers: Sequence[int] = (), bodies: Sequence[str] = ()
) -> None:
    """What was acknowledged is there once, nothing else is, and nobody was refused anything.

    ``numbers`` and ``bodies`` are the tickets and entries that are there besides.
    """
    assert [error for report in reports for error in report["errors"]] == []
    told = [*numbers, *(each for report in reports for each in report["numbers"])]
    assert [each for each, times in Counter(told).items() if times > 1] == []
    said = Counter([*bodies, *(each for report in reports for each in report["bodies"])])
    with cast.desk.store.reading() as session:
        kept = session.execute(sa.select(table(Ticket).c.number)).scalars().all()
        written = Counter(session.execute(sa.select(table(Entry).c.body)).scalars())
    assert sorted(kept) == sorted(told)
    assert written == said
    assert [str(problem) for problem in integrity.check(cast.desk.store)] == []
    assert cast.itself.read(proof.check) == ()

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

_TICKET = table(Ticket)

Report = Mapping[str, Any]
"""What a program was told: see :mod:`tests.hostile.writing`."""


def sessions(cast: Cast, many: int) -> list[tuple[str, str]]:
    """The secrets of so many pairs of a session of one customer and one of an operator each."""
    cast.customer()
    operators = [cast.operator(f"operator{n}") for n in range(many)]
    return [(str(cast.sign_in("carla").caller.secret), str(each.caller.secret)) for each in operators]


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

    No ticket was taken by two operators.

    ``numbers`` and ``bodies`` are the tickets and entries that are there besides.
    """
    errors = [error for report in reports for error in report["errors"]]
    assert errors == [], errors[:5]
    told = [*numbers, *(each for report in reports for each in report["numbers"])]
    assert [each for each, times in Counter(told).items() if times > 1] == []
    said = Counter([*bodies, *(each for report in reports for each in report["bodies"])])
    with cast.desk.store.reading() as session:
        kept = session.execute(sa.select(_TICKET.c.number)).scalars().all()
        assigned = session.execute(sa.select(_TICKET.c.number, _TICKET.c.assignee_id)).all()
        written = Counter(session.execute(sa.select(table(Entry).c.body)).scalars())
    assert sorted(kept) == sorted(told)
    assert written == said
    assignee = {row.number: row.assignee_id for row in assigned}
    for place, report in enumerate(reports):
        assert {assignee[number] for number in report["taken"]} <= {cast.ids[f"operator{place}"]}
    assert [str(problem) for problem in integrity.check(cast.desk.store)] == []
    assert cast.itself.read(proof.check) == ()

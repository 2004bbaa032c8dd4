"""The report of time in status, and with whom: from the events of what was closed in a range.

It is about the same closes as the report of resolution, and shares their time out, so that both agree.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import loads, measures
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.measures import Report, Times
from sysmo_tui.domain.report_parts import Figure
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.domain.time_spent import MOVED, HolderTime, StatusTime, Stay, TimeSpent, stays
from sysmo_tui.models import Cycle, Event, table
from sysmo_tui.services import report_frames, report_tickets, states
from sysmo_tui.services.counting import Interval, Lens
from sysmo_tui.services.live_figures import STANDS
from sysmo_tui.services.report_frames import Ask

MOST = 2000
"""Closes of a range whose history is read, the newest ones: whoever asks for years waits no longer."""

_CYCLE, _EVENT = table(Cycle), table(Event)
_TEXT = sa.cast(_EVENT.c.changes, sa.Text)
_MOVES = sa.or_(*(_TEXT.contains(f'"{name}"', autoescape=True) for name in MOVED))
_CLOSE = range(5)
"""The places of what a line of a history says of its close."""


@dataclass(slots=True)
class _Spent:
    """What the closes of a range add up to: the seconds of each that was in a status, or with somebody."""

    seconds: list[int] = field(default_factory=list)
    in_status: defaultdict[int, list[int]] = field(default_factory=lambda: defaultdict(list))
    with_whom: defaultdict[int | None, list[int]] = field(default_factory=lambda: defaultdict(list))
    paused: defaultdict[int | None, int] = field(default_factory=lambda: defaultdict(int))
    older: int = 0


def time(work: Work, ask: Ask) -> Report[TimeSpent]:
    """In which status the tickets that were closed spent their time, and with whom."""
    frame = report_frames.resolve(work, ask)
    found = _read(work, frame.lens, frame.intervals)
    people = {account for spent in found for account in spent.with_whom if account is not None}
    names = report_frames.names(work, people).people
    bodies = [_body(work, spent, names) for spent in found]
    return report_frames.made(work, frame, bodies, lambda body: measures.times_of("resolution", body.total))


def _read(work: Work, lens: Lens, intervals: Sequence[Interval]) -> list[_Spent]:
    """What each interval adds up to, by one statement."""
    found = [_Spent() for _interval in intervals]
    closes = sa.union_all(*(_newest(lens, place, each) for place, each in enumerate(intervals))).subquery()
    of = closes.c
    histories = (
        sa.select(of.place, of.ticket_number, of.n, of.seconds, of.total, _EVENT.c.at, _EVENT.c.changes)
        .join_from(closes, _EVENT, _EVENT.c.ticket_number == of.ticket_number)
        .where(_MOVES)
        .order_by(of.place, of.ticket_number, of.n, _EVENT.c.id)
    )
    for (place, *_, seconds, total), rows in groupby(
        work.session.execute(histories), key=itemgetter(*_CLOSE)
    ):
        spent = found[place]
        spent.older = max(total - MOST, 0)
        _add(work, spent, seconds, list(stays(((row.at, row.changes) for row in rows), seconds)))
    return found


def _newest(lens: Lens, place: int, interval: Interval) -> sa.Select[Any]:
    """The newest closes of an interval that stand, with how many of them there are."""
    closes = (
        sa.select(_CYCLE.c.ticket_number, _CYCLE.c.n, _CYCLE.c.seconds, sa.func.count().over().label("total"))
        .where(
            STANDS,
            _CYCLE.c.closed_at >= interval[0],
            _CYCLE.c.closed_at < interval[1],
            *report_tickets.seen(lens, Figure.RESOLVED),
        )
        .order_by(_CYCLE.c.closed_at.desc(), _CYCLE.c.ticket_number.desc(), _CYCLE.c.n.desc())
        .limit(MOST)
        .subquery()
    )
    return sa.select(sa.literal_column(str(place), sa.Integer).label("place"), *closes.c)


def _add(work: Work, spent: _Spent, seconds: int, own: Sequence[Stay]) -> None:
    """Count a close and where its time went."""
    known = states.all_states(work)
    in_status: defaultdict[int, int] = defaultdict(int)
    with_whom: defaultdict[int | None, int] = defaultdict(int)
    for stay in own:
        status = stay.status_id or 0
        in_status[status] += stay.seconds
        with_whom[stay.holder_id] += stay.seconds
        if loads.is_paused(known[status].category):
            spent.paused[stay.holder_id] += stay.seconds
    spent.seconds.append(seconds)
    for status, taken in in_status.items():
        spent.in_status[status].append(taken)
    for holder, taken in with_whom.items():
        spent.with_whom[holder].append(taken)


def _body(work: Work, spent: _Spent, names: dict[int, SafeText]) -> TimeSpent:
    """The figures; statuses in the desk's order, people by how long they had tickets, nobody last."""
    total = sum(spent.seconds)

    def figures(taken: list[int]) -> dict[str, Any]:
        own = sum(taken)
        return {"times": Times.of(taken), "total_seconds": own, "share": own / total if total else None}

    by_status = [
        StatusTime(id=status, name=clean_line(state.name), category=state.category, **figures(taken))
        for status, state in states.all_states(work).items()
        if (taken := spent.in_status.get(status))
    ]
    by_person = [
        HolderTime(
            account_id=account,
            name=clean_line(report_frames.NOBODYS_ROW) if account is None else names[account],
            paused_seconds=spent.paused[account],
            **figures(taken),
        )
        for account, taken in spent.with_whom.items()
    ]
    by_person.sort(
        key=lambda row: (row.account_id is None, -row.total_seconds, same_name(row.name), row.account_id or 0)
    )
    return TimeSpent(Times.of(spent.seconds), total, tuple(by_status), tuple(by_person), spent.older)

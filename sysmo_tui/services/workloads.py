"""Who has how much to do now, and how old it is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import loads
from sysmo_tui.domain.enums import Age, Category
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.measures import AgeLoad, LoadRow, Report, Scope, Workload
from sysmo_tui.domain.moments import FAR_FUTURE, DateRange
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Cycle, Ticket, table
from sysmo_tui.services import report_frames
from sysmo_tui.services.counting import Lens
from sysmo_tui.services.day_counts import Moment
from sysmo_tui.services.live_figures import STANDS
from sysmo_tui.services.report_frames import Ask

_TICKET, _CYCLE = table(Ticket), table(Cycle)
_YOUNGEST = tuple(Age)[:-1]
_AGE = sa.case(
    *(
        (_CYCLE.c.opened_at >= sa.bindparam(age.name, type_=_CYCLE.c.opened_at.type), age.value)
        for age in _YOUNGEST
    ),
    else_=Age.OLDER.value,
).label("age")
_GROUP = (_TICKET.c.assignee_id, _TICKET.c.priority_level, _TICKET.c.category)


@dataclass(frozen=True, slots=True)
class _Heap:
    """Open tickets of one assignee, level, category and age."""

    account_id: int | None
    level: int
    category: Category
    age: Age
    n: int

    @property
    def load(self) -> float:
        return self.n * loads.weight(self.level, self.category)


def workload(work: Work, ask: Ask) -> Report[Workload]:
    """Open tickets of each operator now, weighed by priority, and those that nobody has.

    The days that ``ask`` names do not matter, nor what they are compared with. Operators see their own
    and what nobody has in their topics.
    """
    frame = report_frames.resolve(work, replace(ask, compare=None))
    today = work.now.astimezone(frame.zone).date()
    frame = replace(frame, ranges=(DateRange(today, today),))
    heaps = _heaps(work, frame.lens)
    people = {heap.account_id for heap in heaps if heap.account_id is not None}
    if frame.scope is Scope.OWN and frame.lens.person is not None:
        people.add(frame.lens.person)
    names = report_frames.names(work, people).people
    by_person: dict[int | None, list[_Heap]] = defaultdict(list)
    for heap in heaps:
        by_person[heap.account_id].append(heap)
    rows = [_row(account, names[account], by_person[account]) for account in people]
    rows.sort(key=lambda row: (-row.load, -row.open, same_name(row.name), row.account_id or 0))
    rows.append(_row(None, clean_line(report_frames.NOBODYS_ROW), by_person[None]))
    body = Workload(tuple(rows), _row(None, clean_line(report_frames.TOTAL_ROW), heaps))
    return report_frames.made(work, frame, [body], lambda _body: {})


def _heaps(work: Work, lens: Lens) -> list[_Heap]:
    opened = Moment(FAR_FUTURE, work.now).opened
    given: dict[str, Any] = {age.name: opened[age][0] for age in _YOUNGEST}
    statement = (
        sa.select(*_GROUP, _AGE, sa.func.count().label("n"))
        .select_from(_TICKET)
        .join(_CYCLE, _CYCLE.c.ticket_number == _TICKET.c.number)
        .where(_TICKET.c.closed_at.is_(None), _CYCLE.c.closed_at.is_(None), STANDS, *_seen(lens))
        .group_by(*_GROUP, _AGE)
    )
    return [
        _Heap(account, level, category, Age(age), n)
        for account, level, category, age, n in work.session.execute(statement, given)
    ]


def _seen(lens: Lens) -> list[sa.ColumnElement[bool]]:
    """The tickets of the lens: somebody's as personal figures, nobody's as a topic's volume."""
    topic, assignee = _TICKET.c.topic_id, _TICKET.c.assignee_id
    if lens.person is None:
        return [] if lens.topics is None else [topic.in_(lens.topics)]
    own = [assignee == lens.person]
    nobodys = [assignee.is_(None), topic.in_(lens.topics or ())]
    if lens.figure_topics is not None:
        own.append(topic.in_(lens.figure_topics))
    return [sa.or_(sa.and_(*own), sa.and_(*nobodys))]


def _row(account: int | None, name: SafeText, heaps: Iterable[_Heap]) -> LoadRow:
    own = list(heaps)
    ages = tuple(
        AgeLoad(age, sum(heap.n for heap in of_age), sum(heap.load for heap in of_age))
        for age in Age
        for of_age in ([heap for heap in own if heap.age is age],)
    )
    return LoadRow(
        account_id=account,
        name=name,
        open=sum(heap.n for heap in own),
        paused=sum(heap.n for heap in own if loads.is_paused(heap.category)),
        load=sum(heap.load for heap in own),
        ages=ages,
    )

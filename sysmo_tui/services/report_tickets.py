"""The tickets behind a figure of a report: the same cycles that it counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.enums import Sort
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import FAR_FUTURE, DateRange
from sysmo_tui.domain.report_parts import WITH_AGES, WITH_HOURS, Figure, Part
from sysmo_tui.domain.tallies import Count
from sysmo_tui.domain.views import Page, TicketRow
from sysmo_tui.models import Cycle, Ticket, table
from sysmo_tui.services import cursors, people, report_frames, rows, topics, visible
from sysmo_tui.services.counting import Interval, Lens
from sysmo_tui.services.day_counts import Moment
from sysmo_tui.services.hour_counts import HOURS, hour_of_week, pieces
from sysmo_tui.services.live_figures import READINGS, STANDS, Reading
from sysmo_tui.services.report_frames import Ask, Frame

PAGE = 50

_TICKET, _CYCLE = table(Ticket), table(Cycle)
_OPEN_NOW = frozenset({Figure.OPEN_NOW, Figure.ASSIGNED})
_NOBODYS = frozenset({Figure.RECEIVED, Figure.OPEN})
_WITH_CLOSER = frozenset({Figure.CLOSED, Figure.RESOLVED, Figure.RATED})


@dataclass(frozen=True, slots=True)
class Behind:
    """One case: its ticket, when it happened, and its seconds, or its rating, where it has any.

    ``cycle`` tells cases of the same ticket apart.
    """

    ticket: TicketRow
    cycle: int
    at: datetime
    value: int | None


@dataclass(frozen=True, slots=True)
class Cases:
    """A page of the cases of a figure, newest first; its total counts all of them.

    Some may be of tickets that the actor does not see any more: ``hidden`` says how many. ``who`` is the
    address of whose cases they are, ``topic`` the slug of their topic, both "" for all.
    """

    page: Page[Behind]
    hidden: int
    days: DateRange
    who: str
    topic: str


CUSTOMER, AUTOMATIC, NOBODY = Closer.CUSTOMER.value, Closer.AUTOMATIC.value, "nobody"
"""Whose a case may be beside people's."""


def of(work: Work, ask: Ask, part: Part, who: str, *, after: str | None = None, limit: int = PAGE) -> Cases:
    """:func:`behind` for the cases of ``who``: an address, ``me``, customer, automatic or nobody.

    NotFound for an address that nobody has, Invalid for who cannot have such a case.
    """
    word = who.strip().casefold()
    me = work.actor.account_id
    if word in (CUSTOMER, AUTOMATIC):
        if part.figure not in _WITH_CLOSER:
            raise Invalid(
                N_("Customers and the desk itself only close: figure closed or rated."), field="operator"
            )
        part = replace(part, closer=Closer(word))
    elif word == NOBODY:
        if part.figure is not Figure.OPEN_NOW:
            raise Invalid(N_("Nobody has only what is open: figure open-now."), field="operator")
        part = replace(part, is_nobodys=True)
    elif word == "me" and me is not None:
        part = _of_account(part, me)
    else:
        part = _of_account(part, people.named(work, who).id)
    return behind(work, ask, part, after=after, limit=limit)


def behind(work: Work, ask: Ask, part: Part, *, after: str | None = None, limit: int = PAGE) -> Cases:
    """The cases of ``part`` of the report that ``ask`` asks for, as the actor sees it.

    Invalid for what the figure does not have, such as the age of a closed ticket.
    """
    _check(part)
    frame = report_frames.resolve(work, replace(ask, compare=None))
    days = part.days or frame.ranges[0]
    reading = READINGS[Count.STILL_OPEN if part.figure in WITH_AGES else part.figure.counts]
    conditions = [STANDS, *_conditions(work, frame, part, days, reading)]
    sees_all = work.actor.role.sees_all
    seen = visible.worked_on(sees_all=sees_all)
    bound = {} if sees_all else visible.values(work.actor)
    cases = _CYCLE.join(_TICKET, _TICKET.c.number == _CYCLE.c.ticket_number)
    counted = (
        sa.select(sa.func.count(), sa.func.count(sa.case((seen, 1)))).select_from(cases).where(*conditions)
    )
    total, shown = work.session.execute(counted, bound).one()
    order = (reading.moment.label("at"), _CYCLE.c.ticket_number, _CYCLE.c.n)
    value = sa.cast(sa.null(), sa.Integer) if reading.value is None else reading.value
    listed = (
        sa.select(*order, value.label("value"))
        .select_from(cases)
        .where(*conditions, seen, *_beyond(reading, after))
        .order_by(*(column.desc() for column in order))
        .limit(limit + 1)
    )
    found = work.session.execute(listed, bound).all()
    tickets = {row.number: row for row in rows.staff(work, [row.ticket_number for row in found[:limit]])}
    items = tuple(Behind(tickets[number], cycle, at, value) for at, number, cycle, value in found[:limit])
    following = cursors.by_sort(Sort.UPDATED, found[limit - 1][:3]) if len(found) > limit else None
    who = "" if part.account_id is None else people.by_id(work, part.account_id).address
    topic = "" if part.topic_id is None else topics.by_id(work, part.topic_id).slug
    return Cases(Page(items, total, following), total - shown, days, who, topic)


def _of_account(part: Part, account_id: int) -> Part:
    """A customer's close is not an operator's, whoever else the customer is."""
    return replace(
        part, account_id=account_id, closer=Closer.OPERATOR if part.figure in _WITH_CLOSER else None
    )


def _check(part: Part) -> None:
    """Refuse what the figure does not have, and numbers that no clock shows."""
    if part.age is not None and part.figure not in WITH_AGES:
        raise Invalid(
            N_("Only tickets that are open have an age: figure open, open-now or assigned."), field="age"
        )
    if part.account_id is not None and part.figure in _NOBODYS:
        raise Invalid(N_("What came in, and what was open then, belongs to no one person."), field="operator")
    timed = part.weekday is not None or part.hour is not None
    if timed and part.figure not in WITH_HOURS:
        raise Invalid(N_("By weekday and hour there is what was received and closed."), field="hour")
    if part.hour is not None and not 0 <= part.hour < HOURS:
        raise Invalid(N_("An hour of the day is a number from 0 to 23."), field="hour")


def _beyond(reading: Reading, after: str | None) -> list[sa.ColumnElement[bool]]:
    place = cursors.read(after, Sort.UPDATED, ("updated_at", "number", "n"))
    if place is None:
        return []
    if not isinstance(place, tuple):
        raise cursors.unknown()
    here = sa.tuple_(reading.moment, _CYCLE.c.ticket_number, _CYCLE.c.n)
    return [here < sa.tuple_(*(sa.literal(v, c.type) for v, c in zip(place, here.clauses, strict=True)))]


def _conditions(
    work: Work, frame: Frame, part: Part, days: DateRange, reading: Reading
) -> Iterator[sa.ColumnElement[bool]]:
    """Which cycles are counted: of the report's, those of ``part``."""
    yield from _within(work, frame, part, days.bounds(frame.zone), reading)
    yield from seen(frame.lens, part.figure)
    if reading.condition is not None:
        yield reading.condition
    if part.topic_id is not None:
        yield _CYCLE.c.topic_id == part.topic_id
    if part.closer is not None and part.figure in _WITH_CLOSER:
        yield _CYCLE.c.closer == part.closer.value
    if part.account_id is not None:
        yield _who(part.figure) == part.account_id
    if part.is_nobodys:
        yield _TICKET.c.assignee_id.is_(None)


def _within(
    work: Work, frame: Frame, part: Part, interval: Interval, reading: Reading
) -> Iterator[sa.ColumnElement[bool]]:
    moment = reading.moment
    if part.figure not in WITH_AGES:
        yield moment >= interval[0]
        yield moment < interval[1]
        if part.weekday is not None or part.hour is not None:
            yield _at_hour(work, frame, part, interval, moment)
        return
    at = FAR_FUTURE if part.figure in _OPEN_NOW else interval[1]
    opened = Moment(at, min(at, work.now)).opened
    if part.age is not None:
        yield moment >= opened[part.age][0]
    yield moment < (at if part.age is None else opened[part.age][1])
    yield sa.or_(_CYCLE.c.closed_at.is_(None), _CYCLE.c.closed_at >= at)
    if part.figure is Figure.ASSIGNED and part.account_id is None:
        yield _TICKET.c.assignee_id.is_not(None)


def _at_hour(
    work: Work, frame: Frame, part: Part, interval: Interval, moment: sa.ColumnElement[Any]
) -> sa.ColumnElement[bool]:
    dialect = work.session.get_bind().dialect.name
    found = []
    for (since, until), offset in pieces(interval, frame.zone):
        hour = hour_of_week(dialect, moment, offset)
        wanted = [moment >= since, moment < until]
        if part.weekday is not None:
            wanted.append(hour // HOURS == part.weekday)
        if part.hour is not None:
            wanted.append(hour % HOURS == part.hour)
        found.append(sa.and_(*wanted))
    return sa.or_(*found)


def seen(lens: Lens, figure: Figure) -> Iterator[sa.ColumnElement[bool]]:
    """What of the desk the actor's reports look at."""
    topics = lens.figure_topics if figure.counts.is_personal else lens.topics
    if topics is not None:
        yield _CYCLE.c.topic_id.in_(topics)
    if figure.counts.is_personal and lens.person is not None:
        yield _who(figure) == lens.person
        if figure.counts in (Count.RESOLVED, Count.RATED):
            yield _CYCLE.c.closer == Closer.OPERATOR.value


def _who(figure: Figure) -> sa.ColumnElement[Any]:
    """Whose case it is."""
    match figure:
        case Figure.RECEIVED | Figure.OPEN | Figure.OPEN_NOW | Figure.ASSIGNED:
            return _TICKET.c.assignee_id
        case Figure.ANSWERED:
            return _CYCLE.c.response_by_id
        case Figure.REOPENED:
            return _CYCLE.c.reopened_from_id
        case _:
            return _CYCLE.c.closed_by_id

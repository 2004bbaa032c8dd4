"""What a report is asked for, resolved: days, the other range, whose figures, which topics."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import TypeVar
from zoneinfo import ZoneInfo

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import measures, moments, policy
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.measures import Figures, Report, Scope
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import DateRange
from sysmo_tui.domain.policy import Right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Account, Topic, table
from sysmo_tui.services import desk_settings
from sysmo_tui.services.counting import Interval, Lens

T = TypeVar("T")

LONGEST = 3660
"""Days of the longest range that a report covers."""

NOBODYS_ROW, TOTAL_ROW = N_("Unassigned"), N_("Total")
"""What rows of nobody, and of all together, are called."""


_TOPIC, _ACCOUNT = table(Topic), table(Account)
_TOPICS = sa.select(_TOPIC.c.id, _TOPIC.c.slug, _TOPIC.c.name, _TOPIC.c.folded)
_NAMES = sa.union_all(
    sa.select(sa.literal_column("0", sa.Integer).label("is_topic"), _ACCOUNT.c.id, _ACCOUNT.c.name).where(
        _ACCOUNT.c.id.in_(sa.bindparam("accounts", expanding=True))
    ),
    sa.select(sa.literal_column("1", sa.Integer), _TOPIC.c.id, _TOPIC.c.name),
)


@dataclass(frozen=True, slots=True)
class Ask:
    """What someone wants to know, as people write it.

    ``range`` is a preset such as ``last-month``, a date, or ``FROM..TO``; ``first`` and
    ``last`` say the same in two parts and win. ``compare`` is ``previous`` (the range of
    equal length before), ``year`` (the same dates a year before) or another range.
    """

    range: str = moments.Preset.LAST_30_DAYS.value
    first: str | None = None
    last: str | None = None
    compare: str | None = None
    topic: str | None = None


@dataclass(frozen=True, slots=True)
class Frame:
    """A resolved :class:`Ask`. ``ranges`` holds the range asked for, then the one to compare with."""

    ranges: tuple[DateRange, ...]
    zone: ZoneInfo
    scope: Scope
    lens: Lens
    topic: SafeText | None

    @property
    def intervals(self) -> tuple[Interval, ...]:
        """The ranges in UTC."""
        return tuple(each.bounds(self.zone) for each in self.ranges)


@dataclass(frozen=True, slots=True)
class Names:
    """What people and topics are called, by id."""

    people: dict[int, SafeText]
    topics: dict[int, SafeText]


@dataclass(frozen=True, slots=True)
class _Topic:
    id: int
    slug: str
    name: str
    folded: str


def resolve(work: Work, ask: Ask) -> Frame:
    """Understand ``ask`` for the actor: managers see the desk, operators themselves and their topics.

    Forbidden for customers, and for an operator who asks for another's topic.
    """
    policy.require_right(work.actor, Right.READ_OWN_REPORT)
    zone = desk_settings.load(work).zone
    today = work.now.astimezone(zone).date()
    ranges = _ranges(ask, today)
    asked = _find(work, ask.topic) if ask.topic else None
    sees_all = policy.has(work.actor, Right.READ_REPORTS)
    return Frame(
        ranges=ranges,
        zone=zone,
        scope=Scope.DESK if sees_all else Scope.OWN,
        lens=_lens(work, asked, sees_all),
        topic=clean_line(asked.name) if asked else None,
    )


def time_zone(work: Work) -> str:
    """By whose clock the days of the reports begin, for whoever reads any."""
    policy.require_right(work.actor, Right.READ_OWN_REPORT)
    return desk_settings.load(work).zone.key


def made(work: Work, frame: Frame, bodies: list[T], headline: Callable[[T], Figures]) -> Report[T]:
    """The report of ``frame``: what is found in each of its ranges, beside each other."""
    before = bodies[1] if len(bodies) > 1 else None
    return Report(
        range=frame.ranges[0],
        time_zone=frame.zone.key,
        scope=frame.scope,
        topic=frame.topic,
        at=work.now,
        now=bodies[0],
        compared_with=frame.ranges[1] if before is not None else None,
        before=before,
        deltas=() if before is None else measures.deltas(headline(bodies[0]), headline(before)),
    )


def names(work: Work, account_ids: set[int]) -> Names:
    """The names of accounts and of every topic, by one statement."""
    found: tuple[dict[int, SafeText], dict[int, SafeText]] = ({}, {})
    for is_topic, each, name in work.session.execute(_NAMES, {"accounts": sorted(account_ids)}):
        found[is_topic][each] = clean_line(name)
    return Names(*found)


def _ranges(ask: Ask, today: date) -> tuple[DateRange, ...]:
    text = ask.range
    if ask.first is not None or ask.last is not None:
        text = f"{ask.first or ''}..{ask.last or ''}"
    asked = _checked(moments.parse_range(text, today), "range")
    match (ask.compare or "").strip().lower():
        case "":
            return (asked,)
        case "previous":
            return (asked, asked.preceding())
        case "year":
            return (asked, asked.a_year_before())
        case other:
            return (asked, _checked(moments.parse_range(other, today), "compare"))


def _checked(asked: DateRange, field: str) -> DateRange:
    if asked.length > LONGEST:
        raise Invalid(N_("A report covers at most {limit} days."), field=field, limit=LONGEST)
    return asked


def _find(work: Work, text: str) -> _Topic:
    topics = sorted(
        (_Topic(*row) for row in work.session.execute(_TOPICS)), key=lambda topic: (topic.folded, topic.id)
    )
    wanted = same_name(text)
    for topic in topics:
        if wanted in (same_name(topic.slug), topic.folded, same_name(topic.name)):
            return topic
    raise Invalid(
        N_("There is no topic “{topic}”. Choose one of: {choices}."),
        field="topic",
        topic=clean_line(text),
        choices=", ".join(topic.slug for topic in topics),
    )


def _lens(work: Work, asked: _Topic | None, sees_all: bool) -> Lens:
    if sees_all:
        chosen = (asked.id,) if asked else None
        return Lens(topics=chosen, figure_topics=chosen)
    if asked is None:
        return Lens(topics=tuple(sorted(work.actor.topics)), person=work.actor.account_id)
    if asked.id not in work.actor.topics:
        raise Forbidden(N_("You see the reports of the topics that you serve."))
    return Lens(topics=(asked.id,), figure_topics=(asked.id,), person=work.actor.account_id)

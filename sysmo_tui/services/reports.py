"""Reports: what came in, what was closed, by whom and how soon, beside another range.

Days are the desk's. A close counts on its day while it stands: one that was taken back
within seven days never did. Spam is in no figure. Managers see the desk; operators see
their own figures and their topics' volumes; customers see none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import chain, islice
from typing import TypeVar

from sysmo_tui.desk import Work
from sysmo_tui.domain import measures
from sysmo_tui.domain.cycles import Closer
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.measures import (
    Backlog,
    DayBacklog,
    DayCount,
    Durations,
    RatingsRow,
    Report,
    Satisfaction,
    Scope,
    Summary,
    Team,
    TeamRow,
    TimesRow,
    TopicRow,
    Topics,
    Volume,
)
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import DateRange
from sysmo_tui.domain.tallies import Count, Tally
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.services import day_counts, figures, report_frames
from sysmo_tui.services.counting import Want
from sysmo_tui.services.day_counts import Moment
from sysmo_tui.services.figures import Fact
from sysmo_tui.services.hour_counts import hours
from sysmo_tui.services.report_frames import Ask, Frame, Names
from sysmo_tui.services.time_spent import time
from sysmo_tui.services.workloads import workload

K = TypeVar("K")

CUSTOMER_ROW = N_("The customer")
AUTOMATIC_ROW = N_("Automatic")

_PERSONAL = (Count.RESOLVED, Count.RESPONDED, Count.REOPENED)
_HEADLINE = (Count.RECEIVED, Count.CLOSED, *_PERSONAL, Count.RATED)
_RATED = (Count.RESOLVED, Count.RATED)


def summary(work: Work, ask: Ask) -> Report[Summary]:
    """The desk in short; for operators volumes of their topics and times of their own."""
    frame = report_frames.resolve(work, ask)
    moments = [each.wants for each in _ends(work, frame)]
    headlines, *more = _gathered(work, frame, _wants(frame, _HEADLINE), *moments, *_daily(frame))
    facts = [figures.facts(tally) for tally in headlines]
    ages = [day_counts.open_by_age(own) for own in more[: len(moments)]]
    days = more[len(moments) :]

    def body(part: int, own: list[Fact]) -> Summary:
        resolved, reopened = _of(own, Count.RESOLVED), _n(own, Count.REOPENED)
        answered = sum(fact.n for fact in resolved)
        return Summary(
            received=_n(own, Count.RECEIVED),
            closed=_n(own, Count.CLOSED),
            resolution=figures.times(resolved),
            response=figures.times(_of(own, Count.RESPONDED)),
            reopened=reopened,
            reopen_rate=reopened / answered if answered else None,
            reopen_rate_n=answered,
            backlog=sum(age.open for age in ages[part]),
            ages=ages[part],
            ratings=figures.ratings(own),
            days=_counted(frame.ranges[part], days[part]),
        )

    return report_frames.made(
        work, frame, [body(part, own) for part, own in enumerate(facts)], measures.headline
    )


def team(work: Work, ask: Ask) -> Report[Team]:
    """Resolved per user, with customers and the desk itself as rows, so that it agrees with the days."""
    frame = report_frames.resolve(work, ask)
    assigned = Want((Count.ASSIGNED,), frame.intervals[0])
    tallies, (has_now,) = _gathered(work, frame, _wants(frame, _PERSONAL), [assigned])
    facts = [figures.facts(tally) for tally in tallies]
    facts[0] += figures.facts(has_now)
    people = _people(facts)
    if frame.lens.person is not None:
        people.add(frame.lens.person)
    names = report_frames.names(work, people)
    bodies = [_team(own, names, frame, is_present=part == 0) for part, own in enumerate(facts)]
    return report_frames.made(work, frame, bodies, measures.headline)


def volume(work: Work, ask: Ask) -> Report[Volume]:
    """Received and closed, day by day."""
    frame = report_frames.resolve(work, ask)
    bodies = [
        Volume(
            days=_counted(asked, tallies),
            received=sum(tally.n(Count.RECEIVED) for tally in tallies),
            closed=sum(tally.n(Count.CLOSED) for tally in tallies),
        )
        for asked, tallies in zip(frame.ranges, _gathered(work, frame, *_daily(frame)), strict=True)
    ]
    return report_frames.made(work, frame, bodies, measures.headline)


def resolution(work: Work, ask: Ask) -> Report[Durations]:
    """From filing to the close that stands, by the day of the close."""
    return _durations(work, ask, Count.RESOLVED, "resolution")


def response(work: Work, ask: Ask) -> Report[Durations]:
    """From filing to the first public answer of a person on the staff, by the day of the answer."""
    return _durations(work, ask, Count.RESPONDED, "response")


def backlog(work: Work, ask: Ask) -> Report[Backlog]:
    """What was open at the end of every day, and how old it was at the end of the range.

    The age is that of the cycle: of the filing, or of a reopening after seven days.
    """
    frame = report_frames.resolve(work, ask)
    moments = [each.wants for each in _ends(work, frame)]
    daily = [[day_counts.daily(each, frame.zone)] for each in frame.ranges]
    tallies = _gathered(work, frame, *moments, *daily)
    bodies = []
    for asked, at_end, days in zip(frame.ranges, tallies, tallies[len(moments) :], strict=False):
        ages = day_counts.open_by_age(at_end)
        count = final = sum(age.open for age in ages)
        line = []
        for day, tally in zip(reversed(asked.days()), reversed(days), strict=True):
            line.append(DayBacklog(day, count))
            count -= day_counts.standing(tally)
        bodies.append(Backlog(days=tuple(reversed(line)), ages=ages, open=final))
    return report_frames.made(work, frame, bodies, measures.headline)


def topics(work: Work, ask: Ask) -> Report[Topics]:
    """What came in and was closed under each topic; operators see their topics' volumes alone."""
    frame = report_frames.resolve(work, ask)
    counts: tuple[Count, ...] = (Count.RECEIVED, Count.CLOSED)
    if frame.scope is Scope.DESK:
        counts = (*counts, Count.RESOLVED, Count.REOPENED)
    tallies, (open_now,) = _gathered(work, frame, _wants(frame, counts), [day_counts.OPEN_NOW])
    names = report_frames.names(work, set())
    bodies = [
        _topics(figures.facts(tally), frame, names, figures.facts(open_now) if part == 0 else None)
        for part, tally in enumerate(tallies)
    ]
    return report_frames.made(work, frame, bodies, measures.headline)


def satisfaction(work: Work, ask: Ask) -> Report[Satisfaction]:
    """How customers rated what was closed, by the day of the close that stands; the rated share beside it."""
    frame = report_frames.resolve(work, ask)
    facts = _facts(work, frame, _RATED)
    names = report_frames.names(work, _people(facts))
    bodies = []
    for own in facts:
        by_person = _grouped(own, lambda fact: (_closer(fact), fact.account_id))
        people_rows = [
            RatingsRow(account, _name(closer, account, names), figures.ratings(group))
            for (closer, account), group in by_person.items()
        ]
        topic_rows = [
            RatingsRow(topic, names.topics[topic], figures.ratings(group))
            for topic, group in _grouped(own, _topic).items()
        ]
        bodies.append(Satisfaction(figures.ratings(own), _by_cases(people_rows), _by_cases(topic_rows)))
    return report_frames.made(work, frame, bodies, measures.headline)


def _durations(work: Work, ask: Ask, count: Count, name: str) -> Report[Durations]:
    frame = report_frames.resolve(work, ask)
    facts = _facts(work, frame, (count,))
    names = report_frames.names(work, _people(facts))
    bodies = []
    for own in facts:
        by_person = _grouped(own, lambda fact: (_closer(fact), fact.account_id))
        by_topic = _grouped(own, _topic)
        people_rows = [
            TimesRow(account, _name(closer, account, names), figures.times(group))
            for (closer, account), group in by_person.items()
        ]
        topic_rows = [
            TimesRow(topic, names.topics[topic], figures.times(group)) for topic, group in by_topic.items()
        ]
        bodies.append(Durations(figures.times(own), _by_size(people_rows), _by_size(topic_rows)))
    return report_frames.made(work, frame, bodies, lambda body: measures.times_of(name, body.total))


def _team(own: list[Fact], names: Names, frame: Frame, *, is_present: bool) -> Team:
    groups = _grouped(own, lambda fact: (_closer(fact), fact.account_id))
    keys = [key for key in groups if key[0] is Closer.OPERATOR and key[1] is not None]
    if frame.lens.person is not None:
        keys = [(Closer.OPERATOR, frame.lens.person)]
    rows = [
        _team_row(closer, account, names, groups.get((closer, account), []), is_present)
        for closer, account in keys
    ]
    rows.sort(key=lambda row: (-row.resolved, same_name(row.name), row.account_id or 0))
    if frame.lens.person is None:
        rows += [
            _team_row(closer, None, names, groups.get((closer, None), []), is_present)
            for closer in (Closer.CUSTOMER, Closer.AUTOMATIC)
        ]
    total = _team_row(Closer.OPERATOR, None, names, own, is_present)
    return Team(rows=tuple(rows), total=total)


def _team_row(
    closer: Closer, account: int | None, names: Names, own: list[Fact], is_present: bool
) -> TeamRow:
    return TeamRow(
        closer=closer,
        account_id=account,
        name=_name(closer, account, names),
        resolved=_n(own, Count.RESOLVED),
        resolution=figures.times(_of(own, Count.RESOLVED)),
        response=figures.times(_of(own, Count.RESPONDED)),
        reopened=_n(own, Count.REOPENED),
        open_now=_n(own, Count.ASSIGNED) if is_present else None,
    )


def _topics(own: list[Fact], frame: Frame, names: Names, open_now: list[Fact] | None) -> Topics:
    groups, standing = _grouped(own, _topic), _open_by_topic(open_now or [])
    shown = groups.keys() | standing.keys() if frame.lens.topics is None else set(frame.lens.topics)
    rows = [
        TopicRow(
            id=topic,
            name=names.topics[topic],
            received=_n(groups.get(topic, []), Count.RECEIVED),
            closed=_n(groups.get(topic, []), Count.CLOSED),
            resolution=figures.times(_of(groups.get(topic, []), Count.RESOLVED))
            if frame.scope is Scope.DESK
            else None,
            reopened=_n(groups.get(topic, []), Count.REOPENED),
            open_now=None if open_now is None else standing.get(topic, 0),
        )
        for topic in shown
    ]
    rows.sort(key=lambda row: (-row.received, same_name(row.name), row.id))
    return Topics(rows=tuple(rows), received=_n(own, Count.RECEIVED), closed=_n(own, Count.CLOSED))


def _open_by_topic(open_now: list[Fact]) -> dict[int, int]:
    """How many tickets are open under each topic that has any."""
    counted = {
        topic: _n(own, Count.OPENED) - _n(own, Count.CLOSED)
        for topic, own in _grouped(open_now, _topic).items()
    }
    return {topic: count for topic, count in counted.items() if count}


def _facts(work: Work, frame: Frame, counts: tuple[Count, ...]) -> list[list[Fact]]:
    """The facts of each range of ``frame``."""
    (tallies,) = _gathered(work, frame, _wants(frame, counts))
    return [figures.facts(tally) for tally in tallies]


def _wants(frame: Frame, counts: tuple[Count, ...]) -> list[Want]:
    """These counts of each range."""
    return [Want(counts, interval) for interval in frame.intervals]


def _gathered(work: Work, frame: Frame, *asked: Sequence[Want]) -> list[list[Tally]]:
    """The tallies of each group of wants, all of them gathered at once."""
    tallies = iter(figures.gather(work, frame.lens, list(chain(*asked))))
    return [list(chain.from_iterable(islice(tallies, len(wants)))) for wants in asked]


def _daily(frame: Frame) -> list[list[Want]]:
    """What came in and was closed on each day of each range."""
    return [[day_counts.daily(each, frame.zone)] for each in frame.ranges]


def _counted(asked: DateRange, tallies: Sequence[Tally]) -> tuple[DayCount, ...]:
    return tuple(
        DayCount(day, tally.n(Count.RECEIVED), tally.n(Count.CLOSED))
        for day, tally in zip(asked.days(), tallies, strict=True)
    )


def _people(facts: Iterable[Iterable[Fact]]) -> set[int]:
    return {fact.account_id for own in facts for fact in own if fact.account_id is not None}


def _ends(work: Work, frame: Frame) -> list[Moment]:
    """The end of each range; ages are taken then, or now if it is to come."""
    return [Moment(until, min(until, work.now)) for _, until in frame.intervals]


def _of(facts: Iterable[Fact], count: Count) -> list[Fact]:
    return [fact for fact in facts if fact.count is count]


def _n(facts: Iterable[Fact], count: Count) -> int:
    return sum(fact.n for fact in facts if fact.count is count)


def _closer(fact: Fact) -> Closer:
    return fact.closer or Closer.OPERATOR


def _topic(fact: Fact) -> int:
    return fact.topic_id or 0


def _grouped(facts: Iterable[Fact], key: Callable[[Fact], K]) -> dict[K, list[Fact]]:
    groups: dict[K, list[Fact]] = defaultdict(list)
    for fact in facts:
        groups[key(fact)].append(fact)
    return groups


def _name(closer: Closer, account: int | None, names: Names) -> SafeText:
    if closer is Closer.CUSTOMER:
        return clean_line(CUSTOMER_ROW)
    if closer is Closer.AUTOMATIC:
        return clean_line(AUTOMATIC_ROW)
    return names.people[account] if account is not None else clean_line(report_frames.TOTAL_ROW)


def _by_size(rows: list[TimesRow]) -> tuple[TimesRow, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.times.n, same_name(row.name), row.id or 0)))


def _by_cases(rows: list[RatingsRow]) -> tuple[RatingsRow, ...]:
    return tuple(
        sorted(rows, key=lambda row: (-row.ratings.n, -row.ratings.closed, same_name(row.name), row.id or 0))
    )


__all__ = [
    "Ask",
    "backlog",
    "hours",
    "resolution",
    "response",
    "satisfaction",
    "summary",
    "team",
    "time",
    "topics",
    "volume",
    "workload",
]

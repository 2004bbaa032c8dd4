"""Reports: what came in, what was closed, by whom and how soon, beside another range.

Days are the desk's. A close counts on its day while it stands: one that was taken back
within seven days never did. Spam is in no figure. Managers see the desk; operators see
their own figures and their topics' volumes; customers see none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
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
    Figures,
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
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.services import day_counts, figures, report_frames
from sysmo_tui.services.figures import Count, Fact
from sysmo_tui.services.report_frames import Ask, Frame

T = TypeVar("T")
K = TypeVar("K")

CUSTOMER_ROW = N_("Closed by the customer")
AUTOMATIC_ROW = N_("Closed automatically")
TOTAL_ROW = N_("Total")

_PERSONAL = (Count.RESOLVED, Count.RESPONDED, Count.REOPENED)
_RATED = (Count.RESOLVED, Count.RATED)


def summary(work: Work, ask: Ask) -> Report[Summary]:
    """The desk in short; for operators volumes of their topics and times of their own."""
    frame = report_frames.resolve(work, ask)
    facts = _facts(work, frame, (Count.RECEIVED, Count.CLOSED, *_PERSONAL, Count.RATED))
    ages = day_counts.open_by_age(work, _ends(work, frame), frame.lens.topics)

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
        )

    return _report(work, frame, [body(part, own) for part, own in enumerate(facts)], measures.headline)


def team(work: Work, ask: Ask) -> Report[Team]:
    """Resolved per user, with customers and the desk itself as rows, so that it agrees with the days."""
    frame = report_frames.resolve(work, ask)
    facts = _facts(work, frame, (*_PERSONAL, Count.ASSIGNED))
    people = _people(facts)
    if frame.lens.person is not None:
        people.add(frame.lens.person)
    names = report_frames.names(work, people)
    bodies = [_team(own, names, frame, is_present=part == 0) for part, own in enumerate(facts)]
    return _report(work, frame, bodies, measures.headline)


def volume(work: Work, ask: Ask) -> Report[Volume]:
    """Received and closed, day by day."""
    frame = report_frames.resolve(work, ask)
    bodies = [
        Volume(
            days=tuple(DayCount(day.day, day.received, day.closed) for day in days),
            received=sum(day.received for day in days),
            closed=sum(day.closed for day in days),
        )
        for days in day_counts.of_days(work, frame.ranges, frame.zone, frame.lens.topics)
    ]
    return _report(work, frame, bodies, measures.headline)


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
    days = day_counts.of_days(work, frame.ranges, frame.zone, frame.lens.topics)
    ages = day_counts.open_by_age(work, _ends(work, frame), frame.lens.topics)
    bodies = []
    for counted, at_end in zip(days, ages, strict=True):
        count = final = sum(age.open for age in at_end)
        line = []
        for day in reversed(counted):
            line.append(DayBacklog(day.day, count))
            count += day.closed - day.opened
        bodies.append(Backlog(days=tuple(reversed(line)), ages=at_end, open=final))
    return _report(work, frame, bodies, measures.headline)


def topics(work: Work, ask: Ask) -> Report[Topics]:
    """What came in and was closed under each topic; operators see their topics' volumes alone."""
    frame = report_frames.resolve(work, ask)
    counts: tuple[Count, ...] = (Count.RECEIVED, Count.CLOSED, Count.OPEN)
    if frame.scope is Scope.DESK:
        counts = (*counts, Count.RESOLVED, Count.REOPENED)
    facts = _facts(work, frame, counts)
    bodies = [_topics(own, frame, is_present=part == 0) for part, own in enumerate(facts)]
    return _report(work, frame, bodies, measures.headline)


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
            RatingsRow(topic, frame.topics[topic], figures.ratings(group))
            for topic, group in _grouped(own, _topic).items()
        ]
        bodies.append(Satisfaction(figures.ratings(own), _by_cases(people_rows), _by_cases(topic_rows)))
    return _report(work, frame, bodies, measures.headline)


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
            TimesRow(topic, frame.topics[topic], figures.times(group)) for topic, group in by_topic.items()
        ]
        bodies.append(Durations(figures.times(own), _by_size(people_rows), _by_size(topic_rows)))
    return _report(work, frame, bodies, lambda body: measures.times_of(name, body.total))


def _team(own: list[Fact], names: Mapping[int, SafeText], frame: Frame, *, is_present: bool) -> Team:
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
    closer: Closer, account: int | None, names: Mapping[int, SafeText], own: list[Fact], is_present: bool
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


def _topics(own: list[Fact], frame: Frame, *, is_present: bool) -> Topics:
    groups = _grouped(own, _topic)
    shown = set(groups) if frame.lens.topics is None else set(frame.lens.topics)
    rows = [
        TopicRow(
            id=topic,
            name=frame.topics[topic],
            received=_n(groups.get(topic, []), Count.RECEIVED),
            closed=_n(groups.get(topic, []), Count.CLOSED),
            resolution=figures.times(_of(groups.get(topic, []), Count.RESOLVED))
            if frame.scope is Scope.DESK
            else None,
            reopened=_n(groups.get(topic, []), Count.REOPENED),
            open_now=_n(groups.get(topic, []), Count.OPEN) if is_present else None,
        )
        for topic in shown
    ]
    rows.sort(key=lambda row: (-row.received, same_name(row.name), row.id))
    return Topics(rows=tuple(rows), received=_n(own, Count.RECEIVED), closed=_n(own, Count.CLOSED))


def _facts(work: Work, frame: Frame, counts: tuple[Count, ...]) -> list[list[Fact]]:
    """The facts of each range of ``frame``."""
    parts: list[list[Fact]] = [[] for _ in frame.ranges]
    for fact in figures.of(work, counts, frame.intervals, frame.lens):
        parts[fact.part].append(fact)
    return parts


def _people(facts: Iterable[Iterable[Fact]]) -> set[int]:
    return {fact.account_id for own in facts for fact in own if fact.account_id is not None}


def _ends(work: Work, frame: Frame) -> list[tuple[datetime, datetime]]:
    """The end of each range, and the moment at which ages are taken: the end, or now if it is to come."""
    return [(until, min(until, work.now)) for _, until in frame.intervals]


def _report(work: Work, frame: Frame, bodies: list[T], headline: Callable[[T], Figures]) -> Report[T]:
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


def _name(closer: Closer, account: int | None, names: Mapping[int, SafeText]) -> SafeText:
    if closer is Closer.CUSTOMER:
        return clean_line(CUSTOMER_ROW)
    if closer is Closer.AUTOMATIC:
        return clean_line(AUTOMATIC_ROW)
    return names[account] if account is not None else clean_line(TOTAL_ROW)


def _by_size(rows: list[TimesRow]) -> tuple[TimesRow, ...]:
    return tuple(sorted(rows, key=lambda row: (-row.times.n, same_name(row.name), row.id or 0)))


def _by_cases(rows: list[RatingsRow]) -> tuple[RatingsRow, ...]:
    return tuple(
        sorted(rows, key=lambda row: (-row.ratings.n, -row.ratings.closed, same_name(row.name), row.id or 0))
    )


__all__ = ["Ask", "backlog", "resolution", "response", "satisfaction", "summary", "team", "topics", "volume"]

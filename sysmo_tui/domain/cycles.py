"""Closing cycles: what a ticket's history means for the measures.

A ticket's first cycle opens when it is filed. A close that is taken back within seven
days never stood: the same cycle goes on. A later reopening begins the next cycle, and
the old close keeps its place in the reports. A rating belongs to the cycle that was closed
last, and stays with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sysmo_tui.domain.enums import Category, CloseReason, EventKind

CONTINUES_WITHIN = timedelta(days=7)
"""A ticket reopened this soon after its close goes on with the same cycle."""

SECOND_THOUGHTS = timedelta(minutes=5)
"""Whoever closed a ticket and takes that back this soon has not reopened it."""

WORST_RATING, BEST_RATING = 1, 5
"""What a customer may rate a closed ticket with."""


class Closer(StrEnum):
    """Who ended a cycle."""

    OPERATOR = "operator"
    CUSTOMER = "customer"
    AUTOMATIC = "automatic"


@dataclass(frozen=True, slots=True)
class Step:
    """An event of a ticket. ``is_answer``: with a public reply that a person on the staff wrote."""

    at: datetime
    kind: EventKind
    actor_id: int | None
    is_answer: bool
    changes: Mapping[str, Any]

    @property
    def closes(self) -> bool:
        """Whether the ticket was open before and is closed after."""
        old, new = self.changes.get("category", (None, None))
        return bool(new == Category.CLOSED and old != Category.CLOSED)

    @property
    def reopens(self) -> bool:
        """Whether the ticket was closed before and is open after."""
        old, new = self.changes.get("category", (None, None))
        return bool(old == Category.CLOSED and new != Category.CLOSED)

    @property
    def matters(self) -> bool:
        """Whether the ticket's cycles can change by it."""
        return (
            self.kind in (EventKind.FILED, EventKind.WITHDRAWN, EventKind.UNDONE)
            or self.is_answer
            or self.closes
            or self.reopens
            or "topic_id" in self.changes
            or "is_spam" in self.changes
            or "rating" in self.changes
        )


@dataclass(frozen=True, slots=True)
class Span:
    """A cycle. ``seconds`` run from the ticket's filing to this close.

    ``topic_id`` is the topic in which the ticket is, or was when the cycle was closed.
    ``response_seconds`` is the ticket's first response, on its first cycle only;
    ``reopened_from_id`` is the operator whose close the last reopening took back.
    """

    n: int
    opened_at: datetime
    topic_id: int
    closed_at: datetime | None = None
    closed_by_id: int | None = None
    closer: str = ""
    seconds: int | None = None
    response_at: datetime | None = None
    response_by_id: int | None = None
    response_seconds: int | None = None
    public_replies: int = 0
    reopenings: int = 0
    reopened_at: datetime | None = None
    reopened_from_id: int | None = None
    rating: int | None = None
    rated_at: datetime | None = None
    is_voided: bool = False


Spans = tuple[Span, ...]


def fold(steps: Iterable[Step], requester_id: int) -> Spans:
    """The cycles that a ticket's whole history gives."""
    spans: Spans = ()
    for step in steps:
        requester_id = step.changes.get("requester_id", (None, requester_id))[1]
        spans = advance(spans, step, requester_id)
    return spans


def advance(spans: Spans, step: Step, requester_id: int) -> Spans:
    """The cycles after ``step``; the same when it does not matter to them."""
    if step.kind is EventKind.FILED:
        spans = (Span(n=1, opened_at=step.at, topic_id=step.changes["topic_id"][1]),)
    if not spans or not step.matters:
        return spans
    if step.is_answer:
        spans = (*spans[:-1], _answered(spans[-1], step))
    if step.reopens:
        spans = _reopened(spans, step)
    if "topic_id" in step.changes and spans[-1].closed_at is None:
        spans = (*spans[:-1], replace(spans[-1], topic_id=step.changes["topic_id"][1]))
    if step.closes:
        spans = (*spans[:-1], _closed(spans[-1], step, spans[0].opened_at, requester_id))
    if "rating" in step.changes:
        spans = (*spans[:-1], replace(spans[-1], rating=step.changes["rating"][1], rated_at=step.at))
    if "is_spam" in step.changes:
        spans = tuple(replace(span, is_voided=bool(step.changes["is_spam"][1])) for span in spans)
    return spans


def moved(before: Spans, after: Spans) -> set[datetime]:
    """The moments at which other things happened ``after`` than ``before``: their days have other sums."""
    return {each[0] for each in _happenings(before) ^ _happenings(after)}


def _happenings(spans: Spans) -> set[tuple[datetime, tuple[object, ...]]]:
    """What of the cycles that count is counted, and when."""
    found: set[tuple[datetime, tuple[object, ...]]] = set()
    for span in spans:
        if span.is_voided:
            continue
        found.add((span.opened_at, ("opened", span.n, span.topic_id)))
        if span.closed_at is not None:
            closed = (span.closer, span.closed_by_id, span.seconds, span.rating)
            found.add((span.closed_at, ("closed", span.n, span.topic_id, *closed)))
        if span.response_at is not None:
            answered = (span.response_by_id, span.response_seconds)
            found.add((span.response_at, ("answered", span.n, span.topic_id, *answered)))
        if span.reopened_at is not None:
            found.add((span.reopened_at, ("reopened", span.n, span.topic_id, span.reopened_from_id)))
    return found


def last_rating(spans: Spans) -> int | None:
    """What the last cycle was rated with."""
    return spans[-1].rating if spans else None


def _answered(span: Span, step: Step) -> Span:
    span = replace(span, public_replies=span.public_replies + 1)
    if span.response_at is not None:
        return span
    seconds = _seconds(span.opened_at, step.at) if span.n == 1 else None
    return replace(span, response_at=step.at, response_by_id=step.actor_id, response_seconds=seconds)


def _closed(span: Span, step: Step, filed_at: datetime, requester_id: int) -> Span:
    return replace(
        span,
        closed_at=step.at,
        closed_by_id=step.actor_id,
        closer=_closer(step, requester_id),
        seconds=_seconds(filed_at, step.at),
    )


def _closer(step: Step, requester_id: int) -> Closer:
    if step.actor_id is None:
        return Closer.AUTOMATIC
    reason = step.changes.get("close_reason", (None, None))[1]
    if step.actor_id == requester_id or reason == CloseReason.BY_CUSTOMER:
        return Closer.CUSTOMER
    return Closer.OPERATOR


def _reopened(spans: Spans, step: Step) -> Spans:
    last = spans[-1]
    if last.closed_at is None:
        return spans
    if step.at - last.closed_at > CONTINUES_WITHIN and not last.is_voided:
        later = Span(n=last.n + 1, opened_at=step.at, topic_id=last.topic_id)
        return (*spans, _counted(later, last, step))
    open_again = replace(last, closed_at=None, closed_by_id=None, closer="", seconds=None)
    is_correction = (
        last.is_voided
        or step.kind is EventKind.WITHDRAWN
        or (step.actor_id == last.closed_by_id and step.at - last.closed_at <= SECOND_THOUGHTS)
    )
    return (*spans[:-1], open_again if is_correction else _counted(open_again, last, step))


def _counted(span: Span, closed: Span, step: Step) -> Span:
    """``span`` with a reopening that took back the close of ``closed``."""
    by = closed.closed_by_id if closed.closer == Closer.OPERATOR else None
    return replace(span, reopenings=span.reopenings + 1, reopened_at=step.at, reopened_from_id=by)


def _seconds(since: datetime, until: datetime) -> int:
    return max(0, int((until - since).total_seconds()))

"""Where new requests by mail go: the first route that matches gives topic, priority and tags."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses, mail_patterns
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import MailRoute, Priority, Topic, table

_ROUTE, _TOPIC, _PRIORITY = table(MailRoute), table(Topic), table(Priority)
_ROUTES = (
    sa.select(
        _ROUTE,
        _TOPIC.c.slug.label("topic"),
        _TOPIC.c.name.label("topic_name"),
        _TOPIC.c.archived_at.label("topic_archived_at"),
        _PRIORITY.c.slug.label("priority"),
        _PRIORITY.c.name.label("priority_name"),
        _PRIORITY.c.archived_at.label("priority_archived_at"),
    )
    .outerjoin(_TOPIC, _TOPIC.c.id == _ROUTE.c.topic_id)
    .outerjoin(_PRIORITY, _PRIORITY.c.id == _ROUTE.c.priority_id)
    .order_by(_ROUTE.c.position, _ROUTE.c.id)
)

_IN_FORCE: Memory[tuple[Any, ...]] = Memory(is_common=True)


@dataclass(frozen=True, slots=True)
class Routed:
    """Where a new request goes; ``rule`` is the name of the route that says so, "" when none does."""

    rule: str = ""
    topic_id: int | None = None
    priority_id: int | None = None
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route. Empty conditions match everything; ``topic`` and ``priority`` are slugs, "" for none."""

    name: SafeText
    position: int
    mailbox: SafeText
    recipient: SafeText
    sender_domain: SafeText
    subject: SafeText
    topic: SafeText
    topic_name: SafeText
    priority: SafeText
    priority_name: SafeText
    tags: tuple[SafeText, ...]
    is_broken: bool
    """Whether its topic is archived, so that it is passed over."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What one route says of a mail: it hit, or which ``condition`` did not match; "" after the first hit."""

    route: RouteLine
    is_hit: bool
    condition: str


def route(work: Work, mailbox: str, incoming: Incoming) -> Routed:
    """Where a new request by mail goes. A route whose topic is archived is passed over."""
    for row in _IN_FORCE.once(work, lambda: tuple(work.session.execute(_ROUTES))):
        if not _unmatched(row, mailbox, incoming):
            priority = row.priority_id if row.priority_archived_at is None else None
            return Routed(row.name, row.topic_id, priority, tuple(row.tags))
    return Routed()


def lines(work: Work) -> tuple[RouteLine, ...]:
    """All routes in the order in which they are tried, for managers."""
    require_right(work.actor, Right.MANAGE_MAIL)
    return tuple(line(row) for row in work.session.execute(_ROUTES))


def try_out(work: Work, mailbox: str, incoming: Incoming) -> tuple[Tried, ...]:
    """What each route says of a mail, for managers: nothing is filed."""
    require_right(work.actor, Right.MANAGE_MAIL)
    tried: list[Tried] = []
    for row in work.session.execute(_ROUTES):
        is_over = any(each.is_hit for each in tried)
        condition = "" if is_over else _unmatched(row, mailbox, incoming)
        tried.append(Tried(line(row), not is_over and not condition, condition))
    return tuple(tried)


def one(work: Work, route_id: int) -> RouteLine:
    """The route with this id, which is known to exist."""
    return line(work.session.execute(_ROUTES.where(_ROUTE.c.id == route_id)).one())


def line(row: Any) -> RouteLine:
    """A row of the statement above, as managers see it."""
    return RouteLine(
        name=clean_line(row.name),
        position=row.position,
        mailbox=clean_line(row.mailbox),
        recipient=clean_line(row.recipient),
        sender_domain=clean_line(row.sender_domain),
        subject=clean_line(row.subject),
        topic=clean_line(row.topic or ""),
        topic_name=clean_line(row.topic_name or ""),
        priority=clean_line(row.priority or ""),
        priority_name=clean_line(row.priority_name or ""),
        tags=tuple(clean_line(tag) for tag in row.tags),
        is_broken=row.topic_archived_at is not None,
    )


def _unmatched(row: Any, mailbox: str, incoming: Incoming) -> str:
    """The first condition of a route that a mail does not match, "" when it matches all."""
    if row.topic_archived_at is not None:
        return "topic"
    if row.mailbox and row.mailbox != mailbox:
        return "mailbox"
    if row.recipient and row.recipient not in {addresses.folded(each) for each in incoming.recipients}:
        return "recipient"
    if row.sender_domain and not mail_patterns.is_of(incoming.claimed, row.sender_domain):
        return "sender_domain"
    if row.subject and not mail_patterns.is_about(incoming.subject, row.subject):
        return "subject"
    return ""

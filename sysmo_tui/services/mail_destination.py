"""Where a new request by mail goes: by a route, by its mailbox, or where the desk's first requests go."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain.trail import Trail
from sysmo_tui.models import Mailbox, Topic, table
from sysmo_tui.services import kinds, routing, topics
from sysmo_tui.services.mail_case import Case

_MAILBOX = table(Mailbox)
_MAILBOX_TOPIC = sa.select(_MAILBOX.c.topic_id).where(_MAILBOX.c.name == sa.bindparam("mailbox"))

_FIRST: Memory[Topic] = Memory(is_common=True)
_OF_MAILBOXES: Memory[dict[str, int | None]] = Memory(is_common=True)


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a new request goes, and the name of the rule that says so, "" where none does."""

    topic: Topic
    rule: str = ""
    priority: str | None = None
    tags: tuple[str, ...] = ()


def destination(work: Work, case: Case, trail: Trail) -> Destination:
    """Where a new request goes: by the first rule that matches, else its mailbox's topic, else the first."""
    routed = routing.route(work, case.mail.mailbox, case.incoming)
    trail.note("route", bool(routed.rule), routed.rule)
    of_mailbox = _of_mailbox(work, case.mail.mailbox)
    chosen = (topics.by_id(work, each) for each in (routed.topic_id, of_mailbox) if each is not None)
    topic = next((each for each in chosen if each.archived_at is None), None) or _first(work)
    trail.note("topic", True, topic.slug)
    priority = None
    if routed.priority_id is not None:
        kind = kinds.priority_by_id(work, routed.priority_id)
        priority = None if kind.is_archived else kind.slug
    return Destination(topic, routed.rule, priority, routed.tags)


def _first(work: Work) -> Topic:
    return _FIRST.once(work, lambda: topics.first_public(work))


def _of_mailbox(work: Work, name: str) -> int | None:
    """The topic of a mailbox, None for none; read once in a transaction."""
    known = _OF_MAILBOXES.once(work, dict)
    if name not in known:
        known[name] = work.session.execute(_MAILBOX_TOPIC, {"mailbox": name}).scalar()
    return known[name]

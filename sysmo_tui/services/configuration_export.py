"""The parts of the desk's configuration as plain values, as they were written: a copy, not a display."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.models import (
    AccountEmail,
    CannedResponse,
    Mailbox,
    MailRoute,
    Priority,
    Status,
    TicketType,
    Topic,
    TopicMember,
    table,
)
from sysmo_tui.services import desk_settings

_STATUS, _PRIORITY, _TYPE, _TOPIC = table(Status), table(Priority), table(TicketType), table(Topic)
_MEMBER, _EMAIL = table(TopicMember), table(AccountEmail)
_MAILBOX, _ROUTE, _RESPONSE = table(Mailbox), table(MailRoute), table(CannedResponse)


def _is_archived(rows: sa.Table) -> sa.ColumnElement[bool]:
    return rows.c.archived_at.is_not(None).label("is_archived")


_STATUSES = sa.select(
    _STATUS.c.slug,
    _STATUS.c.name,
    _STATUS.c.category,
    _STATUS.c.customer_label,
    _STATUS.c.is_default,
    _is_archived(_STATUS),
).order_by(_STATUS.c.position, _STATUS.c.id)
_PRIORITIES = sa.select(
    _PRIORITY.c.slug,
    _PRIORITY.c.name,
    _PRIORITY.c.level,
    _PRIORITY.c.is_default,
    _is_archived(_PRIORITY),
).order_by(_PRIORITY.c.level, _PRIORITY.c.id)
_TYPES = sa.select(_TYPE.c.slug, _TYPE.c.name, _TYPE.c.is_default, _is_archived(_TYPE)).order_by(
    _TYPE.c.position, _TYPE.c.id
)
_TOPICS = (
    sa.select(
        _TOPIC.c.slug,
        _TOPIC.c.name,
        _TOPIC.c.description,
        _TOPIC.c.is_public,
        sa.func.coalesce(_PRIORITY.c.slug, "").label("default_priority"),
        sa.func.coalesce(_TYPE.c.slug, "").label("default_type"),
        _TOPIC.c.offers_waiting,
        _TOPIC.c.reply_ends_hold,
        sa.type_coerce(_TOPIC.c.reopening, sa.String).label("reopening"),
        _TOPIC.c.reopening_days,
        _TOPIC.c.mail_address,
        _TOPIC.c.signature,
        _is_archived(_TOPIC),
    )
    .outerjoin(_PRIORITY, _PRIORITY.c.id == _TOPIC.c.default_priority_id)
    .outerjoin(_TYPE, _TYPE.c.id == _TOPIC.c.default_type_id)
    .order_by(_TOPIC.c.position, _TOPIC.c.id)
)
_SERVING = (
    sa.select(_TOPIC.c.slug, _EMAIL.c.address)
    .join(_MEMBER, _MEMBER.c.topic_id == _TOPIC.c.id)
    .join(_EMAIL, sa.and_(_EMAIL.c.account_id == _MEMBER.c.account_id, _EMAIL.c.is_primary))
)
_MAILBOXES = (
    sa.select(
        _MAILBOX.c.name.label("slug"),
        _MAILBOX.c.address,
        _MAILBOX.c.url,
        _MAILBOX.c.folder,
        _MAILBOX.c.moves_to,
        sa.func.coalesce(_TOPIC.c.slug, "").label("topic"),
        _is_archived(_MAILBOX),
    )
    .outerjoin(_TOPIC, _TOPIC.c.id == _MAILBOX.c.topic_id)
    .order_by(_MAILBOX.c.name)
)
_ROUTES = (
    sa.select(
        _ROUTE.c.name,
        _ROUTE.c.mailbox,
        _ROUTE.c.recipient,
        _ROUTE.c.sender_domain,
        _ROUTE.c.subject,
        sa.func.coalesce(_TOPIC.c.slug, "").label("topic"),
        sa.func.coalesce(_PRIORITY.c.slug, "").label("priority"),
        _ROUTE.c.tags,
    )
    .outerjoin(_TOPIC, _TOPIC.c.id == _ROUTE.c.topic_id)
    .outerjoin(_PRIORITY, _PRIORITY.c.id == _ROUTE.c.priority_id)
    .order_by(_ROUTE.c.position, _ROUTE.c.id)
)

_RESPONSES = (
    sa.select(
        _RESPONSE.c.slug,
        _RESPONSE.c.name,
        _RESPONSE.c.body,
        _RESPONSE.c.locale,
        sa.func.coalesce(_TOPIC.c.slug, "").label("topic"),
        _is_archived(_RESPONSE),
    )
    .outerjoin(_TOPIC, _TOPIC.c.id == _RESPONSE.c.topic_id)
    .order_by(_RESPONSE.c.position, _RESPONSE.c.id)
)


def settings(work: Work) -> dict[str, Any]:
    """The desk's own settings by name, without secrets."""
    known = desk_settings.load(work)
    return {
        name: plain(getattr(known, name))
        for name in desk_settings.READERS
        if name not in desk_settings.SECRET
    }


def statuses(work: Work) -> list[dict[str, Any]]:
    """Every status, archived ones too."""
    return [{**row, "category": row["category"].value} for row in _rows(work, _STATUSES)]


def priorities(work: Work) -> list[dict[str, Any]]:
    """Every priority, archived ones too."""
    return _rows(work, _PRIORITIES)


def types(work: Work) -> list[dict[str, Any]]:
    """Every type, archived ones too."""
    return _rows(work, _TYPES)


def topics(work: Work) -> list[dict[str, Any]]:
    """Every topic with the addresses of who serves it, archived ones too."""
    serving = defaultdict(list)
    for slug, address in work.session.execute(_SERVING):
        serving[slug].append(address)
    return [{**row, "operators": sorted(serving[row["slug"]])} for row in _rows(work, _TOPICS)]


def mailboxes(work: Work) -> list[dict[str, Any]]:
    """Every mailbox, archived ones too; their addresses hold no passwords."""
    return _rows(work, _MAILBOXES)


def responses(work: Work) -> list[dict[str, Any]]:
    """Every canned response, archived ones too."""
    return _rows(work, _RESPONSES)


def routes(work: Work) -> list[dict[str, Any]]:
    """Every route of mail, in the order in which they are tried."""
    return [dict(row) for row in work.session.execute(_ROUTES).mappings()]


def plain(value: object) -> Any:
    """A value as JSON knows it."""
    return list(value) if isinstance(value, tuple) else value


def _rows(work: Work, statement: sa.Select[Any]) -> list[dict[str, Any]]:
    found = [dict(row) for row in work.session.execute(statement).mappings()]
    return [{**row, "is_archived": bool(row["is_archived"])} for row in found]

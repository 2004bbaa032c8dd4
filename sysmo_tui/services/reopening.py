"""What a customer's answer to a closed ticket does, by its topic: it opens again, or a new one goes on."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category, Reopening
from sysmo_tui.models import Ticket, Topic, table

_TOPIC = table(Topic)
_POLICY = sa.select(_TOPIC.c.reopening, _TOPIC.c.reopening_days).where(_TOPIC.c.id == sa.bindparam("topic"))


def reopens(work: Work, ticket: Ticket) -> bool:
    """Whether a customer's answer puts this ticket back in progress; true for one that is not closed."""
    if ticket.category is not Category.CLOSED or ticket.closed_at is None:
        return True
    policy = work.session.execute(_POLICY, {"topic": ticket.topic_id}).one()
    if policy.reopening is Reopening.WITHIN:
        return work.now - ticket.closed_at <= timedelta(days=policy.reopening_days)
    return policy.reopening is Reopening.REOPEN

"""Where a new request by mail goes."""

from __future__ import annotations

from dataclasses import dataclass
from fnmatch import fnmatchcase

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.fold import fold
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.models import MailRoute, table

_ROUTE = table(MailRoute)
_ROUTES = sa.select(_ROUTE).order_by(_ROUTE.c.position, _ROUTE.c.id)


@dataclass(frozen=True, slots=True)
class Routed:
    """What the first rule that matches says; ``rule`` is "" when none does."""

    rule: str
    topic_id: int | None = None
    priority_id: int | None = None
    tags: tuple[str, ...] = ()


def route(work: Work, mailbox: str, incoming: Incoming) -> Routed:
    """The first rule that matches a mail."""
    sender = addresses.folded(incoming.sender.address) if incoming.sender else ""
    recipients = {addresses.folded(each) for each in incoming.recipients}
    subject = fold(incoming.subject)
    for row in work.session.execute(_ROUTES):
        if (
            row.mailbox in ("", mailbox)
            and (not row.recipient or addresses.folded(row.recipient) in recipients)
            and (not row.sender_domain or sender.rpartition("@")[2] == row.sender_domain.casefold())
            and (not row.subject or fnmatchcase(subject, f"*{fold(row.subject)}*"))
        ):
            return Routed(row.name, row.topic_id, row.priority_id, tuple(row.tags))
    return Routed("")

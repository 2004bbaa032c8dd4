"""The addresses in a ticket's thread that its readers may follow, and where each really leads."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Audience, Visibility
from sysmo_tui.domain.links import Link, links
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import SafeText, clean_line
from sysmo_tui.models import Account, Entry, table
from sysmo_tui.services import visible

MOST = 500
"""Links that are told of one ticket: the newest."""

_ENTRY, _ACCOUNT = table(Entry), table(Account)
_TEXTS: sa.Select[Any] = (
    sa.select(_ENTRY.c.public_key, _ENTRY.c.body, _ENTRY.c.created_at, _ENTRY.c.author_name, _ACCOUNT.c.name)
    .outerjoin(_ACCOUNT, _ACCOUNT.c.id == _ENTRY.c.author_id)
    .where(
        _ENTRY.c.ticket_number == sa.bindparam("number"),
        _ENTRY.c.withdrawn_at.is_(None),
        sa.or_(*(_ENTRY.c.body.ilike(f"%{part}%") for part in (":/", ":\\\\", "www."))),
    )
    .order_by(_ENTRY.c.id.desc())
)
_PUBLIC_TEXTS = _TEXTS.where(_ENTRY.c.visibility == Visibility.PUBLIC)


@dataclass(frozen=True, slots=True)
class TicketLink:
    """A link, and where it was written last."""

    link: Link
    entry: str
    author: SafeText
    at: datetime


def of_ticket(work: Work, number: int) -> tuple[TicketLink, ...]:
    """The links of a ticket that the actor may read, each once, oldest first; customers': of public entries.

    One that is written in several places is doubtful when it is so in any of them.
    """
    capacity = visible.require(work, number, Verb.SHOW)
    statement = _TEXTS if capacity is Audience.STAFF else _PUBLIC_TEXTS
    found: dict[SafeText, TicketLink] = {}
    for row in work.session.execute(statement, {"number": number}):
        author = clean_line(row.author_name or row.name or "")
        for link in reversed(links(row.body)):
            known = found.get(link.url)
            if known is None:
                found[link.url] = TicketLink(link, row.public_key, author, row.created_at)
            elif len(link.doubts) > len(known.link.doubts):
                found[link.url] = TicketLink(link, known.entry, known.author, known.at)
        if len(found) >= MOST:
            break
    return tuple(reversed(list(found.values())[:MOST]))

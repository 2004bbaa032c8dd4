"""What people wrote, byte for byte as it is stored: for files and programs, never for a terminal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Audience, Visibility
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import SafeText, clean, clean_line
from sysmo_tui.models import Entry, Ticket, TicketTag, table
from sysmo_tui.services import visible

_TICKET, _ENTRY, _TAG = table(Ticket), table(Entry), table(TicketTag)

_SUBJECT = sa.select(_TICKET.c.subject).where(_TICKET.c.number == sa.bindparam("number"))
_BODIES = (
    sa.select(_ENTRY.c.public_key, _ENTRY.c.body)
    .where(_ENTRY.c.ticket_number == sa.bindparam("number"), _ENTRY.c.withdrawn_at.is_(None))
    .order_by(_ENTRY.c.id)
)
_PUBLIC_BODIES = _BODIES.where(_ENTRY.c.visibility == Visibility.PUBLIC)

_OF_THESE: sa.BindParameter[Any] = sa.bindparam("numbers", expanding=True)
_NEWEST_TEXT = (
    sa.select(sa.func.max(_ENTRY.c.id))
    .where(
        _ENTRY.c.ticket_number.in_(_OF_THESE),
        _ENTRY.c.visibility == Visibility.PUBLIC,
        _ENTRY.c.withdrawn_at.is_(None),
        _ENTRY.c.body != "",
    )
    .group_by(_ENTRY.c.ticket_number)
)
_TEXTS = sa.select(_ENTRY.c.ticket_number, _ENTRY.c.body).where(_ENTRY.c.id.in_(_NEWEST_TEXT))
_TAGS = sa.select(_TAG.c.ticket_number, _TAG.c.tag).where(_TAG.c.ticket_number.in_(_OF_THESE))


@dataclass(frozen=True, slots=True)
class Originals:
    """A ticket's subject and the bodies of its entries by key, not made safe to show."""

    subject: str
    bodies: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What a list of tickets does not hold: the newest public text, and the tags."""

    content: SafeText
    tags: tuple[SafeText, ...]


def of_ticket(work: Work, number: int) -> Originals:
    """What was written on a ticket that the actor may read; customers get the public entries."""
    capacity = visible.require(work, number, Verb.SHOW)
    statement = _BODIES if capacity is Audience.STAFF else _PUBLIC_BODIES
    return Originals(
        subject=work.session.execute(_SUBJECT, {"number": number}).scalar_one(),
        bodies=tuple(
            (row.public_key, row.body) for row in work.session.execute(statement, {"number": number})
        ),
    )


def excerpts(work: Work, numbers: Sequence[int]) -> dict[int, Excerpt]:
    """The excerpts of tickets that the caller has checked the actor may see; two statements."""
    given = {"numbers": list(numbers)}
    texts = {row.ticket_number: row.body for row in work.session.execute(_TEXTS, given)}
    tags: dict[int, list[SafeText]] = {}
    for row in work.session.execute(_TAGS, given):
        tags.setdefault(row.ticket_number, []).append(clean_line(row.tag))
    return {
        number: Excerpt(clean(texts.get(number, "")), tuple(sorted(tags.get(number, ()))))
        for number in numbers
    }

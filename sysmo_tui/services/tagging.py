"""Tags and watchers: what staff hang on a ticket for themselves."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import EventKind, PersonRole
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import clean_line, storable_line
from sysmo_tui.domain.views import Changed
from sysmo_tui.models import Ticket, TicketPerson, TicketTag, table
from sysmo_tui.services import events, tickets, visible

TAG_LIMIT = 64
"""Characters of a tag."""

_TAG, _PERSON = table(TicketTag), table(TicketPerson)


def tag(work: Work, number: int, tags: tuple[str, ...]) -> Changed:
    """Hang tags on a ticket; those that are there already stay."""
    ticket = visible.ticket_for_change(work, number, Verb.TAG).ticket
    for name in tags:
        put(work, ticket, name)
    return tickets.changed(work, ticket)


def untag(work: Work, number: int, tags: tuple[str, ...]) -> Changed:
    """Take tags from a ticket; Invalid for one that is not there."""
    ticket = visible.ticket_for_change(work, number, Verb.TAG).ticket
    for name in tags:
        folded = checked(name)
        where = (_TAG.c.ticket_number == number, _TAG.c.tag == folded)
        if work.session.execute(sa.select(_TAG.c.tag).where(*where)).first() is None:
            raise Invalid(
                N_("#{number} has no tag “{tag}”."), field="tag", number=number, tag=clean_line(folded)
            )
        work.session.execute(sa.delete(_TAG).where(*where))
        events.record(work, ticket, EventKind.UNTAGGED, changes={"tag": (folded, None)})
    return tickets.changed(work, ticket)


def put(work: Work, ticket: Ticket, name: str) -> None:
    """Hang one tag on a locked ticket."""
    folded = checked(name)
    where = (_TAG.c.ticket_number == ticket.number, _TAG.c.tag == folded)
    if work.session.execute(sa.select(_TAG.c.tag).where(*where)).first() is None:
        work.session.execute(sa.insert(_TAG), {"ticket_number": ticket.number, "tag": folded})
        events.record(work, ticket, EventKind.TAGGED, changes={"tag": (None, folded)})


def watch(work: Work, number: int) -> Changed:
    """Follow a ticket: see it and be told, whatever its topic becomes."""
    ticket = visible.ticket_for_change(work, number, Verb.WATCH).ticket
    if not _is_watching(work, number):
        row = {
            "ticket_number": number,
            "account_id": _me(work),
            "role": PersonRole.WATCHER,
            "added_at": work.now,
        }
        work.session.execute(sa.insert(_PERSON), row)
        events.record(work, ticket, EventKind.WATCHED, changes={"watcher_id": (None, _me(work))})
    return tickets.changed(work, ticket)


def unwatch(work: Work, number: int) -> Changed:
    """Stop following a ticket."""
    ticket = visible.ticket_for_change(work, number, Verb.WATCH).ticket
    if _is_watching(work, number):
        work.session.execute(sa.delete(_PERSON).where(*_my_watching(work, number)))
        events.record(work, ticket, EventKind.UNWATCHED, changes={"watcher_id": (_me(work), None)})
    return tickets.changed(work, ticket)


def checked(name: str) -> str:
    """A tag as it is stored: one lower-case word of at most 64 characters."""
    folded = storable_line(name).casefold()
    if not folded or len(folded) > TAG_LIMIT or any(c.isspace() or c in ',"' for c in folded):
        raise Invalid(
            N_("A tag is one word of at most {limit} characters, without commas."),
            field="tag",
            limit=TAG_LIMIT,
        )
    return folded


def _is_watching(work: Work, number: int) -> bool:
    return (
        work.session.execute(sa.select(_PERSON.c.role).where(*_my_watching(work, number))).first() is not None
    )


def _my_watching(work: Work, number: int) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        _PERSON.c.ticket_number == number,
        _PERSON.c.account_id == _me(work),
        _PERSON.c.role == PersonRole.WATCHER,
    )


def _me(work: Work) -> int:
    if work.actor.account_id is None:
        raise Invalid(N_("The desk itself does not watch tickets."), field="actor")
    return work.actor.account_id

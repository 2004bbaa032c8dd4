"""Tags and watchers: what staff hang on a ticket for themselves."""

from __future__ import annotations

from collections.abc import Collection

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
        if not drop(work, ticket, name):
            raise Invalid(
                N_("#{number} has no tag “{tag}”."), field="tag", number=number, tag=clean_line(checked(name))
            )
    return tickets.changed(work, ticket)


def change(work: Work, number: int, *, tag: Collection[str] = (), untag: Collection[str] = ()) -> Changed:
    """Hang some tags on a ticket and take others away; what is so already stays so."""
    ticket = visible.ticket_for_change(work, number, Verb.TAG).ticket
    for name in untag:
        drop(work, ticket, name)
    for name in tag:
        put(work, ticket, name)
    return tickets.changed(work, ticket)


def put(work: Work, ticket: Ticket, name: str) -> None:
    """Hang one tag on a locked ticket."""
    folded = checked(name)
    where = (_TAG.c.ticket_number == ticket.number, _TAG.c.tag == folded)
    if work.session.execute(sa.select(_TAG.c.tag).where(*where)).first() is None:
        work.session.execute(sa.insert(_TAG), {"ticket_number": ticket.number, "tag": folded})
        events.record(work, ticket, EventKind.TAGGED, changes={"tag": (None, folded)})


def drop(work: Work, ticket: Ticket, name: str) -> bool:
    """Take one tag from a locked ticket; whether it was there."""
    folded = checked(name)
    gone = sa.delete(_TAG).where(_TAG.c.ticket_number == ticket.number, _TAG.c.tag == folded)
    if not work.affected(gone):
        return False
    events.record(work, ticket, EventKind.UNTAGGED, changes={"tag": (folded, None)})
    return True


def watch(work: Work, number: int) -> Changed:
    """Follow a ticket: see it and be told, whatever its topic becomes."""
    ticket = visible.ticket_for_change(work, number, Verb.WATCH).ticket
    follow(work, ticket, watches=True)
    return tickets.changed(work, ticket)


def unwatch(work: Work, number: int) -> Changed:
    """Stop following a ticket."""
    ticket = visible.ticket_for_change(work, number, Verb.WATCH).ticket
    follow(work, ticket, watches=False)
    return tickets.changed(work, ticket)


def follow(work: Work, ticket: Ticket, *, watches: bool) -> None:
    """Let the actor watch a locked ticket, or no longer."""
    me, number = _me(work), ticket.number or 0
    if _is_watching(work, number) is watches:
        return
    if watches:
        row = {
            "ticket_number": number,
            "account_id": me,
            "role": PersonRole.WATCHER,
            "added_at": work.now,
        }
        work.session.execute(sa.insert(_PERSON), row)
        events.record(work, ticket, EventKind.WATCHED, changes={"watcher_id": (None, me)})
    else:
        work.session.execute(sa.delete(_PERSON).where(*_my_watching(work, number)))
        events.record(work, ticket, EventKind.UNWATCHED, changes={"watcher_id": (me, None)})


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

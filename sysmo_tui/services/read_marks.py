"""How far an account has read a ticket."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.desk import Happened, Work
from sysmo_tui.domain.enums import Audience, EventKind, Visibility
from sysmo_tui.models import Entry, ReadMark, Ticket, table
from sysmo_tui.services import tickets_ahead, visible

_MARK, _ENTRY = table(ReadMark), table(Entry)
_MINE = (_MARK.c.account_id == sa.bindparam("me"), _MARK.c.ticket_number == sa.bindparam("number"))
_FIND = sa.select(_MARK.c.entry_id).where(*_MINE)
_MOVE = sa.update(_MARK).where(*_MINE).values(entry_id=sa.bindparam("entry"))
_SET = sa.insert(_MARK)

_BELOW = sa.select(sa.func.coalesce(sa.func.max(_ENTRY.c.id), 0)).where(
    _ENTRY.c.ticket_number == sa.bindparam("number"), _ENTRY.c.id < sa.bindparam("entry")
)
_PUBLIC_BELOW = _BELOW.where(_ENTRY.c.visibility == Visibility.PUBLIC, _ENTRY.c.withdrawn_at.is_(None))
_GO_ON, _GO_ON_IN_PUBLIC = (
    _MOVE.where(_MARK.c.entry_id < sa.bindparam("entry"), _MARK.c.entry_id >= below.scalar_subquery())
    for below in (_BELOW, _PUBLIC_BELOW)
)
"""Moves the mark of who has read what stands directly below an entry, for staff and in public."""


def mark(work: Work, number: int, entry_id: int) -> None:
    """Remember that the actor has seen everything up to an entry; never less than before."""
    me = work.actor.account_id
    if me is not None:
        before = work.session.execute(_FIND, {"me": me, "number": number}).scalar_one_or_none()
        _put(work, me, number, before, entry_id)


def project(work: Work, happened: Happened) -> None:
    """What one writes oneself is not unread, unless something unread stands below it."""
    me, entry, number = work.actor.account_id, happened.entry, happened.ticket.number or 0
    if me is None or entry is None or entry.id is None:
        return
    if happened.kind is EventKind.FILED:
        _put(work, me, number, None, entry.id)
        return
    ahead = tickets_ahead.written(work, number, me)
    reads_notes = _reads_notes(work, happened.ticket)
    if ahead is None:
        move = _GO_ON if reads_notes else _GO_ON_IN_PUBLIC
        work.later(move, {"me": me, "number": number, "entry": entry.id})
    elif ahead.marks.get(me, 0) >= (ahead.newest if reads_notes else ahead.newest_public):
        _put(work, me, number, ahead.marks.get(me), entry.id)


def _put(work: Work, me: int, number: int, before: int | None, entry_id: int) -> None:
    if before is None:
        work.later(_SET, {"account_id": me, "ticket_number": number, "entry_id": entry_id})
    elif before < entry_id:
        work.later(_MOVE, {"me": me, "number": number, "entry": entry_id})


def _reads_notes(work: Work, ticket: Ticket) -> bool:
    return work.actor.is_staff and visible.capacity(work, ticket) is Audience.STAFF

"""How far an account has read a ticket."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.desk import Happened, Work
from sysmo_tui.domain.enums import Audience, EventKind, Visibility
from sysmo_tui.models import Entry, ReadMark, table
from sysmo_tui.services import tickets_ahead, visible

_MARK, _ENTRY = table(ReadMark), table(Entry)
_MINE = (_MARK.c.account_id == sa.bindparam("me"), _MARK.c.ticket_number == sa.bindparam("number"))
_FIND = sa.select(_MARK.c.entry_id).where(*_MINE)
_MOVE = sa.update(_MARK).where(*_MINE).values(entry_id=sa.bindparam("entry"))
_SET = sa.insert(_MARK)

_BELOW = sa.select(sa.func.coalesce(sa.func.max(_ENTRY.c.id), 0)).where(
    _ENTRY.c.ticket_number == sa.bindparam("number"), _ENTRY.c.id < sa.bindparam("entry")
)
_PLACE = sa.select(
    _FIND.scalar_subquery().label("mark"),
    _BELOW.scalar_subquery().label("below"),
    _BELOW.where(_ENTRY.c.visibility == Visibility.PUBLIC, _ENTRY.c.withdrawn_at.is_(None))
    .scalar_subquery()
    .label("public_below"),
)
"""How far the actor has read, and what stands directly below an entry, for staff and in public."""


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
    before, below, public_below = _place(work, me, number, entry.id)
    seen = before or 0
    if seen >= below or (seen >= public_below and not _reads_notes(work, number)):
        _put(work, me, number, before, entry.id)


def _place(work: Work, me: int, number: int, entry_id: int) -> tuple[int | None, int, int]:
    ahead = tickets_ahead.written(work, number, me)
    if ahead is not None:
        return ahead.marks.get(me), ahead.newest, ahead.newest_public
    mark, below, public_below = work.session.execute(
        _PLACE, {"me": me, "number": number, "entry": entry_id}
    ).one()
    return mark, below, public_below


def _put(work: Work, me: int, number: int, before: int | None, entry_id: int) -> None:
    if before is None:
        work.later(_SET, {"account_id": me, "ticket_number": number, "entry_id": entry_id})
    elif before < entry_id:
        work.later(_MOVE, {"me": me, "number": number, "entry": entry_id})


def _reads_notes(work: Work, number: int) -> bool:
    return work.actor.is_staff and visible.audience(work, number) is Audience.STAFF

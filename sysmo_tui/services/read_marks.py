"""How far an account has read a ticket."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.desk import Happened, Work
from sysmo_tui.models import ReadMark, table

_MARK = table(ReadMark)
_MINE = (_MARK.c.account_id == sa.bindparam("me"), _MARK.c.ticket_number == sa.bindparam("number"))
_FIND = sa.select(_MARK.c.entry_id).where(*_MINE)
_MOVE = sa.update(_MARK).where(*_MINE).values(entry_id=sa.bindparam("entry"))
_SET = sa.insert(_MARK)


def mark(work: Work, number: int, entry_id: int) -> None:
    """Remember that the actor has seen everything up to an entry; never less than before."""
    me = work.actor.account_id
    if me is None:
        return
    found = work.session.execute(_FIND, {"me": me, "number": number}).scalar_one_or_none()
    if found is None:
        work.session.execute(_SET, {"account_id": me, "ticket_number": number, "entry_id": entry_id})
    elif found < entry_id:
        work.session.execute(_MOVE, {"me": me, "number": number, "entry": entry_id})


def project(work: Work, happened: Happened) -> None:
    """What one writes oneself is not unread."""
    if happened.entry is not None and happened.entry.id is not None:
        mark(work, happened.ticket.number or 0, happened.entry.id)

"""What the words of a search find, newest first.

The newest hits of a group of words are read at once. When they are few, they are all, and
the tickets they lead to are a plain list. When they are many, the word is common: then
either single entries are asked, or the hits are followed from the newest downwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Visibility
from sysmo_tui.models import Entry, Ticket, table
from sysmo_tui.storage import fulltext
from sysmo_tui.storage.engine import Dialect
from sysmo_tui.storage.fulltext import Term

FEW = 400
"""Up to so many hits a group of words is rare, and known whole."""
MANY = 4_000
"""How many hits are read at once while a common word is followed downwards."""

_TICKET, _ENTRY = table(Ticket), table(Entry)

Condition = sa.ColumnElement[bool]
Hit = tuple[int, int]
"""An entry, and the ticket that it belongs to."""


@dataclass(frozen=True, slots=True)
class Group:
    """Words that stand together, and the newest entries that hold all of them.

    ``hits`` are those that the reader may read among the newest :data:`FEW`; ``end`` is the
    oldest that was looked at, None when there are no more.
    """

    terms: tuple[Term, ...]
    is_public: bool
    dialect: Dialect
    hits: tuple[Hit, ...] = ()
    end: int | None = None

    @property
    def is_rare(self) -> bool:
        """Whether ``hits`` are all there are."""
        return self.end is None

    @property
    def tickets(self) -> frozenset[int]:
        """The tickets of ``hits``."""
        return frozenset(number for _, number in self.hits)

    def condition(self) -> Condition:
        """Whether a ticket has an entry with these words that the reader may read."""
        if self.is_rare:
            return among(_TICKET.c.number, self.tickets)
        return sa.exists(self._entries().where(_ENTRY.c.ticket_number == _TICKET.c.number).correlate(_TICKET))

    def tickets_between(self, oldest: int, newest: int) -> sa.Select[Any]:
        """The tickets with a hit from entry ``oldest`` to entry ``newest``, both inside."""
        hits = fulltext.hits(self.dialect, self.terms).subquery()
        near = sa.select(hits.c.entry_id).where(hits.c.entry_id.between(oldest, newest))
        found = sa.select(_ENTRY.c.ticket_number).where(_ENTRY.c.id.in_(near))
        return found.where(_ENTRY.c.visibility == Visibility.PUBLIC) if self.is_public else found

    def _entries(self) -> sa.Select[Any]:
        hits = fulltext.hits(self.dialect, self.terms).subquery()
        found = sa.select(sa.literal(1)).join_from(_ENTRY, hits, hits.c.entry_id == _ENTRY.c.id)
        return found.where(_ENTRY.c.visibility == Visibility.PUBLIC) if self.is_public else found


def look(work: Work, terms: Sequence[Term], *, is_public: bool) -> Group:
    """Find the newest entries with all of ``terms``, public ones only for those who asked."""
    dialect = Dialect(work.session.get_bind().dialect.name)
    group = Group(tuple(terms), is_public, dialect)
    hits, end = below(work, group, None, FEW)
    return Group(group.terms, is_public, dialect, tuple(hits), end)


def below(work: Work, group: Group, before: int | None, limit: int) -> tuple[list[Hit], int | None]:
    """The hits among the newest ``limit`` before entry ``before``, and where to go on, if anywhere."""
    newest = fulltext.newest(group.dialect, group.terms, before, limit + 1).subquery()
    statement = (
        sa.select(newest.c.entry_id, _ENTRY.c.ticket_number, _ENTRY.c.visibility)
        .join(_ENTRY, _ENTRY.c.id == newest.c.entry_id)
        .order_by(newest.c.entry_id.desc())
    )
    rows = work.session.execute(statement).all()
    read = [
        (row.entry_id, row.ticket_number)
        for row in rows[:limit]
        if not group.is_public or row.visibility is Visibility.PUBLIC
    ]
    return read, rows[limit - 1].entry_id if len(rows) > limit else None


def among(column: sa.Column[Any], values: Sequence[int] | frozenset[int]) -> Condition:
    """Whether a column of keys holds one of ``values``, of which there may be very many."""
    if not values:
        return sa.false()
    listed = sa.bindparam(
        None, sorted(values), column.type, expanding=True, literal_execute=True, unique=True
    )
    return column.in_(listed)


def opaque(condition: Condition) -> Condition:
    """The same condition, behind which no database looks for an index."""
    return sa.case((condition, 1), else_=0) == 1

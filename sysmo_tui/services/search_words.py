"""What the words of a search find.

The newest hits of a group of words are read at once. When they are few, they are all, and
the tickets they lead to are a plain list. When they are many, the word is common: then the
hits are followed from the newest downwards, or few tickets are read to see whether they
have it. No index can tell that as fast of an entry here and there.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import fold
from sysmo_tui.domain.enums import Visibility
from sysmo_tui.models import Attachment, Entry, Ticket, table
from sysmo_tui.storage import fulltext
from sysmo_tui.storage.engine import Dialect
from sysmo_tui.storage.fulltext import Term

FEW = 200
"""Up to so many hits a group of words is rare, and known whole."""
MOST = 6_400
"""How many hits are read at once, at most, while a common word is followed downwards."""

_TICKET, _ENTRY, _FILE = table(Ticket), table(Entry), table(Attachment)
_BODIES = (
    sa.select(_ENTRY.c.id, _ENTRY.c.ticket_number, _TICKET.c.subject, _ENTRY.c.body)
    .join(_TICKET, _TICKET.c.number == _ENTRY.c.ticket_number)
    .where(_ENTRY.c.withdrawn_at.is_(None))
)
_FILE_NAMES = (
    sa.select(_FILE.c.entry_id, _FILE.c.filename)
    .join(_ENTRY, _ENTRY.c.id == _FILE.c.entry_id)
    .order_by(_FILE.c.id)
)

Condition = sa.ColumnElement[bool]
Hit = tuple[int, int]
"""An entry, and the ticket that it belongs to."""


@dataclass(frozen=True, slots=True)
class Group:
    """Words that stand together, and the newest entries that hold all of them.

    ``hits`` are those that the reader may read among the newest, at most :data:`FEW`; ``end`` is the
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

    def tickets_between(self, oldest: int, newest: int) -> sa.Select[Any]:
        """The tickets with a hit from entry ``oldest`` to entry ``newest``, both inside."""
        hits = fulltext.hits(self.dialect, self.terms).subquery()
        near = sa.select(hits.c.entry_id).where(hits.c.entry_id.between(oldest, newest))
        found = sa.select(_ENTRY.c.ticket_number).where(_ENTRY.c.id.in_(near))
        return found.where(_ENTRY.c.visibility == Visibility.PUBLIC) if self.is_public else found


@dataclass(frozen=True, slots=True)
class Pile:
    """The entries of a few tickets, to be read one by one: subject, text and file names."""

    entries: Sequence[tuple[int, str, str, list[str]]]

    def having(self, terms: Sequence[Term]) -> frozenset[int]:
        """The tickets with an entry that has all of ``terms``, as the index would find them."""
        from sysmo_tui.services import search_index

        tokens = [token for term in terms for token in term.tokens]
        wanted = [f" {' '.join(term.tokens)}{'' if term.is_prefix else ' '}" for term in terms]
        found = set()
        for number, subject, body, names in self.entries:
            if number in found:
                continue
            # Cheap, and enough to pass over most of them: what is not in the text is no word of it.
            folded = fold.fold("\n".join((subject, body, *names)))
            if all(token in folded for token in tokens):
                document = f" {search_index.document(subject, body, names)} "
                if all(text in document for text in wanted):
                    found.add(number)
        return frozenset(found)


def pile(work: Work, numbers: Iterable[int], *, is_public: bool) -> Pile:
    """Read the entries of these tickets, public ones only for those who asked."""
    listed = among(_ENTRY.c.ticket_number, frozenset(numbers))
    if is_public:
        listed = sa.and_(listed, _ENTRY.c.visibility == Visibility.PUBLIC)
    names: dict[int, list[str]] = {}
    for entry, name in work.session.execute(_FILE_NAMES.where(listed)):
        names.setdefault(entry, []).append(name)
    rows = work.session.execute(_BODIES.where(listed))
    return Pile([(number, subject, body, names.get(entry, [])) for entry, number, subject, body in rows])


def look(work: Work, terms: Sequence[Term], *, is_public: bool) -> Group:
    """Find the newest entries with all of ``terms``, public ones only for those who asked."""
    dialect = Dialect(work.session.get_bind().dialect.name)
    group = Group(tuple(terms), is_public, dialect)
    hits, end = below(work, group, None, FEW)
    return Group(group.terms, is_public, dialect, tuple(hits), end)


def below(work: Work, group: Group, before: int | None, limit: int) -> tuple[list[Hit], int | None]:
    """Hits among the newest, at most ``limit``, before entry ``before``, and where to go on, if anywhere."""
    asked = fulltext.newest(work.session, group.terms, before, limit + 1)
    if asked is None:
        return [], None
    newest, given = asked
    rows = work.session.execute(_with_tickets(newest), given).all()
    read = [
        (row.entry_id, row.ticket_number)
        for row in rows[:limit]
        if not group.is_public or row.visibility is Visibility.PUBLIC
    ]
    edge = rows[0].edge if rows else None
    return read, rows[limit - 1].entry_id if len(rows) > limit else edge


@cache
def _with_tickets(newest: sa.Select[*tuple[Any, ...]]) -> sa.Select[*tuple[Any, ...]]:
    found = newest.subquery()
    return (
        sa.select(found.c.entry_id, found.c.edge, _ENTRY.c.ticket_number, _ENTRY.c.visibility)
        .select_from(found)
        .join(_ENTRY, _ENTRY.c.id == found.c.entry_id)
        .order_by(found.c.entry_id.desc())
    )


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


def passing(
    work: Work, numbers: frozenset[int], condition: Condition, bound: dict[str, Any] | None = None
) -> frozenset[int]:
    """Which of a few tickets fulfil a condition."""
    if not numbers:
        return numbers
    statement = sa.select(_TICKET.c.number).where(among(_TICKET.c.number, numbers), opaque(condition))
    return frozenset(work.session.execute(statement, bound or {}).scalars())

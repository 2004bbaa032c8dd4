"""The full-text index: one document of folded words for each entry, found by words, phrases and prefixes.

``domain/fold.py`` cuts the words; SQLite's FTS5 and PostgreSQL's ``tsvector`` only keep and find
them, so both answer alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY, TSVECTOR
from sqlalchemy.orm import Session

from sysmo_tui.storage.engine import Dialect
from sysmo_tui.storage.writing import later

TABLE = "entry_search"
RECENT = 20_000
"""How many of the newest entries PostgreSQL reads one by one before it asks the index."""
SEVERAL = 24
"""With fewer hits among these it asks the index at once: to read on until a page is full takes longer."""
KNOWN = 1_000
"""It asks the index as well where there may be so few hits in all: then all of them are known."""

_AT_ONCE = 1_000

_SQLITE = sa.table(
    TABLE, sa.column("rowid", sa.Integer), sa.column("words", sa.String), sa.column(TABLE, sa.String)
)
_POSTGRESQL = sa.table(TABLE, sa.column("entry_id", sa.BigInteger), sa.column("words", TSVECTOR))

_LIMIT, _RECENT, _SEVERAL = (sa.bindparam(name, type_=sa.Integer) for name in ("limit", "recent", "several"))
_KNOWN = sa.bindparam("known", type_=sa.BigInteger)

_PUT_SQLITE, _PUT_POSTGRESQL = sa.insert(_SQLITE), sa.insert(_POSTGRESQL)
# A contentless table forgets a document only when it is told what the document was.
_REMOVE_SQLITE = sa.text(f"INSERT INTO {TABLE} ({TABLE}, rowid, words) VALUES ('delete', :entry, :words)")
_CLEAR_SQLITE = sa.text(f"INSERT INTO {TABLE} ({TABLE}) VALUES ('delete-all')")
_REPLACE_POSTGRESQL = sa.text(f"UPDATE {TABLE} SET words = CAST(:words AS tsvector) WHERE entry_id = :entry")
_REMOVE_POSTGRESQL = sa.text(f"DELETE FROM {TABLE} WHERE entry_id = :entry")
_CLEAR_POSTGRESQL = sa.text(f"DELETE FROM {TABLE}")


@dataclass(frozen=True, slots=True)
class Term:
    """Folded words to find: next to each other when a phrase; the last may be a beginning only."""

    tokens: tuple[str, ...]
    is_phrase: bool = False
    is_prefix: bool = False


def put(session: Session, entry_id: int, document: str) -> None:
    """Index an entry that is not indexed yet by the words of ``document``, separated by spaces."""
    put_one, row = _put(session, entry_id, document)
    later(session, put_one, row)


def replace(session: Session, entry_id: int, old: str, new: str) -> None:
    """Index an entry by ``new``; ``old`` is exactly the document that it is indexed by."""
    if old == new:
        return
    if _dialect(session) is Dialect.SQLITE:
        session.execute(_REMOVE_SQLITE, {"entry": entry_id, "words": old})
        session.execute(_PUT_SQLITE, {"rowid": entry_id, "words": new})
    else:
        session.execute(_REPLACE_POSTGRESQL, {"entry": entry_id, "words": _vector(new)})


def remove(session: Session, entry_id: int, old: str) -> None:
    """Take an entry out of the index; ``old`` is exactly the document that it is indexed by."""
    if _dialect(session) is Dialect.SQLITE:
        session.execute(_REMOVE_SQLITE, {"entry": entry_id, "words": old})
    else:
        session.execute(_REMOVE_POSTGRESQL, {"entry": entry_id})


def rebuild(session: Session, documents: Iterable[tuple[int, str]]) -> int:
    """Make the index anew from pairs of entry and document; the number of entries in it."""
    is_sqlite = _dialect(session) is Dialect.SQLITE
    session.execute(_CLEAR_SQLITE if is_sqlite else _CLEAR_POSTGRESQL)
    count, left = 0, iter(documents)
    while some := list(islice(left, _AT_ONCE)):
        puts = [_put(session, entry, words) for entry, words in some]
        session.execute(puts[0][0], [row for _insert, row in puts])
        count += len(some)
    return count


def _put(session: Session, entry_id: int, document: str) -> tuple[sa.Insert, dict[str, Any]]:
    if _dialect(session) is Dialect.SQLITE:
        return _PUT_SQLITE, {"rowid": entry_id, "words": document}
    return _PUT_POSTGRESQL, {"entry_id": entry_id, "words": _vector(document)}


def hits(dialect: Dialect, terms: Sequence[Term]) -> sa.Select[int]:
    """The entries whose document holds all of ``terms``, for ``Entry.id.in_(…)``.

    Terms without words count for nothing; when none has any, nothing is found.
    """
    wanted = _wanted(dialect, terms)
    if wanted is None:
        return sa.select(sa.literal(0).label("entry_id")).where(sa.false())
    bound = sa.bindparam(None, wanted, sa.String, unique=True)
    if dialect is Dialect.SQLITE:
        return sa.select(_SQLITE.c.rowid.label("entry_id")).where(_SQLITE.c[TABLE].op("MATCH")(bound))
    return sa.select(_POSTGRESQL.c.entry_id).where(_POSTGRESQL.c.words.op("@@")(sa.cast(bound, TSQUERY)))


def newest(
    session: Session, terms: Sequence[Term], below: int | None, limit: int
) -> tuple[sa.Select[*tuple[Any, ...]], dict[str, Any]] | None:
    """The newest ``limit`` of :func:`hits`, newest first, of those before entry ``below``.

    A statement that is built once, and what it binds; None for terms without words. Fewer rows may come
    though there are more: ``edge`` is then the oldest entry that was looked at, else NULL.
    """
    dialect = _dialect(session)
    wanted = _wanted(dialect, terms)
    if wanted is None:
        return None
    given = {"wanted": wanted, "limit": limit, "recent": RECENT, "several": SEVERAL, "known": KNOWN * RECENT}
    if below is not None:
        given["below"] = below
    return _newest(dialect, is_first=below is None), given


@cache
def _newest(dialect: Dialect, *, is_first: bool) -> sa.Select[*tuple[Any, ...]]:
    if dialect is Dialect.POSTGRESQL:
        return _newest_postgresql(is_first=is_first)
    found = sa.select(_SQLITE.c.rowid.label("entry_id"), sa.null().label("edge"))
    found = found.where(_SQLITE.c[TABLE].op("MATCH")(sa.bindparam("wanted", type_=sa.String)))
    if not is_first:
        found = found.where(_SQLITE.c.rowid < sa.bindparam("below"))
    return found.order_by(_SQLITE.c.rowid.desc()).limit(_LIMIT)


def _newest_postgresql(*, is_first: bool) -> sa.Select[*tuple[Any, ...]]:
    """Read the newest entries one by one; ask the index only when they hold too few.

    Left to choose for itself, the planner walks all entries backwards for a rare word, or sorts
    all hits of a common one; this costs about the same for every word.
    """
    c = _POSTGRESQL.c
    has_words = c.words.op("@@")(sa.cast(sa.bindparam("wanted", type_=sa.String), TSQUERY))
    below = sa.bindparam("below", type_=sa.BigInteger)
    newest_one = sa.select(sa.func.max(c.entry_id)).scalar_subquery()
    top: sa.ColumnElement[int] = newest_one if is_first else below - 1
    edge = top - _RECENT
    # The limit, which the keys reach first, keeps the word out of what is read.
    window = sa.select(c.entry_id, c.words).where(c.entry_id > edge, c.entry_id <= top)
    recent_rows = window.order_by(c.entry_id.desc()).limit(_RECENT).subquery("recent_rows")
    recent = (
        sa.select(recent_rows.c.entry_id)
        .where(recent_rows.c.words.op("@@")(sa.cast(sa.bindparam("wanted", type_=sa.String), TSQUERY)))
        .order_by(recent_rows.c.entry_id.desc())
        .limit(_LIMIT)
        .cte("recent")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    count = sa.select(sa.func.count()).select_from(recent).scalar_subquery()
    are_few = sa.or_(count < _SEVERAL, count * top <= _KNOWN)
    # The sum keeps the key's own index out, MATERIALIZED keeps the order by out.
    older = (
        sa.select(c.entry_id)
        .where(count < _LIMIT, are_few, has_words, c.entry_id + 0 <= edge)
        .cte("older")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    both = sa.union_all(sa.select(recent.c.entry_id), sa.select(older.c.entry_id)).subquery("both")
    looked_at = sa.case((are_few, sa.null()), else_=edge + 1).label("edge")
    return sa.select(both.c.entry_id, looked_at).order_by(both.c.entry_id.desc()).limit(_LIMIT)


def _dialect(session: Session) -> Dialect:
    return Dialect(session.get_bind().dialect.name)


def _vector(document: str) -> str:
    """A ``tsvector`` as text, each word with its position: no parser of PostgreSQL's takes part."""
    words = enumerate(_escaped(document).split(" "), 1)
    return " ".join(f"'{word}':{at}" for at, word in words if word)


def _wanted(dialect: Dialect, terms: Sequence[Term]) -> str | None:
    """What the database is asked, in its own language; None when no term has words."""
    told = [term for term in terms if term.tokens]
    if not told:
        return None
    if dialect is Dialect.SQLITE:
        return " AND ".join(map(_fts5, told))
    return " & ".join(map(_tsquery, told))


def _fts5(term: Term) -> str:
    groups = [term.tokens] if term.is_phrase else [(token,) for token in term.tokens]
    quoted = ['"' + " ".join(group).replace('"', '""') + '"' for group in groups]
    if term.is_prefix:
        quoted[-1] += " *"
    return " AND ".join(quoted)


def _tsquery(term: Term) -> str:
    quoted = [f"'{_escaped(token)}'" for token in term.tokens]
    if term.is_prefix:
        quoted[-1] += ":*"
    return f"({(' <-> ' if term.is_phrase else ' & ').join(quoted)})"


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("'", "''")

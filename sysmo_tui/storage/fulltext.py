"""The full-text index: one document of folded words for each entry, found by words, phrases and prefixes.

``domain/fold.py`` cuts the words; SQLite's FTS5 and PostgreSQL's ``tsvector`` only keep and find
them, so both answer alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
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

_AT_ONCE = 1_000

_SQLITE = sa.table(
    TABLE, sa.column("rowid", sa.Integer), sa.column("words", sa.String), sa.column(TABLE, sa.String)
)
_POSTGRESQL = sa.table(TABLE, sa.column("entry_id", sa.BigInteger), sa.column("words", TSVECTOR))

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
    wanted = _query(dialect, terms)
    if wanted is None:
        return _nothing()
    if dialect is Dialect.SQLITE:
        return sa.select(_SQLITE.c.rowid.label("entry_id")).where(_SQLITE.c[TABLE].op("MATCH")(wanted))
    return sa.select(_POSTGRESQL.c.entry_id).where(_POSTGRESQL.c.words.op("@@")(wanted))


def newest(dialect: Dialect, terms: Sequence[Term], below: int | None, limit: int) -> sa.Select[int]:
    """The newest ``limit`` of :func:`hits`, newest first, of those before entry ``below``."""
    wanted = _query(dialect, terms)
    if wanted is None:
        return _nothing()
    if dialect is Dialect.POSTGRESQL:
        return _newest_postgresql(wanted, below, limit)
    found = hits(dialect, terms)
    if below is not None:
        found = found.where(_SQLITE.c.rowid < below)
    return found.order_by(_SQLITE.c.rowid.desc()).limit(limit)


def _newest_postgresql(wanted: Any, below: int | None, limit: int) -> sa.Select[int]:
    """Read the newest entries one by one; ask the index only when they hold too few.

    Left to choose for itself, the planner walks all entries backwards for a rare word, or sorts
    all hits of a common one; this costs about the same for every word.
    """
    c = _POSTGRESQL.c
    window = sa.select(c.entry_id, c.words).order_by(c.entry_id.desc()).limit(RECENT)
    if below is not None:
        window = window.where(c.entry_id < below)
    recent_rows = window.subquery("recent_rows")
    recent = (
        sa.select(recent_rows.c.entry_id)
        .where(recent_rows.c.words.op("@@")(wanted))
        .order_by(recent_rows.c.entry_id.desc())
        .limit(limit)
        .cte("recent")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    too_few = sa.select(sa.func.count()).select_from(recent).scalar_subquery() < limit
    # The sum keeps the key's own index out, MATERIALIZED keeps the order by out.
    before = c.entry_id + 0
    edge = window.with_only_columns(c.entry_id).subquery("edge")
    older = (
        sa.select(c.entry_id)
        .where(too_few, c.words.op("@@")(wanted))
        .where(before < sa.select(sa.func.min(edge.c.entry_id)).scalar_subquery())
        .cte("older")
        .prefix_with("MATERIALIZED", dialect="postgresql")
    )
    both = sa.union_all(sa.select(recent.c.entry_id), sa.select(older.c.entry_id)).subquery("both")
    return sa.select(both.c.entry_id).order_by(both.c.entry_id.desc()).limit(limit)


def _nothing() -> sa.Select[int]:
    return sa.select(sa.literal(0).label("entry_id")).where(sa.false())


def _dialect(session: Session) -> Dialect:
    return Dialect(session.get_bind().dialect.name)


def _vector(document: str) -> str:
    """A ``tsvector`` as text, each word with its position: no parser of PostgreSQL's takes part."""
    words = enumerate(_escaped(document).split(" "), 1)
    return " ".join(f"'{word}':{at}" for at, word in words if word)


def _query(dialect: Dialect, terms: Sequence[Term]) -> Any:
    told = [term for term in terms if term.tokens]
    if not told:
        return None
    if dialect is Dialect.SQLITE:
        return sa.bindparam(None, " AND ".join(map(_fts5, told)), sa.String, unique=True)
    return sa.cast(sa.bindparam(None, " & ".join(map(_tsquery, told)), sa.String, unique=True), TSQUERY)


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

"""A session that can write later, and then many rows at a time.

Most rows that a command writes it never reads again: what happened, what can be found, what is owed. They
wait until the transaction ends, or until a statement looks at their table, and leave by one statement for
all of a kind. It is what the unit of work does for entities, for rows without one.
"""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from itertools import groupby
from typing import Any
from weakref import WeakKeyDictionary

import sqlalchemy as sa
from sqlalchemy.orm import ORMExecuteState, Session, SessionTransaction
from sqlalchemy.sql import visitors
from sqlalchemy.sql.schema import ScalarElementColumnDefault

from sysmo_tui.storage.new_keys import NewKeys
from sysmo_tui.storage.telling import LISTENED_TO, TOLD, telling

AS_ONE = 4
"""From so many rows on, PostgreSQL takes them as one document instead of one after another."""

Row = dict[str, Any]
Statement = sa.Insert | sa.Update | sa.Delete


class WritingSession(Session):
    """A session of a transaction that writes; rows given to :meth:`later` leave together.

    What looks at something that waits, whether entity or row, finds it written.
    """

    def __init__(self, engine: sa.Engine) -> None:
        # It would write the entities alone, before the rows that they refer to.
        super().__init__(engine, autoflush=False, expire_on_commit=False)
        self._waiting: dict[Statement, dict[object, Row]] = defaultdict(dict)
        self._keys = NewKeys()

    def later(self, statement: Statement, row: Row, key: object = None) -> None:
        """Execute ``statement`` with ``row`` before anybody can tell that it was not at once.

        Of rows with the same ``key`` only the last one counts. Nobody asks how many rows it changed. What
        the database has against it is raised by whatever statement makes it leave, or by the end of the
        transaction.
        """
        self._waiting[statement][object() if key is None else key] = row

    def new_key(self, table: sa.Table) -> int:
        """The key of a new row of ``table``, before it is written."""
        return self._keys.next(self.connection(), table)

    def reserve_keys(self, counts: Mapping[sa.Table, int]) -> None:
        """Ask once for as many keys as will be needed."""
        self._keys.reserve(self.connection(), counts)

    def flush(self, objects: Sequence[Any] | None = None) -> None:
        """Write everything that waits, entities and rows, each table after those that it refers to."""
        waiting, self._waiting = self._waiting, defaultdict(dict)
        entities = min((_place(table) for table in self._unwritten()), default=-1)
        statements = sorted(waiting, key=lambda statement: _place(_table(statement)))
        for statement in statements:
            if _place(_table(statement)) <= entities:
                _write(self.connection(), statement, waiting[statement].values())
        super().flush(objects)
        for statement in statements:
            if _place(_table(statement)) > entities:
                _write(self.connection(), statement, waiting[statement].values())
        self._keys.written()

    def begin_nested(self) -> SessionTransaction:
        """A savepoint behind everything that was written before, so that nothing else is taken back."""
        self.flush()
        return super().begin_nested()

    def _touches(self, statement: sa.Executable) -> bool:
        """Whether ``statement`` looks at something that waits."""
        unwritten = {table.name for table in self._unwritten()}
        if not (self._waiting or unwritten):
            return False
        tables = tables_of(statement)
        return tables is None or not tables.isdisjoint(
            unwritten | {_table(each).name for each in self._waiting}
        )

    def _unwritten(self) -> set[sa.Table]:
        return {entity.__table__ for entity in (*self.new, *self.dirty, *self.deleted)}


def later(session: Session, statement: Statement, row: Row) -> None:
    """:meth:`WritingSession.later` in a session that writes."""
    assert isinstance(session, WritingSession)
    session.later(statement, row)


@sa.event.listens_for(WritingSession, "do_orm_execute")
def _before_statement(state: ORMExecuteState) -> None:
    session = state.session
    assert isinstance(session, WritingSession)
    if session._touches(state.statement):
        session.flush()


@sa.event.listens_for(WritingSession, "before_commit")
def _before_commit(session: WritingSession) -> None:
    session.flush()


@sa.event.listens_for(WritingSession, "after_soft_rollback")
def _after_rollback(session: WritingSession, _transaction: SessionTransaction) -> None:
    # What was there before a savepoint is written, so this is what came behind it.
    session._waiting.clear()
    session._keys.written()


_TABLES: WeakKeyDictionary[sa.Executable, frozenset[str] | None] = WeakKeyDictionary()


def tables_of(statement: sa.Executable) -> frozenset[str] | None:
    """The tables that a statement looks at, in whatever part of it; None where a part is plain text.

    Whoever changes rows looks at the tables that these refer to, as well.
    """
    if statement not in _TABLES:
        _TABLES[statement] = _tables_of(statement)
    return _TABLES[statement]


def _tables_of(statement: Any) -> frozenset[str] | None:
    names: set[str] = set()
    left, seen = [statement], {id(statement)}
    while left:
        for element in visitors.iterate(left.pop()):
            if isinstance(element, sa.TextClause):
                return None
            if isinstance(element, sa.TableClause):
                names.add(element.name)
            # A column is no parent of its table, nor what is written of what it is written to.
            table = getattr(element, "table", None)
            if table is not None and id(table) not in seen:
                seen.add(id(table))
                left.append(table)
    if isinstance(statement, sa.Insert | sa.Update) and isinstance(statement.table, sa.Table):
        names |= {key.column.table.name for key in statement.table.foreign_keys}
    return frozenset(names)


@cache
def _places(metadata: sa.MetaData) -> Mapping[str, int]:
    return {table.name: place for place, table in enumerate(metadata.sorted_tables)}


def _place(table: sa.TableClause) -> float:
    """Where a table stands in the order of references; last what refers to others unknown to the database."""
    return _places(table.metadata)[table.name] if isinstance(table, sa.Table) else math.inf


def _table(statement: Statement) -> sa.TableClause:
    assert isinstance(statement.table, sa.TableClause)
    return statement.table


def _write(connection: sa.Connection, statement: Statement, rows: Iterable[Row]) -> None:
    """Execute a statement with rows, in their order, as many at once as have the same columns."""
    for _names, alike in groupby(rows, key=tuple):
        _write_alike(connection, statement, list(alike))


def _write_alike(connection: sa.Connection, statement: Statement, rows: list[Row]) -> None:
    is_document = connection.dialect.name == "postgresql" and len(rows) >= AS_ONE
    if isinstance(statement, sa.Insert) and is_document:
        insert = _from_document(connection.dialect, statement.table, tuple(rows[0]))
        connection.execute(insert, {"rows": _document(statement.table, rows)})
    elif isinstance(statement, sa.Insert) and statement.table.name in LISTENED_TO:
        connection.execute(telling(connection, statement), rows)
    else:
        connection.execute(statement, rows)


def write_returning(
    session: Session, table: sa.TableClause, rows: Sequence[Row], names: tuple[str, ...]
) -> sa.Result[Any]:
    """Insert rows at once, all with the same columns, and give back what the database made of ``names``."""
    connection = session.connection()
    if connection.dialect.name == "postgresql" and len(rows) >= AS_ONE:
        insert = _from_document(connection.dialect, table, tuple(rows[0]), names)
        return connection.execute(insert, {"rows": _document(table, rows)})
    return connection.execute(sa.insert(table).returning(*(table.c[name] for name in names)), rows)


@cache
def _from_document(
    dialect: sa.Dialect, table: sa.TableClause, given: tuple[str, ...], returned: tuple[str, ...] = ()
) -> sa.TextClause:
    """An INSERT of all rows of a JSON document: a server reads it far faster than as many statements."""
    names = [*given, *_defaults(table, given)]
    quote = dialect.identifier_preparer.quote
    columns = ", ".join(map(quote, names))
    typed = ", ".join(f"{quote(name)} {table.c[name].type.compile(dialect)}" for name in names)
    insert = (
        f"INSERT INTO {table.name} ({columns}) SELECT {columns} "
        f"FROM json_to_recordset(CAST(:rows AS json)) AS given ({typed})"
        + (f" RETURNING {', '.join(map(quote, returned))}" if returned else "")
    )
    return sa.text(f"WITH written AS ({insert}) SELECT {TOLD}" if table.name in LISTENED_TO else insert)


def _document(table: sa.TableClause, rows: Sequence[Row]) -> str:
    defaults = _defaults(table, tuple(rows[0]))
    # Half of a pair of surrogates is refused like anywhere else, when the text is encoded.
    return json.dumps(
        [row | defaults for row in rows] if defaults else rows, default=_plain, ensure_ascii=False
    )


@cache
def _defaults(table: sa.TableClause, given: tuple[str, ...]) -> Row:
    """What the columns that are not ``given`` are filled with by their table's definition."""
    return {
        column.name: column.default.arg
        for column in table.columns
        if isinstance(column, sa.Column)
        and column.name not in given
        and isinstance(column.default, ScalarElementColumnDefault)
    }


def _plain(value: object) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    raise TypeError(type(value).__name__)

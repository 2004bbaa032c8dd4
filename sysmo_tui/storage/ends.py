"""The two ends of a copy: a desk's database within one transaction, its rows in one form for both kinds.

A row is a tuple of what SQLite stores: moments as text in UTC with microseconds, claims as 0 and 1,
documents as JSON text.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Collection, Iterable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, Protocol, cast

import sqlalchemy as sa

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.storage.engine import Dialect
from sysmo_tui.storage.failures import translated

if TYPE_CHECKING:
    import psycopg

Row = tuple[Any, ...]

_INDEXES_SQLITE = sa.text(
    "SELECT name, sql AS definition FROM sqlite_schema WHERE type = 'index' AND sql <> ''"
)
_INDEXES_POSTGRESQL = sa.text(
    "SELECT indexrelid::regclass::text AS name, pg_get_indexdef(indexrelid) AS definition"
    " FROM pg_index JOIN pg_class ON pg_class.oid = indrelid"
    " WHERE NOT indisunique AND relnamespace = current_schema()::regnamespace"
)
_REFERENCES = sa.text(
    "SELECT conrelid::regclass::text AS name, confrelid::regclass::text AS other,"
    " quote_ident(conname) AS reference, pg_get_constraintdef(oid) AS definition"
    " FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace"
)
_LAST_KEY_SQLITE = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :name")
_SET_LAST_KEY_SQLITE = sa.text("UPDATE sqlite_sequence SET seq = :key WHERE name = :name")
_ADD_LAST_KEY_SQLITE = sa.text("INSERT INTO sqlite_sequence (name, seq) VALUES (:name, :key)")
_LAST_KEY_POSTGRESQL = sa.text(
    "SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, :column)::regclass)"
)
_SET_LAST_KEY_POSTGRESQL = sa.text("SELECT setval(pg_get_serial_sequence(:name, :column), :key)")


class End(Protocol):
    """A database that is read from or written to, in the transaction of ``connection``."""

    connection: sa.Connection

    def rows(self, table: sa.Table, without: Collection[str] = ()) -> Iterator[Row]:
        """The rows of a table in the order of its key, one after another; empty in columns ``without``."""

    def write(self, table: sa.Table, rows: Iterable[Row]) -> None:
        """Write rows, one after another; Invalid for one that this kind of database does not take."""

    def bare(self) -> AbstractContextManager[None]:
        """Do without what only costs time while many rows are written: made anew, and proven, at the end."""

    def last_key(self, table: sa.Table) -> int:
        """The last key that was given out, even to a row that is gone, where that is remembered; else 0."""

    def set_last_key(self, table: sa.Table, key: int) -> None:
        """Have the next row of a table get the key after ``key``."""

    def settle(self) -> None:
        """Have the database know what it holds, so that it plans well from the first question on."""


def end_of(connection: sa.Connection) -> End:
    """The end of a copy that ``connection`` leads to."""
    if connection.dialect.name == Dialect.POSTGRESQL:
        return PostgresqlEnd(connection)
    return SqliteEnd(connection)


class SqliteEnd:
    """A file; whoever writes to it has it alone, without foreign keys."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._driver = cast(sqlite3.Connection, connection.connection.driver_connection)

    def rows(self, table: sa.Table, without: Collection[str] = ()) -> Iterator[Row]:
        """The rows, as they are stored."""
        return self._driver.execute(_selection(self.connection, table, without, _as_stored))

    def write(self, table: sa.Table, rows: Iterable[Row]) -> None:
        """Write the rows as they are."""
        places = ", ".join("?" * len(table.c))
        name, columns = _names(self.connection, table)
        self._driver.executemany(f"INSERT INTO {name} ({columns}) VALUES ({places})", rows)

    @contextmanager
    def bare(self) -> Iterator[None]:
        """Without the indexes that were made by name: they are sorted once, at the end."""
        indexes = self.connection.execute(_INDEXES_SQLITE).all()
        for index in indexes:
            self.connection.exec_driver_sql(f'DROP INDEX "{index.name}"')
        yield
        for index in indexes:
            self.connection.exec_driver_sql(index.definition)

    def last_key(self, table: sa.Table) -> int:
        """What is remembered of tables whose keys are never given twice."""
        return self.connection.scalar(_LAST_KEY_SQLITE, {"name": table.name}) or 0

    def set_last_key(self, table: sa.Table, key: int) -> None:
        """Remember the last key, where keys are never given twice."""
        if table.dialect_options["sqlite"]["autoincrement"]:
            given = {"name": table.name, "key": key}
            if not self.connection.execute(_SET_LAST_KEY_SQLITE, given).rowcount:
                self.connection.execute(_ADD_LAST_KEY_SQLITE, given)

    def settle(self) -> None:
        """Nothing: its plans follow from its indexes alone."""


class PostgresqlEnd:
    """A database of a server, in a session whose time zone is UTC."""

    def __init__(self, connection: sa.Connection) -> None:
        self.connection = connection
        self._driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)

    def rows(self, table: sa.Table, without: Collection[str] = ()) -> Iterator[Row]:
        """The rows, put into SQLite's form by the server."""
        selection = _selection(self.connection, table, without, _as_sqlite_stores)
        with (
            _told(table),
            self._driver.cursor() as cursor,
            cursor.copy(f"COPY ({selection}) TO STDOUT") as copy,
        ):
            copy.set_types([_wire_type(column) for column in table.c])
            yield from copy.rows()

    def write(self, table: sa.Table, rows: Iterable[Row]) -> None:
        """Write the rows, which the server reads in SQLite's form."""
        name, columns = _names(self.connection, table)
        with (
            _told(table),
            self._driver.cursor() as cursor,
            cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    @contextmanager
    def bare(self) -> Iterator[None]:
        """Without foreign keys, and without the indexes that keep nothing unique."""
        references = self.connection.execute(_REFERENCES).all()
        indexes = self.connection.execute(_INDEXES_POSTGRESQL).all()
        for each in references:
            self.connection.exec_driver_sql(f"ALTER TABLE {each.name} DROP CONSTRAINT {each.reference}")
        for index in indexes:
            self.connection.exec_driver_sql(f"DROP INDEX {index.name}")
        yield
        for index in indexes:
            self.connection.exec_driver_sql(index.definition)
        for each in references:
            self._refer(each)

    def _refer(self, each: sa.Row[Any]) -> None:
        try:
            self.connection.exec_driver_sql(
                f"ALTER TABLE {each.name} ADD CONSTRAINT {each.reference} {each.definition}"
            )
        except sa.exc.IntegrityError as error:
            raise Invalid(
                N_("Nothing was changed: a row of {table} refers to a row of {other} that is missing."),
                field="database",
                table=each.name,
                other=each.other,
            ) from error

    def last_key(self, table: sa.Table) -> int:
        """Where the sequence of the table's key is."""
        return self.connection.scalar(_LAST_KEY_POSTGRESQL, _key_of(table)) or 0

    def set_last_key(self, table: sa.Table, key: int) -> None:
        """Set the sequence of the table's key."""
        self.connection.execute(_SET_LAST_KEY_POSTGRESQL, _key_of(table) | {"key": key})

    def settle(self) -> None:
        """Gather the statistics that the planner goes by."""
        self.connection.exec_driver_sql("ANALYZE")


@contextmanager
def _told(table: sa.Table) -> Iterator[None]:
    """Turn what psycopg raises by itself into refusals."""
    import psycopg

    try:
        yield
    except (psycopg.DataError, psycopg.IntegrityError) as error:
        raise Invalid(
            N_("Nothing was copied: a row of {table} does not fit into the other database: {reason}"),
            field="database",
            table=table.name,
            reason=error.diag.message_primary or str(error),
        ) from error
    except psycopg.Error as error:
        raise translated(error) from error


def _selection(connection: sa.Connection, table: sa.Table, without: Collection[str], form: Any) -> str:
    quote = connection.dialect.identifier_preparer.quote
    name, _ = _names(connection, table)
    columns = ", ".join(
        "NULL" if column.name in without else form(column, quote(column.name)) for column in table.c
    )
    order = ", ".join(quote(column.name) for column in table.primary_key)
    return f"SELECT {columns} FROM {name} ORDER BY {order}"


def _names(connection: sa.Connection, table: sa.Table) -> tuple[str, str]:
    """The names of a table and of its columns, as they are written in SQL."""
    preparer = connection.dialect.identifier_preparer
    return preparer.quote(table.name), ", ".join(preparer.quote(column.name) for column in table.c)


def _as_stored(column: sa.Column[Any], name: str) -> str:
    match plain_type(column):
        case sa.DateTime():
            # What SQL itself wrote has no microseconds.
            return f"CASE length({name}) WHEN 19 THEN {name} || '.000000' ELSE {name} END"
        case sa.JSON():
            # A document that is nothing but a number is stored as one; 17 digits tell all that are.
            return (
                f"CASE typeof({name}) WHEN 'real' THEN printf('%!.17g', {name}) ELSE CAST({name} AS TEXT) END"
            )
    return name


def _as_sqlite_stores(column: sa.Column[Any], name: str) -> str:
    match plain_type(column):
        case sa.Boolean():
            return f"{name}::integer"
        case sa.DateTime():
            return f"to_char({name}, 'YYYY-MM-DD HH24:MI:SS.US')"
        case sa.Date() | sa.JSON():
            return f"{name}::text"
    return name


def _wire_type(column: sa.Column[Any]) -> str:
    """How psycopg reads a value that the server has put into form."""
    match plain_type(column):
        case sa.Boolean() | sa.Integer():
            return "int8"
        case sa.LargeBinary():
            return "bytea"
        case sa.DateTime() | sa.Date() | sa.JSON() | sa.String():
            return "text"
        case other:
            raise TypeError(f"{column}: {other!r} has no form that both databases share")


def plain_type(column: sa.Column[Any]) -> sa.types.TypeEngine[Any]:
    """What kind of value a column holds for the database."""
    return column.type.impl_instance if isinstance(column.type, sa.TypeDecorator) else column.type


def _key_of(table: sa.Table) -> dict[str, Any]:
    assert table.autoincrement_column is not None
    return {"name": table.name, "column": table.autoincrement_column.name}

"""Copying a whole desk into another database, of the same kind or the other, and proving the copy."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session
from sqlmodel import SQLModel

from sysmo_tui.domain.errors import Conflict, Invalid, NoDesk
from sysmo_tui.domain.message import N_
from sysmo_tui.models import Attachment, Entry, Event, Lease, Presence, Ticket, table
from sysmo_tui.storage import copying, fulltext, place, postgresql, schema, sqlite
from sysmo_tui.storage.backup import hold_unsent
from sysmo_tui.storage.ends import End, Row, end_of, plain_type
from sysmo_tui.storage.engine import Dialect, Store, dialect_of, parse, shown
from sysmo_tui.storage.failures import explained

Documents = Callable[[Session], Iterable[tuple[int, str]]]
"""Every entry of a desk with the words that it is found by."""

_LEFT = frozenset({table(Lease), table(Presence)})
"""Who does what just now, on the old desk."""
_WITHOUT = {table(Event): frozenset({"txid"})}
"""Numbers of the transactions of one server, which would lie in another one's future."""
_OFTEN = 500
_HASHES = 2**256


class Stage(StrEnum):
    """What a copy is at."""

    COPYING = "copying"
    INDEXING = "indexing"
    PROVING = "proving"


Told = Callable[[Stage, int, int], None]
"""Hears now and then what a copy is at: how many rows are done, of how many."""


@dataclass(slots=True)
class Checksum:
    """What was seen of a table: how many rows, and the sum of their SHA-256, which has no order."""

    rows: int = 0
    hashes: int = 0

    @property
    def sha256(self) -> str:
        """The sum as text."""
        return f"{self.hashes:064x}"


@dataclass(frozen=True, slots=True)
class Copied:
    """A desk that was copied; ``held`` mails were not sent yet and wait there for someone to release them."""

    target: str
    revision: str
    tables: Mapping[str, Checksum]
    held: int

    @property
    def rows(self) -> int:
        """The rows of all tables."""
        return sum(checksum.rows for checksum in self.tables.values())

    @property
    def tickets(self) -> int:
        """The tickets among them."""
        return self.tables[table(Ticket).name].rows

    @property
    def entries(self) -> int:
        """The entries among them."""
        return self.tables[table(Entry).name].rows

    @property
    def files(self) -> int:
        """The attached files among them."""
        return self.tables[table(Attachment).name].rows


def copy(store: Store, url: str, documents: Documents, told: Told) -> Copied:
    """Copy the desk as it is at one moment into the empty database at ``url``, all or nothing.

    Others go on working meanwhile; the copy does not have what they do. Refuses a desk of another
    version and a target that holds anything (Conflict) or that others use (Unavailable). Nobody sees
    the copy before every table has been read back and holds the same rows. Mail that was not sent yet
    is held in it: the old desk may send it. Leases and presence stay behind.
    """
    parsed = parse(url)
    with explained(), _source(store) as source:
        found = schema.require(schema.revision(source.connection), store.shown_url)
        with _target(parsed) as target:
            tables = _carried(source, target, documents, told)
            held = hold_unsent(target.connection, datetime.now(UTC))
            target.settle()
    return Copied(shown(parsed), found, {each.name: checksum for each, checksum in tables.items()}, held)


@contextmanager
def _source(store: Store) -> Iterator[End]:
    """One snapshot of the desk, which no time-out cuts short."""
    store.require_file()
    if store.path is not None:
        engine = sqlite.engine(store.path, sqlite.Use.READING)
    else:
        engine = postgresql.snapshots(postgresql.migrating_engine(parse(store.url)))
    try:
        with engine.connect() as connection, connection.begin():
            yield end_of(connection)
    finally:
        engine.dispose()


@contextmanager
def _target(url: sa.URL) -> Iterator[End]:
    """A new, empty desk that is there when the end is reached, and otherwise never was."""
    opened = (
        _new_file(Path(url.database or "")) if dialect_of(url) is Dialect.SQLITE else _empty_database(url)
    )
    with opened as connection:
        yield end_of(connection)


@contextmanager
def _new_file(path: Path) -> Iterator[sa.Connection]:
    sqlite.require_version()
    place.refuse_unsuitable(path)
    with copying.claimed(path), copying.beside(path, "copy") as partial:
        ours = place.identity(path)
        as_url = sa.URL.create(Dialect.SQLITE, database=str(partial))
        with copying.claimed(partial), schema.migrating(as_url) as connection:
            schema.migrate(connection)
        with sqlite.engine(partial, sqlite.Use.FILLING).begin() as connection:
            yield connection
            schema.refuse_broken_references(connection)
        copying.onto_disk(partial)
        if place.identity(path) != ours or path.stat().st_size:
            raise Conflict(N_("Somebody else made {path} meanwhile."), field="database", path=str(path))
        os.replace(partial, path)
        copying.onto_disk(path)


@contextmanager
def _empty_database(url: sa.URL) -> Iterator[sa.Connection]:
    try:
        with explained(), schema.migrating(url, waits=False) as connection:
            schema.require_empty(connection, shown(url))
            if busy := schema.others(connection):
                raise copying.others_are_on(", ".join(busy))
            schema.migrate(connection)
            yield connection
    except NoDesk as missing:
        raise Invalid(
            N_("There is no database {where}. Make an empty one first, then try again."),
            field="database",
            where=shown(url),
        ) from missing


def _carried(source: End, target: End, documents: Documents, told: Told) -> dict[sa.Table, Checksum]:
    """Carry all rows and index them; what each table holds at both ends, read back and compared."""
    counts = {
        each: source.connection.scalar(sa.select(sa.func.count()).select_from(each)) or 0
        for each in SQLModel.metadata.sorted_tables
        if each not in _LEFT
    }
    total = sum(counts.values())
    with target.bare():
        steps = _Steps(told, Stage.COPYING, total)
        checksums = {each: _carry(source, target, each, steps) for each in counts}
        steps = _Steps(told, Stage.INDEXING, counts[table(Entry)])
        _index(source, target, documents, steps)
    steps = _Steps(told, Stage.PROVING, total)
    for each, count in counts.items():
        found = Checksum()
        for _row in steps.through(_summed(each, target.rows(each), found)):
            pass
        if found != checksums[each] or found.rows != count:
            raise Invalid(
                N_("Nothing was copied: what arrived of {table} is not what the desk holds."),
                field="database",
                table=each.name,
            )
    return checksums


def _carry(source: End, target: End, each: sa.Table, steps: _Steps) -> Checksum:
    checksum = Checksum()
    rows = source.rows(each, _WITHOUT.get(each, ()))
    target.write(each, steps.through(_summed(each, rows, checksum)))
    if each.autoincrement_column is not None:
        highest = target.connection.scalar(sa.select(sa.func.max(each.autoincrement_column))) or 0
        if last := max(highest, source.last_key(each)):
            target.set_last_key(each, last)
    return checksum


def _index(source: End, target: End, documents: Documents, steps: _Steps) -> None:
    """Make the search index anew: no database gives back the words of the other kind's."""
    with (
        Session(source.connection) as reading,
        Session(target.connection, join_transaction_mode="rollback_only") as writing,
    ):
        fulltext.rebuild(writing, steps.through(documents(reading)))
        writing.commit()


def _summed(each: sa.Table, rows: Iterable[Row], checksum: Checksum) -> Iterator[Row]:
    """The rows as they come, counted and hashed in a form that does not tell the databases apart."""
    forms = [
        (n, _FORMS[kind]) for n, column in enumerate(each.c) if (kind := type(plain_type(column))) in _FORMS
    ]
    for row in rows:
        seen = _in_one_form(each, row, forms) if forms else row
        checksum.rows += 1
        checksum.hashes = (
            checksum.hashes + int.from_bytes(hashlib.sha256(repr(seen).encode()).digest())
        ) % _HASHES
        yield row


def _in_one_form(each: sa.Table, row: Row, forms: Iterable[tuple[int, Callable[[Any], str]]]) -> Row:
    values = list(row)
    for n, form in forms:
        try:
            values[n] = None if row[n] is None else form(row[n])
        except ValueError as error:
            key = (str(row[each.c.keys().index(part.name)]) for part in each.primary_key)
            raise Invalid(
                N_("{column} of {table} {row} cannot be read."),
                field="database",
                column=each.c[n].name,
                table=each.name,
                row=" ".join(key),
            ) from error
    return tuple(values)


def _document(text: str) -> str:
    """JSON, written in one way: PostgreSQL keeps what it means, not how it was written."""
    return json.dumps(json.loads(text, parse_float=_number, parse_int=_number), sort_keys=True)


def _number(text: str) -> float:
    """A number as the least exact of those who keep it does: SQLite, where a document is nothing else."""
    return float(text) + 0.0


def _content(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


_FORMS: dict[type[sa.types.TypeEngine[Any]], Callable[[Any], str]] = {
    sa.JSON: _document,
    sa.LargeBinary: _content,
}


class _Steps:
    """Tells how far one stage has come."""

    def __init__(self, told: Told, stage: Stage, total: int) -> None:
        self._told, self._stage, self._total, self._done = told, stage, total, 0
        told(stage, 0, total)

    def through(self, rows: Iterable[Any]) -> Iterator[Any]:
        """The same rows, of which one after another is done."""
        for row in rows:
            yield row
            self._done += 1
            if self._done % _OFTEN == 0 or self._done == self._total:
                self._told(self._stage, self._done, self._total)

"""The change feed: whether anything happened on the desk since it was last asked. It carries no content."""

from __future__ import annotations

from pathlib import Path
from threading import Lock
from typing import Protocol

import sqlalchemy as sa

from sysmo_tui.domain.changes import EVERYTHING, NOTHING, Changes
from sysmo_tui.models import Event, table
from sysmo_tui.storage import sqlite
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.failures import explained

_EVENT = table(Event)
_NEWEST = sa.select(sa.func.max(_EVENT.c.id))
# Transactions commit out of order: an event may appear below the newest one. It does so before every
# transaction older than its own has ended, which the second number notices.
_SEEN = sa.text(
    "SELECT (SELECT max(id) FROM event), (SELECT max(id) FROM event WHERE txid IS NULL"
    " OR txid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint)"
)


class ChangeFeed(Protocol):
    """Tells that something happened; the listener then reads again for itself."""

    def news(self) -> Changes:
        """What is new since this was last asked. Never waits."""

    def close(self) -> None:
        """Let go of the database."""


def open_feed(store: Store) -> ChangeFeed:
    """A feed of ``store``, to be asked once or twice a second from one thread at a time."""
    return _PostgresqlFeed(store) if store.path is None else _SqliteFeed(store, store.path)


class _SqliteFeed:
    """SQLite tells a connection that others have committed; only then the newest event is looked up."""

    def __init__(self, store: Store, path: Path) -> None:
        self._store = store
        # A connection that is closed while another thread asks it takes the whole process with it.
        self._asking = Lock()
        self._is_closed = False
        with explained():
            self._connection = sqlite.connect(path, sqlite.Use.READING)
        self._version = self._ask("PRAGMA data_version")
        self._newest = self._ask(str(_NEWEST))

    def news(self) -> Changes:
        with self._asking:
            if self._is_closed:
                return NOTHING
            self._store.require_file()
            version = self._ask("PRAGMA data_version")
            if version == self._version:
                return NOTHING
            before, self._version, self._newest = self._newest, version, self._ask(str(_NEWEST))
            return EVERYTHING if before != self._newest else NOTHING

    def close(self) -> None:
        with self._asking:
            self._is_closed = True
            self._connection.close()

    def _ask(self, statement: str) -> int:
        with explained():
            row: tuple[int | None] = self._connection.execute(statement).fetchone()
        return row[0] or 0


class _PostgresqlFeed:
    """PostgreSQL is asked for the newest event."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._seen = self._ask()

    def news(self) -> Changes:
        before, self._seen = self._seen, self._ask()
        return EVERYTHING if before != self._seen else NOTHING

    def close(self) -> None:
        """Nothing is held between two questions."""

    def _ask(self) -> tuple[object, ...]:
        with explained(), self._store.asking() as connection:
            return tuple(connection.execute(_SEEN).one())

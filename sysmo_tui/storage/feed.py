"""The change feed: what happened on the desk since it was last asked. It carries no content."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any, Protocol

from sysmo_tui.domain.changes import MOST, NOTHING, Changes
from sysmo_tui.storage import sqlite
from sysmo_tui.storage.attendance import Attendance, Seat
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.failures import explained

_NEWEST = "SELECT coalesce(max(id), 0) FROM event"
_LATER = "SELECT id, ticket_number FROM event WHERE id > ? ORDER BY id LIMIT ?"
_SEATS = "SELECT visit, account_id, ticket_number, is_writing, beat_at FROM presence"

Clock = Callable[[], datetime]


class ChangeFeed(Protocol):
    """Tells what is new; the listener then reads again for itself."""

    def news(self) -> Changes:
        """What is new since this was last asked, or since the feed was opened. Never waits for news.

        Raises Lost or Unavailable when the database cannot be asked.
        """

    def close(self) -> None:
        """Let go of the database."""


def open_feed(store: Store, clock: Clock) -> ChangeFeed:
    """A feed of ``store``, to be asked a few times a second; ``clock`` tells whose visit is over."""
    if store.path is not None:
        return _SqliteFeed(store, store.path, clock)
    from sysmo_tui.storage.listening import PostgresqlFeed

    return PostgresqlFeed(store, clock)


class _SqliteFeed:
    """SQLite tells a connection that others have committed; only then they are asked what.

    Only one transaction writes at a time, so events are committed in the order of their ids.
    """

    def __init__(self, store: Store, path: Path, clock: Clock) -> None:
        self._store, self._clock = store, clock
        # A connection that is closed while another thread asks it takes the whole process with it.
        self._asking = Lock()
        self._is_closed = False
        with explained():
            self._connection = sqlite.connect(path, sqlite.Use.READING)
            self._version = self._number("PRAGMA data_version")
            self._newest = self._number(_NEWEST)
            self._attendance = Attendance(self._seats(), clock())

    def news(self) -> Changes:
        with self._asking:
            if self._is_closed:
                return NOTHING
            self._store.require_file()
            with explained():
                now, version = self._clock(), self._number("PRAGMA data_version")
                if version == self._version and not self._attendance.is_stale(now):
                    return NOTHING
                changes = self._look(now)
                # Last: a look that failed is made again.
                self._version = version
                return changes

    def close(self) -> None:
        with self._asking:
            self._is_closed = True
            self._connection.close()

    def _look(self, now: datetime) -> Changes:
        events, seats = self._rows(_LATER, self._newest, MOST + 1), self._seats()
        is_all = len(events) > MOST
        if events:
            self._newest = self._number(_NEWEST) if is_all else events[-1][0]
        numbers = frozenset() if is_all else frozenset(number for _id, number in events)
        return Changes(numbers, self._attendance.moved(seats, now), is_all)

    def _seats(self) -> list[Seat]:
        return [
            Seat(visit, account, number, bool(writes), datetime.fromisoformat(beat).replace(tzinfo=UTC))
            for visit, account, number, writes, beat in self._rows(_SEATS)
        ]

    def _number(self, statement: str) -> int:
        return int(self._rows(statement)[0][0])

    def _rows(self, statement: str, *values: int) -> list[Any]:
        return self._connection.execute(statement, values).fetchall()

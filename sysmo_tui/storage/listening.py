"""The change feed of PostgreSQL, which is told by whoever writes, and looks by itself now and then.

What is told may be lost on the way, and behind a pooler that lends connections by the transaction nobody can
listen. So the pauses between two looks of its own grow as long as it is told of things, and shrink when it
finds what it was not told of.
"""

from __future__ import annotations

import fcntl
import struct
import termios
from collections.abc import Callable, Mapping
from datetime import datetime
from threading import Lock
from time import monotonic
from typing import Any

import psycopg
import sqlalchemy as sa

from sysmo_tui.domain.changes import EVERYTHING, MOST, NOTHING, Changes
from sysmo_tui.storage import postgresql
from sysmo_tui.storage.attendance import Attendance, Seat
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.failures import explained
from sysmo_tui.storage.telling import CHANNEL

SHORTEST, LONGEST = 1.0, 10.0
"""Seconds between two looks that nobody asked for."""

FLOOD = 16_384
"""Bytes that wait to be read, from which on somebody shouts: whoever may connect may tell, at any length."""
DEAF_SECONDS = 60.0
"""How long nobody is listened to after that."""

# Transactions commit out of order: new is what has committed since the snapshot of the look before, whatever
# its id, and nobody waits for a transaction that is still under way. Beyond one's own snapshot there is only
# what another server wrote, before its data came here.
_LOOK = sa.text(
    """
    SELECT pg_current_snapshot()::text AS seen,
        ARRAY(
            SELECT ticket_number FROM event
            WHERE txid >= pg_snapshot_xmin(CAST(:seen AS pg_snapshot))::text::bigint
                AND txid < pg_snapshot_xmax(pg_current_snapshot())::text::bigint
                AND NOT pg_visible_in_snapshot(txid::text::xid8, CAST(:seen AS pg_snapshot))
            LIMIT :most
        ) AS tickets,
        (
            SELECT json_agg(json_build_array(visit, account_id, ticket_number, is_writing, beat_at))
            FROM presence
        ) AS seats
    """
)
_FIRST = sa.text("SELECT pg_current_snapshot()::text")


class _Line:
    """A connection that stays open, on which one is told."""

    def __init__(self, connection: sa.Connection) -> None:
        self._connection = connection
        driver = connection.connection.dbapi_connection
        assert isinstance(driver, psycopg.Connection)
        self._driver: psycopg.Connection[Any] = driver

    def ask(self, statement: sa.Executable, values: Mapping[str, Any] | None = None) -> sa.Result[Any]:
        """What a statement gives."""
        return self._connection.execute(statement, values)

    def listen(self) -> None:
        """Be told from now on; not on a connection that is lent, where others would be told instead."""
        if not postgresql.is_lent(self._connection):
            self._connection.exec_driver_sql(f"LISTEN {CHANNEL}")

    def is_flooded(self) -> bool:
        """Whether so much waits to be read that reading it might never end, and fill the memory."""
        waiting = fcntl.ioctl(self._driver.fileno(), termios.FIONREAD, bytes(4))
        return bool(struct.unpack("i", waiting)[0] > FLOOD)

    def is_told(self) -> bool:
        """Whether one was told of anything since this was last asked."""
        return bool([*self._driver.notifies(timeout=0)])

    def close(self) -> None:
        """End it without a word to a server that may be gone."""
        self._driver.close()
        self._connection.invalidate()
        self._connection.close()


class PostgresqlFeed:
    """Asking costs nothing when nobody told anything."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store, self._clock = store, clock
        self._asking = Lock()
        self._is_closed = False
        self._line: _Line | None = None
        self._seen = ""
        self._attendance = Attendance((), clock())
        self._pause, self._looks_at = SHORTEST, 0.0
        self._deaf_until: float | None = None
        with explained():
            self._listen()

    def news(self) -> Changes:
        """What is new since this was last asked; everything, once, after the connection was lost."""
        with self._asking:
            if self._is_closed:
                return NOTHING
            with explained():
                if self._line is not None:
                    try:
                        return self._news(self._line)
                    except (psycopg.OperationalError, sa.exc.OperationalError, sa.exc.InterfaceError):
                        self._let_go()
                self._listen()
                return EVERYTHING

    def close(self) -> None:
        """Let go of the database."""
        with self._asking:
            self._is_closed = True
            self._let_go()

    def _news(self, line: _Line) -> Changes:
        if line.is_flooded():
            self._deaf_until = monotonic() + DEAF_SECONDS
            self._let_go()
            self._listen()
            return EVERYTHING
        if self._deaf_until is not None and monotonic() >= self._deaf_until:
            self._deaf_until = None
            line.listen()
        is_told, now = line.is_told(), self._clock()
        if not (is_told or monotonic() >= self._looks_at or self._attendance.is_stale(now)):
            return NOTHING
        changes = self._look(line, now)
        if is_told:
            self._pause = min(self._pause * 2, LONGEST)
        elif changes.has_tickets:
            self._pause = SHORTEST
        self._looks_at = monotonic() + self._pause
        return changes

    def _listen(self) -> None:
        """Be told from now on, unless somebody shouts, and begin with what is there."""
        line = _Line(self._store.apart())
        try:
            if self._deaf_until is None:
                line.listen()
            self._seen = line.ask(_FIRST).scalar_one()
            self._look(line, self._clock())
        except BaseException:
            line.close()
            raise
        self._line = line
        self._pause = SHORTEST
        self._looks_at = monotonic() + self._pause

    def _let_go(self) -> None:
        if self._line is not None:
            self._line.close()
            self._line = None

    def _look(self, line: _Line, now: datetime) -> Changes:
        row = line.ask(_LOOK, {"seen": self._seen, "most": MOST + 1}).one()
        self._seen = row.seen
        presence = self._attendance.moved(map(_seat, row.seats or ()), now)
        if len(row.tickets) > MOST:
            return Changes(presence=presence, is_all=True)
        return Changes(frozenset(row.tickets), presence)


def _seat(values: list[Any]) -> Seat:
    visit, account, number, writes, beat = values
    return Seat(visit, account, number, writes, datetime.fromisoformat(beat))

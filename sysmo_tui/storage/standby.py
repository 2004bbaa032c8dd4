"""A hot standby of the desk's PostgreSQL server, on which reports are read while it is good for them.

Whether it is costs a statement on each server: the standby has to be of this very desk and its history, to
follow still, and to be no further behind than a report may be.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.domain.errors import DeskError, Invalid, Lost, Unavailable
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.storage import postgresql, schema
from sysmo_tui.storage.failures import explained

LONGEST_LAG = timedelta(minutes=1)
"""How far behind the desk a report may be."""

CONNECT_SECONDS = "2"
LEFT_ALONE_SECONDS = 30.0
"""How long a standby that could not be reached is not asked again."""

_DESK = "(SELECT value::text FROM setting WHERE name = 'uuid') AS desk"
_HERE = sa.text(
    f"SELECT {_DESK},"
    " CASE WHEN NOT pg_is_in_recovery() THEN pg_current_wal_insert_lsn()::text END AS position,"
    " clock_timestamp() AS now, newest.id AS event, newest.batch_id AS batch"
    " FROM (SELECT 1) AS always"
    " LEFT JOIN (SELECT id, batch_id FROM event ORDER BY id DESC LIMIT 1) AS newest ON true"
)
_THERE = sa.text(
    "SELECT pg_is_in_recovery() AS follows, (SELECT version_num FROM alembic_version) AS revision,"
    " coalesce(pg_last_wal_replay_lsn() >= CAST(:position AS pg_lsn), false) AS is_level,"
    " (SELECT batch_id FROM event WHERE id = :event) AS batch,"
    f" pg_last_xact_replay_timestamp() AS last, {_DESK}"
)

_log = logging.getLogger(__name__)


class Unfit(Exception):
    """The standby cannot answer now; ``why`` says why, for whoever looks after it."""

    def __init__(self, why: Message) -> None:
        super().__init__(why.text)
        self.why = why


@dataclass(frozen=True, slots=True)
class Copy:
    """A snapshot of the standby. ``at`` is the moment that it shows; None when nothing is missing."""

    session: Session
    at: datetime | None


class Standby:
    """A standby, reached when it is first needed. Any thread may read there, each on its own."""

    def __init__(self, url: sa.URL) -> None:
        timed = (
            url
            if "connect_timeout" in url.query
            else url.update_query_dict({"connect_timeout": CONNECT_SECONDS})
        )
        self._engine = postgresql.snapshots(postgresql.engine(timed))
        self._running: dict[Session, Any] = {}
        self._stopped: set[Session] = set()
        self._lock = threading.Lock()
        self._away_until = 0.0

    @contextmanager
    def reading(self, main: Session) -> Iterator[Copy]:
        """A snapshot there, for who holds ``main``, one of the desk's own; Unfit when there is none.

        Unfit is raised as well for whatever goes wrong while it is read, except for Unavailable when
        ``main`` was interrupted.
        """
        if monotonic() < self._away_until:
            raise Unfit(Message(N_("It could not be reached a moment ago.")))
        here = main.execute(_HERE).one()
        try:
            with explained(), Session(self._engine) as session, session.begin(), self._known(main, session):
                asked = {"position": here.position, "event": here.event}
                yield Copy(session, _moment(here, session.execute(_THERE, asked).one()))
        except (DeskError, sa.exc.SQLAlchemyError) as error:
            if main in self._stopped:
                raise Unavailable(N_("The search was stopped before its end.")) from error
            if isinstance(error, Lost):
                self._away_until = monotonic() + LEFT_ALONE_SECONDS
            _log.info("A report was not read on the standby: %s", error)
            why = error.message if isinstance(error, DeskError) else Message(N_("It refused to answer."))
            raise Unfit(why) from error
        finally:
            self._stopped.discard(main)

    def interrupt(self, main: Session) -> None:
        """Stop what is read here for who holds ``main``, from another thread."""
        with self._lock:
            if main in self._running:
                self._stopped.add(main)
                postgresql.stop(self._running[main])

    def interrupt_all(self) -> None:
        """Stop all that is read here."""
        for main in list(self._running):
            self.interrupt(main)

    def close(self) -> None:
        """Let go of every connection that is not in use."""
        self._engine.dispose()

    @contextmanager
    def _known(self, main: Session, session: Session) -> Iterator[None]:
        """Keep what can be stopped."""
        connection = session.connection().connection.driver_connection
        with self._lock:
            self._running[main] = connection
        try:
            yield
        finally:
            with self._lock:
                del self._running[main]


def _moment(here: sa.Row[Any], there: sa.Row[Any]) -> datetime | None:
    """Which moment the standby shows, None for now; Unfit when it is of no use."""
    if not there.follows or here.position is None:
        raise Unfit(Message(N_("It is no standby of the desk's server: it follows none.")))
    if there.desk != here.desk:
        raise Unfit(Message(N_("It holds another desk.")))
    if there.revision != schema.HEAD:
        raise Unfit(Message(N_("It holds the desk of another version.")))
    # Where a copy of the desk went on by itself, or none was ever level with it, something else happened.
    if there.batch != here.batch and (there.is_level or there.batch is not None):
        raise Unfit(Message(N_("What happened there is not what happened on the desk.")))
    if there.is_level:
        return None
    # By the desk's own clock, which wrote both: the standby's may be wrong.
    if there.last is None or here.now - there.last > LONGEST_LAG:
        raise Unfit(Message(N_("It is more than a minute behind.")))
    return there.last.astimezone(UTC)  # type: ignore[no-any-return]


def address(url: str) -> sa.URL:
    """The address of a standby; Invalid when it is that of something else."""
    from sysmo_tui.storage.engine import Dialect, dialect_of, parse

    parsed = parse(url)
    if dialect_of(parsed) is not Dialect.POSTGRESQL:
        raise Invalid(
            N_("Reports are read on a standby of a PostgreSQL server, which this is not."), field="report_url"
        )
    return parsed

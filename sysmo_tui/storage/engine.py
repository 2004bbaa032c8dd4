"""The store: a database, and the three kinds of transaction that a desk needs."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.domain.errors import Gone, Invalid, NoDesk
from sysmo_tui.domain.message import N_
from sysmo_tui.storage import place, postgresql, sqlite
from sysmo_tui.storage.failures import explained, is_passing
from sysmo_tui.storage.retrying import OPENING_SECONDS, retried
from sysmo_tui.storage.writing import WritingSession

if TYPE_CHECKING:
    from sysmo_tui.storage.standby import Standby


class Dialect(StrEnum):
    """Which database it is."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"


@dataclass(frozen=True, slots=True)
class _Engines:
    reading: sa.Engine
    writing: sa.Engine
    touching: sa.Engine


class Store:
    """An open database. Its transactions can be used from any thread, each by one at a time."""

    standby: Standby | None = None
    """Where reports are read, if there is such a place."""

    def __init__(self, url: sa.URL, engines: _Engines) -> None:
        self._url = url
        self._engines = engines
        self._running: dict[Session, Any] = {}
        self._lock = threading.Lock()
        self._is_left = threading.Event()
        self.dialect = dialect_of(url)
        self.path = Path(url.database or "") if self.dialect is Dialect.SQLITE else None
        """The file of an embedded database."""
        self._file = None if self.path is None else place.identity(self.path)

    def __repr__(self) -> str:
        return f"Store({self.shown_url!r})"

    @property
    def url(self) -> str:
        """The address, with its password: not to be shown."""
        return self._url.render_as_string(hide_password=False)

    @property
    def shown_url(self) -> str:
        """The address without its password."""
        return shown(self._url)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """One consistent snapshot, read only.

        It ends with a commit, though nothing was written: psycopg forgets what it has prepared
        with every rollback, and planning costs PostgreSQL more than reading a page.
        """
        self.require_file()
        with Session(self._engines.reading, expire_on_commit=False) as session, session.begin():
            connection = session.connection().connection.driver_connection
            with self._lock:
                self._running[session] = connection
            try:
                yield session
            finally:
                with self._lock:
                    del self._running[session]

    @contextmanager
    def writing(self) -> Iterator[WritingSession]:
        """A durable transaction: committed at the end, rolled back on an exception."""
        with self._writing(self._engines.writing) as session, session.begin():
            session.connection()
            yield session

    @contextmanager
    def rehearsing(self) -> Iterator[WritingSession]:
        """A transaction of the same kind that is rolled back at its end, whatever happens."""
        with self._writing(self._engines.writing) as session, session.begin() as transaction:
            session.connection()
            yield session
            session.flush()
            transaction.rollback()

    @contextmanager
    def touching(self) -> Iterator[WritingSession]:
        """A transaction whose loss in a power cut does no harm; far cheaper to commit."""
        with self._writing(self._engines.touching) as session, session.begin():
            session.connection()
            yield session

    def apart(self) -> sa.Connection:
        """A connection without transactions, of nobody else's, for who keeps it open and closes it."""
        connection = self._engines.writing.connect().execution_options(isolation_level="AUTOCOMMIT")
        connection.detach()
        return connection

    def interrupt(self, session: Session) -> None:
        """Stop what a reading ``session`` is doing, from another thread; it then raises.

        Nothing happens when it has ended. Transactions that write are never cut short.
        """
        if self.standby is not None:
            self.standby.interrupt(session)
        with self._lock:
            if session in self._running:
                self._stop(self._running[session])

    def pause(self, seconds: float) -> bool:
        """Wait while the database is away; False at once when the program is on its way out."""
        return not self._is_left.wait(seconds)

    def stop_waiting(self) -> None:
        """Let nobody wait any more for a database that is away, on the way out."""
        self._is_left.set()

    def interrupt_all(self) -> None:
        """Stop every reading, and all waiting, on the way out."""
        self.stop_waiting()
        if self.standby is not None:
            self.standby.interrupt_all()
        with self._lock:
            for connection in self._running.values():
                self._stop(connection)

    def close(self) -> None:
        """Let go of every connection that is not in use."""
        if self.standby is not None:
            self.standby.close()
        for engine in (self._engines.reading, self._engines.touching, self._engines.writing):
            engine.dispose()

    def require_file(self) -> None:
        """Refuse to go on, with Unavailable, when the file of an embedded database is another one or gone."""
        if self.path is not None and place.identity(self.path) != self._file:
            # SQLite would go on with a file that nobody will ever look at again.
            raise Gone(
                N_("The database file {path} is gone or was replaced. Put it back, or start sysmo again."),
                path=str(self.path),
            )

    def _writing(self, engine: sa.Engine) -> WritingSession:
        self.require_file()
        return WritingSession(engine)

    def _stop(self, connection: Any) -> None:
        # Under the lock: the connection cannot go to another transaction meanwhile.
        if self.dialect is Dialect.SQLITE:
            connection.interrupt()
        else:
            postgresql.stop(connection)


def open_store(url: str) -> Store:
    """Open the desk's database at ``url``; never creates one.

    Raises NoDesk when there is no such file, Invalid when the address or the file is
    of no use, Unavailable when the server cannot be reached.
    """
    parsed = parse(url)
    with explained():
        if dialect_of(parsed) is Dialect.SQLITE:
            return _open_sqlite(parsed)
        return _open_postgresql(parsed)


def parse(url: str) -> sa.URL:
    """Read a database address: ``sqlite:////path/of/file`` or ``postgresql://user@host/name``."""
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.get_backend_name() not in {*Dialect, "postgres"}:
        raise Invalid(
            N_(
                "The database address is not understood. Write sqlite:////folder/file or postgresql://user@host/name."
            ),
            field="database",
        ) from None
    if "@" in (parsed.host or ""):
        # Else the end of a password would be shown as a part of the host's name.
        raise Invalid(
            N_("In the password of a database address, write @ as %40, : as %3A and / as %2F."),
            field="database",
        )
    if parsed.get_backend_name() == "postgres":
        parsed = parsed.set(drivername=Dialect.POSTGRESQL)
    if dialect_of(parsed) is Dialect.SQLITE and parsed.database in {None, "", ":memory:"}:
        raise Invalid(N_("The database address names no file."), field="database")
    return parsed


def dialect_of(url: sa.URL) -> Dialect:
    """Which database an address belongs to."""
    return Dialect(url.get_backend_name())


def shown(url: sa.URL) -> str:
    """An address as it may be shown: without its password, wherever it stands."""
    kept = {name: value for name, value in url.query.items() if name not in {"password", "sslpassword"}}
    return url.set(query=kept).render_as_string(hide_password=True)


def _open_sqlite(url: sa.URL) -> Store:
    sqlite.require_version()
    path = Path(url.database or "")
    if not path.exists():
        raise NoDesk(N_("There is no desk at {path}."), path=str(path))
    place.refuse_unwritable(path)
    place.refuse_unsuitable(path)
    uses = (sqlite.Use.READING, sqlite.Use.WRITING, sqlite.Use.TOUCHING)
    store = Store(url, _Engines(*(sqlite.engine(path, use) for use in uses)))
    try:
        _look_in(store)
    except BaseException:
        store.close()
        raise
    return store


def _open_postgresql(url: sa.URL) -> Store:
    working = postgresql.engine(url)
    engines = _Engines(
        reading=postgresql.snapshots(working),
        writing=working.execution_options(isolation_level="READ COMMITTED"),
        touching=postgresql.engine(url, is_durable=False).execution_options(isolation_level="READ COMMITTED"),
    )
    store = Store(url, engines)
    try:
        # An address that nobody answers may be wrong; a server that is starting will soon answer there.
        retried(lambda: _look_in(store), OPENING_SECONDS, store.pause, is_passing)
    except BaseException:
        store.close()
        raise
    return store


def _look_in(store: Store) -> None:
    with store.reading():
        pass

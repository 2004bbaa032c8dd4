"""Whether a database is a desk of this version, and making one that is."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from sysmo_tui.domain.errors import Conflict, Invalid, NoDesk
from sysmo_tui.domain.message import N_, Advice
from sysmo_tui.storage import copying, place, postgresql, roles, sqlite
from sysmo_tui.storage.engine import Dialect, Store, dialect_of, parse, shown
from sysmo_tui.storage.failures import explained
from sysmo_tui.storage.retrying import OPENING_SECONDS, retried

if TYPE_CHECKING:
    from alembic.config import Config

HEAD = "0015"
"""The revision that this version of the program reads and writes."""

_REVISION = sa.text("SELECT version_num FROM alembic_version")
_ENCODING = sa.text("SHOW server_encoding")
_PROGRAMS = sa.text(
    "SELECT coalesce(host(client_addr), 'local') FROM pg_stat_activity WHERE application_name = :name"
    " AND datname = current_database() AND pid <> pg_backend_pid()"
)
_HOLDERS = sa.text("SELECT coalesce(nullif(label, ''), holder) FROM lease WHERE until > now()")
_MIGRATION_LOCK = 0x5359534D4F
_WAIT = sa.text("SELECT set_config('lock_timeout', :patience, true)")

LOCK_PATIENCE = "60s"
"""How long it is waited for somebody else who migrates."""


def check(store: Store) -> None:
    """Refuse a database that is not a desk of exactly this version; costs one statement."""
    try:
        found = retried(lambda: _found(store), OPENING_SECONDS, store.pause)
    except NoDesk:
        # It has no such table.
        found = None
    require(found, store.shown_url)


def _found(store: Store) -> str | None:
    with store.reading() as session:
        return session.execute(_REVISION).scalar()


def require(found: str | None, where: str, *, may_be_older: bool = False) -> str:
    """The revision ``found``; refused when it is not :data:`HEAD`, saying what to do about it."""
    if found is None:
        raise NoDesk(N_("{where} is a database, but not a desk."), where=where)
    if found < HEAD and not may_be_older:
        raise Invalid(
            N_("This desk was made by an older version. Bring it up to date with: {command}"),
            field="database",
            command=Advice("sysmo db upgrade"),
        )
    if found > HEAD:
        raise Invalid(
            N_("This desk was made by a newer version. Update sysmo and start it again."), field="database"
        )
    return found


def revision(connection: sa.Connection) -> str | None:
    """The revision of a database; None when it is not a desk."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(_REVISION).scalar()


def create(url: str, *, is_shared: bool = False) -> None:
    """Make a new, empty desk at ``url``; refuses a place where there is something already.

    A file is for its owner alone, or for its group too when ``is_shared``.
    """
    parsed = parse(url)
    with explained():
        if dialect_of(parsed) is Dialect.SQLITE:
            _create_file(Path(parsed.database or ""), is_shared)
        else:
            with migrating(parsed) as connection:
                require_empty(connection, shown(parsed))
                migrate(connection)


def require_empty(connection: sa.Connection, where: str) -> None:
    """Refuse a database that has any table, or that cannot hold every character."""
    if connection.dialect.name == Dialect.POSTGRESQL and connection.scalar(_ENCODING) != "UTF8":
        raise Invalid(
            N_("The database cannot hold every character. Make one whose encoding is UTF8."), field="database"
        )
    if tables := sorted(sa.inspect(connection).get_table_names()):
        raise Conflict(
            N_("The database {where} is not empty: it has a table {table}."),
            field="database",
            where=where,
            table=tables[0],
        )


@contextmanager
def migrating(url: sa.URL, *, waits: bool = True) -> Iterator[sa.Connection]:
    """A transaction for migrations: nobody else migrates or writes meanwhile.

    Unless it ``waits`` for somebody else who migrates the database of a server, that is Unavailable.
    """
    if dialect_of(url) is Dialect.SQLITE:
        engine = sqlite.engine(Path(url.database or ""), sqlite.Use.MIGRATING)
    else:
        engine = postgresql.migrating_engine(url)
    with engine.begin() as connection:
        if connection.dialect.name == Dialect.POSTGRESQL:
            _lock(connection, waits=waits)
        yield connection
        if connection.dialect.name == Dialect.SQLITE:
            refuse_broken_references(connection)


def others(connection: sa.Connection) -> list[str]:
    """Where else this PostgreSQL database is in use: hosts of our programs, and who holds a duty."""
    found = set(connection.scalars(_PROGRAMS, {"name": postgresql.APPLICATION}))
    if sa.inspect(connection).has_table("lease"):
        found.update(connection.scalars(_HOLDERS))
    return sorted(found)


def migrate(connection: sa.Connection) -> None:
    """Bring a database up to :data:`HEAD` within the caller's transaction."""
    from alembic import command

    is_server = connection.dialect.name == Dialect.POSTGRESQL
    if is_server:
        roles.forget_views(connection)
    command.upgrade(alembic_config(connection), HEAD)
    if is_server:
        roles.settle(connection)


def alembic_config(connection: sa.Connection) -> Config:
    """Alembic, working on ``connection`` with the migrations of this package."""
    from alembic.config import Config

    configuration = Config(stdout=sys.stdout)  # its default is the stream of its import
    configuration.set_main_option("script_location", "sysmo_tui.storage:migrations")
    configuration.attributes["connection"] = connection
    return configuration


def _create_file(path: Path, is_shared: bool) -> None:
    sqlite.require_version()
    place.refuse_unsuitable(path)
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.refuse_unwritable(path)
    if path.exists() and path.stat().st_size:
        raise Conflict(
            N_("There is a file at {path} already. Choose another name."), field="database", path=str(path)
        )
    if is_shared:
        path.parent.chmod(0o2770)
    path.unlink(missing_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    if is_shared:
        path.chmod(0o660)
    try:
        with migrating(sa.URL.create(Dialect.SQLITE, database=str(path))) as connection:
            migrate(connection)
    except BaseException:
        for left in (path, Path(f"{path}-wal"), Path(f"{path}-shm")):
            left.unlink(missing_ok=True)
        raise


def _lock(connection: sa.Connection, *, waits: bool) -> None:
    if waits:
        # Whoever may connect could hold it for ever.
        connection.execute(_WAIT, {"patience": LOCK_PATIENCE})
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(_MIGRATION_LOCK)))
        connection.exec_driver_sql("SET LOCAL lock_timeout TO DEFAULT")
    elif not connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(_MIGRATION_LOCK))):
        raise copying.others_are_on()


def refuse_broken_references(connection: sa.Connection) -> None:
    """Refuse to commit to an embedded database in which a row refers to one that is missing."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise Invalid(
            N_("Nothing was changed: a row of {table} refers to a row of {other} that is missing."),
            field="database",
            table=broken[0],
            other=broken[2],
        )

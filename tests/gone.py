"""Databases that go away for a while."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import sqlalchemy as sa


@contextmanager
def closed_to_all(url: str) -> Iterator[None]:
    """The server lets nobody into the desk's database for a while."""
    address = sa.make_url(url).set(drivername="postgresql+psycopg")
    engine = sa.create_engine(
        address.set(database="postgres"), isolation_level="AUTOCOMMIT", poolclass=sa.pool.NullPool
    )

    def allow(allowed: bool) -> None:
        with engine.connect() as connection:
            connection.exec_driver_sql(f"ALTER DATABASE {address.database} ALLOW_CONNECTIONS {allowed}")
            if not allowed:
                connection.exec_driver_sql(
                    "SELECT pg_terminate_backend(pid, 1000) FROM pg_stat_activity"
                    f" WHERE datname = '{address.database}'"
                )

    allow(False)
    try:
        yield
    finally:
        allow(True)

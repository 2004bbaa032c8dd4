"""What a PostgreSQL server is for the program that is connected to it, for whoever looks after both."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from ipaddress import ip_address
from typing import Any

import sqlalchemy as sa

from sysmo_tui.storage import postgresql
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.failures import explained

_FACTS = sa.text("""
SELECT split_part(current_setting('server_version'), ' ', 1) AS version,
    (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) AS is_superuser,
    has_table_privilege('event', 'UPDATE, DELETE, TRUNCATE')
        OR has_table_privilege('audit', 'UPDATE, DELETE, TRUNCATE')
        -- Whoever owns a schema can drop the tables in it.
        OR pg_has_role((SELECT nspowner FROM pg_namespace WHERE nspname = 'public'), 'USAGE') AS may_rewrite,
    ARRAY(
        SELECT relname::text FROM pg_class
        WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            AND NOT has_table_privilege(oid, 'SELECT')
        ORDER BY relname
    ) AS closed,
    clock_timestamp() AS now
""")


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """A server as this program reaches it. ``host`` is "" for a socket of this machine.

    ``closed`` are tables that the program's role may not read; ``may_rewrite`` is the history's.
    """

    version: str
    host: str
    is_private: bool
    is_pooled: bool
    is_superuser: bool
    may_rewrite: bool
    closed: tuple[str, ...]
    now: datetime


def of(store: Store) -> ServerFacts:
    """Look at the server of ``store``; whether nobody on the way reads along is ``is_private``."""
    with explained(), store.reading() as session:
        connection = session.connection()
        row = connection.execute(_FACTS).one()
        driver: Any = connection.connection.driver_connection
        host = "" if driver.info.host.startswith("/") else driver.info.host
        return ServerFacts(
            version=row.version,
            host=host,
            is_private=not host or driver.pgconn.ssl_in_use or ip_address(driver.info.hostaddr).is_loopback,
            is_pooled=postgresql.is_lent(connection),
            is_superuser=row.is_superuser,
            may_rewrite=row.may_rewrite,
            closed=tuple(row.closed),
            now=row.now,
        )

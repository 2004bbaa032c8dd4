"""Connections to a PostgreSQL server, straight or through a pooler that lends them by the transaction."""

from __future__ import annotations

import logging
import re
import shlex
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.storage.compiled import CompiledStatements

if TYPE_CHECKING:
    import psycopg

APPLICATION = "sysmo"
"""How our connections are known to the server."""

# How values are written, whatever the server, the database or the role prefers.
_FORMS = {
    "timezone": "UTC",
    "datestyle": "ISO",
    "bytea_output": "hex",
    "standard_conforming_strings": "on",
}
_COMMON = {
    **_FORMS,
    "lock_timeout": "5s",
    "idle_in_transaction_session_timeout": "60s",
    # Tables are joined in the order they are written in: to weigh all orders of the dozen that a page needs
    # takes ten times as long as reading it.
    "join_collapse_limit": "1",
}
_WORKING = _COMMON | {"statement_timeout": "30s"}
_TOUCHING = _WORKING | {"synchronous_commit": "off"}
_MIGRATING = _FORMS

_WAITING = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 30_000,
}
"""After how many seconds, the last in milliseconds, a machine that is gone is noticed."""

_NO_OPTIONS = "unsupported startup parameter"
"""What a pooler says of settings that come with the connection."""

_OPTION = re.compile(r"(?:-c\s*|--)([\w.]+)=((?:\\.|\S)*)")
"""One setting among the options of an address; a backslash keeps what follows it."""

_WHO_SERVES = "SELECT pg_backend_pid()"

_log = logging.getLogger(__name__)


def engine(url: sa.URL, *, is_durable: bool = True) -> sa.Engine:
    """An engine for units of work; one that is not durable may lose its last commits in a crash."""
    size = {"pool_size": 3, "max_overflow": 7} if is_durable else {"pool_size": 1, "max_overflow": 2}
    return _engine(url, _WORKING if is_durable else _TOUCHING, pool_pre_ping=True, pool_timeout=10, **size)


def migrating_engine(url: sa.URL) -> sa.Engine:
    """An engine without time-outs and without a pool, for migrations and maintenance."""
    return _engine(url, _MIGRATING, poolclass=sa.pool.NullPool)


def snapshots(engine: sa.Engine) -> sa.Engine:
    """The same connections, where each transaction is one snapshot that nobody can write in."""
    return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def stop(connection: psycopg.Connection[Any]) -> None:
    """Stop the statement that ``connection`` is at, from another thread; waits two seconds at most."""
    from psycopg import Error

    try:
        connection.cancel_safe(timeout=2)
    except Error as error:
        # A server that does not take this does not go on either, or nobody waits for what it does.
        _log.info("A statement could not be stopped: %s", error)


def is_lent(connection: sa.Connection) -> bool:
    """Whether a pooler stands before the server, who then knows another number of who serves."""
    driver: Any = connection.connection.dbapi_connection
    return bool(connection.exec_driver_sql(_WHO_SERVES).scalar_one() != driver.info.backend_pid)


def require_straight(connection: sa.Connection) -> None:
    """Refuse what changes a connection for whoever has it next: PostgreSQL's own programs do."""
    if is_lent(connection):
        raise Invalid(
            N_("Backups do not go through a connection pooler. Name the database server itself."),
            field="database",
        )


class _Way:
    """How one engine's connections get their settings.

    They come with the connection where it is ours alone. A pooler lends another one for each transaction,
    and refuses or forgets them: then each transaction sets its own, and nothing is prepared for the next.
    """

    def __init__(self, url: sa.URL, settings: Mapping[str, str]) -> None:
        options = " ".join(url.normalized_query.get("options", ()))
        _none, given = url.get_dialect()().create_connect_args(url)
        self._bare = {**_WAITING, **given, "application_name": APPLICATION, "client_encoding": "UTF8"}
        self._bare.pop("options", None)
        ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
        self._options = f"{ours} {options}".strip()
        named = {**settings, **{name: _unescaped(value) for name, value in _OPTION.findall(options)}}
        set_here = (f"set_config('{name}', {_text(value)}, true)" for name, value in named.items())
        self._setting = f"SELECT {', '.join(set_here)}"
        self._is_lent = False

    def connect(self) -> psycopg.Connection:
        """A new connection; whether it is lent is found out once."""
        from psycopg import OperationalError, connect

        if not self._is_lent:
            try:
                connection = connect(**self._bare, options=self._options)
            except OperationalError as refusal:
                if _NO_OPTIONS not in str(refusal):
                    raise
            else:
                if _serves(connection) == connection.info.backend_pid:
                    return connection
                connection.close()
            self._is_lent = True
        return connect(**self._bare, prepare_threshold=None)

    def begin(self, connection: sa.Connection) -> None:
        """Set what counts for a transaction on a connection that is lent."""
        if self._is_lent:
            connection.exec_driver_sql(self._setting, execution_options={"no_parameters": True})


def _engine(url: sa.URL, settings: Mapping[str, str], **pool: Any) -> sa.Engine:
    address = _with_driver(url)
    way = _Way(address, settings)
    # What is bound to a statement may be secret, and its errors end in the log.
    kept = {"compiled_cache": CompiledStatements()}
    made = sa.create_engine(
        address, creator=way.connect, hide_parameters=True, execution_options=kept, **pool
    )
    sa.event.listen(made, "begin", way.begin)
    return made


def _serves(connection: psycopg.Connection) -> int:
    """The number of the process that serves a new connection."""
    connection.autocommit = True
    [number] = connection.execute(_WHO_SERVES).fetchone() or (0,)
    connection.autocommit = False
    return int(number)


def _with_driver(url: sa.URL) -> sa.URL:
    if find_spec("psycopg") is None:
        raise Invalid(
            N_("PostgreSQL needs one more package: {command}"),
            field="database",
            command=f"{shlex.quote(sys.executable)} -m pip install 'psycopg[binary]'",
        )
    return url.set(drivername="postgresql+psycopg")


def _unescaped(value: str) -> str:
    return re.sub(r"\\(.)", r"\1", value)


def _text(value: str) -> str:
    """A value as a text in SQL."""
    return "'" + value.replace("'", "''") + "'"

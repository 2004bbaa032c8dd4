"""Connections to a PostgreSQL server."""

from __future__ import annotations

import shlex
import sys
from importlib.util import find_spec

import sqlalchemy as sa

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_

APPLICATION = "sysmo"
"""How our connections are known to the server."""

_COMMON = {"timezone": "UTC", "lock_timeout": "5s", "idle_in_transaction_session_timeout": "60s"}
_WORKING = _COMMON | {"statement_timeout": "30s"}
_TOUCHING = _WORKING | {"synchronous_commit": "off"}
_MIGRATING = {"timezone": "UTC"}


def engine(url: sa.URL, *, is_durable: bool = True) -> sa.Engine:
    """An engine for units of work; one that is not durable may lose its last commits in a crash."""
    size = {"pool_size": 3, "max_overflow": 7} if is_durable else {"pool_size": 1, "max_overflow": 2}
    return sa.create_engine(
        _with_driver(url),
        connect_args=_arguments(url, _WORKING if is_durable else _TOUCHING),
        # What is bound to a statement may be secret, and its errors end in the log.
        hide_parameters=True,
        pool_pre_ping=True,
        pool_timeout=10,
        **size,
    )


def migrating_engine(url: sa.URL) -> sa.Engine:
    """An engine without time-outs and without a pool, for migrations and maintenance."""
    return sa.create_engine(
        _with_driver(url),
        connect_args=_arguments(url, _MIGRATING),
        hide_parameters=True,
        poolclass=sa.pool.NullPool,
    )


def _with_driver(url: sa.URL) -> sa.URL:
    if find_spec("psycopg") is None:
        raise Invalid(
            N_("PostgreSQL needs one more package: {command}"),
            field="database",
            command=f"{shlex.quote(sys.executable)} -m pip install 'psycopg[binary]'",
        )
    return url.set(drivername="postgresql+psycopg")


def _arguments(url: sa.URL, settings: dict[str, str]) -> dict[str, object]:
    given = url.query.get("options", "")
    ours = " ".join(f"-c {name}={value}" for name, value in settings.items())
    arguments: dict[str, object] = {"options": f"{ours} {given}".strip(), "application_name": APPLICATION}
    if "connect_timeout" not in url.query:
        arguments["connect_timeout"] = 5
    return arguments

"""What makes listeners look: on PostgreSQL a statement can tell them, when its transaction commits."""

from __future__ import annotations

from functools import cache
from typing import TypeVar, cast

import sqlalchemy as sa

CHANNEL = "sysmo"
"""What listeners listen to; each database has channels of its own."""

TOLD = f"pg_notify('{CHANNEL}', '')"
"""The SQL that tells. However often a transaction says it, listeners are told once, and nothing but that."""

LISTENED_TO = frozenset({"event"})
"""The tables whose new rows are always told of."""

Changing = TypeVar("Changing", sa.Insert, sa.Update, sa.Delete)


def telling(connection: sa.Connection, statement: Changing) -> Changing:
    """``statement`` so that it tells listeners in the same round trip; SQLite tells them by itself.

    It is made once for each statement: give it those that were built once.
    """
    return _telling(statement) if connection.dialect.name == "postgresql" else statement


@cache
def _telling(statement: Changing) -> Changing:
    return cast(Changing, statement.returning(sa.literal_column(TOLD)))

"""Keys of rows that are not written yet: rows that name each other can then be written together."""

from __future__ import annotations

from collections import defaultdict, deque
from functools import cache

import sqlalchemy as sa


class NewKeys:
    """What keys the new rows of one transaction get; nobody else gets the same."""

    def __init__(self) -> None:
        self._reserved: dict[sa.Table, deque[int]] = defaultdict(deque)
        self._last: dict[sa.Table, int] = {}
        self._looked_at: set[sa.Table] = set()

    def next(self, connection: sa.Connection, table: sa.Table) -> int:
        """The key of a new row of ``table``."""
        if connection.dialect.name == "postgresql":
            if not self._reserved[table]:
                self.reserve(connection, table, 1)
            return self._reserved[table].popleft()
        if table not in self._looked_at:
            # A key that was given may belong to a row that is not even waiting yet.
            newest = connection.execute(_newest(table)).scalar() or 0
            self._last[table] = max(newest, self._last.get(table, 0))
            self._looked_at.add(table)
        self._last[table] += 1
        return self._last[table]

    def reserve(self, connection: sa.Connection, table: sa.Table, count: int) -> None:
        """Ask for the next ``count`` keys of ``table`` by one statement, where asking costs anything.

        Keys that are not used are gaps, as after a transaction that is taken back.
        """
        if connection.dialect.name == "postgresql":
            keys = connection.execute(_from_sequence(table), {"count": count}).scalars()
            self._reserved[table].extend(keys)

    def written(self) -> None:
        """Look anew what the last key is: the rows are there now, and others may follow without us."""
        self._looked_at.clear()


@cache
def _from_sequence(table: sa.Table) -> sa.TextClause:
    (key,) = table.primary_key
    sequence = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
    return sa.text(f"SELECT nextval({sequence}) FROM generate_series(1, :count)")


@cache
def _newest(table: sa.Table) -> sa.Executable:
    """The last key that was given out, even to a row that is gone where keys are never given twice.

    Nobody else gives any: whoever writes to SQLite writes alone.
    """
    (key,) = table.primary_key
    if table.dialect_options["sqlite"]["autoincrement"]:
        return sa.text(f"SELECT seq FROM sqlite_sequence WHERE name = '{table.name}'")
    return sa.select(sa.func.max(key))

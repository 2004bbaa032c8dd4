"""Keys of rows that are not written yet: rows that name each other can then be written together."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Mapping
from functools import cache

import sqlalchemy as sa


class NewKeys:
    """What keys the new rows of one transaction get; nobody else gets the same."""

    def __init__(self) -> None:
        self._reserved: dict[sa.Table, deque[int]] = defaultdict(deque)
        self._last: dict[str, int] = {}
        self._looked_at: set[str] = set()

    def next(self, connection: sa.Connection, table: sa.Table) -> int:
        """The key of a new row of ``table``."""
        if connection.dialect.name == "postgresql":
            if not self._reserved[table]:
                self.reserve(connection, {table: 1})
            return self._reserved[table].popleft()
        if table.name not in self._looked_at:
            for name, newest in ((table.name, 0), *connection.execute(_newest(table))):
                # A key that was given may belong to a row that is not even waiting yet.
                self._last[name] = max(newest or 0, self._last.get(name, 0))
                self._looked_at.add(name)
        self._last[table.name] += 1
        return self._last[table.name]

    def reserve(self, connection: sa.Connection, counts: Mapping[sa.Table, int]) -> None:
        """Have the next so many keys of each table, asked for by one statement where asking costs anything.

        Keys that are not used are gaps, as after a transaction that is taken back.
        """
        if connection.dialect.name != "postgresql":
            return
        missing = {table: count - len(self._reserved[table]) for table, count in counts.items()}
        tables = tuple(table for table, count in missing.items() if count > 0)
        if tables:
            given = {table.name: missing[table] for table in tables}
            for place, key in connection.execute(_from_sequences(tables), given):
                self._reserved[tables[place]].append(key)

    def written(self) -> None:
        """Look anew what the last key is: the rows are there now, and others may follow without us."""
        self._looked_at.clear()


@cache
def _from_sequences(tables: tuple[sa.Table, ...]) -> sa.TextClause:
    arms = []
    for place, table in enumerate(tables):
        (key,) = table.primary_key
        sequence = f"pg_get_serial_sequence('{table.name}', '{key.name}')"
        arms.append(f"SELECT {place}, nextval({sequence}) FROM generate_series(1, :{table.name})")
    return sa.text(" UNION ALL ".join(arms))


@cache
def _newest(table: sa.Table) -> sa.Executable:
    """The last key that was given out, even to a row that is gone where keys are never given twice.

    Of all tables where that is so, as they stand together. Nobody else gives any: whoever writes to SQLite
    writes alone.
    """
    (key,) = table.primary_key
    if table.dialect_options["sqlite"]["autoincrement"]:
        return sa.text("SELECT name, seq FROM sqlite_sequence")
    return sa.select(sa.literal(table.name), sa.func.max(key))

"""Keys in a list that is bound as one value: the statement is the same however many there are.

With a placeholder for each of them a statement would be put together anew each time, and PostgreSQL
would plan it anew, which takes longer than reading the rows.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement


class _Keys(sa.types.TypeDecorator[Sequence[int]]):
    """Whole numbers: an array for PostgreSQL, a JSON text for SQLite."""

    impl = sa.String
    cache_ok = True

    def load_dialect_impl(self, dialect: sa.Dialect) -> sa.types.TypeEngine[Any]:
        return ARRAY(sa.BigInteger()) if dialect.name == "postgresql" else sa.String()

    def process_bind_param(self, value: Sequence[int] | None, dialect: sa.Dialect) -> Any:
        listed = list(value or ())
        return listed if dialect.name == "postgresql" else json.dumps(listed)


class _Each(FunctionElement[int]):
    name = "each"
    inherit_cache = True


def listed(name: str) -> sa.TableValuedAlias:
    """The keys that are bound as ``name``, as rows with one column, ``value``."""
    # A function's alias is the name of its only column on PostgreSQL, where the two are the same.
    return _Each(sa.bindparam(name, type_=_Keys())).table_valued(
        sa.column("value", sa.BigInteger()), name="value"
    )


def joined(text: sa.ColumnElement[str], separator: str) -> sa.ColumnElement[str]:
    """The texts of several rows as one, NULL for none."""
    # Spelled out: what SQLAlchemy would write into the statement by itself, it would write each time.
    spelled: Any = sa.literal_column(f"'{separator}'")
    return sa.func.aggregate_strings(text, spelled)


@compiles(_Each)
def _compiled(element: _Each, compiler: SQLCompiler, **how: Any) -> str:
    return f"unnest({compiler.process(element.clauses, **how)})"


@compiles(_Each, "sqlite")
def _compiled_sqlite(element: _Each, compiler: SQLCompiler, **how: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **how)})"

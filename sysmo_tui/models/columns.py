"""The column types that every table shares."""

from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A key that grows for ever: 64 bit on PostgreSQL, SQLite's rowid otherwise."""

Json = sa.JSON().with_variant(JSONB(), "postgresql")


def choice(members: type[StrEnum]) -> sa.Enum:
    """An enum stored as its value, without a type or constraint of the database."""
    return sa.Enum(
        members,
        values_callable=lambda e: [m.value for m in e],
        native_enum=False,
        create_constraint=False,
        length=32,
    )


def key(*, foreign: str | None = None, primary: bool = False, nullable: bool = False, **options: Any) -> Any:
    """A column that is, or refers to, a 64-bit key."""
    arguments: list[Any] = [sa.ForeignKey(foreign, ondelete="RESTRICT")] if foreign else []
    column = sa.Column(Key, *arguments, primary_key=primary, nullable=nullable and not primary, **options)
    return Field(default=None, sa_column=column)


def one_of(name: str, members: type[StrEnum]) -> sa.CheckConstraint:
    """A CHECK that ``name`` holds a value of ``members``."""
    values = ", ".join(f"'{m.value}'" for m in members)
    return sa.CheckConstraint(f"{name} IN ({values})", name=f"ck_{name}")

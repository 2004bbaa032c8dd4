"""The column types that every table shares."""

from collections.abc import Callable
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel
from sqlmodel.sql.sqltypes import UTCDateTime

Key = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
"""A key that grows for ever: 64 bit on PostgreSQL, SQLite's rowid otherwise."""

Json = sa.JSON().with_variant(JSONB(), "postgresql")


class Record(SQLModel):
    """A row of a table. No row is validated, so nothing that validates is made before it is asked for."""

    model_config = {"defer_build": True}


class Moment(UTCDateTime):
    """SQLModel's type of an instant, read at a tenth of its cost: a page of a list holds hundreds of them."""

    cache_ok = True

    def result_processor(self, dialect: sa.Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """From the text that SQLite keeps, in UTC, or from what PostgreSQL's driver gives."""
        return _of_text if dialect.name == "sqlite" else _in_utc


def _of_text(stored: str | None) -> datetime | None:
    if stored is None:
        return None
    read = datetime.fromisoformat(stored)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _in_utc(given: datetime | None) -> datetime | None:
    return given if given is None or given.tzinfo is UTC else given.astimezone(UTC)


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

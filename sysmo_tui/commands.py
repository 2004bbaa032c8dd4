"""Commands: what is done once however often it is tried, and the receipt that says what it gave."""

from __future__ import annotations

import dataclasses
import typing
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar
from uuid import uuid4

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects import postgresql, sqlite

from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.message import N_
from sysmo_tui.models import Batch, table

T = TypeVar("T")

_BATCH = table(Batch)
FIND = sa.select(_BATCH.c.command, _BATCH.c.digest, _BATCH.c.result).where(
    sa.or_(
        _BATCH.c.id == sa.bindparam("id"),
        sa.and_(_BATCH.c.scope == sa.bindparam("scope"), _BATCH.c.key == sa.bindparam("key")),
    )
)
FIND_ANY = sa.select(_BATCH.c.key, _BATCH.c.command, _BATCH.c.digest, _BATCH.c.result).where(
    sa.or_(
        _BATCH.c.id.in_(sa.bindparam("ids", expanding=True)),
        sa.and_(
            _BATCH.c.scope.in_(sa.bindparam("scopes", expanding=True)),
            _BATCH.c.key.in_(sa.bindparam("keys", expanding=True)),
        ),
    )
)
OPEN = sa.insert(_BATCH)
OPEN_ONCE = {
    "sqlite": sqlite.insert(_BATCH).on_conflict_do_nothing().returning(_BATCH.c.id),
    "postgresql": postgresql.insert(_BATCH).on_conflict_do_nothing().returning(_BATCH.c.id),
}
"""Begins it where nobody did; waits for who is about to, and gives nothing once they have."""

CLOSE = sa.update(_BATCH).where(_BATCH.c.id == sa.bindparam("batch")).values(result=sa.bindparam("receipt"))
"""A batch is a command that is done: what finds it, one or several, what begins it and what ends it."""


@dataclass(frozen=True, slots=True)
class Command:
    """One intention, made before the first try, so that trying again does nothing twice.

    ``key`` names it for callers who may lose the answer; the same key with another
    ``digest`` is a conflict.
    """

    name: str
    key: str = ""
    digest: str = ""
    id: str = field(default_factory=lambda: uuid4().hex)


def name_of(use_case: Callable[..., Any]) -> str:
    """What a use case is called, such as ``tickets.take``."""
    module = use_case.__module__.rsplit(".", 1)[-1]
    return f"{module}.{use_case.__name__}"


@cache
def _adapter(use_case: Callable[..., Any]) -> TypeAdapter[Any]:
    return TypeAdapter(typing.get_type_hints(use_case)["return"])


def receipt_of(use_case: Callable[..., Any], result: object) -> Any:
    """The result as JSON, without its one-time secrets."""
    if result is None:
        return None
    if dataclasses.is_dataclass(result) and not isinstance(result, type):
        hidden = {f.name: None for f in dataclasses.fields(result) if f.metadata.get("secret")}
        if hidden:
            result = dataclasses.replace(result, **hidden)
    return _adapter(use_case).dump_python(result, mode="json")


def replayed(done: sa.Row[*tuple[Any, ...]], command: Command, use_case: Callable[..., T]) -> T:
    """What a command gave when it was done before; Conflict when its key was used for something else."""
    if done.command != command.name or done.digest != command.digest:
        raise Conflict(
            N_("This idempotency key was already used for something else. Choose another key."),
            field="idempotency_key",
        )
    return typing.cast(T, None if done.result is None else _adapter(use_case).validate_python(done.result))


def command_for(use_case: Callable[..., Any], key: str = "", digest: str = "") -> Command:
    """A command named after its use case, such as ``tickets.take``."""
    return Command(name_of(use_case), key, digest)

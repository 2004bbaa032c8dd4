"""Priorities and types, as filing and editing choose them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import clean_line
from sysmo_tui.models import Priority, TicketType, table
from sysmo_tui.services import named

_PRIORITY, _TYPE = table(Priority), table(TicketType)
_PRIORITIES = sa.select(
    _PRIORITY.c.id,
    _PRIORITY.c.slug,
    _PRIORITY.c.name,
    _PRIORITY.c.is_default,
    _PRIORITY.c.archived_at,
    _PRIORITY.c.level,
).order_by(_PRIORITY.c.level, _PRIORITY.c.id)
_TYPES = sa.select(_TYPE.c.id, _TYPE.c.slug, _TYPE.c.name, _TYPE.c.is_default, _TYPE.c.archived_at).order_by(
    _TYPE.c.position, _TYPE.c.id
)


@dataclass(frozen=True, slots=True)
class Kind:
    """A ticket type, as a choice."""

    id: int
    slug: str
    name: str
    is_default: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class PriorityKind(Kind):
    """A priority, as a choice; ``level`` 1 (low) to 9."""

    level: int


K = TypeVar("K", bound=Kind)

_KNOWN_TYPES: Memory[tuple[Kind, ...]] = Memory(is_common=True)
_KNOWN_PRIORITIES: Memory[tuple[PriorityKind, ...]] = Memory(is_common=True)


def types(work: Work) -> tuple[Kind, ...]:
    """Every ticket type, archived ones too, in the order of the catalogue; read once in a transaction."""
    return _KNOWN_TYPES.once(
        work,
        lambda: tuple(
            Kind(row.id, row.slug, row.name, row.is_default, row.archived_at is not None)
            for row in work.session.execute(_TYPES)
        ),
    )


def priorities(work: Work) -> tuple[PriorityKind, ...]:
    """Every priority, archived ones too, lowest first; read once in a transaction."""
    return _KNOWN_PRIORITIES.once(
        work,
        lambda: tuple(
            PriorityKind(row.id, row.slug, row.name, row.is_default, row.archived_at is not None, row.level)
            for row in work.session.execute(_PRIORITIES)
        ),
    )


def forget(work: Work) -> None:
    """Read types and priorities again when they are next asked for: they are about to change."""
    _KNOWN_TYPES.forget(work)
    _KNOWN_PRIORITIES.forget(work)


def find_type(work: Work, text: str) -> Kind:
    """An active type by slug or name, in any language; Invalid names the choices."""
    found = _named(types(work), text)
    if isinstance(found, str):
        raise Invalid(
            N_("There is no type “{type}”. Choose one of: {choices}."),
            field="type",
            type=clean_line(text),
            choices=found,
        )
    return found


def find_priority(work: Work, text: str) -> PriorityKind:
    """An active priority by slug or name, in any language; Invalid names the choices."""
    found = _named(priorities(work), text)
    if isinstance(found, str):
        raise Invalid(
            N_("There is no priority “{priority}”. Choose one of: {choices}."),
            field="priority",
            priority=clean_line(text),
            choices=found,
        )
    return found


def type_for_topic(work: Work, default_type_id: int | None) -> Kind:
    """The type of a request whose author chose none: the topic's, else the desk's."""
    known = types(work)
    of_topic = [kind for kind in known if kind.id == default_type_id]
    return (of_topic or [kind for kind in known if kind.is_default])[0]


def priority_by_id(work: Work, priority_id: int) -> PriorityKind:
    """A priority that is known to exist."""
    return next(p for p in priorities(work) if p.id == priority_id)


def priority_at(work: Work, level: int) -> PriorityKind:
    """The active priority for a level: the highest that does not exceed it, else the lowest."""
    active = [p for p in priorities(work) if not p.is_archived]
    below = [p for p in active if p.level <= level]
    return below[-1] if below else active[0]


def _named(choices: Sequence[K], text: str) -> K | str:
    active = [choice for choice in choices if not choice.is_archived]
    return named.among(active, text) or ", ".join(choice.slug for choice in active)

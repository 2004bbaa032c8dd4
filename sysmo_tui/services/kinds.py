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
_ALL = sa.union_all(
    *(
        sa.select(
            sa.literal(kinds is _PRIORITY).label("is_priority"),
            *(kinds.c[name] for name in ("id", "slug", "name", "is_default", "archived_at")),
            place.label("place"),
        )
        for kinds, place in ((_TYPE, _TYPE.c.position), (_PRIORITY, _PRIORITY.c.level))
    )
).order_by("place", "id")


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

_KNOWN: Memory[tuple[tuple[Kind, ...], tuple[PriorityKind, ...]]] = Memory(is_common=True)


def types(work: Work) -> tuple[Kind, ...]:
    """Every ticket type, archived ones too, in the order of the catalogue; read once in a transaction."""
    return _KNOWN.once(work, lambda: _read(work))[0]


def priorities(work: Work) -> tuple[PriorityKind, ...]:
    """Every priority, archived ones too, lowest first; read once in a transaction."""
    return _KNOWN.once(work, lambda: _read(work))[1]


def forget(work: Work) -> None:
    """Read types and priorities again when they are next asked for: they are about to change."""
    _KNOWN.forget(work)


def _read(work: Work) -> tuple[tuple[Kind, ...], tuple[PriorityKind, ...]]:
    found_types, found_priorities = [], []
    for row in work.session.execute(_ALL):
        kind = (row.id, row.slug, row.name, row.is_default, row.archived_at is not None)
        if row.is_priority:
            found_priorities.append(PriorityKind(*kind, row.place))
        else:
            found_types.append(Kind(*kind))
    return tuple(found_types), tuple(found_priorities)


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

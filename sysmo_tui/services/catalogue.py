"""What administrators do to the catalogue: statuses, priorities, types.

A status keeps its category and a priority its level for good: archive it and make another. Each
category, and each of the lists, has one default, which cannot be archived.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import slugs
from sysmo_tui.domain.enums import AuditKind, Category
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import clean_line, storable_line
from sysmo_tui.domain.views import PriorityLine, StatusLine, TypeLine
from sysmo_tui.models import Priority, Status, TicketType, table
from sysmo_tui.services import audit, kinds, named, states

NAME_LIMIT = 60
LOWEST_LEVEL, HIGHEST_LEVEL = 1, 9

_STATUSES = sa.select(Status).order_by(table(Status).c.position, table(Status).c.id)
_PRIORITIES = sa.select(Priority).order_by(table(Priority).c.level, table(Priority).c.id)
_TYPES = sa.select(TicketType).order_by(table(TicketType).c.position, table(TicketType).c.id)

Row = TypeVar("Row", Status, Priority, TicketType)


@dataclass(frozen=True, slots=True)
class CatalogueEdits:
    """What to change; None leaves it. ``customer_label`` is a status's, ``position`` not a priority's."""

    name: str | None = None
    slug: str | None = None
    customer_label: str | None = None
    position: int | None = None
    is_default: bool | None = None


def statuses(work: Work, *, archived: bool = False) -> tuple[StatusLine, ...]:
    """The statuses, for staff, in their order."""
    require_right(work.actor, Right.SEE_PEOPLE)
    return tuple(status_line(row) for row in _rows(work, _STATUSES, archived=archived))


def priorities(work: Work, *, archived: bool = False) -> tuple[PriorityLine, ...]:
    """The priorities, for staff, lowest first."""
    require_right(work.actor, Right.SEE_PEOPLE)
    return tuple(priority_line(row) for row in _rows(work, _PRIORITIES, archived=archived))


def types(work: Work, *, archived: bool = False) -> tuple[TypeLine, ...]:
    """The ticket types, for staff, in their order."""
    require_right(work.actor, Right.SEE_PEOPLE)
    return tuple(type_line(row) for row in _rows(work, _TYPES, archived=archived))


def show_status(work: Work, text: str) -> StatusLine:
    """One of them by slug or name, archived ones too, for staff; NotFound otherwise."""
    require_right(work.actor, Right.SEE_PEOPLE)
    return status_line(_named(_rows(work, _STATUSES, archived=True), text, "status"))


def new_status(work: Work, name: str, category: Category, edits: CatalogueEdits | None = None) -> StatusLine:
    """Make a status; its customers read ``customer_label``, its name unless given."""
    known = _for_change(work, _STATUSES)
    row = Status(slug="", name="", category=category, customer_label="", position=len(known))
    return status_line(_made(work, known, row, name, edits))


def edit_status(work: Work, text: str, edits: CatalogueEdits) -> StatusLine:
    """Change a status, but never its category."""
    known = _for_change(work, _STATUSES)
    return status_line(_edited(work, known, _named(known, text, "status"), edits))


def archive_status(work: Work, text: str, *, archived: bool = True) -> StatusLine:
    """Take a status out of use, or back; tickets that have it keep it."""
    known = _for_change(work, _STATUSES)
    return status_line(_archived(work, _named(known, text, "status"), archived=archived))


def show_priority(work: Work, text: str) -> PriorityLine:
    """One of them by slug or name, archived ones too, for staff; NotFound otherwise."""
    require_right(work.actor, Right.SEE_PEOPLE)
    return priority_line(_named(_rows(work, _PRIORITIES, archived=True), text, "priority"))


def new_priority(work: Work, name: str, level: int, edits: CatalogueEdits | None = None) -> PriorityLine:
    """Make a priority of a level from 1 (low) to 9."""
    known = _for_change(work, _PRIORITIES)
    if not LOWEST_LEVEL <= level <= HIGHEST_LEVEL:
        raise Invalid(
            N_("A level is a number from {low} to {high}."),
            field="level",
            low=LOWEST_LEVEL,
            high=HIGHEST_LEVEL,
        )
    return priority_line(_made(work, known, Priority(slug="", name="", level=level), name, edits))


def edit_priority(work: Work, text: str, edits: CatalogueEdits) -> PriorityLine:
    """Change a priority, but never its level."""
    known = _for_change(work, _PRIORITIES)
    return priority_line(_edited(work, known, _named(known, text, "priority"), edits))


def archive_priority(work: Work, text: str, *, archived: bool = True) -> PriorityLine:
    """Take a priority out of use, or back; tickets that have it keep it."""
    known = _for_change(work, _PRIORITIES)
    return priority_line(_archived(work, _named(known, text, "priority"), archived=archived))


def show_type(work: Work, text: str) -> TypeLine:
    """One of them by slug or name, archived ones too, for staff; NotFound otherwise."""
    require_right(work.actor, Right.SEE_PEOPLE)
    return type_line(_named(_rows(work, _TYPES, archived=True), text, "type"))


def new_type(work: Work, name: str, edits: CatalogueEdits | None = None) -> TypeLine:
    """Make a ticket type."""
    known = _for_change(work, _TYPES)
    return type_line(_made(work, known, TicketType(slug="", name="", position=len(known)), name, edits))


def edit_type(work: Work, text: str, edits: CatalogueEdits) -> TypeLine:
    """Change a ticket type."""
    known = _for_change(work, _TYPES)
    return type_line(_edited(work, known, _named(known, text, "type"), edits))


def archive_type(work: Work, text: str, *, archived: bool = True) -> TypeLine:
    """Take a ticket type out of use, or back; tickets that have it keep it."""
    known = _for_change(work, _TYPES)
    return type_line(_archived(work, _named(known, text, "type"), archived=archived))


def status_line(row: Status) -> StatusLine:
    """A status as it is shown."""
    return StatusLine(
        id=row.id or 0,
        slug=clean_line(row.slug),
        name=clean_line(row.name),
        category=row.category,
        customer_label=clean_line(row.customer_label),
        is_default=row.is_default,
        is_archived=row.archived_at is not None,
    )


def priority_line(row: Priority) -> PriorityLine:
    """A priority as it is shown."""
    return PriorityLine(
        id=row.id or 0,
        slug=clean_line(row.slug),
        name=clean_line(row.name),
        level=row.level,
        is_default=row.is_default,
        is_archived=row.archived_at is not None,
    )


def type_line(row: TicketType) -> TypeLine:
    """A ticket type as it is shown."""
    return TypeLine(
        id=row.id or 0,
        slug=clean_line(row.slug),
        name=clean_line(row.name),
        is_default=row.is_default,
        is_archived=row.archived_at is not None,
    )


def _rows(work: Work, statement: sa.Select[Row], *, archived: bool) -> list[Row]:
    return [row for row in work.session.execute(statement).scalars() if archived or row.archived_at is None]


def _for_change(work: Work, statement: sa.Select[Row]) -> list[Row]:
    """Every row of a list, locked; only for administrators."""
    require_right(work.actor, Right.MANAGE_CATALOGUE)
    states.forget(work)
    kinds.forget(work)
    locked = statement.with_for_update().execution_options(populate_existing=True)
    return list(work.session.execute(locked).scalars())


def _named(known: list[Row], text: str, field: str) -> Row:
    found = named.among(known, text)
    if found is not None:
        return found
    raise Invalid(
        N_("The catalogue has no “{name}”. Choose one of: {choices}."),
        field=field,
        name=clean_line(text, 80),
        choices=", ".join(row.slug for row in known),
    )


def _made(work: Work, known: list[Row], row: Row, name: str, edits: CatalogueEdits | None) -> Row:
    given = edits or CatalogueEdits()
    label = given.customer_label if given.customer_label is not None else name
    short = given.slug if given.slug is not None else slugs.slug(name)
    _apply(work, known, row, CatalogueEdits(name, short, label, given.position))
    work.session.add(row)
    work.session.flush()
    _note(work, row, {"made": True})
    known.append(row)
    return _edited(work, known, row, CatalogueEdits(is_default=given.is_default or None))


def _edited(work: Work, known: list[Row], row: Row, edits: CatalogueEdits) -> Row:
    changes = _apply(work, known, row, edits)
    if edits.is_default is not None and edits.is_default != row.is_default:
        _make_default(work, known, row, is_default=edits.is_default)
        changes.append("is_default")
    work.session.flush()
    if changes:
        _note(work, row, {"fields": changes})
    return row


def _archived(work: Work, row: Row, *, archived: bool) -> Row:
    if archived and row.is_default:
        raise Conflict(
            N_("{name} is the default. Make another one the default first."), name=clean_line(row.name)
        )
    if archived != (row.archived_at is not None):
        row.archived_at = work.now if archived else None
        work.session.flush()
        _note(work, row, {"archived": archived})
    return row


def _apply(work: Work, known: list[Row], row: Row, edits: CatalogueEdits) -> list[str]:
    """Set what is given; returns the columns that changed."""
    wanted: dict[str, Any] = {}
    if edits.name is not None:
        wanted["name"] = _text(edits.name, "name")
    if edits.slug is not None:
        wanted["slug"] = slugs.check(edits.slug)
    if edits.customer_label is not None and isinstance(row, Status):
        wanted["customer_label"] = _text(edits.customer_label, "customer_label")
    if edits.position is not None and not isinstance(row, Priority):
        wanted["position"] = edits.position
    names = {same_name(wanted[name]) for name in ("name", "slug") if name in wanted}
    for other in known:
        if other is not row and names & {same_name(other.slug), same_name(other.name)}:
            raise Conflict(
                N_("The catalogue has “{name}” already, archived perhaps. Choose another name."),
                field="name",
                name=clean_line(other.name),
            )
    changes = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in changes:
        setattr(row, name, wanted[name])
    return changes


def _make_default(work: Work, known: list[Row], row: Row, *, is_default: bool) -> None:
    if not is_default:
        raise Conflict(
            N_("There is always a default. Make another one the default instead."), field="is_default"
        )
    if row.archived_at is not None:
        raise Conflict(N_("{name} is archived. Take it back into use first."), name=clean_line(row.name))
    for other in known:
        is_rival = (
            not (isinstance(row, Status) and isinstance(other, Status)) or other.category is row.category
        )
        if other.is_default and is_rival:
            other.is_default = False
    # Only one may be the default at any moment, so the former one goes first.
    work.session.flush()
    row.is_default = True
    work.session.flush()


def _text(value: str, field: str) -> str:
    text = storable_line(value)
    if not 1 <= len(text) <= NAME_LIMIT or not same_name(text):
        raise Invalid(N_("Write a name of up to {limit} characters."), field=field, limit=NAME_LIMIT)
    return text


def _note(work: Work, row: Status | Priority | TicketType, detail: dict[str, Any]) -> None:
    audit.record(
        work, AuditKind.CATALOGUE_CHANGED, detail={"list": row.__tablename__, "slug": row.slug, **detail}
    )

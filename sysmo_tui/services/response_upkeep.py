"""What administrators do to canned responses: making, editing, archiving."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import response_places, slugs
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.fold import same_name
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import clean_line, storable, storable_line
from sysmo_tui.models import CannedResponse, table
from sysmo_tui.services import audit, desk_settings, responses, topics
from sysmo_tui.services.responses import ResponseLine

NAME_LIMIT = 80

_RESPONSE = table(CannedResponse)
_LOCKED = (
    sa.select(CannedResponse)
    .order_by(_RESPONSE.c.id)
    .with_for_update()
    .execution_options(populate_existing=True)
)


@dataclass(frozen=True, slots=True)
class ResponseEdits:
    """What to change; None leaves it. ``topic`` "" is every topic, ``locale`` "" every language."""

    name: str | None = None
    slug: str | None = None
    body: str | None = None
    locale: str | None = None
    topic: str | None = None
    position: int | None = None


def new(work: Work, name: str, body: str, edits: ResponseEdits | None = None) -> ResponseLine:
    """Make a response; Conflict when its short name, or its name for these readers, is taken.

    Without a short name it gets one that is free, made of its name.
    """
    known = _for_change(work)
    given = edits or ResponseEdits()
    row = CannedResponse(slug="", name="", body="", created_at=work.now)
    row.position = max((each.position for each in known), default=-1) + 1
    short = given.slug if given.slug is not None else _free_slug(name, known)
    _apply(work, known, row, replace(given, name=name, body=body, slug=short))
    work.session.add(row)
    work.session.flush()
    _note(work, row, {"made": True})
    return responses.show(work, row.slug)


def edit(work: Work, text: str, edits: ResponseEdits) -> ResponseLine:
    """Change a response."""
    known = _for_change(work)
    row = _named(work, known, text)
    changes = _apply(work, known, row, edits)
    work.session.flush()
    if changes:
        _note(work, row, changes)
    return responses.show(work, row.slug)


def archive(work: Work, text: str, *, archived: bool = True) -> ResponseLine:
    """Take a response out of use, or back."""
    row = _named(work, _for_change(work), text)
    if archived != (row.archived_at is not None):
        row.archived_at = work.now if archived else None
        work.session.flush()
        _note(work, row, {"archived": archived})
    return responses.show(work, row.slug)


def _for_change(work: Work) -> list[CannedResponse]:
    """Every response, locked; only for administrators."""
    require_right(work.actor, Right.MANAGE_CATALOGUE)
    return list(work.session.execute(_LOCKED).scalars())


def _named(work: Work, known: list[CannedResponse], text: str) -> CannedResponse:
    line = responses.show(work, text)
    return next(row for row in known if row.slug == line.slug)


def _apply(
    work: Work, known: list[CannedResponse], row: CannedResponse, edits: ResponseEdits
) -> dict[str, Any]:
    """Set what is given; returns what each changed column was and is."""
    wanted: dict[str, Any] = {}
    if edits.name is not None:
        wanted["name"] = _name(edits.name)
    if edits.slug is not None:
        wanted["slug"] = slugs.check(edits.slug)
    if edits.body is not None:
        wanted["body"] = storable(edits.body).strip("\n")
        response_places.check(wanted["body"])
    if edits.locale is not None:
        wanted["locale"] = desk_settings.read("language", edits.locale) if edits.locale else ""
    if edits.topic is not None:
        wanted["topic_id"] = topics.find(work, edits.topic, archived=True).id if edits.topic else None
    if edits.position is not None:
        wanted["position"] = edits.position
    changes = {
        name: [getattr(row, name), value] for name, value in wanted.items() if getattr(row, name) != value
    }
    for name, value in wanted.items():
        setattr(row, name, value)
    _require_free(known, row)
    return changes


def _require_free(known: list[CannedResponse], row: CannedResponse) -> None:
    """Refuse a short name twice, and a name twice where its readers could not tell the two apart."""
    for other in known:
        if other is row:
            continue
        if other.slug == row.slug:
            raise Conflict(
                N_("The response {slug} is there already, archived perhaps."),
                field="slug",
                slug=clean_line(row.slug),
            )
        is_alike = same_name(other.name) == same_name(row.name)
        if is_alike and (other.locale, other.topic_id) == (row.locale, row.topic_id):
            raise Conflict(
                N_("“{name}” is there already for this topic and language, archived perhaps."),
                field="name",
                name=clean_line(row.name),
            )


def _free_slug(name: str, known: list[CannedResponse]) -> str:
    taken = {row.slug for row in known}
    made = slugs.slug(name, "response")
    if made not in taken:
        return made
    stem = made[: slugs.LONGEST - 4].rstrip("-")
    return next(slug for number in range(2, len(taken) + 3) if (slug := f"{stem}-{number}") not in taken)


def _name(value: str) -> str:
    text = storable_line(value)
    if not 1 <= len(text) <= NAME_LIMIT or not same_name(text):
        raise Invalid(N_("Write a name of up to {limit} characters."), field="name", limit=NAME_LIMIT)
    return text


def _note(work: Work, row: CannedResponse, detail: dict[str, Any]) -> None:
    audit.record(
        work, AuditKind.CATALOGUE_CHANGED, detail={"list": row.__tablename__, "slug": row.slug, **detail}
    )

"""Text that was typed and not sent yet: it survives whatever happens to the screen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.text import storable
from sysmo_tui.models import Draft, table
from sysmo_tui.services import visible

NEW_TICKET = 0
"""Stands for the number of a ticket that is not filed yet."""

_DRAFT = table(Draft)
_MINE = (
    _DRAFT.c.account_id == sa.bindparam("account"),
    _DRAFT.c.ticket_number == sa.bindparam("number"),
    _DRAFT.c.kind == sa.bindparam("draft_kind"),
)
_LOAD = sa.select(_DRAFT.c.fields, _DRAFT.c.seen_entry, _DRAFT.c.updated_at).where(*_MINE)
_UPDATE = (
    sa.update(_DRAFT)
    .where(*_MINE)
    .values(
        fields=sa.bindparam("fields_now", type_=_DRAFT.c.fields.type),
        seen_entry=sa.bindparam("seen_now"),
        updated_at=sa.bindparam("at", type_=_DRAFT.c.updated_at.type),
    )
)


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it was left: its fields by name, the key of the newest public entry then seen."""

    fields: dict[str, str]
    seen: str
    updated_at: datetime


def load(work: Work, number: int, kind: DraftKind) -> Saved | None:
    """The actor's own draft, if there is one."""
    row = work.session.execute(_LOAD, _key(work, number, kind)).first()
    return Saved(dict(row.fields), row.seen_entry, row.updated_at) if row else None


def save(work: Work, number: int, kind: DraftKind, fields: dict[str, str], seen: str = "") -> None:
    """Keep the actor's draft; run it with ``touch``. An empty one is forgotten."""
    if number != NEW_TICKET:
        visible.audience(work, number)
    if not any(value.strip() for value in fields.values()):
        discard(work, number, kind)
        return
    kept = {name: storable(value) for name, value in fields.items()}
    values = {"fields_now": kept, "seen_now": seen, "at": work.now}
    if not work.affected(_UPDATE, {**_key(work, number, kind), **values}):
        work.session.execute(
            sa.insert(_DRAFT),
            {
                "account_id": work.actor.account_id,
                "ticket_number": number,
                "kind": kind,
                "fields": kept,
                "seen_entry": seen,
                "updated_at": work.now,
            },
        )


def discard(work: Work, number: int, kind: DraftKind) -> None:
    """Forget the actor's draft."""
    work.session.execute(sa.delete(_DRAFT).where(*_MINE), _key(work, number, kind))


def _key(work: Work, number: int, kind: DraftKind) -> dict[str, object]:
    return {"account": work.actor.account_id, "number": number, "draft_kind": kind}

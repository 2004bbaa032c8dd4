"""What was written and attached and not sent yet: it survives whatever happens to the screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.models import Blob, Draft, DraftFile, table
from sysmo_tui.services import files, thread, unsent, visible
from sysmo_tui.services.files import Upload

NEW_TICKET = SEVERAL = unsent.NEW_TICKET
"""Stands for the number of a ticket that is not filed yet; and of several that get the same words."""

_DRAFT, _FILE, _BLOB = table(Draft), table(DraftFile), table(Blob)
_LOAD = sa.select(_DRAFT.c.id, _DRAFT.c.fields, _DRAFT.c.seen_entry, _DRAFT.c.updated_at).where(*unsent.MINE)
_FILES = (
    sa.select(_FILE.c.blob_id, _FILE.c.filename, _FILE.c.media_type, _BLOB.c.size, _BLOB.c.sha256)
    .join(_BLOB, _BLOB.c.id == _FILE.c.blob_id)
    .where(_FILE.c.draft_id == sa.bindparam("draft"))
    .order_by(_FILE.c.position)
)
_UPDATE = (
    sa.update(_DRAFT)
    .where(_DRAFT.c.id == sa.bindparam("draft"))
    .values(
        fields=sa.bindparam("fields_now", type_=_DRAFT.c.fields.type),
        seen_entry=sa.bindparam("seen_now"),
        updated_at=sa.bindparam("at", type_=_DRAFT.c.updated_at.type),
    )
)
_DROP_FILES = sa.delete(_FILE).where(_FILE.c.draft_id == sa.bindparam("draft"))


@dataclass(frozen=True, slots=True)
class Saved:
    """A draft as it was left: its fields by name, the key of the newest public entry then seen, its files."""

    fields: dict[str, str]
    seen: str
    updated_at: datetime
    files: tuple[Upload, ...] = ()


def load(work: Work, number: int, kind: DraftKind) -> Saved | None:
    """The actor's own draft, if there is one."""
    row = work.session.execute(_LOAD, unsent.key(work, number, kind)).first()
    if row is None:
        return None
    return Saved(dict(row.fields), row.seen_entry, row.updated_at, _files(work, row.id))


def save(
    work: Work,
    number: int,
    kind: DraftKind,
    fields: dict[str, str],
    seen: str = "",
    uploads: Sequence[Upload] = (),
) -> None:
    """Keep the actor's draft; run it with ``touch``. An empty one without files is forgotten.

    Refused when a text of it is longer than a message may be, or its files are more.
    """
    require_room(fields)
    if number:
        visible.audience(work, number)
    if not uploads and not any(value.strip() for value in fields.values()):
        unsent.discard(work, number, kind)
        return
    files.require_few(work, uploads)
    kept = unsent.storable_fields(fields)
    draft_id = work.session.execute(_LOAD, unsent.key(work, number, kind)).scalar()
    if draft_id is None:
        draft_id = work.session.execute(
            sa.insert(_DRAFT).returning(_DRAFT.c.id),
            {
                "account_id": work.actor.account_id,
                "ticket_number": number,
                "kind": kind,
                "fields": kept,
                "seen_entry": seen,
                "updated_at": work.now,
            },
        ).scalar_one()
    else:
        values = {"fields_now": kept, "seen_now": seen, "at": work.now}
        work.session.execute(_UPDATE, {"draft": draft_id, **values})
    _keep_files(work, draft_id, tuple(uploads))


def require_room(fields: dict[str, str]) -> None:
    """Refuse a draft with a text that no message could have."""
    for text in fields.values():
        thread.require_room(text)


def _files(work: Work, draft_id: int) -> tuple[Upload, ...]:
    return tuple(Upload(*row) for row in work.session.execute(_FILES, {"draft": draft_id}))


def _keep_files(work: Work, draft_id: int, uploads: tuple[Upload, ...]) -> None:
    """Make the draft refer to exactly these staged files, which keeps them from being cleaned up."""
    if _files(work, draft_id) == uploads:
        return
    work.session.execute(_DROP_FILES, {"draft": draft_id})
    for position, upload in enumerate(uploads):
        files.require_own(work, upload.blob_id)
        work.session.execute(
            sa.insert(_FILE),
            {
                "draft_id": draft_id,
                "position": position,
                "blob_id": upload.blob_id,
                "filename": upload.filename,
                "media_type": upload.media_type,
            },
        )

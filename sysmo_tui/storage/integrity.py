"""Whether a database holds together: its file, its references, the bytes of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.domain.message import N_, Message
from sysmo_tui.models import Attachment, Blob, BlobChunk, table
from sysmo_tui.storage.engine import Dialect, Store
from sysmo_tui.storage.failures import explained

_MOST = 20
_ATTACHMENT, _BLOB, _CHUNK = table(Attachment), table(Blob), table(BlobChunk)
_COMPLETE = sa.select(_BLOB.c.id, _BLOB.c.sha256, _BLOB.c.size).where(_BLOB.c.is_complete)
_CHUNKS = (
    sa.select(_CHUNK.c.content).where(_CHUNK.c.blob_id == sa.bindparam("blob")).order_by(_CHUNK.c.position)
)
_UNLIKE = (
    sa.select(_ATTACHMENT.c.id, _ATTACHMENT.c.filename)
    .join(_BLOB, _BLOB.c.id == _ATTACHMENT.c.blob_id)
    .where(
        sa.or_(
            _BLOB.c.is_complete.is_(False),
            _BLOB.c.sha256 != _ATTACHMENT.c.sha256,
            _BLOB.c.size != _ATTACHMENT.c.size,
        )
    )
    .limit(_MOST)
)


def check(store: Store) -> list[Message]:
    """What is wrong with the database, a sentence each and at most some twenty of a kind; none when sound.

    Reads the whole database, on one snapshot; others go on working.
    """
    with explained(), store.reading() as session:
        found = list(_file(session)) if store.dialect is Dialect.SQLITE else []
        return [*found, *_blobs(session), *_attachments(session)]


def _file(session: Session) -> Iterator[Message]:
    for row in session.execute(sa.text(f"PRAGMA integrity_check({_MOST})")):
        if row[0] != "ok":
            yield Message(N_("The database file is damaged: {detail}"), {"detail": row[0]})
    for name, row_id, other, _ in session.execute(sa.text("PRAGMA foreign_key_check")).fetchmany(_MOST):
        yield Message(
            N_("Row {row} of {table} refers to a row of {other} that is missing."),
            {"row": row_id, "table": name, "other": other},
        )


def _blobs(session: Session) -> Iterator[Message]:
    for blob_id, sha256, size in session.execute(_COMPLETE).all():
        digest, length = hashlib.sha256(), 0
        for chunk in session.execute(_CHUNKS, {"blob": blob_id}).yield_per(4).scalars():
            digest.update(chunk)
            length += len(chunk)
        if (digest.hexdigest(), length) != (sha256, size):
            yield Message(N_("The bytes of file {blob} are not those that were stored."), {"blob": blob_id})


def _attachments(session: Session) -> Iterator[Message]:
    for attachment_id, filename in session.execute(_UNLIKE):
        yield Message(
            N_("Attachment {id} ({filename}) does not fit its stored file."),
            {"id": attachment_id, "filename": filename},
        )

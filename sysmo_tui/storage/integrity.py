"""Whether a database holds together: its parts, its references, its values, the bytes of its files."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Session
from sqlmodel import SQLModel
from sqlmodel.main import default_registry

from sysmo_tui.domain.message import N_, Message
from sysmo_tui.models import Attachment, Blob, BlobChunk, table
from sysmo_tui.storage.engine import Dialect, Store
from sysmo_tui.storage.failures import explained

FOREIGN_KINDS = frozenset({"trigger", "view"})
"""Kinds of parts of which no desk has any."""

_MOST = 20
_OWN = ("sqlite_", "alembic_version", "entry_search")
"""How the names of parts begin that are none of the models'."""
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
        parts, values = _foreign_parts(session, store.dialect), _unreadable(session, store.dialect)
        return [*found, *parts, *values, *_blobs(session), *_attachments(session)]


def unreadable(store: Store) -> list[Message]:
    """Values that no program can read, a sentence each: what must be mended before anything else."""
    with explained(), store.reading() as session:
        return list(_unreadable(session, store.dialect))


def _file(session: Session) -> Iterator[Message]:
    for row in session.execute(sa.text(f"PRAGMA integrity_check({_MOST})")):
        if row[0] != "ok":
            yield Message(N_("The database file is damaged: {detail}"), {"detail": row[0]})
    for name, row_id, other, _ in session.execute(sa.text("PRAGMA foreign_key_check")).fetchmany(_MOST):
        yield Message(
            N_("Row {row} of {table} refers to a row of {other} that is missing."),
            {"row": row_id, "table": name, "other": other},
        )


def _foreign_parts(session: Session, dialect: Dialect) -> Iterator[Message]:
    """Parts of the database that no desk has, such as a trigger that someone put there."""
    if dialect is Dialect.SQLITE:
        found = session.execute(sa.text("SELECT type, name FROM sqlite_schema"))
        own = {name for each in SQLModel.metadata.tables.values() for name in _names(each)}
    else:
        found = session.execute(sa.text("SELECT 'trigger', tgname FROM pg_trigger WHERE NOT tgisinternal"))
        own = set()
    for kind, name in found:
        if kind in FOREIGN_KINDS or not (name in own or name.startswith(_OWN)):
            yield Message(
                N_("The database has a {kind} “{name}”, which no desk has."), {"kind": kind, "name": name}
            )


def _names(each: sa.Table) -> Iterator[str]:
    yield each.name
    yield from (str(index.name) for index in each.indexes)


def _unreadable(session: Session, dialect: Dialect) -> Iterator[Message]:
    """Values that are no JSON, or not the object or list that belongs there."""
    for model in (mapper.class_ for mapper in default_registry.mappers):
        for column in table(model).c:
            if isinstance(column.type, sa.JSON):
                made = model.model_fields[column.name].default_factory
                kind = {dict: "object", list: "array"}.get(made)
                yield from _unlike(session, dialect, column, kind)


def _unlike(
    session: Session, dialect: Dialect, column: sa.Column[Any], kind: str | None
) -> Iterator[Message]:
    if dialect is Dialect.SQLITE:
        stored = sa.type_coerce(column, sa.String)
        found = sa.case((sa.func.json_valid(stored) == 1, sa.func.json_type(stored)), else_="nothing")
        is_wrong = sa.and_(column.is_not(None), found != kind if kind else found == "nothing")
    else:
        is_wrong = sa.func.jsonb_typeof(sa.cast(column, JSONB)) != kind if kind else sa.false()
    key = [sa.cast(part, sa.String) for part in column.table.primary_key]
    for row in session.execute(sa.select(*key).where(is_wrong).limit(_MOST)):
        yield Message(
            N_("{column} of {table} {row} cannot be read."),
            {"column": column.name, "table": column.table.name, "row": " ".join(row)},
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

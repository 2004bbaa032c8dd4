"""Files: staged in small transactions before anything refers to them, read in chunks.

A slow pipe never holds the write lock, and memory does not grow with the file.
"""

from __future__ import annotations

import hashlib
import mimetypes
import secrets
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from itertools import count
from typing import Protocol
from uuid import uuid4

import sqlalchemy as sa

from sysmo_tui.desk import Door, Memory, Work
from sysmo_tui.domain.enums import Audience, Visibility
from sysmo_tui.domain.errors import DeskError, Invalid, NotFound, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import clean_line, storable_line
from sysmo_tui.domain.views import File
from sysmo_tui.models import Attachment, Blob, BlobChunk, DraftFile, Entry, table
from sysmo_tui.services import desk_settings, visible
from sysmo_tui.storage import mail_store

CHUNK = mail_store.CHUNK
"""Bytes of a file that travel in one transaction."""

_BLOB, _CHUNK, _FILE, _ENTRY = table(Blob), table(BlobChunk), table(Attachment), table(Entry)

_NEW: Memory[dict[int, list[str]]] = Memory()
"""The names of the files of each entry that is written in this unit of work."""

_NAMES = sa.select(_FILE.c.filename).where(_FILE.c.entry_id == sa.bindparam("entry")).order_by(_FILE.c.id)
_OF_TICKET = (
    sa.select(
        _FILE.c.public_key,
        _FILE.c.filename,
        _FILE.c.media_type,
        _FILE.c.size,
        _FILE.c.sha256,
    )
    .join(_ENTRY, _ENTRY.c.id == _FILE.c.entry_id)
    .where(_ENTRY.c.ticket_number == sa.bindparam("number"))
    .order_by(_FILE.c.id)
)
_PUBLIC_OF_TICKET = _OF_TICKET.where(_ENTRY.c.visibility == Visibility.PUBLIC)
_ONE_CHUNK = (
    sa.select(_CHUNK.c.content)
    .select_from(_FILE)
    .join(_ENTRY, _ENTRY.c.id == _FILE.c.entry_id)
    .outerjoin(
        _CHUNK,
        sa.and_(_CHUNK.c.blob_id == _FILE.c.blob_id, _CHUNK.c.position == sa.bindparam("position")),
    )
    .where(_FILE.c.public_key == sa.bindparam("key"), _ENTRY.c.ticket_number == sa.bindparam("number"))
)
_ONE_PUBLIC_CHUNK = _ONE_CHUNK.where(_ENTRY.c.visibility == Visibility.PUBLIC)
_IS_UNSENT = sa.and_(
    _BLOB.c.staged_by_id == sa.bindparam("account"), ~sa.exists().where(_FILE.c.blob_id == _BLOB.c.id)
)
_OWN = (
    sa.select(_BLOB.c.size, _BLOB.c.sha256, _BLOB.c.is_complete)
    .where(
        _BLOB.c.id == sa.bindparam("blob"), _BLOB.c.staged_by_id.is_not_distinct_from(sa.bindparam("account"))
    )
    # It stays until whoever refers to it has done so.
    .with_for_update(key_share=True)
)
_UNSENT = sa.select(sa.func.coalesce(sa.func.sum(_BLOB.c.size), 0)).where(_IS_UNSENT)
_DISCARD = sa.delete(_BLOB).where(
    _BLOB.c.id.in_(sa.bindparam("which", expanding=True)),
    _IS_UNSENT,
    ~sa.exists().where(table(DraftFile).c.blob_id == _BLOB.c.id),
)
_GROW = (
    sa.update(_BLOB)
    .where(_BLOB.c.id == sa.bindparam("blob"))
    .values(size=_BLOB.c.size + sa.bindparam("more", type_=sa.Integer))
)


class ByteStream(Protocol):
    """What a file is read from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Upload:
    """A staged file, ready to be attached."""

    blob_id: str
    filename: str
    media_type: str
    size: int
    sha256: str


def stage(door: Door, stream: ByteStream, filename: str, media_type: str | None = None) -> Upload:
    """Store a file in chunks of 256 KiB; Invalid when it grows over the desk's limit, and nothing stays."""
    blob_id, limit = door.desk.settle(door.caller, begin)
    name = display_name(filename)
    try:
        size, sha256 = _received(door, stream, blob_id, limit, name)
    except BaseException:
        # What cannot be cleaned up now is cleaned up in time.
        with suppress(DeskError):
            door.touch(discard, (blob_id,))
        raise
    guessed = media_type or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Upload(blob_id, name, storable_line(guessed)[:100], size, sha256)


def _received(door: Door, stream: ByteStream, blob_id: str, limit: int, name: str) -> tuple[int, str]:
    """Store what ``stream`` gives; its size and SHA-256."""
    hashed, size, position = hashlib.sha256(), 0, 0
    while content := _full_chunk(stream):
        size += len(content)
        if size > limit:
            raise Invalid(
                N_("“{name}” is too large: at most {limit} MB a file."),
                field="attach",
                name=clean_line(name),
                limit=_megabytes(limit),
            )
        hashed.update(content)
        door.touch(append, blob_id, position, content)
        position += 1
    door.desk.settle(door.caller, finish, blob_id, size, hashed.hexdigest())
    return size, hashed.hexdigest()


def require_may(work: Work, number: int) -> None:
    """Refuse, before anything is received, someone who cannot attach files to a ticket."""
    visible.require(work, number, Verb.ATTACH)


def begin(work: Work) -> tuple[str, int]:
    """Open an empty blob; returns its id and the most bytes it may hold.

    Invalid when the actor has attached so much already that was not sent.
    """
    settings, blob_id = desk_settings.load(work), uuid4().hex
    unsent = work.session.execute(_UNSENT, {"account": work.actor.account_id}).scalar_one()
    if unsent >= settings.staged_limit:
        raise Invalid(
            N_("Your files that were not sent yet have {limit} MB. Send or discard some first."),
            field="attach",
            limit=_megabytes(settings.staged_limit),
        )
    work.session.execute(
        sa.insert(_BLOB),
        {
            "id": blob_id,
            "sha256": "",
            "size": 0,
            "staged_by_id": work.actor.account_id,
            "staged_at": work.now,
            "is_complete": False,
        },
    )
    return blob_id, settings.file_limit


def append(work: Work, blob_id: str, position: int, content: bytes) -> None:
    """Add one chunk to the actor's own unfinished blob, once; Unavailable when an earlier one was lost."""
    size, at = _own(work, blob_id).size, position * CHUNK
    if size == at + len(content):
        return  # it came before, and its answer did not
    if size != at:
        raise _torn()
    work.session.execute(sa.insert(_CHUNK), {"blob_id": blob_id, "position": position, "content": content})
    work.session.execute(_GROW, {"blob": blob_id, "more": len(content)})


def finish(work: Work, blob_id: str, size: int, sha256: str) -> None:
    """Seal the actor's own blob, once; from now on it can be attached. Unavailable when its end was lost."""
    found = _own(work, blob_id)
    if found.is_complete and found.sha256 == sha256:
        return
    if found.size != size:
        raise _torn()
    work.session.execute(
        sa.update(_BLOB).where(_BLOB.c.id == blob_id), {"size": size, "sha256": sha256, "is_complete": True}
    )


def discard(work: Work, blob_ids: Sequence[str]) -> None:
    """Throw away files that the actor staged and that nothing refers to."""
    work.session.execute(_DISCARD, {"which": list(blob_ids), "account": work.actor.account_id})


def require_few(work: Work, files: Sequence[object]) -> None:
    """Refuse more files than a message may have."""
    limit = desk_settings.load(work).files_per_message if files else 0
    if len(files) > limit:
        raise Invalid(N_("At most {limit} files a message."), field="attach", limit=limit)


def attach(work: Work, entry: Entry, uploads: Sequence[Upload]) -> None:
    """Refer to staged files from a new entry; Invalid for too many, or a file that is not the actor's."""
    require_few(work, uploads)
    _NEW.once(work, dict).setdefault(entry.id or 0, [])
    for upload in uploads:
        size, sha256 = require_own(work, upload.blob_id)
        refer(work, entry, replace(upload, size=size, sha256=sha256))


def refer(work: Work, entry: Entry, upload: Upload) -> None:
    """Make a stored blob a file of ``entry``; the caller has checked that it may."""
    name = display_name(upload.filename)
    _NEW.once(work, dict).setdefault(entry.id or 0, []).append(name)
    work.session.execute(
        sa.insert(_FILE),
        {
            "entry_id": entry.id,
            "public_key": secrets.token_hex(8),
            "filename": name,
            "media_type": upload.media_type,
            "size": upload.size,
            "sha256": upload.sha256,
            "blob_id": upload.blob_id,
        },
    )


def names(work: Work, entry_id: int) -> list[str]:
    """What the files of an entry are called, in their order."""
    new = _NEW.once(work, dict).get(entry_id)
    return list(work.session.execute(_NAMES, {"entry": entry_id}).scalars()) if new is None else new


def of_ticket(work: Work, number: int) -> tuple[File, ...]:
    """The files of a ticket that the actor may read, oldest first."""
    capacity = visible.require(work, number, Verb.DOWNLOAD)
    statement = _OF_TICKET if capacity is Audience.STAFF else _PUBLIC_OF_TICKET
    return tuple(
        File(row.public_key, clean_line(row.filename), clean_line(row.media_type), row.size, row.sha256)
        for row in work.session.execute(statement, {"number": number})
    )


def chunks(door: Door, number: int, key: str) -> Iterator[bytes]:
    """The bytes of a file, 256 KiB at a time; NotFound for a file that the actor may not read."""
    return each_chunk(lambda position: door.read(read_chunk, number, key, position))


def each_chunk(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """The chunks of a blob, each as ``read`` gives it for its position, empty behind the end."""
    for position in count():
        content = read(position)
        if content:
            yield content
        # Every chunk but the last is full.
        if len(content) < CHUNK:
            return


def read_chunk(work: Work, number: int, key: str, position: int) -> bytes:
    """One chunk of a file; empty behind its end."""
    capacity = visible.require(work, number, Verb.DOWNLOAD)
    statement = _ONE_CHUNK if capacity is Audience.STAFF else _ONE_PUBLIC_CHUNK
    found = work.session.execute(statement, {"number": number, "key": key, "position": position}).first()
    if found is None:
        raise NotFound(N_("#{number} has no such file."), number=number)
    return bytes(found.content or b"")


def display_name(filename: str) -> str:
    """A file's name without folders, for display and as a proposal when saving; never empty."""
    base = storable_line(filename).replace("\\", "/").rsplit("/", 1)[-1].strip()
    return base[:200] if base not in ("", ".", "..") else "file"


def hand_over(work: Work, uploads: Sequence[Upload], account_id: int) -> None:
    """Make files that the actor staged somebody else's own, to attach in their name."""
    for upload in uploads:
        require_own(work, upload.blob_id)
    if uploads:
        which = [upload.blob_id for upload in uploads]
        work.session.execute(sa.update(_BLOB).where(_BLOB.c.id.in_(which)).values(staged_by_id=account_id))


def require_own(work: Work, blob_id: str) -> tuple[int, str]:
    """Size and SHA-256 of a file that the actor staged; Invalid when it is another's or unfinished."""
    found = _own(work, blob_id)
    if not found.is_complete:
        raise _incomplete()
    return found.size, found.sha256


def _own(work: Work, blob_id: str) -> sa.Row[int, str, bool]:
    """A file that the actor staged, complete or not; Invalid when it is another's or gone."""
    found = work.session.execute(_OWN, {"blob": blob_id, "account": work.actor.account_id}).first()
    if found is None:
        raise _incomplete()
    return found


def _incomplete() -> Invalid:
    return Invalid(N_("A file was not received completely. Attach it again."), field="attach")


def _torn() -> Unavailable:
    """The refusal of a file of which a server that fell has lost a piece: one by one they are not durable."""
    return Unavailable(N_("A file was not received completely. Attach it again."), field="attach")


def _megabytes(size: int) -> str:
    return f"{size / desk_settings.MB:.6g}"


def _full_chunk(stream: ByteStream) -> bytes:
    """As many bytes as a chunk holds, however small the pieces that the stream gives."""
    pieces, missing = [], CHUNK
    while missing and (piece := stream.read(missing)):
        pieces.append(piece)
        missing -= len(piece)
    return b"".join(pieces)

"""Making a mail durable: all that a mail server waits for, and nothing that needs to understand it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from io import BytesIO

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.services import desk_settings, files, inbound
from sysmo_tui.services.desk_settings import LEAST_MAIL_LIMIT
from sysmo_tui.services.files import ByteStream


def mail_caller() -> Caller:
    """The desk itself, taking mail in."""
    return Caller(Channel.EMAIL, "mail", is_desk=True)


def read(desk: Desk, stream: ByteStream, beginning: bytes = b"") -> Raw:
    """A mail from ``stream``, to its end; of one over the desk's limit the beginning, the rest is dropped.

    ``beginning`` was read from the stream before.

    The stream gives as many bytes as it is asked for. Raises OSError when it cannot be read to its end.
    """
    limit = desk.read(mail_caller(), desk_settings.load).mail_limit
    content = beginning
    if len(content) <= limit:
        content += stream.read(limit + 1 - len(content))
    if len(content) <= limit:
        return Raw.whole(content)
    digest, size = hashlib.sha256(content), len(content)
    kept = content[: inbound.KEPT_OF_LARGE]
    del content
    while piece := stream.read(files.CHUNK):
        digest.update(piece)
        size += len(piece)
    return Raw(kept, size, digest.hexdigest(), is_cut=True)


def limited(desk: Desk, content: bytes) -> Raw:
    """A mail that is in memory already, as :func:`read` gives it."""
    if len(content) <= LEAST_MAIL_LIMIT:
        return Raw.whole(content)
    return read(desk, BytesIO(content))


def keep(desk: Desk, mailbox: str, raw: Raw) -> Kept:
    """Make a mail durable; a large one in small transactions, so that nobody waits for its whole length."""
    return keep_all(desk, mailbox, (raw,))[0]


def keep_all(desk: Desk, mailbox: str, raws: Sequence[Raw]) -> tuple[Kept, ...]:
    """:func:`keep` for several mails at the price of one durable transaction: all of them, or none."""
    caller = mail_caller()
    staged = [
        (raw, _stored(Door(desk, caller), raw.content) if len(raw.content) > files.CHUNK else None)
        for raw in raws
    ]
    return desk.settle(caller, inbound.keep_all, mailbox, staged)


def _stored(door: Door, content: bytes) -> str:
    """Store a whole mail in pieces; the id of its blob."""
    blob_id, _limit = door.desk.settle(door.caller, files.begin)
    for at in range(0, len(content), files.CHUNK):
        door.touch(files.append, blob_id, at // files.CHUNK, content[at : at + files.CHUNK])
    door.desk.settle(door.caller, files.finish, blob_id, len(content), hashlib.sha256(content).hexdigest())
    return blob_id

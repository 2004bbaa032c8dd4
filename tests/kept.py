"""Mail for the tests that came in and was decided, as the desk keeps it."""

from __future__ import annotations

import hashlib
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.models import Blob, BlobChunk, InboundMail, table
from sysmo_tui.services.files import CHUNK
from tests.cast import Cast

RAW = (
    b"From: Otto <otto@stranger.example>\r\nTo: desk@desk.example\r\nSubject: About the printer\r\n"
    b"Message-ID: <one@stranger.example>\r\n\r\nIt smokes again.\r\n"
)


def keep(cast: Cast, raw: bytes | None = None, **values: Any) -> int:
    """A mail in quarantine, or with whatever ``values`` say; its id."""
    content = raw if raw is not None else RAW.replace(b"one@", f"{uuid4().hex}@".encode())

    def add(work: Work) -> int:
        blob = uuid4().hex
        hashed = hashlib.sha256(content).hexdigest()
        work.session.execute(
            sa.insert(table(Blob)),
            {"id": blob, "sha256": hashed, "size": len(content), "staged_at": work.now, "is_complete": True},
        )
        for at in range(0, len(content), CHUNK):
            chunk = {"blob_id": blob, "position": at // CHUNK, "content": content[at : at + CHUNK]}
            work.session.execute(sa.insert(table(BlobChunk)), chunk)
        row = {
            "sha256": hashed,
            "size": len(content),
            "blob_id": blob,
            "received_at": work.now,
            "message_id": "<one@stranger.example>",
            "sender": "otto@stranger.example",
            "sender_name": "Otto",
            "subject": "About the printer",
            "verdict": Verdict.QUARANTINED,
            "reason": MailReason.STRANGER,
            "next_attempt_at": work.now,
            "decided_at": work.now,
        }
        mail = InboundMail(**(row | values))
        work.session.add(mail)
        work.session.flush()
        return mail.id or 0

    return cast.itself.write(add)

"""Mail for the tests that came in and was decided, as the desk keeps it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.domain.kept import Raw
from sysmo_tui.models import InboundMail
from sysmo_tui.services import inbound
from tests.cast import Cast

RAW = (
    b"From: Otto <otto@stranger.example>\r\nTo: desk@desk.example\r\nSubject: About the printer\r\n"
    b"Message-ID: <one@stranger.example>\r\n\r\nIt smokes again.\r\n"
)


def keep(cast: Cast, raw: bytes | None = None, **values: Any) -> int:
    """A mail in quarantine, or with whatever ``values`` say; its id."""
    content = raw if raw is not None else RAW.replace(b"one@", f"{uuid4().hex}@".encode())

    def add(work: Work) -> int:
        mail = work.session.get_one(InboundMail, inbound.keep(work, "", Raw.whole(content)).id)
        decided = {
            "message_id": "<one@stranger.example>",
            "sender": "otto@stranger.example",
            "sender_name": "Otto",
            "subject": "About the printer",
            "verdict": Verdict.QUARANTINED,
            "reason": MailReason.STRANGER,
            "decided_at": work.now,
        }
        for name, value in (decided | values).items():
            setattr(mail, name, value)
        return mail.id or 0

    return cast.itself.write(add)

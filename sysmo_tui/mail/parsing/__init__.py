"""From the bytes of a mail to what the desk understands of it."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import getaddresses

from sysmo_tui.domain.enums import MailClass, SenderFault
from sysmo_tui.domain.incoming import Incoming, IncomingFile, MailAddress
from sysmo_tui.domain.text import storable

_ID = re.compile(r"<[^<>\s]+>")


def parse(raw: bytes) -> Incoming:
    """What a mail says."""
    mail = message_from_bytes(raw, policy=policy.default)
    assert isinstance(mail, EmailMessage)
    senders = [found for found in getaddresses(mail.get_all("from", [])) if "@" in found[1]]
    fault = None if len(senders) == 1 else SenderFault.SEVERAL if senders else SenderFault.MISSING
    body = mail.get_body(("plain", "html"))
    kind, reason = _class(mail)
    return Incoming(
        message_id=str(mail.get("message-id", "")).strip(),
        sender=MailAddress(senders[0][1], storable(senders[0][0])) if fault is None else None,
        fault=fault,
        recipients=tuple(
            address
            for _name, address in getaddresses(
                [str(value) for name in ("to", "cc", "delivered-to") for value in mail.get_all(name, [])]
            )
        ),
        subject=storable(str(mail.get("subject", ""))),
        sent_at=None,
        in_reply_to=tuple(_ID.findall(str(mail.get("in-reply-to", "")))),
        references=tuple(_ID.findall(str(mail.get("references", "")))),
        body=storable(body.get_content()) if body is not None else "",
        files=tuple(
            IncomingFile(part.get_filename() or "file", part.get_content_type(), part.get_content())
            for part in mail.iter_attachments()
            if isinstance(part, EmailMessage) and isinstance(part.get_content(), bytes)
        ),
        mail_class=kind,
        reason=reason,
        loop_marks=tuple(str(value) for value in mail.get_all("x-sysmo-loop", [])),
    )


def _class(mail: EmailMessage) -> tuple[MailClass, str]:
    if mail.get_content_type() == "multipart/report":
        return MailClass.BOUNCE, "Content-Type: multipart/report"
    submitted = str(mail.get("auto-submitted", "no"))
    if submitted.partition(";")[0].strip().casefold() != "no":
        return MailClass.AUTOMATIC, f"Auto-Submitted: {submitted}"
    return MailClass.HUMAN, ""

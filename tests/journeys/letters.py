"""The mails that a desk wrote into a folder."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

_CODE = re.compile(r"\b[0-9A-Z]{4}(?:-[0-9A-Z]{4}){6}\b")


def to(folder: Path, address: str) -> list[EmailMessage]:
    """The mails to ``address``, oldest first."""
    paths = sorted(folder.glob("*.eml"), key=lambda path: (path.stat().st_mtime_ns, path.name))
    read = (message_from_bytes(path.read_bytes(), policy=policy.default) for path in paths)
    return [mail for mail in read if isinstance(mail, EmailMessage) and mail["To"] == address]


def text_of(mail: EmailMessage) -> str:
    """What a mail says."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def code_to(folder: Path, address: str) -> str:
    """The one-time code in the newest mail to ``address``."""
    found = _CODE.search(text_of(to(folder, address)[-1]))
    assert found is not None
    return found[0]

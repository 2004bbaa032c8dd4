"""Mail that comes in, for the tests: what was understood of it, or its bytes."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from email.message import EmailMessage
from itertools import count
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Desk, command_for
from sysmo_tui.domain.enums import MailClass, SenderFault
from sysmo_tui.domain.incoming import Incoming, MailAddress
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.mail import receiving
from sysmo_tui.mail.keeping import keep_all, mail_caller
from sysmo_tui.models import InboundMail, table
from sysmo_tui.services import deciding, inbound
from sysmo_tui.services.deciding import Decided
from sysmo_tui.services.files import Upload

_numbers = count(1)

MARTA = "marta@acme.example"
"""Somebody whom the desk does not know."""


def understood(sender: str | None = MARTA, name: str = "Marta Díaz", **given: Any) -> Incoming:
    """A mail that a person wrote, unless ``given`` says otherwise."""
    mail = Incoming(
        message_id=f"<{next(_numbers)}@mail.acme.example>",
        sender=MailAddress(sender, name) if sender else None,
        fault=None if sender else SenderFault.MISSING,
        recipients=("help@desk.example",),
        subject="The printer burns",
        sent_at=None,
        in_reply_to=(),
        references=(),
        body="Smoke comes out.",
        files=(),
        mail_class=MailClass.HUMAN,
        reason="",
    )
    return dataclasses.replace(mail, **given)


def deliver(
    desk: Desk, mail: Incoming, mailbox: str = "", uploads: Sequence[Upload] = (), raw: bytes | None = None
) -> Decided:
    """Keep and decide a mail of which ``raw``, or else anything unlike the others, was received."""
    content = raw if raw is not None else repr(mail).encode()
    kept = desk.settle(mail_caller(), inbound.keep, mailbox, Raw.whole(content))
    command = command_for(deciding.decide, key=f"inbound:{kept.id}")
    return desk.write(mail_caller(), command, deciding.decide, kept.id, mail, uploads)


def came_together(desk: Desk, mailbox: str, contents: Sequence[bytes]) -> tuple[Kept, ...]:
    """Keep and decide mails together."""
    raws = [Raw.whole(content) for content in contents]
    kept = keep_all(desk, mailbox, raws)
    receiving.settle_kept(desk, kept, raws)
    return kept


def written(
    sender: str = MARTA,
    subject: str = "The printer burns",
    body: str = "Smoke comes out.",
    to: str = "help@desk.example",
    **headers: str,
) -> bytes:
    """The bytes of a mail; ``headers`` like ``in_reply_to="<a@b>"``."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Message-ID"] = headers.pop("message_id", f"<{next(_numbers)}@mail.acme.example>")
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail.as_bytes()


def kept(desk: Desk) -> list[sa.Row[Any]]:
    """Every mail that was kept, in order."""
    with desk.store.reading() as session:
        return list(session.execute(sa.select(table(InboundMail)).order_by(table(InboundMail).c.id)))


def with_file(name: str, content: bytes, sender: str = MARTA) -> bytes:
    """The bytes of a mail with one file."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, "help@desk.example", "The printer burns"
    mail["Message-ID"] = f"<{next(_numbers)}@mail.acme.example>"
    mail.set_content("Smoke comes out.")
    mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()

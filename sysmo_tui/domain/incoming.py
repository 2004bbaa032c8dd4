"""A received mail as the desk understands it: what its bytes say, and nothing that they only claim."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime

from sysmo_tui.domain.enums import MailClass, SenderFault

NOBODY_THERE = frozenset({"5.1.0", "5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.0", "5.2.1", "5.4.4"})
"""Statuses about the recipient's address, mailbox or host (RFC 3463, 3.2 and 3.3; RFC 7505)."""

_NOTHING_SAID = "5.0.0"
_STATUS = re.compile(r"(?<![\d.])5\.\d{1,3}\.\d{1,3}(?![\d.])")


@dataclass(frozen=True, slots=True)
class MailAddress:
    """One mailbox (RFC 5322, 3.4): an address like ``marta@acme.example``, and the name beside it or ""."""

    address: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A part of a mail that is kept as a file; ``name`` is decoded, and never empty."""

    name: str
    media_type: str
    content: bytes = field(repr=False)
    is_inline: bool = False


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """What a bounce says of one recipient (RFC 3464). ``status`` is like ``5.1.1``, "" when none was given.

    ``original_id`` is the Message-ID of the mail that did not arrive, ``text`` the server's own words.
    """

    recipient: str
    status: str
    original_id: str
    text: str

    @property
    def is_nobody_there(self) -> bool:
        """Whether nothing will ever arrive there: not when it was this mail, its size, or a full mailbox.

        A failure for good that says no more counts as one; a server's words may say more.
        """
        if self.status != _NOTHING_SAID:
            return self.status in NOBODY_THERE
        said = _STATUS.search(self.text)
        return said is None or said[0] in NOBODY_THERE | {_NOTHING_SAID}


@dataclass(frozen=True, slots=True)
class Incoming:
    """A received mail. All text is storable: no NUL, no lone surrogates.

    ``recipients`` are all addresses that it was sent or delivered to, also as headers of the servers
    on its way tell; ``in_reply_to`` and ``references`` are Message-IDs with their angle brackets, as
    written, oldest first. ``sender`` is None for the reason in ``fault``. ``reason`` names what made
    ``mail_class``: a header's name and value. ``remarks`` are what was lost or limited in reading it.
    """

    message_id: str
    sender: MailAddress | None
    fault: SenderFault | None
    recipients: tuple[str, ...]
    subject: str
    sent_at: datetime | None
    in_reply_to: tuple[str, ...]
    references: tuple[str, ...]
    body: str
    files: tuple[IncomingFile, ...]
    mail_class: MailClass
    reason: str
    reports: tuple[DeliveryReport, ...] = ()
    loop_marks: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()

    @property
    def claimed(self) -> str:
        """The address that it says it is from, "" where it names no single one."""
        return self.sender.address if self.sender else ""

"""A mail that is being decided, and what it is ruled to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sysmo_tui.domain.enums import MailClass, MailReason, SenderStanding, Verdict
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.trail import Trail
from sysmo_tui.services.files import Upload
from sysmo_tui.services.people import Known


@dataclass(frozen=True, slots=True)
class KeptMail:
    """A kept mail that is locked to be decided, as it was until now."""

    id: int
    mailbox: str
    size: int
    is_cut: bool
    verdict: Verdict
    reason: MailReason | None
    ticket_number: int | None
    decision: list[dict[str, Any]]
    error: str


@dataclass(slots=True)
class Case:
    """A mail that is being decided. ``address`` is its sender's, ``sender`` their account if there is one."""

    mail: KeptMail
    incoming: Incoming
    uploads: tuple[Upload, ...]
    trail: Trail
    address: str = ""
    sender: Known | None = None
    standing: SenderStanding | None = None

    @property
    def is_human(self) -> bool:
        """Whether a person wrote it, and not a machine for them."""
        return self.incoming.mail_class is MailClass.HUMAN


@dataclass(frozen=True, slots=True)
class Ruling:
    """What a mail becomes, and why."""

    verdict: Verdict
    reason: MailReason
    ticket_number: int | None = None
    entry_id: int | None = None
    topic_id: int | None = None

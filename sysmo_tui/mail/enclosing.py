"""The files of a public answer, sent along as far as they fit."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field

from sysmo_tui import identity
from sysmo_tui.desk import Desk, Work
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.errors import NotFound
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.views import File
from sysmo_tui.mail.facts import MailFacts, NotToBeSent
from sysmo_tui.services import files
from sysmo_tui.services.outbox import OwedMail


@dataclass(frozen=True, slots=True)
class Enclosed:
    """A file that goes with a mail, and its bytes."""

    file: File
    content: bytes = field(repr=False)


def read(desk: Desk, caller: Caller, facts: MailFacts) -> tuple[Enclosed, ...]:
    """The bytes of what goes along, a chunk in each transaction, as the recipient may read them.

    NotToBeSent when they may not any more, and for a file that is damaged.
    """
    return tuple(Enclosed(file, _content(desk, caller, facts.mail, file)) for file in facts.enclosed)


def _content(desk: Desk, caller: Caller, mail: OwedMail, file: File) -> bytes:
    content = b"".join(files.each_chunk(lambda position: desk.read(caller, _chunk, mail, file.key, position)))
    if hashlib.sha256(content).hexdigest() != file.sha256:
        raise NotToBeSent(N_("A file of this answer is damaged."))
    return content


def _chunk(work: Work, mail: OwedMail, key: str, position: int) -> bytes:
    actor = identity.of_account(work.session, mail.account_id or 0, work.caller)
    with work.acting_as(actor):
        try:
            return files.read_chunk(work, mail.ticket_number or 0, key, position)
        except NotFound:
            raise NotToBeSent from None

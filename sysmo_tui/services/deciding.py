"""Deciding a kept mail, exactly once: what it becomes, what follows and the verdict are written together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import AuditKind, MailReason, Verdict
from sysmo_tui.domain.errors import Conflict, NotFound
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import storable_line
from sysmo_tui.domain.trail import Trail
from sysmo_tui.models import InboundMail, table
from sysmo_tui.services import audit, mail_rules, mail_sight
from sysmo_tui.services.files import Upload
from sysmo_tui.services.mail_case import Case, Ruling
from sysmo_tui.services.matching import ID_LIMIT

_MAIL = table(InboundMail)
_LOCKED = sa.select(InboundMail).where(_MAIL.c.id == sa.bindparam("mail")).with_for_update()


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a mail."""

    id: int
    verdict: Verdict
    reason: MailReason | None
    ticket_number: int | None


def decide(work: Work, inbound_id: int, incoming: Incoming, uploads: Sequence[Upload] = ()) -> Decided:
    """Let the rules decide what a kept mail becomes; what was decided before stands.

    ``uploads`` are its files, staged by the desk.
    """
    require_right(work.actor, Right.OPERATE)
    mail = _locked(work, inbound_id)
    if mail.verdict is Verdict.PENDING:
        trail = Trail()
        ruling = mail_rules.judge(work, Case(mail, incoming, tuple(uploads), trail))
        describe(mail, incoming)
        _settle(work, mail, ruling, trail)
    return Decided(inbound_id, mail.verdict, mail.reason, mail.ticket_number)


def give_up(work: Work, inbound_id: int) -> Decided:
    """Put a mail that could not be read or decided into quarantine, where a person sees it."""
    require_right(work.actor, Right.OPERATE)
    mail = _locked(work, inbound_id)
    if mail.verdict is Verdict.PENDING:
        trail = Trail()
        trail.note("unreadable", True, mail.error)
        _settle(work, mail, Ruling(Verdict.QUARANTINED, MailReason.UNREADABLE), trail)
    return Decided(inbound_id, mail.verdict, mail.reason, mail.ticket_number)


def file_accepted(
    work: Work,
    inbound_id: int,
    incoming: Incoming,
    uploads: Sequence[Upload] = (),
    *,
    as_new: bool,
    joins: bool = False,
) -> Decided:
    """File a mail of the quarantine because the actor says so: as a new request, or where it belongs.

    With ``joins`` the sender takes part in that ticket from now on. Conflict for a mail that somebody
    decided meanwhile, Invalid for one that nobody can have written.
    """
    mail_sight.require(work, inbound_id)
    mail = _locked(work, inbound_id)
    if mail.verdict is not Verdict.QUARANTINED:
        raise Conflict(N_("Mail {id} was decided already."), id=inbound_id)
    describe(mail, incoming)
    trail = Trail(list(mail.decision))
    case = Case(mail, incoming, tuple(uploads), trail)
    _settle(work, mail, mail_rules.accept(work, case, as_new=as_new, joins=joins), trail)
    mail.decided_by_id = work.actor.account_id
    detail = {"decision": "accept", "mail": inbound_id, "ticket": mail.ticket_number}
    audit.record(work, AuditKind.MAIL_DECIDED, detail=detail)
    return Decided(inbound_id, mail.verdict, mail.reason, mail.ticket_number)


def describe(mail: InboundMail, incoming: Incoming) -> None:
    """Note on a kept mail what it says of itself."""
    mail.message_id = incoming.message_id[:ID_LIMIT]
    mail.sender = incoming.sender.address[:254] if incoming.sender else ""
    mail.sender_name = storable_line(incoming.sender.name)[:200] if incoming.sender else ""
    mail.subject = storable_line(incoming.subject)[:200]
    mail.mail_class = incoming.mail_class


def _locked(work: Work, inbound_id: int) -> InboundMail:
    statement = _LOCKED.execution_options(populate_existing=True)
    mail = work.session.execute(statement, {"mail": inbound_id}).scalar_one_or_none()
    if mail is None:
        raise NotFound(N_("There is no mail {id}."), id=inbound_id)
    return mail


def _settle(work: Work, mail: InboundMail, ruling: Ruling, trail: Trail) -> None:
    changes: dict[str, Any] = {
        "verdict": ruling.verdict,
        "reason": ruling.reason,
        "ticket_number": ruling.ticket_number,
        "entry_id": ruling.entry_id,
        "topic_id": ruling.topic_id,
        "decision": [*trail.lines],
        "decided_at": work.now,
        "error": "",
    }
    for name, value in changes.items():
        setattr(mail, name, value)
    work.session.flush()

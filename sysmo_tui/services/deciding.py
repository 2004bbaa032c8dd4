"""Deciding a kept mail, exactly once: what it becomes, what follows and the verdict are written together."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Memory, Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import AuditKind, MailReason, Verdict
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.policy import Right, require_right
from sysmo_tui.domain.text import storable_line
from sysmo_tui.domain.trail import Trail
from sysmo_tui.models import InboundMail, table
from sysmo_tui.services import audit, mail_rules, mail_sight, quarantine
from sysmo_tui.services.files import Upload
from sysmo_tui.services.mail_case import Case, KeptMail, Ruling
from sysmo_tui.services.matching import ID_LIMIT

LINE_LIMIT = 200
"""Characters of a sender's name and of a subject that are kept beside a mail, for lists."""

_MAIL = table(InboundMail)
_LOCKED = (
    sa.select(*(_MAIL.c[field.name] for field in dataclasses.fields(KeptMail)))
    .where(_MAIL.c.id == sa.bindparam("mail"))
    .with_for_update()
)
_LOCKED_TOGETHER = (
    sa.select(*(_MAIL.c[field.name] for field in dataclasses.fields(KeptMail)))
    .where(_MAIL.c.id.in_(sa.bindparam("mails", expanding=True)))
    .order_by(_MAIL.c.id)
    .with_for_update()
)
_AHEAD: Memory[dict[int, KeptMail]] = Memory(is_common=True)
"""Mails that are locked, until somebody decides them."""
_SETTLE = sa.update(_MAIL).where(_MAIL.c.id == sa.bindparam("mail"))


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
    if mail.verdict is not Verdict.PENDING:
        return _as_it_is(mail)
    trail = Trail()
    ruling = mail_rules.judge(work, Case(mail, incoming, tuple(uploads), trail))
    return _settle(work, mail, ruling, trail, _described(incoming))


def lock(work: Work, inbound_ids: Sequence[int]) -> None:
    """Lock mails that are about to be decided, in their order, by one statement."""
    rows = work.session.execute(_LOCKED_TOGETHER, {"mails": sorted(inbound_ids)})
    _AHEAD.set(work, {row.id: KeptMail(*row) for row in rows})


def give_up(work: Work, inbound_id: int) -> Decided:
    """Put a mail that could not be read or decided into quarantine, where a person sees it."""
    require_right(work.actor, Right.OPERATE)
    mail = _locked(work, inbound_id)
    if mail.verdict is not Verdict.PENDING:
        return _as_it_is(mail)
    trail = Trail()
    trail.note("unreadable", True, mail.error)
    return _settle(work, mail, Ruling(Verdict.QUARANTINED, MailReason.UNREADABLE), trail, {})


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
        raise quarantine.decided(inbound_id)
    trail = Trail(list(mail.decision))
    case = Case(mail, incoming, tuple(uploads), trail)
    ruling = mail_rules.accept(work, case, as_new=as_new, joins=joins)
    changes = _described(incoming) | {"decided_by_id": work.actor.account_id}
    decided = _settle(work, mail, ruling, trail, changes)
    detail = {"decision": "accept", "mail": inbound_id, "ticket": decided.ticket_number}
    audit.record(work, AuditKind.MAIL_DECIDED, detail=detail)
    return decided


def _described(incoming: Incoming) -> dict[str, Any]:
    """What a mail says of itself, as it is kept."""
    return {
        "message_id": incoming.message_id[:ID_LIMIT],
        "sender": incoming.claimed[: addresses.MAX_LENGTH],
        "sender_name": storable_line(incoming.sender.name)[:LINE_LIMIT] if incoming.sender else "",
        "subject": storable_line(incoming.subject)[:LINE_LIMIT],
        "mail_class": incoming.mail_class,
    }


def _locked(work: Work, inbound_id: int) -> KeptMail:
    ahead = (_AHEAD.get(work) or {}).pop(inbound_id, None)
    if ahead is not None:
        return ahead
    row = work.session.execute(_LOCKED, {"mail": inbound_id}).first()
    if row is None:
        raise mail_sight.missing(inbound_id)
    return KeptMail(*row)


def _as_it_is(mail: KeptMail) -> Decided:
    return Decided(mail.id, mail.verdict, mail.reason, mail.ticket_number)


def _settle(work: Work, mail: KeptMail, ruling: Ruling, trail: Trail, changes: dict[str, Any]) -> Decided:
    values = {
        "verdict": ruling.verdict,
        "reason": ruling.reason,
        "ticket_number": ruling.ticket_number,
        "entry_id": ruling.entry_id,
        "topic_id": ruling.topic_id,
        "decision": [*trail.lines],
        "decided_at": work.now,
        "error": "",
    }
    work.later(_SETTLE, {"mail": mail.id, **values, **changes})
    return Decided(mail.id, ruling.verdict, ruling.reason, ruling.ticket_number)

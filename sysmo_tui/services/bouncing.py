"""Mail that says that ours did not arrive (RFC 3464): found again, told on its ticket, never answered.

Anybody can write such a mail. It is believed only about a mail that the desk knows to have sent, and only
of the address that this mail went to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.domain.incoming import DeliveryReport, Incoming
from sysmo_tui.models import Outbox, Ticket, table
from sysmo_tui.services import desk_settings, matching, message_ids, reply_addresses, undeliverable
from sysmo_tui.services.mail_case import Case, Ruling

_OUTBOX, _TICKET = table(Outbox), table(Ticket)
_SENT = sa.select(_OUTBOX.c.message_id, _OUTBOX.c.address, _OUTBOX.c.ticket_number).where(
    _OUTBOX.c.message_id.in_(sa.bindparam("ids", expanding=True))
)
_SENT_ABOUT = sa.select(_OUTBOX.c.address).where(_OUTBOX.c.ticket_number == sa.bindparam("number")).distinct()
_LOCKED = (
    sa.select(Ticket)
    .where(_TICKET.c.number == sa.bindparam("number"))
    .with_for_update()
    .execution_options(populate_existing=True)
)

_NOTHING_SAID = DeliveryReport(recipient="", status="", original_id="", text="")


@dataclass(frozen=True, slots=True)
class _Original:
    """A mail of ours that did not arrive; ``went_to`` are the addresses that it is known to have gone to."""

    ticket_number: int | None
    went_to: tuple[str, ...]
    evidence: str


def rule(work: Work, case: Case) -> Ruling:
    """Note every recipient that a bounce names on the ticket of the mail that it is about."""
    numbers: list[int | None] = []
    for report in case.incoming.reports or (_NOTHING_SAID,):
        original = _original(work, case.incoming, report)
        if case.trail.note("original", original is not None, original.evidence if original else ""):
            assert original is not None
            _tell(work, case.incoming, report, original)
            numbers.append(original.ticket_number)
    if not numbers:
        return Ruling(Verdict.DROPPED, MailReason.UNKNOWN_BOUNCE)
    number = next((each for each in numbers if each is not None), None)
    return Ruling(Verdict.SYSTEM, MailReason.BOUNCED, number)


def _tell(work: Work, incoming: Incoming, report: DeliveryReport, original: _Original) -> None:
    folded = addresses.folded(report.recipient)
    ours = {each for each in map(addresses.folded, original.went_to) if each == folded or not folded}
    is_certain = len(ours) == 1
    ticket = None
    if original.ticket_number is not None:
        ticket = work.session.execute(_LOCKED, {"number": original.ticket_number}).scalar_one()
    reason = " ".join(part for part in (report.status, report.text or incoming.subject) if part)
    undeliverable.mark(
        work,
        address=ours.pop() if is_certain else report.recipient or "?",
        ticket=ticket,
        reason=reason,
        is_permanent=is_certain and report.is_permanent,
    )


def _original(work: Work, incoming: Incoming, report: DeliveryReport) -> _Original | None:
    """Our mail that a report is about: by its Message-ID, else by the address that the report came to."""
    ids = [each for each in (_bracketed(report.original_id), *matching.cited(incoming)) if each]
    sent = {row.message_id: row for row in work.session.execute(_SENT, {"ids": ids})}
    for message_id in ids:
        if message_id in sent:
            return _Original(sent[message_id].ticket_number, (sent[message_id].address,), message_id)
    settings = desk_settings.load(work)
    for message_id in ids:
        origin = message_ids.verify(settings.mail_key, message_id)
        if origin is not None and origin.ticket_number is not None:
            return _of_ticket(work, origin.ticket_number, message_id)
    for address in incoming.recipients:
        token = reply_addresses.verify(settings, address)
        if token is not None:
            found = _of_ticket(work, token.ticket_number, address)
            known = (*(found.went_to if found else ()), report.recipient)
            return found and replace(found, went_to=tuple(each for each in known if token.is_for(each)))
    return None


def _of_ticket(work: Work, number: int, evidence: str) -> _Original | None:
    """What was sent about a ticket, as far as it is still known."""
    if work.session.execute(_LOCKED, {"number": number}).first() is None:
        return None
    return _Original(number, tuple(work.session.execute(_SENT_ABOUT, {"number": number}).scalars()), evidence)


def _bracketed(message_id: str) -> str:
    bare = message_id.strip().strip("<>")
    return f"<{bare}>" if bare else ""

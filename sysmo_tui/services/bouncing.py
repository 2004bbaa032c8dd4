"""Mail that says that ours did not arrive (RFC 3464): found again, told on its ticket, never answered.

Anybody can write such a mail. It is believed only about a mail that the desk knows to have sent and that
it names by its Message-ID, only of the address that this mail went to, and not when its owner wrote in
the ticket since: what others see of a mail of ours they see in its answer. One that came to a reply
address alone is told on the ticket: everybody who gets a copy of an answer sees that address.
"""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.domain.incoming import DeliveryReport, Incoming
from sysmo_tui.models import Entry, Outbox, table
from sysmo_tui.services import desk_settings, matching, reply_addresses, undeliverable
from sysmo_tui.services.mail_case import Case, Ruling
from sysmo_tui.services.reply_addresses import ReplyToken

MOST_TOLD = 5
"""Recipients of one bounce that are told of: a mail of ours has one, and those to whom it was forwarded."""

_OUTBOX, _ENTRY = table(Outbox), table(Entry)
_IS_ANSWERED = sa.exists().where(
    _ENTRY.c.ticket_number == _OUTBOX.c.ticket_number,
    _ENTRY.c.author_id == _OUTBOX.c.account_id,
    _ENTRY.c.created_at > _OUTBOX.c.created_at,
)
_MAILS = sa.select(
    _OUTBOX.c.message_id, _OUTBOX.c.address, _OUTBOX.c.ticket_number, _IS_ANSWERED.label("is_answered")
)
_SENT = _MAILS.where(_OUTBOX.c.message_id.in_(sa.bindparam("ids", expanding=True)))
_SENT_ABOUT = _MAILS.where(_OUTBOX.c.ticket_number == sa.bindparam("number")).order_by(_OUTBOX.c.id)

_NOTHING_SAID = DeliveryReport(recipient="", status="", original_id="", text="")


@dataclass(frozen=True, slots=True)
class _Original:
    """A mail of ours that did not arrive; ``went_to`` is where it is known to have gone, "" for nowhere.

    ``may_mark``: the report named that very mail, and who got it wrote nothing in its ticket since.
    """

    ticket_number: int | None
    went_to: str
    evidence: str
    may_mark: bool = False


def rule(work: Work, case: Case) -> Ruling:
    """Note the recipients that a bounce names on the ticket of the mail that it is about."""
    numbers: list[int | None] = []
    for report in case.incoming.reports[:MOST_TOLD] or (_NOTHING_SAID,):
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
    folded, ours = addresses.folded(report.recipient), addresses.folded(original.went_to)
    is_certain = bool(ours) and folded in ("", ours)
    said = report.text or incoming.subject
    reason = said if report.status in said else f"{report.status} {said}".strip()
    undeliverable.mark(
        work,
        address=ours if is_certain else report.recipient or "?",
        number=original.ticket_number,
        reason=reason,
        is_permanent=is_certain and report.is_nobody_there and original.may_mark,
    )


def _original(work: Work, incoming: Incoming, report: DeliveryReport) -> _Original | None:
    """Our mail that a report is about: by its Message-ID, else by the address that the report came to."""
    ids = [each for each in (_bracketed(report.original_id), *matching.cited(incoming)) if each]
    sent = {row.message_id: row for row in work.session.execute(_SENT, {"ids": ids})}
    for message_id in ids:
        if found := sent.get(message_id):
            return _Original(found.ticket_number, found.address, message_id, not found.is_answered)
    settings = desk_settings.load(work)
    for message_id in ids:
        number = matching.own_ticket(work, message_id)
        if number is not None:
            # It is ours, and too old to know whom it went to.
            return _Original(number, "", message_id)
    for address in incoming.recipients:
        token = reply_addresses.verify(settings, address)
        if token is not None and matching.exists(work, token.ticket_number):
            return _by_token(work, token, address)
    return None


def _by_token(work: Work, token: ReplyToken, evidence: str) -> _Original:
    """What is known of the newest mail to whom a reply address was made for."""
    mails = work.session.execute(_SENT_ABOUT, {"number": token.ticket_number}).all()
    newest = next((mail for mail in reversed(mails) if token.is_for(mail.address)), None)
    if newest is None:
        return _Original(token.ticket_number, "", evidence)
    return _Original(token.ticket_number, newest.address, evidence)


def _bracketed(message_id: str) -> str:
    bare = message_id.strip().strip("<>")
    return f"<{bare}>" if bare else ""

"""Sending what is owed: claim, write, hand over, mark; one bad mail never stops the next."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from email.errors import MessageError
from email.message import EmailMessage
from enum import StrEnum

from sysmo_tui.desk import Desk, command_for
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.mail import enclosing, facts
from sysmo_tui.mail.compose import compose, sender_address
from sysmo_tui.mail.facts import MailFacts, NotToBeSent
from sysmo_tui.mail.transport import NETWORK_SECONDS, Line, Refused, Transport
from sysmo_tui.services import leases, outbox, undeliverable
from sysmo_tui.services.leases import Duty
from sysmo_tui.services.outbox import OwedMail

AT_ONCE = 10
"""Mails that are claimed together."""

NOTING_SECONDS = 600.0
"""How long it is waited for a database that is away, to note in it what has left: else it leaves twice."""

_MARGIN = timedelta(minutes=3)
"""What must remain of a claim before its mail is handed over: more than a slow server takes."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How many mails were accepted, refused for good, and put off."""

    accepted: int = 0
    failed: int = 0
    later: int = 0

    def __add__(self, other: Sent) -> Sent:
        return Sent(self.accepted + other.accepted, self.failed + other.failed, self.later + other.later)


class Outcome(StrEnum):
    """What became of a command's own mail."""

    NOTHING_OWED = "nothing_owed"
    LEFT_TO_WORKER = "left_to_worker"
    SENT = "sent"
    REFUSED = "refused"
    WAITING = "waiting"
    NOBODY_SENDS = "nobody_sends"


def send_due(
    desk: Desk,
    transport: Transport,
    holder: str,
    *,
    of_batch: str | None = None,
    seconds: float = NETWORK_SECONDS,
    goes_on: Callable[[], bool] = lambda: True,
) -> Sent:
    """Send every mail that is due, or that ``of_batch`` owes, until none is left.

    ``seconds`` is how long the mail server may take for an answer. Stops early when the
    server cannot be reached, and when ``goes_on`` says so; what is left waits.
    """
    if not transport.is_ready:
        return Sent()
    total = Sent()
    with transport.line(seconds) as line:
        while goes_on():
            # Durably: who finds its claim gone after a fall of the server cannot note what has left by then.
            mails = desk.settle(desk_caller(), outbox.claim, holder, AT_ONCE, of_batch)
            if not mails:
                break
            sent, is_line_good = _send_all(desk, line, holder, mails, goes_on)
            total += sent
            if not is_line_good:
                break
    return total


def send_batch(desk: Desk, transport: Transport, batch_id: str, seconds: float = 3.0) -> Outcome:
    """Send what one command owes, right after it, when nobody else does; at most about ``seconds``.

    REFUSED means that some of it failed for good, WAITING that some of it will be tried again.
    """
    caller = desk_caller()
    if not desk.read(caller, outbox.is_owed_by, batch_id):
        return Outcome.NOTHING_OWED
    if desk.read(caller, leases.is_alive, Duty.MAIL_OUT):
        return Outcome.LEFT_TO_WORKER
    if not transport.is_ready:
        return Outcome.NOBODY_SENDS
    end = time.monotonic() + seconds
    sent = send_due(
        desk,
        transport,
        f"command:{batch_id}",
        of_batch=batch_id,
        seconds=seconds,
        goes_on=lambda: time.monotonic() < end,
    )
    if desk.read(caller, outbox.is_owed_by, batch_id):
        return Outcome.WAITING
    return Outcome.REFUSED if sent.failed else Outcome.SENT


def send_overdue(desk: Desk, transport: Transport, holder: str, seconds: float = 3.0) -> Sent:
    """Send what others left behind, when nobody else does; for about ``seconds``."""
    caller = desk_caller()
    if not desk.read(caller, outbox.is_due) or desk.read(caller, leases.is_alive, Duty.MAIL_OUT):
        return Sent()
    end = time.monotonic() + seconds
    return send_due(desk, transport, holder, seconds=seconds, goes_on=lambda: time.monotonic() < end)


def write(desk: Desk, mail: OwedMail) -> tuple[MailFacts, EmailMessage]:
    """The message of a claimed mail, from what is true now; NotToBeSent when it must not leave."""
    found = desk.read(desk_caller(), facts.gather, mail)
    try:
        return found, compose(found, enclosing.read(desk, desk_caller(), found))
    except (ValueError, LookupError, MessageError) as error:
        # What people stored cannot be made into a mail: this row fails, the others go on.
        raise NotToBeSent(f"{type(error).__name__}: {error}") from error


def _send_all(
    desk: Desk, line: Line, holder: str, mails: tuple[OwedMail, ...], goes_on: Callable[[], bool]
) -> tuple[Sent, bool]:
    total, broken = Sent(), ""
    for mail in mails:
        if broken:
            _put_off(desk, holder, mail, broken)
            total += Sent(later=1)
        elif not goes_on() or mail.claimed_until - desk.clock() < _MARGIN:
            desk.touch(desk_caller(), outbox.let_go, mail.id, holder)
        else:
            sent, broken = _send_one(desk, line, holder, mail)
            total += sent
    return total, not broken


def _send_one(desk: Desk, line: Line, holder: str, mail: OwedMail) -> tuple[Sent, str]:
    """Send one mail; the text is why nothing more can be sent now, if so."""
    caller = desk_caller()
    try:
        found, message = write(desk, mail)
        line.send(message, sender_address(found), message["To"].addresses[0].addr_spec)
    except NotToBeSent as refusal:
        if not refusal.reason:
            desk.settle(caller, outbox.drop, mail.id, holder)
            return Sent(), ""
        desk.settle(caller, outbox.mark_failed, mail, holder, refusal.reason, is_permanent=True)
        return Sent(failed=1), ""
    except Refused as refusal:
        if refusal.is_permanent:
            desk.write(
                caller,
                command_for(undeliverable.refused),
                undeliverable.refused,
                mail,
                holder,
                refusal.text,
                is_about_address=refusal.is_about_address,
            )
            return Sent(failed=1), ""
        _put_off(desk, holder, mail, refusal.text)
        return Sent(later=1), refusal.text if refusal.is_about_line else ""
    desk.with_patience(NOTING_SECONDS).settle(caller, outbox.mark_sent, mail.id, holder)
    return Sent(accepted=1), ""


def _put_off(desk: Desk, holder: str, mail: OwedMail, text: str) -> None:
    desk.settle(desk_caller(), outbox.mark_failed, mail, holder, text, is_permanent=False)

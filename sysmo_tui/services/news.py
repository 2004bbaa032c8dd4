"""What waits for those who run the desk, counted."""

from __future__ import annotations

from dataclasses import dataclass

from sysmo_tui.desk import Work
from sysmo_tui.domain.policy import Right, has
from sysmo_tui.services import mail_queue, mailboxes, quarantine, registration, topics
from sysmo_tui.services.mail_queue import Waiting


@dataclass(frozen=True, slots=True)
class News:
    """How many codes nobody used yet, how many topics nobody serves, and the mail that was not sent.

    What the actor has no right to know is none, or None.
    """

    codes: int
    topics_without_operators: int
    mail: Waiting | None
    undecided: int
    """Mails that wait for the actor's decision."""
    failing_mailboxes: int
    """Mailboxes that mail cannot be fetched from."""


def read(work: Work) -> News:
    """What waits, as far as the actor may decide about it."""
    actor = work.actor
    manages_mail = has(actor, Right.MANAGE_MAIL)
    return News(
        codes=registration.count_pending(work) if has(actor, Right.MANAGE_ACCOUNTS) else 0,
        topics_without_operators=(len(topics.without_operators(work)) if has(actor, Right.SEE_PEOPLE) else 0),
        mail=mail_queue.waiting_summary(work) if manages_mail else None,
        undecided=quarantine.count(work),
        failing_mailboxes=mailboxes.failing(work) if manages_mail else 0,
    )

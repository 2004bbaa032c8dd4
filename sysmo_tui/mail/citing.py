"""Which earlier mails a mail cites, so that its recipient's program shows one conversation."""

from __future__ import annotations

import re

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.models import Entry, MailReference, Outbox, table
from sysmo_tui.services.outbox import OwedMail

REFERENCES = 10
"""Earlier mails that a mail cites beside the first (RFC 5322, 3.6.4)."""

_OUTBOX, _REFERENCE, _ENTRY = table(Outbox), table(MailReference), table(Entry)
_ID = re.compile(r"<(?!.*=\?)[!-;=?A-~]{1,250}@[!-;=?A-~]{1,250}>")
"""A Message-ID that can stand in a header as it is (RFC 5322, 3.6.4), and that no reader decodes."""

_EARLIER_MAILS = sa.union_all(
    sa.select(
        _REFERENCE.c.message_id,
        _ENTRY.c.created_at.label("at"),
        sa.literal(0).label("is_ours"),
        _REFERENCE.c.id.label("id"),
    )
    .join(_ENTRY, _ENTRY.c.id == _REFERENCE.c.entry_id)
    .where(
        _REFERENCE.c.ticket_number == sa.bindparam("number"),
        _ENTRY.c.author_id == sa.bindparam("account"),
        _ENTRY.c.created_at <= sa.bindparam("made"),
    ),
    sa.select(_OUTBOX.c.message_id, _OUTBOX.c.created_at, sa.literal(1), _OUTBOX.c.id).where(
        _OUTBOX.c.ticket_number == sa.bindparam("number"),
        _OUTBOX.c.address == sa.bindparam("address"),
        _OUTBOX.c.sent_at.is_not(None),
        # What a digest told of had no mail of its own.
        _OUTBOX.c.digest_at.is_(None),
        _OUTBOX.c.id < sa.bindparam("mail"),
    ),
).order_by("at", "is_ours", "id")


def references(work: Work, mail: OwedMail) -> tuple[str, ...]:
    """The first mail about the ticket from or to the recipient, and the newest ones, oldest first.

    What other people wrote or got is not among them: it would tell who else takes part.
    """
    given = {
        "number": mail.ticket_number,
        "account": mail.account_id,
        "address": mail.address,
        "mail": mail.id,
        "made": mail.created_at,
    }
    found = work.session.execute(_EARLIER_MAILS, given).scalars()
    earlier = list(dict.fromkeys(each for each in found if _ID.fullmatch(each)))
    return tuple(earlier[:1] + earlier[1:][-REFERENCES:])

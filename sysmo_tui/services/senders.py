"""Senders of mail that are blocked or allowed."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses
from sysmo_tui.domain.enums import SenderStanding
from sysmo_tui.models import MailSender, table

_SENDER = table(MailSender)
_OF = sa.select(_SENDER.c.pattern, _SENDER.c.standing).where(
    _SENDER.c.pattern.in_(sa.bindparam("patterns", expanding=True))
)


def standing(work: Work, address: str) -> SenderStanding | None:
    """What was decided about an address, or else about its domain; None for nothing."""
    folded = addresses.folded(address)
    patterns = [folded, f"@{folded.rpartition('@')[2]}"]
    found = {row.pattern: row.standing for row in work.session.execute(_OF, {"patterns": patterns})}
    return found.get(patterns[0], found.get(patterns[1]))

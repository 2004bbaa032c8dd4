"""How many tickets saved searches have: counted up to a limit, after looking through so many at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import arms, inboxes, search_words
from sysmo_tui.services.inboxes import COUNTED, READABLE
from sysmo_tui.services.saved_searches import SavedLine

_TICKET = table(Ticket)


@dataclass(frozen=True, slots=True)
class Count:
    """So many tickets, or ``is_more``: at least so many, for not all were looked at."""

    number: int
    is_more: bool = False


def counts(work: Work, searches: Iterable[SavedLine]) -> Mapping[int, Count]:
    """The counts of searches by their id, without those that only reading more could tell.

    Each is counted up to :data:`inboxes.COUNTED`. Where no index leads to its tickets, only the first
    :data:`inboxes.READABLE` of its inbox are looked at, most urgent first.
    """
    found = ((line.id, _count(work, line)) for line in searches)
    return {key: count for key, count in found if count is not None}


def _count(work: Work, line: SavedLine) -> Count | None:
    asked = inboxes.understood(work, line.inbox, line.query, None)
    whole, prior = asked.wanted.whole, asked.wanted.prior
    if whole.condition is None:
        return None
    if whole.candidates is not None or asked.wanted.is_everything:
        shape = replace(asked.shape, limit=COUNTED)
        numbers = arms.keys(shape) if whole.candidates is None else arms.among(shape, whole.candidates, prior)
        counted = sa.select(sa.func.count()).select_from(numbers.subquery())
        number = work.session.execute(counted, asked.bound).scalar_one()
        return Count(number, number >= COUNTED)
    looked_at = arms.keys(replace(asked.shape, limit=READABLE)).subquery("looked_at")
    is_one = sa.func.coalesce(sa.func.sum(sa.case((search_words.opaque(sa.and_(*prior)), 1), else_=0)), 0)
    joined = sa.join(looked_at, _TICKET, _TICKET.c.number == looked_at.c.number)
    number, among = work.session.execute(
        sa.select(is_one, sa.func.count()).select_from(joined), asked.bound
    ).one()
    if not number and among >= READABLE:
        return None
    return Count(min(number, COUNTED), among >= READABLE or number >= COUNTED)

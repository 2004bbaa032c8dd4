"""Searches for common words: the tickets whose matching entries are newest come first.

To put all matches of a word that stands in every tenth entry into another order, a
database has to visit them all. Their newest entries are at hand at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Inbox
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import arms, search_words
from sysmo_tui.services.arms import Shape
from sysmo_tui.services.cursors import Place
from sysmo_tui.services.search import Compiled
from sysmo_tui.services.search_words import Group, Hit

_TICKET = table(Ticket)


@dataclass(frozen=True, slots=True)
class Found:
    """The tickets of a page, and where the next one begins, if there is more."""

    numbers: list[int]
    next: Place | None


def page(
    work: Work, shape: Shape, wanted: Compiled, bound: dict[str, Any], place: Place | None, size: int
) -> Found:
    """A page of ``size`` tickets behind ``place`` that ``wanted`` finds in the inbox of ``shape``.

    Each ticket stands where its newest matching entry stands, so a page may have to look
    beyond the tickets that it shows; it never shows one twice.
    """
    last_of: dict[int, int] = {}
    first = place.first if place else 0
    most = search_words.FEW if wanted.whole.rest is None else search_words.MOST
    for hits in _descending(work, wanted.whole.groups, place, most):
        first = first or (hits[0][0] if hits else 0)
        newest: dict[int, int] = {}
        for entry, number in hits:
            if number not in last_of:
                newest.setdefault(number, entry)
        passing = _passing(work, shape, wanted, bound, place, frozenset(newest))
        last_of |= {number: entry for number, entry in newest.items() if number in passing}
        if len(last_of) > size:
            break
    numbers = list(last_of)[:size]
    is_more = len(last_of) > size
    return Found(numbers, Place(last_of[numbers[-1]], first) if is_more else None)


def _passing(
    work: Work,
    shape: Shape,
    wanted: Compiled,
    bound: dict[str, Any],
    place: Place | None,
    numbers: frozenset[int],
) -> frozenset[int]:
    """Which of the tickets belong to the page: seen, found, and not on an earlier page."""
    if not numbers:
        return numbers
    rest = wanted.whole.rest
    is_all = shape.sees_all and shape.inbox is Inbox.ALL
    conditions = [*([] if is_all else [arms.allowed(shape)]), sa.true() if rest is None else rest]
    if shape.is_open_only:
        conditions.append(_TICKET.c.closed_at.is_(None))
    if place is not None:
        shown = (group.tickets_between(place.last, place.first) for group in wanted.whole.groups)
        conditions += [_TICKET.c.number.not_in(tickets) for tickets in shown]
    asked = [condition for condition in conditions if not isinstance(condition, sa.True_)]
    passing = search_words.passing(work, numbers, sa.and_(*asked), bound) if asked else numbers
    return passing if rest is not None else search_words.passing(work, passing, wanted.within(passing))


def _descending(work: Work, groups: tuple[Group, ...], place: Place | None, most: int) -> Iterator[list[Hit]]:
    """The hits of all groups together, newest first, in stretches that grow up to ``most``."""
    length = search_words.FEW
    if place is None:
        read = [(list(group.hits), group.end) for group in groups]
    else:
        read = [search_words.below(work, group, place.last, length) for group in groups]
    while True:
        # Below the highest end, one group may still have hits that were not read.
        edge = max((end for _, end in read if end is not None), default=0)
        yield sorted((hit for hits, _ in read for hit in hits if hit[0] >= edge), reverse=True)
        if not edge:
            return
        length = min(4 * length, most)
        read = [search_words.below(work, group, edge, length) for group in groups]

"""How content customers are with what was closed: a rating from 1 to 5 of each closing cycle."""

from __future__ import annotations

from sysmo_tui.desk import Work
from sysmo_tui.domain import cycles as folding
from sysmo_tui.domain.cycles import BEST_RATING, WORST_RATING
from sysmo_tui.domain.enums import Category, EventKind
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Changed
from sysmo_tui.services import closing, cycles, events, visible


def given(work: Work, number: int) -> int | None:
    """How a ticket is rated, None while it is not; for who may rate it."""
    visible.require(work, number, Verb.RATE)
    return folding.last_rating(cycles.of_ticket(work, number))


def rate(work: Work, number: int, rating: int) -> Changed:
    """Say how content one is with a closed ticket, from 1 to 5; once more replaces what one said.

    For its customer's side, by whatever way: the requester and collaborators, staff on what they asked
    themselves. Nobody is mailed. Forbidden for other staff, Conflict while the ticket is not closed.
    """
    if rating not in range(WORST_RATING, BEST_RATING + 1):
        raise Invalid(
            N_("A rating is a number from {worst} to {best}."),
            field="rating",
            worst=WORST_RATING,
            best=BEST_RATING,
        )
    seen = visible.ticket_for_change(work, number, Verb.RATE)
    if not visible.takes_part_as_customer(work, seen.ticket):
        raise Forbidden(N_("Only its customer can rate a ticket."))
    if seen.ticket.category is not Category.CLOSED:
        raise Conflict(N_("#{number} is not closed. It can be rated once it is."), number=number)
    before = folding.last_rating(cycles.of_ticket(work, number))
    if before != rating:
        events.record(work, seen.ticket, EventKind.RATED, changes={"rating": (before, rating)})
    return closing.changed_for(work, seen)

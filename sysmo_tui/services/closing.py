"""The end of a ticket's life, and its return."""

from __future__ import annotations

from sysmo_tui.desk import Work
from sysmo_tui.domain.closed_sets import NO_ANSWER
from sysmo_tui.domain.enums import Category, CloseReason, EventKind
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Changed
from sysmo_tui.services import events, states, thread, tickets, visible
from sysmo_tui.services.thread import Outgoing


def close(
    work: Work,
    number: int,
    *,
    message: Outgoing | None = None,
    reason: CloseReason | None = None,
    unanswered: CloseReason | None = None,
    version: int | None = None,
) -> Changed:
    """Close a ticket, with a last public reply if there is one to give.

    Closed means answered: staff who close what was never answered publicly give a
    ``message`` or a ``reason``; ``unanswered`` is a reason for that case alone.
    Conflict when it is closed already.
    """
    seen = visible.ticket_for_change(work, number, Verb.CLOSE, version=version)
    ticket = seen.ticket
    if ticket.first_response_at is None:
        reason = reason or unanswered
    if ticket.category is Category.CLOSED:
        raise Conflict(N_("#{number} is closed already."), number=number)
    by_desk = thread.speaks_for_desk(work, seen)
    if message is not None:
        thread.reply(work, number, message)
    elif by_desk and reason is None and ticket.first_response_at is None:
        raise Invalid(
            N_("#{number} was never answered. Write a last reply, or give a reason for none: {reasons}."),
            field="reason",
            number=number,
            reasons=", ".join(NO_ANSWER),
        )
    if reason is not None and not by_desk:
        raise Invalid(
            N_("Only the desk's staff give a reason, and not on a request of their own."), field="reason"
        )
    if reason is not None and reason not in NO_ANSWER:
        raise Invalid(
            N_("Choose one of these reasons: {reasons}."), field="reason", reasons=", ".join(NO_ANSWER)
        )
    ended = CloseReason.ANSWERED if by_desk else CloseReason.BY_CUSTOMER
    states.close(work, ticket, reason or ended)
    return changed_for(work, seen)


def reopen(work: Work, number: int, *, version: int | None = None) -> Changed:
    """Put a closed ticket back in progress; for its customer, they wait again."""
    seen = visible.ticket_for_change(work, number, Verb.REOPEN, version=version)
    if seen.ticket.category is not Category.CLOSED:
        raise Conflict(N_("#{number} is not closed."), number=number)
    states.reopen(work, seen.ticket, is_asked=not thread.speaks_for_desk(work, seen))
    return changed_for(work, seen)


def spam(work: Work, number: int, *, version: int | None = None) -> Changed:
    """Close a ticket as spam: no mail, out of all measures. Reopening takes it back."""
    seen = visible.ticket_for_change(work, number, Verb.SPAM, version=version)
    ticket = seen.ticket
    if ticket.is_spam:
        raise Conflict(N_("#{number} is spam already."), number=number)
    changes = states.move(work, ticket, states.default_state(work, Category.CLOSED), CloseReason.SPAM)
    changes |= {"is_spam": (False, True), "waiting_since": (ticket.waiting_since, FAR_FUTURE)}
    ticket.is_spam, ticket.waiting_since = True, FAR_FUTURE
    events.record(work, ticket, EventKind.SPAMMED, changes=changes)
    return changed_for(work, seen)


def changed_for(work: Work, seen: visible.Seen) -> Changed:
    """What the ticket is now, in the words of the actor's side."""
    return tickets.changed(work, seen.ticket, seen.audience)

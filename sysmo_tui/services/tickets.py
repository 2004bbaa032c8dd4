"""Who has a ticket: taking, releasing, assigning, handing over."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Audience, Category, Cause, EventKind
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import clean_line
from sysmo_tui.domain.views import Changed
from sysmo_tui.domain.workflow import customer_category
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import events, history, people, states, visible

NOBODY = 0
"""Stands for no account where an assignee is compared with who is seen to have a ticket."""

_TICKET = table(Ticket)

_OPEN_OF = (
    sa.select(Ticket)
    .where(
        _TICKET.c.closed_at.is_(None),
        sa.or_(
            _TICKET.c.assignee_id == sa.bindparam("account"), _TICKET.c.owner_id == sa.bindparam("account")
        ),
    )
    .order_by(_TICKET.c.number)
    .with_for_update()
)


def take(work: Work, number: int, *, version: int | None = None) -> Changed:
    """Make the actor the assignee; Conflict when someone else was faster."""
    ticket = visible.ticket_for_change(work, number, Verb.TAKE, version=version).ticket
    _require_open(ticket)
    if ticket.assignee_id is not None and ticket.assignee_id != work.actor.account_id:
        raise Conflict(
            N_("{who} already took #{number}."),
            who=people.shown_name(work, ticket.assignee_id),
            number=number,
        )
    if ticket.assignee_id is None:
        give(work, ticket, work.actor.account_id, EventKind.TAKEN)
    return changed(work, ticket)


def assign(
    work: Work, number: int, to: str, *, seen: int | None = None, version: int | None = None
) -> Changed:
    """Give the ticket to a member of staff, by address or ``me``, whoever has it now.

    ``seen`` is the account, or :data:`NOBODY`, that its author saw to have it: Conflict for another one.
    """
    ticket = visible.ticket_for_change(work, number, Verb.ASSIGN, version=version).ticket
    _require_open(ticket)
    _require_seen(work, ticket, seen)
    person = people.staff(work, to, field="to")
    if person.id != ticket.assignee_id:
        kind = EventKind.TAKEN if person.id == work.actor.account_id else EventKind.ASSIGNED
        give(work, ticket, person.id, kind)
    return changed(work, ticket)


def release(work: Work, number: int, *, seen: int | None = None, version: int | None = None) -> Changed:
    """Put the ticket back among the unassigned; new again if nothing public was answered.

    ``seen`` as for :func:`assign`.
    """
    ticket = visible.ticket_for_change(work, number, Verb.RELEASE, version=version).ticket
    _require_open(ticket)
    if ticket.assignee_id is None:
        raise Conflict(N_("Nobody has #{number}."), number=number)
    _require_seen(work, ticket, seen)
    let_go(work, ticket)
    return changed(work, ticket)


def give(work: Work, ticket: Ticket, account_id: int | None, kind: EventKind, cause: str = "") -> None:
    """Set the assignee of a locked ticket: new becomes open, and the first assignee its owner."""
    changes = {
        "assignee_id": (ticket.assignee_id, account_id),
        "owner_id": (ticket.owner_id, ticket.owner_id or account_id),
    }
    ticket.assignee_id, ticket.owner_id = account_id, ticket.owner_id or account_id
    if ticket.category is Category.NEW:
        changes |= states.move_to_category(work, ticket, Category.OPEN)
    events.record(work, ticket, kind, changes=changes, cause=cause)


def let_go(work: Work, ticket: Ticket, cause: str = "") -> None:
    """Take the assignee from a locked, open ticket: new again, or in progress when it was answered."""
    changes: states.Changes = {"assignee_id": (ticket.assignee_id, None)}
    ticket.assignee_id = None
    category = Category.NEW if ticket.first_response_at is None else Category.OPEN
    changes |= states.move_to_category(work, ticket, category)
    events.record(work, ticket, EventKind.RELEASED, changes=changes, cause=cause)


def hand_over(work: Work, from_account_id: int, to_account_id: int | None, cause: Cause) -> int:
    """Move every open ticket of an account to another, or release them; returns how many.

    Only for those who may end its work, for ``cause``: the caller has checked the right.
    """
    tickets = work.session.execute(_OPEN_OF, {"account": from_account_id}).scalars().all()
    for ticket in tickets:
        if ticket.owner_id == from_account_id:
            _change_owner(work, ticket, to_account_id, cause)
        if ticket.assignee_id != from_account_id:
            continue
        if to_account_id is None:
            let_go(work, ticket, cause)
        else:
            give(work, ticket, to_account_id, EventKind.ASSIGNED, cause)
    return len(tickets)


def changed(work: Work, ticket: Ticket, capacity: Audience = Audience.STAFF) -> Changed:
    """What a ticket is after a change, in the words of the actor's side."""
    state = states.all_states(work)[ticket.status_id]
    is_staff = capacity is Audience.STAFF
    return Changed(
        number=ticket.number or 0,
        status=clean_line(state.name if is_staff else state.customer_label),
        category=state.category if is_staff else customer_category(state.category),
        assignee=people.shown_name(work, ticket.assignee_id),
        subject=clean_line(ticket.subject),
        version=ticket.version if is_staff else None,
        changes=history.just_made(work, ticket) if is_staff else (),
        is_changed=any(happened.ticket is ticket for happened in work.happened),
    )


def _change_owner(work: Work, ticket: Ticket, account_id: int | None, cause: Cause) -> None:
    before, ticket.owner_id = ticket.owner_id, account_id
    events.record(work, ticket, EventKind.EDITED, changes={"owner_id": (before, account_id)}, cause=cause)


def _require_seen(work: Work, ticket: Ticket, seen: int | None) -> None:
    """Refuse to decide about a ticket that somebody else was given meanwhile."""
    if seen is None or (ticket.assignee_id or NOBODY) == seen:
        return
    if ticket.assignee_id is None:
        raise Conflict(N_("Nobody has #{number} any more. Look at it again."), number=ticket.number)
    raise Conflict(
        N_("{who} has #{number} now. Look at it again."),
        who=people.shown_name(work, ticket.assignee_id),
        number=ticket.number,
    )


def _require_open(ticket: Ticket) -> None:
    if ticket.category is Category.CLOSED:
        raise Conflict(N_("#{number} is closed. Reopen it first."), number=ticket.number)

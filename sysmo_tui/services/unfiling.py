"""Taking back a ticket that staff filed: its customer has none, and its text is a draft again.

The number stays used, and so does the history. What is left is a closed ticket of whoever filed it,
in no figure, of which the customer never hears.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import taken_back
from sysmo_tui.domain.closed_sets import BY_STAFF
from sysmo_tui.domain.enums import Category, Cause, CloseReason, DraftKind, EntryKind, EventKind, PersonRole
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.models import Entry, Ticket, TicketPerson, table
from sysmo_tui.services import drafts, events, people, reverting, states, topics, withdrawing
from sysmo_tui.services.acts import Act, Told

_ENTRY, _PERSON = table(Entry), table(TicketPerson)
_REQUEST = (
    sa.select(Entry)
    .where(_ENTRY.c.ticket_number == sa.bindparam("number"), _ENTRY.c.kind == EntryKind.REQUEST)
    .execution_options(populate_existing=True)
)
_WATCHES_NO_MORE = sa.delete(_PERSON).where(
    _PERSON.c.ticket_number == sa.bindparam("number"),
    _PERSON.c.account_id == sa.bindparam("me"),
    _PERSON.c.role == PersonRole.WATCHER,
)


def unfile(work: Work, ticket: Ticket, act: Act, later: Sequence[Told]) -> None:
    """Take back the filing of a locked ticket, with all that the same command did to it.

    Conflict when anything happened to it since, its customer was mailed, or has read it.
    """
    for event in later:
        raise Conflict(
            N_("{who} did something to #{number} since. Nothing is undone."),
            who=reverting.who(work, event.actor_id),
            number=act.number,
        )
    request = work.session.execute(_REQUEST, {"number": act.number}).scalar_one()
    withdrawing.require_unread(work, ticket, request)
    withdrawing.cancel(work, act)
    if withdrawing.has_left(work, act):
        raise Conflict(
            N_("The customer has been told of #{number} already. Nothing is undone."), number=act.number
        )
    if not act.events[0].cause.startswith(Cause.CLONE):
        _to_draft(work, ticket, act, request)
    cause = taken_back.cause_of(act.batch, act.kinds)
    changes = _make_ones_own(work, ticket)
    withdrawing.drop(work, ticket, request)
    events.record(work, ticket, EventKind.UNDONE, entry=request, changes=changes, cause=cause)
    withdrawing.drop_files(work, request)
    for fact in reverting.put_facts_back(work, act):
        events.record(work, ticket, EventKind.UNDONE, changes=fact, cause=cause)
    work.session.execute(_WATCHES_NO_MORE, {"number": act.number, "me": work.actor.account_id})


def _make_ones_own(work: Work, ticket: Ticket) -> states.Changes:
    """Close a ticket as withdrawn, and let nobody but its author have to do with it."""
    me = work.actor.account_id
    assert me is not None
    own: dict[str, Any] = {"assignee_id": None, "owner_id": None}
    if ticket.requester_id != me:
        author = people.by_id(work, me)
        own |= {
            "requester_id": me,
            "contact_email": author.address,
            "company_id": author.company_id,
            "undeliverable_at": author.undeliverable_at,
        }
    changes: states.Changes = {name: (getattr(ticket, name), value) for name, value in own.items()}
    for name, value in own.items():
        setattr(ticket, name, value)
    closed = states.default_state(work, Category.CLOSED)
    changes |= states.move(work, ticket, closed, CloseReason.WITHDRAWN)
    changes.pop("label", None)
    changes["waiting_since"] = (ticket.waiting_since, FAR_FUTURE)
    ticket.waiting_since = FAR_FUTURE
    return changes


def _to_draft(work: Work, ticket: Ticket, act: Act, request: Entry) -> None:
    """Make what was typed the draft of a new ticket again, behind one that was begun meanwhile."""
    uploads = withdrawing.uploads_of(work, request)
    begun = drafts.load(work, drafts.NEW_TICKET, DraftKind.TICKET)
    fields = _typed(work, ticket, act) | {"body": request.body}
    if begun is not None:
        kept = {name: value for name, value in begun.fields.items() if value.strip()}
        text = "\n\n".join(each for each in (kept.pop("body", ""), request.body) if each.strip())
        fields |= {**kept, "body": text}
    staged = (*(begun.files if begun else ()), *uploads)
    drafts.save(work, drafts.NEW_TICKET, DraftKind.TICKET, fields, uploads=staged)


def _typed(work: Work, ticket: Ticket, act: Act) -> dict[str, str]:
    """What the form of a new ticket held, by its fields; whom it is for is empty for oneself."""
    is_own = ticket.requester_id == work.actor.account_id
    return {
        "requester": "" if is_own else ticket.contact_email,
        "topic": topics.by_id(work, ticket.topic_id).slug,
        "subject": ticket.subject,
        "urgency": ticket.urgency,
        "impact": ticket.impact,
        "channel": ticket.channel if ticket.channel in BY_STAFF else "",
        "tags": " ".join(tag for name, _gone, tag in act.facts if name == "tag"),
    }

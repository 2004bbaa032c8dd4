"""A ticket that goes on with a closed one, which its topic does not let open again."""

from __future__ import annotations

import dataclasses

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Category, Cause, EventKind, PersonRole
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Filed
from sysmo_tui.models import Ticket, TicketPerson, Topic, table
from sysmo_tui.services import events, filing, people, thread, topics, visible
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing

_TICKET, _PERSON = table(Ticket), table(TicketPerson)
_TAKES_PART = sa.exists().where(
    _PERSON.c.ticket_number == _TICKET.c.number,
    _PERSON.c.account_id == sa.bindparam("me"),
    _PERSON.c.role == PersonRole.COLLABORATOR,
)
_GOES_ON = (
    sa.select(_TICKET.c.number)
    .where(
        _TICKET.c.continues == sa.bindparam("closed"),
        _TICKET.c.category != Category.CLOSED,
        sa.or_(_TICKET.c.requester_id == sa.bindparam("me"), _TAKES_PART),
    )
    .order_by(_TICKET.c.number.desc())
    .limit(1)
)


def open_one(work: Work, closed: Ticket) -> int | None:
    """The open ticket that goes on with a locked, closed one already and in which the actor takes part."""
    given = {"closed": closed.number, "me": work.actor.account_id}
    number: int | None = work.session.scalar(_GOES_ON, given)
    return number


def answer(work: Work, closed: Ticket, message: Outgoing) -> Filed:
    """Put what the actor answered to a locked, closed ticket into the open one that goes on with it.

    Where there is none, as :func:`go_on`.
    """
    number = open_one(work, closed)
    if number is None:
        return go_on(work, closed, message)
    seen = visible.ticket_for_change(work, number, Verb.REPLY)
    # What its author saw last is in the closed ticket.
    filed = thread.reply_to(work, seen, dataclasses.replace(message, seen=None))
    return dataclasses.replace(filed, continues=closed.number, is_new=False)


def go_on(work: Work, closed: Ticket, message: Outgoing, *, contact: str | None = None) -> Filed:
    """File what the actor answered to a locked, closed ticket as a new one of theirs, of the same subject.

    Mail about it goes to ``contact``, else where mail about the closed one went.
    """
    me = work.actor.account_id
    if me is None:
        raise Invalid(N_("Say whom the ticket is for."), field="requester")
    requester = people.by_id(work, me)
    if contact is None and me == closed.requester_id:
        contact = closed.contact_email
    request = Filing(topic="", subject=closed.subject, body=message.body, files=message.files)
    ticket, entry = filing.make(
        work,
        request,
        _topic(work, closed),
        dataclasses.replace(requester, address=contact or requester.address),
        continues=closed.number,
        cause=f"{Cause.CONTINUES}:{closed.number}",
    )
    events.record(work, closed, EventKind.EDITED, changes={"continued_by": (None, ticket.number)})
    seen = visible.Seen(ticket, visible.capacity(work, ticket))
    filed = thread.filed(work, seen, entry, len(message.files))
    return dataclasses.replace(filed, continues=closed.number)


def _topic(work: Work, closed: Ticket) -> Topic:
    topic = topics.by_id(work, closed.topic_id)
    return topics.first_public(work) if topic.archived_at is not None else topic

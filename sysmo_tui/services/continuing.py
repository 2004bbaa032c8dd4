"""A new ticket that goes on with a closed one, which its topic does not let open again."""

from __future__ import annotations

import dataclasses

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Cause, EventKind
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.views import Filed
from sysmo_tui.models import Ticket, Topic
from sysmo_tui.services import events, filing, people, thread, topics, visible
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing


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
    seen = visible.Seen(ticket, visible.audience(work, ticket.number or 0))
    return dataclasses.replace(thread.filed(work, seen, entry, len(message.files)), continues=closed.number)


def _topic(work: Work, closed: Ticket) -> Topic:
    topic = topics.by_id(work, closed.topic_id)
    return topics.first_public(work) if topic.archived_at is not None else topic

"""Tickets as scripts read them: keys may be added here, never renamed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sysmo_tui.domain import taken_back
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.views import (
    Change,
    Changed,
    CustomerEntry,
    CustomerEventLine,
    CustomerTicket,
    CustomerTicketRow,
    Entry,
    EventLine,
    File,
    Filed,
    MailLine,
    Person,
    TicketRow,
    TicketView,
    Withdrawn,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sysmo_tui.services.companies import CompanyLine
    from sysmo_tui.services.explaining import Reason
    from sysmo_tui.services.links import TicketLink
    from sysmo_tui.services.presence import Present
    from sysmo_tui.services.undoing import Undone

Shape = dict[str, Any]


def row(ticket: TicketRow | CustomerTicketRow) -> Shape:
    """A ticket in a list."""
    return _staff_row(ticket) if isinstance(ticket, TicketRow) else _customer_row(ticket)


def whole(
    ticket: TicketView | CustomerTicket,
    *,
    with_events: bool = False,
    undelivered: Iterable[MailLine] = (),
    present: Iterable[Present] = (),
) -> Shape:
    """A ticket with its thread; for staff with who has it open now."""
    shape = row(ticket.row) | {"content": ticket.content, "rating": ticket.rating}
    shape |= {"continues": ticket.continues, "continued_by": ticket.continued_by}
    if isinstance(ticket, TicketView):
        shape |= {
            "impact": ticket.impact,
            "urgency": ticket.urgency,
            "close_reason": ticket.close_reason,
            "is_spam": ticket.is_spam,
            "tags": list(ticket.tags),
            "users": [person(each) for each in ticket.collaborators],
            "watchers": [person(each) for each in ticket.watchers],
            "undelivered": [
                {"address": mail.address, "error": mail.error, "at": mail.failed_at} for mail in undelivered
            ],
            "present": [
                {"name": each.name, "is_writing": each.is_writing, "since": each.since} for each in present
            ],
        }
    shape["entries"] = [entry(each) for each in ticket.entries]
    if with_events:
        shape["events"] = events(ticket.events)
    return shape


def events(lines: Iterable[EventLine | CustomerEventLine]) -> list[Shape]:
    """The history of a ticket."""
    return [_event(line) if isinstance(line, EventLine) else _customer_event(line) for line in lines]


def entry(written: Entry | CustomerEntry) -> Shape:
    """One thing in a thread."""
    author: Shape = {"name": written.author}
    more: Shape = {}
    if isinstance(written, Entry):
        author["email"] = written.author_email
        more = {"withdrawn_at": written.withdrawn_at}
    return more | {
        "key": written.key,
        "kind": written.kind,
        "visibility": written.visibility if isinstance(written, Entry) else "public",
        "author": author,
        "at": written.at,
        "channel": written.channel,
        "body": written.body,
        "attachments": [file(each) for each in written.files],
    }


def file(attached: File) -> Shape:
    """A file of a ticket."""
    return {
        "key": attached.key,
        "filename": attached.filename,
        "media_type": attached.media_type,
        "size": attached.size,
        "sha256": attached.sha256,
    }


def link(found: TicketLink) -> Shape:
    """A link of a ticket, and where it was written last."""
    return {
        "url": found.link.url,
        "host": found.link.host,
        "letters": found.link.letters or None,
        "doubts": list(found.link.doubts),
        "entry": found.entry,
        "author": found.author,
        "at": found.at,
    }


def undone(result: Undone) -> Shape:
    """A command that was undone, and what its tickets are now."""
    return {
        "batch": result.batch,
        "command": result.command,
        "at": result.at,
        "numbers": list(result.numbers),
        "what": [str(each) for each in result.what],
        "tickets": [changed(each) for each in result.tickets],
        "drafts": list(result.texts),
    }


def reason(found: Reason) -> Shape:
    """What made a ticket what it is now."""
    event = found.event
    return {
        "field": found.field,
        "value": found.value,
        "at": event.at,
        "actor": event.actor,
        "channel": event.channel,
        "kind": event.kind,
        "cause": event.cause,
        "batch": event.batch,
    }


def company(line: CompanyLine) -> Shape:
    """A customers' company."""
    return {
        "id": line.id,
        "name": line.name,
        "tax_id": line.tax_id,
        "country": line.country,
        "domains": list(line.domains),
        "is_own": line.is_own,
        "notes": line.notes,
        "people": line.people,
    }


def filed(result: Filed) -> Shape:
    """What filing, replying or noting made."""
    return {
        "number": result.number,
        "entry": result.entry_key,
        "status": result.status,
        "category": result.category,
        "files": result.files,
        "continues": result.continues,
    }


def withdrawn(result: Withdrawn) -> Shape:
    """What a ticket is after a reply was taken back."""
    return {
        "number": result.number,
        "status": result.status,
        "category": result.category,
        "assignee": result.assignee,
        "files": result.files,
    }


def changed(result: Changed) -> Shape:
    """What a ticket is after a change; customers have no version."""
    shape: Shape = {
        "number": result.number,
        "subject": result.subject,
        "status": result.status,
        "category": result.category,
        "assignee": result.assignee,
    }
    if result.version is not None:
        shape |= {"version": result.version, "changes": _changes(result.changes)}
    return shape


def _changes(changes: Iterable[Change]) -> Shape:
    return {change.field: [change.old, change.new] for change in changes}


def person(someone: Person) -> Shape:
    """Someone who takes part."""
    return {"email": someone.email, "name": someone.name}


def _maybe(someone: Person | None) -> Shape | None:
    return None if someone is None else person(someone)


def _staff_row(ticket: TicketRow) -> Shape:
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "category": ticket.category,
        "priority": ticket.priority,
        "type": ticket.type,
        "topic": ticket.topic,
        "channel": ticket.channel,
        "requester": person(ticket.requester) | {"company": ticket.requester.company},
        "contact_email": ticket.contact_email,
        "assignee": _maybe(ticket.assignee),
        "owner": _maybe(ticket.owner),
        "users": [],
        "departments": [],
        "suppliers": [],
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "waiting_since": None if ticket.waiting_since == FAR_FUTURE else ticket.waiting_since,
        "first_response_at": ticket.first_response_at,
        "closed_at": ticket.closed_at,
        "due_at": ticket.due_at,
        "follow_up_at": ticket.follow_up_at,
        "action_due_at": ticket.action_due_at,
        "is_unread": ticket.is_unread,
        "undeliverable_at": ticket.undeliverable_at,
        "version": ticket.version,
    }


def _customer_row(ticket: CustomerTicketRow) -> Shape:
    return {
        "number": ticket.number,
        "subject": ticket.subject,
        "status": ticket.status,
        "category": ticket.category,
        "priority": ticket.priority,
        "topic": ticket.topic,
        "channel": ticket.channel,
        "requester": {"name": ticket.requester},
        "contact_email": ticket.contact_email,
        "operator": None if ticket.operator is None else {"name": ticket.operator},
        "created_at": ticket.created_at,
        "updated_at": ticket.updated_at,
        "closed_at": ticket.closed_at,
        "is_unread": ticket.is_unread,
    }


def _event(line: EventLine) -> Shape:
    return {
        "at": line.at,
        "actor": line.actor,
        "channel": line.channel,
        "kind": line.kind,
        "changes": _changes(line.changes),
        "cause": line.cause,
        "batch": line.batch,
        "undoes": taken_back.batch_of(line.cause),
        "is_undone": line.is_undone,
    }


def _customer_event(line: CustomerEventLine) -> Shape:
    return {
        "at": line.at,
        "kind": line.kind,
        "actor": line.who,
        "status": line.status,
        "rating": line.rating,
    }

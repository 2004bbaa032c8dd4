"""Taking back a reply before it leaves: nothing was sent, nobody read it, nothing that was typed is lost.

The mail of the reply's command is what decides: a row that no sender has claimed is deleted, and
a single customer's mail that left, or is being sent, refuses the whole.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import (
    Category,
    CloseReason,
    DraftKind,
    EntryKind,
    EventKind,
    PersonRole,
    Template,
    Visibility,
)
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.views import Withdrawn
from sysmo_tui.models import Attachment, Blob, Entry, Event, Outbox, ReadMark, Ticket, TicketPerson, table
from sysmo_tui.services import closing, drafts, events, notices, states, visible
from sysmo_tui.services.files import Upload

_TICKET, _ENTRY, _EVENT, _FILE = table(Ticket), table(Entry), table(Event), table(Attachment)
_BLOB, _OUTBOX, _MARK, _PERSON = table(Blob), table(Outbox), table(ReadMark), table(TicketPerson)

TO_CUSTOMERS = frozenset(
    {
        Template.ACKNOWLEDGED,
        Template.REPLIED,
        Template.CLOSED,
        Template.LABEL_CHANGED,
        Template.CONTACT_CHANGED,
    }
)
"""Templates by which a customer hears what a reply did."""

_OF_TICKET = _ENTRY.c.ticket_number == sa.bindparam("number")
_IS_PUBLIC = sa.and_(_ENTRY.c.visibility == Visibility.PUBLIC, _ENTRY.c.withdrawn_at.is_(None))
_LAST = (
    sa.select(Entry)
    .where(
        _OF_TICKET,
        _IS_PUBLIC,
        _ENTRY.c.kind == EntryKind.REPLY,
        _ENTRY.c.by_staff,
        _ENTRY.c.author_id == sa.bindparam("author"),
    )
    .order_by(_ENTRY.c.id.desc())
    .limit(1)
)
_NEWEST_PUBLIC = (
    sa.select(_ENTRY.c.id, _ENTRY.c.public_key)
    .where(_OF_TICKET, _IS_PUBLIC)
    .order_by(_ENTRY.c.id.desc())
    .limit(1)
)
_READ_BY_CUSTOMER = sa.select(_MARK.c.account_id).where(
    _MARK.c.ticket_number == sa.bindparam("number"),
    _MARK.c.entry_id >= sa.bindparam("entry"),
    sa.or_(
        _MARK.c.account_id == sa.bindparam("requester"),
        _MARK.c.account_id.in_(
            sa.select(_PERSON.c.account_id).where(
                _PERSON.c.ticket_number == sa.bindparam("number"),
                _PERSON.c.role == PersonRole.COLLABORATOR,
            )
        ),
    ),
)
_EVENTS = (
    sa.select(_EVENT.c.id, _EVENT.c.batch_id, _EVENT.c.entry_id, _EVENT.c.changes)
    .where(_EVENT.c.ticket_number == sa.bindparam("number"), _EVENT.c.id >= sa.bindparam("since"))
    .order_by(_EVENT.c.id)
)
_BATCH = sa.select(_EVENT.c.batch_id).where(
    _EVENT.c.ticket_number == sa.bindparam("number"),
    _EVENT.c.entry_id == sa.bindparam("entry"),
    _EVENT.c.kind == EventKind.REPLIED,
)
_FIRST_OF_BATCH = sa.select(sa.func.min(_EVENT.c.id)).where(
    _EVENT.c.ticket_number == sa.bindparam("number"), _EVENT.c.batch_id == sa.bindparam("batch")
)
_MAIL = sa.and_(
    _OUTBOX.c.batch_id == sa.bindparam("batch"), _OUTBOX.c.ticket_number == sa.bindparam("number")
)
_CANCEL = sa.delete(_OUTBOX).where(
    _MAIL,
    _OUTBOX.c.sent_at.is_(None),
    _OUTBOX.c.failed_at.is_(None),
    # One that was tried, or whose sender died, may have left.
    _OUTBOX.c.attempts == 0,
    _OUTBOX.c.claimed_by == "",
)
_LEFT = sa.select(_OUTBOX.c.id).where(_MAIL, _OUTBOX.c.template.in_(TO_CUSTOMERS)).limit(1)
_FILES = (
    sa.select(_FILE.c.blob_id, _FILE.c.filename, _FILE.c.media_type, _FILE.c.size, _FILE.c.sha256)
    .join(_BLOB, _BLOB.c.id == _FILE.c.blob_id)
    .where(_FILE.c.entry_id == sa.bindparam("entry"))
    .order_by(_FILE.c.id)
)
_DROP_FILES = sa.delete(_FILE).where(_FILE.c.entry_id == sa.bindparam("entry"))

_STATE = ("status_id", "category", "label", "closed_at", "close_reason")
_CLOCKS = ("first_response_at", "last_staff_at", "waiting_since", "public_updated_at")
_WHO = ("assignee_id", "owner_id")
_READ = {"category": Category, "close_reason": CloseReason}
_MOMENTS = frozenset({"closed_at", *_CLOCKS})

Changes = dict[str, list[Any]]
"""What a batch changed of a ticket by column: the value before, and the one that it left."""


def withdraw(work: Work, number: int) -> Withdrawn:
    """Take back the actor's last reply, and what the same command did to the ticket; its text is a draft.

    Status, assignee and closing go back unless something touched them since. Conflict when mail of
    it has left or is being sent, a customer has read it, or something newer was said.
    """
    seen = visible.ticket_for_change(work, number, Verb.WITHDRAW)
    ticket = seen.ticket
    entry = work.session.execute(
        _LAST.execution_options(populate_existing=True),
        {"number": number, "author": work.actor.account_id},
    ).scalar_one_or_none()
    batch = None if entry is None else _batch_of(work, number, entry)
    if entry is None or entry.id is None or batch is None:
        raise Conflict(N_("You have no reply in #{number} to take back."), number=number)
    _require_newest(work, ticket, entry)
    _require_unread(work, ticket, entry)
    _cancel(work, ticket, entry, batch)
    files = _to_draft(work, ticket, entry)
    _take_back(work, ticket, entry, _done_by(work, ticket, batch))
    work.session.execute(_DROP_FILES, {"entry": entry.id})
    changed = closing.changed_for(work, seen)
    return Withdrawn(number, changed.status, changed.category, changed.assignee, files)


def _batch_of(work: Work, number: int, entry: Entry) -> str | None:
    given = {"number": number, "entry": entry.id}
    return work.session.execute(_BATCH, given).scalar_one_or_none()


def _require_newest(work: Work, ticket: Ticket, entry: Entry) -> None:
    newest = work.session.execute(_NEWEST_PUBLIC, {"number": ticket.number}).one()
    if newest.id != entry.id:
        raise Conflict(N_("Something newer was said in #{number}: the reply stays."), number=ticket.number)


def _require_unread(work: Work, ticket: Ticket, entry: Entry) -> None:
    given = {"number": ticket.number, "entry": entry.id, "requester": ticket.requester_id}
    if work.session.execute(_READ_BY_CUSTOMER, given).first() is not None:
        raise Conflict(N_("The customer has read it already: the reply stays."))


def _cancel(work: Work, ticket: Ticket, entry: Entry, batch: str) -> None:
    """Delete the mail that nobody has begun to send; of two at once, sender and author, one gets a row."""
    given = {"batch": batch, "number": ticket.number}
    cancelled = work.affected(_CANCEL, given)
    if work.session.execute(_LEFT, given).first() is not None:
        raise Conflict(N_("The mail has left already: the reply stays."))
    # Without any mail that waits, as when nothing arrives at the customer's, the time alone decides.
    if not cancelled and work.now - entry.created_at > notices.SECOND_THOUGHTS:
        raise Conflict(N_("It is too late to take it back: the reply stays."))


def _done_by(work: Work, ticket: Ticket, batch: str) -> Changes:
    """What a batch changed of a ticket, as far as it is still as the batch left it."""
    number = ticket.number
    since = work.session.execute(_FIRST_OF_BATCH, {"number": number, "batch": batch}).scalar_one()
    changes: Changes = {}
    touched: set[str] = set()
    for event in work.session.execute(_EVENTS, {"number": number, "since": since}):
        if event.batch_id != batch:
            touched |= event.changes.keys()
            continue
        for name, (old, new) in event.changes.items():
            changes[name] = [changes[name][0] if name in changes else old, new]
    return {
        name: pair
        for name, pair in changes.items()
        if name not in touched and (name == "label" or events.plain(getattr(ticket, name)) == pair[1])
    }


def _to_draft(work: Work, ticket: Ticket, entry: Entry) -> int:
    """Make the text and the files a draft again, behind what was begun meanwhile; how many files."""
    number = ticket.number or 0
    uploads = tuple(Upload(*row) for row in work.session.execute(_FILES, {"entry": entry.id}))
    begun = drafts.load(work, number, DraftKind.REPLY)
    texts = [begun.fields.get("body", "") if begun else "", entry.body]
    body = "\n\n".join(text for text in texts if text.strip())
    staged = (*(begun.files if begun else ()), *uploads)
    drafts.save(work, number, DraftKind.REPLY, {"body": body}, begun.seen if begun else "", staged)
    return len(uploads)


def _take_back(work: Work, ticket: Ticket, entry: Entry, done: Changes) -> None:
    entry.withdrawn_at = work.now
    work.session.flush()
    newest = work.session.execute(_NEWEST_PUBLIC, {"number": ticket.number}).one()
    ticket.last_public_entry_id = newest.id
    names = [*_CLOCKS]
    names += _WHO if "assignee_id" in done else ()
    names += _STATE if _state_goes_back(ticket, done) else ()
    changes: states.Changes = {}
    for name in names:
        if name not in done:
            continue
        before, after = done[name]
        changes[name] = (after, before)
        if name != "label":
            setattr(ticket, name, _read(name, before))
    events.record(work, ticket, EventKind.WITHDRAWN, entry=entry, changes=changes)


def _read(name: str, value: Any) -> Any:
    """A column's value, from how an event keeps it."""
    if value is None:
        return None
    return datetime.fromisoformat(value) if name in _MOMENTS else _READ.get(name, lambda as_is: as_is)(value)


def _state_goes_back(ticket: Ticket, done: Changes) -> bool:
    """Whether the status is what the batch made it, and what it was before fits the rest.

    A ticket that the reply opened again stays open, and one that somebody has is not new.
    """
    if "status_id" not in done:
        return False
    before = done["category"][0] if "category" in done else ticket.category
    if before == Category.NEW:
        return "assignee_id" in done or ticket.assignee_id is None
    return bool(before != Category.CLOSED or "category" not in done)

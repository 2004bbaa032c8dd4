"""The thread of a ticket: replies, internal notes and files."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import (
    AccountState,
    Audience,
    Category,
    Cause,
    CloseReason,
    EntryKind,
    EventKind,
    Visibility,
)
from sysmo_tui.domain.errors import Conflict, Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.policy import Verb
from sysmo_tui.domain.text import clean_line, storable
from sysmo_tui.domain.views import Filed
from sysmo_tui.domain.workflow import customer_category
from sysmo_tui.models import Entry, Ticket, Topic, table
from sysmo_tui.services import (
    events,
    files,
    mentions,
    outbox,
    people,
    reopening,
    states,
    tickets,
    unsent,
    visible,
)
from sysmo_tui.services.files import Upload
from sysmo_tui.services.unsent import Unsent

BODY_LIMIT = 500_000
"""Characters of one entry; longer texts are better attached."""

_ENTRY, _TOPIC = table(Entry), table(Topic)
_WRITE = sa.insert(_ENTRY)
_KEY_ID = sa.select(_ENTRY.c.id).where(
    _ENTRY.c.public_key == sa.bindparam("key"), _ENTRY.c.ticket_number == sa.bindparam("number")
)
_ENDS_HOLD = sa.select(_TOPIC.c.reply_ends_hold).where(_TOPIC.c.id == sa.bindparam("topic"))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A reply or note that someone wrote.

    ``seen`` is the key of the newest public entry that its author saw: a newer one, also
    by the author from elsewhere, refuses the reply. ``status`` names where staff put the ticket with it.
    Its mail leaves after ``delay`` at the earliest; until then its author can take it back.
    What a machine wrote (``is_automatic``) is kept, and asks for nothing. Its ``draft`` is forgotten with it.
    """

    body: str
    files: tuple[Upload, ...] = ()
    seen: str | None = None
    status: str | None = None
    closes: bool = False
    is_automatic: bool = False
    delay: timedelta = timedelta()
    draft: Unsent | None = None


def reply(work: Work, number: int, message: Outgoing, *, version: int | None = None) -> Filed:
    """Add a public reply; by staff it answers, by the customer it asks again.

    Staff take an unassigned ticket by replying. A customer's reply puts a waiting ticket back in progress,
    and a closed one where its topic says so: else it goes into the open ticket that goes on with it, which
    it becomes where there is none. Raises Conflict when something newer was not seen.
    """
    return reply_to(work, visible.ticket_for_change(work, number, Verb.REPLY, version=version), message)


def reply_to(work: Work, seen: visible.Seen, message: Outgoing) -> Filed:
    """:func:`reply` to a ticket that was locked for it."""
    ticket = seen.ticket
    _require_seen(work, ticket, message.seen)
    unsent.forget(work, message.draft)
    answers = speaks_for_desk(work, seen)
    if message.status is not None and not answers:
        raise Invalid(N_("Only the desk's staff choose a status."), field="status")
    if not (answers or message.closes or message.is_automatic or reopening.reopens(work, ticket)):
        from sysmo_tui.services import continuing  # it files, which writes entries by this module

        return continuing.answer(work, ticket, message)
    entry = add_entry(work, ticket, EntryKind.REPLY, message.body, files_=message.files, by_staff=answers)
    if answers:
        _answer(work, ticket, entry, message)
    elif message.is_automatic:
        events.record(work, ticket, EventKind.REPLIED, entry=entry)
    else:
        _ask_again(work, ticket, entry)
    if message.closes:
        _close_with(work, seen)
    if message.delay:
        outbox.put_off(work, message.delay)
    return filed(work, seen, entry, len(message.files))


def note(
    work: Work, number: int, message: Outgoing, *, version: int | None = None, naming: str | None = None
) -> Filed:
    """Add an internal note, which no customer-visible byte depends on; whom it names is told and watches.

    Where its text is filled in, ``naming`` is what its author wrote.
    """
    seen = visible.ticket_for_change(work, number, Verb.NOTE, version=version)
    ticket = seen.ticket
    if message.closes or message.status is not None:
        raise Invalid(N_("A note changes neither the status nor closes the ticket."), field="status")
    entry = add_entry(
        work,
        ticket,
        EntryKind.NOTE,
        message.body,
        files_=message.files,
        by_staff=True,
        visibility=Visibility.INTERNAL,
    )
    unsent.forget(work, message.draft)
    events.record(work, ticket, EventKind.NOTED, entry=entry)
    mentions.follow(work, ticket, entry.body if naming is None else naming)
    return filed(work, seen, entry, len(message.files))


def attach(work: Work, number: int, uploads: tuple[Upload, ...], *, is_internal: bool = False) -> Filed:
    """Add files without a text of their own, public unless staff say otherwise."""
    seen = visible.ticket_for_change(work, number, Verb.NOTE if is_internal else Verb.ATTACH)
    if not uploads:
        raise Invalid(N_("Name at least one file."), field="attach")
    ticket = seen.ticket
    entry = add_entry(
        work,
        ticket,
        EntryKind.NOTE if is_internal else EntryKind.REPLY,
        "",
        files_=uploads,
        by_staff=speaks_for_desk(work, seen),
        visibility=Visibility.INTERNAL if is_internal else Visibility.PUBLIC,
        needs_body=False,
    )
    events.record(work, ticket, EventKind.ATTACHED, entry=entry)
    return filed(work, seen, entry, len(uploads))


def add_entry(
    work: Work,
    ticket: Ticket,
    kind: EntryKind,
    body: str,
    *,
    files_: tuple[Upload, ...] = (),
    by_staff: bool,
    visibility: Visibility = Visibility.PUBLIC,
    author_id: int | None = None,
    needs_body: bool = True,
) -> Entry:
    """Write one entry with its files; the event that tells of it is the caller's."""
    text = storable(body).strip("\n")
    if needs_body and not text.strip():
        raise Invalid(N_("Write something first."), field="body")
    require_room(text)
    entry = Entry(
        id=work.new_key(Entry),
        ticket_number=ticket.number or 0,
        public_key=secrets.token_hex(8),
        kind=kind,
        visibility=visibility,
        channel=work.actor.channel,
        author_id=author_id if author_id is not None else work.actor.account_id,
        author_name=_author_name(work, author_id),
        by_staff=by_staff,
        body=text,
        created_at=work.now,
    )
    # It is never changed again by the command that writes it.
    work.later(_WRITE, entry.model_dump())
    files.attach(work, entry, files_)
    return entry


def require_room(text: str) -> None:
    """Refuse a text that is longer than a message may be."""
    if len(text) > BODY_LIMIT:
        raise Invalid(
            N_("The text is too long: at most {limit} characters. Attach it as a file."),
            field="body",
            limit=BODY_LIMIT,
        )


def _author_name(work: Work, author_id: int | None) -> str:
    """What the author is called while writing; nothing for the desk, and for names that are provisional."""
    me = work.actor.account_id
    if author_id is None or author_id == me:
        return "" if me is None else work.actor.name
    author = people.by_id(work, author_id)
    return "" if author.state is AccountState.PENDING else author.name


def speaks_for_desk(work: Work, seen: visible.Seen) -> bool:
    """Whether the actor's words answer: staff do, but not on a request of their own."""
    return seen.audience is Audience.STAFF and work.actor.account_id != seen.ticket.requester_id


def mark_answered(work: Work, ticket: Ticket) -> states.Changes:
    """Stop the customer's waiting: a public staff reply was written."""
    changes: states.Changes = {
        "first_response_at": (ticket.first_response_at, ticket.first_response_at or work.now),
        "last_staff_at": (ticket.last_staff_at, work.now),
        "waiting_since": (ticket.waiting_since, FAR_FUTURE),
    }
    ticket.first_response_at = ticket.first_response_at or work.now
    ticket.last_staff_at = work.now
    ticket.waiting_since = FAR_FUTURE
    return changes


def _answer(work: Work, ticket: Ticket, entry: Entry, message: Outgoing) -> None:
    public_before = ticket.public_updated_at
    if ticket.assignee_id is None:
        tickets.give(work, ticket, work.actor.account_id, EventKind.TAKEN)
    changes = mark_answered(work, ticket)
    changes["public_updated_at"] = (public_before, max(work.now, public_before))
    if message.status is not None:
        state = states.find_state(work, message.status)
        if state.category is Category.CLOSED:
            raise Invalid(N_("To close with this reply, say so: --close"), field="status")
        changes = states.chained(changes, states.move(work, ticket, state))
    events.record(work, ticket, EventKind.REPLIED, entry=entry, changes=changes)


def _ask_again(work: Work, ticket: Ticket, entry: Entry) -> None:
    waits = (ticket.waiting_since, min(ticket.waiting_since, work.now))
    ticket.waiting_since = waits[1]
    was_closed = ticket.category is Category.CLOSED
    ends_hold = ticket.category is Category.HOLD and bool(
        work.session.execute(_ENDS_HOLD, {"topic": ticket.topic_id}).scalar_one()
    )
    changes: states.Changes = {"waiting_since": waits}
    if ticket.category is Category.WAITING or ends_hold:
        changes |= states.move_to_category(work, ticket, Category.OPEN)
    events.record(work, ticket, EventKind.REPLIED, entry=entry, changes=changes)
    if was_closed and reopening.reopens(work, ticket):
        states.reopen(work, ticket, cause=Cause.CUSTOMER_REPLY)


def _close_with(work: Work, seen: visible.Seen) -> None:
    answers = speaks_for_desk(work, seen)
    states.close(work, seen.ticket, CloseReason.ANSWERED if answers else CloseReason.BY_CUSTOMER)


def _require_seen(work: Work, ticket: Ticket, key: str | None) -> None:
    if key is None:
        return
    seen_id = work.session.execute(_KEY_ID, {"key": key, "number": ticket.number}).scalar_one_or_none() or 0
    newer = sa.select(_ENTRY.c.author_id.is_distinct_from(work.actor.account_id)).where(
        _ENTRY.c.ticket_number == ticket.number,
        _ENTRY.c.id > seen_id,
        _ENTRY.c.visibility == Visibility.PUBLIC,
        _ENTRY.c.withdrawn_at.is_(None),
    )
    by_others = work.session.execute(newer.distinct()).scalars().all()
    if any(by_others):
        raise Conflict(
            N_("There is a newer message in #{number}. Read it first."), field="seen", number=ticket.number
        )
    if by_others:
        raise Conflict(
            N_("You wrote in #{number} yourself meanwhile, elsewhere. Read it first."),
            field="seen",
            number=ticket.number,
        )


def filed(work: Work, seen: visible.Seen, entry: Entry, file_count: int) -> Filed:
    """What writing ``entry`` made of its ticket, in the words of the actor's side."""
    state = states.all_states(work)[seen.ticket.status_id]
    is_staff = seen.audience is Audience.STAFF
    return Filed(
        number=seen.ticket.number or 0,
        entry_key=entry.public_key,
        status=clean_line(state.name if is_staff else state.customer_label),
        category=state.category if is_staff else customer_category(state.category),
        files=file_count,
        is_undeliverable=is_staff and seen.ticket.undeliverable_at is not None,
    )

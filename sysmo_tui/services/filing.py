"""How a request becomes a ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from sysmo_tui.desk import Work
from sysmo_tui.domain import addresses, policy, workflow
from sysmo_tui.domain.closed_sets import BY_STAFF
from sysmo_tui.domain.enums import (
    AccountState,
    Audience,
    Category,
    Cause,
    Channel,
    EntryKind,
    EventKind,
    Level,
    PersonRole,
    Visibility,
)
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.domain.policy import Right, Verb
from sysmo_tui.domain.text import clean_line, storable_line
from sysmo_tui.domain.views import Filed
from sysmo_tui.models import Attachment, Entry, Ticket, TicketPerson, Topic, table
from sysmo_tui.services import (
    desk_settings,
    events,
    files,
    kinds,
    people,
    states,
    tagging,
    thread,
    tickets,
    topics,
    unsent,
    visible,
)
from sysmo_tui.services.files import Upload
from sysmo_tui.services.people import Known
from sysmo_tui.services.registration_form import checked_name
from sysmo_tui.services.unsent import Unsent

SUBJECT_LIMIT = 200
"""Characters of a subject."""

_ENTRY, _FILE = table(Entry), table(Attachment)
_WATCH = sa.insert(table(TicketPerson))
_REQUEST = sa.select(_ENTRY.c.id, _ENTRY.c.body).where(
    _ENTRY.c.ticket_number == sa.bindparam("number"), _ENTRY.c.kind == EntryKind.REQUEST
)
_FILES = sa.select(_FILE.c.filename, _FILE.c.media_type, _FILE.c.size, _FILE.c.sha256, _FILE.c.blob_id).where(
    _FILE.c.entry_id == sa.bindparam("entry")
)

_RECORDED = (
    "requester_id",
    "contact_email",
    "company_id",
    "topic_id",
    "type_id",
    "status_id",
    "category",
    "priority_id",
    "priority_level",
    "impact",
    "urgency",
    "subject",
    "channel",
    "owner_id",
    "assignee_id",
    "filed_by_id",
    "cloned_from",
    "continues",
    "undeliverable_at",
)


@dataclass(frozen=True, slots=True)
class Filing:
    """What someone asks for. Everything after ``draft``, which is forgotten with it, is for staff."""

    topic: str
    subject: str
    body: str
    files: tuple[Upload, ...] = ()
    urgency: Level = Level.NORMAL
    draft: Unsent | None = None
    requester: str | None = None
    requester_name: str | None = None
    channel: Channel | None = None
    type: str | None = None
    priority: str | None = None
    impact: Level | None = None
    tags: tuple[str, ...] = ()
    assign_to: str | None = None

    @property
    def is_by_staff(self) -> bool:
        """Whether it uses anything that only staff may."""
        chosen = (self.requester, self.channel, self.type, self.priority, self.impact, self.assign_to)
        return bool(self.tags) or any(value is not None for value in chosen)


def file(work: Work, filing: Filing) -> Filed:
    """Make a ticket of a request; the topic's operators see it at once.

    Staff may file for a customer who telephoned or came by: an unknown address
    becomes a pending account that the customer can complete by registering.
    """
    if filing.is_by_staff:
        policy.require_right(work.actor, Right.FILE_FOR_OTHERS)
    unsent.forget(work, filing.draft)
    ticket, entry = make(work, filing, topics.find(work, filing.topic), _requester(work, filing))
    for tag in filing.tags:
        tagging.put(work, ticket, tag)
    if filing.assign_to is not None:
        person = people.staff(work, filing.assign_to, field="assign_to")
        is_own = person.id == work.actor.account_id
        tickets.give(work, ticket, person.id, EventKind.TAKEN if is_own else EventKind.ASSIGNED)
    seen_as = Audience.STAFF if filing.is_by_staff else visible.capacity(work, ticket)
    return thread.filed(work, visible.Seen(ticket, seen_as), entry, len(filing.files))


def make(
    work: Work,
    filing: Filing,
    topic: Topic,
    requester: Known,
    *,
    continues: int | None = None,
    cause: str = "",
) -> tuple[Ticket, Entry]:
    """A new ticket with its request; the caller has checked who may file for whom and where.

    Its contact address is the one by which ``requester`` was found.
    """
    work.reserve_keys({Ticket: 1, Entry: 1})
    ticket = _ticket(work, filing, topic, requester)
    ticket.continues = continues
    work.session.add(ticket)
    entry = _request(work, ticket, filing)
    events.record(work, ticket, EventKind.FILED, entry=entry, changes=_initial(ticket), cause=cause)
    return ticket, entry


def clone(work: Work, number: int, *, topic: str | None = None) -> Filed:
    """File the same request again, for the same person, as a new ticket with the same files.

    Who copies it watches the copy. Invalid when its topic is archived by now and no other ``topic`` is named.
    """
    original = visible.ticket_for_change(work, number, Verb.CLONE).ticket
    into = topics.find(work, topic) if topic is not None else _topic_of(work, original)
    request = work.session.execute(_REQUEST, {"number": number}).one()
    state = states.default_state(work, Category.NEW)
    copied = {
        name: getattr(original, name)
        for name in (
            *("requester_id", "contact_email", "company_id", "type_id", "priority_id"),
            "undeliverable_at",
        )
    }
    copy = Ticket(
        **copied,
        number=work.new_key(Ticket),
        topic_id=into.id or 0,
        priority_level=original.priority_level,
        impact=original.impact,
        urgency=original.urgency,
        subject=original.subject,
        status_id=state.id,
        category=state.category,
        channel=work.actor.channel,
        filed_by_id=work.actor.account_id,
        cloned_from=number,
        **_clocks(work, state.category, original.priority_level),
    )
    work.session.add(copy)
    entry = thread.add_entry(
        work, copy, EntryKind.REQUEST, request.body, by_staff=False, author_id=original.requester_id
    )
    copied_files = _copy_files(work, request.id, entry)
    _watch(work, copy)
    events.record(
        work, copy, EventKind.FILED, entry=entry, changes=_initial(copy), cause=f"{Cause.CLONE}:{number}"
    )
    events.record(work, original, EventKind.CLONED, changes={"clone": (None, copy.number)})
    return thread.filed(work, visible.Seen(copy, Audience.STAFF), entry, copied_files)


def checked_subject(subject: str) -> str:
    """A subject as it is stored: one line, not empty, at most 200 characters."""
    line = storable_line(subject)
    if not line:
        raise Invalid(N_("A ticket needs a subject."), field="subject")
    if len(line) > SUBJECT_LIMIT:
        raise Invalid(
            N_("The subject is too long: at most {limit} characters."), field="subject", limit=SUBJECT_LIMIT
        )
    return line


def _ticket(work: Work, filing: Filing, topic: Topic, requester: Known) -> Ticket:
    state = states.default_state(work, Category.NEW)
    priority = _priority(work, filing, topic)
    return Ticket(
        number=work.new_key(Ticket),
        requester_id=requester.id,
        contact_email=requester.address,
        undeliverable_at=requester.undeliverable_at,
        company_id=requester.company_id,
        topic_id=topic.id or 0,
        type_id=_type(work, filing, topic).id,
        status_id=state.id,
        category=state.category,
        priority_id=priority.id,
        priority_level=priority.level,
        impact=filing.impact or Level.NORMAL,
        urgency=filing.urgency,
        subject=checked_subject(filing.subject),
        channel=_channel(work, filing),
        filed_by_id=work.actor.account_id,
        **_clocks(work, state.category, priority.level),
    )


def _clocks(work: Work, category: Category, level: int) -> dict[str, Any]:
    return {
        "created_at": work.now,
        "updated_at": work.now,
        "public_updated_at": work.now,
        "waiting_since": work.now,
        "next_due_at": FAR_FUTURE,
        "rank": workflow.rank(category, level),
    }


def _priority(work: Work, filing: Filing, topic: Topic) -> kinds.PriorityKind:
    if filing.priority is not None:
        return kinds.find_priority(work, filing.priority)
    if filing.urgency is Level.NORMAL and filing.impact is None and topic.default_priority_id is not None:
        return kinds.priority_by_id(work, topic.default_priority_id)
    return kinds.priority_at(work, workflow.priority_level(filing.urgency, filing.impact or Level.NORMAL))


def _type(work: Work, filing: Filing, topic: Topic) -> kinds.Kind:
    if filing.type is not None:
        return kinds.find_type(work, filing.type)
    return kinds.type_for_topic(work, topic.default_type_id)


def _channel(work: Work, filing: Filing) -> Channel:
    if filing.channel is None:
        return work.actor.channel
    if filing.channel not in BY_STAFF:
        raise Invalid(
            N_("Choose how the request came in: {choices}."), field="channel", choices=", ".join(BY_STAFF)
        )
    return filing.channel


def _requester(work: Work, filing: Filing) -> Known:
    if filing.requester is None:
        if work.actor.account_id is None or filing.channel is not None:
            # Who telephoned or came by is somebody else.
            raise Invalid(N_("Say whom the ticket is for."), field="requester")
        return people.by_id(work, work.actor.account_id)
    known = people.by_address(work, filing.requester)
    if known is None:
        known = _pending_customer(work, filing.requester, filing.requester_name)
    if known.state is AccountState.DISABLED:
        raise Invalid(
            N_("The account {address} is disabled."), field="requester", address=clean_line(known.address)
        )
    return known


def _pending_customer(work: Work, address: str, name: str | None) -> Known:
    """An account for someone who has not registered yet; registering the address completes it."""
    settings = desk_settings.load(work)
    normal = addresses.normalise(address, settings.allows_reserved_addresses, field="requester")
    called = checked_name(name if name and name.strip() else normal.partition("@")[0])
    return people.expected(work, normal, called, settings.language)


def _request(work: Work, ticket: Ticket, filing: Filing) -> Entry:
    entry = thread.add_entry(
        work,
        ticket,
        EntryKind.REQUEST,
        filing.body,
        files_=filing.files,
        by_staff=False,
        visibility=Visibility.PUBLIC,
        author_id=ticket.requester_id,
    )
    if filing.requester is not None:
        _watch(work, ticket)
    return entry


def _watch(work: Work, ticket: Ticket) -> None:
    """Let who makes a ticket for somebody else see what becomes of it, whichever topic it is in."""
    if work.actor.account_id not in (None, ticket.requester_id):
        watcher = {
            "ticket_number": ticket.number,
            "account_id": work.actor.account_id,
            "role": PersonRole.WATCHER,
            "added_at": work.now,
        }
        work.later(_WATCH, watcher)


def _initial(ticket: Ticket) -> dict[str, tuple[Any, Any]]:
    return {name: (None, getattr(ticket, name)) for name in _RECORDED}


def _topic_of(work: Work, original: Ticket) -> Topic:
    topic = topics.by_id(work, original.topic_id)
    if topic.archived_at is not None:
        raise Invalid(
            N_("The topic {topic} is archived. Choose another one."),
            field="topic",
            topic=clean_line(topic.name, 80),
        )
    return topic


def _copy_files(work: Work, from_entry: int, entry: Entry) -> int:
    rows = work.session.execute(_FILES, {"entry": from_entry}).all()
    for row in rows:
        files.refer(work, entry, Upload(row.blob_id, row.filename, row.media_type, row.size, row.sha256))
    return len(rows)

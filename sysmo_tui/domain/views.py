"""Read models: what services hand out, safe to show as it is.

Staff and customers are served from separate models; the customers' have no
internal field. Every text that people wrote is a :class:`SafeText`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Generic, TypeVar

from sysmo_tui.domain.enums import (
    Category,
    Channel,
    CloseReason,
    CustomerEventKind,
    EntryKind,
    EventKind,
    Level,
    Role,
    Visibility,
)
from sysmo_tui.domain.text import SafeText

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some rows of a list. ``total`` is None where counting would cost too much;
    ``next`` is an opaque cursor, None on the last page."""

    items: tuple[T, ...]
    total: int | None
    next: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who takes part, as staff see them."""

    account_id: int
    name: SafeText
    email: SafeText
    company: SafeText | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A file of an entry. ``size`` in bytes."""

    key: str
    filename: SafeText
    media_type: SafeText
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TicketRow:
    """A ticket in a list, for staff."""

    number: int
    subject: SafeText
    status: SafeText
    category: Category
    priority: SafeText
    level: int
    type: SafeText
    topic: SafeText
    channel: Channel
    requester: Person
    contact_email: SafeText
    assignee: Person | None
    owner: Person | None
    created_at: datetime
    updated_at: datetime
    waiting_since: datetime
    first_response_at: datetime | None
    closed_at: datetime | None
    due_at: datetime | None
    follow_up_at: date | None
    action_due_at: date | None
    is_unread: bool
    has_draft: bool
    """Whether the reader wrote something on it and has not sent it."""
    version: int
    undeliverable_at: datetime | None = None
    """When its contact address refused mail for good."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in a thread, for staff. ``author_email`` is None for the desk itself."""

    id: int
    key: str
    kind: EntryKind
    visibility: Visibility
    channel: Channel
    author_id: int | None
    author: SafeText
    author_email: SafeText | None
    is_by_staff: bool
    at: datetime
    body: SafeText
    files: tuple[File, ...] = ()
    withdrawn_at: datetime | None = None
    """When its author took it back, before anybody got it; then it says nothing."""


@dataclass(frozen=True, slots=True)
class Change:
    """A field's old and new value, as people read them."""

    field: str
    old: SafeText | None
    new: SafeText | None


@dataclass(frozen=True, slots=True)
class EventLine:
    """One line of a ticket's history, for staff."""

    id: int
    at: datetime
    actor: SafeText | None
    channel: Channel
    kind: EventKind
    changes: tuple[Change, ...]
    cause: SafeText
    batch: str
    is_undone: bool = False
    """Whether it was undone since."""


@dataclass(frozen=True, slots=True)
class MailLine:
    """What became of a mail that a ticket owed to someone."""

    address: SafeText
    template: str
    created_at: datetime
    sent_at: datetime | None
    failed_at: datetime | None
    is_held: bool
    attempts: int
    error: SafeText


@dataclass(frozen=True, slots=True)
class TicketView:
    """A ticket with its thread, for staff."""

    row: TicketRow
    content: SafeText
    impact: Level
    urgency: Level
    close_reason: CloseReason | None
    is_spam: bool
    cloned_from: int | None
    continues: int | None
    """The closed ticket that it goes on with."""
    continued_by: int | None
    """The newest ticket that goes on with it."""
    tags: tuple[SafeText, ...]
    watchers: tuple[Person, ...]
    collaborators: tuple[Person, ...]
    is_watched: bool
    requester_phone: SafeText | None
    requester_tickets: int
    offers_waiting: bool
    """Whether its topic lets a ticket wait for the customer."""
    entries: tuple[Entry, ...]
    events: tuple[EventLine, ...] = ()
    mails: tuple[MailLine, ...] = ()
    older_entries: int = 0
    """How many earlier entries are not in ``entries``."""
    newer_entries: int = 0
    """How many later ones are not."""
    undelivered: tuple[SafeText, ...] = ()
    """Addresses that mail about this ticket could not be delivered to."""
    rating: int | None = None
    """How satisfied its customer is with its last close, from 1 to 5."""
    undeliverable_since: datetime | None = None
    """Since when nothing is mailed to its contact address, and why."""
    undeliverable_reason: SafeText | None = None


@dataclass(frozen=True, slots=True)
class CustomerTicketRow:
    """A ticket in a list, for the person who asked. ``updated_at`` is the public clock."""

    number: int
    subject: SafeText
    status: SafeText
    category: Category
    priority: SafeText
    topic: SafeText
    channel: Channel
    requester: SafeText
    contact_email: SafeText
    operator: SafeText | None
    created_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    is_unread: bool
    has_draft: bool


@dataclass(frozen=True, slots=True)
class CustomerEntry:
    """A public entry, for the customer side. Staff appear by name alone."""

    key: str
    kind: EntryKind
    channel: Channel
    author: SafeText
    is_own: bool
    is_by_staff: bool
    at: datetime
    body: SafeText
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class CustomerEventLine:
    """One line of a ticket's history, for its customer.

    ``status`` is the label that it has since then, ``rating`` what they rated it.
    """

    at: datetime
    kind: CustomerEventKind
    who: SafeText | None
    status: SafeText | None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class CustomerTicket:
    """A ticket with its public thread, for the person who asked."""

    row: CustomerTicketRow
    content: SafeText
    continues: int | None
    continued_by: int | None
    entries: tuple[CustomerEntry, ...]
    events: tuple[CustomerEventLine, ...] = ()
    older_entries: int = 0
    newer_entries: int = 0
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Filed:
    """What filing, replying or noting made.

    A reply to a closed ticket may be in one that goes on with it: ``continues`` is the closed one then,
    and ``is_new`` whether the reply began the other.
    """

    number: int
    entry_key: str
    status: SafeText
    category: Category
    files: int = 0
    continues: int | None = None
    is_new: bool = True
    is_undeliverable: bool = False
    """Whether the customer gets no mail of it; staff alone are told."""


@dataclass(frozen=True, slots=True)
class Changed:
    """What a ticket is after a change, for whoever made it; ``is_changed`` when there was anything to do.

    ``version`` and ``changes`` are for staff alone.
    """

    number: int
    status: SafeText
    category: Category
    assignee: SafeText | None
    subject: SafeText
    version: int | None = None
    changes: tuple[Change, ...] = ()
    is_changed: bool = True


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What a ticket is after a reply was taken back; ``files`` of it are attached to the draft again."""

    number: int
    status: SafeText
    category: Category
    assignee: SafeText | None
    files: int = 0


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account in a list. ``open_tickets`` are those that the reader may know of."""

    id: int
    name: SafeText
    email: SafeText
    role: Role
    state: str
    company: SafeText | None
    topics: tuple[SafeText, ...] = ()
    created_at: datetime | None = None
    open_tickets: int = 0
    undeliverable_at: datetime | None = None
    """Since when mail to its address is refused for good."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A one-time code, shown once. ``code`` is None when it was shown before, or is only mailed."""

    email: SafeText
    expires_at: datetime
    role: Role | None = None
    code: str | None = field(default=None, metadata={"secret": True})


@dataclass(frozen=True, slots=True)
class TopicLine:
    """A topic in a list, with the open tickets that its reader sees. ``operators`` is empty for customers."""

    id: int
    slug: SafeText
    name: SafeText
    description: SafeText
    is_public: bool
    is_archived: bool
    operators: tuple[Person, ...] = ()
    open_tickets: int = 0


@dataclass(frozen=True, slots=True)
class StatusLine:
    """A status of the catalogue."""

    id: int
    slug: SafeText
    name: SafeText
    category: Category
    customer_label: SafeText
    is_default: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class PriorityLine:
    """A priority of the catalogue; ``level`` 1 (low) to 9."""

    id: int
    slug: SafeText
    name: SafeText
    level: int
    is_default: bool
    is_archived: bool


@dataclass(frozen=True, slots=True)
class TypeLine:
    """A ticket type of the catalogue."""

    id: int
    slug: SafeText
    name: SafeText
    is_default: bool
    is_archived: bool

"""Tickets, their threads and files."""

from datetime import date, datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from sysmo_tui.domain.enums import (
    Category,
    Channel,
    CloseReason,
    DraftKind,
    EntryKind,
    Level,
    PersonRole,
    Visibility,
)
from sysmo_tui.models.columns import Key, Moment, Record, choice, key, one_of

_OPEN = sa.text("closed_at IS NULL")
_NOBODYS = sa.text("closed_at IS NULL AND assignee_id IS NULL")
_NEW = sa.text("category = 'new'")

_ORDERS = {
    "urgent": ("rank", "waiting_since", "number"),
    "updated": ("updated_at", "number"),
    "due": ("next_due_at", "number"),
    "priority": ("priority_level", "number"),
    "created": ("number",),
}


def _paging_indexes() -> tuple[sa.Index, ...]:
    """One partial index on open tickets for each list and order (keyset paging)."""
    lists = {"assignee": ("assignee_id",), "topic": ("topic_id",), "all": ()}
    found = []
    for list_name, scope in lists.items():
        for order, columns in _ORDERS.items():
            if not scope and order == "created":
                continue
            found.append(
                sa.Index(
                    f"ix_ticket_{list_name}_{order}",
                    *scope,
                    *columns,
                    sqlite_where=_OPEN,
                    postgresql_where=_OPEN,
                )
            )
    for order, columns in _ORDERS.items():
        found.append(
            sa.Index(
                f"ix_ticket_nobody_{order}",
                "topic_id",
                # Always NULL here, but SQLite prefers an index in which it finds both.
                "assignee_id",
                *columns,
                sqlite_where=_NOBODYS,
                postgresql_where=_NOBODYS,
            )
        )
    return tuple(found)


class Ticket(Record, table=True):
    """One request. The row is its state; its events are its history.

    ``rank`` and ``waiting_since`` are what "most urgent first" sorts by; ``continues`` is the closed ticket
    that this one goes on with; ``undeliverable_at`` is when its contact address refused mail for good;
    ``public_updated_at`` is the only clock that its customer sees.
    """

    __table_args__ = (
        one_of("category", Category),
        sa.CheckConstraint("(category = 'closed') = (closed_at IS NOT NULL)", name="ck_closed"),
        *_paging_indexes(),
        sa.Index("ix_ticket_requester", "requester_id", "public_updated_at", "number"),
        sa.Index("ix_ticket_requester_number", "requester_id", "number"),
        sa.Index("ix_ticket_owner", "owner_id", "number"),
        sa.Index(
            "ix_ticket_owner_urgent",
            "owner_id",
            *_ORDERS["urgent"],
            sqlite_where=_OPEN,
            postgresql_where=_OPEN,
        ),
        sa.Index("ix_ticket_new", "topic_id", sqlite_where=_NEW, postgresql_where=_NEW),
        sa.Index("ix_ticket_filed_by", "filed_by_id", "number"),
        sa.Index("ix_ticket_topic_all", "topic_id", "number"),
        sa.Index("ix_ticket_assignee_all", "assignee_id", "number"),
        sa.Index("ix_ticket_updated_all", "updated_at", "number"),
        sa.Index("ix_ticket_company", "company_id", "number"),
        sa.Index("ix_ticket_contact", "contact_email", sqlite_where=_OPEN, postgresql_where=_OPEN),
        sa.Index(
            "ix_ticket_follow_up",
            "follow_up_at",
            sqlite_where=sa.text("follow_up_at IS NOT NULL"),
            postgresql_where=sa.text("follow_up_at IS NOT NULL"),
        ),
        sa.Index(
            "ix_ticket_continues",
            "continues",
            sqlite_where=sa.text("continues IS NOT NULL"),
            postgresql_where=sa.text("continues IS NOT NULL"),
        ),
        sa.Index(
            "ix_ticket_undeliverable",
            "contact_email",
            "number",
            sqlite_where=sa.text("undeliverable_at IS NOT NULL"),
            postgresql_where=sa.text("undeliverable_at IS NOT NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    number: int | None = key(primary=True)
    requester_id: int = key(foreign="account.id")
    contact_email: str
    company_id: int | None = key(foreign="company.id", nullable=True)
    topic_id: int = key(foreign="topic.id")
    type_id: int = key(foreign="ticket_type.id")
    status_id: int = key(foreign="status.id")
    category: Category = Field(sa_type=choice(Category))
    priority_id: int = key(foreign="priority.id")
    priority_level: int
    impact: Level = Field(default=Level.NORMAL, sa_type=choice(Level))
    urgency: Level = Field(default=Level.NORMAL, sa_type=choice(Level))
    subject: str
    channel: Channel = Field(sa_type=choice(Channel))
    owner_id: int | None = key(foreign="account.id", nullable=True)
    assignee_id: int | None = key(foreign="account.id", nullable=True)
    filed_by_id: int | None = key(foreign="account.id", nullable=True)
    created_at: datetime = Field(sa_type=Moment)
    updated_at: datetime = Field(sa_type=Moment)
    public_updated_at: datetime = Field(sa_type=Moment)
    first_response_at: datetime | None = Field(default=None, sa_type=Moment)
    waiting_since: datetime = Field(sa_type=Moment)
    last_staff_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    close_reason: CloseReason | None = Field(default=None, sa_type=choice(CloseReason))
    follow_up_at: date | None = None
    action_due_at: date | None = None
    next_due_at: datetime = Field(sa_type=Moment)
    rank: int
    is_spam: bool = False
    cloned_from: int | None = key(foreign="ticket.number", nullable=True)
    continues: int | None = key(nullable=True)
    undeliverable_at: datetime | None = Field(default=None, sa_type=Moment)
    last_entry_id: int = 0
    last_public_entry_id: int = 0
    version: int = 1


class TicketPerson(Record, table=True):
    """A collaborator (customer side) or a watcher (staff)."""

    __tablename__: ClassVar[str] = "ticket_person"

    ticket_number: int = key(foreign="ticket.number", primary=True)
    account_id: int = key(foreign="account.id", primary=True, index=True)
    role: PersonRole = Field(sa_column=sa.Column(choice(PersonRole), primary_key=True))
    added_at: datetime = Field(sa_type=Moment)


class TicketTag(Record, table=True):
    """A free label; ``tag`` is stored folded."""

    __tablename__: ClassVar[str] = "ticket_tag"

    ticket_number: int = key(foreign="ticket.number", primary=True)
    tag: str = Field(primary_key=True, max_length=64, index=True)


class Entry(Record, table=True):
    """One thing in a ticket's thread. ``public_key`` is what customers know it by."""

    __table_args__ = (
        one_of("visibility", Visibility),
        sa.Index("ix_entry_ticket", "ticket_number", "id"),
        sa.Index(
            "uq_entry_request",
            "ticket_number",
            unique=True,
            sqlite_where=sa.text("kind = 'request'"),
            postgresql_where=sa.text("kind = 'request'"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = key(primary=True)
    ticket_number: int = key(foreign="ticket.number")
    public_key: str = Field(unique=True, max_length=16)
    kind: EntryKind = Field(sa_type=choice(EntryKind))
    visibility: Visibility = Field(sa_type=choice(Visibility))
    channel: Channel = Field(sa_type=choice(Channel))
    author_id: int | None = key(foreign="account.id", nullable=True)
    author_name: str = ""
    by_staff: bool = False
    body: str
    created_at: datetime = Field(sa_type=Moment)
    withdrawn_at: datetime | None = Field(default=None, sa_type=Moment)


class Blob(Record, table=True):
    """The bytes of a file, staged in chunks before anything refers to them."""

    id: str = Field(primary_key=True, max_length=32)
    sha256: str = Field(default="", max_length=64)
    size: int = 0
    staged_by_id: int | None = key(foreign="account.id", nullable=True, index=True)
    staged_at: datetime = Field(sa_type=Moment, index=True)
    is_complete: bool = False


class BlobChunk(Record, table=True):
    """256 KiB of a blob."""

    __tablename__: ClassVar[str] = "blob_chunk"

    blob_id: str = Field(sa_column=sa.Column(sa.ForeignKey("blob.id", ondelete="CASCADE"), primary_key=True))
    position: int = Field(primary_key=True)
    content: bytes


class Attachment(Record, table=True):
    """A file of an entry; the name is display data only."""

    id: int | None = key(primary=True)
    entry_id: int = key(foreign="entry.id", index=True)
    public_key: str = Field(unique=True, max_length=16)
    filename: str
    media_type: str
    size: int
    sha256: str = Field(max_length=64)
    blob_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("blob.id", ondelete="RESTRICT"), nullable=False, index=True)
    )


class Draft(Record, table=True):
    """Text that was typed and not sent; ``ticket_number`` 0 is a new ticket's, or that of several."""

    __table_args__ = (sa.UniqueConstraint("account_id", "ticket_number", "kind", name="uq_draft"),)

    id: int | None = key(primary=True)
    account_id: int = key(foreign="account.id")
    ticket_number: int = 0
    kind: DraftKind = Field(sa_type=choice(DraftKind))
    fields: dict[str, str] = Field(default_factory=dict, sa_type=sa.JSON)
    seen_entry: str = ""
    updated_at: datetime = Field(sa_type=Moment)


class DraftFile(Record, table=True):
    """A staged file of a draft, in the order in which they were attached."""

    __tablename__: ClassVar[str] = "draft_file"

    draft_id: int = Field(
        sa_column=sa.Column(Key, sa.ForeignKey("draft.id", ondelete="CASCADE"), primary_key=True)
    )
    position: int = Field(primary_key=True)
    blob_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("blob.id", ondelete="RESTRICT"), nullable=False, index=True)
    )
    filename: str
    media_type: str


class ReadMark(Record, table=True):
    """The newest entry of a ticket that an account has seen."""

    __tablename__: ClassVar[str] = "read_mark"

    account_id: int = key(foreign="account.id", primary=True)
    ticket_number: int = key(foreign="ticket.number", primary=True)
    entry_id: int


class Presence(Record, table=True):
    """A ticket that somebody has open, for as long as ``beat_at`` moves; ``visit`` is one open program.

    Losing all of it does no harm: on PostgreSQL it is not even logged.
    """

    visit: str = Field(primary_key=True, max_length=32)
    account_id: int = key(foreign="account.id")
    # Not a foreign key: a beat would wait for whoever changes the ticket.
    ticket_number: int = key()
    is_writing: bool = False
    since: datetime = Field(sa_type=Moment)
    beat_at: datetime = Field(sa_type=Moment)

"""Mail that comes in: where it is fetched, what was kept, and the rules about it."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from sysmo_tui.domain.enums import MailClass, MailReason, SenderStanding, Template, Verdict
from sysmo_tui.models.columns import Json, Key, Moment, Record, choice, key

_PENDING = sa.text("verdict = 'pending'")
_QUARANTINED = sa.text("verdict = 'quarantined'")


class Mailbox(Record, table=True):
    """Where mail is fetched, or what a pipe delivers for; ``name`` never changes.

    ``url`` is "" for a pipe, else ``imaps://user@host:993``, without a password. A fetched mail is
    moved to ``moves_to``, or deleted when that is "". ``uid_validity`` and ``last_uid`` are how far
    ``folder`` was read (RFC 9051, 2.3.1.1), but for the messages in ``struggles``, which could not be had.
    """

    id: int | None = key(primary=True)
    name: str = Field(unique=True, max_length=64)
    address: str = ""
    url: str = ""
    folder: str = "INBOX"
    moves_to: str = ""
    topic_id: int | None = key(foreign="topic.id", nullable=True)
    uid_validity: int | None = key(nullable=True)
    last_uid: int = Field(default=0, sa_column=sa.Column(Key, nullable=False))
    struggles: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    created_at: datetime = Field(sa_type=Moment)
    checked_at: datetime | None = Field(default=None, sa_type=Moment)
    failing_since: datetime | None = Field(default=None, sa_type=Moment)
    error: str = ""
    archived_at: datetime | None = Field(default=None, sa_type=Moment)


class InboundMail(Record, table=True):
    """A mail as it came, kept before anything is read from it, and what became of it.

    ``mailbox`` is a mailbox's name, "" for a pipe without one. Of a mail over the limit
    (``is_cut``), ``size`` bytes long, only the beginning is kept. ``decision`` is the rules that were
    looked at, in order. ``topic_id`` is where a mail in quarantine would be filed.
    """

    __tablename__: ClassVar[str] = "inbound_mail"
    __table_args__ = (
        sa.UniqueConstraint("mailbox", "sha256", name="uq_inbound_mail"),
        sa.Index("ix_inbound_pending", "id", sqlite_where=_PENDING, postgresql_where=_PENDING),
        sa.Index("ix_inbound_quarantined", "id", sqlite_where=_QUARANTINED, postgresql_where=_QUARANTINED),
        sa.Index("ix_inbound_ticket", "ticket_number", "id"),
        {"sqlite_autoincrement": True},
    )

    id: int | None = key(primary=True)
    mailbox: str = Field(default="", max_length=64)
    sha256: str = Field(max_length=64)
    size: int
    is_cut: bool = False
    blob_id: str = Field(
        sa_column=sa.Column(sa.ForeignKey("blob.id", ondelete="RESTRICT"), nullable=False, index=True)
    )
    received_at: datetime = Field(sa_type=Moment)
    message_id: str = Field(default="", index=True)
    sender: str = ""
    sender_name: str = ""
    subject: str = ""
    mail_class: MailClass | None = Field(default=None, sa_type=choice(MailClass), nullable=True)
    verdict: Verdict = Field(default=Verdict.PENDING, sa_type=choice(Verdict))
    reason: MailReason | None = Field(default=None, sa_type=choice(MailReason), nullable=True)
    decision: list[dict[str, Any]] = Field(default_factory=list, sa_type=Json)
    ticket_number: int | None = key(foreign="ticket.number", nullable=True)
    entry_id: int | None = key(foreign="entry.id", nullable=True, index=True)
    topic_id: int | None = key(foreign="topic.id", nullable=True)
    decided_at: datetime | None = Field(default=None, sa_type=Moment)
    decided_by_id: int | None = key(foreign="account.id", nullable=True)
    attempts: int = 0
    next_attempt_at: datetime = Field(sa_type=Moment)
    error: str = ""


class MailReference(Record, table=True):
    """A Message-ID of somebody else's mail, and the entry that it became.

    Not unique: two different mails may bear the same.
    """

    __tablename__: ClassVar[str] = "mail_reference"

    id: int | None = key(primary=True)
    message_id: str = Field(index=True)
    ticket_number: int = key(foreign="ticket.number")
    entry_id: int = key(foreign="entry.id", index=True)


class MailRoute(Record, table=True):
    """A rule that says where a new request by mail goes; the first that matches decides.

    An empty condition matches everything. ``sender_domain`` is like ``acme.example``,
    ``recipient`` an address, ``subject`` words with ``*`` for anything, compared folded.
    """

    __tablename__: ClassVar[str] = "mail_route"

    id: int | None = key(primary=True)
    name: str = Field(unique=True, max_length=120)
    position: int = 0
    mailbox: str = ""
    recipient: str = ""
    sender_domain: str = ""
    subject: str = ""
    topic_id: int | None = key(foreign="topic.id", nullable=True)
    priority_id: int | None = key(foreign="priority.id", nullable=True)
    tags: list[str] = Field(default_factory=list, sa_type=Json)
    created_at: datetime = Field(sa_type=Moment)


class MailSender(Record, table=True):
    """A sender who is blocked or allowed: an address, or a whole domain as ``@example.com``, folded."""

    __tablename__: ClassVar[str] = "mail_sender"

    pattern: str = Field(primary_key=True, max_length=254)
    standing: SenderStanding = Field(sa_type=choice(SenderStanding))
    note: str = ""
    added_by_id: int | None = key(foreign="account.id", nullable=True)
    added_at: datetime = Field(sa_type=Moment)


class MailText(Record, table=True):
    """An administrator's own words for one kind of mail in one language."""

    __tablename__: ClassVar[str] = "mail_text"

    template: Template = Field(sa_column=sa.Column(choice(Template), primary_key=True))
    locale: str = Field(primary_key=True, max_length=16)
    subject: str = ""
    body: str
    changed_at: datetime = Field(sa_type=Moment)

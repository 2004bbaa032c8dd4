"""What happened: batches, events, the audit log, closing cycles and their sums, and mail that is owed."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from sysmo_tui.domain.enums import AuditKind, Channel, EventKind, Template
from sysmo_tui.models.columns import Json, Key, Moment, Record, choice, key

_HAS_TXID = sa.text("txid IS NOT NULL")


class Batch(Record, table=True):
    """One command: all that it did shares this row, and a retry finds it."""

    __table_args__ = (sa.UniqueConstraint("scope", "key", name="uq_batch_key"),)

    id: str = Field(primary_key=True, max_length=32)
    account_id: int | None = key(foreign="account.id", nullable=True)
    session_id: int | None = key(foreign="session.id", nullable=True, index=True)
    channel: Channel = Field(sa_type=choice(Channel))
    command: str
    scope: str
    key: str
    digest: str = ""
    result: Any = Field(default=None, sa_type=Json, nullable=True)
    at: datetime = Field(sa_type=Moment)
    undone_by: str | None = None


class Event(Record, table=True):
    """One line of the append-only history. ``changes`` maps a field to [old, new]."""

    __table_args__ = (
        sa.Index("ix_event_ticket", "ticket_number", "id"),
        # In the order in which transactions began, which is how a listener finds what it has not seen.
        sa.Index("ix_event_txid", "txid", "id", sqlite_where=_HAS_TXID, postgresql_where=_HAS_TXID),
        {"sqlite_autoincrement": True},
    )

    id: int | None = key(primary=True)
    batch_id: str = Field(foreign_key="batch.id", max_length=32, index=True)
    ticket_number: int = key(foreign="ticket.number")
    entry_id: int | None = key(foreign="entry.id", nullable=True)
    at: datetime = Field(sa_type=Moment, index=True)
    actor_id: int | None = key(foreign="account.id", nullable=True)
    channel: Channel = Field(sa_type=choice(Channel))
    kind: EventKind = Field(sa_type=choice(EventKind))
    changes: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    cause: str = ""
    txid: int | None = Field(
        default=None, sa_column=sa.Column(sa.BigInteger, nullable=True, server_default=sa.FetchedValue())
    )


class Audit(Record, table=True):
    """Sign-ins, failures, resets, roles, configuration, exports: who, when, from where."""

    __table_args__ = (sa.Index("ix_audit_kind", "kind", "id"), {"sqlite_autoincrement": True})

    id: int | None = key(primary=True)
    at: datetime = Field(sa_type=Moment, index=True)
    kind: AuditKind = Field(sa_type=choice(AuditKind))
    actor_id: int | None = key(foreign="account.id", nullable=True, index=True)
    account_id: int | None = key(foreign="account.id", nullable=True)
    channel: Channel = Field(sa_type=choice(Channel))
    source: str = ""
    detail: dict[str, Any] = Field(default_factory=dict, sa_type=Json)


def _standing(name: str, *columns: str, where: str = "") -> sa.Index:
    """An index over the cycles that count, which answers without the table: SQLite wants the flag in it."""
    more = f" AND {where}" if where else ""
    return sa.Index(
        name,
        *columns,
        "is_voided",
        sqlite_where=sa.text(f"is_voided = 0{more}"),
        postgresql_where=sa.text(f"NOT is_voided{more}"),
    )


class Cycle(Record, table=True):
    """Derived: one row for each time a ticket was closed or is open. Reports read this.

    ``seconds`` is the ticket's creation to this close; ``closer`` is operator, customer or automatic.
    ``response_seconds`` is creation to the first public staff reply, on the first cycle only.
    ``reopened_from_id`` is the operator whose close the last reopening took back.
    """

    __table_args__ = (
        _standing("ix_cycle_opened", "opened_at", "n", "topic_id", "closed_at"),
        _standing(
            "ix_cycle_closed",
            "closed_at",
            "closer",
            "closed_by_id",
            "topic_id",
            "seconds",
            "opened_at",
            where="closed_at IS NOT NULL",
        ),
        _standing(
            "ix_cycle_response",
            "response_at",
            "response_by_id",
            "topic_id",
            "response_seconds",
            where="response_at IS NOT NULL",
        ),
        _standing(
            "ix_cycle_reopened",
            "reopened_at",
            "reopened_from_id",
            "topic_id",
            where="reopened_at IS NOT NULL",
        ),
        _standing(
            "ix_cycle_rated",
            "closed_at",
            "closer",
            "closed_by_id",
            "topic_id",
            "rating",
            where="rating IS NOT NULL",
        ),
    )

    ticket_number: int = key(foreign="ticket.number", primary=True)
    n: int = Field(primary_key=True)
    opened_at: datetime = Field(sa_type=Moment)
    topic_id: int = key(foreign="topic.id")
    closed_at: datetime | None = Field(default=None, sa_type=Moment)
    closed_by_id: int | None = key(foreign="account.id", nullable=True)
    closer: str = Field(default="", max_length=16)
    seconds: int | None = None
    response_at: datetime | None = Field(default=None, sa_type=Moment)
    response_by_id: int | None = key(foreign="account.id", nullable=True)
    response_seconds: int | None = None
    public_replies: int = 0
    reopenings: int = 0
    reopened_at: datetime | None = Field(default=None, sa_type=Moment)
    reopened_from_id: int | None = key(foreign="account.id", nullable=True)
    rating: int | None = None
    rated_at: datetime | None = Field(default=None, sa_type=Moment)
    is_voided: bool = False


class SealedPeriod(Record, table=True):
    """Derived: a past day, or month, whose cycles are added up; what changes one of them deletes it.

    A day is ``part_of_id`` the month that has it added up already.
    """

    __tablename__: ClassVar[str] = "sealed_period"
    __table_args__ = (sa.UniqueConstraint("since", "until", name="uq_sealed_period"),)

    id: int | None = key(primary=True)
    since: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)
    part_of_id: int | None = Field(
        default=None,
        sa_column=sa.Column(Key, sa.ForeignKey("sealed_period.id", ondelete="SET NULL"), index=True),
    )


class SealedCount(Record, table=True):
    """What the cycles of a sealed period give of one kind: ``n`` cases, and their packed groups."""

    __tablename__: ClassVar[str] = "sealed_count"

    period_id: int | None = Field(
        default=None,
        sa_column=sa.Column(Key, sa.ForeignKey("sealed_period.id", ondelete="CASCADE"), primary_key=True),
    )
    kind: str = Field(primary_key=True, max_length=16)
    n: int
    groups: bytes


class Outbox(Record, table=True):
    """Mail that is owed to someone, written with the event that caused it.

    With ``digest_at`` it does not leave by itself: the digest that is due then tells of it.
    """

    __table_args__ = (
        sa.UniqueConstraint("batch_id", "subject_key", "address", name="uq_outbox"),
        sa.Index(
            "ix_outbox_due",
            "next_attempt_at",
            "id",
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND held_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND held_at IS NULL"),
        ),
        sa.Index(
            "ix_outbox_unsent",
            "id",
            sqlite_where=sa.text("sent_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL"),
        ),
        sa.Index("ix_outbox_ticket", "ticket_number", "id"),
        sa.Index(
            "ix_outbox_order",
            "ticket_number",
            "address",
            "id",
            sqlite_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND held_at IS NULL"),
            postgresql_where=sa.text("sent_at IS NULL AND failed_at IS NULL AND held_at IS NULL"),
        ),
        {"sqlite_autoincrement": True},
    )

    id: int | None = key(primary=True)
    batch_id: str = Field(foreign_key="batch.id", max_length=32)
    subject_key: str = Field(max_length=64)
    account_id: int | None = key(foreign="account.id", nullable=True)
    ticket_number: int | None = key(foreign="ticket.number", nullable=True)
    entry_id: int | None = key(foreign="entry.id", nullable=True)
    address: str
    locale: str = "en"
    template: Template = Field(sa_type=choice(Template))
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=Json)
    message_id: str = Field(unique=True)
    created_at: datetime = Field(sa_type=Moment)
    next_attempt_at: datetime = Field(sa_type=Moment)
    attempts: int = 0
    claimed_by: str = ""
    claimed_until: datetime | None = Field(default=None, sa_type=Moment)
    sent_at: datetime | None = Field(default=None, sa_type=Moment)
    failed_at: datetime | None = Field(default=None, sa_type=Moment)
    held_at: datetime | None = Field(default=None, sa_type=Moment)
    digest_at: datetime | None = Field(default=None, sa_type=Moment)
    error: str = ""

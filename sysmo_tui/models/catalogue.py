"""What an administrator configures: topics, statuses, priorities, types, settings."""

from datetime import datetime
from typing import Any, ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from sysmo_tui.domain.enums import Category, Reopening
from sysmo_tui.models.columns import Json, Moment, Record, choice, key, one_of


def _one_default(table: str, *scope: str) -> sa.Index:
    where = sa.text("is_default")
    columns = scope or ("is_default",)
    return sa.Index(f"uq_{table}_default", *columns, unique=True, sqlite_where=where, postgresql_where=where)


class Topic(Record, table=True):
    """The subject area that a ticket is filed under, and that routes it.

    ``mail_address`` is what its mail comes from and is answered to, "" for the desk's;
    ``reopening_days`` counts only for :attr:`Reopening.WITHIN`.
    """

    id: int | None = key(primary=True)
    slug: str = Field(unique=True)
    name: str
    folded: str = Field(unique=True)
    description: str = ""
    is_public: bool = True
    default_priority_id: int | None = key(foreign="priority.id", nullable=True)
    default_type_id: int | None = key(foreign="ticket_type.id", nullable=True)
    offers_waiting: bool = True
    reply_ends_hold: bool = False
    reopening: Reopening = Field(default=Reopening.REOPEN, sa_type=choice(Reopening))
    reopening_days: int = 14
    mail_address: str = ""
    signature: str = ""
    position: int = 0
    created_at: datetime = Field(sa_type=Moment)
    archived_at: datetime | None = Field(default=None, sa_type=Moment)


class TopicMember(Record, table=True):
    """Who serves a topic."""

    __tablename__: ClassVar[str] = "topic_member"

    topic_id: int = key(foreign="topic.id", primary=True)
    account_id: int = key(foreign="account.id", primary=True, index=True)
    level: int = 1


class Status(Record, table=True):
    """A named state; its category never changes once used."""

    __table_args__ = (one_of("category", Category), _one_default("status", "category"))

    id: int | None = key(primary=True)
    slug: str = Field(unique=True)
    name: str
    category: Category = Field(sa_type=choice(Category))
    customer_label: str
    position: int = 0
    is_default: bool = False
    archived_at: datetime | None = Field(default=None, sa_type=Moment)


class Priority(Record, table=True):
    """How soon a ticket matters; ``level`` runs from 1 (low) to 9."""

    __table_args__ = (_one_default("priority"),)

    id: int | None = key(primary=True)
    slug: str = Field(unique=True)
    name: str
    level: int
    is_default: bool = False
    archived_at: datetime | None = Field(default=None, sa_type=Moment)


class TicketType(Record, table=True):
    """What kind of request a ticket is."""

    __tablename__: ClassVar[str] = "ticket_type"
    __table_args__ = (_one_default("ticket_type"),)

    id: int | None = key(primary=True)
    slug: str = Field(unique=True)
    name: str
    position: int = 0
    is_default: bool = False
    archived_at: datetime | None = Field(default=None, sa_type=Moment)


class Setting(Record, table=True):
    """One setting of the desk, as JSON."""

    name: str = Field(primary_key=True)
    value: Any = Field(sa_type=Json)


class Lease(Record, table=True):
    """Who does a background duty until when."""

    duty: str = Field(primary_key=True)
    holder: str
    label: str = ""
    beat_at: datetime = Field(sa_type=Moment)
    until: datetime = Field(sa_type=Moment)

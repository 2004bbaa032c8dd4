"""What people keep for their daily work: searches under a name, and responses to use again."""

from datetime import datetime
from typing import ClassVar

import sqlalchemy as sa
from sqlmodel import Field

from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.models.columns import Json, Moment, choice, key
from sysmo_tui.models.people import Named


class SavedSearch(Named, table=True):
    """A list of one's own: a search in an inbox, with its order and columns; all staff see a shared one.

    ``sort`` None is the order that the list has by itself, no ``columns`` those of every list.
    """

    __tablename__: ClassVar[str] = "saved_search"
    __table_args__ = (
        sa.UniqueConstraint("account_id", "folded", name="uq_saved_search_name"),
        sa.Index(
            "uq_saved_search_shared",
            "folded",
            unique=True,
            sqlite_where=sa.text("is_shared = 1"),
            postgresql_where=sa.text("is_shared"),
        ),
    )

    id: int | None = key(primary=True)
    account_id: int = key(foreign="account.id")
    inbox: Inbox = Field(sa_type=choice(Inbox))
    query: str = ""
    sort: Sort | None = Field(default=None, sa_type=choice(Sort))
    columns: list[str] = Field(default_factory=list, sa_type=Json)
    is_shared: bool = False
    position: int = 0
    created_at: datetime = Field(sa_type=Moment)


class CannedResponse(Named, table=True):
    """A text that is written often. ``topic_id`` None is for every topic, ``locale`` "" for every language.

    Its body may hold variables, which are filled in when it is used.
    """

    __tablename__: ClassVar[str] = "canned_response"

    id: int | None = key(primary=True)
    slug: str = Field(unique=True)
    body: str
    locale: str = ""
    topic_id: int | None = key(foreign="topic.id", nullable=True)
    position: int = 0
    created_at: datetime = Field(sa_type=Moment)
    archived_at: datetime | None = Field(default=None, sa_type=Moment)

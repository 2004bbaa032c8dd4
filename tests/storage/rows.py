"""The least rows that a ticket with entries needs."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.domain.enums import (
    AccountState,
    Category,
    Channel,
    EntryKind,
    EventKind,
    Level,
    Role,
    Template,
    Visibility,
)
from sysmo_tui.models import (
    Account,
    Batch,
    Entry,
    Event,
    Outbox,
    Priority,
    Status,
    Ticket,
    TicketType,
    Topic,
    table,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


def add_ticket(session: Session, number: int = 1) -> None:
    """A ticket, and on first use the account and catalogue that it refers to."""
    if not session.scalar(sa.select(sa.func.count()).select_from(table(Account))):
        _add(session, Account, id=1, name="Ana", role=Role.CUSTOMER, state=AccountState.ACTIVE)
        _add(session, Topic, id=1, slug="t", name="T", folded="t")
        _add(session, Status, id=1, slug="new", name="New", category=Category.NEW, customer_label="New")
        _add(session, Priority, id=1, slug="p", name="P", level=5)
        _add(session, TicketType, id=1, slug="y", name="Y")
    _add(
        session,
        Ticket,
        number=number,
        requester_id=1,
        contact_email="ana@example.com",
        topic_id=1,
        type_id=1,
        status_id=1,
        category=Category.NEW,
        priority_id=1,
        priority_level=5,
        impact=Level.NORMAL,
        urgency=Level.NORMAL,
        subject="Printer",
        channel=Channel.CLI,
        updated_at=NOW,
        public_updated_at=NOW,
        waiting_since=NOW,
        next_due_at=NOW,
        rank=1,
    )


def add_entries(session: Session, ids: Sequence[int], number: int = 1) -> None:
    """Replies of the ticket, one for each of ``ids``."""
    rows = [
        {
            "id": i,
            "ticket_number": number,
            "public_key": f"{i:016x}",
            "kind": EntryKind.REPLY,
            "visibility": Visibility.PUBLIC,
            "channel": Channel.CLI,
            "author_id": None,
            "author_name": "",
            "by_staff": False,
            "body": "",
            "created_at": NOW,
        }
        for i in ids
    ]
    session.execute(sa.insert(table(Entry)), rows)


def add_event(session: Session, batch: str, number: int = 1) -> None:
    """A batch with one event and one mail that is owed."""
    _add(session, Batch, id=batch, channel=Channel.CLI, command="c", scope="s", key=batch, at=NOW)
    kind = next(iter(EventKind))
    _add(
        session,
        Event,
        batch_id=batch,
        ticket_number=number,
        at=NOW,
        channel=Channel.CLI,
        kind=kind,
        changes={},
    )
    _add(
        session,
        Outbox,
        batch_id=batch,
        subject_key="s",
        address="ana@example.com",
        template=next(iter(Template)),
        message_id=f"{batch}@desk",
        next_attempt_at=NOW,
    )


def _add(session: Session, model: type[Any], **values: object) -> None:
    """One row, of the columns that the database has: it may be of an older version."""
    ours = table(model)
    if "created_at" in ours.c:
        values.setdefault("created_at", NOW)
    has = {column["name"] for column in sa.inspect(session.connection()).get_columns(ours.name)}
    theirs = sa.table(ours.name, *(sa.column(c.name, c.type) for c in ours.c if c.name in has))
    made = model(**values).model_dump()
    row = {name: value for name, value in made.items() if name in has and value is not None}
    session.execute(sa.insert(theirs).values(row))

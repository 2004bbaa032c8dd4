"""A ticket with five thousand entries on a filled desk, made once."""

from __future__ import annotations

import secrets
from datetime import timedelta

import sqlalchemy as sa

from benchmarks import data
from benchmarks.data import NOW, People
from sysmo_tui.desk import Work
from sysmo_tui.domain.enums import Channel, EntryKind, EventKind, Visibility
from sysmo_tui.models import Entry, Event, Ticket, Topic, table
from sysmo_tui.services import filing
from sysmo_tui.services.filing import Filing

ENTRIES = 5_000
SUBJECT = "A very long story"


def number(people: People) -> int:
    """Its number; it is in a topic of the operator, who can open it."""
    tickets = table(Ticket)
    with people.desk.store.reading() as session:
        found = session.scalar(sa.select(tickets.c.number).where(tickets.c.subject == SUBJECT).limit(1))
    return int(found) if found is not None else _made(people)


def _made(people: People) -> int:
    filed = people.customer.write(
        filing.file, Filing(people.operator.read(topic), SUBJECT, "So it began.")
    ).number
    with people.desk.store.touching() as session:
        entries, events, tickets = table(Entry), table(Event), table(Ticket)
        who = session.execute(sa.select(tickets.c.requester_id).where(tickets.c.number == filed)).scalar_one()
        common = {
            "ticket_number": filed,
            "kind": EntryKind.REPLY,
            "visibility": Visibility.PUBLIC,
            "channel": Channel.TUI,
            "author_id": who,
            "author_name": "Somebody",
            "by_staff": False,
        }
        moments = [NOW - timedelta(minutes=ENTRIES - n) for n in range(ENTRIES)]
        rows = [
            common | {"public_key": secrets.token_hex(8), "body": f"And then, {n}. " * 25, "created_at": at}
            for n, at in enumerate(moments)
        ]
        session.execute(sa.insert(entries), rows)
        written = session.execute(
            sa.select(entries.c.id, entries.c.created_at)
            .where(entries.c.ticket_number == filed)
            .order_by(entries.c.id)
        ).all()
        happened = {"batch_id": data.BATCH, "ticket_number": filed, "channel": Channel.TUI, "cause": ""}
        session.execute(
            sa.insert(events),
            [
                happened
                | {
                    "entry_id": row.id,
                    "at": row.created_at,
                    "actor_id": who,
                    "kind": EventKind.REPLIED,
                    "changes": {},
                }
                for row in written[1:]
            ],
        )
        last = {"last_entry_id": written[-1].id, "last_public_entry_id": written[-1].id}
        session.execute(sa.update(tickets).where(tickets.c.number == filed).values(**last))
    return int(filed)


def topic(work: Work) -> str:
    """A topic of who asks."""
    topics = table(Topic)
    served = min(work.actor.topics)
    return str(work.session.execute(sa.select(topics.c.slug).where(topics.c.id == served)).scalar_one())

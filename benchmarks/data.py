"""Seeded data for the benchmarks: two years of a desk, written straight into its tables.

Per million tickets: 4.7 million entries of about 450 characters, four fifths closed, 20
topics, 50 operators with four topics each, 5 000 customers. Planted words: ``quetzal`` in
one of 2 000 entries, ``firmware`` in one of 100, ``invoice`` in one of 10, ``ord123`` once.
Every tenth entry has a file. Who has a ticket has read it but for the last entry; the manager
has read every third. Tickets are taken and closed by events that say what they changed, and
have their closing cycles, which the reports read.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeAlias

import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.desk import Desk, Door, Work
from sysmo_tui.domain import workflow
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.cycles import Closer, Span
from sysmo_tui.domain.enums import (
    AccountState,
    Category,
    Channel,
    EntryKind,
    EventKind,
    Level,
    Role,
    Visibility,
)
from sysmo_tui.domain.moments import FAR_FUTURE
from sysmo_tui.models import (
    Account,
    AccountEmail,
    Attachment,
    Batch,
    Blob,
    Company,
    Cycle,
    Entry,
    Event,
    Priority,
    ReadMark,
    Status,
    Ticket,
    TicketType,
    Topic,
    TopicMember,
    table,
)
from sysmo_tui.services import sealing, sessions, setup
from sysmo_tui.services.cycles import row
from sysmo_tui.storage import fulltext
from sysmo_tui.storage.engine import Dialect

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
EDITION = 2
"""Which data these are: a desk that was filled with others is filled anew."""
YEARS = timedelta(days=730)
TOPICS, OPERATORS, CUSTOMERS, COMPANIES = 20, 50, 5_000, 400
CHUNK = 2_000
BATCH = BLOB = "benchmark"
FILE_EVERY, FILE_SIZE = 10, 40_000
"""Every so many entries have a file, all of them the same bytes, of which none are stored."""
SHA256 = "0" * 64
SPEECH = """
    the of to printer in and does not start since yesterday after an update our office on second floor
    screen stays black network slow cable login password reset account mailbox full paper jam toner
    server contract delivery late order customer address change holiday request form payroll error help
"""
WORDS = tuple(SPEECH.split())

_Thread: TypeAlias = tuple[dict[str, Any], list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class People:
    """Who looks at the desk: an operator with four topics, a manager, a customer."""

    desk: Desk
    operator: Door
    manager: Door
    customer: Door
    busy_ticket: int
    """A ticket with forty entries."""


def fill(desk: Desk, tickets: int, seed: int = 1) -> None:
    """Set ``desk`` up and give it ``tickets`` tickets; the same seed gives the same desk."""
    _itself(desk).write(
        setup.found,
        desk_name="Benchmark",
        language="en",
        country="AR",
        time_zone="America/Argentina/Buenos_Aires",
        admin_email="admin@desk.example",
        admin_name="Ada Admin",
        password_hash=None,
        topics=[f"Topic {n}" for n in range(1, TOPICS)],
        allows_reserved_addresses=True,
    )
    chance = random.Random(seed)
    with desk.store.touching() as session:
        cast = _people(session, chance)
    again = random.Random()
    again.setstate(chance.getstate())
    _write(desk, cast, tickets, chance)
    with desk.store.touching() as session:
        fulltext.rebuild(session, _documents(_chunks(cast, tickets, again)))
    analyse(desk)


def people(desk: Desk) -> People:
    """Who looks at a filled ``desk``, each signed in."""

    def door(address: str) -> Door:
        email = table(AccountEmail)
        with desk.store.reading() as session:
            found = session.execute(sa.select(email.c.account_id).where(email.c.folded == address))
            return _door(desk, found.scalar_one())

    return People(
        desk,
        operator=door("operator.0@operator.example"),
        manager=door("mara.manager@manager.example"),
        customer=door("customer.0@customer.example"),
        busy_ticket=1,
    )


@dataclass(frozen=True, slots=True)
class _Cast:
    operators: list[int]
    served: dict[int, list[int]]
    manager: int
    customers: list[int]
    topics: list[int]
    types: list[int]
    states: dict[Category, int]
    priorities: dict[int, int]


def _people(session: Session, chance: random.Random) -> _Cast:
    def ids(model: type[Any]) -> list[int]:
        return list(session.execute(sa.select(table(model).c.id).order_by(table(model).c.id)).scalars())

    def add(model: type[Any], rows: list[dict[str, Any]]) -> list[int]:
        entities = [model(**row) for row in rows]
        session.add_all(entities)
        session.flush()
        return [entity.id for entity in entities]

    def accounts(role: Role, names: list[str]) -> list[int]:
        common = {"role": role, "state": AccountState.ACTIVE, "created_at": NOW - YEARS}
        made = add(Account, [common | {"name": name.title()} for name in names])
        for account_id, name in zip(made, names, strict=True):
            address = f"{name.replace(' ', '.')}@{role.value}.example"
            session.add(AccountEmail(account_id=account_id, address=address, folded=address, verified_at=NOW))
        session.flush()
        return made

    add(Company, [{"name": f"Company {n}", "country": "AR", "created_at": NOW} for n in range(COMPANIES)])
    operators = accounts(Role.OPERATOR, [f"operator {n}" for n in range(OPERATORS)])
    (manager,) = accounts(Role.MANAGER, ["mara manager"])
    customers = accounts(Role.CUSTOMER, [f"customer {n}" for n in range(CUSTOMERS)])
    topics = ids(Topic)
    served = {topic: [] for topic in topics}
    for operator in operators:
        for topic in chance.sample(topics, 4):
            session.add(TopicMember(topic_id=topic, account_id=operator))
            served[topic].append(operator)
    session.flush()
    states = session.execute(sa.select(table(Status).c.category, table(Status).c.id)).all()
    levels = session.execute(sa.select(table(Priority).c.level, table(Priority).c.id)).all()
    return _Cast(
        operators,
        served,
        manager,
        customers,
        topics,
        ids(TicketType),
        {row.category: row.id for row in states},
        {row.level: row.id for row in levels},
    )


def _write(desk: Desk, cast: _Cast, tickets: int, chance: random.Random) -> None:
    with desk.store.touching() as session:
        session.execute(
            sa.insert(table(Batch)),
            {"id": BATCH, "channel": Channel.DESK, "command": "b", "scope": "b", "key": "b", "at": NOW},
        )
        blob = {"id": BLOB, "sha256": SHA256, "size": FILE_SIZE, "staged_at": NOW, "is_complete": True}
        session.execute(sa.insert(table(Blob)), blob)
    for chunk in _chunks(cast, tickets, chance):
        with desk.store.touching() as session:
            session.execute(sa.insert(table(Ticket)), [ticket for ticket, _ in chunk])
            entries = [entry for _, thread in chunk for entry in thread]
            session.execute(sa.insert(table(Entry)), entries)
            files = [_file(entry) for entry in entries if entry["id"] % FILE_EVERY == 0]
            for model, rows in (
                (Event, [event for ticket, thread in chunk for event in _events(cast, ticket, thread)]),
                (Attachment, files),
                (ReadMark, [mark for ticket, thread in chunk for mark in _marks(cast, ticket, thread)]),
                (Cycle, [_cycle(ticket, thread) for ticket, thread in chunk]),
            ):
                if rows:
                    session.execute(sa.insert(table(model)), rows)
    _move_sequences(desk)


def _documents(chunks: Iterator[list[_Thread]]) -> Iterator[tuple[int, str]]:
    for chunk in chunks:
        for ticket, thread in chunk:
            for entry in thread:
                yield entry["id"], f"{ticket['subject']} {entry['body']}"


def _chunks(cast: _Cast, tickets: int, chance: random.Random) -> Iterator[list[_Thread]]:
    sentences = [" ".join(chance.choices(WORDS, k=15)) for _ in range(3_000)]
    entry_id = 0
    chunk: list[_Thread] = []
    for number in range(1, tickets + 1):
        made = _ticket(cast, number, tickets, chance)
        thread = []
        for n in range(40 if number == 1 else chance.choice((1, 3, 4, 5, 5, 6, 9))):
            entry_id += 1
            thread.append(_entry(cast, made, entry_id, n, chance, sentences))
        made["updated_at"] = made["public_updated_at"] = thread[-1]["created_at"]
        made["last_entry_id"] = made["last_public_entry_id"] = entry_id
        chunk.append((made, thread))
        if len(chunk) == CHUNK:
            yield chunk
            chunk = []
    if chunk:
        yield chunk


def _ticket(cast: _Cast, number: int, tickets: int, chance: random.Random) -> dict[str, Any]:
    filed = NOW - YEARS + YEARS * ((number - 1) / tickets)
    topic = chance.choice(cast.topics)
    is_open = chance.random() < 0.6 * (number / tickets) ** 2
    category = chance.choice(list(Category)[:4]) if is_open else Category.CLOSED
    level = chance.choice((1, 2, 2, 2, 3, 4))
    assignee = None if category is Category.NEW else chance.choice(cast.served[topic] or cast.operators)
    return {
        "number": number,
        "requester_id": chance.choice(cast.customers),
        "contact_email": "someone@customer.example",
        "company_id": chance.randrange(1, COMPANIES + 1),
        "topic_id": topic,
        "type_id": chance.choice(cast.types),
        "status_id": cast.states[category],
        "category": category,
        "priority_id": cast.priorities[level],
        "priority_level": level,
        "impact": Level.NORMAL,
        "urgency": Level.NORMAL,
        "subject": " ".join(chance.choices(WORDS, k=5)),
        "channel": Channel.TUI,
        "owner_id": assignee if chance.random() < 0.2 else None,
        "assignee_id": assignee,
        "filed_by_id": None,
        "created_at": filed,
        "waiting_since": filed,
        "closed_at": None if is_open else filed + timedelta(hours=chance.randrange(1, 300)),
        "next_due_at": FAR_FUTURE if chance.random() < 0.9 else filed + timedelta(days=30),
        "rank": workflow.rank(category, level),
        "is_spam": False,
        "version": 1,
    }


def _entry(
    cast: _Cast,
    ticket: dict[str, Any],
    entry_id: int,
    n: int,
    chance: random.Random,
    sentences: list[str],
) -> dict[str, Any]:
    planted = [
        word for word, per in (("quetzal", 2_000), ("firmware", 100), ("invoice", 10)) if entry_id % per == 0
    ]
    by_staff = n % 2 == 1
    is_note = n > 0 and chance.random() < 0.15
    return {
        "id": entry_id,
        "ticket_number": ticket["number"],
        "public_key": f"{entry_id:016x}",
        "kind": EntryKind.NOTE if is_note else EntryKind.REPLY if n else EntryKind.REQUEST,
        "visibility": Visibility.INTERNAL if is_note else Visibility.PUBLIC,
        "channel": Channel.TUI,
        "author_id": ticket["assignee_id"] if by_staff else ticket["requester_id"],
        "author_name": "Somebody",
        "by_staff": by_staff,
        "body": " ".join([*chance.choices(sentences, k=5), *planted, f"ord{entry_id}"]),
        "created_at": ticket["created_at"] + timedelta(hours=n * 3),
    }


_KINDS = {
    EntryKind.REQUEST: EventKind.FILED,
    EntryKind.REPLY: EventKind.REPLIED,
    EntryKind.NOTE: EventKind.NOTED,
}


def _events(cast: _Cast, ticket: dict[str, Any], thread: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """What happened to a ticket: each entry, who took it, and its close."""

    def event(
        kind: EventKind, at: datetime, entry: dict[str, Any] | None = None, **changes: Any
    ) -> dict[str, Any]:
        return {
            "batch_id": BATCH,
            "ticket_number": ticket["number"],
            "entry_id": entry["id"] if entry else None,
            "at": at,
            "actor_id": entry["author_id"] if entry else ticket["assignee_id"],
            "channel": Channel.TUI,
            "kind": kind,
            "changes": changes,
            "cause": "",
        }

    first, *others = thread
    yield event(EventKind.FILED, first["created_at"], first)
    opened, closed = cast.states[Category.OPEN], cast.states[Category.CLOSED]
    if ticket["assignee_id"] is not None:
        yield event(
            EventKind.TAKEN,
            first["created_at"] + timedelta(hours=1),
            assignee_id=[None, ticket["assignee_id"]],
            status_id=[cast.states[Category.NEW], opened],
            category=[Category.NEW.value, Category.OPEN.value],
        )
    for entry in others:
        yield event(_KINDS[entry["kind"]], entry["created_at"], entry)
    if ticket["closed_at"] is not None:
        yield event(
            EventKind.CLOSED,
            ticket["closed_at"],
            status_id=[opened, closed],
            category=[Category.OPEN.value, Category.CLOSED.value],
            closed_at=[None, ticket["closed_at"].isoformat()],
            close_reason=[None, "answered"],
        )


def _file(entry: dict[str, Any]) -> dict[str, Any]:
    return {
        "entry_id": entry["id"],
        "public_key": f"{entry['id']:016x}",
        "filename": f"photo-{entry['id']}.png",
        "media_type": "image/png",
        "size": FILE_SIZE,
        "sha256": SHA256,
        "blob_id": BLOB,
    }


def _marks(cast: _Cast, ticket: dict[str, Any], thread: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    readers = {ticket["assignee_id"]: thread[-1]["id"] - 1}
    if ticket["number"] % 3 == 0:
        readers[cast.manager] = thread[-1]["id"]
    for account, entry in readers.items():
        if account is not None:
            yield {"account_id": account, "ticket_number": ticket["number"], "entry_id": entry}


def _cycle(ticket: dict[str, Any], thread: list[dict[str, Any]]) -> dict[str, Any]:
    """The one closing cycle of a ticket, with its first public answer."""
    answers = [each for each in thread if each["by_staff"] and each["visibility"] is Visibility.PUBLIC]
    answer = answers[0] if answers and answers[0]["author_id"] is not None else None
    filed, closed_at = ticket["created_at"], ticket["closed_at"]
    return row(
        ticket["number"],
        Span(
            n=1,
            opened_at=filed,
            topic_id=ticket["topic_id"],
            closed_at=closed_at,
            closed_by_id=ticket["assignee_id"] if closed_at else None,
            closer=Closer.OPERATOR if closed_at else "",
            seconds=int((closed_at - filed).total_seconds()) if closed_at else None,
            response_at=answer["created_at"] if answer else None,
            response_by_id=answer["author_id"] if answer else None,
            response_seconds=int((answer["created_at"] - filed).total_seconds()) if answer else None,
            public_replies=len(answers),
        ),
    )


def _move_sequences(desk: Desk) -> None:
    """Let PostgreSQL's keys go on behind the rows that came with theirs."""
    if desk.store.dialect is not Dialect.POSTGRESQL:
        return
    with desk.store.touching() as session:
        for name, key in (("ticket", "number"), ("entry", "id")):
            sequence = f"pg_get_serial_sequence('{name}', '{key}')"
            session.execute(sa.text(f"SELECT setval({sequence}, (SELECT max({key}) FROM {name}))"))


def seal(desk: Desk) -> None:
    """Seal what is past, as a worker does; a desk that is sealed already stays as it is."""
    caller = _itself(desk).caller
    while desk.read(caller, sealing.is_due):
        desk.touch(caller, sealing.seal_some)


def analyse(desk: Desk) -> None:
    """Tell the database what its tables hold, as a server that runs for long does by itself."""
    with desk.store.touching() as session:
        if desk.store.dialect is Dialect.POSTGRESQL:
            session.execute(sa.text("SET LOCAL statement_timeout = 0"))
            session.execute(sa.text("ANALYZE"))


def _itself(desk: Desk) -> Door:
    return Door(desk, Caller(Channel.DESK, "benchmark", is_desk=True))


def _door(desk: Desk, account_id: int) -> Door:
    def open_one(work: Work) -> str:
        return sessions.open_session(work, account_id, Channel.CLI, "benchmark")

    return Door(desk, Caller(Channel.CLI, "benchmark", desk.touch(_itself(desk).caller, open_one)))

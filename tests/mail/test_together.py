"""Mails that are decided together become what they become one after another, on each database."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel

from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import PersonRole, SenderStanding
from sysmo_tui.mail import receiving
from sysmo_tui.mail.keeping import mail_caller
from sysmo_tui.models import Outbox, TicketPerson, table
from sysmo_tui.services import (
    accounts,
    closing,
    desk_settings,
    notices,
    outbox,
    proof,
    reply_addresses,
    senders,
)
from sysmo_tui.storage.engine import open_store
from tests.cast import Cast, Clock
from tests.databases import PostgresqlServer, SqliteServer
from tests.hostile.attacks_by_mail import bounce
from tests.mails import came_together, written
from tests.services import requests as ask

HELP = "help@desk.example"
SENDERS = (
    "carla@customer.example",
    "Carla+again@customer.example",
    "dora@customer.example",
    "eve@evil.example",
    "one@acme.example",
    "two@acme.example",
    "luis@desk.example",
    "no-reply@acme.example",
    "zoe@customer.example",
    "spam@spam.example",
)
WAYS = ("new", "like", "cites", "addressed", "numbered", "foreign", "answers", "copies", "doubles", "bounces")

Step = tuple[str, str, str, str, int]
STEPS = st.tuples(
    st.sampled_from(SENDERS),
    st.sampled_from(WAYS),
    st.sampled_from(("Hello.", "5", "> quoted")),
    st.sampled_from(("no", "auto-replied")),
    st.integers(0, 20),
)
EVERYTHING: tuple[Step, ...] = tuple(
    (SENDERS[n % len(SENDERS)], way, "Hello.", "no", n) for n, way in enumerate(WAYS * 2)
)
ONE_TICKET: list[Step] = [
    (f"{name}@customer.example", way, "Hello.", "no", 0)
    for name, way in (
        ("dora", "numbered"),
        ("carla", "numbered"),
        ("dora", "numbered"),
        ("dora", "addressed"),
    )
]
"""Somebody who takes part in a ticket writes about it several times, and in between who asked."""

_RANDOM = {"public_key", "batch_id", "txid", "message_id", "blob_id"}
_RANKED = {
    "ticket": ("ticket_number", "number", "continues"),
    "entry": ("entry_id", "last_entry_id", "last_public_entry_id"),
    "account": (
        "account_id",
        "author_id",
        "requester_id",
        "actor_id",
        "assignee_id",
        "owner_id",
        "filed_by_id",
    ),
}
_TABLES = (
    *("ticket", "entry", "event", "cycle", "read_mark", "mail_reference", "outbox", "inbound_mail"),
    *("account", "account_email", "throttle", "ticket_person", "ticket_tag"),
)


def prepared(url: str, clock: Clock) -> None:
    """A desk where mail comes in, two customers with tickets, one of them closed, and a stranger's mail."""
    store = open_store(url)
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    admin, luis = people.admin(), people.operator()
    for name, value in (("reply_address", HELP), ("mail_comes_in", "on"), ("mail_tickets_per_hour", "2")):
        admin.write(desk_settings.change, name, value)
    for name in ("carla", "dora", "carla"):
        number = ask.file(people.customer(name), subject="The printer burns")
        ask.reply(luis, number, f"Which one, {name}?")
    luis.write(closing.close, 3)
    people.customer("zoe")
    part = {"ticket_number": 1, "account_id": people.ids["dora"], "role": PersonRole.COLLABORATOR}
    with store.touching() as session:
        session.execute(sa.insert(table(TicketPerson)), {**part, "added_at": clock()})
    admin.write(accounts.disable, people.email("zoe"))
    admin.write(senders.decide, "spam@spam.example", SenderStanding.BLOCKED)
    receiving.receive(people.desk, "", written("one@acme.example", message_id="<first@acme.example>"))
    store.close()


@contextmanager
def opened(url: str, clock: Clock) -> Iterator[Desk]:
    store = open_store(url)
    try:
        yield Desk(store, consequences=(notices.owe, outbox.write), clock=clock)
    finally:
        store.close()


def letters(desk: Desk) -> list[Any]:
    owed = table(Outbox)
    with desk.store.reading() as session:
        of_tickets = sa.select(owed).where(owed.c.ticket_number.is_not(None)).order_by(owed.c.id)
        return list(session.execute(of_tickets))


def raws(desk: Desk, steps: Sequence[Step]) -> list[bytes]:
    """The mails of some steps, which may answer, copy or contradict those before them."""
    sent, came = letters(desk), []
    loaded = desk.read(mail_caller(), desk_settings.load)
    for at, (sender, way, body, automatic, which) in enumerate(steps):
        letter = sent[which % len(sent)]
        given, to, subject = {"auto_submitted": automatic}, HELP, f"Mail {at}"
        given["message_id"] = f"<{at}@together.example>"
        match way:
            case "like":
                subject = "The printer burns"
            case "cites":
                given["in_reply_to"] = letter.message_id
            case "addressed":
                to = reply_addresses.make(loaded, letter.ticket_number, letter.address)
            case "numbered":
                subject = f"Re: [#{1 + which % 3}]"
            case "foreign":
                given["references"] = "<first@acme.example> <unknown@acme.example>"
            case "answers" if at:
                given["in_reply_to"] = f"<{which % at}@together.example>"
            case "doubles" if at:
                given["message_id"] = f"<{which % at}@together.example>"
            case _:
                pass
        if way == "copies" and at:
            came.append(b"Received: from elsewhere\n" + came[which % at])
        elif way == "bounces":
            came.append(bounce(f"Message-ID: {letter.message_id}", letter.address, "5.1.1"))
        else:
            came.append(written(sender, subject, body, to, **given))
    return came


def snapshot(desk: Desk) -> dict[str, Counter[str]]:
    """All that mail can have written, but for what chance chose; keys are places in their order."""
    with desk.store.reading() as session:
        rows = {
            name: [dict(row._mapping) for row in session.execute(sa.select(SQLModel.metadata.tables[name]))]
            for name in _TABLES
        }
    for name, columns in _RANKED.items():
        keys = sorted(row["number" if name == "ticket" else "id"] for row in rows[name])
        place = {key: at for at, key in enumerate(keys)}
        for row in (row for some in rows.values() for row in some):
            row.update({each: place[row[each]] for each in columns if row.get(each)})
    rows["throttle"] = [row for row in rows["throttle"] if row["failures"]]
    return {
        name: Counter(repr({k: v for k, v in row.items() if k not in _RANDOM and k != "id"}) for row in some)
        for name, some in rows.items()
    }


def compare(one_by_one: Desk, together: Desk, steps: Sequence[Step]) -> None:
    mails = raws(together, steps)
    for raw in mails:
        receiving.receive(one_by_one, "", raw)
    came_together(together, "", mails)
    expected, found = snapshot(one_by_one), snapshot(together)
    for name in _TABLES:
        missing, added = expected[name] - found[name], found[name] - expected[name]
        assert (missing, added) == (Counter(), Counter()), name
    assert together.read(mail_caller(), proof.check) == ()


def copied(url: str, folder: Path, name: str) -> str:
    path = folder / f"{name}.db"
    shutil.copyfile(url.removeprefix("sqlite:///"), path)
    path.chmod(0o600)
    return f"sqlite:///{path}"


def test_mails_together_become_what_they_become_one_by_one(
    sqlite_server: SqliteServer, tmp_path: Path, clock: Clock
) -> None:
    url = sqlite_server.fresh(tmp_path)
    prepared(url, clock)

    @settings(max_examples=12, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(st.lists(STEPS, min_size=4, max_size=9))
    @example(ONE_TICKET)
    def check(steps: list[Step]) -> None:
        urls = [copied(url, tmp_path, name) for name in ("single", "together")]
        with opened(urls[0], clock) as single, opened(urls[1], clock) as together:
            compare(single, together, steps)

    check()


def test_everything_that_mails_can_be_to_each_other_is_the_same_on_a_server(
    postgres_server: PostgresqlServer, clock: Clock
) -> None:
    with postgres_server.fresh() as url:
        prepared(url, clock)
        template = str(sa.make_url(url).database)
        with (
            postgres_server.fresh(template) as second,
            opened(url, clock) as single,
            opened(second, clock) as together,
        ):
            compare(single, together, EVERYTHING)

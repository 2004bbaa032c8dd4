"""The demo desk is whole, alive, the same each time, and stays away from real desks."""

from __future__ import annotations

import csv
import io
import struct
import zlib
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa

from sysmo_tui import demo
from sysmo_tui.demo import files, people
from sysmo_tui.demo.plan import plan, span
from sysmo_tui.demo.stories import LANGUAGES, book
from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain import password_rules
from sysmo_tui.domain.actor import Caller
from sysmo_tui.domain.enums import (
    AccountState,
    Category,
    Channel,
    CloseReason,
    MailReason,
    Role,
    Verdict,
    Visibility,
)
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.models import (
    Account,
    Attachment,
    BlobChunk,
    Entry,
    InboundMail,
    Outbox,
    ReadMark,
    Ticket,
    TicketTag,
    Topic,
    table,
)
from sysmo_tui.services import proof, setup, signing_in
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import Store, open_store
from tests.cheap import cheap_hasher, using

NOW = datetime(2026, 11, 24, 18, 30, tzinfo=UTC)
"""A Tuesday, half past three in the afternoon at the desk."""
TICKETS = 110
ITSELF = Caller(Channel.DESK, "test", is_desk=True)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """One demo desk for all tests that only look."""
    url = f"sqlite:///{tmp_path_factory.mktemp('demo')}/demo.db"
    with using(cheap_hasher()):
        demo.build(url, tickets=TICKETS, now=NOW)
    store = open_store(url)
    yield store
    store.close()


def ask(store: Store, statement: sa.Select[Any]) -> list[Any]:
    with store.reading() as session:
        return list(session.execute(statement).scalars())


def test_mail_waits_for_a_decision_for_different_reasons(made: Store) -> None:
    mail = table(InboundMail)
    reasons = ask(made, sa.select(mail.c.reason).order_by(mail.c.id))
    assert reasons == [
        MailReason.BLOCKED,
        MailReason.FROM_OPERATOR,
        MailReason.NO_SENDER,
        MailReason.STRANGER,
    ]
    assert ask(made, sa.select(mail.c.verdict).where(mail.c.ticket_number.is_not(None))) == [
        Verdict.QUARANTINED
    ]


def test_every_state_of_a_ticket_can_be_seen(made: Store) -> None:
    ticket, entry = table(Ticket), table(Entry)
    assert set(ask(made, sa.select(ticket.c.category))) == set(Category)
    assert set(ask(made, sa.select(ticket.c.priority_level))) == {1, 2, 3, 4}
    reasons = set(ask(made, sa.select(ticket.c.close_reason)))
    assert {CloseReason.ANSWERED, CloseReason.SPAM, CloseReason.BY_CUSTOMER} <= reasons
    assert any(ask(made, sa.select(ticket.c.cloned_from)))
    assert Visibility.INTERNAL in ask(made, sa.select(entry.c.visibility))
    assert ask(made, sa.select(table(TicketTag).c.tag))
    overdue = sa.select(ticket.c.number).where(ticket.c.next_due_at < NOW, ticket.c.closed_at.is_(None))
    assert ask(made, overdue)
    channels = set(ask(made, sa.select(ticket.c.channel)))
    assert {Channel.EMAIL, Channel.TUI, Channel.PHONE} <= channels


def test_there_are_as_many_tickets_as_asked_for(made: Store) -> None:
    assert len(ask(made, sa.select(table(Ticket).c.number))) == TICKETS


def test_of_the_latest_tickets_nobody_left_unread_what_they_answered(made: Store) -> None:
    entry, mark, ticket = table(Entry), table(ReadMark), table(Ticket)
    latest = sa.select(ticket.c.number).where(ticket.c.updated_at >= NOW - timedelta(days=1))
    own = (mark.c.ticket_number == entry.c.ticket_number, mark.c.account_id == entry.c.author_id)
    unread = (
        sa.select(entry.c.id)
        .outerjoin(mark, sa.and_(*own))
        .where(entry.c.ticket_number.in_(latest), entry.c.author_id.is_not(None))
        .where(sa.func.coalesce(mark.c.entry_id, 0) < entry.c.id)
    )
    assert ask(made, latest)
    assert ask(made, unread) == []


def test_a_thread_has_more_than_eighty_entries(made: Store) -> None:
    assert Counter(ask(made, sa.select(table(Entry).c.ticket_number))).most_common(1)[0][1] > 80


def test_new_tickets_came_in_within_the_hour_and_wait_for_someone(made: Store) -> None:
    ticket = table(Ticket)
    recent = sa.select(ticket.c.number).where(
        ticket.c.created_at > NOW - timedelta(hours=1), ticket.c.assignee_id.is_(None)
    )
    assert len(ask(made, recent)) >= 3
    assert max(ask(made, sa.select(ticket.c.updated_at))) <= NOW


def test_nobody_is_owed_mail_for_what_happened_long_ago(made: Store) -> None:
    assert not ask(made, sa.select(table(Outbox).c.id))


def test_the_history_gives_the_rows(made: Store) -> None:
    assert Door(Desk(made), ITSELF).read(proof.check) == ()


def test_the_accounts_are_of_every_kind(made: Store) -> None:
    account = table(Account)
    assert set(ask(made, sa.select(account.c.role))) == set(Role)
    assert set(ask(made, sa.select(account.c.state))) == set(AccountState)
    topic = table(Topic)
    assert ask(made, sa.select(topic.c.slug).where(~topic.c.is_public)) == [people.STAFF_ONLY]


def test_everyone_named_can_sign_in_with_the_password(made: Store) -> None:
    desk = demo.described(made.url)
    assert desk.operator in desk.accounts
    for account in (desk.accounts[0], desk.operator, desk.accounts[-1]):
        door = Door(Desk(made, clock=lambda: NOW), Caller(Channel.CLI, "test"))
        assert signing_in.sign_in(door, account.email, desk.password).role is account.role


def test_the_files_are_real(made: Store) -> None:
    attachment, chunk = table(Attachment), table(BlobChunk)
    names = ask(made, sa.select(attachment.c.filename))
    assert {name.rpartition(".")[2] for name in names} == {"png", "pdf", "csv"}
    for content in ask(
        made, sa.select(chunk.c.content).where(chunk.c.blob_id.in_(sa.select(attachment.c.blob_id)))
    ):
        assert content[:4] in (b"\x89PNG", b"%PDF", "\ufeffd".encode())


@pytest.mark.parametrize("number", [0, 77, 99_999])
def test_a_made_picture_has_every_pixel(number: int) -> None:
    picture = files.content("screenshot.png", "Título 請求書", number)
    at = picture.index(b"IDAT")
    (length,) = struct.unpack(">I", picture[at - 4 : at])
    width, height = struct.unpack(">II", picture[16:24])
    pixels = zlib.decompress(picture[at + 4 : at + 4 + length])
    assert len(pixels) == (width + 1) * height
    assert max(pixels) == 4


def test_a_made_table_is_read_by_a_spreadsheet() -> None:
    text = files.content("libro.csv", "Peña; Núñez", 3).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text), delimiter=";"))
    assert len(rows) == 41
    assert {len(row) for row in rows} == {5}


def test_the_same_seed_gives_the_same_history() -> None:
    first, second = plan(300, NOW), plan(300, NOW)
    assert [(step.at, step.who, step.ticket) for step in first] == [
        (step.at, step.who, step.ticket) for step in second
    ]


@pytest.mark.parametrize("hour", [0, 7, 15, 23])
@pytest.mark.parametrize("day", [22, 23, 27])
def test_nothing_happens_in_the_future_or_before_everyone_is_there(day: int, hour: int) -> None:
    now = datetime(2026, 11, day, hour, 12, tzinfo=UTC)
    steps = plan(200, now)
    assert steps[0].at >= now - span(200)
    assert steps[-1].at <= now
    assert steps == sorted(steps, key=lambda step: step.at)


def test_people_write_on_working_days_mostly() -> None:
    zone = ZoneInfo(people.TIME_ZONE)
    steps = [step for step in plan(600, NOW) if step.who in {client.email for client in people.CLIENTS}]
    on_weekends = sum(step.at.astimezone(zone).weekday() >= 5 for step in steps)
    assert on_weekends < len(steps) / 8


def test_the_password_and_the_people_are_acceptable() -> None:
    for member in people.STAFF:
        assert password_rules.check(demo.PASSWORD, [member.name, member.email, people.DESK_NAME])
    addresses = [person.email for person in (*people.STAFF, *people.CLIENTS)]
    assert len(set(addresses)) == len(addresses)
    assert all(address.endswith(".example") for address in addresses)
    assert {client.language for client in people.CLIENTS} == set(LANGUAGES)


def test_every_story_is_about_a_topic_of_the_desk() -> None:
    topics = {area.slug for area in people.AREAS}
    for language in LANGUAGES:
        assert {story.topic for story in book(language).stories} <= topics


def test_a_demo_desk_can_be_made_on_each_database(store_url: str, tmp_path: Path) -> None:
    url = store_url
    if url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path}/demo-again.db"
        demo.build(url, tickets=50, now=NOW)
        assert demo.exists(url)
        assert demo.is_fresh(url, NOW)
        assert not demo.is_fresh(url, NOW + timedelta(days=3))
    else:
        demo.fill(url, tickets=50, now=NOW)


def test_a_real_desk_is_never_replaced(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    schema.create(url)
    store = open_store(url)
    Door(Desk(store), ITSELF).write(
        setup.found,
        desk_name="Real",
        language="en",
        country="AR",
        time_zone="UTC",
        admin_email="ada@example.com",
        admin_name="Ada",
        password_hash=None,
    )
    store.close()
    before = (tmp_path / "demo.db").read_bytes()
    with pytest.raises(Conflict):
        demo.renew(url, tickets=50, now=NOW)
    assert (tmp_path / "demo.db").read_bytes() == before


def test_what_was_left_half_made_is_made_again(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/demo.db"
    schema.create(url)
    assert not demo.exists(url)
    demo.renew(url, tickets=50, now=NOW)
    assert demo.exists(url)
    assert [path.name for path in tmp_path.iterdir()] == ["demo.db"]

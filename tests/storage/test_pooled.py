"""A desk behind a real pgbouncer in transaction mode."""

from __future__ import annotations

import os
import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door, utc_now
from sysmo_tui.domain.changes import NOTHING
from sysmo_tui.domain.errors import Conflict, Invalid, Unavailable
from sysmo_tui.services import notices, outbox, tickets
from sysmo_tui.storage import backup, postgresql, schema
from sysmo_tui.storage.engine import Store, open_store, parse
from sysmo_tui.storage.failures import explained
from sysmo_tui.storage.feed import open_feed
from tests.cast import Cast
from tests.databases import PostgresqlServer
from tests.pooler import LENT, pgbouncer
from tests.services import requests as ask
from tests.storage.rows import add_event, add_ticket
from tests.waiting import until

SETTINGS = (
    "SELECT name, setting FROM pg_settings WHERE name IN ('TimeZone', 'lock_timeout', 'statement_timeout')"
)

DURABILITY = "SELECT source FROM pg_settings WHERE name = 'synchronous_commit'"


@pytest.fixture(params=["refuses settings", "forgets settings"])
def pooled_url(request: pytest.FixtureRequest, postgresql_url: str) -> Iterator[str]:
    """A fresh desk behind a pooler that takes no settings, as it is installed and as many set it."""
    forgets = ("ignore_startup_parameters = options,extra_float_digits",)
    with pgbouncer(postgresql_url, *(forgets if request.param == "forgets settings" else ())) as url:
        yield url


@pytest.fixture
def pooled(pooled_url: str) -> Iterator[Store]:
    with closing(open_store(pooled_url)) as store:
        yield store


def _settings(store: Store) -> dict[str, str]:
    with store.reading() as session:
        return {row.name: row.setting for row in session.execute(sa.text(SETTINGS))}


def test_each_transaction_has_its_settings_and_leaves_none_behind(pooled: Store):
    for _transaction in range(2 * LENT):
        assert _settings(pooled) == {"TimeZone": "UTC", "lock_timeout": "5000", "statement_timeout": "30000"}
    for transaction, set_by in ((pooled.touching, "session"), (pooled.writing, "configuration file")):
        with transaction() as session:
            assert session.scalar(sa.text(DURABILITY)) == set_by
    with postgresql.migrating_engine(parse(pooled.url)).connect() as connection:
        assert connection.scalar(sa.text("SHOW lock_timeout")) == "0"


def test_settings_of_the_address_count_here_too(pooled_url: str):
    url = f"{pooled_url}?options=-c%20statement_timeout%3D200ms%20--work_mem%3D5MB"
    with closing(open_store(url)) as store:
        assert _settings(store)["statement_timeout"] == "200"
        with pytest.raises(Unavailable), explained(), store.reading() as session:
            session.execute(sa.text("SELECT pg_sleep(5)"))
        with store.reading() as session:
            assert session.scalar(sa.text("SHOW work_mem")) == "5MB"


def test_a_desk_works_as_it_does_without(pooled: Store):
    schema.check(pooled)
    people = Cast(Desk(pooled, consequences=(notices.owe, outbox.write)))
    people.found()
    customers = [people.customer(name) for name in ("carla", "celia", "cora", "cleo", "carmen", "chloe")]
    operators = [people.operator(name) for name in ("luis", "leo", "lena")]

    def one(customer: Door) -> int:
        for turn in range(5):
            number = ask.file(customer, subject=f"Printer {turn}")
            operators[0].write(tickets.take, number)
            with pytest.raises(Conflict):
                operators[1].write(tickets.take, number)
            ask.reply(operators[0], number)
            assert len(ask.as_staff(operators[2], number).entries) == 2
        return number

    with ThreadPoolExecutor(len(customers)) as together:
        assert len(set(together.map(one, customers))) == len(customers)


def test_a_search_is_cut_short(pooled: Store):
    is_over = threading.Event()

    def stop() -> None:
        while not is_over.wait(0.05):
            pooled.interrupt_all()

    def search() -> None:
        with explained(), pooled.reading() as session:
            session.execute(sa.text("SELECT pg_sleep(20)"))

    stopper = threading.Thread(target=stop)
    stopper.start()
    try:
        with pytest.raises(Unavailable, match="was stopped"):
            search()
    finally:
        is_over.set()
        stopper.join()


def test_no_backup_goes_through_a_pooler(
    pooled: Store, tmp_path: Path, postgres_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", f"{postgres_server.programs}:{os.environ['PATH']}")
    with pytest.raises(Invalid, match="pooler"):
        backup.backup(pooled, tmp_path / "desk.bak")
    assert list(tmp_path.iterdir()) == []


def test_changes_are_found_by_looking_and_nobody_listens(pooled: Store):
    with pooled.writing() as session:
        add_ticket(session)
    with closing(open_feed(pooled, utc_now)) as feed:
        with pooled.writing() as session:
            add_event(session, "first")
        until(feed.news)
        with pooled.writing() as session:
            assert feed.news() == NOTHING
            for _transaction in range(2 * LENT):
                with pooled.reading() as other:
                    assert other.scalars(sa.text("SELECT pg_listening_channels()")).all() == []
            add_event(session, "second")
        until(feed.news)


def test_a_server_without_a_pooler_is_known(postgresql_store: Store, pooled: Store):
    for store, is_lent in ((postgresql_store, False), (pooled, True)):
        with store.reading() as session:
            assert postgresql.is_lent(session.connection()) is is_lent


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="reads what Linux knows of a connection")
def test_a_machine_that_is_gone_is_noticed(postgresql_url: str):
    with pgbouncer(postgresql_url) as there, closing(open_store(there)) as store, store.reading() as session:
        handle = session.connection().connection.driver_connection.fileno()
        with socket.socket(fileno=os.dup(handle)) as line:
            assert line.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE) == 1
            waits = line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
            waits += line.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL) * line.getsockopt(
                socket.IPPROTO_TCP, socket.TCP_KEEPCNT
            )
            assert waits <= 30
            assert line.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) == 30_000

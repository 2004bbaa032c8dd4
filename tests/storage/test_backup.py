"""A backup holds the desk as it was, and comes back as it was but for mail that is held."""

import os
import sqlite3
import stat
import tempfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import utc_now
from sysmo_tui.domain.enums import Channel, TokenPurpose
from sysmo_tui.domain.errors import Conflict, Invalid, NoDesk, Unavailable
from sysmo_tui.models import Event, Outbox, SignIn, Ticket, Token, table
from sysmo_tui.storage import fulltext, pg_tools, schema
from sysmo_tui.storage.backup import backup, restore
from sysmo_tui.storage.engine import Store, open_store
from sysmo_tui.storage.feed import open_feed
from sysmo_tui.storage.fulltext import Term, hits
from tests.databases import PostgresqlServer
from tests.storage.programs import as_an_ordinary_user
from tests.storage.rows import add_entries, add_event, add_ticket
from tests.waiting import until


@pytest.fixture(autouse=True)
def _client_programs(monkeypatch: pytest.MonkeyPatch, postgres_server: PostgresqlServer):
    """The client programs of the server's own version."""
    monkeypatch.setenv("PATH", f"{postgres_server.programs}:{os.environ['PATH']}")


def _filled(store: Store) -> None:
    with store.writing() as session:
        add_ticket(session, 1)
        add_entries(session, [1, 2])
        fulltext.put(session, 1, "printer jam")
        add_event(session, "owed")
        add_event(session, "sent")
        session.execute(
            sa.update(table(Outbox)).where(table(Outbox).c.batch_id == "sent").values(sent_at=sa.func.now())
        )


def test_a_backup_comes_back_with_unsent_mail_held(store: Store, tmp_path: Path):
    _filled(store)
    made = backup(store, tmp_path / "desk.backup")
    assert (made.revision, made.tickets, made.entries) == (schema.HEAD, 1, 2)
    assert made.size == made.path.stat().st_size
    assert stat.S_IMODE(made.path.stat().st_mode) == 0o600
    with store.writing() as session:
        add_ticket(session, 2)
    url = store.url
    store.close()
    put_back = restore(made.path, url, overwrite=True)
    assert (put_back.tickets, put_back.entries, put_back.held) == (1, 2, 1)
    again = open_store(url)
    schema.check(again)
    with again.reading() as session:
        assert list(session.scalars(sa.select(table(Ticket).c.number))) == [1]
        assert list(session.scalars(hits(store.dialect, [Term(("jam",))]))) == [1]
        box = table(Outbox)
        held = session.scalars(sa.select(box.c.batch_id).where(box.c.held_at.is_not(None)))
        assert list(held) == ["owed"]
    again.close()


def test_events_after_a_restore_are_noticed(store: Store, tmp_path: Path):
    _filled(store)
    made = backup(store, tmp_path / "desk.backup")
    url = store.url
    store.close()
    restore(made.path, url, overwrite=True)
    again = open_store(url)
    feed = open_feed(again, utc_now)
    with again.writing() as session:
        assert list(session.scalars(sa.select(table(Event).c.txid))) == [None, None]
        add_event(session, "new")
    until(feed.news)
    feed.close()
    again.close()


def test_a_backup_goes_to_a_new_place(sqlite_store: Store, tmp_path: Path):
    _filled(sqlite_store)
    made = backup(sqlite_store, tmp_path / "desk.backup")
    target = tmp_path / "new" / "desk.db"
    restore(made.path, f"sqlite:///{target}")
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert stat.S_IMODE(target.parent.stat().st_mode) == 0o700


def test_nothing_is_overwritten_unasked(store: Store, tmp_path: Path):
    _filled(store)
    target = tmp_path / "desk.backup"
    backup(store, target)
    with pytest.raises(Conflict):
        backup(store, target)
    with pytest.raises(Conflict):
        restore(target, store.url)
    with pytest.raises(Unavailable), store.reading():
        restore(target, store.url, overwrite=True)
    assert sorted(path.name for path in tmp_path.glob("*backup*")) == ["desk.backup"]


def test_a_backup_removes_only_what_it_made(store: Store, tmp_path: Path):
    target = tmp_path / "desk.backup"
    others = [target.with_name(f"{target.name}{suffix}") for suffix in (".partial", "-journal")]
    for other in others:
        other.write_text("precious")
    assert backup(store, target).path == target
    with pytest.raises(Conflict):
        backup(store, target)
    assert target.stat().st_size
    assert [other.read_text() for other in others] == ["precious", "precious"]
    assert sorted(tmp_path.glob("*desk.backup*")) == sorted([target, *others])


def test_a_backup_says_which_file_it_may_not_write(store: Store):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        target = Path(folder) / "desk.backup"
        with as_an_ordinary_user(), pytest.raises(Invalid) as refused:
            backup(store, target)
        assert str(refused.value) == f"“{target}” cannot be written: Permission denied."
        assert refused.value.field == "path"
        Path(folder).chmod(0o755)


def test_a_backup_that_may_not_be_read_is_named(sqlite_url: str):
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "desk.backup"
        source.touch(0o000)
        with as_an_ordinary_user(), pytest.raises(Invalid, match=r"desk\.backup” cannot be used: Permission"):
            restore(source, sqlite_url)


@pytest.mark.parametrize("part", [0.5, 0.9])
def test_a_cut_backup_is_refused_and_the_desk_stays(store: Store, tmp_path: Path, part: float):
    _filled(store)
    made = backup(store, tmp_path / "desk.backup")
    with made.path.open("r+b") as file:
        file.truncate(int(made.size * part))
    url = store.url
    store.close()
    with pytest.raises(Invalid):
        restore(made.path, url, overwrite=True)
    again = open_store(url)
    with again.reading() as session:
        assert list(session.scalars(sa.select(table(Ticket).c.number))) == [1]
    again.close()


def test_a_backup_of_a_newer_version_is_refused(store: Store, tmp_path: Path):
    with store.writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    older = backup(store, tmp_path / "older.backup")
    with store.writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(Invalid, match="newer version"):
        backup(store, tmp_path / "newer.backup")
    assert sorted(path.name for path in tmp_path.glob("*.backup*")) == [older.path.name]


def test_what_is_no_backup_is_refused(store: Store, tmp_path: Path):
    (tmp_path / "letter").write_text("Dear desk")
    with pytest.raises(Invalid):
        restore(tmp_path / "letter", store.url, overwrite=True)
    with pytest.raises(NoDesk):
        restore(tmp_path / "none", store.url, overwrite=True)


def test_a_damaged_desk_can_be_replaced(sqlite_store: Store, tmp_path: Path):
    _filled(sqlite_store)
    made = backup(sqlite_store, tmp_path / "desk.backup")
    url, path = sqlite_store.url, sqlite_store.path
    sqlite_store.close()
    assert path is not None
    path.write_bytes(b"spoilt" * 10_000)
    assert restore(made.path, url, overwrite=True).tickets == 1


def test_without_postgresqls_programs_a_backup_says_what_is_missing(
    postgresql_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", str(tmp_path))
    for needs in (
        lambda: backup(postgresql_store, tmp_path / "desk.backup"),
        lambda: pg_tools.require(postgresql_store),
    ):
        with pytest.raises(Invalid, match="pg_dump is needed"):
            needs()
    assert not (tmp_path / "desk.backup").exists()


def test_sessions_and_codes_do_not_come_back(store: Store, tmp_path: Path):
    now, tomorrow = datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)
    dates = {"account_id": 1, "created_at": now, "expires_at": tomorrow}
    with store.writing() as session:
        add_ticket(session, 1)
        session.add(SignIn(secret_hash="s", channel=Channel.CLI, last_seen_at=now, **dates))
        payload = {"password_hash": "h"}
        session.add(Token(secret_hash="t", purpose=TokenPurpose.RESET, address="", payload=payload, **dates))
    made = backup(store, tmp_path / "desk.backup")
    url = store.url
    store.close()
    assert restore(made.path, url, overwrite=True).sessions == 1
    again = open_store(url)
    with again.reading() as session:
        assert session.scalars(sa.select(table(SignIn).c.ended_at)).one() is not None
        (token,) = session.execute(sa.select(table(Token)))
        assert token.used_at is not None
        assert token.payload == {}
    again.close()


@pytest.mark.parametrize(
    "part",
    [
        "CREATE TRIGGER back AFTER INSERT ON entry BEGIN UPDATE account SET role = 'admin'; END",
        "CREATE VIEW back AS SELECT * FROM account",
    ],
)
def test_a_backup_with_what_acts_by_itself_is_refused(sqlite_store: Store, tmp_path: Path, part: str):
    _filled(sqlite_store)
    made = backup(sqlite_store, tmp_path / "desk.backup")
    with closing(sqlite3.connect(made.path)) as connection:
        connection.execute(part)
    with pytest.raises(Invalid, match="back"):
        restore(made.path, f"sqlite:///{tmp_path}/new.db")
    assert not (tmp_path / "new.db").exists()


def test_a_pg_dump_older_than_the_server_is_found_before_a_backup_is_needed(
    postgresql_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    program = tmp_path / "pg_dump"
    monkeypatch.setenv("PATH", str(tmp_path))
    for version, is_old in (("9.6.24", True), ("99.1 (Debian 99.1-1)", False)):
        program.write_text(f"#!/bin/sh\necho 'pg_dump (PostgreSQL) {version}'\n")
        program.chmod(0o755)
        if is_old:
            with pytest.raises(Invalid, match="older than the database server"):
                pg_tools.require(postgresql_store)
        else:
            pg_tools.require(postgresql_store)

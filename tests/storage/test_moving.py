"""A whole desk goes into the other kind of database and back, and is there entirely or not at all."""

from __future__ import annotations

import hashlib
import sqlite3
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from alembic import command
from sqlmodel import SQLModel

from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.errors import Conflict, Invalid, Unavailable
from sysmo_tui.models import (
    Blob,
    BlobChunk,
    Entry,
    Event,
    Lease,
    Outbox,
    Presence,
    Setting,
    SignIn,
    Ticket,
    table,
)
from sysmo_tui.services import proof
from sysmo_tui.storage import integrity, moving, schema
from sysmo_tui.storage.ends import PostgresqlEnd, SqliteEnd
from sysmo_tui.storage.engine import Dialect, Store, open_store, parse
from sysmo_tui.storage.fulltext import Term, hits
from sysmo_tui.storage.moving import Copied, Stage
from tests.databases import PostgresqlServer
from tests.mixed_desk import mixed_desk
from tests.storage.rows import NOW, add_entries, add_event, add_ticket

ODD = ["\\N", "a\tb\r\nc\\", "'\"", "\u2028\u0085", "🔥 ﬁ e\u0301", "", " ", "\x1b[31m", "NULL", "{}"]


@dataclass
class Places:
    """Where copies go: an empty database of a server, new files, and the folder that these are in."""

    server: str
    folder: Path

    def file(self, name: str = "copy.db") -> str:
        return f"sqlite:///{self.folder / name}"

    def other_than(self, store: Store) -> str:
        return self.file() if store.dialect is Dialect.POSTGRESQL else self.server

    def left(self) -> list[str]:
        """What is in either place: files, tables."""
        engine = sa.create_engine(parse(self.server).set(drivername="postgresql+psycopg"))
        with engine.connect() as connection:
            tables = sa.inspect(connection).get_table_names()
        engine.dispose()
        return [*tables, *(path.name for path in self.folder.iterdir())]


@pytest.fixture
def places(postgres_server: PostgresqlServer, tmp_path: Path) -> Iterator[Places]:
    folder = tmp_path / "copies"
    folder.mkdir()
    with postgres_server.fresh("template1") as url:
        yield Places(url, folder)


def copied(store: Store, url: str, told: moving.Told = lambda *_: None) -> Copied:
    return moving.copy(store, url, proof.documents, told)


@contextmanager
def opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    try:
        yield store
    finally:
        store.close()


def add_sundry(store: Store) -> None:
    """What a desk has beside tickets: odd texts and numbers, files, gaps, who is there."""
    now, later = datetime.now(UTC), datetime.now(UTC) + timedelta(days=1)
    values = {
        "whole": 7,
        "part": 1.5,
        "huge": 1e16,
        "round": 3.0,
        "nothing": None,
        "odd": ODD,
        "deep": {"é": [0.1]},
    }
    with store.writing() as session:
        add_ticket(session, 41)
        add_entries(session, [901, 902], 41)
        add_event(session, "of-today", 41)
        for n, body in enumerate(ODD):
            add_entries(session, [1000 + n], 41)
            session.execute(sa.update(table(Entry)).where(table(Entry).c.id == 1000 + n).values(body=body))
        session.execute(sa.insert(table(Setting)), [{"name": f"x{k}", "value": v} for k, v in values.items()])
        pieces = [bytes(range(n, 256)) for n in range(3)]
        content = b"".join(pieces)
        blob = {"id": "b" * 32, "size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
        session.execute(sa.insert(table(Blob)).values(**blob, staged_at=NOW, is_complete=True))
        chunks = [{"blob_id": "b" * 32, "position": n, "content": piece} for n, piece in enumerate(pieces)]
        session.execute(sa.insert(table(BlobChunk)), chunks)
        who = {"account_id": 1, "ticket_number": 41, "is_writing": False, "since": now, "beat_at": now}
        session.execute(sa.insert(table(Presence)).values(visit="v", **who))
        session.execute(
            sa.insert(table(Lease)).values(duty="worker", holder="h", label="", beat_at=now, until=later)
        )
        dates = {"created_at": now, "last_seen_at": now, "expires_at": later}
        session.add(SignIn(secret_hash="s", channel=Channel.CLI, account_id=1, **dates))
        # A number that was given and is gone is not given again.
        add_ticket(session, 77)
        session.execute(sa.delete(table(Ticket)).where(table(Ticket).c.number == 77))
        if store.dialect is Dialect.POSTGRESQL:
            session.execute(sa.text("SELECT setval(pg_get_serial_sequence('ticket', 'number'), 77)"))


def contents(store: Store) -> dict[str, list[Any]]:
    """Every table as the services read it, without what stays behind."""
    found = {}
    with store.reading() as session:
        for each in SQLModel.metadata.sorted_tables:
            if each.name not in {"lease", "presence"}:
                columns = [c for c in each.c if c.name not in {"txid", "held_at"}]
                rows = [tuple(row) for row in session.execute(sa.select(*columns))]
                found[each.name] = sorted(rows, key=repr)
    return found


def test_a_desk_goes_over_and_comes_back_the_same(store: Store, places: Places):
    made = mixed_desk(store, seed=5, tickets=20, steps=30)
    add_sundry(store)
    before = contents(store)
    there, back = places.other_than(store), places.file("back.db")
    told = copied(store, there)
    assert told.rows == sum(map(len, before.values()))
    assert {name: each.rows for name, each in told.tables.items()} == {k: len(v) for k, v in before.items()}
    assert (told.tickets, told.revision) == (len(before["ticket"]), schema.HEAD)
    with opened(there) as other:
        assert contents(other) == before
        assert integrity.check(other) == []
        returned = copied(other, back)
    # The mail is held by now.
    assert {k: v for k, v in told.tables.items() if returned.tables[k] != v}.keys() <= {"outbox"}
    with opened(back) as again:
        assert contents(again) == before
        assert integrity.check(again) == []
    assert made.numbers


def test_the_copy_has_all_parts_of_a_desk(sqlite_store: Store, places: Places):
    add_sundry(sqlite_store)
    for url in (places.server, places.file()):
        copied(sqlite_store, url)
        with schema.migrating(parse(url)) as connection:
            command.check(schema.alembic_config(connection))
    with opened(places.server) as there, there.reading() as session:
        kinds = session.execute(sa.text("SELECT contype, count(*) FROM pg_constraint GROUP BY 1")).all()
        unlogged = session.scalars(sa.text("SELECT relname FROM pg_class WHERE relpersistence = 'u'")).all()
        assert dict(map(tuple, kinds))["f"] == _foreign_keys()
        assert "presence" in unlogged
        words = session.scalar(
            sa.text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_entry_search_words'")
        )
        assert "gin" in words


def _foreign_keys() -> int:
    # The search index's own, which the models do not know.
    return 1 + sum(len(each.foreign_key_constraints) for each in SQLModel.metadata.sorted_tables)


def test_work_goes_on_in_the_copy_where_it_ended(store: Store, places: Places):
    add_sundry(store)
    with store.writing() as session:
        session.execute(sa.update(table(Entry)).where(table(Entry).c.id == 901).values(body="Printer jam"))
    copied(store, places.other_than(store))
    with opened(places.other_than(store)) as there, there.writing() as session:
        assert list(session.scalars(hits(there.dialect, [Term(("jam",))]))) == [901]
        assert list(session.scalars(sa.select(table(Event).c.txid))) == [None]
        values = dict(
            session.execute(sa.select(table(Ticket)).where(table(Ticket).c.number == 41)).one()._mapping
        )
        del values["number"]
        added = session.execute(sa.insert(table(Ticket)).values(**values).returning(table(Ticket).c.number))
        assert added.scalar_one() == 78


def test_mail_is_held_sessions_stay_and_who_is_there_is_left(store: Store, places: Places):
    add_sundry(store)
    assert copied(store, places.other_than(store)).held == 1
    with opened(places.other_than(store)) as there, there.reading() as session:
        assert session.scalars(sa.select(table(Outbox).c.held_at)).one() is not None
        assert session.scalars(sa.select(table(SignIn).c.ended_at)).all() == [None]
        assert session.execute(sa.select(table(Lease))).all() == []
        assert session.execute(sa.select(table(Presence))).all() == []
    with store.reading() as session:
        assert session.scalars(sa.select(table(Outbox).c.held_at)).one() is None


def test_a_copy_is_of_one_moment_while_others_go_on(store: Store, places: Places):
    add_sundry(store)

    def write(stage: Stage, done: int, _total: int) -> None:
        if not done and stage is not Stage.PROVING:
            with store.writing() as session:
                add_ticket(session, {Stage.COPYING: 501, Stage.INDEXING: 502}[stage])

    copied(store, places.other_than(store), write)
    with opened(places.other_than(store)) as there, there.reading() as session:
        assert list(session.scalars(sa.select(table(Ticket).c.number))) == [41]
    with store.reading() as session:
        numbers = sa.select(table(Ticket).c.number).order_by(table(Ticket).c.number)
        assert list(session.scalars(numbers)) == [41, 501, 502]


@pytest.mark.parametrize("stage", [Stage.COPYING, Stage.PROVING])
def test_a_copy_that_is_stopped_leaves_nothing(sqlite_store: Store, places: Places, stage: Stage):
    add_sundry(sqlite_store)

    def stop(at: Stage, _done: int, _total: int) -> None:
        if at is stage:
            raise KeyboardInterrupt

    for url in (places.server, places.file()):
        with pytest.raises(KeyboardInterrupt):
            copied(sqlite_store, url, stop)
        assert places.left() == []


def test_a_server_that_goes_away_is_told_and_has_nothing(sqlite_store: Store, places: Places):
    add_sundry(sqlite_store)
    server = sa.create_engine(parse(places.server).set(drivername="postgresql+psycopg"))
    everybody = sa.text(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )

    def end(stage: Stage, at: Stage, done: int, _total: int) -> None:
        if at is stage and not done:
            with server.connect() as connection:
                connection.execute(everybody)

    for stage in Stage:
        with pytest.raises(Unavailable, match="The connection to the database was lost"):
            copied(sqlite_store, places.server, partial(end, stage))
    server.dispose()
    assert places.left() == []


@pytest.mark.parametrize("end", [SqliteEnd, PostgresqlEnd])
def test_a_copy_that_lost_or_changed_anything_is_noticed(
    sqlite_store: Store, places: Places, monkeypatch: pytest.MonkeyPatch, end: Any
):
    add_sundry(sqlite_store)
    url = places.file() if end is SqliteEnd else places.server
    write = end.write

    def spoil(change: Callable[[list[Any]], list[Any]]) -> None:
        def spoilt(self: Any, each: sa.Table, rows: Any) -> None:
            write(self, each, change(list(rows)) if each.name == "event" else rows)

        monkeypatch.setattr(end, "write", spoilt)

    for change in (
        lambda rows: rows[:-1],
        lambda rows: [
            *rows[:-1],
            tuple(
                "2026-01-01 00:00:00.000001" if v == f"{NOW:%Y-%m-%d %H:%M:%S.%f}" else v for v in rows[-1]
            ),
        ],
    ):
        spoil(change)
        with pytest.raises(Invalid, match="what arrived of event is not what the desk holds"):
            copied(sqlite_store, url)
        assert places.left() == []


def test_only_an_empty_place_is_filled(store: Store, places: Places, sqlite_url: str):
    add_sundry(store)
    taken = places.folder / "taken.db"
    taken.write_text("precious")
    with pytest.raises(Conflict, match="taken"):
        copied(store, f"sqlite:///{taken}")
    with pytest.raises(Conflict):
        copied(store, store.url)
    with pytest.raises(Conflict):
        copied(store, sqlite_url)
    assert taken.read_text() == "precious"
    schema.create(places.server)
    with pytest.raises(Conflict, match="not empty: it has a table account"):
        copied(store, places.server)


def test_a_name_that_something_else_has_there_is_said(sqlite_store: Store, places: Places):
    with psycopg.connect(places.server, autocommit=True) as connection:
        connection.execute("CREATE VIEW ticket AS SELECT 1 AS number")
    with pytest.raises(Conflict, match="something else with a name that a desk needs"):
        copied(sqlite_store, places.server)
    assert places.left() == []


def test_a_database_that_cannot_hold_every_character_is_refused(sqlite_store: Store, places: Places):
    server = parse(places.server).set(database="western").render_as_string(hide_password=False)
    with psycopg.connect(places.server, autocommit=True) as connection:
        connection.execute("CREATE DATABASE western TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'")
        try:
            for make in (schema.create, partial(copied, sqlite_store)):
                with pytest.raises(Invalid, match="encoding is UTF8"):
                    make(server)
        finally:
            connection.execute("DROP DATABASE western WITH (FORCE)")


def test_how_a_database_prefers_to_write_values_changes_nothing(
    sqlite_store: Store, places: Places, monkeypatch: pytest.MonkeyPatch
):
    preferred = {
        "DateStyle": "German",
        "bytea_output": "escape",
        "standard_conforming_strings": "off",
        "timezone": "America/Asuncion",
    }
    with psycopg.connect(places.server, autocommit=True) as connection:
        for name, value in preferred.items():
            connection.execute(f"ALTER DATABASE {connection.info.dbname} SET {name} = '{value}'".encode())
    monkeypatch.setenv("PGCLIENTENCODING", "LATIN1")
    mixed_desk(sqlite_store, seed=5, tickets=20, steps=5)
    add_sundry(sqlite_store)
    before = contents(sqlite_store)
    copied(sqlite_store, places.server)
    with opened(places.server) as there:
        assert contents(there) == before
        assert integrity.check(there) == []
        copied(there, places.file())
    with opened(places.file()) as back:
        assert contents(back) == before


def test_a_file_that_somebody_else_makes_meanwhile_is_theirs(sqlite_store: Store, places: Places):
    add_sundry(sqlite_store)

    def make(stage: Stage, done: int, _total: int) -> None:
        if stage is Stage.PROVING and not done:
            schema.create(places.file())

    with pytest.raises(Conflict, match="Somebody else made"):
        copied(sqlite_store, places.file(), make)


def test_a_database_that_is_missing_or_in_use_is_refused(sqlite_store: Store, places: Places):
    missing = parse(places.server).set(database="nowhere").render_as_string(hide_password=False)
    with pytest.raises(Invalid, match=r"There is no database .*nowhere.* Make an empty one first"):
        copied(sqlite_store, missing)
    with pytest.raises(Invalid, match="There is no folder"):
        copied(sqlite_store, f"sqlite:///{places.folder}/none/desk.db")
    server = parse(places.server)
    with schema.migrating(server), pytest.raises(Unavailable, match="has this desk open"):
        copied(sqlite_store, places.server)
    with opened_alone(places.server), pytest.raises(Unavailable, match="Others have this desk open"):
        copied(sqlite_store, places.server)
    assert places.left() == []


@contextmanager
def opened_alone(url: str) -> Iterator[None]:
    """Another program of ours that is connected to a database without tables."""
    with opened(url) as store, store.reading():
        yield


def test_a_desk_of_another_version_is_not_copied(sqlite_store: Store, places: Places):
    with sqlite_store.writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '0007'"))
    with pytest.raises(Invalid, match="older version"):
        copied(sqlite_store, places.server)
    assert places.left() == []


@pytest.mark.parametrize(
    ("spoiling", "told"),
    [
        ("UPDATE ticket SET subject = 'a' || char(0) || 'b'", "a row of ticket does not fit into the other"),
        ("UPDATE ticket SET is_spam = 7", 'a row of ticket does not fit into the other .*"7"'),
        ("UPDATE session SET secret_hash = printf('%0900d', 1)", "a row of session does not fit .*too long"),
        ("UPDATE setting SET value = '{' WHERE name = 'xodd'", "value of setting xodd cannot be read"),
        (
            "PRAGMA foreign_keys = OFF; UPDATE entry SET author_id = 99",
            "a row of entry refers to a row of account",
        ),
    ],
)
def test_what_the_other_database_does_not_take_is_said_in_one_line(
    sqlite_store: Store, places: Places, spoiling: str, told: str
):
    add_sundry(sqlite_store)
    with closing(sqlite3.connect(str(sqlite_store.path))) as connection:
        connection.executescript(spoiling)
    with pytest.raises(Invalid, match=told):
        copied(sqlite_store, places.server)
    assert places.left() == []


def test_large_files_are_never_in_memory_as_a_whole(sqlite_store: Store, places: Places):
    chunk, count = 256 * 1024, 24
    with sqlite_store.writing() as session:
        session.execute(
            sa.insert(table(Blob)).values(id="b", size=0, staged_at=NOW, is_complete=True, sha256="")
        )
        rows = [{"blob_id": "b", "position": n, "content": bytes([n]) * chunk} for n in range(count)]
        session.execute(sa.insert(table(BlobChunk)), rows)

    def trace(stage: Stage, done: int, _total: int) -> None:
        if stage is Stage.COPYING and not done:
            tracemalloc.start()

    for source, url in ((sqlite_store.url, places.server), (places.server, places.file())):
        with opened(source) as store:
            copied(store, url, trace)
            most = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        assert most < count * chunk / 2

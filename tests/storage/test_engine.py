"""Transactions: what they promise between threads, between programs, and when one is killed."""

import signal
import threading
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.errors import DeskError, Invalid, NoDesk, Unavailable
from sysmo_tui.models import Setting, table
from sysmo_tui.storage import sqlite
from sysmo_tui.storage.engine import Dialect, Store, open_store, parse
from sysmo_tui.storage.failures import explained, is_retryable, translated
from tests.storage.programs import start

SETTING = table(Setting)
PUT = sa.insert(SETTING)
NAMES = sa.select(SETTING.c.name).order_by(SETTING.c.name)


def test_what_is_written_is_read(store: Store):
    with store.writing() as session:
        session.execute(PUT, {"name": "a", "value": {"ñ": 1}})
    with store.touching() as session:
        session.execute(PUT, {"name": "b", "value": None})
    with store.reading() as session:
        assert list(session.scalars(NAMES)) == ["a", "b"]


@pytest.mark.parametrize("kind", ["writing", "touching"])
def test_an_exception_leaves_nothing_written(store: Store, kind: str):
    def fail() -> None:
        with getattr(store, kind)() as session:
            session.execute(PUT, {"name": "a", "value": 1})
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    with store.reading() as session:
        assert list(session.scalars(NAMES)) == []


def test_a_reading_sees_one_moment_while_others_write(store: Store):
    with store.reading() as before:
        assert list(before.scalars(NAMES)) == []
        with store.writing() as session:
            session.execute(PUT, {"name": "a", "value": 1})
        assert list(before.scalars(NAMES)) == []
    with store.reading() as after:
        assert list(after.scalars(NAMES)) == ["a"]


def test_a_reading_cannot_write(store: Store):
    with pytest.raises(sa.exc.DBAPIError), store.reading() as session:
        session.execute(PUT, {"name": "a", "value": 1})


def test_the_embedded_database_is_set_up_to_keep_what_it_was_told(sqlite_store: Store):
    def pragma(name: str) -> object:
        return session.scalar(sa.text(f"PRAGMA {name}"))

    with sqlite_store.writing() as session:
        assert (pragma("journal_mode"), pragma("synchronous"), pragma("foreign_keys")) == ("wal", 2, 1)
    with sqlite_store.touching() as session:
        assert (pragma("synchronous"), pragma("foreign_keys")) == (1, 1)
    with sqlite_store.reading() as session:
        assert (pragma("query_only"), pragma("busy_timeout"), pragma("foreign_keys")) == (1, 5000, 1)


def test_a_server_is_told_our_rules(postgresql_store: Store):
    def setting(name: str) -> object:
        return session.scalar(sa.text(f"SHOW {name}"))

    with postgresql_store.reading() as session:
        assert (setting("transaction_isolation"), setting("transaction_read_only")) == (
            "repeatable read",
            "on",
        )
        assert (setting("timezone"), setting("statement_timeout")) == ("UTC", "30s")
    with postgresql_store.writing() as session:
        assert (setting("transaction_isolation"), setting("transaction_read_only")) == (
            "read committed",
            "off",
        )
        assert (setting("lock_timeout"), setting("application_name")) == ("5s", "sysmo")
    with postgresql_store.touching() as session:
        assert setting("synchronous_commit") == "off"


def _interruptible(store: Store, stop: object, started: threading.Event) -> Exception:
    slow = {
        Dialect.SQLITE: "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i FROM n) SELECT count(*) FROM n",
        Dialect.POSTGRESQL: "SELECT pg_sleep(20)",
    }
    with store.reading() as session:
        threading.Thread(target=stop, args=(session, started)).start()
        started.set()
        with pytest.raises(sa.exc.DBAPIError) as caught:
            session.execute(sa.text(slow[store.dialect]))
    return caught.value


@pytest.mark.parametrize("everything", [False, True])
def test_a_slow_reading_is_stopped_from_another_thread(store: Store, everything: bool):
    done = threading.Event()

    def stop(session: object, started: threading.Event) -> None:
        started.wait()
        while not done.wait(0.02):
            store.interrupt_all() if everything else store.interrupt(session)  # type: ignore[arg-type]

    before = time.monotonic()
    error = _interruptible(store, stop, threading.Event())
    done.set()
    assert time.monotonic() - before < 5
    assert isinstance(translated(error), Unavailable)
    assert not is_retryable(error)
    with store.reading() as session:
        assert session.scalar(sa.text("SELECT 1")) == 1


def test_interrupting_what_has_ended_does_nothing(store: Store):
    with store.reading() as session:
        pass
    store.interrupt(session)


def test_a_writer_waits_for_its_turn_and_then_says_that_the_desk_is_busy(
    sqlite_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sqlite, "POOL_SECONDS", 0.05)
    store = open_store(sqlite_url)
    with store.writing(), pytest.raises(Unavailable, match="busy"), explained(), store.writing():
        pass
    store.close()


WRITER = """
import sys, time
import sqlalchemy as sa
from sysmo_tui.models import Setting, table
from sysmo_tui.storage.engine import open_store
store = open_store(sys.argv[1])
setting, who, until = table(Setting), sys.argv[2], time.monotonic() + float(sys.argv[3])
n = 0
while time.monotonic() < until:
    with store.writing() as session:
        count = session.scalar(sa.select(sa.func.count()).select_from(setting))
        session.execute(sa.insert(setting), {"name": f"{who}-{n}", "value": count})
    n += 1
    print(n, flush=True)
"""


def test_eight_programs_write_at_once_without_an_error(store_url: str):
    programs = [start(WRITER, store_url, str(who), "1.5") for who in range(8)]
    ended = [program.communicate(timeout=60) for program in programs]
    assert [errors for _, errors in ended] == [""] * 8
    written = sum(len(output.splitlines()) for output, _ in ended)
    store = open_store(store_url)
    with store.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(SETTING)) == written > 8
    store.close()


def test_what_a_killed_program_had_committed_is_there(store_url: str):
    with start(WRITER, store_url, "w", "60") as program:
        assert program.stdout is not None
        told = [program.stdout.readline() for _ in range(20)]
        program.send_signal(signal.SIGKILL)
        # Not communicate(): it would pass over what readline() has read ahead.
        rest = program.stdout.read()
    acknowledged = len(told) + rest.count("\n")
    store = open_store(store_url)
    with store.reading() as session:
        names = set(session.scalars(NAMES))
    assert {f"w-{n}" for n in range(acknowledged)} <= names
    assert len(names) <= acknowledged + 1
    with store.writing() as session:
        session.execute(PUT, {"name": "next", "value": 1})
    store.close()


def test_a_missing_file_is_no_desk_and_is_not_made(tmp_path):
    path = tmp_path / "none.db"
    with pytest.raises(NoDesk):
        open_store(f"sqlite:///{path}")
    assert not path.exists()


@pytest.mark.parametrize(
    "url", ["", "desk.db", "mysql://host/desk", "sqlite://", "sqlite:///:memory:", "postgresql://:x"]
)
def test_an_address_that_is_of_no_use_is_refused(url: str):
    with pytest.raises(DeskError) as caught:
        open_store(url)
    assert isinstance(caught.value, Invalid | Unavailable)


def test_an_absent_server_is_named_without_the_password():
    with pytest.raises(Unavailable) as caught:
        open_store("postgresql://ana:s3cret@127.0.0.1:1/desk")
    assert "s3cret" not in f"{caught.value} {caught.value!r}"


def test_a_database_that_the_server_does_not_have_is_no_desk(postgresql_url: str):
    with pytest.raises(NoDesk):
        open_store(sa.make_url(postgresql_url).set(database="none").render_as_string(hide_password=False))


def test_the_password_is_never_shown(postgresql_url: str):
    url = sa.make_url(postgresql_url).set(password="s3cret").update_query_dict({"password": "s3cret"})
    store = open_store(url.render_as_string(hide_password=False))
    assert "s3cret" in store.url
    assert "s3cret" not in store.shown_url + repr(store)
    store.close()


def test_a_file_that_is_moved_away_or_replaced_is_not_written_to(sqlite_url: str, tmp_path: Path):
    path = parse(sqlite_url).database
    assert path is not None
    store = open_store(sqlite_url)
    away = Path(path).rename(tmp_path / "away.db")
    for use in (store.reading, store.writing, store.touching):
        with pytest.raises(Unavailable), use():
            pass
    Path(path).write_bytes(away.read_bytes())
    with pytest.raises(Unavailable), store.writing():
        pass
    away.replace(path)
    with store.writing() as session:
        session.execute(PUT, {"name": "back", "value": 1})
    store.close()

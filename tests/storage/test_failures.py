"""What goes wrong below is told in one line that says what to do."""

import resource
import sqlite3
import subprocess
import tempfile
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.errors import Conflict, DeskError, Invalid, NoDesk, Unavailable
from sysmo_tui.models import Setting, table
from sysmo_tui.storage import schema, sqlite
from sysmo_tui.storage.engine import Store, open_store
from sysmo_tui.storage.failures import explained, is_retryable, translated
from tests.databases import SqliteServer
from tests.storage.programs import as_an_ordinary_user, start

PUT = sa.insert(table(Setting))

OPEN_AND_WRITE = """
import sys
import sqlalchemy as sa
from sysmo_tui.domain.errors import DeskError
from sysmo_tui.models import Setting, table
from sysmo_tui.storage.engine import open_store
from sysmo_tui.storage.failures import explained
try:
    with explained():
        store = open_store(sys.argv[1])
        for n in range(200):
            with store.writing() as session:
                session.execute(sa.insert(table(Setting)), {"name": str(n), "value": "x" * 50_000})
except DeskError as error:
    print(type(error).__name__, error)
"""


def _path(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def _told(program: subprocess.Popen[str]) -> str:
    output, errors = program.communicate(timeout=60)
    assert errors == ""
    assert len(output.splitlines()) == 1
    return output


def _spoilt_copy(url: str, size: int) -> None:
    with _path(url).open("r+b") as file:
        file.truncate(size)


def test_a_file_that_is_no_database_is_told(tmp_path: Path):
    path = tmp_path / "desk.db"
    path.write_bytes(b"Dear diary, " * 1000)
    with pytest.raises(Invalid, match="not a desk"):
        open_store(f"sqlite:///{path}")


def test_an_empty_file_is_no_desk(tmp_path: Path):
    path = tmp_path / "desk.db"
    path.touch()
    store = open_store(f"sqlite:///{path}")
    with pytest.raises(NoDesk):
        schema.check(store)
    store.close()


@pytest.mark.parametrize("kept", [50, 4096, 40_000])
def test_a_truncated_file_is_told(sqlite_url: str, kept: int):
    _spoilt_copy(sqlite_url, kept)

    def use() -> None:
        store = open_store(sqlite_url)
        try:
            schema.check(store)
            with explained(), store.writing() as session:
                for name in sa.inspect(session.connection()).get_table_names():
                    session.execute(sa.text(f'SELECT count(*) FROM "{name}"'))
        finally:
            store.close()

    with pytest.raises(Invalid, match=r"damaged|not a desk"):
        use()


def test_a_full_disk_is_told(sqlite_url: str):
    limit = _path(sqlite_url).stat().st_size + 1_000_000
    program = start(
        OPEN_AND_WRITE,
        sqlite_url,
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
    )
    assert _told(program).startswith("Unavailable The disk that holds the desk")
    store = open_store(sqlite_url)
    schema.check(store)
    store.close()


@pytest.mark.parametrize("what", ["file", "folder"])
def test_what_is_read_only_is_told(sqlite_server: SqliteServer, what: str):
    with tempfile.TemporaryDirectory() as folder:
        url = sqlite_server.fresh(Path(folder))
        _path(url).chmod(0o444 if what == "file" else 0o666)
        Path(folder).chmod(0o555 if what == "folder" else 0o777)
        with as_an_ordinary_user(), pytest.raises(Invalid, match="read-only"):
            open_store(url)
        Path(folder).chmod(0o755)


def test_a_desk_cannot_be_made_in_a_folder_that_is_read_only():
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o555)
        with as_an_ordinary_user(), pytest.raises(Invalid, match=f"“{folder}/new” cannot be used: Perm"):
            schema.create(f"sqlite:///{folder}/new/desk.db")
        Path(folder).chmod(0o755)


def test_a_desk_cannot_be_made_where_one_may_not_write(tmp_path: Path):
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(DeskError):
        schema.create(f"sqlite:///{blocked}/desk.db")


def test_doing_the_same_twice_at_once_is_a_conflict_that_looking_again_settles(store: Store):
    with store.writing() as session:
        session.execute(PUT, {"name": "a", "value": 1})

    def again() -> None:
        with store.writing() as session:
            session.execute(PUT, {"name": "a", "value": 2})

    with pytest.raises(sa.exc.IntegrityError) as caught:
        again()
    assert is_retryable(caught.value)
    assert isinstance(translated(caught.value), Conflict)


def test_a_mistake_of_ours_stays_what_it_is(store: Store):
    with pytest.raises(sa.exc.DBAPIError) as caught, explained(), store.reading() as session:
        session.execute(sa.text("SELECT FROM WHERE"))
    assert not is_retryable(caught.value)
    assert translated(caught.value) is caught.value


def test_waiting_in_vain_for_another_program_is_worth_a_retry(
    sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(sqlite, "BUSY_MS", 50)
    other = sqlite3.connect(sqlite_store.path or "", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(sa.exc.OperationalError) as caught, sqlite_store.writing():
        pass
    other.close()
    assert is_retryable(caught.value)
    assert isinstance(translated(caught.value), Unavailable)


def test_a_lost_connection_is_worth_a_retry(postgresql_store: Store):
    def lose() -> None:
        with postgresql_store.writing() as session, postgresql_store.writing() as other:
            pid = other.scalar(sa.text("SELECT pg_backend_pid()"))
            session.execute(sa.text("SELECT pg_terminate_backend(:pid, 1000)"), {"pid": pid})
            other.execute(sa.text("SELECT 1"))

    with pytest.raises(sa.exc.DBAPIError) as caught:
        lose()
    assert is_retryable(caught.value)
    assert isinstance(translated(caught.value), Unavailable)
    with postgresql_store.writing() as session:
        session.execute(PUT, {"name": "a", "value": 1})


def test_two_writers_in_each_others_way_are_worth_a_retry(postgresql_store: Store):
    with postgresql_store.writing() as session:
        session.execute(PUT, {"name": "a", "value": 1})

    def overtaken() -> None:
        with postgresql_store.writing() as first:
            first.execute(sa.text("SET LOCAL transaction_isolation = 'repeatable read'"))
            first.execute(sa.text("SELECT * FROM setting"))
            with postgresql_store.writing() as second:
                second.execute(sa.text("UPDATE setting SET value = '2'"))
            first.execute(sa.text("UPDATE setting SET value = '3'"))

    with pytest.raises(sa.exc.DBAPIError) as caught:
        overtaken()
    assert is_retryable(caught.value)
    assert isinstance(translated(caught.value), Unavailable)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("sslmood=require", "a setting that does not exist"),
        ("options=-c%20nothing%3D1", "a setting that does not exist"),
        ("sslmode=perhaps", "Check sslmode"),
    ],
)
def test_a_setting_of_the_address_that_cannot_be_is_told(postgresql_url: str, query: str, said: str):
    with pytest.raises(Invalid, match=said) as refused:
        open_store(f"{postgresql_url}&{query}")
    assert refused.value.field == "database"

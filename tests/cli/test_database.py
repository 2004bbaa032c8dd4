"""``sysmo db``: the database itself, for those who hold it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import AuditKind
from sysmo_tui.models import Audit, table
from sysmo_tui.storage import schema
from sysmo_tui.storage.engine import Store, open_store, parse
from tests.cast import Cast
from tests.cli.conftest import Cli


def older_desk(url: str, revision: str) -> None:
    """A desk that is set up, of an older version: what is there today, in the columns of then."""
    path = Path(parse(url).database or "")
    today = path.with_name("today.db")
    schema.create(f"sqlite:///{today}")
    store = open_store(f"sqlite:///{today}")
    Cast(Desk(store)).found()
    store.close()
    path.touch(0o600)
    with schema.migrating(parse(url)) as connection:
        command.upgrade(schema.alembic_config(connection), revision)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ATTACH ? AS today", (str(today),))
        for table_name in _tables(connection, "main") & _tables(connection, "today"):
            columns = ", ".join(sorted(_columns(connection, "main", table_name)))
            connection.execute(
                f"INSERT INTO main.{table_name} ({columns}) SELECT {columns} FROM today.{table_name}"
            )
        connection.commit()


def _tables(connection: sqlite3.Connection, place: str) -> set[str]:
    """The desk's own tables with their rows, without those of the search."""
    found = connection.execute(f"SELECT name FROM {place}.sqlite_master WHERE type = 'table'")
    return {name for (name,) in found if not name.startswith(("sqlite_", "entry_search", "alembic_"))}


def _columns(connection: sqlite3.Connection, place: str, table_name: str) -> set[str]:
    return {row[1] for row in connection.execute(f"PRAGMA {place}.table_info({table_name})")}


def test_an_older_backup_is_put_back_and_brought_up_to_date(cli: Cli, tmp_path: Path):
    older_desk(f"sqlite:///{tmp_path}/older.bak", "0004")
    url = f"sqlite:///{tmp_path}/desk.db"
    ran = cli.ok("db", "restore", str(tmp_path / "older.bak"), "--json", SYSMO_DATABASE_URL=url)
    assert ran.json == {
        "revision": schema.HEAD,
        "from_revision": "0004",
        "tickets": 0,
        "entries": 0,
        "held_mails": 0,
        "ended_sessions": 1,
    }
    assert f"went from 0004 to {schema.HEAD}" in ran.err
    store = open_store(url)
    schema.check(store)
    with store.reading() as session:
        kinds = session.scalars(sa.select(table(Audit).c.kind).order_by(table(Audit).c.id))
        assert list(kinds)[-1] is AuditKind.RESTORED
    store.close()


def test_what_is_advised_works_for_the_demo_desk(cli: Cli, tmp_path: Path):
    demo = tmp_path / "data" / "sysmo" / "demo.db"
    demo.parent.mkdir(parents=True)
    older_desk(f"sqlite:///{demo}", "0004")
    old = cli("whoami", "--demo")
    assert old.code == 2
    assert old.err.endswith("Bring it up to date with: sysmo db upgrade --demo\n")
    cli.ok("db", "upgrade", "--demo")
    visitor = cli("whoami", "--demo")
    assert visitor.code == 3
    assert visitor.err.endswith("Sign in first: sysmo login --demo\n")


def test_what_is_advised_works_for_the_database_that_was_named(
    cli: Cli, sqlite_store: Store, sqlite_url: str
):
    Cast(Desk(sqlite_store)).found()
    visitor = cli("whoami", "--database", sqlite_url)
    assert visitor.code == 3
    assert visitor.err.endswith(f"Sign in first: sysmo login --database {sqlite_url}\n")


def test_the_roles_are_printed_for_whoever_runs_the_server(cli: Cli):
    named = ("db", "init-roles", "--print", "--owner", "boss", "--application", "app", "--report", "bi")
    script = cli.ok(*named).out
    assert script.startswith("BEGIN;\n")
    assert script.endswith("COMMIT;\n")
    assert script.count("CREATE ROLE") == 3
    assert 'CREATE ROLE "boss" LOGIN' in script
    assert "PASSWORD '" not in script.upper()
    assert cli.ok(*named, "--json").json == {"sql": script}
    defaults = cli.ok("db", "init-roles", "--print").out
    assert all(f'CREATE ROLE "{name}"' in defaults for name in ("sysmo_owner", "sysmo_app", "sysmo_report"))


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "superuser"),
        (("--print", "--owner", 'x"; DROP'), "--owner: The name of a role"),
        (("--print", "--report", "pg_read_all_data"), "--report: PostgreSQL keeps the name"),
        (("--print", "--application", "sysmo_owner"), "Each role needs a name of its own"),
    ],
)
def test_roles_that_cannot_be_are_refused(cli: Cli, words: tuple[str, ...], said: str):
    ran = cli("db", "init-roles", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert ran.err.count("\n") == 1

"""An older desk is brought up to date, all or nothing, and never under others."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command

from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.errors import Invalid, NoDesk, Unavailable
from sysmo_tui.models import Account, Batch, Company, Lease, Ticket, table
from sysmo_tui.storage import schema, upgrading
from sysmo_tui.storage.backup import backup, restore
from sysmo_tui.storage.engine import Dialect, open_store, parse
from tests.databases import PostgresqlServer
from tests.storage.rows import NOW, add_ticket

BEFORE_HEAD = "0003"
"""The revision of the older desks here."""
MORE_THAN_A_BATCH = 1005
"""Rows that a migration does not bring up to date at once."""


@pytest.fixture(params=list(Dialect))
def older_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A desk of the first revision, with a ticket."""
    if request.param is Dialect.SQLITE:
        path = tmp_path / "desk.db"
        path.touch()
        yield _older(f"sqlite:///{path}")
    else:
        with request.getfixturevalue("postgres_server").fresh("template1") as url:
            yield _older(url)


def _older(url: str) -> str:
    with schema.migrating(parse(url)) as connection:
        command.upgrade(schema.alembic_config(connection), BEFORE_HEAD)
    store = open_store(url)
    with store.writing() as session:
        add_ticket(session)
    store.close()
    return url


def _revision(url: str) -> str | None:
    store = open_store(url)
    with store.reading() as session:
        found = schema.revision(session.connection())
        assert list(session.scalars(sa.select(table(Ticket).c.number))) == [1]
    store.close()
    return found


def test_an_older_desk_is_brought_up_to_date_after_a_backup(older_url: str, tmp_path: Path):
    done = upgrading.upgrade(older_url, tmp_path / "backups")
    assert (done.from_revision, done.to_revision) == (BEFORE_HEAD, schema.HEAD)
    assert _revision(older_url) == schema.HEAD
    if done.backup_path is None:
        assert parse(older_url).get_backend_name() == Dialect.POSTGRESQL
    else:
        assert _revision(f"sqlite:///{done.backup_path}") == BEFORE_HEAD
    assert upgrading.upgrade(older_url, tmp_path / "backups").from_revision == schema.HEAD


def test_an_older_backup_comes_back_as_a_desk_of_this_version(
    older_url: str, tmp_path: Path, postgres_server: PostgresqlServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("PATH", f"{postgres_server.programs}:{os.environ['PATH']}")
    store = open_store(older_url)
    made = backup(store, tmp_path / "desk.backup")
    store.close()
    assert made.revision == BEFORE_HEAD
    put_back = restore(made.path, older_url, overwrite=True)
    assert (put_back.from_revision, put_back.tickets) == (BEFORE_HEAD, 1)
    assert _revision(older_url) == schema.HEAD
    again = open_store(older_url)
    schema.check(again)
    again.close()


def test_a_rehearsal_changes_nothing(older_url: str, tmp_path: Path):
    before = sorted(path.name for path in tmp_path.iterdir())
    tried = upgrading.rehearse(older_url)
    assert (tried.from_revision, tried.to_revision) == (BEFORE_HEAD, schema.HEAD)
    assert _revision(older_url) == BEFORE_HEAD
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_nothing_is_upgraded_under_another_program(older_url: str, tmp_path: Path):
    store = open_store(older_url)
    with store.reading() as session:
        session.execute(sa.select(table(Ticket).c.number))
        with pytest.raises(Unavailable, match="this desk open"):
            upgrading.upgrade(older_url, tmp_path)
    store.close()
    assert _revision(older_url) == BEFORE_HEAD


def test_who_holds_a_duty_is_named(older_url: str, tmp_path: Path):
    now = datetime.now(UTC)
    store = open_store(older_url)
    with store.writing() as session:
        row = {"duty": "mail", "holder": "x", "label": "worker on atlas", "beat_at": now}
        session.execute(sa.insert(table(Lease)), row | {"until": now + timedelta(minutes=1)})
    store.close()
    with pytest.raises(Unavailable, match="worker on atlas"):
        upgrading.upgrade(older_url, tmp_path)
    assert _revision(older_url) == BEFORE_HEAD


def test_broken_references_stop_an_upgrade(tmp_path: Path):
    path = tmp_path / "desk.db"
    path.touch()
    url = _older(f"sqlite:///{path}")
    with schema.sqlite.engine(path, schema.sqlite.Use.MIGRATING).begin() as connection:
        connection.execute(sa.text("DELETE FROM account"))
    with pytest.raises(Invalid, match="missing"):
        upgrading.upgrade(url, tmp_path)
    assert _revision(url) == BEFORE_HEAD


def test_there_must_be_a_desk_to_upgrade(tmp_path: Path):
    with pytest.raises(NoDesk):
        upgrading.upgrade(f"sqlite:///{tmp_path}/none.db", tmp_path)


def test_secrets_that_older_versions_kept_with_results_are_wiped(older_url: str, tmp_path: Path):
    store = open_store(older_url)
    results = {"change": {"mail_url": "smtp://user:hunter2@host"}, "edit": {"number": 1}}
    with store.writing() as session:
        for name, result in results.items():
            row = {"id": name, "key": name, "scope": "s", "channel": Channel.CLI, "at": NOW, "result": result}
            command = {"change": "desk_settings.change", "edit": "editing.edit"}[name]
            session.execute(sa.insert(table(Batch)), row | {"command": command, "digest": ""})
    store.close()
    upgrading.upgrade(older_url, tmp_path / "backups")
    store = open_store(older_url)
    with store.reading() as session:
        kept = {row.id: row.result for row in session.execute(sa.select(table(Batch)))}
    store.close()
    assert kept == {"change": None, "edit": {"number": 1}}
    if parse(older_url).get_backend_name() == Dialect.SQLITE:
        assert b"hunter2" not in Path(parse(older_url).database or "").read_bytes()


def test_people_and_companies_of_before_are_found_by_their_names(older_url: str, tmp_path: Path):
    store = open_store(older_url)
    people = [{"id": n, "name": f"Álvaro ÑANDÚ-{n}"} for n in range(2, MORE_THAN_A_BATCH)]
    with store.writing() as session:
        session.execute(sa.text("UPDATE account SET name = 'Ünal'"))
        session.execute(
            sa.text(
                "INSERT INTO account (id, name, role, state, must_change_password, typed_company, locale,"
                " preferences, created_at) SELECT :id, :name, role, state, must_change_password,"
                " typed_company, locale, preferences, created_at FROM account WHERE id = 1"
            ),
            people,
        )
        session.execute(
            sa.text(
                "INSERT INTO company (name, country, domains, is_own, notes, created_at)"
                " SELECT 'Ñandú S.A.', 'AR', '[]', must_change_password, '', created_at FROM account"
                " WHERE id = 1"
            )
        )
    store.close()
    upgrading.upgrade(older_url, tmp_path / "backups")
    account, company = table(Account), table(Company)
    store = open_store(older_url)
    with store.reading() as session:
        found = session.execute(sa.select(account.c.folded, account.c.words).order_by(account.c.id))
        assert [tuple(row) for row in found] == [
            ("unal", "unal"),
            *((f"alvaro nandu-{n}", f"alvaro nandu {n}") for n in range(2, MORE_THAN_A_BATCH)),
        ]
        assert tuple(session.execute(sa.select(company.c.folded, company.c.words)).one()) == (
            "nandu s.a.",
            "nandu s a",
        )
    store.close()

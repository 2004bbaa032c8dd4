"""The roles of a server, as the real one keeps them apart."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa

from sysmo_tui import assembly, demo
from sysmo_tui.demo.build import ITSELF
from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.models import Audit, Event, table
from sysmo_tui.services import leases, proof
from sysmo_tui.services.leases import Duty
from sysmo_tui.storage import backup, integrity, roles, schema, server_facts
from sysmo_tui.storage.engine import Store, open_store
from sysmo_tui.storage.failures import explained
from sysmo_tui.worker import Worker
from tests.cast import START
from tests.databases import PostgresqlServer

ROLES = roles.Roles("maría.dueña", "desk-app", "reports@bi")
SECRET_WORDS = (
    "body",
    "subject",
    "address",
    "email",
    "phone",
    "hash",
    "payload",
    "changes",
    "note",
    "source",
)


@pytest.fixture
def server_url(postgres_server: PostgresqlServer) -> Iterator[str]:
    """An empty database, as its superuser reaches it, in which nothing is left of the roles afterwards."""
    with postgres_server.fresh("template0") as url:
        yield url
        with as_superuser(url) as connection:
            for name in vars_of(ROLES):
                connection.execute(
                    f"DO $$ BEGIN IF EXISTS (SELECT FROM pg_roles WHERE rolname = '{name}') THEN"
                    f' REASSIGN OWNED BY "{name}" TO CURRENT_USER; DROP OWNED BY "{name}" CASCADE;'
                    f' DROP ROLE "{name}"; END IF; END $$'
                )


def vars_of(names: roles.Roles) -> tuple[str, str, str]:
    return names.owner, names.application, names.report


@contextmanager
def as_superuser(url: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(url, autocommit=True) as connection:
        yield connection


def apply(url: str, names: roles.Roles = ROLES) -> None:
    with as_superuser(url) as connection:
        connection.execute(roles.script(names).encode())


def as_role(url: str, name: str) -> str:
    return sa.make_url(url).set(username=name).render_as_string(hide_password=False)


@pytest.fixture
def owned(server_url: str) -> str:
    """A desk that its owner made after the roles were there; the address of its application."""
    apply(server_url)
    schema.create(as_role(server_url, ROLES.owner))
    return as_role(server_url, ROLES.application)


@pytest.fixture
def store(owned: str) -> Iterator[Store]:
    """The desk, open for the application."""
    with closing(open_store(owned)) as opened:
        yield opened


def _run(url: str, statement: str) -> list[Any]:
    with psycopg.connect(url) as connection:
        return connection.execute(statement.encode()).fetchall()


def test_the_application_does_all_that_a_desk_does(
    owned: str, store: Store, caplog: pytest.LogCaptureFixture
):
    demo.fill(owned, tickets=10, now=START)
    desk = assembly.desk_on(store, clock=lambda: START + timedelta(days=40))
    itself = Door(desk, ITSELF)
    itself.write(proof.rebuild)
    assert itself.read(proof.check) == ()
    assert integrity.check(store) == []
    worker = Worker(desk, assembly.choose_transport(desk, "null:"))
    worker.run_once()
    assert {Duty.MAIL_OUT, Duty.CLEAN_UP, Duty.FOLLOW_UPS} <= {
        held.duty for held in itself.read(leases.holders)
    }
    assert not [record for record in caplog.records if record.levelno >= logging.ERROR]


REWRITING = (
    "UPDATE event SET cause = ''",
    "DELETE FROM event",
    "TRUNCATE audit",
    "DELETE FROM audit",
    "UPDATE audit SET source = ''",
    "UPDATE alembic_version SET version_num = '9999'",
    "INSERT INTO alembic_version VALUES ('9999')",
    "DROP TABLE event",
    "ALTER TABLE event DISABLE TRIGGER ALL",
    "ALTER TABLE audit OWNER TO CURRENT_USER",
    "CREATE TABLE more (id int)",
    "CREATE VIEW reporting.more AS SELECT 1 AS one",
    f'SET ROLE "{ROLES.owner}"',
)


def test_the_application_cannot_rewrite_what_happened(store: Store):
    for statement in REWRITING:
        with pytest.raises(Forbidden, match="owner of the tables"), explained(), store.writing() as session:
            session.execute(sa.text(statement))


def test_who_counts_reads_views_without_texts_addresses_and_secrets(owned: str, server_url: str):
    demo.fill(owned, tickets=10, now=START)
    who = as_role(server_url, ROLES.report)
    found = _run(
        who,
        "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = 'reporting'",
    )
    assert {view for view, _column in found} == {"ticket", "cycle", "entry", "operator", "topic"}
    assert not [column for _view, column in found if any(word in column for word in SECRET_WORDS)]
    counted = {view: _run(who, f"SELECT count(*) FROM {view}")[0][0] for view, _column in found}
    assert min(counted.values()) > 0
    everything = str([_run(who, f"SELECT * FROM {view}") for view in counted])
    assert "@" not in everything
    inside = _run(server_url, "SELECT count(*) FROM entry WHERE visibility = 'public'")[0][0]
    assert counted["entry"] <= inside


def test_who_counts_reaches_nothing_else(owned: str, server_url: str):
    who = as_role(server_url, ROLES.report)
    tables = [
        name for (name,) in _run(server_url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    ]
    assert len(tables) > 30
    for name in tables:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _run(who, f"SELECT count(*) FROM public.{name}")
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        _run(who, "CREATE TABLE reporting.mine AS SELECT 1 AS one")


def test_a_desk_that_is_there_is_taken_over(server_url: str):
    schema.create(server_url)
    for _time in range(2):
        apply(server_url)
    owners = _run(server_url, "SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
    assert owners == [(ROLES.owner,)]
    with closing(open_store(as_role(server_url, ROLES.application))) as store:
        schema.check(store)
        with pytest.raises(Forbidden), explained(), store.writing() as session:
            session.execute(sa.delete(table(Event)))
    assert _run(as_role(server_url, ROLES.report), "SELECT count(*) FROM cycle") == [(0,)]


@pytest.mark.parametrize("owned_by_application", ["DATABASE {database}", "SCHEMA public"])
def test_an_application_that_owned_the_database_cannot_drop_what_happened(
    server_url: str, owned_by_application: str
):
    application = ROLES.application
    what = owned_by_application.format(database=sa.make_url(server_url).database)
    with as_superuser(server_url) as connection:
        connection.execute(f'CREATE ROLE "{application}" LOGIN'.encode())
        connection.execute(f'ALTER {what} OWNER TO "{application}"'.encode())
        connection.execute(f'GRANT ALL ON SCHEMA public TO "{application}"'.encode())
    schema.create(as_role(server_url, application))
    apply(server_url)
    with closing(open_store(as_role(server_url, application))) as store:
        assert not server_facts.of(store).may_rewrite
        for statement in (*REWRITING, "DROP SCHEMA public CASCADE", "CREATE SCHEMA more"):
            with pytest.raises(Forbidden), explained(), store.writing() as session:
                session.execute(sa.text(statement))


def test_who_owns_a_schema_could_rewrite_the_history(owned: str, store: Store, server_url: str):
    assert not server_facts.of(store).may_rewrite
    with as_superuser(server_url) as connection:
        connection.execute(f'ALTER SCHEMA public OWNER TO "{ROLES.application}"'.encode())
    assert server_facts.of(store).may_rewrite


@pytest.mark.parametrize("more", ["SUPERUSER", "CREATEROLE", "IN ROLE pg_read_all_data"])
@pytest.mark.parametrize("name", [ROLES.application, ROLES.report])
def test_a_role_that_is_more_than_it_seems_is_refused(server_url: str, name: str, more: str):
    with as_superuser(server_url) as connection:
        connection.execute(f'CREATE ROLE "{name}" LOGIN {more}'.encode())
    with pytest.raises(psycopg.errors.RaiseException, match=name):
        apply(server_url)
    assert _run(server_url, f"SELECT count(*) FROM pg_roles WHERE rolname = '{ROLES.owner}'") == [(0,)]


def test_an_upgrade_keeps_views_and_rights(owned: str, server_url: str):
    owner = as_role(server_url, ROLES.owner)
    with psycopg.connect(owner) as connection:
        connection.execute(f'GRANT DELETE ON audit TO "{ROLES.application}"')
    with schema.migrating(sa.make_url(owner)) as migrating:
        schema.migrate(migrating)
    assert _run(as_role(server_url, ROLES.report), "SELECT count(*) FROM ticket") == [(0,)]
    with (
        closing(open_store(owned)) as store,
        pytest.raises(Forbidden),
        explained(),
        store.writing() as session,
    ):
        session.execute(sa.delete(table(Audit)))


def test_an_owner_who_upgrades_sees_that_the_application_is_on(store: Store, server_url: str):
    with store.reading(), schema.migrating(sa.make_url(as_role(server_url, ROLES.owner))) as connection:
        assert schema.others(connection) == ["local"]


def test_the_application_backs_up_and_the_owner_puts_back(
    owned: str,
    server_url: str,
    tmp_path: Path,
    postgres_server: PostgresqlServer,
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("PATH", f"{postgres_server.programs}:{os.environ['PATH']}")
    demo.fill(owned, tickets=10, now=START)
    with closing(open_store(owned)) as store:
        made = backup.backup(store, tmp_path / "desk.bak")
    back = backup.restore(made.path, as_role(server_url, ROLES.owner), overwrite=True)
    assert (back.tickets, back.entries) == (made.tickets, made.entries)
    with closing(open_store(owned)) as store:
        assert integrity.check(store) == []
        with pytest.raises(Forbidden), explained(), store.writing() as session:
            session.execute(sa.delete(table(Event)))
    assert _run(as_role(server_url, ROLES.report), "SELECT count(*) FROM ticket") != [(0,)]


@pytest.mark.parametrize(
    "name",
    ["", "x" * 64, 'a"b', "a'b", "a;b", "a b", "a$do$b", "a\nb", "pg_owner", "public", "none", "sysmo_app"],
)
def test_a_name_that_could_be_anything_else_is_refused(name: str):
    with pytest.raises(Invalid) as refused:
        roles.Roles(name, "sysmo_app", "sysmo_report")
    assert refused.value.field == "owner"

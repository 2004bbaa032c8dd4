"""The migrations give exactly the models, and only what is a desk of this version is opened."""

import stat
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.util import CommandError
from sqlmodel import SQLModel

from sysmo_tui.domain.errors import Busy, Conflict, Invalid, NoDesk
from sysmo_tui.models.columns import Moment
from sysmo_tui.storage import schema
from sysmo_tui.storage.ends import plain_type
from sysmo_tui.storage.engine import Store, open_store, parse
from sysmo_tui.storage.failures import explained


def test_the_migrations_give_exactly_the_models(store_url: str):
    with schema.migrating(parse(store_url)) as connection:
        command.check(schema.alembic_config(connection))


def test_every_instant_is_of_the_type_that_is_read_fast():
    columns = [column for each in SQLModel.metadata.sorted_tables for column in each.c]
    instants = [column for column in columns if isinstance(plain_type(column), sa.DateTime)]
    assert len(instants) > 60
    assert [str(column) for column in instants if not isinstance(column.type, Moment)] == []


def test_a_new_desk_is_of_this_version(store: Store):
    schema.check(store)


@pytest.mark.parametrize(("found", "told"), [("0000", "sysmo db upgrade"), ("9999", "newer version")])
def test_a_desk_of_another_version_is_refused_with_what_to_do(store: Store, found: str, told: str):
    with store.writing() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = :found"), {"found": found})
    with pytest.raises(Invalid, match=told):
        schema.check(store)


def test_a_database_without_our_tables_is_no_desk(store: Store):
    with store.writing() as session:
        session.execute(sa.text("DROP TABLE alembic_version"))
    with pytest.raises(NoDesk):
        schema.check(store)


def test_a_desk_is_never_made_over_another(store: Store):
    with pytest.raises(Conflict):
        schema.create(store.url)


@pytest.mark.parametrize(("is_shared", "folder", "file"), [(False, 0o700, 0o600), (True, 0o2770, 0o660)])
def test_a_new_file_is_for_its_owner_or_its_group(tmp_path: Path, is_shared: bool, folder: int, file: int):
    path = tmp_path / "new" / "desk.db"
    schema.create(f"sqlite:///{path}", is_shared=is_shared)
    assert (stat.S_IMODE(path.parent.stat().st_mode), stat.S_IMODE(path.stat().st_mode)) == (folder, file)
    store = open_store(f"sqlite:///{path}")
    schema.check(store)
    with store.writing():
        companions = {stat.S_IMODE(other.stat().st_mode) for other in path.parent.iterdir()}
    assert companions == {file}
    store.close()


def test_a_desk_whose_making_failed_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(schema, "HEAD", "7777")
    with pytest.raises(CommandError):
        schema.create(f"sqlite:///{tmp_path}/desk.db")
    assert list(tmp_path.iterdir()) == []


def test_who_keeps_the_lock_of_migrations_is_not_waited_for_without_end(
    postgresql_url: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(schema, "LOCK_PATIENCE", "50ms")
    url = parse(postgresql_url)
    with schema.migrating(url) as first:
        with pytest.raises(Busy), explained(), schema.migrating(url):
            pass
        assert first.exec_driver_sql("SHOW lock_timeout").scalar_one() == "0"

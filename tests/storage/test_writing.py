"""Rows that are written later: nobody can tell that they were not there at once."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import SQLModel

import sysmo_tui.mail
import sysmo_tui.services
from sysmo_tui.models import Audit, Company, Setting, Throttle, table
from sysmo_tui.storage.engine import Store
from sysmo_tui.storage.writing import AS_ONE, WritingSession, tables_of

NOW = datetime(2026, 3, 4, 15, 0, tzinfo=UTC)
BUCKETS, AUDIT, SETTING = table(Throttle), table(Audit), table(Setting)
COUNT = sa.insert(BUCKETS)
NOTE = sa.insert(AUDIT)
NAMES = sa.select(BUCKETS.c.bucket).order_by(BUCKETS.c.bucket)


def bucket(name: str) -> dict[str, Any]:
    return {"bucket": name, "failures": 1, "last_failed_at": NOW}


def sent_by(session: WritingSession) -> list[str]:
    sent: list[str] = []
    sa.event.listen(
        session.connection(),
        "before_cursor_execute",
        lambda _c, _k, statement, *_more: sent.append(statement),
    )
    return sent


@pytest.mark.parametrize("many", [1, AS_ONE + 3])
def test_rows_leave_by_one_statement_when_the_transaction_ends(store: Store, many: int):
    names = [f"'{n}' ñ \\ %s :x" for n in range(many)]
    with store.writing() as session:
        sent = sent_by(session)
        for name in names:
            session.later(COUNT, bucket(name))
        assert sent == []
    assert len(sent) == 1
    with store.reading() as session:
        assert list(session.scalars(NAMES)) == sorted(names)


@pytest.mark.parametrize("many", [1, AS_ONE + 3])
def test_whoever_looks_finds_what_was_to_be_written_later(store: Store, many: int):
    with store.writing() as session:
        for n in range(many):
            session.later(COUNT, bucket(f"{n}"))
        sent = sent_by(session)
        assert session.scalar(sa.select(sa.func.count()).select_from(SETTING)) == 0
        assert len(sent) == 1, "others' tables are none of its business"
        assert len(session.scalars(NAMES).all()) == many
        session.later(COUNT, bucket("x"))
        assert session.execute(sa.text("SELECT count(*) FROM throttle")).scalar() == many + 1
        session.later(COUNT, bucket("y"))
        changed = session.execute(sa.update(BUCKETS).values(failures=2))
        assert isinstance(changed, sa.CursorResult)
        assert changed.rowcount == many + 2


@pytest.mark.parametrize("many", [1, AS_ONE + 3])
def test_what_a_row_holds_is_the_same_however_many_there_are(store: Store, many: int):
    detail = {"list": [1, None, True], "text": "“ñ” \\ \" ' \u2028", "empty": {}}
    row = {"at": NOW, "kind": "configured", "channel": "cli", "account_id": None, "detail": detail}
    with store.writing() as session:
        for n in range(many):
            session.later(NOTE, {**row, "source": f"{n}"})
    with store.reading() as session:
        found = session.execute(sa.select(AUDIT).order_by(AUDIT.c.id)).all()
    assert [each.source for each in found] == [f"{n}" for n in range(many)]
    assert {(each.at, each.kind.value, each.channel.value, each.account_id) for each in found} == {
        (NOW, "configured", "cli", None)
    }
    assert all(each.detail == detail for each in found)


@pytest.mark.parametrize("many", [1, AS_ONE + 3])
def test_what_the_database_has_against_a_row_ends_the_transaction(store: Store, many: int):
    def twice() -> None:
        with store.writing() as session:
            session.execute(sa.insert(SETTING), {"name": "a", "value": 1})
            for _ in range(many + 1):
                session.later(COUNT, bucket("same"))

    with pytest.raises(sa.exc.IntegrityError):
        twice()
    with store.reading() as session:
        assert session.execute(sa.select(SETTING)).all() == []


def test_of_rows_with_one_key_the_last_one_counts(store: Store):
    change = sa.update(BUCKETS).where(BUCKETS.c.bucket == "a").values(failures=sa.bindparam("count"))
    with store.writing() as session:
        session.later(COUNT, bucket("a"))
        sent = sent_by(session)
        for n in range(5):
            session.later(change, {"count": n}, key="a")
        assert session.scalar(sa.select(BUCKETS.c.failures)) == 4
        session.later(change, {"count": 7}, key="a")
    assert len(sent) == 4
    with store.reading() as session:
        assert session.scalar(sa.select(BUCKETS.c.failures)) == 7


def test_what_came_behind_a_savepoint_goes_with_it_and_nothing_else(store: Store):
    def fail(session: WritingSession) -> None:
        with session.begin_nested():
            session.later(COUNT, bucket("behind"))
            raise KeyError

    with store.writing() as session:
        session.later(COUNT, bucket("before"))
        with pytest.raises(KeyError):
            fail(session)
        with session.begin_nested():
            session.later(COUNT, bucket("kept"))
    with store.reading() as session:
        assert list(session.scalars(NAMES)) == ["before", "kept"]


def test_entities_and_rows_find_each_other(store: Store):
    with store.writing() as session:
        company = Company(id=session.new_key(table(Company)), name="A", country="AR", created_at=NOW)
        session.later(
            sa.insert(table(Company)), {**company.model_dump(), "folded": "a", "domains": ["a.example"]}
        )
        (found,) = session.scalars(sa.select(Company))
        found.notes = "seen"
        assert session.scalar(sa.select(table(Company).c.notes)) == "seen"
        session.add(Company(name="B", country="AR", created_at=NOW))
    with store.writing() as session:
        assert session.new_key(table(Company)) > max(session.scalars(sa.select(table(Company).c.id)))


def test_a_transaction_that_is_taken_back_writes_nothing_later(store: Store):
    with store.rehearsing() as session:
        session.later(COUNT, bucket("a"))
        assert list(session.scalars(NAMES)) == ["a"]
        session.later(COUNT, bucket("b"))
    with store.reading() as session:
        assert list(session.scalars(NAMES)) == []


def statements() -> Iterator[tuple[str, Any]]:
    """Every statement that services and mail have built."""
    for package in (sysmo_tui.services, sysmo_tui.mail):
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            for name, value in vars(importlib.import_module(found.name)).items():
                if isinstance(value, sa.Select | sa.CompoundSelect | sa.Insert | sa.Update | sa.Delete):
                    yield f"{found.name}.{name}", value


def test_no_statement_looks_at_a_table_unnoticed():
    looked_at = 0
    for name, statement in statements():
        noticed = tables_of(statement)
        if noticed is None:
            continue
        written = str(statement.compile(dialect=sa.create_engine("sqlite://").dialect))
        for each in SQLModel.metadata.tables:
            if re.search(rf'(FROM|JOIN|INTO|UPDATE|,)\s+"?{each}"?\b(?! AS \w+_\d)', written) and re.search(
                rf'\b"?{each}"?\.', written
            ):
                looked_at += 1
                assert each in noticed, f"{name}: {each} of {noticed}"
    assert looked_at > 300

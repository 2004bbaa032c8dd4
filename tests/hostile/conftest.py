"""A desk full of hostile texts, made once; whoever changes it works on a copy."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import notices, outbox
from sysmo_tui.storage.engine import open_store
from tests.cast import Cast, Clock
from tests.cheap import cheap_hasher, using
from tests.cli.conftest import capture, cli
from tests.databases import SqliteServer
from tests.hostile.poison import Poisoned, poison

__all__ = ["capture", "cli"]


@pytest.fixture(scope="session")
def poisoned(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    """The desk itself, for those who only read."""
    url = sqlite_server.fresh(tmp_path_factory.mktemp("hostile"))
    store = open_store(url)
    now = datetime.now(UTC)
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=Clock(now)))
    with using(cheap_hasher()):
        people.found()
        made = poison(people, url)
    with store.writing() as session:
        # Commands on this desk would send what waits there.
        session.execute(sa.update(table(Outbox)).values(held_at=now))
    yield made
    store.close()


@pytest.fixture
def sandbox(poisoned: Poisoned, tmp_path: Path) -> Iterator[Poisoned]:
    """A copy of the desk, for those who change it."""
    path = tmp_path / "hostile.db"
    original = sqlite3.connect(poisoned.url.removeprefix("sqlite:///"))
    with closing(original), closing(sqlite3.connect(path)) as copy:
        original.backup(copy)
    path.chmod(0o600)
    url = f"sqlite:///{path}"
    store = open_store(url)
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=poisoned.cast.desk.clock))
    people.ids = dict(poisoned.cast.ids)
    yield Poisoned(people, poisoned.numbers, url)
    store.close()

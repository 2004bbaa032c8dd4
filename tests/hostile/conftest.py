"""A desk full of hostile texts, made once; whoever changes it works on a copy."""

from __future__ import annotations

import json
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
from sysmo_tui.storage.engine import Store, open_store
from tests.cast import Cast, Clock
from tests.cheap import cheap_hasher, using
from tests.cli.conftest import capture, cli
from tests.databases import SqliteServer
from tests.hostile.poison import CUSTOMER, Poisoned, poison
from tests.sharing import made_once

__all__ = ["capture", "cli"]


@pytest.fixture(scope="session")
def poisoned(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    """The desk itself, for those who only read; made by one worker, and copied for each."""
    original = made_once(tmp_path_factory, "poisoned", lambda folder: _poison(sqlite_server.fresh(folder)))
    path = tmp_path_factory.mktemp("hostile") / "desk.db"
    _copy(original / "desk.db", path)
    made = json.loads((original / "made.json").read_text())
    store = open_store(f"sqlite:///{path}")
    people = _people(store, datetime.fromisoformat(made["at"]))
    people.ids = made["ids"]
    for name, secret in made["secrets"].items():
        people.comes_with(name, secret)
    yield Poisoned(people, made["numbers"], f"sqlite:///{path}")
    store.close()


def _poison(url: str) -> None:
    """Make the desk, and write beside it who is there."""
    store = open_store(url)
    now = datetime.now(UTC)
    people = _people(store, now)
    with using(cheap_hasher()):
        people.found()
        made = poison(people, url)
    with store.writing() as session:
        # Commands on this desk would send what waits there.
        session.execute(sa.update(table(Outbox)).values(held_at=now))
    told = {
        "at": now.isoformat(),
        "numbers": made.numbers,
        "ids": people.ids,
        "secrets": {
            name: door.caller.secret
            for name, door in (("ada", made.staff), ("luis", made.operator), (CUSTOMER, made.customer))
        },
    }
    store.close()
    Path(url.removeprefix("sqlite:///")).with_name("made.json").write_text(json.dumps(told))


def _people(store: Store, now: datetime) -> Cast:
    return Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=Clock(now)))


def _copy(original: Path, path: Path) -> None:
    """Copy a database that may be open."""
    with closing(sqlite3.connect(original)) as whole, closing(sqlite3.connect(path)) as copy:
        whole.backup(copy)
    path.chmod(0o600)


@pytest.fixture
def sandbox(poisoned: Poisoned, tmp_path: Path) -> Iterator[Poisoned]:
    """A copy of the desk, for those who change it."""
    path = tmp_path / "hostile.db"
    _copy(Path(poisoned.url.removeprefix("sqlite:///")), path)
    url = f"sqlite:///{path}"
    store = open_store(url)
    people = _people(store, poisoned.cast.desk.clock())
    people.ids = dict(poisoned.cast.ids)
    yield Poisoned(people, poisoned.numbers, url)
    store.close()

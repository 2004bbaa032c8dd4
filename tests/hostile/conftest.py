"""A desk full of hostile texts, made once; whoever changes it works on a copy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sysmo_tui.desk import Desk
from sysmo_tui.services import notices, outbox
from sysmo_tui.services.hashing import Hasher, using
from sysmo_tui.storage.engine import open_store
from tests.cast import Cast, Clock
from tests.cli.conftest import capture, cli
from tests.databases import SqliteServer
from tests.hostile.poison import Poisoned, poison

__all__ = ["capture", "cli"]


@pytest.fixture(scope="session")
def poisoned(sqlite_server: SqliteServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Poisoned]:
    """The desk itself, for those who only read."""
    from datetime import UTC, datetime

    url = sqlite_server.fresh(tmp_path_factory.mktemp("hostile"))
    store = open_store(url)
    now = datetime.now(UTC)
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=Clock(now)))
    with using(Hasher.cheap()):
        people.found()
        made = poison(people, url)
    yield made
    store.close()

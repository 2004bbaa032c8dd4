"""Fixtures that every test may use."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from sysmo_tui import i18n
from sysmo_tui.desk import Desk, Door
from sysmo_tui.services import notices, outbox
from sysmo_tui.services.hashing import Hasher
from sysmo_tui.storage.engine import Dialect, Store, open_store
from tests import compiling
from tests.cast import Cast, Clock
from tests.cheap import cheap_hasher, using
from tests.databases import PostgresqlServer, SqliteServer, postgresql_server
from tests.mail.dovecot import Dovecot, serving

compiling.share()

# The same examples each time, so that what fails there fails again here; elsewhere they are always new.
hypothesis.settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    hypothesis.settings.load_profile("ci")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Half as many again as there are cores: many a test waits for a screen, a server or a disk."""
    return max(2, (os.cpu_count() or 1) * 3 // 2)


def pytest_collection_finish() -> None:
    """What was loaded stays until the end: looking through it for garbage took a sixth of the time."""
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def sqlite_server(tmp_path_factory: pytest.TempPathFactory) -> SqliteServer:
    """Where new SQLite desks come from."""
    return SqliteServer(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresqlServer]:
    """Where new PostgreSQL desks come from; started by the first test that needs it."""
    with postgresql_server() as server:
        yield server


@pytest.fixture(params=list(Dialect))
def store_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a fresh, empty desk; the test runs once on each database."""
    if request.param is Dialect.SQLITE:
        yield request.getfixturevalue("sqlite_server").fresh(request.getfixturevalue("tmp_path"))
    else:
        with request.getfixturevalue("postgres_server").fresh() as url:
            yield url


@pytest.fixture(scope="session")
def dovecot() -> Iterator[Dovecot]:
    """A real IMAP server; started by the first test that needs it."""
    with serving() as server:
        yield server


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """A fresh, empty desk, open; the test runs once on each database."""
    yield from _opened(store_url)


@pytest.fixture
def sqlite_url(sqlite_server: SqliteServer, tmp_path: Path) -> str:
    """The address of a fresh, empty desk in a file."""
    return sqlite_server.fresh(tmp_path)


@pytest.fixture
def sqlite_store(sqlite_url: str) -> Iterator[Store]:
    """A fresh, empty desk in a file, open."""
    yield from _opened(sqlite_url)


@pytest.fixture
def postgresql_url(postgres_server: PostgresqlServer) -> Iterator[str]:
    """The address of a fresh, empty desk on a server."""
    with postgres_server.fresh() as url:
        yield url


@pytest.fixture
def postgresql_store(postgresql_url: str) -> Iterator[Store]:
    """A fresh, empty desk on a server, open."""
    yield from _opened(postgresql_url)


@pytest.fixture(autouse=True)
def hasher() -> Iterator[Hasher]:
    """Hashing as cheap as argon2 allows, in every test; counts what it did."""
    with using(cheap_hasher()) as cheap:
        yield cheap


@pytest.fixture(autouse=True)
def mother_tongue() -> Iterator[None]:
    """No test speaks the language of the one before it."""
    yield
    i18n.use("en")


@pytest.fixture
def clock() -> Clock:
    """The desk's clock: ``clock.now``, ``clock.advance(minutes=5)``."""
    return Clock()


@pytest.fixture
def cast(store: Store, clock: Clock) -> Cast:
    """People for a desk that is set up; the test runs once on each database."""
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    return people


@pytest.fixture
def desk(cast: Cast) -> Desk:
    """A desk that is set up, with the topic "general" and the administrator "ada"."""
    return cast.desk


@pytest.fixture
def admin(cast: Cast) -> Door:
    """The first administrator, "ada"."""
    return cast.admin()


@pytest.fixture
def operator(cast: Cast) -> Door:
    """The operator "luis", who serves the topic "general"."""
    return cast.operator()


@pytest.fixture
def customer(cast: Cast) -> Door:
    """The customer "carla"."""
    return cast.customer()


def _opened(url: str) -> Iterator[Store]:
    store = open_store(url)
    yield store
    store.close()

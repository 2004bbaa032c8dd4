"""Fixtures of the tests that come through the SSH door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from sysmo_tui.desk import Desk
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.door.sshd import Sshd, new_host_key, program, serving
from tests.door.warm import Warm, running


@pytest.fixture(scope="session")
def host_key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """By which every server of these tests is known."""
    program()
    return new_host_key(tmp_path_factory.mktemp("host"))


@pytest.fixture
def sshd(tmp_path: Path, host_key: Path, sqlite_url: str) -> Iterator[Sshd]:
    """A real sshd before a fresh, empty desk in a file, whose mail goes to the folder ``mail``."""
    with serving(tmp_path, host_key, desk_settings(tmp_path, sqlite_url)) as server:
        yield server


@pytest.fixture
def postgresql_sshd(tmp_path: Path, host_key: Path, postgresql_url: str) -> Iterator[Sshd]:
    """A real sshd before a fresh, empty desk on a server, whose mail goes to the folder ``mail``."""
    with serving(tmp_path, host_key, desk_settings(tmp_path, postgresql_url)) as server:
        yield server


@pytest.fixture(scope="module")
def warm() -> Iterator[Warm]:
    """Where the program runs without being imported anew."""
    with running() as forks:
        yield forks


@pytest.fixture
def people(sqlite_store: Store) -> Cast:
    """Those of the desk behind the door, whose clock is the machine's."""
    found = Cast(Desk(sqlite_store, clock=Clock(datetime.now(UTC))))
    found.found()
    return found


def desk_settings(folder: Path, url: str) -> dict[str, dict[str, str]]:
    """The settings of a desk behind a door, by section."""
    return {
        "database": {"url": url},
        "state": {"dir": str(folder / "state")},
        "mail": {"url": f"file://{folder}/mail"},
    }

"""Fixtures of the tests that come through the SSH door."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.door.sshd import Sshd, new_host_key, program, serving


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


def desk_settings(folder: Path, url: str) -> dict[str, dict[str, str]]:
    """The settings of a desk behind a door, by section."""
    return {
        "database": {"url": url},
        "state": {"dir": str(folder / "state")},
        "mail": {"url": f"file://{folder}/mail"},
    }

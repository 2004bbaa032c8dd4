"""Fixtures of the journeys."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sysmo_tui.storage.engine import Dialect
from tests.journeys.terminal import Place

PAIRS = [(Dialect.SQLITE, "en"), (Dialect.POSTGRESQL, "es")]
"""Each database and each language once: neither knows of the other."""


@pytest.fixture(scope="session")
def _tmux() -> str:
    """Where tmux is. Without it nothing here can run, which is no excuse where everything is checked."""
    found = shutil.which("tmux")
    if found is None:
        if os.environ.get("CI"):
            pytest.fail("The journeys need tmux: install it.")
        pytest.skip("tmux is not installed here; the journeys drive the program in a real terminal")
    return found


@pytest.fixture(params=list(Dialect))
def database(request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of a place for a desk, where there is nothing yet; once on each database."""
    if request.param is Dialect.SQLITE:
        yield f"sqlite:///{request.getfixturevalue('tmp_path')}/desk.db"
    else:
        with request.getfixturevalue("postgres_server").fresh("template1") as url:
            yield url


@pytest.fixture
def place_without_desk(_tmux: str, tmp_path: Path) -> Iterator[Place]:
    """Where terminals can be opened, on a machine that has no desk."""
    # The path of a socket is short, and pytest's folders are not.
    folder = Path(tempfile.mkdtemp(prefix="sysmo-"))
    socket = folder / "tmux"
    yield Place(socket, tmp_path, {})
    subprocess.run([_tmux, "-S", str(socket), "kill-server"], capture_output=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def place(place_without_desk: Place, database: str) -> Place:
    """Where terminals can be opened, around one database."""
    folder = place_without_desk.folder
    around = {"SYSMO_DATABASE_URL": database, "SYSMO_MAIL_URL": f"file://{folder}/mail"}
    return replace(place_without_desk, environ=around)

"""Command lines that want more than the door gives: each is refused in a line, and nothing happens."""

from __future__ import annotations

import os
import socket
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import sysmo_tui
from sysmo_tui.models import Batch, table
from tests.cli.conftest import Office, capture, cli, small_office
from tests.door.hostile_lines import HARMLESS, REFUSED
from tests.door.visits import Visits, bind, door_of
from tests.services import requests as ask

__all__ = ["capture", "cli", "small_office"]


def test_there_are_two_hundred_of_them():
    assert len(set(REFUSED)) >= 200


LIBRARIES = (*sysconfig.get_paths().values(), "/usr/share/zoneinfo", "/etc/localtime", "/proc/mounts")


class Watched:
    """What this process does while it is watched: files it opens, programs it starts, connections."""

    def __init__(self) -> None:
        self.is_on = False
        self.opened: set[str] = set()
        self.forbidden: list[str] = []
        sys.addaudithook(self._heard)

    def _heard(self, event: str, given: tuple[Any, ...]) -> None:
        if not self.is_on:
            return
        if event == "open" and isinstance(given[0], str | bytes | os.PathLike):
            self.opened.add(os.path.abspath(os.fsdecode(given[0])))
        elif event in STARTS:
            self.forbidden.append(f"{event} {given!r}")

    @contextmanager
    def watching(self) -> Iterator[None]:
        self.is_on = True
        try:
            yield
        finally:
            self.is_on = False


STARTS = {
    *("os.system", "os.exec", "os.posix_spawn", "os.spawn", "os.fork", "os.forkpty", "subprocess.Popen"),
    *("pty.spawn", "socket.connect", "socket.bind", "socket.getaddrinfo", "os.rename", "os.link"),
    *("os.symlink", "shutil.move", "shutil.rmtree"),
}
"""Programs, connections and changes of files, as Python tells them to who listens."""


@pytest.fixture(scope="module")
def watched() -> Watched:
    return Watched()


@pytest.fixture
def ada(small_office: Office, tmp_path: Path) -> Visits:
    """The administrator, who may do most."""
    return _at_door(small_office, tmp_path, "ada")


def _at_door(office: Office, folder: Path, who: str | None) -> Visits:
    """The door for an administrator, a customer, or somebody unknown without a key."""
    if who is not None:
        bind(office, office.cast.admin() if who == "ada" else office.cast.customer(), who)
    return door_of(office, folder, who)


@pytest.mark.parametrize("who", ["ada", "carla", None])
def test_a_hostile_line_changes_nothing_and_shows_nothing(
    small_office: Office, tmp_path: Path, watched: Watched, monkeypatch: pytest.MonkeyPatch, who: str | None
):
    at_door = _at_door(small_office, tmp_path, who)
    customer = small_office.cast.customer()
    number = ask.file(customer, files=(ask.upload(customer),))
    monkeypatch.chdir(tmp_path)
    secrets = (str(tmp_path), "sqlite:", "Traceback", socket.gethostname(), "root:", ".py", "the program")
    watched.opened.clear()
    # Who may do most is tried with all of them.
    for line in (*REFUSED, *HARMLESS)[:: 1 if who == "ada" else 4]:
        said = line.replace("{n}", str(number))
        before, batches = _files(tmp_path), _batches(small_office)
        with watched.watching():
            ran = at_door.line(said)
        shown = (ran.out + ran.err).replace(said, "")
        assert _files(tmp_path) == before, line
        assert _batches(small_office) == batches, line
        assert not any(secret in shown for secret in secrets), (line, ran)
        assert "\x1b" not in shown, line
        if line not in HARMLESS:
            assert ran.code in {2, 3, 4, 5}, (line, ran)
            assert ran.out == "" or set(ran.json) == {"error"}, (line, ran)
            assert len(ran.err.splitlines()) == 1 or ran.err.startswith("Usage:"), (line, ran)
    assert watched.forbidden == []
    known = (sys.prefix, sys.base_prefix, str(Path(sysmo_tui.__file__).parent), str(tmp_path), *LIBRARIES)
    assert {path for path in watched.opened if not path.startswith(known)} == set()


def _files(folder: Path) -> set[tuple[str, int]]:
    """The files of the test and their lengths, but for those that the desk and its door keep."""
    own = (".db", ".db-wal", ".db-shm")
    return {
        (str(path), path.stat().st_size if path.is_file() else 0)
        for path in folder.rglob("*")
        if not path.name.endswith(own) and "door-state" not in path.parts
    }


def _batches(office: Office) -> int:
    with office.cast.desk.store.reading() as session:
        return int(session.execute(sa.select(sa.func.count()).select_from(table(Batch))).scalar_one())


PIECES = [
    *(
        "ticket",
        "list",
        "show",
        "new",
        "attach",
        "download",
        "reply",
        "mail",
        "raw",
        "config",
        "apply",
        "key",
        "whoami",
    ),
    *(
        "account",
        "search",
        "register",
        "verify",
        "sysmo",
        "parcel",
        "lang=es",
        "1",
        "#1",
        "-",
        "--",
        "--json",
        "--csv",
    ),
    *(
        "--help",
        "-h",
        "--body",
        "--body-file",
        "--attach",
        "--name",
        "-o",
        "--output",
        "--limit",
        "0",
        "--database",
    ),
    *(
        "--demo",
        "--debug",
        "--follow=x",
        "/etc/passwd",
        "../x",
        "''",
        "'a b'",
        '"',
        "\\",
        "é",
        "\x1b",
        "=",
        "--=",
        "@x",
    ),
]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.sampled_from(PIECES), max_size=7))
def test_no_line_is_a_bug_or_shows_the_machine(ada: Visits, tmp_path_factory: Any, pieces: list[str]):
    ran = ada.line(" ".join(["parcel", *pieces] if "parcel" in pieces else pieces))
    assert ran.code in {0, 2, 3, 4, 5, 6, 7, 130}, ran
    assert str(tmp_path_factory.getbasetemp()) not in ran.out + ran.err

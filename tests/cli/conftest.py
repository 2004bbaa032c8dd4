"""The command line in this process, on a real desk of its own."""

from __future__ import annotations

import io
import json
import pty
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr, redirect_stdout, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from sysmo_tui.cli.main import run
from sysmo_tui.cli.session_file import SessionFile
from sysmo_tui.desk import Desk, Door
from sysmo_tui.services import desk_settings
from tests.cast import Cast, Clock


@dataclass(frozen=True)
class Ran:
    """What a command printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The document that it printed."""
        return json.loads(self.out)


class Cli:
    """Runs commands in this process with an environment of its own."""

    def __init__(self, environ: dict[str, str], capture: Callable[[], tuple[str, str]]) -> None:
        self.environ = environ
        self._capture = capture

    def __call__(self, *words: str, stdin: str | bytes = "", **environ: str) -> Ran:
        given = stdin.encode() if isinstance(stdin, str) else stdin
        before, sys.stdin = sys.stdin, io.TextIOWrapper(io.BytesIO(given), encoding="utf-8")
        self._capture()
        try:
            code = run(words, self.environ | environ)
        finally:
            sys.stdin = before
        out, err = self._capture()
        assert "Traceback" not in err, err
        return Ran(code, out, err)

    def on_a_terminal(self, *words: str, **environ: str) -> Ran:
        """Run a command that asks nothing, with a terminal to print on; ``out`` is all that it got."""
        ours, theirs = pty.openpty()
        with ThreadPoolExecutor(1) as reader:
            got = reader.submit(_drained, ours)
            with (
                open(theirs, "w", encoding="utf-8") as terminal,
                redirect_stdout(terminal),
                redirect_stderr(terminal),
            ):
                code = run(words, self.environ | environ)
            return Ran(code, got.result(), "")

    def ok(self, *words: str, stdin: str | bytes = "", **environ: str) -> Ran:
        """Run a command that must work."""
        ran = self(*words, stdin=stdin, **environ)
        assert ran.code == 0, ran
        return ran


def _drained(handle: int) -> str:
    """What a terminal gets until nobody prints on it any more."""
    pieces = []
    with open(handle, "rb", buffering=0) as terminal, suppress(OSError):
        while piece := terminal.read(65536):
            pieces.append(piece)
    return b"".join(pieces).decode()


class Office(Cli):
    """A desk with people who each have their own place to run commands."""

    def __init__(self, cast: Cast, cli: Cli, folder: Path) -> None:
        super().__init__(cli.environ, cli._capture)
        self.cast = cast
        self._folder = folder

    def at(self, name: str, door: Door) -> Cli:
        """The command line of someone who has signed in."""
        state = self._folder / f"state-{name}"
        uuid = door.read(desk_settings.load).uuid
        assert door.caller.secret is not None
        SessionFile(state, uuid).save(door.caller.secret)
        return Cli(self.environ | {"SYSMO_STATE_DIR": str(state)}, self._capture)

    @property
    def admin(self) -> Cli:
        return self.at("ada", self.cast.admin())

    @property
    def operator(self) -> Cli:
        return self.at("luis", self.cast.operator())

    @property
    def customer(self) -> Cli:
        return self.at("carla", self.cast.customer())


@pytest.fixture
def capture(capsys: pytest.CaptureFixture[str]) -> Callable[[], tuple[str, str]]:
    def both() -> tuple[str, str]:
        out, err = capsys.readouterr()
        return out, err

    return both


@pytest.fixture
def cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capture: Any) -> Cli:
    """A command line whose user has no desk yet."""
    for variable, name in (
        ("XDG_DATA_HOME", "data"),
        ("XDG_CONFIG_HOME", "config"),
        ("XDG_STATE_HOME", "xs"),
    ):
        monkeypatch.setenv(variable, str(tmp_path / name))
    return Cli({"SYSMO_STATE_DIR": str(tmp_path / "state"), "PATH": "/usr/bin:/bin"}, capture)


@pytest.fixture
def now_cast(store: Any) -> Iterator[Cast]:
    """People on a desk whose clock is the wall's, as for every command; on each database."""
    from datetime import UTC, datetime

    yield from _founded(store, datetime.now(UTC))


@pytest.fixture
def office(now_cast: Cast, store_url: str, cli: Cli, tmp_path: Path) -> Office:
    """A desk that is set up; the test runs once on each database."""
    cli.environ["SYSMO_DATABASE_URL"] = store_url
    return Office(now_cast, cli, tmp_path)


@pytest.fixture
def small_office(sqlite_store: Any, sqlite_url: str, cli: Cli, tmp_path: Path) -> Iterator[Office]:
    """A desk that is set up, in a file."""
    from datetime import UTC, datetime

    cli.environ["SYSMO_DATABASE_URL"] = sqlite_url
    for people in _founded(sqlite_store, datetime.now(UTC)):
        yield Office(people, cli, tmp_path)


def _founded(store: Any, now: Any) -> Iterator[Cast]:
    people = Cast(Desk(store, clock=Clock(now)))
    people.found()
    yield people

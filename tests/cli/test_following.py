"""A list that goes on with what happens, in a program of its own."""

from __future__ import annotations

import json
import os
import queue
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sysmo_tui.cli import following as followed
from sysmo_tui.domain.changes import NOTHING, Changes
from sysmo_tui.domain.errors import Lost
from sysmo_tui.storage import retrying
from sysmo_tui.storage.engine import Dialect
from tests.cli.conftest import Cli, Office
from tests.gone import closed_to_all

PATIENCE = 30
"""Seconds to wait for a line before the test fails."""


class Follower:
    """``sysmo ticket list --follow`` with a pipe behind it."""

    def __init__(self, whose: Cli, *words: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "sysmo_tui", "ticket", "list", "--follow", *words],
            cwd=Path(__file__).parents[2],
            env=os.environ | whose.environ,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self._lines: queue.Queue[str] = queue.Queue()
        assert self.process.stdout is not None
        self._reader = threading.Thread(target=self._read, args=(self.process.stdout,), daemon=True)
        self._reader.start()

    def line(self) -> str:
        """The next line that it prints."""
        return self._lines.get(timeout=PATIENCE)

    def object(self) -> Any:
        """The next line, as JSON."""
        return json.loads(self.line())

    def interrupt(self) -> tuple[int, str]:
        """Press Ctrl+C; the exit code, and everything else that was printed."""
        self.process.send_signal(signal.SIGINT)
        self.process.wait(PATIENCE)
        self._reader.join(PATIENCE)
        rest = []
        while not self._lines.empty():
            rest.append(self._lines.get())
        return self.process.returncode, "".join(rest)

    def _read(self, stream: Any) -> None:
        for line in stream:
            self._lines.put(line)


@contextmanager
def following(whose: Cli, *words: str) -> Iterator[Follower]:
    follower = Follower(whose, *words)
    try:
        yield follower
    finally:
        follower.process.kill()
        follower.process.communicate()


def file(whose: Cli, subject: str) -> None:
    whose.ok("ticket", "new", "--topic", "general", "--subject", subject, "--body", "It is broken.")


def test_a_list_goes_on_with_what_is_new_and_what_changes(office: Office):
    customer, operator = office.customer, office.operator
    file(customer, "First")
    with following(operator, "is:open") as follower:
        assert "First" in follower.line()
        file(customer, "Second")
        assert "Second" in follower.line()
        operator.ok("ticket", "take", "1")
        changed = follower.line()
        assert "First" in changed
        assert "Luis" in changed
        assert follower.interrupt() == (130, "")


def test_programs_get_one_object_a_line(small_office: Office):
    customer, operator = small_office.customer, small_office.operator
    file(customer, "First")
    with following(operator, "--jsonl") as follower:
        assert follower.object()["subject"] == "First"
        operator.ok("ticket", "tag", "1", "vip")
        found = follower.object()
        assert (found["number"], found["tags"], found["content"]) == (1, ["vip"], "It is broken.")


def test_customers_see_nothing_of_what_happens_behind_the_counter(small_office: Office):
    customer, operator = small_office.customer, small_office.operator
    file(customer, "First")
    with following(customer, "--jsonl") as follower:
        assert follower.object()["number"] == 1
        operator.ok("ticket", "note", "1", "--body", "Difficult person.")
        operator.ok("ticket", "tag", "1", "vip")
        operator.ok("ticket", "reply", "1", "--body", "We are on our way.")
        assert follower.object()["content"] == "We are on our way."
        assert follower.interrupt() == (130, "")


@pytest.mark.parametrize("store_url", [Dialect.POSTGRESQL], indirect=True)
def test_a_list_goes_on_after_the_server_was_away(office: Office, store_url: str):
    file(office.customer, "First")
    with following(office.operator, "is:open") as follower:
        assert "First" in follower.line()
        with closed_to_all(store_url):
            pass
        file(office.customer, "Second")
        assert "Second" in follower.line()
        assert follower.interrupt() == (130, "")


class Answers:
    """A feed that says these one after the other."""

    def __init__(self, *answers: Changes | Lost) -> None:
        self._answers = iter(answers)

    def news(self) -> Changes:
        answer = next(self._answers)
        if isinstance(answer, Lost):
            raise answer
        return answer

    def close(self) -> None:
        pass


def test_a_database_that_is_away_is_waited_for_and_not_for_ever(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(followed, "SECONDS", 0.0)
    away, presence, taken = Lost("It is away."), Changes(presence=frozenset({1})), Changes(frozenset({1}))
    reading, writing = os.pipe()
    with os.fdopen(reading), os.fdopen(writing, "w") as output:
        monkeypatch.setattr(sys, "stdout", output)
        assert followed._wait(Answers(away, NOTHING, away, presence, taken)) is taken
        monkeypatch.setattr(retrying, "COMMAND_SECONDS", 0.0)
        with pytest.raises(Lost):
            followed._wait(Answers(away))


def test_a_reader_that_goes_away_ends_it_quietly(small_office: Office):
    file(small_office.customer, "First")
    shell = subprocess.run(
        ["/bin/sh", "-c", f"{sys.executable} -m sysmo_tui ticket list --follow | head -n 1"],
        cwd=Path(__file__).parents[2],
        env=os.environ | small_office.operator.environ,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert "First" in shell.stdout
    assert shell.stderr == ""


def test_what_goes_on_is_neither_a_document_nor_a_page_in_the_middle(small_office: Office):
    operator = small_office.operator
    for words in (("--json",), ("--csv",), ("--after", "x")):
        assert operator("ticket", "list", "--follow", *words).code == 2

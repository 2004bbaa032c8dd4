"""Standard streams that are closed or full."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Office


def sysmo(office: Office, *words: str, shell: str = "") -> subprocess.CompletedProcess[str]:
    """Run a command of the operator's with its streams as the shell's ``shell`` makes them."""
    line = f'exec "{sys.executable}" -m sysmo_tui "$@" {shell}'
    environ = {**os.environ, **office.operator.environ}
    return subprocess.run(
        ["sh", "-c", line, "sysmo", *words],
        capture_output=True,
        text=True,
        env=environ,
        cwd=Path(__file__).parents[2],
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize(
    ("closed", "is_heard"), [("<&-", True), ("2>&-", True), ("<&- >&-", False), ("<&- >&- 2>&-", False)]
)
def test_a_closed_stream_is_no_mistake_of_the_program(
    small_office: Office, closed: str, is_heard: bool
) -> None:
    ran = sysmo(small_office, "topic", "list", "--json", shell=closed)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ("general" in ran.stdout) == is_heard


def test_the_database_never_becomes_a_stream_that_was_closed(small_office: Office) -> None:
    number = sysmo(small_office, "ticket", "new", "--topic", "general", "--subject", "A", "--body", "B")
    assert number.returncode == 0, number
    silent = sysmo(small_office, "ticket", "list", "is:open", shell="<&- >&- 2>&-")
    assert silent.returncode == 0
    assert sysmo(small_office, "doctor").returncode == 0


def test_a_full_output_is_told_in_one_line(small_office: Office) -> None:
    ran = sysmo(small_office, "topic", "list", "--json", shell=">/dev/full")
    assert (ran.returncode, ran.stderr) == (
        74,
        "sysmo: The output cannot be written: No space left on device.\n",
    )


def test_who_stops_reading_stops_the_program_quietly(small_office: Office) -> None:
    ran = sysmo(small_office, "topic", "list", "--json", shell="| true")
    assert ran.stderr == ""

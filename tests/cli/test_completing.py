"""A shell that asks what could come next gets it: without a desk, and from the desk where there is one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Office

HERE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``sysmo`` as it is installed, and the script for bash that it prints."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "sysmo"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sysmo_tui "$@"\n')
    program.chmod(0o755)
    printed = subprocess.run(
        [program, "--show-completion", "bash"],
        cwd=HERE,
        env=os.environ | {"SYSMO_DATABASE_URL": "nonsense"},
        capture_output=True,
        check=True,
    )
    assert printed.stderr == b""
    (folder / "completion").write_bytes(printed.stdout)
    return folder


def completed(folder: Path, *words: str, **environ: str) -> list[str]:
    """What bash offers for the last of ``words``, by the script that the program prints."""
    script = """
source "$(dirname "$(command -v sysmo)")/completion"
COMP_WORDS=(sysmo "$@")
COMP_CWORD=$#
_sysmo_completion sysmo
printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run(
        ["bash", "-c", script, "bash", *words],
        cwd=HERE,
        env=os.environ | {"PATH": f"{folder}:/usr/bin:/bin", "SYSMO_DATABASE_URL": "nonsense"} | environ,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.split()


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("ti",), ["ticket"]),
        (("ticket", "re"), ["reply", "release", "reopen"]),
        (("ticket", "list", "--fol"), ["--follow"]),
        (("ticket", "list", "--sort", ""), ["urgent", "updated", "created", "due", "priority"]),
        (("ticket", "list", "--inbox", "a"), ["assigned", "all"]),
        (("ticket", "close", "4", "--no-answer", "w"), ["withdrawn"]),
        (("account", "list", "--role", "o"), ["operator"]),
        (("report", "te"), ["team"]),
        (("report", "--range", "this-"), ["this-week", "this-month", "this-quarter", "this-year"]),
        (("init", "--lang", ""), ["en", "es"]),
    ],
)
def test_bash_completes(bin_folder: Path, words: tuple[str, ...], offered: list[str]):
    assert sorted(completed(bin_folder, *words)) == sorted(offered)


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (("ticket", "new", "--topic", "g"), ["general"]),
        (("ticket", "edit", "1", "--priority", "h"), ["high"]),
        (("ticket", "edit", "1", "--status", "wait"), ["waiting"]),
        (("ticket", "assign", "1", "--to", "l"), ["luis@desk.example"]),
        (("ticket", "list", "stat"), ["status:"]),
        (("ticket", "list", "is:un"), ["is:unassigned", "is:undeliverable", "is:unread"]),
        (("ticket", "list", "is", ":", "un"), ["unassigned", "undeliverable", "unread"]),
        (("ticket", "list", "status", ":"), []),
        (("search", "priority:hi"), ["priority:high"]),
        (("ticket", "list", "--columns", "number,sub"), ["number,subject"]),
        (("config", "edit", "mail_u"), ["mail_url"]),
        (("topic", "show", "gen"), ["general"]),
        (("report", "--topic", "gen"), ["general"]),
    ],
)
def test_bash_completes_from_the_desk(
    small_office: Office, bin_folder: Path, words: tuple[str, ...], offered: list[str]
):
    environ = small_office.operator.environ
    found = completed(bin_folder, *words, **environ | {"PATH": f"{bin_folder}:/usr/bin:/bin"})
    assert sorted(found) == sorted(offered)


def test_without_a_session_nothing_is_offered_and_nothing_said(small_office: Office, bin_folder: Path):
    environ = small_office.environ | {"PATH": f"{bin_folder}:/usr/bin:/bin"}
    assert completed(bin_folder, "ticket", "new", "--topic", "", **environ) == []
    assert sorted(completed(bin_folder, "ticket", "list", "is:un")) == [
        "is:unassigned",
        "is:undeliverable",
        "is:unread",
    ]

"""A shell that asks what could come next gets it, without a desk."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def bin_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``sysmo`` as it is installed."""
    folder = tmp_path_factory.mktemp("bin")
    program = folder / "sysmo"
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m sysmo_tui "$@"\n')
    program.chmod(0o755)
    return folder


def completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of ``words``, by the script that the program prints."""
    script = """
eval "$(sysmo --show-completion bash)"
COMP_WORDS=(sysmo "$@")
COMP_CWORD=$#
_sysmo_completion sysmo
printf '%s\\n' "${COMPREPLY[@]}"
"""
    done = subprocess.run(
        ["bash", "-c", script, "bash", *words],
        cwd=HERE,
        env=os.environ | {"PATH": f"{folder}:/usr/bin:/bin", "SYSMO_DATABASE_URL": "nonsense"},
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
        (("report", "--range", "this-"), ["this-week", "this-month", "this-year"]),
        (("init", "--lang", ""), ["en", "es"]),
    ],
)
def test_bash_completes(bin_folder: Path, words: tuple[str, ...], offered: list[str]):
    assert sorted(completed(bin_folder, *words)) == sorted(offered)

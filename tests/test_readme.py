"""The README stays true: its keys are the program's, its commands exist, its files are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from scripts.readme_keys import with_table
from sysmo_tui.cli.main import run

README = (Path(__file__).parents[1] / "README.md").read_text()
COMMANDS = sorted(
    {
        line.partition("#")[0].strip()
        for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
        for line in block.splitlines()
        if line.startswith("sysmo ")
    }
    | set(re.findall(r"`(sysmo [^`\n]+)`", README))
)


def test_the_table_of_keys_is_the_programs():
    assert with_table(README) == README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_in_the_readme_exists(command: str, capsys: pytest.CaptureFixture[str]):
    words = [word for word in shlex.split(command)[1:] if not word.startswith("-")]
    verbs = (
        words[:2] if words and words[0] not in ("register", "verify", "login", "init", "demo") else words[:1]
    )
    assert run([*verbs, "--help"]) == 0
    options = set(re.findall(r"(?<!\S)--[a-z][a-z-]*", command))
    said = capsys.readouterr().out
    assert {option for option in options if option not in said} == set()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"\]\(([^)#:]+)\)", README))))
def test_every_file_that_the_readme_names_is_there(target: str):
    assert (Path(__file__).parents[1] / target).is_file()

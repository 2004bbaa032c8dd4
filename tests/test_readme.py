"""The README and the pages beside it stay true: keys, commands, files and sections are there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from scripts.readme_keys import with_table
from sysmo_tui.cli.main import run

FOLDER = Path(__file__).parents[1]
README = (FOLDER / "README.md").read_text()
PAGES = {
    page: (FOLDER / page).read_text()
    for page in (
        "README.md",
        "docs/door.md",
        "docs/postgresql.md",
        "docs/mail.md",
        "docs/mail-in.md",
        "docs/rules.md",
        "docs/away.md",
        "docs/finding.md",
        "docs/reports.md",
        "docs/writing.md",
        "docs/accessibility.md",
        "docs/architecture.md",
        *(str(path.relative_to(FOLDER)) for path in sorted((FOLDER / "docs" / "guide").rglob("*.md"))),
    )
}
COMMANDS = sorted(
    {
        line.partition("#")[0].strip()
        for page, text in PAGES.items()
        if "/guide/" not in page  # its commands are run
        for block in re.findall(r"```sh\n(.*?)```", text, re.DOTALL)
        for line in block.splitlines()
        if line.startswith("sysmo ")
    }
    | {each for text in PAGES.values() for each in re.findall(r"`(sysmo [^`\n]+)`", text)}
)
LINKS = sorted(
    {(page, target) for page, text in PAGES.items() for target in re.findall(r"\]\(([^):]+)\)", text)}
)


def test_the_table_of_keys_is_the_programs():
    assert with_table(README) == README


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_of_the_pages_exists(command: str, capsys: pytest.CaptureFixture[str]):
    words = [word for word in shlex.split(command)[1:] if not word.startswith("-")]
    verbs = (
        words[:2] if words and words[0] not in ("register", "verify", "login", "init", "demo") else words[:1]
    )
    assert run([*verbs, "--help"]) == 0
    said = capsys.readouterr().out
    if " VERB " in said.partition("\n")[0]:  # a noun within a noun
        assert run([*words[:3], "--help"]) == 0
        said = capsys.readouterr().out
    options = set(re.findall(r"(?<![^\s[])--[a-z][a-z-]*", command))
    assert {option for option in options if option not in said} == set()


@pytest.mark.parametrize(("page", "target"), LINKS)
def test_every_file_and_section_that_a_page_names_is_there(page: str, target: str):
    name, _hash, section = target.partition("#")
    path = (FOLDER / page).parent / name if name else FOLDER / page
    assert path.is_file()
    if section:
        titles = re.findall(r"(?m)^#+ (.+)$", path.read_text())
        assert section in {re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-") for title in titles}

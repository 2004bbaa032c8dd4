"""The user guide is true: its commands run on the demo desk, one after the other, as those whom it is for."""

from __future__ import annotations

import io
import re
import shlex
import shutil
import sys
from pathlib import Path

import pytest

from scripts.pictures import NOW, TICKETS
from sysmo_tui.cli.main import run
from sysmo_tui.demo import DemoDesk, build
from sysmo_tui.domain.enums import Role
from tests.test_readme import FOLDER

GUIDE = FOLDER / "docs" / "guide"
READERS = {
    "operators": Role.OPERATOR,
    "managers": Role.MANAGER,
    "administrators": Role.ADMIN,
    "customers": Role.CUSTOMER,
}
IN_SPANISH = {
    "operators": "es/operadores",
    "managers": "es/supervisores",
    "administrators": "es/administradores",
    "customers": "es/clientes",
}


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoDesk:
    """The demo desk of the pictures."""
    return build(f"sqlite:///{tmp_path_factory.mktemp('demo')}/desk.db", tickets=TICKETS, now=NOW)


def commands(page: str) -> list[str]:
    """What a page has typed, in its order."""
    blocks = re.findall(r"```sh\n(.*?)```", (GUIDE / f"{page}.md").read_text(), re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def verbs(page: str) -> list[list[str]]:
    """The verbs and options of a page, without the words that people write."""
    typed = [shlex.split(each) for each in commands(page)]
    return [words[:3] + [word for word in words[3:] if word.startswith("-")] for words in typed]


@pytest.mark.parametrize("page", READERS)
def test_every_command_of_the_guide_does_what_it_says(
    demo: DemoDesk,
    page: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """In Spanish it has the same ones; those that differ by their words are run as well."""
    in_english, in_spanish = commands(page), commands(IN_SPANISH[page])
    assert verbs(page) == verbs(IN_SPANISH[page])
    (tmp_path / "photo.jpg").write_bytes(b"\xff\xd8\xff\xe0" + bytes(200))
    monkeypatch.chdir(tmp_path)
    reader = next(each for each in (demo.operator, *demo.accounts) if each.role is READERS[page])
    for language, typed in (("en", in_english), ("es", [x for x in in_spanish if x not in in_english])):
        shutil.copy(demo.url.removeprefix("sqlite:///"), tmp_path / f"{language}.db")
        environ = {
            "SYSMO_DATABASE_URL": f"sqlite:///{tmp_path}/{language}.db",
            "SYSMO_STATE_DIR": str(tmp_path / language),
            "SYSMO_LANG": language,
        }
        monkeypatch.setattr(sys, "stdin", io.StringIO(f"{demo.password}\n"))
        assert run(["login", "--email", reader.email, "--password-stdin"], environ) == 0
        for command in typed:
            words = shlex.split(command, comments=True)
            assert words[0] == "sysmo"
            code = run(words[1:], environ)
            told = capsys.readouterr()
            assert code == 0, f"{command}\n{told.out}{told.err}"
            assert told.out or told.err, command

"""``sysmo door install`` and the doctor's part about it, as commands."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from sysmo_tui.cli import door_install
from sysmo_tui.cli.context import Here
from sysmo_tui.cli.main import run
from sysmo_tui.domain.message import Message
from sysmo_tui.door import checking
from sysmo_tui.door.installing import Door, planned
from sysmo_tui.door.programs import interpreter
from tests.door.sshd import program

pytestmark = pytest.mark.usefixtures("_sshd_is_here")


@pytest.fixture
def _sshd_is_here() -> None:
    program()


def test_print_shows_every_account_and_every_file_whole(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["door", "install", "--print", "--json"], {}) == 0
    shown = json.loads(capsys.readouterr().out)
    plan = planned(Door(), python=interpreter(), ends_unused=checking.ends_unused(program()))
    assert [each["name"] for each in shown["accounts"]] == ["sysmo", "sysmo-new"]
    assert {each["path"]: (each["content"], each["owner"], each["group"]) for each in shown["entries"]} == {
        str(each.path): (each.content, each.owner, each.group) for each in plan.entries
    }
    assert run(["door", "install", "--print"], {}) == 0
    text = capsys.readouterr().out
    for each in plan.entries:
        assert f"===== {each.path}  {each.owner}:{each.group}  {each.mode:04o}" in text
        assert (each.content or "").rstrip() in text


def test_the_names_and_the_database_are_ones_own(capsys: pytest.CaptureFixture[str]) -> None:
    words = ["--user", "help", "--no-keyless", "--database", "postgresql://help@db.example/help"]
    assert run(["door", "install", "--print", *words], {}) == 0
    text = capsys.readouterr().out
    assert "Match User help\n" in text
    assert 'url = "postgresql://help@db.example/help"' in text
    assert "help-new" not in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--user", "Root!"], "--user: “Root!” is no name for an account"),
        (["--keyless", "sysmo"], "--keyless: The account without a key needs a name of its own"),
        (["--keyless", "guest", "--no-keyless"], "Choose either --keyless or --no-keyless"),
        (["--database", "mysql://x/y"], "--database: The database address is not understood"),
        (["--demo"], "The demo desk stays on this machine"),
    ],
)
def test_what_cannot_be_is_one_line(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["door", "install", "--print", *words], {}) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert (output.out, output.err.count("\n")) == ("", 1)


def test_only_root_installs(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert run(["door", "install"], {}) == 5
    assert "--print" in capsys.readouterr().err


def test_what_only_keeps_people_out_is_among_what_is_left(capsys: pytest.CaptureFixture[str]) -> None:
    fault = checking.Fault(Message("Nobody comes in."), Message("Name them."), is_grave=False)
    here = Here({}, ("door", "install", "--json"))
    here.options.json = True
    door_install.tell(here, Door(), [], [fault])
    first, second, *_others = json.loads(capsys.readouterr().out)["left"]
    assert first == "Nobody comes in. Name them."
    assert "systemctl reload ssh" in second


def test_a_database_that_would_not_count_is_refused(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    config = tmp_path / "config.toml"
    config.write_text('[database]\nurl = "postgresql://desk@db.example/one"\n')
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr(Door, "config", config)
    assert run(["door", "install", "--database", "postgresql://desk@db.example/two"], {}) == 6
    output = capsys.readouterr()
    assert (output.out, output.err.count("\n")) == ("", 1)
    assert f"{config} is there already, and names another database" in output.err


def test_the_doctor_says_what_is_wrong_with_a_door(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path
) -> None:
    door = Door("nobody-of-that-name", None)
    monkeypatch.setattr(checking, "installed", lambda: [door])
    environ = {"SYSMO_STATE_DIR": str(tmp_path), "SYSMO_DATABASE_URL": sqlite_url}
    assert run(["doctor", "--json"], environ) == 2
    items = [each for each in json.loads(capsys.readouterr().out)["items"] if each["name"] == "Door"]
    texts = {each["text"]: each for each in items}
    missing = texts[f"There is no {door.drop_in}."]
    assert missing["health"] == "wrong"
    again = "sysmo door install --user nobody-of-that-name --no-keyless"
    assert missing["advice"] == f"Install it again: {again}"
    assert texts["There is no account nobody-of-that-name."]["advice"] == f"Install it again: {again}"


def test_without_a_door_the_doctor_has_nothing_to_say_of_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, sqlite_url: str, tmp_path: Path
) -> None:
    monkeypatch.setattr(checking, "installed", list)
    run(["doctor", "--json"], {"SYSMO_STATE_DIR": str(tmp_path), "SYSMO_DATABASE_URL": sqlite_url})
    assert "Door" not in {each["name"] for each in json.loads(capsys.readouterr().out)["items"]}

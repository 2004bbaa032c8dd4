"""Installing the door: what is made, what is left alone, and that a failure leaves nothing."""

from __future__ import annotations

import getpass
import grp
import os
import stat
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest

from sysmo_tui.domain.errors import Conflict, DeskError, Invalid, Unavailable
from sysmo_tui.door.installing import Door, Entry, Plan, Step, apply, door_named, planned
from sysmo_tui.settings import load

ME = getpass.getuser()
MY_GROUP = grp.getgrgid(os.getgid()).gr_name


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """All the files of a door in a folder of the tests', for whoever runs them."""
    for folder in ("var/lib", "etc/ssh/sshd_config.d", "usr/local/lib"):
        (tmp_path / folder).mkdir(parents=True)
    whole = planned(Door(), python="/opt/sysmo/bin/python")
    here = [
        replace(each, path=tmp_path / each.path.relative_to("/"), owner=ME, group=MY_GROUP)
        for each in whole.entries
    ]
    return Plan((), tuple(here))


def _nothing() -> None:
    pass


def _state(folder: Path) -> dict[str, tuple[int, bytes]]:
    """Every path below a folder, its mode and its content."""
    return {
        str(path): (path.lstat().st_mode, path.read_bytes() if path.is_file() else b"")
        for path in folder.rglob("*")
    }


def test_everything_is_made_with_its_mode_and_content(plan: Plan) -> None:
    steps = apply(plan, _nothing)
    assert steps == [Step(str(each.path), True) for each in plan.entries]
    for each in plan.entries:
        assert stat.S_IMODE(each.path.stat().st_mode) == each.mode
        if each.content is not None:
            assert each.path.read_text() == each.content


def test_a_second_time_changes_nothing(plan: Plan, tmp_path: Path) -> None:
    apply(plan, _nothing)
    before = _state(tmp_path)
    assert apply(plan, _nothing) == [Step(str(each.path), False) for each in plan.entries]
    assert _state(tmp_path) == before


def test_what_was_loosened_is_put_right(plan: Plan, tmp_path: Path) -> None:
    apply(plan, _nothing)
    before = _state(tmp_path)
    script = next(each.path for each in plan.entries if each.path.name == "door")
    script.write_text("#!/bin/sh\nexec sh\n")
    script.chmod(0o777)
    plan.entries[0].path.chmod(0o777)
    new = [step.what for step in apply(plan, _nothing) if step.is_new]
    assert new == [str(plan.entries[0].path), str(script)]
    assert _state(tmp_path) == before


def test_the_settings_of_an_administrator_stay(plan: Plan) -> None:
    apply(plan, _nothing)
    config = next(each.path for each in plan.entries if each.is_kept)
    config.write_text('[database]\nurl = "postgresql://desk@db/desk"\n')
    apply(plan, _nothing)
    assert config.read_text() == '[database]\nurl = "postgresql://desk@db/desk"\n'


def test_what_is_not_verified_is_taken_back(plan: Plan, tmp_path: Path) -> None:
    before = _state(tmp_path)

    def refuses() -> None:
        raise Unavailable("sshd -t failed")

    with pytest.raises(Unavailable):
        apply(plan, refuses)
    assert _state(tmp_path) == before


def test_what_was_there_before_comes_back(plan: Plan, tmp_path: Path) -> None:
    apply(plan, _nothing)
    for each in plan.entries:
        if each.content is not None:
            each.path.write_text(f"older {each.path.name}\n")
        each.path.chmod(0o750)
    before = _state(tmp_path)

    def refuses() -> None:
        assert _state(tmp_path) != before
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        apply(plan, refuses)
    assert _state(tmp_path) == before


@pytest.mark.parametrize("kind", ["link", "folder", "file"])
def test_what_is_something_else_is_refused_and_not_followed(plan: Plan, tmp_path: Path, kind: str) -> None:
    place = plan.entries[-1].path if kind != "file" else plan.entries[0].path
    target = tmp_path / "elsewhere"
    target.write_text("mine\n")
    match kind:
        case "link":
            place.symlink_to(target)
        case "folder":
            place.mkdir()
        case _:
            place.touch()
    before = _state(tmp_path)
    with pytest.raises(Conflict):
        apply(plan, _nothing)
    assert _state(tmp_path) == before
    assert target.read_text() == "mine\n"


def test_without_a_folder_for_sshds_part_nothing_is_made(plan: Plan, tmp_path: Path) -> None:
    plan.entries[-1].path.parent.rmdir()
    before = _state(tmp_path)
    with pytest.raises(Unavailable, match="cannot be made"):
        apply(plan, _nothing)
    assert _state(tmp_path) == before


def test_the_settings_say_where_the_desk_is(tmp_path: Path) -> None:
    url = 'postgresql://desk:a"b\\c@db/desk'
    plan = planned(Door("help", "guest"), python="/usr/bin/python3", database_url=url)
    [config] = [each for each in plan.entries if each.is_kept]
    assert tomllib.loads(config.content or "")["database"]["url"] == url
    file = tmp_path / "config.toml"
    file.write_text(config.content or "")
    settings = load({"SYSMO_CONFIG": str(file)}, system_file=tmp_path / "none")
    assert (settings.database_url, settings.state_dir) == (url, Path("/var/lib/help/data/state"))
    assert settings.is_kiosk


def test_no_account_can_write_what_sshd_runs_or_reads() -> None:
    plan = planned(Door(), python="/usr/bin/python3")
    owned = {str(each.path): each for each in plan.entries if each.owner != "root"}
    assert list(owned) == ["/var/lib/sysmo/data"]
    assert all(each.mode & 0o022 == 0 for each in plan.entries)
    assert [oct(each.mode) for each in plan.entries if each.group != "root"] == ["0o700", "0o640"]


def test_a_desk_of_another_name_has_files_of_its_own() -> None:
    one, other = (planned(Door(name, None), python="/usr/bin/python3") for name in ("sysmo", "help"))
    assert not {each.path for each in one.entries} & {each.path for each in other.entries}
    script = next(each.content for each in other.entries if each.path.name == "door")
    assert script is not None
    assert "SYSMO_CONFIG=/etc/help/config.toml" in script


@pytest.mark.parametrize(
    ("user", "keyless"),
    [
        ("", None),
        ("Root", None),
        ("a b", None),
        ("-x", None),
        ("sysmo", "sysmo"),
        ("sysmo", "a\nb"),
        ("a" * 40, None),
    ],
)
def test_what_is_no_name_of_an_account_is_refused(user: str, keyless: str | None) -> None:
    with pytest.raises(Invalid):
        door_named(user, keyless)


def test_an_account_that_is_somebody_elses_is_refused() -> None:
    door = Door(ME, None)
    with pytest.raises(DeskError, match="not the door's"):
        apply(planned(door, python="/usr/bin/python3"), _nothing)


def test_a_folder_that_may_not_be_written_is_named(plan: Plan) -> None:
    broken = Entry(Path("/proc/none/door"), 0o755, "x", owner=ME, group=MY_GROUP)
    with pytest.raises(Unavailable, match="/proc/none/door"):
        apply(Plan((), (broken,)), _nothing)

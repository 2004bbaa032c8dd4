"""The doctor of the door: each thing that was loosened is one line, and nothing else is."""

from __future__ import annotations

import getpass
import grp
import json
import os
import pwd
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from sysmo_tui.door import checking, programs
from sysmo_tui.door.checking import Fault
from sysmo_tui.door.installing import Account, Door, Plan, apply, planned
from sysmo_tui.door.sshd import drop_in
from tests.door.sshd import open_machine, program

ME = getpass.getuser()
MY_GROUP = grp.getgrgid(os.getgid()).gr_name


def _texts(faults: list[Fault]) -> list[str]:
    return [str(each.text) for each in faults]


@pytest.fixture
def plan(tmp_path: Path) -> Plan:
    """The files of a door, made in a folder of the tests' by whoever runs them."""
    for folder in ("var/lib", "etc/ssh/sshd_config.d", "usr/local/lib"):
        (tmp_path / folder).mkdir(parents=True)
    whole = planned(Door(), python="/opt/sysmo/bin/python")
    here = [
        replace(each, path=tmp_path / each.path.relative_to("/"), owner=ME, group=MY_GROUP)
        for each in whole.entries
    ]
    made = Plan(
        (Account("sysmo", Path("/"), Path("/"), "*"), Account("sysmo-new", Path("/"), Path("/"), "")),
        tuple(here),
    )
    apply(replace(made, accounts=()), lambda: None)
    return made


def test_what_was_just_installed_is_well(plan: Plan) -> None:
    assert list(checking.entries(plan)) == []


LOOSENED: dict[str, tuple[Callable[[Path], object], str]] = {
    "a home that others may write": (
        lambda root: (root / "var/lib/sysmo").chmod(0o777),
        "mode 0777, not 0755",
    ),
    "a data folder that others may read": (
        lambda root: (root / "var/lib/sysmo/data").chmod(0o755),
        "mode 0755, not 0700",
    ),
    "settings that others may read": (
        lambda root: (root / "etc/sysmo/config.toml").chmod(0o644),
        "mode 0644, not 0640",
    ),
    "keys in the account's home": (
        lambda root: (root / "var/lib/sysmo/.ssh").mkdir(),
        "does not belong there",
    ),
    "a script that does something else": (
        lambda root: (root / "usr/local/lib/sysmo/door").write_text("#!/bin/sh\nexec sh\n"),
        "is not what this version writes",
    ),
    "a script that others may write": (
        lambda root: (root / "usr/local/lib/sysmo/door").chmod(0o775),
        "mode 0775, not 0755",
    ),
    "another part of sshd's": (
        lambda root: (root / "etc/ssh/sshd_config.d/50-sysmo.conf").write_text("# nothing\n"),
        "is not what this version writes",
    ),
    "no part of sshd's": (
        lambda root: (root / "etc/ssh/sshd_config.d/50-sysmo.conf").unlink(),
        "There is no",
    ),
    "a script that is a link": (
        lambda root: (
            (root / "usr/local/lib/sysmo/door").rename(root / "elsewhere"),
            (root / "usr/local/lib/sysmo/door").symlink_to(root / "elsewhere"),
        ),
        "something else than it was",
    ),
}


@pytest.mark.parametrize("what", LOOSENED)
def test_each_loosened_file_is_one_line(plan: Plan, tmp_path: Path, what: str) -> None:
    loosen, words = LOOSENED[what]
    loosen(tmp_path)
    [fault] = checking.entries(plan)
    assert words in str(fault.text)
    assert fault.is_grave
    assert str(fault.advice)


def test_a_file_of_somebody_else_is_named(plan: Plan) -> None:
    foreign = next(each for each in grp.getgrall() if each.gr_name != MY_GROUP)
    wanted = replace(plan.entries[0], group=foreign.gr_name)
    [fault] = checking.entries(replace(plan, entries=(wanted, *plan.entries[1:])))
    assert f"belongs to {ME}:{MY_GROUP}, not to {ME}:{foreign.gr_name}" in str(fault.text)
    assert f"chown {ME}:{foreign.gr_name}" in str(fault.advice)


def test_what_somebody_else_made_in_the_folder_of_the_account_is_named_once(plan: Plan) -> None:
    data = plan.entries[1]
    for name in ("state", "state/sessions", "desk.db.mail"):
        (data.path / name).mkdir()
    foreign = next(each for each in pwd.getpwall() if each.pw_name != ME)
    wanted = replace(data, owner=foreign.pw_name)
    home, _data, *others = plan.entries
    _folder, inside = checking.entries(replace(plan, entries=(home, wanted, *others)))
    assert f"belongs to {ME}, not to {foreign.pw_name}" in str(inside.text)
    assert str(inside.advice) == f"Do: chown -R {foreign.pw_name}:{MY_GROUP} {data.path}"
    assert inside.is_grave


def _mine(**changes: Any) -> Account:
    """The account that runs the tests, as if it were the door's."""
    found = pwd.getpwnam(ME)
    account = Account(ME, Path(found.pw_dir), Path(found.pw_shell), "*")
    return replace(account, **changes)


@pytest.mark.parametrize(
    ("account", "words"),
    [
        (lambda: _mine(shell=Path("/usr/local/lib/sysmo/door")), "not the door"),
        (lambda: _mine(home=Path("/var/lib/sysmo")), "The home of"),
        (lambda: _mine(name="nobody-of-that-name"), "There is no account"),
    ],
)
def test_each_loosened_account_is_a_line(tmp_path: Path, account: Callable[[], Account], words: str) -> None:
    (tmp_path / "shadow").write_text(f"{ME}:*:20000::::::\n")
    found = _texts(list(checking.accounts(Plan((account(),), ()), tmp_path / "shadow")))
    assert len([text for text in found if words in text]) == 1
    assert all(words in text or "belongs to the group" in text for text in found)


@pytest.mark.parametrize(
    ("wanted", "there", "is_grave"),
    [("*", "", True), ("*", "$y$j9T$abc", True), ("*", "!*", True), ("", "!", False), ("", "$y$x", False)],
)
def test_a_password_that_an_account_should_not_have(
    tmp_path: Path, wanted: str, there: str, is_grave: bool
) -> None:
    (tmp_path / "shadow").write_text(f"{ME}:{there}:20000::::::\n")
    found = list(checking.accounts(Plan((_mine(password=wanted),), ()), tmp_path / "shadow"))
    assert [fault.is_grave for fault in found if "password" in str(fault.text)] == [is_grave]
    (tmp_path / "shadow").write_text(f"{ME}:{wanted}:20000::::::\n")
    again = list(checking.accounts(Plan((_mine(password=wanted),), ()), tmp_path / "shadow"))
    assert not [text for text in _texts(again) if "password" in text]


def test_two_accounts_that_are_not_one(tmp_path: Path) -> None:
    other = next(each.pw_name for each in pwd.getpwall() if each.pw_uid != os.getuid())
    plan = Plan((_mine(), _mine(name=other, shares=ME)), ())
    found = _texts(list(checking.accounts(plan, tmp_path / "none")))
    assert f"{other} is not the same account as {ME}." in found


@pytest.fixture
def machine(tmp_path: Path, host_key: Path) -> Path:
    """The folder of a machine's sshd_config, with the door of the account "desk"."""
    (tmp_path / "sshd_config").write_text(open_machine(tmp_path, 22, host_key))
    return tmp_path


def _told(machine: Path, before: str = "", after: str = "") -> list[Fault]:
    """What the doctor says where other settings stand around the door's."""
    door = Door("desk", "desk-new")
    (machine / "sysmo.conf").write_text(
        before + drop_in(user="desk", keyless="desk-new", door=str(door.script))
    )
    config = machine / "sshd_config"
    config.write_text(config.read_text() + after)
    return list(checking.effective(door, program(), config))


def test_sshd_holds_to_what_it_was_told_on_the_most_open_machine(machine: Path) -> None:
    after = "AllowUsers nobody desk*\nMatch all\nForceCommand none\nAllowTcpForwarding yes\nPermitTTY no\n"
    assert _told(machine, after=after) == []


def test_variables_that_are_let_in_elsewhere_are_one_line_for_each_account(machine: Path) -> None:
    found = _texts(_told(machine, after="Match all\nAcceptEnv LC_*\n"))
    assert [
        f"“AcceptEnv SYSMO_NOTHING LC_*” for {name}" in text
        for name, text in zip(("desk", "desk-new"), found, strict=True)
    ] == [True, True]


@pytest.mark.parametrize(
    "line",
    [
        "ForceCommand none",
        "ForceCommand /bin/sh",
        "DisableForwarding no",
        "AllowAgentForwarding yes",
        "AllowTcpForwarding local",
        "AllowStreamLocalForwarding yes",
        "X11Forwarding yes",
        "GatewayPorts yes",
        "PermitTunnel point-to-point",
        "PermitUserRC yes",
        "ExposeAuthInfo no",
        "AuthorizedKeysFile .ssh/authorized_keys",
        "TrustedUserCAKeys /etc/ssh/ca.pub",
        "PermitTTY no",
    ],
)
def test_each_line_that_comes_first_for_the_account_is_one_line(machine: Path, line: str) -> None:
    [fault] = _told(machine, before=f"Match User desk\n{line}\nMatch all\n")
    keyword, _space, value = line.partition(" ")
    assert f"“{keyword} {value}” for desk, not" in str(fault.text)
    assert fault.is_grave


@pytest.mark.parametrize(
    ("line", "account"),
    [
        ("AuthorizedKeysCommand /bin/echo %t %k", "desk"),
        ("AuthorizedKeysCommandUser root", "desk"),
        ("AuthenticationMethods any", "desk"),
        ("PasswordAuthentication yes", "desk"),
        ("PermitEmptyPasswords yes", "desk"),
        ("PubkeyAuthentication yes", "desk-new"),
        ("PermitEmptyPasswords no", "desk-new"),
    ],
)
def test_each_way_to_sign_in_that_was_changed_is_one_line(machine: Path, line: str, account: str) -> None:
    [fault] = _told(machine, before=f"Match User {account}\n{line}\nMatch all\n")
    assert f"“{line}” for {account}, not" in str(fault.text)
    assert fault.is_grave


@pytest.mark.parametrize(
    ("line", "is_grave"),
    [("PermitUserEnvironment yes", True), ("MaxStartups 10:30:100", False), ("LoginGraceTime 120", False)],
)
def test_a_setting_of_the_whole_machine_is_said_once(machine: Path, line: str, is_grave: bool) -> None:
    # Of some settings sshd takes the first, of others the last.
    [fault] = _told(machine, before=f"{line}\n", after=f"{line}\n")
    assert line in str(fault.text)
    assert fault.is_grave is is_grave


@pytest.mark.parametrize(
    ("line", "shut"),
    [
        ("AllowUsers root desk", ["desk-new"]),
        ("AllowUsers root desk@192.0.2.* desk-new", []),
        ("AllowUsers root", ["desk", "desk-new"]),
        ("AllowGroups ssh", ["desk", "desk-new"]),
        ("AllowGroups ssh desk", []),
    ],
)
def test_whom_the_machine_does_not_let_in_is_named(machine: Path, line: str, shut: list[str]) -> None:
    found = _told(machine, after=f"{line}\n")
    keyword, _space, patterns = line.partition(" ")
    assert _texts(found) == [
        f"sshd does not let {name} in: it holds to “{keyword} {patterns}”." for name in shut
    ]
    assert not any(fault.is_grave for fault in found)


def test_a_part_that_sshd_does_not_read_is_noticed(machine: Path) -> None:
    config = machine / "sshd_config"
    config.write_text(config.read_text().replace("Include", "#"))
    found = _texts(list(checking.effective(Door("desk", None), program(), config)))
    assert any("ForceCommand none" in text for text in found)
    assert any("AcceptEnv *" in text for text in found)


def test_doors_are_found_by_their_part_of_sshds(tmp_path: Path) -> None:
    (tmp_path / "50-help.conf").write_text(drop_in(user="help", keyless="guest", door="/x"))
    (tmp_path / "50-sysmo.conf").write_text(drop_in(user="sysmo", keyless=None, door="/x"))
    (tmp_path / "50-cloud-init.conf").write_text("PasswordAuthentication no\n")
    assert checking.installed(tmp_path) == [Door("help", "guest"), Door("sysmo", None)]


def test_what_only_root_may_read_beside_them_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "50-sysmo.conf").write_text(drop_in(user="sysmo", keyless=None, door="/x"))
    (tmp_path / "50-cloud-init.conf").touch(mode=0o600)
    read = Path.read_text

    def as_somebody_else(path: Path, *given: Any, **named: Any) -> str:
        if not path.stat().st_mode & 0o004:
            raise PermissionError(13, "Permission denied")
        return read(path, *given, **named)

    monkeypatch.setattr(Path, "read_text", as_somebody_else)
    assert checking.installed(tmp_path) == [Door("sysmo", None)]


def test_a_folder_on_the_way_that_others_may_write_is_named(plan: Plan, tmp_path: Path) -> None:
    def found() -> list[Path]:
        return list(programs.open_ways(plan, os.getuid(), tmp_path))

    assert found() == []
    for folder in ("usr/local/lib", "etc", "var/lib/sysmo"):
        (tmp_path / folder).chmod(0o777)
    # What is the door's own is looked at for itself.
    assert found() == [tmp_path / "etc", tmp_path / "usr/local/lib"]


@pytest.fixture
def interpreter(tmp_path: Path) -> Path:
    """Something that answers like an interpreter whose program is in the folder ``lib``."""
    lib = tmp_path / "lib" / "sysmo_tui"
    lib.mkdir(parents=True)
    (lib / "__init__.py").touch(mode=0o644)
    for folder in (tmp_path, tmp_path / "lib", lib):
        folder.chmod(0o755)
    python = tmp_path / "python"
    told = json.dumps([str(lib / "__init__.py"), str(tmp_path / "lib"), str(tmp_path / "none.zip")])
    python.write_text(f"#!/bin/sh\necho '{told}'\n")
    python.chmod(0o755)
    return python


def test_a_program_that_only_its_owner_can_change_is_safe(interpreter: Path) -> None:
    assert programs.changeable(str(interpreter), os.getuid(), interpreter.parent) is None


@pytest.mark.parametrize("place", ["python", ".", "lib", "lib/sysmo_tui", "lib/sysmo_tui/__init__.py"])
def test_a_program_that_others_can_change_is_not(interpreter: Path, place: str) -> None:
    path = interpreter.parent / place
    path.chmod(path.stat().st_mode | 0o002)
    assert programs.changeable(str(interpreter), os.getuid(), interpreter.parent) == path


def test_a_folder_that_everybody_may_write_is_no_place_for_a_program(interpreter: Path) -> None:
    open_folder = interpreter.parent / "open"
    open_folder.mkdir()
    open_folder.chmod(0o1777)
    moved = interpreter.rename(open_folder / "python")
    assert programs.changeable(str(moved), os.getuid(), interpreter.parent) == open_folder


def test_the_way_to_what_a_link_leads_to_counts(interpreter: Path) -> None:
    elsewhere = interpreter.parent / "elsewhere"
    elsewhere.mkdir()
    (interpreter.parent / "lib").rename(elsewhere / "lib")
    (interpreter.parent / "lib").symlink_to(elsewhere / "lib")
    elsewhere.chmod(0o777)
    assert programs.changeable(str(interpreter), os.getuid(), interpreter.parent) == elsewhere

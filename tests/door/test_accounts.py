"""The door on a real machine: real accounts, and sshd with the machine's own settings.

It makes accounts, so it runs where the machine is thrown away afterwards.
"""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

import pytest

from sysmo_tui.domain.errors import Conflict, Invalid, Unavailable
from sysmo_tui.door import checking
from sysmo_tui.door.installing import Door, Plan, apply, planned
from sysmo_tui.door.programs import require_usable
from tests.door.sshd import Sshd, free_port, program, started

DOOR = Door("sysmotest", "sysmotest-new")
_SHOWS = """\
#!/bin/sh
echo "the door, for $(id -u)"
echo "asked: $SSH_ORIGINAL_COMMAND"
cat "$SSH_USER_AUTH"
"""


@pytest.fixture(scope="module")
def plan() -> Iterator[Plan]:
    """A door on this machine that shows what comes through, instead of a desk."""
    if not os.environ.get("CI"):
        pytest.skip("makes accounts on this machine, so only where CI is set")
    if os.getuid() != 0:
        pytest.fail("Only root can make accounts: run the tests as root where CI is set.")
    entries = planned(DOOR, python="/nowhere", ends_unused=checking.ends_unused(program())).entries
    shown = [replace(each, content=_SHOWS) if each.path == DOOR.script else each for each in entries]
    whole = replace(planned(DOOR, python="/nowhere"), entries=tuple(shown))
    apply(whole, lambda: checking.require_told(DOOR, program()))
    try:
        yield whole
    finally:
        _remove(DOOR)


@pytest.fixture(scope="module")
def machine(plan: Plan, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """The machine's sshd on another port."""
    folder, port = tmp_path_factory.mktemp("machine"), free_port()
    hosts = [path.read_text().split()[:2] for path in Path("/etc/ssh").glob("ssh_host_*_key.pub")]
    (folder / "known_hosts").write_text("".join(f"[127.0.0.1]:{port} {' '.join(host)}\n" for host in hosts))
    options = ["-p", str(port), "-oListenAddress=127.0.0.1", "-oPidFile=none"]
    with started(Sshd(port, folder, DOOR.user, DOOR.config), options):
        yield Sshd(port, folder, DOOR.user, DOOR.config)


def _remove(door: Door) -> None:
    for name in reversed(door.accounts):
        subprocess.run(["userdel", name], capture_output=True, check=False)
    door.drop_in.unlink(missing_ok=True)
    for folder in (door.home, door.config.parent, door.script.parent):
        shutil.rmtree(folder, ignore_errors=True)


def _names() -> set[str]:
    return {each.pw_name for each in pwd.getpwall()}


def test_whoever_has_a_key_comes_in(machine: Sshd) -> None:
    key = machine.new_key()
    said = machine.ssh("ticket", "list", keys=[key]).stdout.decode().splitlines()
    assert said == [
        f"the door, for {pwd.getpwnam(DOOR.user).pw_uid}",
        "asked: ticket list",
        f"publickey {key.with_suffix('.pub').read_text().strip()}",
    ]


def test_whoever_has_none_comes_in_by_the_other_account_only(machine: Sshd) -> None:
    assert machine.ssh("register").returncode == 255
    said = replace(machine, user=str(DOOR.keyless)).ssh("register").stdout.decode().splitlines()
    assert said == [f"the door, for {pwd.getpwnam(DOOR.user).pw_uid}", "asked: register", "none"]


def test_a_key_says_nothing_for_the_account_without_one(machine: Sshd) -> None:
    said = replace(machine, user=str(DOOR.keyless)).ssh("register", keys=[machine.new_key()])
    assert said.stdout.decode().splitlines()[-1] == "none"


@pytest.mark.parametrize(
    "words", [["-s", "/bin/sh", "-c", "id"], ["-c", "id"], ["-"], ["-p", "-s", "/bin/sh"]]
)
def test_su_opens_the_door_and_no_shell(plan: Plan, words: list[str]) -> None:
    line = " ".join(["su", *words, str(DOOR.keyless)])
    nobody = pwd.getpwnam("nobody")
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        user=nobody.pw_uid,
        group=nobody.pw_gid,
        extra_groups=[],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        cwd="/",
        check=False,
    )
    assert done.stdout.startswith("the door, for ")
    assert "uid=" not in done.stdout


@pytest.mark.parametrize(
    ("name", "way", "allowed"),
    [
        (DOOR.user, "-w", {DOOR.data}),
        (DOOR.user, "-r", {DOOR.data, DOOR.config}),
        ("nobody", "-w", set()),
        ("nobody", "-r", set()),
    ],
)
def test_only_the_account_reads_the_settings_and_it_writes_only_data(
    plan: Plan, name: str, way: str, allowed: set[Path]
) -> None:
    account = pwd.getpwnam(name)
    paths = [each.path for each in plan.entries] if way == "-w" else [DOOR.data, DOOR.config]
    line = " ".join(f"test {way} {path} && echo {path};" for path in paths)
    done = subprocess.run(
        ["/bin/sh", "-c", line],
        user=account.pw_uid,
        group=account.pw_gid,
        extra_groups=[],
        capture_output=True,
        text=True,
        check=False,
    )
    assert {Path(line) for line in done.stdout.split()} == allowed


def test_the_doctor_finds_nothing_and_then_what_was_loosened(plan: Plan) -> None:
    def found() -> list[str]:
        each = [*checking.accounts(plan), *checking.entries(plan), *checking.effective(DOOR, program())]
        return [str(fault.text) for fault in each]

    assert found() == []
    other = Path("/etc/ssh/sshd_config.d/10-before.conf")
    loosened = {
        "The shell of sysmotest": (
            ["usermod", "-s", "/bin/sh", "sysmotest"],
            ["usermod", "-s", DOOR.script, "sysmotest"],
        ),
        "belongs to the group": (
            ["usermod", "-aG", "users", "sysmotest"],
            ["usermod", "-G", "", "sysmotest"],
        ),
        "sysmotest has a password": (["usermod", "-p", "", "sysmotest"], ["usermod", "-p", "*", "sysmotest"]),
        "sysmotest-new has a password": (
            ["usermod", "-L", "sysmotest-new"],
            ["passwd", "-dq", "sysmotest-new"],
        ),
        "AllowTcpForwarding yes": (
            ["sh", "-c", f"printf 'Match User sysmotest\\nAllowTcpForwarding yes\\n' > {other}"],
            ["rm", other],
        ),
    }
    for words, (loosen, tighten) in loosened.items():
        subprocess.run(loosen, check=True, capture_output=True)
        try:
            [line] = found()
        finally:
            subprocess.run(tighten, check=True, capture_output=True)
        assert words in line
    assert found() == []


def test_again_changes_nothing(plan: Plan) -> None:
    assert not [step.what for step in apply(plan, lambda: None) if step.is_new]


def test_a_failure_leaves_no_account_and_no_file(plan: Plan) -> None:
    other = Door("sysmotest2", "sysmotest2-new")
    before = _names()

    def refuses() -> None:
        assert _names() - before == {"sysmotest2", "sysmotest2-new"}
        raise Unavailable("no")

    with suppress(Unavailable):
        apply(planned(other, python="/nowhere"), refuses)
    assert _names() == before
    assert not [
        path
        for path in (other.home, other.config.parent, other.script.parent, other.drop_in)
        if path.exists()
    ]


def test_what_sshd_does_not_hold_to_is_not_installed(plan: Plan) -> None:
    other = Door("sysmotest3", None)
    before = Path("/etc/ssh/sshd_config.d/10-before.conf")
    before.write_text("Match User sysmotest3\nForceCommand /bin/sh\n")
    try:
        with pytest.raises(Invalid, match="ForceCommand /bin/sh"):
            apply(planned(other, python="/nowhere"), lambda: checking.require_told(other, program()))
    finally:
        before.unlink()
    assert "sysmotest3" not in _names()
    assert not other.drop_in.exists()


def test_the_other_account_must_be_the_same_one(plan: Plan) -> None:
    with pytest.raises(Conflict, match="nobody already"):
        apply(planned(Door("sysmotest", "nobody"), python="/nowhere"), lambda: None)


@pytest.mark.skipif(os.getuid() != 0, reason="only root can try what another account can run")
def test_a_python_in_somebodys_home_is_named(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    shown, real = tmp_path / "python", tmp_path / "python3"
    real.write_text("#!/bin/sh\n")
    real.chmod(0o755)
    shown.symlink_to(real)
    with pytest.raises(Invalid, match="Permission denied") as refused:
        require_usable(Door("nobody", None), str(shown))
    assert f"{shown}, a Python of {real}" in str(refused.value)
    assert "/usr/bin/python3 -m venv" in str(refused.value)

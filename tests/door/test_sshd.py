"""What sshd is told: who comes in, what reaches the door, and what nothing opens again."""

from __future__ import annotations

import select
import socket
import subprocess
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.door.sshd import EVERYWHERE, PASSED_ON, door_script, drop_in, in_the_door
from tests.door.sshd import GIVES_TERMINALS, Sshd, program

_SHOWS = """\
#!/bin/sh
echo "asked: $SSH_ORIGINAL_COMMAND"
cat "$SSH_USER_AUTH"
env
"""


@pytest.fixture
def mirror(sshd: Sshd) -> Sshd:
    """A door that shows what sshd gave it, instead of a desk."""
    (sshd.folder / "door").write_text(_SHOWS)
    return sshd


@pytest.mark.parametrize("kind", ["ed25519", "ecdsa", "rsa"])
def test_any_key_comes_in_and_sshd_tells_which(mirror: Sshd, kind: str) -> None:
    key = mirror.new_key(kind)
    done = mirror.ssh("ticket", "list", keys=[key])
    assert done.returncode == 0, done.stderr + mirror.log.encode()
    asked, authenticated, *_ = done.stdout.decode().splitlines()
    assert asked == "asked: ticket list"
    assert authenticated == f"publickey {key.with_suffix('.pub').read_text().strip()}"


def test_a_key_that_was_only_offered_is_not_told(mirror: Sshd) -> None:
    mine, foreign = mirror.new_key(), mirror.new_key()
    # A client that has only the public half of the first asks for it, and then proves the second.
    foreign.unlink()
    public = foreign.with_suffix(".pub")
    done = mirror.ssh(keys=[public, mine])
    told = [line for line in done.stdout.decode().splitlines() if line.startswith("publickey")]
    assert told == [f"publickey {mine.with_suffix('.pub').read_text().strip()}"]


def test_without_a_key_nobody_comes_in(mirror: Sshd) -> None:
    done = mirror.ssh(options=["-T", "-oPreferredAuthentications=none,password,keyboard-interactive"])
    assert done.returncode == 255
    assert b"Permission denied (publickey)" in done.stderr


def test_a_certificate_is_a_key_like_any_other_or_nothing(mirror: Sshd) -> None:
    authority, mine = mirror.new_key(), mirror.new_key()
    sign = ["ssh-keygen", "-q", "-s", authority, "-I", "ada", "-n", mirror.user, mine.with_suffix(".pub")]
    subprocess.run(sign, check=True)
    certificate = Path(f"{mine}-cert.pub")
    done = mirror.ssh(keys=[mine], options=["-T", f"-oCertificateFile={certificate}"])
    told = done.stdout.decode().splitlines()[1]
    assert told == f"publickey {mine.with_suffix('.pub').read_text().strip()}"


def test_no_variable_of_the_client_reaches_the_door(mirror: Sshd) -> None:
    names = ["LANG", "LC_ALL", "SYSMO_DATABASE_URL", "PYTHONPATH", "LD_PRELOAD", "TEXTUAL", "PAGER", "EDITOR"]
    sent = dict.fromkeys(names, "canary")
    options = [
        "-T",
        *(f"-oSendEnv={name}" for name in names),
        "-oSetEnv=SYSMO_NOTHING=canary BASH_ENV=canary",
    ]
    done = mirror.ssh(keys=[mirror.new_key()], options=options, environ=sent)
    seen = done.stdout.decode().splitlines()
    assert [line for line in seen if "canary" in line] == ["SYSMO_NOTHING=canary"]


@pytest.mark.parametrize(
    "options",
    [["-W", "127.0.0.1:{port}"], ["-T", "-oExitOnForwardFailure=yes", "-R", "0:127.0.0.1:{port}"]],
    ids=["to a port over there", "from a port over there"],
)
def test_nothing_is_forwarded(mirror: Sshd, options: list[str]) -> None:
    given = [each.format(port=mirror.port) for each in options]
    done = mirror.ssh(keys=[mirror.new_key()], options=given)
    assert done.returncode == 255
    assert b"SSH-2.0" not in done.stdout


def test_a_subsystem_is_the_door_too(mirror: Sshd) -> None:
    done = mirror.ssh("sftp", keys=[mirror.new_key()], options=["-s"])
    assert done.stdout.startswith(b"asked: internal-sftp\n")


def test_the_real_script_makes_a_clean_environment(sshd: Sshd) -> None:
    shows = sshd.folder / "python"
    shows.write_text("#!/bin/sh\nexec env\n")
    shows.chmod(0o755)
    script = door_script(python=str(shows), home="/home of nobody", config="/etc/it's here.toml")
    (sshd.folder / "door").write_text(script)
    way = "-tt" if GIVES_TERMINALS else "-T"
    done = sshd.ssh("a 'b", keys=[sshd.new_key()], options=[way], environ={"TERM": "vt100"})
    seen = dict(line.split("=", 1) for line in done.stdout.decode().splitlines())
    assert seen.pop("HOME") == "/home of nobody"
    assert seen.pop("SYSMO_CONFIG") == "/etc/it's here.toml"
    assert seen.pop("PATH") == "/usr/bin:/bin"
    assert seen.pop("LANG") == "C.UTF-8"
    assert seen.pop("SSH_ORIGINAL_COMMAND") == "a 'b"
    assert ("SSH_TTY" in seen, seen.pop("TERM", "")) == ((True, "vt100") if GIVES_TERMINALS else (False, ""))
    # The shell adds where it is.
    terminal = {"SSH_TTY"} if GIVES_TERMINALS else set()
    assert set(seen) - {"PWD", "SHLVL", "_", "OLDPWD"} == {"SSH_CONNECTION", "SSH_USER_AUTH"} | terminal


@given(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60))
def test_whatever_is_asked_for_reaches_the_door_as_one_value(asked: str) -> None:
    script = door_script(python="/usr/bin/env", home="/").replace("-I -m sysmo_tui door", "-0")
    environ = {"SSH_ORIGINAL_COMMAND": asked}
    done = subprocess.run(["/bin/sh", "-c", script], env=environ, capture_output=True, check=True)
    assert f"SSH_ORIGINAL_COMMAND={asked}".encode() in done.stdout.split(b"\0")


def test_what_is_unset_stays_unset(tmp_path: Path) -> None:
    shows = tmp_path / "python"
    shows.write_text("#!/bin/sh\nexec env\n")
    shows.chmod(0o755)
    script = door_script(python=str(shows), home="/")
    done = subprocess.run(
        ["/bin/sh", "-c", script], env={"TERM": ""}, capture_output=True, check=True, text=True
    )
    assert {line.partition("=")[0] for line in done.stdout.splitlines()}.isdisjoint(set(PASSED_ON) - {"TERM"})


def test_fifty_who_connect_and_say_nothing_keep_nobody_else_out(mirror: Sshd) -> None:
    silent = [socket.create_connection(("127.0.0.1", mirror.port)) for _ in range(50)]
    try:
        key, start = mirror.new_key(), time.monotonic()
        done = mirror.ssh("ticket", "list", keys=[key], options=["-T", "-oBindAddress=127.0.0.2"])
        assert done.stdout.startswith(b"asked: ticket list\n")
        assert time.monotonic() - start < 5
        # Who is not greeted is hung up on.
        heard = [select.select([line], [], [], 10)[0] for line in silent]
        assert all(heard)
        greeted = [line for line in silent if line.recv(4) == b"SSH-"]
        assert len(greeted) == int(EVERYWHERE["PerSourceMaxStartups"])
    finally:
        for line in silent:
            line.close()


@pytest.mark.parametrize("user", ["desk", "desk-new"])
def test_each_account_has_what_it_should_by_sshds_own_word(sshd: Sshd, user: str) -> None:
    door = "/usr/local/lib/sysmo/door"
    (sshd.folder / "sysmo.conf").write_text(drop_in(user="desk", keyless="desk-new", door=door))
    shown = subprocess.run(
        [program(), "-T", "-f", sshd.folder / "sshd_config", "-C", f"user={user},host=x,addr=192.0.2.1"],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    effective = dict(line.split(" ", 1) for line in shown.splitlines())
    wanted = {**in_the_door(door=door, is_keyless=user != "desk"), **EVERYWHERE}
    assert {each: effective[each.lower()] for each in wanted} == wanted

"""What people try who come through a real sshd: for all of it, the door opens what it is for."""

from __future__ import annotations

import os
import shlex
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from sysmo_tui.cli.failures import INTERRUPTED
from sysmo_tui.domain.errors import NotSignedIn
from sysmo_tui.domain.ssh_keys import read_public_key
from sysmo_tui.door.slots import Caps
from sysmo_tui.door.sshd import door_script
from tests.cast import PASSWORD, Cast
from tests.door.hostile_lines import REFUSED
from tests.door.own_machine import across
from tests.door.sshd import GIVES_TERMINALS, Sshd
from tests.door.warm import AS_PYTHON, REPOSITORY, Warm
from tests.journeys.letters import code_to
from tests.keys_of_people import bind
from tests.waiting import until

ELSEWHERE = "-oBindAddress=127.0.0.2"
NAMES = ["SYSMO_DATABASE_URL", "SYSMO_DEBUG", "SYSMO_CONFIG", "PYTHONPATH", "PYTHONSTARTUP", "TEXTUAL"]
NAMES += ["TEXTUAL_LOG", "LD_PRELOAD", "LD_LIBRARY_PATH", "PAGER", "EDITOR", "VISUAL", "BASH_ENV", "HOME"]


@pytest.fixture
def quick(sshd: Sshd, warm: Warm, people: Cast) -> Sshd:
    """A server whose door runs in processes that need no start."""
    python = sshd.folder / "python"
    python.write_text(AS_PYTHON.format(python=sys.executable, socket=warm.socket))
    python.chmod(0o755)
    script = door_script(python=str(python), home=str(sshd.folder / "home"), config=str(sshd.config))
    (sshd.folder / "door").write_text(script)
    return sshd


def require_nothing_told(sshd: Sshd, *said: bytes) -> None:
    """Nothing of the desk's machine was shown, and nothing written where its account could."""
    places = (str(sshd.folder), str(REPOSITORY), sys.prefix, "sqlite", "Traceback", "config.toml")
    for each in said:
        assert not [place for place in places if place.encode() in each], each
    assert list((sshd.folder / "home").iterdir()) == []


def key_of(sshd: Sshd, people: Cast, name: str) -> Path:
    """A key that opens the door for somebody."""
    key = sshd.new_key()
    bind(getattr(people, name)(), read_public_key(key.with_suffix(".pub").read_text()))
    return key


def test_other_programs_than_the_desk_find_nobody(sshd: Sshd, people: Cast, tmp_path: Path) -> None:
    key, loot = key_of(sshd, people, "customer"), tmp_path / "loot"
    loot.mkdir()
    place = f"{sshd.user}@127.0.0.1"
    ways = ["-P", str(sshd.port), *sshd.options(key)]
    tried = [
        ["sftp", *ways, "-b", "/dev/null", place],
        ["scp", *ways, "-O", f"{place}:/etc/passwd", str(loot)],
        sshd.argv(keys=[key]),
        sshd.argv("rsync --server --sender -logDtpre.iLsfxCIvu . /etc", keys=[key]),
        sshd.argv("git-upload-pack '/etc'", keys=[key]),
    ]
    for words in tried:
        done = subprocess.run(
            words, input=b"", capture_output=True, env=sshd.environ, timeout=60, check=False
        )
        assert done.returncode != 0, words
        require_nothing_told(sshd, done.stdout, done.stderr)
    assert list(loot.iterdir()) == []


def test_neither_agent_nor_display_nor_socket_is_forwarded(sshd: Sshd, tmp_path: Path) -> None:
    (sshd.folder / "door").write_text("#!/bin/sh\nenv\n")
    key, agent = sshd.new_key(), tmp_path / "a"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(agent))
        listener.listen()
        lent = ["-T", f"-oForwardAgent={agent}", "-oForwardX11=yes", "-oForwardX11Trusted=yes"]
        done = sshd.ssh(keys=[key], options=lent, environ={"DISPLAY": "127.0.0.1:99"})
    names = {line.partition(b"=")[0] for line in done.stdout.splitlines()}
    assert b"SSH_CONNECTION" in names
    assert names.isdisjoint({b"SSH_AUTH_SOCK", b"DISPLAY", b"XAUTHORITY"})
    for refused in (f"{tmp_path}/over-there:{agent}", "0"):
        options = ["-N", "-oExitOnForwardFailure=yes", "-R", refused]
        assert sshd.ssh(keys=[key], options=options).returncode == 255
    assert not (tmp_path / "over-there").exists()
    for option, local in (("-L", f"{tmp_path}/l:{agent}"), ("-L", f"{tmp_path}/m:127.0.0.1:{sshd.port}")):
        with ExitStack() as stack:
            going = stack.enter_context(sshd.start(keys=[key], options=["-N", option, local]))
            stack.callback(going.kill)
            here = Path(local.partition(":")[0])
            until(here.exists)
            with socket.socket(socket.AF_UNIX) as line:
                line.connect(str(here))
                assert line.recv(1) == b""


def test_a_sample_of_hostile_lines_is_refused_through_sshd_too(quick: Sshd, people: Cast) -> None:
    key = key_of(quick, people, "admin")
    with _shared(quick, key) as shared:
        for line in [line for line in REFUSED if "\0" not in line][::10]:
            done = quick.ssh(line, keys=[key], options=["-T", *shared])
            assert 0 < done.returncode < 8, (line, done)
            assert b"\x1b" not in done.stdout + done.stderr
            require_nothing_told(quick, done.stderr.replace(os.fsencode(line), b""))


def test_what_variables_a_client_sets_is_of_no_consequence(sshd: Sshd, people: Cast) -> None:
    stolen = sshd.folder / "stolen"
    variables = " ".join(f"{name}={stolen}" for name in NAMES)
    options = ["-tt" if GIVES_TERMINALS else "-T", f"-oSetEnv={variables} TERM=../../x"]
    done = sshd.ssh("whoami", keys=[key_of(sshd, people, "customer")], options=options)
    assert b"carla@customer.example" in done.stdout, done
    require_nothing_told(sshd, done.stdout, done.stderr)
    assert not stolen.exists()


def test_whose_key_was_only_offered_is_not_who_comes(quick: Sshd, people: Cast) -> None:
    bound, mine = key_of(quick, people, "admin"), quick.new_key()
    bound.unlink()
    bound.with_suffix(".pub").chmod(0o600)
    done = quick.ssh("whoami", keys=[bound.with_suffix(".pub"), mine])
    assert (done.returncode, done.stdout) == (3, b"")
    require_nothing_told(quick, done.stderr.splitlines()[-1])


@pytest.mark.skipif(not GIVES_TERMINALS, reason="sshd gives terminals as root only")
def test_keys_of_the_terminal_while_the_program_starts_show_nothing_of_it(sshd: Sshd, people: Cast) -> None:
    key = sshd.new_key()
    starts = sshd.folder / "starts"
    text = (sshd.folder / "door").read_text()
    # Typed when the script is done and while the program is being imported.
    (sshd.folder / "door").write_text(text.replace("exec ", f"touch {starts}\nexec ", 1))
    with sshd.start("whoami", keys=[key], options=["-tt"]) as going:
        assert going.stdin is not None
        assert going.stdout is not None
        until(starts.exists)
        for _again in range(3):
            going.stdin.write(b"\x1a\x1c\x03")
            going.stdin.flush()
            time.sleep(0.05)
        said = going.stdout.read()
    # A key that comes when the program is there interrupts it; one before does nothing.
    assert going.returncode in {NotSignedIn.exit_code, INTERRUPTED}, said
    require_nothing_told(sshd, said)


def test_a_hundred_who_do_nothing_keep_nobody_else_out(quick: Sshd, people: Cast) -> None:
    idle, other = quick.new_key(), key_of(quick, people, "customer")
    line = "key new --email carla@customer.example --password-stdin"
    with ExitStack() as stack:
        started = []
        for _connection in range(10):
            shared = stack.enter_context(_shared(quick, idle))
            for _session in range(10):
                going = stack.enter_context(quick.start(line, keys=[idle], options=["-T", *shared]))
                stack.callback(going.kill)
                started.append(going)
        most = Caps().a_source
        until(lambda: sum(each.poll() is not None for each in started) >= 100 - most)
        assert sorted(each.poll() or 0 for each in started) == [0] * most + [7] * (100 - most)
        start = time.monotonic()
        done = quick.ssh("whoami", keys=[other], options=["-T", ELSEWHERE])
        assert b"carla@customer.example" in done.stdout, done
        assert time.monotonic() - start < 5
        same = quick.ssh("whoami", keys=[other])
        assert same.returncode == 7
        assert b"connections from your address" in same.stderr


def test_who_guesses_passwords_is_slowed_down_by_source(quick: Sshd, people: Cast) -> None:
    people.customer()
    key = quick.new_key()

    def guess(email: str, password: str, *options: str) -> tuple[int, bytes]:
        line = f"key new --email {email} --password-stdin"
        done = quick.ssh(line, keys=[key], options=["-T", *options], stdin=password.encode() + b"\n")
        return done.returncode, done.stderr

    known, unknown = "carla@customer.example", "nobody@customer.example"
    with _shared(quick, key) as shared:
        first = guess(known, "wrong", *shared)
        assert first[0] == 3
        assert guess(unknown, "wrong", *shared) == first
        for email in (known, unknown):
            said = (guess(email, "wrong", *shared) for _again in range(20))
            code, last = next(each for each in said if each != first)
            assert code == 5
            assert b"Too many attempts" in last
    # The owner is not kept out by a stranger: from elsewhere the password opens at once.
    assert guess(known, PASSWORD, ELSEWHERE)[0] == 0


@pytest.mark.parametrize("by", ["plain ssh", "sysmo"])
def test_a_customer_registers_verifies_files_follows_and_closes(
    quick: Sshd, people: Cast, warm: Warm, by: str
) -> None:
    machine = across(warm, quick.folder / "own", quick)
    email, photo, keyed = "sol@acme.example", bytes(range(256)) * 300, machine.folder / "photo.png"
    keyed.write_bytes(photo)
    [key] = [path for path in quick.folder.glob("key-*") if path.suffix != ".pub"]

    def ask(*words: str, stdin: bytes = b"") -> bytes:
        if by == "sysmo":
            return machine.ok(*words, stdin=stdin).out
        done = quick.ssh(shlex.join(words), keys=[key], stdin=stdin)
        assert done.returncode == 0, done
        return done.stdout

    form = "--email sol@acme.example --name Sol --phone +541143211234 --company Acme --tax-id 30712345671"
    secret = f"{PASSWORD}\n".encode()
    ask("register", *form.split(), "--country", "AR", "--password-stdin", stdin=secret)
    around = {"SYSMO_CONFIG": str(quick.config), "HOME": str(quick.folder), "PATH": "/usr/bin:/bin"}
    code, _out, err = warm(["worker", "--once"], around, quick.folder, b"")
    assert code == 0, err
    ask("verify", code_to(quick.folder / "mail", email), "--password-stdin", stdin=secret)
    ask("key", "new", "--email", email, "--password-stdin", stdin=secret)
    new = ("ticket", "new", "--topic", "general", "--subject", "No sound", "--body", "Since ¡today!")
    if by == "sysmo":
        ask(*new, "--attach", str(keyed))
    else:
        ask(*new, "--attach", "-", "--name", "photo.png", stdin=photo)
    assert b"No sound" in ask("ticket", "list")
    assert ask("ticket", "download", "1", "photo.png") == photo
    ask("ticket", "reply", "1", "--body", "Still none.")
    assert b"Still none." in ask("ticket", "show", "1")
    ask("ticket", "close", "1", "--body", "It was the plug.")
    shown = ask("ticket", "show", "1")
    assert b"Closed" in shown
    require_nothing_told(quick, shown)


@contextmanager
def _shared(sshd: Sshd, key: Path) -> Iterator[list[str]]:
    """Within the block, the options with which visits with ``key`` have one connection."""
    # The path of a socket is short, and pytest's folders are not.
    with tempfile.TemporaryDirectory(prefix="sysmo-") as folder:
        path = Path(folder, "shared")
        with sshd.start(keys=[key], options=["-N", "-M", "-S", str(path)]) as master:
            try:
                until(path.exists)
                yield ["-S", str(path)]
            finally:
                master.terminate()

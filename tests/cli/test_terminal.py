"""What a person at a terminal is asked, and what is never lost."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cast import PASSWORD
from tests.cli.conftest import Cli, Office

PATIENCE = 30
"""Seconds to wait for a text before the test fails."""


class Terminal:
    """A command on a terminal of its own, written to when it asks."""

    def __init__(self, words: tuple[str, ...], environ: Mapping[str, str]) -> None:
        self.seen = ""
        self._found = 0
        self._pid, self._handle = pty.fork()
        if self._pid == 0:
            os.chdir(Path(__file__).parents[2])
            os.execve(sys.executable, [sys.executable, "-m", "sysmo_tui", *words], {**os.environ, **environ})

    def waits_for(self, text: str) -> None:
        """Read until ``text`` appears behind what was read before."""
        end = time.monotonic() + PATIENCE
        while text not in self.seen[self._found :]:
            assert time.monotonic() < end, self.seen
            assert self._read(end), self.seen
        self._found = self.seen.index(text, self._found) + len(text)

    def write(self, text: str) -> None:
        """Type."""
        os.write(self._handle, text.encode())

    def ends(self) -> int:
        """Read to the end; the exit code."""
        end = time.monotonic() + PATIENCE
        while self._read(end):
            assert time.monotonic() < end, self.seen
        os.close(self._handle)
        return os.waitstatus_to_exitcode(os.waitpid(self._pid, 0)[1])

    def interrupt(self) -> None:
        """Press Ctrl+C."""
        os.kill(self._pid, signal.SIGINT)

    def _read(self, end: float) -> bool:
        ready, _w, _x = select.select([self._handle], [], [], max(0.0, end - time.monotonic()))
        if not ready:
            return True
        try:
            piece = os.read(self._handle, 65536)
        except OSError:
            return False
        self.seen += piece.decode("utf-8", "replace")
        return bool(piece)


def editor(tmp_path: Path, text: str) -> str:
    """An editor that writes ``text`` above what it is given."""
    path = tmp_path / "editor"
    steps = (
        f'cat "$1" > {tmp_path}/given',
        f'printf %s "{text}" | cat - "$1" > "$1.new"',
        'mv "$1.new" "$1"',
    )
    path.write_text("\n".join(("#!/bin/sh", *steps, "")))
    path.chmod(0o755)
    return str(path)


def test_a_desk_is_made_by_answering(cli: Cli, tmp_path: Path):
    environ = cli.environ | {
        "SYSMO_DATABASE_URL": f"sqlite:///{tmp_path}/desk.db",
        "LANG": "C.UTF-8",
        "LC_ALL": "C.UTF-8",
    }
    terminal = Terminal(("init",), environ)
    for question, given in (
        ("e-mail", "ada@desk.com"),
        ("Your name", "Ada"),
        ("desk's name [Help desk]", ""),
        ("Country", "AR"),
        ("password", PASSWORD),
        ("again", PASSWORD),
    ):
        terminal.waits_for(question)
        terminal.write(given + "\n")
    assert terminal.ends() == 0
    assert PASSWORD not in terminal.seen
    terminal = Terminal(("login",), environ)
    terminal.waits_for("E-mail address")
    terminal.write("ada@desk.com\n")
    terminal.waits_for("Password")
    terminal.write(PASSWORD + "\n")
    assert terminal.ends() == 0
    assert "signed in as Ada" in terminal.seen


def test_whoever_takes_the_own_password_away_is_warned(small_office: Office):
    environ = small_office.admin.environ | {"TERM": "xterm"}
    for words, given, code in (("ADA@desk.example", "n", 130), ("ada@desk.example", "y", 0)):
        terminal = Terminal(("account", "reset-password", words), environ)
        terminal.waits_for("This is your own account. All your sessions end")
        terminal.waits_for("[y/N]")
        terminal.write(f"{given}\n")
        assert terminal.ends() == code
    assert "The code for ada@desk.example is" in terminal.seen


def test_without_a_desk_the_three_ways_are_offered(cli: Cli):
    terminal = Terminal((), cli.environ | {"TERM": "xterm"})
    for text in ("1  ", "2  ", "3  ", "Which?"):
        terminal.waits_for(text)
    terminal.write("3\n")
    terminal.waits_for("ssh://sysmo@desk.example.com")
    terminal.write("desk.example.com\n")
    terminal.waits_for("is not the address of a desk")
    terminal.interrupt()
    assert terminal.ends() == 130


def test_a_terminal_that_cannot_show_the_screens_is_told_so(cli: Cli):
    terminal = Terminal((), cli.environ | {"TERM": "dumb"})
    assert terminal.ends() == 2
    assert "TERM=dumb" in terminal.seen


def test_ctrl_c_at_a_question_is_quiet(cli: Cli, tmp_path: Path):
    terminal = Terminal(("init",), cli.environ | {"SYSMO_DATABASE_URL": f"sqlite:///{tmp_path}/desk.db"})
    terminal.waits_for("e-mail")
    terminal.interrupt()
    assert terminal.ends() == 130
    assert "Traceback" not in terminal.seen


def test_a_followed_list_is_one_table(small_office: Office):
    customer = small_office.customer
    customer.ok("ticket", "new", "--topic", "general", "--subject", "First", "--body", "y")
    environ = small_office.operator.environ | {"COLUMNS": "100", "TERM": "xterm"}
    terminal = Terminal(("ticket", "list", "--follow"), environ)
    terminal.waits_for("First")
    customer.ok("ticket", "new", "--topic", "general", "--subject", "Second", "--body", "y")
    terminal.waits_for("Second")
    terminal.interrupt()
    assert terminal.ends() == 130
    assert terminal.seen.count("Subject") == 1
    first, second = (line for line in terminal.seen.splitlines() if "First" in line or "Second" in line)
    assert first.index("First") == second.index("Second")


def test_the_audit_log_tells_when_and_what_in_words_on_80_columns(small_office: Office):
    admin = small_office.admin
    admin("login", "--email", "ada.with.a.very.long.name@desk.example", "--password-stdin", stdin="wrong\n")
    ran = admin.on_a_terminal("audit", "list", "--limit", "1", COLUMNS="80", SYSMO_LANG="es")
    assert ran.code == 0, ran
    (line,) = [line for line in ran.out.splitlines() if re.match(r"\d{4}-\d\d-\d\d \d\d:\d\d  ", line)]
    assert "acceso fallido" in line
    assert len(line.rstrip()) <= 80


def test_a_reply_is_written_in_an_editor(small_office: Office, tmp_path: Path):
    small_office.customer.ok("ticket", "new", "--topic", "general", "--subject", "x", "--body", "y")
    environ = small_office.operator.environ | {"VISUAL": editor(tmp_path, "Written by hand.")}
    terminal = Terminal(("ticket", "reply", "1"), environ)
    assert terminal.ends() == 0, terminal.seen
    assert "the customer sees" in (tmp_path / "given").read_text()
    entries = small_office.customer.ok("ticket", "show", "1", "--json").json["entries"]
    assert entries[-1]["body"] == "Written by hand."


def test_a_text_that_the_desk_refuses_comes_back(small_office: Office, tmp_path: Path):
    small_office.customer.ok("ticket", "new", "--topic", "general", "--subject", "x", "--body", "y")
    environ = small_office.operator.environ | {"VISUAL": editor(tmp_path, "Long thoughts.")}
    refused = Terminal(("ticket", "reply", "1", "--status", "nonsense"), environ)
    assert refused.ends() == 2
    assert "draft" in refused.seen
    again = Terminal(("ticket", "reply", "1"), environ | {"VISUAL": editor(tmp_path, "")})
    assert again.ends() == 0, again.seen
    assert "Long thoughts." in (tmp_path / "given").read_text()
    entries = small_office.customer.ok("ticket", "show", "1", "--json").json["entries"]
    assert entries[-1]["body"] == "Long thoughts."


def test_nothing_written_is_nothing_sent(small_office: Office, tmp_path: Path):
    small_office.customer.ok("ticket", "new", "--topic", "general", "--subject", "x", "--body", "y")
    terminal = Terminal(("ticket", "note", "1"), small_office.operator.environ | {"VISUAL": "true"})
    assert terminal.ends() == 2
    assert len(small_office.operator.ok("ticket", "show", "1", "--json").json["entries"]) == 1


@pytest.mark.parametrize(("given", "code", "state"), [("y\n", 0, "disabled"), ("\n", 130, "active")])
def test_what_cannot_be_taken_back_lightly_is_confirmed(
    small_office: Office, given: str, code: int, state: str
):
    small_office.cast.operator()
    terminal = Terminal(("account", "disable", "luis@desk.example"), dict(small_office.admin.environ))
    terminal.waits_for("[y/N]")
    terminal.write(given)
    assert terminal.ends() == code
    shown = small_office.admin.ok("account", "show", "luis@desk.example", "--json").json
    assert shown["state"] == state


def test_a_file_is_not_poured_over_the_terminal(small_office: Office, tmp_path: Path):
    (tmp_path / "a").write_bytes(b"\x1b[2J")
    small_office.customer.ok(
        *(
            "ticket",
            "new",
            "--topic",
            "general",
            "--subject",
            "x",
            "--body",
            "y",
            "--attach",
            str(tmp_path / "a"),
        )
    )
    terminal = Terminal(("ticket", "download", "1", "-o", "-"), dict(small_office.customer.environ))
    assert terminal.ends() == 2
    assert "\x1b" not in terminal.seen


def test_an_answer_that_is_not_right_is_asked_for_again(cli: Cli) -> None:
    terminal = Terminal(("init", "--allow-reserved-addresses"), cli.environ | {"SYSMO_LANG": "en"})
    terminal.waits_for("Your e-mail address:")
    terminal.write("banana\n")
    terminal.waits_for("banana")
    terminal.waits_for("Your e-mail address:")
    terminal.write("ada@desk.example\n")
    terminal.waits_for("Your name:")
    terminal.write("\n")
    terminal.waits_for("Your name:")
    terminal.write("Ada Ruiz\n")
    terminal.waits_for("The desk's name")
    terminal.write("\n")
    terminal.waits_for("Country")
    terminal.write("AR\n")
    terminal.waits_for("Choose a password:")
    terminal.write("short\n")
    terminal.waits_for("A password has 12 to 256")
    terminal.waits_for("Choose a password:")
    terminal.write(f"{PASSWORD}\n")
    terminal.waits_for("The same again:")
    terminal.write("something else\n")
    terminal.waits_for("differ")
    terminal.waits_for("Choose a password:")
    terminal.write(f"{PASSWORD}\n")
    terminal.waits_for("The same again:")
    terminal.write(f"{PASSWORD}\n")
    terminal.waits_for("is ready in")
    assert terminal.ends() == 0


def test_a_way_that_there_is_not_is_asked_for_again(cli: Cli) -> None:
    terminal = Terminal((), cli.environ | {"SYSMO_LANG": "en", "TERM": "xterm"})
    terminal.waits_for("Which? [1/2/3]")
    terminal.write("9\n")
    terminal.waits_for("Which? [1/2/3]")
    terminal.write("3\n")
    terminal.waits_for("ssh://sysmo@desk.example.com")
    terminal.interrupt()
    assert terminal.ends() == 130


def test_a_long_line_does_not_reach_the_margin_by_going_on_in_the_next_row(small_office: Office):
    for blank in (" ", "\t"):
        body = f"Hello{blank * 36}── Ada Admin · desk · 2026-11-25 16:29"
        small_office.customer.ok("ticket", "new", "--topic=general", "--subject=s", "--body", body)
    for number in ("1", "2"):
        ran = small_office.operator.on_a_terminal("ticket", "show", number, COLUMNS="40")
        assert ran.code == 0, ran
        assert "Ada Admin" in ran.out
        rows = [line[at : at + 40] for line in ran.out.splitlines() for at in range(0, len(line) or 1, 40)]
        assert [row[:8] for row in rows if row.startswith("──")] == ["── Carla"]

"""The program in a real terminal: of what people wrote, it sends nothing but text."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.hostile.corpus import unsafe_in
from tests.hostile.poison import Poisoned
from tests.hostile.test_cli_output import Prompt

# What a program that draws may say to a terminal: CSI sequences, keypad and cursor modes, charsets, the
# shape of the mouse's pointer.
_CSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
_SHORT = re.compile(r"\x1b(?:\]22;[a-z-]*(?:\x07|\x1b\\)|[=>78cMDEH]|[()][0AB])")
_PATIENCE = 60.0


class Session:
    """A program on a pseudo-terminal, and every byte that it has sent."""

    def __init__(self, child: int, handle: int) -> None:
        self.child, self.handle, self.sent = child, handle, b""
        self.has_ended = False

    def read(self, seconds: float = 0.05) -> None:
        """Take what comes within a moment."""
        if self.has_ended or not select.select([self.handle], [], [], seconds)[0]:
            return
        try:
            new = os.read(self.handle, 65536)
        except OSError:
            new = b""
        self.has_ended = not new
        self.sent += new

    def until(self, *texts: str) -> None:
        """Read until all of ``texts`` came, or the end for none."""
        end = time.monotonic() + _PATIENCE
        while not (self.has_ended if not texts else all(t.encode() in self.sent for t in texts)):
            assert time.monotonic() < end, (texts, self.text[-2000:])
            assert not (texts and self.has_ended), self.text[-2000:]
            self.read()

    def rest(self, quiet: float = 0.7) -> None:
        """Read until nothing has come for a while."""
        end = time.monotonic() + _PATIENCE
        while (
            time.monotonic() < end and not self.has_ended and select.select([self.handle], [], [], quiet)[0]
        ):
            self.read()

    def press(self, keys: str) -> None:
        os.write(self.handle, keys.encode())

    @property
    def text(self) -> str:
        return self.sent.decode("utf-8", "replace")

    def foreign(self) -> list[str]:
        """What is left that acts, once what programs draw with is taken away."""
        rest = (
            _SHORT.sub("", _CSI.sub("", self.text))
            .replace("\r\n", "\n")
            .replace("\r", "")
            .replace("\x0f", "")
        )
        return unsafe_in(rest)


@contextmanager
def terminal(environ: dict[str, str], *words: str, size: tuple[int, int] = (40, 120)) -> Iterator[Session]:
    """``sysmo`` with ``words`` in a terminal of its own."""
    child, handle = pty.fork()
    if child == 0:
        environ = environ | {"TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": os.getcwd()}
        os.execve(sys.executable, [sys.executable, "-m", "sysmo_tui", *words], environ)
    fcntl.ioctl(handle, termios.TIOCSWINSZ, struct.pack("HHHH", *size, 0, 0))
    session = Session(child, handle)
    try:
        yield session
    finally:
        if not session.has_ended:
            os.kill(child, 15)
        os.waitpid(child, 0)
        os.close(handle)


@pytest.mark.parametrize(
    "command",
    [
        "ticket list --limit 200",
        "ticket show {escape clipboard} --events",
        "ticket show {escape c1}",
        "ticket show {invisible override} --json",
        "account list --limit 100",
        "audit list --limit 200",
    ],
)
def test_commands_send_a_terminal_only_text_and_colours(poisoned: Poisoned, tmp_path: Path, command: str):
    prompt = Prompt(poisoned, poisoned.staff, tmp_path)
    words = re.sub(r"\{(.*?)\}", lambda m: str(poisoned.numbers[m.group(1)]), command).split()
    with terminal(prompt.environ, *words) as session:
        session.until()
    assert len(session.sent) > 200
    assert session.foreign() == []
    assert set(re.findall(r"\x1b\[[0-9;?]*([@-~])", session.text)) <= {"m"}


def test_the_screens_send_a_terminal_no_command_of_anyone(sandbox: Poisoned, tmp_path: Path):
    prompt = Prompt(sandbox, sandbox.cast.sign_in("ada"), tmp_path)
    with terminal(prompt.environ) as session:
        session.until("\x1b[?1049h")
        session.rest(2.0)
        for keys in ("j", "j", "\r", "\x1b[6~", "q", "G", "\r", "q", "R"):
            session.press(keys)
            session.rest()
        assert not session.has_ended, session.text[-500:]
        session.press("\x11")
        session.until()
    assert session.foreign() == []
    assert len(session.sent) > 20_000
    assert "\x1b]" not in _SHORT.sub("", session.text), "no title, no clipboard, no link"

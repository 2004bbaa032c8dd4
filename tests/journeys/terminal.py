"""A real terminal for the journeys: a shell in tmux, typed into and read like a screen."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

PATIENCE = 60.0
"""Seconds until a journey gives up waiting."""
_BETWEEN_LOOKS = 0.05
_REPOSITORY = Path(__file__).parents[2]


def program() -> tuple[str, ...]:
    """The program under test: ``SYSMO_COMMAND``, else the one installed here, else the source's."""
    if named := os.environ.get("SYSMO_COMMAND"):
        return tuple(shlex.split(named))
    installed = Path(sys.executable).with_name("sysmo")
    if installed.exists():
        return (str(installed),)
    return ("env", f"PYTHONPATH={_REPOSITORY}", sys.executable, "-m", "sysmo_tui")


@dataclass(frozen=True)
class Place:
    """Where terminals are opened: a tmux server of our own, and one home for each person."""

    socket: Path
    folder: Path
    environ: Mapping[str, str]

    def terminal(self, person: str, columns: int = 80, rows: int = 24, **more: str) -> Terminal:
        """A terminal of someone, in a home of their own."""
        home = self.folder / person
        home.mkdir(exist_ok=True)
        environ = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "PS1": "$ ",
            "SYSMO_STATE_DIR": str(home / "state"),
            **self.environ,
            **more,
        }
        return Terminal(self.socket, person, environ, columns, rows)


class Terminal:
    """One person's terminal. Nothing is waited for but what appears on it."""

    def __init__(self, socket: Path, name: str, environ: Mapping[str, str], columns: int, rows: int) -> None:
        self.name = name
        self._tmux = (shutil.which("tmux") or "tmux", "-S", str(socket), "-f", os.devnull)
        self._numbers = count(1)
        clean = ["env", "-i", *(f"{key}={value}" for key, value in environ.items()), "TERM=tmux-256color"]
        size = ("-x", str(columns), "-y", str(rows))
        where = ("-c", environ["HOME"])
        self._ask("new-session", "-d", "-s", name, *where, *size, shlex.join([*clean, "sh"]))
        self._ask("set-option", "-t", name, "history-limit", "20000")
        self.run(f'stty -ixon; sysmo() {{ {shlex.join(program())} "$@"; }}')

    def type(self, text: str) -> None:
        """Type characters as they are."""
        self._ask("send-keys", "-t", self.name, "-l", "--", text)

    def press(self, *keys: str) -> None:
        """Press keys by tmux's names: ``Enter``, ``Escape``, ``Tab``, ``C-s``, ``F2``."""
        self._ask("send-keys", "-t", self.name, *keys)

    def resize(self, columns: int, rows: int) -> None:
        """Become another size."""
        self._ask("resize-window", "-t", self.name, "-x", str(columns), "-y", str(rows))

    def modes(self) -> str:
        """What a program has set: the other screen, the mouse, a cursor that is hidden."""
        told = "#{alternate_on} #{mouse_any_flag} #{?cursor_flag,0,1}"
        return self._ask("display-message", "-t", self.name, "-p", told).strip()

    def screen(self) -> str:
        """What can be seen now."""
        return self._ask("capture-pane", "-t", self.name, "-p")

    def wait_for(self, *texts: str, timeout: float = PATIENCE) -> str:
        """Wait until all ``texts`` can be seen at once; returns the screen."""
        return self._wait(lambda seen: all(text in seen for text in texts), f"see {texts}", timeout)

    def wait_for_last_line(self, rows: int, text: str) -> str:
        """Wait until the last of so many lines has ``text``: all was drawn; returns the screen."""

        def is_there(seen: str) -> bool:
            lines = seen.splitlines()
            return len(lines) == rows and text in lines[-1]

        return self._wait(is_there, f"see {text!r} in line {rows}", PATIENCE)

    def wait_gone(self, text: str, timeout: float = PATIENCE) -> str:
        """Wait until ``text`` can no longer be seen; returns the screen."""
        return self._wait(lambda seen: text not in seen, f"see no {text!r}", timeout)

    def wait_for_prompt(self) -> None:
        """Wait until the shell asks for the next command: the program has ended."""
        self._wait(lambda seen: seen.rstrip().endswith("\n$"), "be asked for a command", PATIENCE)

    def run(self, line: str, *, code: int = 0, answers: Sequence[tuple[str, str]] = ()) -> str:
        """Run a shell command to its end, giving ``answers`` to its questions; returns what it printed.

        Fails unless it exits with ``code``.
        """
        number = next(self._numbers)
        self._ask("send-keys", "-t", self.name, "-R")
        self._ask("clear-history", "-t", self.name)
        # The quotes keep the mark out of the echo of the command itself.
        self.type(f'{line}; echo "=="{number}"=="$?')
        self.press("Enter")
        for question, answer in answers:
            self.wait_for(question)
            self.type(answer)
            self.press("Enter")
        mark = re.compile(rf"=={number}==(\d+)$", re.MULTILINE)
        seen = self._wait(lambda text: mark.search(text) is not None, f"end {line!r}", PATIENCE, whole=True)
        found = mark.search(seen)
        assert found is not None
        assert int(found[1]) == code, seen
        return seen[: found.start()]

    def _wait(self, is_there: object, wish: str, timeout: float, *, whole: bool = False) -> str:
        assert callable(is_there)
        end = time.monotonic() + timeout
        while True:
            seen = (
                self._ask("capture-pane", "-t", self.name, "-p", "-J", "-S", "-") if whole else self.screen()
            )
            if is_there(seen):
                return seen
            if time.monotonic() > end:
                raise AssertionError(f"{self.name} waited {timeout:.0f} s to {wish}:\n{seen}")
            time.sleep(_BETWEEN_LOOKS)

    def _ask(self, *words: str) -> str:
        done = subprocess.run([*self._tmux, *words], capture_output=True, text=True, check=False, timeout=30)
        assert done.returncode == 0, (words, done.stderr)
        return done.stdout

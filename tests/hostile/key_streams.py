"""Random streams of what a terminal may send, to the program in a real pseudo-terminal.

``python -m tests.hostile.key_streams N [SEED]`` sends N streams, each to a program of its own on a demo desk
of its own, and says which of them ended badly; one alone is sent again by ``1 SEED``.
"""

from __future__ import annotations

import asyncio
import contextlib
import faulthandler
import fcntl
import io
import os
import pty
import random
import re
import select
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

PATIENCE = 60.0
"""Seconds until a program that should end is said to hang."""
_REPOSITORY = Path(__file__).parents[2]
_TICKETS = 60
_PEOPLE = {
    "operator": "luis.benitez@quillay.example",
    "manager": "hernan.quiroga@quillay.example",
    "administrator": "marcela.iturralde@quillay.example",
    "customer": None,
    "nobody": None,
}
_LEAVING = b"\x11"
_END = b"\x00"
"""Written behind all that a program wrote, which itself writes no such thing."""
_GOOD_ENDS = {0, 128 + signal.SIGHUP, 128 + signal.SIGTERM}
_BEFORE = {-signal.SIGHUP, -signal.SIGTERM, -signal.SIGQUIT}
"""How a program ends that has not yet touched the terminal."""

# Modes that the program sets and must give back, by how they stand in a terminal that nobody uses.
_MODES = {1000: "l", 1002: "l", 1003: "l", 1004: "l", 1006: "l", 1015: "l", 1049: "l", 2004: "l", 25: "h"}
_SET = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
_LONG_NAMES = re.compile(rb"\x1b\[>[0-9]+u")

_FUNCTION = [b"\x1bOP", b"\x1bOQ", b"\x1bOR", b"\x1bOS", *(b"\x1b[%d~" % n for n in (15, 17, 18, 19, 20, 21))]
_MOVING = [
    *(b"\x1b[" + letter for letter in (b"A", b"B", b"C", b"D", b"H", b"F", b"Z")),
    *(b"\x1b[%d~" % number for number in (2, 3, 5, 6)),
]
_CONTROL = [bytes([code]) for code in range(32) if bytes([code]) not in (_LEAVING, b"\x1b")]
_LETTERS = [bytes([code]) for code in range(32, 127)]
_ODD = ["ñ", "é", "印", "🔥", "\u0301", "\u202e", "\x85"]
_PASTED = [
    "one line",
    "a\nb\r\nc\td",
    "[/b] [@click=app.quit]x[/]",
    "\x1b]52;c;eA==\x07",
    "/etc/passwd",
    "ñ" * 500,
]
_BROKEN = [
    b"\x1b[",
    b"\x1b[<0;",
    b"\x1bO",
    b"\xff\xfe",
    b"\xc3",
    b"\x1b[200~never ended",
    b"\x1b[1;999~",
    b"\x1b[?1;2c",
]


@dataclass(frozen=True, slots=True)
class Ended:
    """How a stream ended: what was wrong, and the last that was sent and seen."""

    seed: int
    who: str
    problems: tuple[str, ...]
    sent: tuple[str, ...]


def stream(dice: random.Random) -> Iterator[bytes | tuple[int, int] | signal.Signals]:
    """What somebody, or a line that is bad, sends: keys, mouse, pastes.

    A pair of numbers is another size, a signal stops the program, which goes on at once.
    """
    for _step in range(dice.randint(15, 70)):
        match dice.choices(range(10), (40, 14, 14, 8, 8, 6, 4, 4, 2, 1))[0]:
            case 0:
                yield dice.choice(_LETTERS)
            case 1:
                yield dice.choice(_MOVING)
            case 2:
                yield dice.choice((b"\r", b"\r", b"\t", b"\x1b", b"\x10", b"\x13"))
            case 3:
                yield dice.choice(_CONTROL)
            case 4:
                yield dice.choice(_FUNCTION)
            case 5:
                yield _mouse(dice)
            case 6:
                yield b"\x1b[200~" + dice.choice(_PASTED).encode() + b"\x1b[201~"
            case 7:
                yield (dice.randint(1, 150), dice.randint(1, 50))
            case 9:
                yield dice.choice((signal.SIGSTOP, signal.SIGCONT))
            case _:
                yield dice.choice((dice.choice(_ODD).encode(), dice.choice(_BROKEN), b"\x1b[I", b"\x1b[O"))


def _mouse(dice: random.Random) -> bytes:
    at = (dice.randint(1, 120), dice.randint(1, 40))
    code = dice.choice((0, 0, 0, 2, 35, 64, 65))
    press = b"\x1b[<%d;%d;%dM" % (code, *at)
    return press if code >= 35 else press + b"\x1b[<%d;%d;%dm" % (code, *at)


class Streams:
    """Demo desks to send streams to. The program is imported once, and forked for each."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._master = folder / "master"
        self._master.mkdir()
        made = [sys.executable, "-m", "tests.hostile.key_streams", "--prepare", str(self._master)]
        subprocess.run(made, cwd=_REPOSITORY, check=True)
        from tests.hostile.key_streams_program import load

        self._program = load()

    def send(self, seed: int) -> Ended:
        """Send one stream, the same for the same ``seed``, and end the program in one of four ways."""
        dice = random.Random(seed)
        who = dice.choice(list(_PEOPLE))
        desk = self._folder / str(seed)
        shutil.copytree(self._master, desk)
        shutil.copytree(desk / who, desk / "state")
        size = dice.choice(((80, 24), (80, 24), (120, 40), (40, 20), (100, 30)))
        window = _Window(lambda: self._program(desk, dice.choice(("en", "es"))), size, desk / "stacks")
        sent = []
        try:
            window.begins(dice.random() < 0.8)
            for each in stream(dice):
                sent.append(str(each))
                window.gives(each)
                window.listens(dice.choice((0.0, 0.0, 0.01, 0.05)))
            end = dice.choice(("leaves", "leaves", "closes", "is_told_to_end"))
            sent.append(end)
            problems = [*getattr(window, end)(), *_logged(desk)]
        finally:
            window.destroy()
        shutil.rmtree(desk)
        return Ended(seed, who, tuple(problems), tuple(sent[-40:]))


class _Window:
    """A pseudo-terminal with a program in it."""

    def __init__(self, program: Callable[[], int], size: tuple[int, int], stacks: Path) -> None:
        self._stacks = stacks
        self._handle, self._inside = pty.openpty()
        self._size(size)
        self._before = termios.tcgetattr(self._inside)
        self.seen = bytearray()
        self._code: int | None = None
        self._pid = os.fork()
        if self._pid == 0:
            os.close(self._handle)
            _end(program, stacks, self._inside)

    def begins(self, is_waited_for: bool) -> None:
        """Wait for the first screen, or do not."""
        end = time.monotonic() + PATIENCE
        while (
            is_waited_for and b"\x1b[?1049h" not in self.seen and time.monotonic() < end and not self._ended()
        ):
            self.listens(0.05)

    def gives(self, what: bytes | tuple[int, int] | signal.Signals) -> None:
        """Send bytes or a signal, or become another size."""
        if isinstance(what, signal.Signals):
            if not self._ended():
                os.kill(self._pid, what)
                self._ended()
            return
        if isinstance(what, tuple):
            self._size(what)
            return
        while what:
            _reads, writes, _ = select.select([], [self._handle], [], 0)
            if writes:
                what = what[os.write(self._handle, what) :]
            elif self._ended():
                return
            else:
                self.listens(0.01)

    def listens(self, seconds: float) -> None:
        """Take in what the program writes, for so long."""
        end = time.monotonic() + seconds
        while select.select([self._handle], [], [], max(0.0, end - time.monotonic()))[0]:
            try:
                self.seen += os.read(self._handle, 1 << 16)
            except OSError:
                return
            if time.monotonic() > end:
                return

    def _reads_the_rest(self) -> None:
        """Take in all that the program wrote, which on a busy machine comes long after it ended."""
        os.set_blocking(self._inside, False)
        end = time.monotonic() + PATIENCE
        is_marked = False
        while not self.seen.endswith(_END) and time.monotonic() < end:
            with contextlib.suppress(BlockingIOError):
                is_marked = is_marked or os.write(self._inside, _END) > 0
            self.listens(0.05)

    def leaves(self) -> list[str]:
        """Leave by the key for it; what is wrong afterwards."""
        end = time.monotonic() + PATIENCE
        self.gives(b"\x1b[201~")
        while not self._ended():
            if time.monotonic() > end:
                return [self._hanging()]
            self.gives(b"\x1b" if len(self.seen) % 2 else _LEAVING)
            self.gives(_LEAVING)
            self.listens(0.3)
        self._reads_the_rest()
        return [*self._told(), *self._given_back(), *self._left()]

    def closes(self) -> list[str]:
        """Close the window; what is wrong afterwards."""
        os.close(self._inside)
        os.close(self._handle)
        self._handle = self._inside = -1
        return [*self._awaited(lambda: None), *self._told(), *self._left()]

    def is_told_to_end(self) -> list[str]:
        """Tell the program to end; what is wrong afterwards."""
        with contextlib.suppress(ProcessLookupError):
            os.kill(self._pid, signal.SIGTERM)
        awaited = list(self._awaited(lambda: self.listens(0.02)))
        self._reads_the_rest()
        return [*awaited, *self._told(), *self._given_back(), *self._left()]

    def destroy(self) -> None:
        """Leave nothing behind."""
        for process in (self._pid, *_session(self._pid)):
            with contextlib.suppress(ProcessLookupError, PermissionError):
                if process != self._pid or self._code is None:
                    os.kill(process, signal.SIGKILL)
        if self._code is None:
            os.waitpid(self._pid, 0)
        for handle in (self._handle, self._inside):
            if handle >= 0:
                os.close(handle)

    def _size(self, size: tuple[int, int]) -> None:
        columns, rows = size
        fcntl.ioctl(self._inside, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def _ended(self) -> bool:
        """Whether the program is over; who was stopped goes on."""
        if self._code is None:
            process, status = os.waitpid(self._pid, os.WNOHANG | os.WUNTRACED)
            if process and os.WIFSTOPPED(status):
                os.kill(self._pid, signal.SIGCONT)
            elif process:
                self._code = os.waitstatus_to_exitcode(status)
        return self._code is not None

    def _awaited(self, meanwhile: Callable[[], None]) -> Iterator[str]:
        end = time.monotonic() + PATIENCE
        while not self._ended():
            meanwhile()
            if time.monotonic() > end:
                yield self._hanging()
                return
            time.sleep(0.01)

    def _told(self) -> Iterator[str]:
        """Whether it ended as it should, and told nobody of a bug."""
        if self._code not in (_GOOD_ENDS if b"\x1b[?1049h" in self.seen else _GOOD_ENDS | _BEFORE):
            yield f"It ended with {self._code}.\n{self._last()}"
        for word in (b"Traceback", b"Something went wrong", "Algo salió mal".encode()):
            if word in self.seen:
                yield f"It says {word.decode()!r}.\n{self._last()}"

    def _given_back(self) -> Iterator[str]:
        """Whether the terminal is as it was."""
        after = termios.tcgetattr(self._inside)
        if after != self._before:
            yield f"The terminal was left with {after}, not {self._before}"
        modes: dict[int, str] = {}
        for numbers, to in _SET.findall(self.seen):
            modes |= dict.fromkeys((int(number) for number in numbers.split(b";") if number), to.decode())
        for mode, usual in _MODES.items():
            if modes.get(mode, usual) != usual:
                yield f"The terminal was left with mode {mode}{modes[mode]}"
        if len(_LONG_NAMES.findall(self.seen)) > self.seen.count(b"\x1b[<u"):
            yield "The terminal was left with its long names of keys"

    def _left(self) -> Iterator[str]:
        """Whether a process of it goes on."""
        for process in _session(self._pid):
            yield f"A process goes on: {_words(process)}"

    def _hanging(self) -> str:
        """Where each thread of a program stands that does not end."""
        for number in (signal.SIGUSR1, signal.SIGUSR2):
            os.kill(self._pid, number)
            time.sleep(1)
        stacks = self._stacks.read_text() if self._stacks.exists() else ""
        return f"It did not end.\n{self._last()}\n{stacks}"

    def _last(self) -> str:
        return bytes(self.seen[-2000:]).decode("utf-8", "replace").replace("\x1b", "␛")


def _login(inside: int) -> None:
    """Make a terminal the own one."""
    os.setsid()
    fcntl.ioctl(inside, termios.TIOCSCTTY, 0)
    for standard in range(3):
        os.dup2(inside, standard)
    if inside > 2:
        os.close(inside)


def _end(program: Callable[[], int], stacks: Path, inside: int) -> None:
    """Run the program in a terminal, in this process, and end; when asked, tell where it stands."""
    try:
        os.login_tty(inside) if hasattr(os, "login_tty") else _login(inside)
    except OSError:
        # The window was closed before anything could begin in it.
        os._exit(128 + signal.SIGHUP)
    code = 70
    told = stacks.open("w")
    faulthandler.register(signal.SIGUSR1, told)
    signal.signal(
        signal.SIGUSR2,
        lambda *_: [task.print_stack(file=told) for task in asyncio.all_tasks()] and told.flush(),
    )
    try:
        sys.stdin = io.TextIOWrapper(io.BufferedReader(io.FileIO(0)), encoding="utf-8")
        sys.stdout = io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(1, "w")), encoding="utf-8", line_buffering=True
        )
        sys.stderr = io.TextIOWrapper(
            io.BufferedWriter(io.FileIO(2, "w")), encoding="utf-8", line_buffering=True
        )
        sys.__stdin__, sys.__stdout__, sys.__stderr__ = sys.stdin, sys.stdout, sys.stderr
        code = program()
        sys.stdout.flush()
    finally:
        os._exit(code)


def _session(leader: int) -> list[int]:
    """The processes that still belong to a session, without its leader."""
    found = []
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            _name, _parenthesis, rest = place.read_text().rpartition(")")
            state, *numbers = rest.split()
            process = int(place.parent.name)
            if int(numbers[2]) == leader and process != leader and state != "Z":
                found.append(process)
    return found


def _words(process: int) -> str:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{process}/cmdline").read_text().replace("\0", " ")
    return str(process)


def _logged(desk: Path) -> Iterator[str]:
    """What the program wrote of a bug."""
    for path in desk.glob("state/**/*.log"):
        text = path.read_text(encoding="utf-8", errors="replace")
        if "Traceback" in text or "CRITICAL" in text:
            yield f"Its log says:\n{text[-3000:]}"


def main(words: list[str]) -> int:
    """Send as many streams as ``words`` say; the number of those that ended badly, at most 1."""
    many, first = int(words[0]), int(words[1]) if len(words) > 1 else 1
    bad = 0
    with tempfile.TemporaryDirectory(prefix="sysmo-streams-") as folder:
        streams = Streams(Path(folder))
        for seed in range(first, first + many):
            ended = streams.send(seed)
            if ended.problems:
                bad += 1
                print(
                    f"--- stream {seed} of {ended.who}",
                    *ended.problems,
                    f"sent: {ended.sent}",
                    sep="\n",
                    flush=True,
                )
    print(f"{many} streams, {bad} ended badly", flush=True)
    return min(1, bad)


if __name__ == "__main__":
    if sys.argv[1] == "--prepare":
        from tests.hostile.key_streams_program import prepare

        prepare(Path(sys.argv[2]), _PEOPLE, _TICKETS)
    else:
        sys.exit(main(sys.argv[1:]))

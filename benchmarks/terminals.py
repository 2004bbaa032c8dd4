"""A program on a pseudo-terminal: what it writes there, and when."""

from __future__ import annotations

import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fcntl import ioctl

PATIENCE = 30.0
"""Seconds after which a program that shows nothing is given up."""
QUIET = 0.5
"""Seconds without a byte after which a screen is taken to be painted."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What followed a key: bytes, and milliseconds until the first and the last of them."""

    content: bytes
    first: float
    last: float

    @property
    def size(self) -> int:
        return len(self.content)


class Terminal:
    """A program that was just started, and its terminal. Nothing of what it writes is lost."""

    def __init__(self, arguments: Sequence[str], environ: dict[str, str], columns: int, rows: int) -> None:
        self._begun = time.perf_counter()
        self.pid, self._file = pty.fork()
        if self.pid == 0:
            ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
            os.execvpe(arguments[0], list(arguments), environ)
        self._what = " ".join(arguments)

    def until(self, text: str) -> Answer:
        """Read from the start of the program until ``text`` is there, at once in one piece."""
        seen, first = b"", 0.0
        while text.encode() not in seen:
            seen += self._read(PATIENCE)
            first = first or self._since(self._begun)
        return Answer(seen, first, self._since(self._begun))

    def press(self, keys: str, quiet: float = QUIET) -> Answer:
        """Press keys at once, and read until nothing comes any more; an empty answer when nothing comes."""
        begun = time.perf_counter()
        os.write(self._file, keys.encode())
        return self._painted(begun, quiet)

    def until_written(self, keys: str, size: int, most: float) -> float:
        """Press keys at once; milliseconds until ``size`` bytes were written, at most ``most``."""
        begun, written = time.perf_counter(), 0
        os.write(self._file, keys.encode())
        while written < size and (taken := self._since(begun)) < most:
            if select.select([self._file], [], [], (most - taken) / 1000)[0]:
                written += len(self._read(PATIENCE))
        return self._since(begun)

    def painted(self, quiet: float = QUIET) -> Answer:
        """What is left to be painted: read until nothing comes any more."""
        return self._painted(time.perf_counter(), quiet)

    def idle(self, seconds: float) -> Answer:
        """What it writes by itself."""
        begun = time.perf_counter()
        seen, first, last = b"", 0.0, 0.0
        while (left := begun + seconds - time.perf_counter()) > 0:
            if select.select([self._file], [], [], left)[0]:
                seen += self._read(PATIENCE)
                last = self._since(begun)
                first = first or last
        return Answer(seen, first, last)

    def megabytes(self) -> float:
        """The memory that it has now."""
        told = subprocess.run(
            ["ps", "-o", "rss=", "-p", str(self.pid)], check=True, capture_output=True, text=True
        )
        return int(told.stdout) / 1024

    def close(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self._file)

    def _painted(self, begun: float, quiet: float) -> Answer:
        seen, first, last = b"", 0.0, 0.0
        while select.select([self._file], [], [], quiet)[0]:
            seen += self._read(PATIENCE)
            last = self._since(begun)
            first = first or last
        return Answer(seen, first, last)

    def _read(self, patience: float) -> bytes:
        if not select.select([self._file], [], [], patience)[0]:
            raise RuntimeError(f"{self._what} wrote nothing for {patience:g} s")
        return os.read(self._file, 65_536)

    @staticmethod
    def _since(begun: float) -> float:
        return (time.perf_counter() - begun) * 1000


@contextmanager
def opened(arguments: Sequence[str], environ: dict[str, str], columns: int, rows: int) -> Iterator[Terminal]:
    """A terminal that is closed at the end, whatever happens."""
    terminal = Terminal(arguments, environ, columns, rows)
    try:
        yield terminal
    finally:
        terminal.close()

"""What a server says, of which nothing is expected: it comes to an end, in bytes and in time.

The standard library believes the sizes that a server tells, and listens as long as something comes.
"""

from __future__ import annotations

import time
from io import BufferedReader
from typing import IO, Any

PATIENCE = 20
"""How many times as long as the wait for its next bytes a whole answer may take."""

LONGEST_LINE = 1_000_000
"""Bytes of one line, that is without what is sent by its size."""

_PIECE = 65536


class Endless(OSError):
    """An answer that is too long, or takes too long."""


class Ear:
    """Listens to a connection; ``seconds`` is the wait for its next bytes, None for ever."""

    def __init__(self, file: IO[Any], seconds: float | None) -> None:
        assert isinstance(file, BufferedReader)
        self.file = file
        self._seconds = seconds
        self._left = 0
        self._end = 0.0

    def expect(self, most: int) -> None:
        """Listen to a new answer, of at most so many bytes."""
        self._left = most
        self._end = float("inf") if self._seconds is None else time.monotonic() + PATIENCE * self._seconds

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, or fewer at the end; Endless."""
        pieces: list[bytes] = []
        self._spend(size)
        while size > 0 and (piece := self.file.read1(min(size, _PIECE))):
            pieces.append(piece)
            size -= len(piece)
            self._spend(0)
        return b"".join(pieces)

    def readline(self, limit: int = LONGEST_LINE) -> bytes:
        """A line with its end; without one when nothing more comes now, or it is over ``limit``; Endless."""
        line = bytearray()
        while not line.endswith(b"\n") and len(line) < limit and (ready := self.file.peek(1)):
            length = min(ready.find(b"\n") + 1 or len(ready), limit - len(line))
            line += self.file.read1(length)
            self._spend(length)
        return bytes(line)

    def close(self) -> None:
        """Let go of the connection."""
        self.file.close()

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise Endless("The server's answer is too long.")
        if time.monotonic() > self._end:
            raise Endless("The server's answer takes too long.")

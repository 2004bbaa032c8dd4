"""A line to an IMAP server of which nothing is expected: what it says comes to an end, in bytes and in time.

imaplib believes the sizes that a server tells, and listens as long as something comes.
"""

from __future__ import annotations

import imaplib
import re
import ssl
import time
from io import BufferedReader
from typing import Any

LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes of all that a server may say until it is asked again, beside a message."""

PATIENCE = 20
"""How many times as long as the wait for its next bytes a whole answer may take."""

LONGEST_LINE = 1_000_000
"""Bytes of one line, that is without what is sent by its size."""

_PORT = 143
_PIECE = 65536
_HUGE_LITERAL = re.compile(rb"\{\d{11,}\+?\}\r\n\Z")


class BoundedClient(imaplib.IMAP4):
    """A client that gives up, by ``abort``, on an answer that is too long or takes too long."""

    most = LONGEST_ANSWER
    _left = LONGEST_ANSWER
    _end = float("inf")

    def open(self, host: str = "", port: int | None = None, timeout: float | None = None) -> None:
        """Connect; the greeting is an answer, too."""
        self._patience = None if timeout is None else PATIENCE * timeout
        super().open(host, port or _PORT, timeout)
        self._begin()

    def send(self, data: Any) -> None:
        """Say something, and expect an answer to it."""
        self._begin()
        super().send(data)

    def read(self, size: int) -> bytes:
        """Exactly ``size`` bytes, or fewer at the end."""
        self._spend(size)
        pieces: list[bytes] = []
        while size > 0 and (piece := self._ear.read1(min(size, _PIECE))):
            pieces.append(piece)
            size -= len(piece)
            self._require_time()
        return b"".join(pieces)

    def readline(self) -> bytes:
        """A line with its end; without one when nothing more comes now."""
        line = bytearray()
        while not line.endswith(b"\n") and (ready := self._ear.peek(1)):
            length = ready.find(b"\n") + 1 or len(ready)
            self._spend(length)
            line += self._ear.read1(length)
            self._require_time()
            if len(line) > LONGEST_LINE:
                break
        if len(line) > LONGEST_LINE or _HUGE_LITERAL.search(line):
            raise self.abort("The server's answer is too long.")
        return bytes(line)

    @property
    def _ear(self) -> BufferedReader:
        assert isinstance(self.file, BufferedReader)
        return self.file

    def _begin(self) -> None:
        self._left = self.most
        self._end = float("inf") if self._patience is None else time.monotonic() + self._patience

    def _spend(self, size: int) -> None:
        self._left -= size
        if self._left < 0:
            raise self.abort("The server's answer is too long.")

    def _require_time(self) -> None:
        if time.monotonic() > self._end:
            raise self.abort("The server's answer takes too long.")


class BoundedTlsClient(BoundedClient, imaplib.IMAP4_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, host: str, port: int, trust: ssl.SSLContext, seconds: float) -> None:
        imaplib.IMAP4_SSL.__init__(self, host, port, ssl_context=trust, timeout=seconds)

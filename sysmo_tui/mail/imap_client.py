"""The standard library's IMAP client, of which a server that never ends makes no use."""

from __future__ import annotations

import imaplib
import re
import ssl
from typing import Any

from sysmo_tui.mail.ear import LONGEST_LINE, Ear, Endless

LONGEST_ANSWER = 8 * 1024 * 1024
"""Bytes of all that a server may say until it is asked again, beside a message."""

_PORT = 143
_HUGE_LITERAL = re.compile(rb"\{\d{11,}\+?\}\r\n\Z")


class BoundedClient(imaplib.IMAP4):
    """A client that gives up on an answer of more than ``most`` bytes, or that takes too long; Endless."""

    most = LONGEST_ANSWER
    _listening: Ear | None = None
    _seconds: float | None = None

    def open(self, host: str = "", port: int | None = None, timeout: float | None = None) -> None:
        """Connect; the greeting is an answer, too."""
        self._seconds = timeout
        super().open(host, port or _PORT, timeout)

    def send(self, data: Any) -> None:
        """Say something, and expect an answer to it."""
        self._ear.expect(self.most)
        super().send(data)

    def read(self, size: int) -> bytes:
        """Bytes of which the server told the number."""
        return self._ear.read(size)

    def readline(self) -> bytes:
        """A line with its end; without one when nothing more comes now."""
        line = self._ear.readline(LONGEST_LINE + 1)
        if len(line) > LONGEST_LINE or _HUGE_LITERAL.search(line):
            raise Endless("The server's answer is too long.")
        return line

    @property
    def _ear(self) -> Ear:
        """On the connection as it is now: STARTTLS makes it another one."""
        if self._listening is None or self._listening.file is not self.file:
            self._listening = Ear(self.file, self._seconds)
            self._listening.expect(self.most)
        return self._listening


class BoundedTlsClient(BoundedClient, imaplib.IMAP4_SSL):
    """The same, encrypted from the first byte."""

    def __init__(self, host: str, port: int, trust: ssl.SSLContext, seconds: float) -> None:
        imaplib.IMAP4_SSL.__init__(self, host, port, ssl_context=trust, timeout=seconds)

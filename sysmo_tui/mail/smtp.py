"""Mail by SMTP (RFC 5321), with TLS, and its answers sorted into accepted, later and never."""

from __future__ import annotations

import re
import smtplib
import socket
import ssl
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.message import EmailMessage

from sysmo_tui.domain.incoming import NOBODY_THERE
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.text import clean_line
from sysmo_tui.mail.ear import Ear
from sysmo_tui.mail.transport import NETWORK_SECONDS, Line, Refused

_ABOUT_US = frozenset({421, 454, 503, 530, 534, 535, 538})
"""Answers about our connection or sign-in, not about the mail at hand (RFC 4954, 6)."""

_NO_SUCH_MAILBOX = frozenset({550, 551, 553})
"""Refusals of a recipient that mean the mailbox when no enhanced status says otherwise (RFC 5321, 4.2.3)."""

_ENHANCED = re.compile(r"\s*(5\.\d{1,3}\.\d{1,3})\b")

_LONGEST_ANSWER = 64 * 1024
"""Bytes of one answer, which is some short lines (RFC 5321, 4.5.3.1.5)."""

_CUT = (smtplib.SMTPServerDisconnected, ssl.SSLError, OSError)


@dataclass(frozen=True, slots=True)
class SmtpTransport:
    """A mail server. ``authority`` names a file with the certificates to trust, "" for the system's."""

    host: str
    port: int
    user: str = ""
    password: str = field(default="", repr=False)
    is_tls_first: bool = False
    is_tls_required: bool = True
    authority: str = ""

    @property
    def shown(self) -> str:
        """The server's address, without its password."""
        scheme = "smtps" if self.is_tls_first else "smtp"
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{f'{self.user}@' if self.user else ''}{host}:{self.port}"

    @property
    def is_ready(self) -> bool:
        """Whether the password of a server that wants one is known."""
        return not self.user or bool(self.password)

    @property
    def explanation(self) -> Message:
        """Says where mail goes, or what is missing."""
        if not self.is_ready:
            text = N_("Mail for {server} waits: its password is missing. Set SYSMO_MAIL_PASSWORD.")
            return Message(text, {"server": self.shown})
        return Message(N_("Mail is sent through {server}."), {"server": self.shown})

    @contextmanager
    def line(self, seconds: float = NETWORK_SECONDS) -> Iterator[Line]:
        """A connection that is made when it is needed and made anew after a cut."""
        line = _SmtpLine(self, seconds)
        try:
            yield line
        finally:
            line.close()


class _Bounded(smtplib.SMTP):
    """A connection that counts as cut when an answer does not end."""

    def getreply(self) -> tuple[int, bytes]:
        """The server's next answer."""
        if self.sock is None:
            raise smtplib.SMTPServerDisconnected("Connection unexpectedly closed")
        if self.file is None:
            self.file = Ear(self.sock.makefile("rb"), self.timeout)
        self.file.expect(_LONGEST_ANSWER)
        return super().getreply()


class _BoundedTls(_Bounded, smtplib.SMTP_SSL):
    """The same, encrypted from the first byte."""


class _SmtpLine:
    def __init__(self, transport: SmtpTransport, seconds: float) -> None:
        self._transport = transport
        self._seconds = seconds
        self._server: smtplib.SMTP | None = None

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Hand over one mail; a cut at any point counts as not accepted, to be tried again."""
        server = self._open_server()
        needs_utf8 = not (sender.isascii() and recipient.isascii())
        if needs_utf8 and not server.has_extn("smtputf8"):
            raise Refused("The mail server does not take addresses beyond ASCII.", is_permanent=True)
        options = ["SMTPUTF8", "BODY=8BITMIME"] if needs_utf8 else []
        try:
            server.sendmail(sender, [recipient], message.as_bytes(), options)
        except smtplib.SMTPRecipientsRefused as error:
            raise _refused(*next(iter(error.recipients.values())), _NO_SUCH_MAILBOX) from error
        except smtplib.SMTPDataError as error:
            raise _refused(error.smtp_code, error.smtp_error, frozenset()) from error
        except smtplib.SMTPResponseException as error:
            raise _refused(error.smtp_code, error.smtp_error) from error
        except _CUT as error:
            self._drop()
            raise Refused(_said(error)) from error
        except smtplib.SMTPException as error:
            self._drop()
            raise Refused(_said(error), is_permanent=True) from error

    def close(self) -> None:
        """Say goodbye, if anyone still listens."""
        if self._server is not None:
            with suppress(smtplib.SMTPException, OSError):
                self._server.quit()
            self._drop()

    def _open_server(self) -> smtplib.SMTP:
        if self._server is not None and self._server.sock is not None:
            return self._server
        try:
            self._server = self._opened()
        except (smtplib.SMTPException, UnicodeError, *_CUT) as error:
            self._drop()
            raise Refused(self._without_secret(_said(error)), is_about_line=True) from error
        return self._server

    def _without_secret(self, text: str) -> str:
        """A server's words without the password, should it repeat how we signed in (RFC 4616, RFC 4954)."""
        user, password = self._transport.user, self._transport.password
        for secret in (f"\0{user}\0{password}", password) if password else ():
            text = text.replace(secret, "…").replace(b64encode(secret.encode()).decode(), "…")
        return text

    def _opened(self) -> smtplib.SMTP:
        where = self._transport
        hello = socket.gethostname() or "localhost"
        trust = ssl.create_default_context(cafile=where.authority or None)
        if where.is_tls_first:
            server: smtplib.SMTP = _BoundedTls(
                where.host, where.port, hello, timeout=self._seconds, context=trust
            )
        else:
            server = _Bounded(where.host, where.port, hello, timeout=self._seconds)
        try:
            if where.is_tls_required and not where.is_tls_first:
                server.starttls(context=trust)
            if where.user:
                server.login(where.user, where.password)
            server.ehlo_or_helo_if_needed()
        except BaseException:
            server.close()
            raise
        return server

    def _drop(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None


def _refused(code: int, answer: bytes | str, no_mailbox: frozenset[int] | None = None) -> Refused:
    """A server's answer; ``no_mailbox`` are the codes that alone mean the recipient, None if nothing does."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    is_about_line = code in _ABOUT_US
    is_permanent = 500 <= code < 600 and not is_about_line
    is_about_address = False
    if is_permanent and no_mailbox is not None:
        enhanced = _ENHANCED.match(text)
        is_about_address = enhanced[1] in NOBODY_THERE if enhanced else code in no_mailbox
    return Refused(
        clean_line(f"{code} {text}", 300),
        is_permanent=is_permanent,
        is_about_line=is_about_line,
        is_about_address=is_about_address,
    )


def _said(error: Exception) -> str:
    """What went wrong, without the words of what was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _refused(error.smtp_code, error.smtp_error).text
    if isinstance(error, OSError) and error.strerror:
        return clean_line(error.strerror, 300)
    return clean_line(str(error) or type(error).__name__, 300)

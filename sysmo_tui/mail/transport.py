"""How mail leaves: SMTP, files in a folder, or nowhere; and what each refusal means.

::

    smtp://user@host:587      STARTTLS is required, unless the host is this machine or ?tls=off says so
    smtps://user@host         TLS from the first byte
    file:///folder            one .eml a message, for desks without a mail server
    null:                     accepted and forgotten
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.mail_servers import option, requires_tls
from sysmo_tui.domain.message import N_, Advice, Message

NETWORK_SECONDS = 30.0
"""How long a mail server may keep us waiting for one answer."""


class Refused(Exception):
    """A mail was not accepted. ``is_permanent`` means that trying again is no use.

    ``is_about_line`` means that nothing else would be accepted now either, and ``is_about_address``
    that no mail would be accepted for this recipient.
    """

    def __init__(
        self,
        text: str,
        *,
        is_permanent: bool = False,
        is_about_line: bool = False,
        is_about_address: bool = False,
    ) -> None:
        self.text = text
        self.is_permanent = is_permanent
        self.is_about_line = is_about_line
        self.is_about_address = is_about_address
        super().__init__(text)


class Line(Protocol):
    """An open way out, for several mails."""

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Hand over one mail; returning means that it was accepted. Raises Refused."""
        ...


class Transport(Protocol):
    """How a desk's mail leaves. ``shown`` is its address without secrets."""

    @property
    def shown(self) -> str:
        """The address, without its password."""
        ...

    @property
    def is_ready(self) -> bool:
        """Whether this process has all that sending takes."""
        ...

    @property
    def explanation(self) -> Message:
        """Where mail goes, in a sentence for people."""
        ...

    def line(self, seconds: float = NETWORK_SECONDS) -> AbstractContextManager[Line]:
        """A way out that waits at most ``seconds`` for each answer."""
        ...


@dataclass(frozen=True, slots=True)
class NullTransport:
    """Accepts and forgets."""

    shown: str = "null:"
    is_ready: bool = True

    @property
    def explanation(self) -> Message:
        """Says that nothing is sent."""
        return Message(N_("Mail is switched off: nothing is sent."))

    @contextmanager
    def line(self, seconds: float = NETWORK_SECONDS) -> Iterator[Line]:
        """A line that ends nowhere."""
        yield self

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Forget the message."""


@dataclass(frozen=True, slots=True)
class NoTransport:
    """A desk that was not told how mail leaves, and has no folder to put it in."""

    shown: str = ""
    is_ready: bool = False

    @property
    def explanation(self) -> Message:
        """Says what to set."""
        return Message(
            N_("This desk has no way to send mail yet. Set one, and its password in {variable}: {command}"),
            {
                "variable": "SYSMO_MAIL_PASSWORD",
                "command": Advice("sysmo config edit mail_url smtp://user@host:587"),
            },
        )

    @contextmanager
    def line(self, seconds: float = NETWORK_SECONDS) -> Iterator[Line]:
        """A line that refuses everything for now."""
        yield self

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        """Refuse for now."""
        raise Refused(str(self.explanation), is_about_line=True)


def open_transport(url: str, password: str = "") -> Transport:
    """The transport that ``url`` means; ``password`` overrides the one in it. Invalid when it means none."""
    from sysmo_tui.mail.folder import FolderTransport
    from sysmo_tui.mail.smtp import SmtpTransport

    try:
        parts = urlsplit(url)
        port, needs_tls = parts.port, requires_tls(parts)
    except ValueError:
        raise _not_understood() from None
    match parts.scheme:
        case "null":
            return NullTransport()
        case "file" if parts.netloc in ("", "localhost") and parts.path not in ("", "/"):
            return FolderTransport(Path(unquote(parts.path)))
        case "smtp" | "smtps" if parts.hostname and parts.path in ("", "/"):
            return SmtpTransport(
                host=parts.hostname,
                port=port or (465 if parts.scheme == "smtps" else 587),
                user=unquote(parts.username or ""),
                password=password or unquote(parts.password or ""),
                is_tls_first=parts.scheme == "smtps",
                is_tls_required=needs_tls,
                authority=option(parts, "ca"),
            )
        case _:
            raise _not_understood()


def _not_understood() -> Invalid:
    return Invalid(
        N_("Write how mail leaves like smtp://user@host:587, smtps://host, file:///folder or null:."),
        field="mail_url",
    )

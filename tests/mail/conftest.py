"""A desk that owes mail, and a real mail server to send it to."""

from __future__ import annotations

import ssl
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from sysmo_tui.desk import Desk, Door
from sysmo_tui.services import filing, notices, outbox
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock


@pytest.fixture
def cast(store: Store, clock: Clock) -> Cast:
    """People on a desk that owes mail."""
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    return people


def file(door: Door, **given: Any) -> int:
    """File a request; returns its number."""
    made = {"topic": "general", "subject": "It broke", "body": "It does not turn on.", **given}
    return door.write(filing.file, Filing(**made)).number


@dataclass
class Mailbox:
    """What a server received, and how it answers. ``answers`` maps a recipient to a refusal."""

    received: list[bytes] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    data_answers: dict[str, str] = field(default_factory=dict)
    cuts_after_data: int = 0

    @property
    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for raw in self.received]  # type: ignore[misc]

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if address in self.answers:
            return self.answers[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        recipient = envelope.rcpt_tos[0]
        if recipient in self.data_answers:
            return self.data_answers[recipient]
        content = envelope.content
        assert isinstance(content, bytes)
        self.received.append(content)
        self.recipients.append(recipient)
        if self.cuts_after_data:
            self.cuts_after_data -= 1
            assert server.transport is not None
            server.transport.abort()
        return "250 OK"


class PlainServer(Controller):
    """A server on any free port of this machine."""

    def __init__(self, mailbox: Mailbox, **options: Any) -> None:
        self.mailbox = mailbox
        super().__init__(mailbox, hostname="127.0.0.1", port=0, **options)

    def _trigger_server(self) -> None:
        # Port 0 means any: the one that was given is known only now.
        assert self.server is not None
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def mailbox() -> Mailbox:
    return Mailbox()


@pytest.fixture
def serve(mailbox: Mailbox) -> Iterator[Callable[..., int]]:
    """Starts a server with options of aiosmtpd; returns its port."""
    running: list[PlainServer] = []

    def start(**options: Any) -> int:
        server = PlainServer(mailbox, **options)
        server.start()
        running.append(server)
        return int(server.port)

    yield start
    for server in running:
        server.stop()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, ssl.SSLContext]:
    """A certificate of our own for 127.0.0.1, and a server's side of it."""
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    command = (
        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=127.0.0.1"
    )
    subprocess.run(
        [*command.split(), "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)],
        check=True,
        capture_output=True,
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(cert, key)
    return cert, context


def accepts(user: str, password: str) -> Callable[..., AuthResult]:
    """An authenticator that knows one user."""

    def authenticate(_server: SMTP, _s: Session, _e: Envelope, _m: str, given: Any) -> AuthResult:
        is_right = isinstance(given, LoginPassword) and given == LoginPassword(
            user.encode(), password.encode()
        )
        return AuthResult(success=is_right, handled=False)

    return authenticate

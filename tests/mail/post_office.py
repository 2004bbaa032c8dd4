"""All mail of the tests' little world: what is sent by SMTP lies in a mailbox of Dovecot afterwards."""

from __future__ import annotations

import os
import signal
import smtplib
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from aiosmtpd.smtp import SMTP, Envelope, Session

from sysmo_tui.desk import Desk
from sysmo_tui.services import desk_settings, mailboxes, notices, outbox
from sysmo_tui.services.mailboxes import MailboxEdits
from sysmo_tui.storage.engine import open_store
from tests.cast import Cast
from tests.mail.conftest import PlainServer
from tests.mail.dovecot import PASSWORD, Dovecot

HERE = Path(__file__).parents[2]
DESK = "help@desk.example"
PARSER = policy.default.clone(refold_source="none")

WORKER = """
import os, sys
from sysmo_tui import worker
from sysmo_tui.cli.main import run
from tests.waiting import until
worker.PAUSE_SECONDS = 0.05
sys.exit(run(["worker"], dict(os.environ)))
"""
"""The worker, which looks for due mail more often than it has to."""


@dataclass
class PostOffice:
    """Takes all mail by SMTP and puts it into its recipients' mailboxes, as servers do.

    ``answers`` are called for each mail that was delivered to an address, for programs that answer.
    """

    dovecot: Dovecot
    prefix: str
    port: int = 0
    delivered: list[tuple[str, EmailMessage]] = field(default_factory=list)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        content = envelope.content
        assert isinstance(content, bytes)
        for recipient in envelope.rcpt_tos:
            head = f"Return-Path: <{envelope.mail_from or ''}>\r\nDelivered-To: {recipient}\r\n".encode()
            self.dovecot.deliver(self.user(recipient), head + content)
            self.delivered.append((recipient, read(content)))
        return "250 OK"

    def user(self, address: str) -> str:
        """Whose mailbox an address is, with whatever after a plus sign."""
        local, _, domain = address.partition("@")
        return f"{self.prefix}-{local.partition('+')[0]}-{domain.partition('.')[0]}"

    def send(self, mail: EmailMessage | bytes, to: str = "", sender: str = "") -> None:
        """Hand a mail in, as a mail program does."""
        raw = mail if isinstance(mail, bytes) else mail.as_bytes(policy=policy.SMTP)
        written = read(raw)
        recipient = to or written["To"].addresses[0].addr_spec
        with smtplib.SMTP("127.0.0.1", self.port) as server:
            server.sendmail(sender or written["From"].addresses[0].addr_spec, [recipient], raw)

    def inbox(self, address: str) -> list[EmailMessage]:
        """The mails in a mailbox, oldest first."""
        return [read(raw) for raw in self.dovecot.held(self.user(address))]


@contextmanager
def post_office(dovecot: Dovecot, prefix: str) -> Iterator[PostOffice]:
    """A server that takes all mail."""
    office = PostOffice(dovecot, prefix)
    server = PlainServer(office)  # type: ignore[arg-type]
    server.start()
    office.port = server.port
    try:
        yield office
    finally:
        server.stop()


@contextmanager
def desk_with_mail(url: str, office: PostOffice) -> Iterator[Cast]:
    """People on a desk whose mail is fetched from its mailbox, on the clock of this machine."""
    store = open_store(url)
    cast = Cast(Desk(store, consequences=(notices.owe, outbox.write)))
    cast.found()
    for name, value in (("reply_address", DESK), ("mail_comes_in", "on")):
        cast.admin().write(desk_settings.change, name, value)
    place = office.dovecot.url(office.user(DESK), options="?tls=off")
    cast.admin().write(mailboxes.new, "support", MailboxEdits(DESK, place))
    office.dovecot.folder(office.user(DESK))
    try:
        yield cast
    finally:
        store.close()


def surroundings(url: str, office: PostOffice, home: Path) -> dict[str, str]:
    """The environment of a program that works on a desk and sends through an office."""
    return os.environ | {
        "HOME": str(home),
        "PYTHONPATH": str(HERE),
        "SYSMO_DATABASE_URL": url,
        "SYSMO_MAIL_URL": f"smtp://127.0.0.1:{office.port}?tls=off",
        "SYSMO_MAILBOX_PASSWORD": PASSWORD,
    }


@contextmanager
def working(environ: dict[str, str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The worker as a process of its own, ended as a service manager ends it."""
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-c", WORKER], cwd=HERE, env=environ, stderr=said, stdout=said
        )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0, log.read_text()
    assert "Traceback" not in log.read_text(), log.read_text()


def read(raw: bytes) -> EmailMessage:
    """A mail, as a mail program reads it."""
    mail = message_from_bytes(raw, policy=PARSER)
    assert isinstance(mail, EmailMessage)
    return mail

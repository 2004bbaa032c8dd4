"""A mail server that lies, never stops, or talks nonsense is told of in a line, and costs little."""

from __future__ import annotations

import socket
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from email.message import EmailMessage

import pytest

from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import Verdict
from sysmo_tui.domain.kept import Raw
from sysmo_tui.mail import ear, fetching, imap_client
from sysmo_tui.mail.fetching import fetch_once
from sysmo_tui.mail.keeping import mail_caller
from sysmo_tui.mail.smtp import SmtpTransport
from sysmo_tui.mail.transport import Refused
from sysmo_tui.services import desk_settings, inbound
from sysmo_tui.services.desk_settings import LEAST_MAIL_LIMIT
from sysmo_tui.services.mailboxes import Fetched
from sysmo_tui.settings import MailboxAccess
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.mails import kept, written

LETTER = written()
SECRET = MailboxAccess(password="secret-pass-7")
GREETING = b"* OK [CAPABILITY IMAP4rev1] ready\r\n"


def answers(command: str, tag: bytes) -> Iterator[bytes]:
    """What a server with one message says to a command."""
    match command:
        case "CAPABILITY":
            yield b"* CAPABILITY IMAP4rev1\r\n"
        case "SELECT":
            yield b"* 1 EXISTS\r\n* OK [UIDVALIDITY 7] fine\r\n"
        case "SEARCH":
            yield b"* SEARCH 5\r\n"
        case "FETCH":
            size = len(LETTER)
            yield b"* 1 FETCH (UID 5 RFC822.SIZE %d BODY[]<0> {%d}\r\n" % (size, size) + LETTER + b")\r\n"
        case _:
            pass
    yield tag + b" OK done\r\n"


def endless(piece: bytes) -> Iterator[bytes]:
    while True:
        yield piece


def dripping(piece: bytes) -> Iterator[bytes]:
    for each in endless(piece):
        time.sleep(0.01)
        yield each


Odd = Callable[[bytes], Iterator[bytes]]


@contextmanager
def server(
    at: str = "", odd: Odd = lambda _tag: iter(()), greeting: bytes = GREETING, usual: bytes = b""
) -> Iterator[int]:
    """A server on a port of this machine that answers the command ``at`` oddly: by IMAP, unless ``usual``."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve(line: socket.socket) -> None:
        with suppress(OSError), line, line.makefile("rb") as asked:
            for piece in odd(b"") if at == "GREETING" else (greeting,):
                line.sendall(piece)
            for said in asked:
                words = [b"", *said.upper().split()] if usual else said.upper().split()
                if len(words) < 2:
                    continue
                command = words[2 if words[1] == b"UID" and len(words) > 2 else 1].decode()
                tag = said.split()[0]
                known = iter([usual]) if usual else answers(command, tag)
                for piece in odd(tag) if command == at else known:
                    line.sendall(piece)

    def accept() -> None:
        with suppress(OSError):
            while True:
                threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


def fetched(port: int) -> Fetched:
    return Fetched("support", f"imap://user@127.0.0.1:{port}", "INBOX", "", None, 0)


ODD: tuple[Odd, ...] = (
    lambda _tag: endless(b"* OK " + b"x" * 9000 + b"\r\n"),
    lambda _tag: endless(b"* LIST (\\a) " + b"x" * 90_000),
    lambda _tag: iter([b"* 1 FETCH (BODY[] {99999999999999}\r\n", *[b"x" * 65536] * 64]),
    lambda _tag: iter([b"* 1 FETCH (BODY[] {" + b"9" * 5000 + b"}\r\n"]),
    lambda _tag: iter([b"* 1 FETCH (BODY[] {2000000000}\r\n", *[b"x" * 65536] * 64]),
    lambda _tag: dripping(b"x"),
    lambda _tag: dripping(b"* OK x\r\n"),
    lambda tag: iter([b"* CAPABILITY {3}\r\nabc\r\n* SEARCH {1}\r\n5\r\n", tag + b" OK done\r\n"]),
    lambda tag: iter([b"* SEARCH x -5 7\r\n* OK [UIDVALIDITY x]\r\n", tag + b" OK done\r\n"]),
    lambda tag: iter([b"* SEARCH 99999999999\r\n* OK [UIDVALIDITY 99999999999]\r\n", tag + b" OK done\r\n"]),
    lambda tag: iter([b"* SEARCH " + b"9" * 5000 + b"\r\n* OK [UIDVALIDITY -9]\r\n", tag + b" OK done\r\n"]),
    lambda tag: iter([b"* 1 FETCH (RFC822.SIZE 99999999999 BODY[] {3}\r\nabc)\r\n", tag + b" OK done\r\n"]),
    lambda _tag: iter([b"\x00\xff\r\n"]),
    lambda _tag: iter([b"* BYE \x1b]0;owned\x07 secret-pass-7\r\n"]),
)


@pytest.fixture
def desk(sqlite_store: Store, clock: Clock) -> Desk:
    """A desk in a file: what a mail server does is the same for every database."""
    cast = Cast(Desk(sqlite_store, clock=clock))
    cast.found()
    cast.admin().write(desk_settings.change, "mail_limit", LEAST_MAIL_LIMIT)
    return cast.desk


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "MOST_LINES", 1)
    monkeypatch.setattr(ear, "PATIENCE", 0.003)
    monkeypatch.setattr(imap_client.BoundedClient, "most", 2**20)


def test_the_server_of_these_tests_can_be_fetched_from(desk: Desk):
    with server() as port:
        haul = fetch_once(desk, fetched(port), SECRET)
    assert (haul.error, len(haul.new)) == ("", 1)
    assert kept(desk)[0].verdict is Verdict.TICKET


@pytest.mark.parametrize("at", ["GREETING", "SELECT", "SEARCH", "FETCH"])
def test_an_odd_answer_is_one_line_and_costs_no_more_than_its_limit(desk: Desk, at: str):
    def told(odd: Odd) -> str:
        with server(at, odd) as port:
            return fetch_once(desk, fetched(port), SECRET).error

    tracemalloc.start()
    with ThreadPoolExecutor(len(ODD)) as pool:
        errors = list(pool.map(told, ODD))
    assert tracemalloc.get_traced_memory()[1] < 60 * 2**20
    tracemalloc.stop()
    assert all(each.isprintable() for each in errors)
    assert "secret-pass-7" not in "".join(errors)
    assert all(errors[:7] + errors[-2:]), "what never ends and what is no answer are told of"


@pytest.mark.parametrize("how", [endless, dripping], ids=["endless", "dripping"])
@pytest.mark.parametrize("at", ["GREETING", "MAIL"])
def test_an_answer_by_smtp_that_does_not_end_is_a_cut(desk: Desk, at: str, how: Odd):
    with server(at, lambda _tag: how(b"250-x\r\n"), b"220 ready\r\n", b"250 fine\r\n") as port:
        transport = SmtpTransport("127.0.0.1", port, is_tls_required=False)
        with transport.line() as line, pytest.raises(Refused, match="too long") as refused:
            line.send(EmailMessage(), "desk@desk.example", "carla@customer.example")
    assert not refused.value.is_permanent


def test_a_server_that_repeats_how_we_signed_in_finds_no_ear(desk: Desk):
    told = b"535 5.7.8 AHVzZXIAc2VjcmV0LXBhc3MtNw== is secret-pass-7, c2VjcmV0LXBhc3MtNw==\r\n"
    hello = b"250-fine\r\n250 AUTH PLAIN\r\n"
    with server("AUTH", lambda _tag: iter([told]), b"220 ready\r\n", hello) as port:
        transport = SmtpTransport("127.0.0.1", port, "user", "secret-pass-7", is_tls_required=False)
        with transport.line() as line, pytest.raises(Refused) as refused:
            line.send(EmailMessage(), "desk@desk.example", "carla@customer.example")
    assert refused.value.text == "535 5.7.8 … is …, …"


def test_a_size_that_no_database_holds_is_kept_as_the_largest(cast: Cast):
    content = written()
    taken = cast.desk.settle(mail_caller(), inbound.keep, "", Raw(content, 2**40, "0" * 64, is_cut=True))
    assert cast.desk.read(mail_caller(), inbound.raw, taken.id).size == 2**31 - 1

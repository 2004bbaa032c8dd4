"""A mail server that refuses, cuts, hangs and goes away; and senders that are killed."""

from __future__ import annotations

import asyncio
import multiprocessing
import re
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from aiosmtpd.smtp import SMTP, Envelope, Session

from sysmo_tui.desk import Desk
from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.mail.sending import Sent, send_due
from sysmo_tui.mail.transport import NullTransport, open_transport
from sysmo_tui.models import AccountEmail, Outbox, Ticket, table
from sysmo_tui.services import notices, outbox, thread
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store, open_store
from tests.cast import Cast, Clock
from tests.mail.conftest import Mailbox, PlainServer, file

Serve = Callable[..., int]
_ROWS, _EMAIL, _TICKET = table(Outbox), table(AccountEmail), table(Ticket)
CARLA = "carla@customer.example"


@pytest.fixture
def desk_of_one(sqlite_store: Store, clock: Clock) -> Cast:
    """People on a desk in a file: what a mail server does is the same for every database."""
    cast = Cast(Desk(sqlite_store, consequences=(notices.owe, outbox.write), clock=clock))
    cast.found()
    return cast


def owe(cast: Cast, *names: str) -> list[int]:
    """An answer is owed to each of these customers, and nothing else; their tickets."""
    operator = cast.operator()
    numbers = [file(cast.customer(name)) for name in names]
    send_due(cast.desk, NullTransport(), "before")
    for number in numbers:
        operator.write(thread.reply, number, Outgoing(f"Answer to #{number}."))
    return numbers


def newest(cast: Cast, address: str = CARLA) -> Any:
    with cast.desk.store.reading() as session:
        mine = sa.select(_ROWS).where(_ROWS.c.address == address).order_by(_ROWS.c.id.desc())
        return session.execute(mine.limit(1)).one()


def is_marked(cast: Cast) -> tuple[bool, bool]:
    """Whether Carla's address is, and whether her ticket is."""
    with cast.desk.store.reading() as session:
        address = session.scalar(sa.select(_EMAIL.c.undeliverable_at).where(_EMAIL.c.folded == CARLA))
        ticket = session.scalar(sa.select(_TICKET.c.undeliverable_at))
    return address is not None, ticket is not None


@contextmanager
def serving(mailbox: Mailbox, protocol: type[SMTP], **options: Any) -> Iterator[str]:
    """A server that speaks ``protocol``; gives its address."""

    class Server(PlainServer):
        def factory(self) -> SMTP:
            return protocol(self.handler, **self.SMTP_kwargs)

    server = Server(mailbox, **options)
    server.start()
    try:
        yield f"smtp://127.0.0.1:{server.port}"
    finally:
        server.stop()


class CutsInData(SMTP):
    """Asks for the text and goes away while it comes."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        await self.push("354 go on")
        assert self.transport is not None
        self.transport.abort()


class Hangs(SMTP):
    """Takes the text and never answers."""

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        await self.push("354 go on")
        await asyncio.Event().wait()


class LeavesAfterOne(SMTP):
    """Takes one mail, then says that it shuts down (RFC 5321, 3.8)."""

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        if self.event_handler.received:
            await self.push("421 4.3.2 shutting down")
            assert self.transport is not None
            self.transport.close()
        else:
            await super().smtp_MAIL(arg)


class AwayAfterOne(SMTP):
    """Takes one mail and is gone without a word."""

    async def smtp_RSET(self, arg: str | None) -> None:  # noqa: N802
        assert self.transport is not None
        self.transport.abort()

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        assert self.transport is not None
        if self.event_handler.received:
            self.transport.abort()
        else:
            await super().smtp_MAIL(arg)


@pytest.mark.parametrize(
    ("answer", "in_data", "is_failed", "marks"),
    [
        ("550 5.1.1 no such user", False, True, True),
        ("550 no such user here", False, True, True),
        ("550 5.1.1 found out late", True, True, True),
        ("551 user not local", False, True, True),
        ("550 5.2.1 mailbox disabled", False, True, True),
        ("556 5.1.10 takes no mail", False, True, True),
        ("550 5.7.1 refused by policy", False, True, False),
        ("550 refused: looks like spam", True, True, False),
        ("552 5.3.4 message too large", True, True, False),
        ("552 5.2.2 mailbox full", False, True, False),
        ("554 5.7.1 relaying denied", False, True, False),
        ("550 5.1.8 bad sender", False, True, False),
        ("450 4.2.0 greylisted", False, False, False),
        ("451 4.3.0 local trouble", True, False, False),
        ("452 4.2.2 mailbox full for now", False, False, False),
    ],
)
def test_only_a_lasting_refusal_of_the_mailbox_marks_the_address(
    desk_of_one: Cast,
    mailbox: Mailbox,
    serve: Serve,
    answer: str,
    in_data: bool,
    is_failed: bool,
    marks: bool,
) -> None:
    owe(desk_of_one, "carla")
    (mailbox.data_answers if in_data else mailbox.answers)[CARLA] = answer
    send_due(desk_of_one.desk, open_transport(f"smtp://127.0.0.1:{serve()}"), "me")
    row = newest(desk_of_one)
    assert (row.failed_at is not None, row.sent_at) == (is_failed, None)
    assert answer in row.error
    assert is_marked(desk_of_one) == (marks, marks)


def test_a_refusal_leaves_a_line_on_the_ticket_and_its_assignee_is_told(
    cast: Cast, mailbox: Mailbox, serve: Serve
) -> None:
    (number,) = owe(cast, "carla")
    mailbox.answers[CARLA] = "550 5.1.1 no such user"
    assert send_due(cast.desk, open_transport(f"smtp://127.0.0.1:{serve()}"), "me") == Sent(1, 1, 0)
    assert mailbox.recipients == ["luis@desk.example"]
    text = str(mailbox.messages[0].get_body(("plain",)))
    assert f"Mail about #{number} did not arrive." in text
    assert "carla@customer.example: 550 5.1.1 no such user" in text
    assert is_marked(cast) == (True, True)


@pytest.mark.parametrize("protocol", [CutsInData, Hangs])
def test_a_cut_or_silence_in_the_text_is_tried_again_with_the_same_mail(
    desk_of_one: Cast, mailbox: Mailbox, serve: Serve, clock: Clock, protocol: type[SMTP]
) -> None:
    owe(desk_of_one, "carla")
    with serving(mailbox, protocol) as url:
        assert send_due(desk_of_one.desk, open_transport(url), "me", seconds=0.5) == Sent(later=1)
    row = newest(desk_of_one)
    assert row.error
    assert row.failed_at is None
    clock.advance(minutes=2)
    assert send_due(desk_of_one.desk, open_transport(f"smtp://127.0.0.1:{serve()}"), "me").accepted == 1
    assert mailbox.messages[0]["Message-ID"] == row.message_id


@pytest.mark.parametrize("protocol", [LeavesAfterOne, AwayAfterOne])
def test_a_server_that_goes_away_in_between_loses_and_doubles_nothing(
    desk_of_one: Cast, mailbox: Mailbox, serve: Serve, clock: Clock, protocol: type[SMTP]
) -> None:
    owe(desk_of_one, "bruno", "carla", "dora")
    with serving(mailbox, protocol) as url:
        assert send_due(desk_of_one.desk, open_transport(url), "me") == Sent(accepted=1, later=2)
    clock.advance(minutes=2)
    assert send_due(desk_of_one.desk, open_transport(f"smtp://127.0.0.1:{serve()}"), "me").accepted == 2
    assert Counter(mailbox.recipients) == Counter(
        f"{name}@customer.example" for name in ("bruno", "carla", "dora")
    )


def test_a_server_without_encryption_or_with_a_bad_certificate_only_puts_off(
    desk_of_one: Cast,
    mailbox: Mailbox,
    serve: Serve,
    clock: Clock,
    certificate: tuple[Path, ssl.SSLContext],
) -> None:
    path, context = certificate
    owe(desk_of_one, "carla")
    for port in (serve(), serve(tls_context=context)):
        untrusted = open_transport(f"smtp://127.0.0.1:{port}?tls=required")
        assert send_due(desk_of_one.desk, untrusted, "me") == Sent(later=1)
        clock.advance(minutes=5)
    assert mailbox.received == []
    assert is_marked(desk_of_one) == (False, False)
    good = open_transport(f"smtp://127.0.0.1:{serve(tls_context=context)}?tls=required&ca={path}")
    assert send_due(desk_of_one.desk, good, "me") == Sent(accepted=1)


def _send_until_killed(url: str, port: int, name: str) -> None:
    """What a worker's process does, as often as it can."""
    desk = Desk(open_store(url), consequences=(notices.owe, outbox.write))
    transport = open_transport(f"smtp://127.0.0.1:{port}")
    while desk.read(desk_caller(), outbox.is_due):
        send_due(desk, transport, name)


class Counting(Mailbox):
    """Tells when enough has come in."""

    def __init__(self, wanted: int) -> None:
        super().__init__()
        self.is_enough, self._wanted = threading.Event(), wanted

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        answer = await super().handle_DATA(server, session, envelope)
        if len(self.received) >= self._wanted:
            self.is_enough.set()
        return answer


def test_of_several_processes_one_is_killed_and_every_mail_arrives(
    sqlite_store: Store, sqlite_url: str
) -> None:
    """Twice at most, with the same Message-ID, comes the one that the killed process was handing over."""
    desk = Desk(sqlite_store, consequences=(notices.owe, outbox.write))
    cast = Cast(desk)
    cast.found()
    owe(cast, *(f"customer{n}" for n in range(24)))
    mailbox = Counting(wanted=5)
    server = PlainServer(mailbox)
    server.start()
    spawned = multiprocessing.get_context("spawn")
    workers = [
        spawned.Process(target=_send_until_killed, args=(sqlite_url, server.port, f"worker {n}"))
        for n in range(3)
    ]
    try:
        for worker in workers:
            worker.start()
        assert mailbox.is_enough.wait(60)
        workers[0].kill()
        for worker in workers:
            worker.join(60)
        assert [worker.exitcode for worker in workers[1:]] == [0, 0]
        later = Clock(desk.clock())
        later.advance(minutes=11)
        last = Desk(sqlite_store, consequences=(notices.owe, outbox.write), clock=later)
        send_due(last, open_transport(f"smtp://127.0.0.1:{server.port}"), "the next")
    finally:
        for worker in workers:
            worker.kill()
        server.stop()
    assert set(mailbox.recipients) == {f"customer{n}@customer.example" for n in range(24)}
    ids = Counter(re.findall(rb"(?m)^Message-ID: (.*)$", raw)[0] for raw in mailbox.received)
    assert len(ids) == 24
    assert ids.total() <= 25

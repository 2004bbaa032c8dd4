"""Mails about one ticket leave in the order in which they were owed, whatever happens on the way."""

from __future__ import annotations

import re
import threading
from collections import defaultdict
from collections.abc import Callable

import pytest

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import Standing
from sysmo_tui.mail.sending import Sent, send_due
from sysmo_tui.mail.transport import NullTransport, open_transport
from sysmo_tui.services import mail_queue, notices, outbox, thread
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.mail.conftest import Mailbox, file

Serve = Callable[..., int]


@pytest.fixture
def luis(cast: Cast) -> Door:
    return cast.operator()


def asked(cast: Cast, *names: str) -> list[int]:
    """A request of each, about which nothing is owed any more."""
    numbers = [file(cast.customer(name)) for name in names]
    send_due(cast.desk, NullTransport(), "before")
    return numbers


def answer(luis: Door, number: int, text: str) -> None:
    luis.write(thread.reply, number, Outgoing(text))


def arrived(mailbox: Mailbox) -> dict[str, list[str]]:
    """What each customer got, in the order in which it came; the newest text stands first in a mail."""
    got: dict[str, list[str]] = defaultdict(list)
    for recipient, raw in zip(mailbox.recipients, mailbox.received, strict=True):
        if not recipient.endswith("@desk.example"):
            found = re.search(rb"answer \d+", raw)
            assert found is not None, raw
            got[recipient].append(found[0].decode())
    return got


def test_a_mail_that_was_put_off_holds_the_later_ones_of_its_ticket_and_no_others(
    cast: Cast, luis: Door, mailbox: Mailbox, serve: Serve, clock: Clock
) -> None:
    first, second = asked(cast, "carla", "dora")
    mailbox.data_answers["carla@customer.example"] = "451 4.7.1 come back later"
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    answer(luis, first, "answer 1")
    assert send_due(cast.desk, transport, "me") == Sent(later=1)
    answer(luis, first, "answer 2")
    answer(luis, second, "answer 3")
    assert send_due(cast.desk, transport, "me") == Sent(accepted=1)
    assert not cast.itself.read(outbox.is_due)
    del mailbox.data_answers["carla@customer.example"]
    clock.advance(minutes=2)
    assert send_due(cast.desk, transport, "me") == Sent(accepted=2)
    assert arrived(mailbox) == {
        "dora@customer.example": ["answer 3"],
        "carla@customer.example": ["answer 1", "answer 2"],
    }


def test_a_mail_that_failed_or_was_discarded_holds_nothing(
    cast: Cast, luis: Door, mailbox: Mailbox, serve: Serve, clock: Clock
) -> None:
    (number,) = asked(cast, "carla")
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    mailbox.data_answers["carla@customer.example"] = "552 5.3.4 too large"
    answer(luis, number, "answer 1")
    send_due(cast.desk, transport, "me")
    mailbox.data_answers["carla@customer.example"] = "451 4.7.1 come back later"
    answer(luis, number, "answer 2")
    send_due(cast.desk, transport, "me")
    mailbox.data_answers.clear()
    answer(luis, number, "answer 3")
    assert send_due(cast.desk, transport, "me") == Sent()
    (waiting, *_held) = cast.manager().read(mail_queue.queue, standing=Standing.WAITING).items
    cast.manager().write(mail_queue.discard, waiting.id)
    assert send_due(cast.desk, transport, "me") == Sent(accepted=1)
    assert arrived(mailbox)["carla@customer.example"] == ["answer 3"]


def test_several_senders_at_once_keep_the_order(
    cast: Cast, luis: Door, mailbox: Mailbox, serve: Serve
) -> None:
    numbers = asked(cast, "carla", "dora", "emma")
    for n in range(18):
        answer(luis, numbers[n % 3], f"answer {n}")
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")

    def send(name: str) -> None:
        while cast.itself.read(outbox.is_due):
            send_due(cast.desk, transport, name)

    senders = [threading.Thread(target=send, args=(f"sender {n}",)) for n in range(3)]
    for sender in senders:
        sender.start()
    for sender in senders:
        sender.join()
    send_due(cast.desk, transport, "the last")
    assert arrived(mailbox) == {
        f"{name}@customer.example": [f"answer {n}" for n in range(k, 18, 3)]
        for k, name in enumerate(("carla", "dora", "emma"))
    }


def test_after_half_an_hour_without_a_server_everything_arrives_once_and_in_order(
    sqlite_store: Store, mailbox: Mailbox, serve: Serve, clock: Clock
) -> None:
    """Two hundred answers to eight customers, while first nobody listens, then some are told to wait."""
    cast = Cast(Desk(sqlite_store, consequences=(notices.owe, outbox.write), clock=clock))
    cast.found()
    luis = cast.operator()
    names = [f"customer{n}" for n in range(8)]
    numbers = asked(cast, *names)
    away = open_transport("smtp://127.0.0.1:1")
    transport = open_transport(f"smtp://127.0.0.1:{serve()}")
    sent = 0
    for minute in range(30):
        for _ in range(7 if minute < 20 else 6):
            answer(luis, numbers[sent % 8], f"answer {sent}")
            sent += 1
        if minute % 4 == 0:
            send_due(cast.desk, away, f"worker {minute % 2}")
        clock.advance(minutes=1)
        luis = cast.sign_in("luis") if minute % 10 == 9 else luis
    assert sent == 200
    assert mailbox.received == []
    for name in names[:4]:
        mailbox.answers[f"{name}@customer.example"] = "450 4.2.0 not yet"
    send_due(cast.desk, transport, "back")
    mailbox.answers.clear()
    for _ in range(60):
        clock.advance(minutes=10)
        send_due(cast.desk, transport, "back")
        if len(mailbox.received) == 200:
            break
    got = arrived(mailbox)
    assert got == {
        f"{name}@customer.example": [f"answer {n}" for n in range(k, 200, 8)] for k, name in enumerate(names)
    }
    assert len({re.findall(rb"(?m)^Message-ID: (.*)$", raw)[0] for raw in mailbox.received}) == 200
    assert cast.manager().read(mail_queue.queue).items == ()

"""The author takes a reply back while senders take its mail: one of them gets it."""

from __future__ import annotations

import threading

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Channel
from sysmo_tui.domain.errors import Conflict
from sysmo_tui.services import outbox, withdrawing
from tests.cast import Cast, Clock
from tests.services import requests as ask


def test_a_reply_is_either_sent_or_taken_back(cast: Cast, operator: Door, clock: Clock):
    luis = cast.sign_in("luis", Channel.TUI)
    numbers = [ask.file(cast.customer(f"customer{n}")) for n in range(12)]
    cast.itself.touch(outbox.claim, "before", 1000)
    for number in numbers:
        ask.reply(luis, number)
    clock.advance(seconds=10)
    claimed: set[int] = set()
    taken_back: set[int] = set()
    both_ready = threading.Barrier(2)

    def send() -> None:
        both_ready.wait()
        for _ in numbers:
            claimed.update(
                mail.ticket_number or 0
                for mail in cast.itself.touch(outbox.claim, "sender", 1)
                if mail.address.endswith("@customer.example")
            )

    def take_back() -> None:
        both_ready.wait()
        for number in reversed(numbers):
            try:
                luis.write(withdrawing.withdraw, number)
            except Conflict:
                continue
            taken_back.add(number)

    both = [threading.Thread(target=send), threading.Thread(target=take_back)]
    for each in both:
        each.start()
    for each in both:
        each.join()
    while more := cast.itself.touch(outbox.claim, "sender", 10):
        claimed.update(mail.ticket_number or 0 for mail in more)
    assert claimed.isdisjoint(taken_back)
    assert claimed | taken_back == set(numbers)

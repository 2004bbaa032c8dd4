"""Copies of the same mails that are decided at once, in groups, where everybody writes at the same time."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from contextlib import suppress

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Work
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.domain.incoming import Incoming
from sysmo_tui.domain.kept import Kept, Raw
from sysmo_tui.mail.keeping import keep_all
from sysmo_tui.mail.receiving import settle_kept
from sysmo_tui.models import InboundMail, Ticket, table
from sysmo_tui.services import deciding, notices, outbox, proof, reading
from sysmo_tui.services.deciding import Decided
from sysmo_tui.services.files import Upload
from sysmo_tui.storage import retrying
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.services import requests as ask

_MAIL = table(InboundMail)


def letter(number: int, sender: str = "", subject: str = "") -> bytes:
    return (
        f"From: Carla <{sender or f'carla{number}'}@customer.example>\r\nTo: desk@desk.example\r\n"
        f"Subject: {subject or f'Broken {number}'}\r\nMessage-ID: <{number}@customer.example>\r\n\r\n"
        f"It is dark for the {number}th time.\r\n"
    ).encode()


@pytest.fixture
def cast(postgresql_store: Store, clock: Clock) -> Cast:
    """People on a desk that writes its mail."""
    people = Cast(Desk(postgresql_store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    return people


@pytest.fixture
def in_the_way(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Two groups that are decided at once meet after their first mail; what they begin anew for."""
    both_hold_one, begun = threading.Barrier(2), threading.local()
    decide, is_retryable = deciding.decide, retrying.is_retryable

    def meeting(work: Work, inbound_id: int, incoming: Incoming, uploads: Sequence[Upload] = ()) -> Decided:
        """Give each group the time to decide its first mail before either asks for its second."""
        decided = decide(work, inbound_id, incoming, uploads)
        if not hasattr(begun, "yes"):
            begun.yes = True
            with suppress(threading.BrokenBarrierError):
                both_hold_one.wait(0.5)
        return decided

    states: list[str] = []

    def noting(error: Exception) -> bool:
        states.append(getattr(getattr(error, "orig", None), "sqlstate", ""))
        return is_retryable(error)

    monkeypatch.setattr(deciding, "decide", meeting)
    monkeypatch.setattr(retrying, "is_retryable", noting)
    return states


def test_copies_that_cross_never_wait_for_each_other_and_are_filed_once(
    cast: Cast, in_the_way: list[str]
) -> None:
    one, two = letter(1), letter(2)
    groups = [
        keep_all(cast.desk, "sales", [Raw.whole(one), Raw.whole(two)]),
        keep_all(cast.desk, "support", [Raw.whole(two), Raw.whole(one)]),
    ]
    settle_all(cast.desk, groups)
    assert in_the_way == [], "nobody had to begin anew"
    with cast.desk.store.reading() as session:
        rows = session.execute(sa.select(_MAIL).order_by(_MAIL.c.id)).all()
        tickets = session.execute(sa.select(sa.func.count()).select_from(table(Ticket))).scalar_one()
    assert tickets == 2
    assert [row.error for row in rows] == [""] * 4
    for message_id in ("<1@customer.example>", "<2@customer.example>"):
        first, again = sorted(
            (row for row in rows if row.message_id == message_id), key=lambda row: row.reason
        )
        assert (first.verdict, first.reason) == (Verdict.TICKET, MailReason.NEW_REQUEST)
        assert (again.verdict, again.reason) == (Verdict.DROPPED, MailReason.REPEATED)
        assert first.ticket_number == again.ticket_number
    assert cast.itself.read(proof.check) == ()


def test_answers_to_the_same_tickets_that_cross_never_wait_for_each_other(
    cast: Cast, in_the_way: list[str]
) -> None:
    carla = cast.customer()
    first, second = ask.file(carla), ask.file(carla)
    crossed = [(first, second), (second, first)]
    groups = [
        keep_all(
            cast.desk,
            f"mailbox{place}",
            [Raw.whole(letter(10 * place + number, "carla", f"[#{number}]")) for number in numbers],
        )
        for place, numbers in enumerate(crossed)
    ]
    settle_all(cast.desk, groups)
    assert in_the_way == [], "nobody had to begin anew"
    for number in (first, second):
        view = carla.read(reading.show, number)
        assert sorted(entry.body.split()[-2] for entry in view.entries[1:]) == sorted(
            f"{10 * place + number}th" for place in range(2)
        )
    assert cast.itself.read(proof.check) == ()


def settle_all(desk: Desk, groups: Sequence[Sequence[Kept]]) -> None:
    threads = [threading.Thread(target=settle_kept, args=(desk, group)) for group in groups]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

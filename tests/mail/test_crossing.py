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
from sysmo_tui.services import deciding, notices, outbox, proof
from sysmo_tui.services.deciding import Decided
from sysmo_tui.services.files import Upload
from sysmo_tui.storage import failures
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock

_MAIL = table(InboundMail)


def letter(number: int) -> bytes:
    return (
        f"From: Carla <carla{number}@customer.example>\r\nTo: desk@desk.example\r\n"
        f"Subject: Broken {number}\r\nMessage-ID: <{number}@customer.example>\r\n\r\nIt is dark.\r\n"
    ).encode()


def test_copies_that_cross_never_wait_for_each_other_and_are_filed_once(
    postgresql_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    cast = Cast(Desk(postgresql_store, consequences=(notices.owe, outbox.write), clock=clock))
    cast.found()
    one, two = letter(1), letter(2)
    groups = [
        keep_all(cast.desk, "sales", [Raw.whole(one), Raw.whole(two)]),
        keep_all(cast.desk, "support", [Raw.whole(two), Raw.whole(one)]),
    ]
    both_hold_one, begun = threading.Barrier(2), threading.local()
    decide = deciding.decide

    def meeting(work: Work, inbound_id: int, incoming: Incoming, uploads: Sequence[Upload] = ()) -> Decided:
        """Give each group the time to decide its first mail before either asks for its second."""
        decided = decide(work, inbound_id, incoming, uploads)
        if not hasattr(begun, "yes"):
            begun.yes = True
            with suppress(threading.BrokenBarrierError):
                both_hold_one.wait(0.5)
        return decided

    in_the_way: list[str] = []
    is_retryable = failures.is_retryable

    def noting(error: Exception) -> bool:
        in_the_way.append(getattr(getattr(error, "orig", None), "sqlstate", ""))
        return is_retryable(error)

    monkeypatch.setattr(deciding, "decide", meeting)
    monkeypatch.setattr(failures, "is_retryable", noting)
    settle_all(cast.desk, groups)
    assert in_the_way == [], "nobody had to begin anew"
    with postgresql_store.reading() as session:
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


def settle_all(desk: Desk, groups: Sequence[Sequence[Kept]]) -> None:
    threads = [threading.Thread(target=settle_kept, args=(desk, group)) for group in groups]
    for each in threads:
        each.start()
    for each in threads:
        each.join()

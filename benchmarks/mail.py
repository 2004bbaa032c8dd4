"""Mail that comes in: parsed, matched, filed and durable, in one process, beside the bare parse and write."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from email.message import EmailMessage
from uuid import uuid4

import sqlalchemy as sa

from benchmarks import desks
from sysmo_tui.desk import Desk, Work
from sysmo_tui.mail import receiving
from sysmo_tui.mail.parsing import parse
from sysmo_tui.models import Blob, BlobChunk, InboundMail, Outbox, table
from sysmo_tui.storage.engine import Dialect

TICKETS = 100_000
MAILS = 400
LEAST = 250
"""Messages a second."""


def run(tickets: int = TICKETS, only: Dialect | None = None) -> bool:
    """Print messages a second for every database that can be had here, or one; whether the goal is met."""
    met = []
    for dialect in [only] if only else desks.available():
        with desks.filled(dialect, tickets) as people:
            print(f"\n{dialect}, {tickets} tickets, messages a second (goal: ≥ {LEAST}):")
            met.append(_measured(people.desk))
    return all(met)


def _measured(desk: Desk) -> bool:
    def receive(raw: bytes) -> None:
        receiving.receive(desk, "", raw)

    # The desk was filled before, perhaps: nobody may have written already.
    begin = desk.read(receiving.mail_caller(), _newest)
    requests = [_request(begin + number) for number in range(MAILS)]
    news = _per_second(requests, receive)
    answers = [_answer(*row) for row in _acknowledged(desk)]
    replies = _per_second(answers, receive)
    bare_parse = _per_second([*requests, *answers], parse)
    bare_write = _per_second(requests, lambda raw: _write(desk, raw))
    undecided = _undecided(desk)
    print(f"  new requests {news:8.0f}   answers {replies:8.0f}   not decided {undecided}")
    print(f"  bare parse   {bare_parse:8.0f}   two bare durable writes {bare_write:8.0f}")
    return min(news, replies) >= LEAST and not undecided


def _newest(work: Work) -> int:
    return int(work.session.scalar(sa.select(sa.func.max(table(InboundMail).c.id))) or 0)


def _per_second(mails: Sequence[bytes], do: Callable[[bytes], object]) -> float:
    do(mails[0])
    started = time.perf_counter()
    for raw in mails[1:]:
        do(raw)
    return (len(mails) - 1) / (time.perf_counter() - started)


def _request(number: int) -> bytes:
    return _mail(f"person{number}@customer{number % 50}.example", f"Printer {number} is out of order")


def _answer(address: str, message_id: str) -> bytes:
    return _mail(address, "Re: the printer", In_Reply_To=message_id, References=f"<x@y.example> {message_id}")


def _mail(sender: str, subject: str, **headers: str) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = f"A Person <{sender}>", "help@desk.example", subject
    mail["Message-ID"] = f"<{uuid4().hex}@bench.example>"
    for name, value in headers.items():
        mail[name.replace("_", "-")] = value
    mail.set_content("It says “paper jam”, and there is none.\n\n" + "And so it goes on and on.\n" * 15)
    mail.add_alternative("<p>It says “paper jam”, and there is none.</p>" * 10, subtype="html")
    return mail.as_bytes()


def _acknowledged(desk: Desk) -> list[tuple[str, str]]:
    """What the desk answered: to whom, and the Message-ID."""
    outbox = table(Outbox)
    newest = (
        sa.select(outbox.c.address, outbox.c.message_id)
        .where(outbox.c.template == "acknowledged")
        .order_by(outbox.c.id.desc())
        .limit(MAILS)
    )
    with desk.store.reading() as session:
        return [(row.address, row.message_id) for row in session.execute(newest)]


def _write(desk: Desk, raw: bytes) -> None:
    """The least that keeping and filing could be: one row and its bytes, then another, each durable."""
    for _ in range(2):
        with desk.store.writing() as session:
            blob = {
                "id": uuid4().hex,
                "sha256": "",
                "size": 0,
                "staged_at": desk.clock(),
                "is_complete": False,
            }
            session.execute(sa.insert(table(Blob)), blob)
            chunk = {"blob_id": blob["id"], "position": 0, "content": raw}
            session.execute(sa.insert(table(BlobChunk)), chunk)


def _undecided(desk: Desk) -> int:
    mails = table(InboundMail)
    with desk.store.reading() as session:
        waiting = sa.select(sa.func.count()).where(mails.c.verdict.in_(["pending", "quarantined"]))
        return int(session.execute(waiting).scalar_one())

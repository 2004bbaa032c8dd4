"""Mail that comes in: parsed, matched, filed and durable, in one process, beside the bare parse and write.

Measured is CPU time as well: on a machine that others use, too, it says more than messages a second.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from email.message import EmailMessage
from uuid import uuid4

import sqlalchemy as sa

from benchmarks import data, desks
from benchmarks.figures import RATE, Figure
from sysmo_tui.desk import Desk, Work, command_for
from sysmo_tui.domain.kept import Raw
from sysmo_tui.mail import receiving
from sysmo_tui.mail.keeping import keep, keep_all, mail_caller
from sysmo_tui.mail.parsing import parse
from sysmo_tui.models import Blob, BlobChunk, InboundMail, Mailbox, Outbox, TopicMember, table
from sysmo_tui.services import desk_settings
from sysmo_tui.storage.engine import Dialect

MAILBOX = "benchmark"
OPERATORS = data.OPERATORS * 4 // data.TOPICS
"""How many are told of each mail: as many as serve a topic on average."""
MAILS = 400
LEAST = 250
"""Messages a second, of each kind."""

Mails = Sequence[bytes]


@dataclass(frozen=True, slots=True)
class Measured:
    """What a message cost. CPU time is in milliseconds, of this process: not of a database server."""

    per_second: float
    cpu: float
    statements: float


def run(tickets: int, dialect: Dialect) -> Iterator[Figure]:
    """What a message costs on one filled desk: a second, in CPU time, and in statements."""
    with desks.filled(dialect, tickets) as people:
        for figure in _measured(people.desk):
            yield replace(figure, database=dialect, tickets=tickets)


def _measured(desk: Desk) -> Iterator[Figure]:
    def together(mails: Mails) -> None:
        raws = [Raw.whole(mail) for mail in mails]
        receiving.settle_kept(desk, keep_all(desk, MAILBOX, raws), raws)

    def fetched(mails: Mails) -> None:
        receiving.settle_kept(desk, [keep(desk, MAILBOX, Raw.whole(mail)) for mail in mails])

    def alone(mails: Mails) -> None:
        for raw in mails:
            receiving.receive(desk, MAILBOX, raw)

    def bare_one_by_one(mails: Mails) -> None:
        for raw in mails:
            _bare(desk, [raw])

    # Its clock stands still, so that the limit of an hour would soon be reached.
    change = desk_settings.change
    desk.write(mail_caller(), command_for(change), change, "acknowledgements_per_hour", 1_000_000)
    desk.settle(mail_caller(), _open_mailbox)
    together([_request(f"first.{uuid4().hex}@new.example") for _ in range(receiving.AT_ONCE)])
    data.analyse(desk)
    # The desk was filled before, perhaps: nobody may have written already.
    begin = desk.read(mail_caller(), _newest)
    strangers = [_request(f"person{begin + number}@new.example") for number in range(MAILS)]
    customers = [(begin + number) % data.CUSTOMERS for number in range(MAILS)]
    known = [_request(f"customer.{number}@customer.example") for number in customers]
    bare = _cost(strangers, lambda mails: _bare(desk, mails))
    yield from _figures("new senders", _cost(strangers, together), bare, LEAST)
    yield from _figures("known senders", _cost(known, together), bare, LEAST)
    answers = [_answer(*row) for row in _acknowledged(desk)]
    third = len(answers) // 3
    yield from _figures("answers", _cost(answers[:third], together), bare, LEAST)
    yield from _figures("answers, as they are fetched", _cost(answers[third : 2 * third], fetched), bare)
    bare_alone = _cost(strangers, bare_one_by_one)
    yield from _figures("answers, one by one", _cost(answers[2 * third :], alone), bare_alone)
    undecided = _undecided(desk, begin)
    yield Figure("mail", "not decided or in quarantine", "mails", undecided, goal="0", is_met=not undecided)


def _figures(name: str, cost: Measured, bare: Measured, least: float | None = None) -> Iterator[Figure]:
    yield Figure(
        "mail",
        name,
        RATE,
        cost.per_second,
        goal="" if least is None else f"≥ {least:g} {RATE}",
        is_met=least is None or cost.per_second >= least,
        ideal=bare.per_second,
    )
    yield Figure("mail", f"{name}: CPU", "ms", cost.cpu, ideal=bare.cpu)
    yield Figure("mail", f"{name}: statements", "", cost.statements)


def _cost(mails: Mails, do: Callable[[Mails], object]) -> Measured:
    """What ``do`` costs a mail, in groups as large as are decided together; the first is not counted."""
    groups = [mails[at : at + receiving.AT_ONCE] for at in range(0, len(mails), receiving.AT_ONCE)]
    do(groups[0])
    counted = len(mails) - len(groups[0])
    with _statements() as sent:
        started, cpu = time.perf_counter(), time.process_time()
        for group in groups[1:]:
            do(group)
        seconds, cpu = time.perf_counter() - started, time.process_time() - cpu
    return Measured(counted / seconds, cpu / counted * 1000, len(sent) / counted)


@contextmanager
def _statements() -> Iterator[list[None]]:
    sent: list[None] = []

    def note(*_args: object) -> None:
        sent.append(None)

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield sent
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


def _open_mailbox(work: Work) -> None:
    """A mailbox whose mail goes to a topic with :data:`OPERATORS`."""
    mailboxes, served = table(Mailbox), table(TopicMember)
    if work.session.scalar(sa.select(mailboxes.c.id).where(mailboxes.c.name == MAILBOX)) is None:
        of_average = sa.select(served.c.topic_id).group_by(served.c.topic_id)
        topic = work.session.scalar(of_average.having(sa.func.count() == OPERATORS).limit(1))
        work.session.add(Mailbox(name=MAILBOX, topic_id=topic, created_at=work.now))


def _newest(work: Work) -> int:
    return int(work.session.scalar(sa.select(sa.func.max(table(InboundMail).c.id))) or 0)


def _request(sender: str) -> bytes:
    return _mail(sender, f"The printer of {sender} is out of order")


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


def _bare(desk: Desk, mails: Mails) -> None:
    """The least that keeping, reading and filing could be: a row and its bytes twice, durable each time."""
    for raw in mails:
        parse(raw)
    for _ in range(2):
        ids = [uuid4().hex for _ in mails]
        with desk.store.writing() as session:
            blob = {"sha256": "", "size": 0, "staged_at": desk.clock(), "is_complete": False}
            session.execute(sa.insert(table(Blob)), [blob | {"id": each} for each in ids])
            chunks = [
                {"blob_id": each, "position": 0, "content": raw} for each, raw in zip(ids, mails, strict=True)
            ]
            session.execute(sa.insert(table(BlobChunk)), chunks)


def _undecided(desk: Desk, begin: int) -> int:
    mails = table(InboundMail)
    with desk.store.reading() as session:
        waiting = sa.select(sa.func.count()).where(
            mails.c.verdict.in_(["pending", "quarantined"]), mails.c.id > begin
        )
        return int(session.execute(waiting).scalar_one())

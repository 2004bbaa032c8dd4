"""Programs that answer mail: whatever they write, sooner or later nobody has anything to answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from itertools import count
from pathlib import Path

import pytest

from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import Template, Verdict
from sysmo_tui.mail import receiving
from sysmo_tui.mail.compose import sender_address
from sysmo_tui.mail.sending import write
from sysmo_tui.services import desk_settings, filing_mail, notices, outbox
from sysmo_tui.storage.engine import Store, open_store
from tests.cast import Cast, Clock, mails
from tests.databases import SqliteServer
from tests.mail.post_office import read
from tests.mail.test_compose import each_owed
from tests.mails import kept, written
from tests.services import requests as ask

HELP = "help@desk.example"
ROUNDS = 100
"""After so many rounds what still goes on is a loop."""

Answering = Callable[[EmailMessage], bytes]
_NUMBERS = count(1)


def set_up(store: Store, clock: Clock, domain: str = "desk.example") -> Cast:
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    for name, value in (("reply_address", f"help@{domain}"), ("mail_comes_in", "on")):
        people.admin().write(desk_settings.change, name, value)
    people.operator()
    return people


@pytest.fixture
def cast(sqlite_store: Store, clock: Clock) -> Cast:
    return set_up(sqlite_store, clock)


@contextmanager
def second_desk(server: SqliteServer, folder: Path, clock: Clock) -> Iterator[Cast]:
    store = open_store(server.fresh(folder))
    yield set_up(store, clock, "other.example")
    store.close()


def leaving(cast: Cast) -> Iterator[EmailMessage]:
    """The mails that a desk owes now, each with where bounces of it go to."""
    for owed in each_owed(cast):
        found, message = write(cast.desk, owed)
        letter = read(message.as_bytes())
        letter["Return-Path"] = f"<{sender_address(found)}>"
        yield letter


def to(letter: EmailMessage) -> str:
    return str(letter["To"].addresses[0].addr_spec)


def play(cast: Cast, answering: dict[str, Answering]) -> int:
    """Let programs answer what the desk sends until nothing more is sent; returns how many answered."""
    answered = 0
    for _round in range(ROUNDS):
        letters = list(leaving(cast))
        if not letters:
            return answered
        for letter in letters:
            if to(letter) in answering:
                receiving.receive(cast.desk, "", answering[to(letter)](letter))
                answered += 1
    raise AssertionError("it never ends")


def answer(letter: EmailMessage, **headers: str) -> bytes:
    """An answer as people write it, for all that it says of itself."""
    return written(
        to(letter),
        f"Re: {letter['Subject']}",
        "I got it.",
        str(letter["Reply-To"].addresses[0].addr_spec),
        in_reply_to=str(letter["Message-ID"]),
        **headers,
    )


def marked(letter: EmailMessage) -> bytes:
    return answer(letter, auto_submitted="auto-replied")


def unrelated(letter: EmailMessage) -> bytes:
    """A new request for each mail, without a word of what it answers, like bad ticket systems write."""
    return written(to(letter), f"Ticket {next(_NUMBERS)} received", "Thank you.", HELP)


@pytest.mark.parametrize("how", [answer, marked, unrelated])
def test_a_sink_that_answers_every_mail_is_told_once_and_no_more(cast: Cast, how: Answering) -> None:
    receiving.receive(cast.desk, "", written("sink@acme.example"))
    assert play(cast, {"sink@acme.example": how}) == 1
    ask.reply(cast.operator(), 1, "Anybody there?")
    assert play(cast, {"sink@acme.example": how}) == 1
    told = [mail.template for mail in mails(cast.desk) if mail.address == "sink@acme.example"]
    assert told == [Template.ACKNOWLEDGED, Template.REPLIED]


@pytest.mark.parametrize("how", [answer, marked])
def test_two_who_answer_each_other_through_a_ticket_come_to_an_end(cast: Cast, how: Answering) -> None:
    receiving.receive(cast.desk, "", written("one@acme.example"))
    (acknowledged, *_rest) = [letter for letter in leaving(cast) if to(letter) == "one@acme.example"]
    stranger = written(
        "two@other.example", to=str(acknowledged["Reply-To"]), in_reply_to=str(acknowledged["Message-ID"])
    )
    waits = receiving.receive(cast.desk, "", stranger)
    receiving.accept(cast.operator(), waits.id, as_new=False, joins=True)
    both = play(cast, {"one@acme.example": how, "two@other.example": how})
    assert both == (1 if how is marked else 2 * filing_mail.TOLD_REPLIES - 1)
    assert {row.verdict for row in kept(cast.desk)[2:]} == {Verdict.REPLY}


@pytest.mark.parametrize("hides", [False, True], ids=["whole", "without its marks"])
def test_two_desks_answer_each_other_once(
    cast: Cast, sqlite_server: SqliteServer, tmp_path: Path, clock: Clock, hides: bool
) -> None:
    """Also where a server between them removes all headers that programs know each other by."""
    folder = tmp_path / "other"
    folder.mkdir()
    with second_desk(sqlite_server, folder, clock) as other:
        receiving.receive(cast.desk, "", written("help@other.example", to=HELP))
        between = 0
        for _round in range(ROUNDS):
            passing = [(other, letter) for letter in leaving(cast) if to(letter).startswith("help@")]
            passing += [(cast, letter) for letter in leaving(other) if to(letter).startswith("help")]
            for goal, letter in passing:
                for name in ("Auto-Submitted", "X-Auto-Response-Suppress", "List-Id", "X-Sysmo-Loop"):
                    if hides:
                        del letter[name]
                receiving.receive(goal.desk, "", letter.as_bytes())
            between += len(passing)
            if not passing:
                break
        else:
            raise AssertionError("it never ends")
        assert between <= (3 if hides else 1)
        assert len(kept(other.desk)) <= 2


def test_what_comes_back_by_a_list_is_recognised(cast: Cast) -> None:
    """A list that the desk writes to sends the mail to all who read it: also to the desk."""
    receiving.receive(cast.desk, "", written("list@acme.example"))
    (letter,) = [letter for letter in leaving(cast) if to(letter) == "list@acme.example"]
    letter["Delivered-To"] = HELP
    receiving.receive(cast.desk, "", letter.as_bytes())
    assert kept(cast.desk)[-1].verdict is Verdict.DROPPED
    assert play(cast, {}) == 0


def test_many_mails_from_a_victims_address_bring_the_victim_one_mail(cast: Cast) -> None:
    cast.admin().write(desk_settings.change, "mail_tickets_per_hour", 5)
    for number in range(60):
        receiving.receive(cast.desk, "", written("victim@acme.example", f"Number {number}"))
    rows = kept(cast.desk)
    assert [row.verdict for row in rows] == [Verdict.TICKET] * 5 + [Verdict.QUARANTINED] * 55
    assert len([letter for letter in leaving(cast) if to(letter) == "victim@acme.example"]) == 1

"""Somebody who only ever writes mail, with each program: asks, answers, rates, comes back, and registers."""

from __future__ import annotations

import dataclasses
from email.message import EmailMessage

import pytest

from sysmo_tui.desk import Desk
from sysmo_tui.domain.enums import AccountState, Category, MailReason, Reopening, Template, Verdict
from sysmo_tui.domain.quoting import own_words
from sysmo_tui.mail import receiving
from sysmo_tui.mail.sending import write
from sysmo_tui.services import (
    closing,
    cycles,
    desk_settings,
    files,
    notices,
    outbox,
    people,
    registration,
    topic_upkeep,
)
from sysmo_tui.services.deciding import Decided
from sysmo_tui.services.topic_upkeep import TopicEdits
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock, mails
from tests.mail.clients import Writer, gmail, outlook, thunderbird
from tests.mail.post_office import DESK, read
from tests.mail.test_compose import each_owed
from tests.mails import kept
from tests.services import requests as ask
from tests.services.test_verifying_by_mail import FORM

PROGRAMS = [
    Writer("Marta Díaz", "marta@acme.example", "es", gmail),
    Writer("Marta Díaz", "marta@acme.example", "en", outlook),
    Writer("Marta Díaz", "marta@acme.example", "es", thunderbird),
]


@pytest.fixture
def cast(sqlite_store: Store, clock: Clock) -> Cast:
    people = Cast(Desk(sqlite_store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    for name, value in (("reply_address", DESK), ("mail_comes_in", "on")):
        people.admin().write(desk_settings.change, name, value)
    people.operator()
    return people


@pytest.fixture(params=PROGRAMS, ids=lambda writer: writer.answers.__name__)
def marta(request: pytest.FixtureRequest) -> Writer:
    return request.param  # type: ignore[no-any-return]


def sent(cast: Cast, mail: EmailMessage) -> Decided:
    receiving.receive(cast.desk, "", mail.as_bytes())
    row = kept(cast.desk)[-1]
    return Decided(row.id, row.verdict, row.reason, row.ticket_number)


def newest(cast: Cast, who: Writer) -> EmailMessage:
    """The last letter that the desk sent to somebody, as it arrives."""
    letters = [write(cast.desk, owed)[1] for owed in each_owed(cast) if owed.address == who.address]
    return read(letters[-1].as_bytes())


def asked(cast: Cast, who: Writer) -> int:
    decided = sent(cast, who.ask(DESK, "No enciende", "La impresora no enciende."))
    assert decided.verdict is Verdict.TICKET
    return decided.ticket_number or 0


def closed(cast: Cast, who: Writer) -> int:
    number = asked(cast, who)
    ask.reply(cast.operator(), number, "Press the button.")
    cast.operator().write(closing.close, number)
    return number


@pytest.mark.parametrize(
    ("below", "marta"),
    [
        *(("", program) for program in PROGRAMS),
        ("\n\nEnviado desde mi iPhone", PROGRAMS[0]),
        ("\n\n-- \nMarta Díaz\nAcme", PROGRAMS[1]),
    ],
    ids=lambda given: given.answers.__name__ if isinstance(given, Writer) else "",
)
def test_a_lone_digit_rates_with_whatever_a_program_puts_below(cast: Cast, marta: Writer, below: str) -> None:
    number = closed(cast, marta)
    decided = sent(cast, marta.answer(newest(cast, marta), f"4{below}"))
    assert (decided.verdict, decided.reason) == (Verdict.SYSTEM, MailReason.RATING)
    assert [cycle.rating for cycle in cast.itself.read(cycles.of_ticket, number)] == [4]
    assert ask.as_staff(cast.operator(), number).row.category is Category.CLOSED


def test_words_beside_a_digit_are_an_answer(cast: Cast) -> None:
    marta = PROGRAMS[2]
    number = closed(cast, marta)
    decided = sent(cast, marta.answer(newest(cast, marta), "1 de 3 sigue sin andar"))
    assert (decided.verdict, decided.ticket_number) == (Verdict.REPLY, number)
    assert ask.as_staff(cast.operator(), number).row.category is not Category.CLOSED


@pytest.mark.parametrize(
    ("policy", "days", "opens"),
    [
        (Reopening.REOPEN, 400, True),
        (Reopening.WITHIN, 2, True),
        (Reopening.WITHIN, 20, False),
        (Reopening.NEVER, 1, False),
    ],
)
def test_an_answer_to_a_closed_request_goes_where_its_topic_says(
    cast: Cast, clock: Clock, policy: Reopening, days: int, opens: bool
) -> None:
    marta = PROGRAMS[1]
    edits = TopicEdits(reopening=policy, reopening_days=7 if policy is Reopening.WITHIN else None)
    cast.admin().write(topic_upkeep.edit, "general", edits)
    number = closed(cast, marta)
    letter = newest(cast, marta)
    clock.advance(days=days)
    decided = sent(cast, marta.answer(letter, "De nuevo no enciende."))
    luis = cast.sign_in("luis")
    view = ask.as_staff(luis, decided.ticket_number or 0)
    assert own_words(str(view.entries[-1].body)).strip() == "De nuevo no enciende."
    assert view.row.category is not Category.CLOSED
    if opens:
        assert (decided.verdict, decided.ticket_number) == (Verdict.REPLY, number)
    else:
        assert (decided.verdict, decided.reason) == (Verdict.TICKET, MailReason.CONTINUES_CLOSED)
        assert ask.as_staff(luis, number).row.category is Category.CLOSED
        answer = newest(cast, marta)
        assert str(answer["Subject"]) == f"Re: No enciende [#{decided.ticket_number}]"
        later = sent(cast, marta.answer(answer, "¿Hola?"))
        assert (later.verdict, later.ticket_number) == (Verdict.REPLY, decided.ticket_number)


def test_answering_the_code_completes_the_account_that_mail_began(cast: Cast, marta: Writer) -> None:
    number = asked(cast, marta)
    newest(cast, marta)
    registration.register(cast.visitor(), dataclasses.replace(FORM, email=marta.address))
    decided = sent(cast, marta.answer(newest(cast, marta), "ok"))
    assert (decided.verdict, decided.reason) == (Verdict.SYSTEM, MailReason.VERIFIED_ADDRESS)
    known = cast.itself.read(people.by_address, marta.address)
    assert known is not None
    assert known.state is AccountState.ACTIVE
    assert ask.as_staff(cast.operator(), number).row.requester.name == known.name
    assert mails(cast.desk)[-1].template is Template.WELCOME
    ask.reply(cast.operator(), number, "Press the button.")
    answered = sent(cast, marta.answer(newest(cast, marta), "Gracias"))
    assert (answered.verdict, answered.ticket_number) == (Verdict.REPLY, number)


def test_files_go_both_ways(cast: Cast) -> None:
    marta = PROGRAMS[1]
    number = asked(cast, marta)
    operator = cast.operator()
    ask.reply(operator, number, "See the plan.", files=(ask.upload(operator, b"%PDF plan", "plano ñ.pdf"),))
    letter = newest(cast, marta)
    assert [part.get_content() for part in letter.iter_attachments()] == [b"%PDF plan"]
    photo = bytes(range(256)) * 40
    sent(cast, marta.answer(letter, "La foto.", ("foto «1».jpg", photo), ("vacío", b"")))
    stored = {str(each.filename): each for each in operator.read(files.of_ticket, number)}
    assert set(stored) == {"plano ñ.pdf", "foto «1».jpg", "vacío"}
    assert b"".join(files.chunks(operator, number, stored["foto «1».jpg"].key)) == photo

"""Every mail that the desk sends may come back, from every kind of server; and who never wrote one lies."""

from __future__ import annotations

from collections.abc import Callable
from email.message import EmailMessage

import sqlalchemy as sa

from sysmo_tui.domain.enums import MailReason, Role, Template, Verdict
from sysmo_tui.mail import receiving
from sysmo_tui.models import Outbox, table
from sysmo_tui.services import accounts, closing, passwords, registration, tickets, undeliverable
from sysmo_tui.services.accounts import Invitation
from tests.cast import Cast, Clock, mails
from tests.hostile.attacks_by_mail import bounce
from tests.hostile.test_mail_in import cast
from tests.hostile.test_mail_loops import leaving, to
from tests.mails import kept
from tests.services import requests as ask
from tests.services.test_verifying_by_mail import FORM

__all__ = ["cast"]

Server = Callable[[EmailMessage], bytes]


def heads(letter: EmailMessage) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in letter.items() if name != "Return-Path")


def came_from(letter: EmailMessage) -> str:
    return str(letter["Return-Path"]).strip("<>")


def postfix(letter: EmailMessage) -> bytes:
    return bounce(heads(letter), to(letter), to=came_from(letter))


def exchange(letter: EmailMessage) -> bytes:
    """Without the headers of the mail that came back, but answering it."""
    head = (
        f"From: <postmaster@acme.example>\r\nIn-Reply-To: {letter['Message-ID']}\r\n"
        f"References: {letter['Message-ID']}\r\nSubject: Undeliverable: {letter['Subject'].split()[0]}\r\n"
    )
    raw = bounce("X-Other: nothing", to(letter), "5.1.10", came_from(letter))
    return head.encode() + raw.partition(b"\r\n")[2].replace(b"From: MAILER", b"X-From: MAILER", 1)


def exim(letter: EmailMessage) -> bytes:
    """No report: words, and the whole mail below them."""
    return (
        f"Return-Path: <>\r\nDelivered-To: {came_from(letter)}\r\nX-Failed-Recipients: {to(letter)}\r\n"
        f"Auto-Submitted: auto-replied\r\nFrom: Mail Delivery System <Mailer-Daemon@mx.acme.example>\r\n"
        f"To: {came_from(letter)}\r\nSubject: Mail delivery failed: returning message to sender\r\n\r\n"
        f"A message that you sent could not be delivered.\r\n\r\n  {to(letter)}\r\n"
        f"    550 5.1.1 unknown user\r\n\r\n------ This is a copy of the message ------\r\n\r\n"
        f"{heads(letter)}\r\n"
    ).encode()


def every_letter(cast: Cast) -> list[EmailMessage]:
    """Letters of many kinds, about tickets and about accounts."""
    luis, lola, carla = cast.operator(), cast.operator("lola"), cast.customer("carla")
    ask.reply(carla, 1, "Hello?")
    cast.admin().write(tickets.assign, 1, cast.email("lola"))
    ask.note(luis, 1, "@lola, please.")
    ask.reply(lola, 1, "Done.", status="waiting")
    lola.write(closing.close, 1)
    registration.register(cast.visitor(), FORM)
    accounts.invite(cast.admin(), Invitation("new@desk.example", "New Operator", Role.OPERATOR))
    passwords.forgot(cast.visitor(), cast.email("dora"))
    return list(leaving(cast))


def marked(cast: Cast, address: str) -> bool:
    return cast.itself.read(undeliverable.since, address) is not None


def test_whatever_comes_back_is_told_where_it_belongs_and_answered_never(cast: Cast) -> None:
    letters = every_letter(cast)
    templates = {mail.template for mail in mails(cast.desk)}
    assert templates >= {Template.REPLIED, Template.CLOSED, Template.VERIFY, Template.RESET, Template.INVITE}
    about = {mail.message_id: mail.ticket_number for mail in mails(cast.desk)}
    servers: tuple[Server, ...] = (postfix, exchange, exim)
    for number, letter in enumerate(letters):
        receiving.receive(cast.desk, "", servers[number % 3](letter))
    rows = kept(cast.desk)
    assert {(row.verdict, row.reason) for row in rows} == {(Verdict.SYSTEM, MailReason.BOUNCED)}
    assert [row.ticket_number for row in rows] == [about[letter["Message-ID"]] for letter in letters]
    assert all(marked(cast, to(letter)) for letter in letters[::3])
    told = [letter for letter in leaving(cast) if not to(letter).endswith("@desk.example")]
    assert told == []


def test_a_mail_that_was_forgotten_long_ago_still_finds_its_ticket(cast: Cast) -> None:
    letters = [letter for letter in leaving(cast) if to(letter) == "carla@customer.example"]
    with cast.desk.store.writing() as session:
        session.execute(sa.delete(table(Outbox)))
    receiving.receive(cast.desk, "", postfix(letters[-1]))
    (row,) = kept(cast.desk)
    assert (row.verdict, row.ticket_number) == (Verdict.SYSTEM, 1)


def test_a_forged_bounce_harms_nobody_but_its_author(cast: Cast, clock: Clock) -> None:
    """Carla has letters of the desk, and writes that others' addresses do not work."""
    letter = next(each for each in list(leaving(cast)) if to(each) == "carla@customer.example")
    for victim in ("luis@desk.example", "dora@customer.example", "help@desk.example", "*@customer.example"):
        receiving.receive(cast.desk, "", bounce(heads(letter), victim, to=came_from(letter)))
        receiving.receive(cast.desk, "", bounce("X: y", victim, to=came_from(letter)))
        assert not marked(cast, victim)
    assert {row.verdict for row in kept(cast.desk)} == {Verdict.SYSTEM}
    assert not marked(cast, "carla@customer.example")
    clock.advance(minutes=1)
    ask.reply(cast.operator(), 2, "Still there?")
    assert "dora@customer.example" in {to(letter) for letter in leaving(cast)}

"""What a mail looks like, whatever people wrote into it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.enums import CloseReason, Template, TicketField
from sysmo_tui.mail.account_letters import ACCOUNT_LETTERS
from sysmo_tui.mail.letters import TICKET_LETTERS
from sysmo_tui.mail.sending import send_due, write
from sysmo_tui.mail.transport import NullTransport
from sysmo_tui.models import Account, Setting, table
from sysmo_tui.services import (
    closing,
    desk_settings,
    editing,
    follow_ups,
    message_ids,
    outbox,
    reading,
    thread,
    tickets,
)
from sysmo_tui.services.message_ids import Origin
from sysmo_tui.services.outbox import OwedMail
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.mail.conftest import file
from tests.mails import deliver, understood

READER = policy.default.clone(refold_source="none")

HEADERS = {
    "From", "To", "Reply-To", "Subject", "Date", "Message-ID", "In-Reply-To", "References", "Auto-Submitted",
    "X-Auto-Response-Suppress", "List-Id", "X-Sysmo-Loop", "MIME-Version", "Content-Type",
}  # fmt: skip

Mails = Callable[[], dict[str, EmailMessage]]


@pytest.fixture
def mails(cast: Cast) -> Mails:
    """Takes what is owed now: the message of each recipient, as a reader would parse it."""

    def read() -> dict[str, EmailMessage]:
        found: dict[str, EmailMessage] = {}
        for mail in each_owed(cast):
            raw = write(cast.desk, mail)[1].as_bytes()
            assert raw.isascii()
            assert all(len(line) <= 998 for line in raw.split(b"\r\n"))
            found[mail.address.partition("@")[0]] = message_from_bytes(raw, policy=READER)  # type: ignore[assignment]
        return found

    return read


def each_owed(cast: Cast) -> Iterator[OwedMail]:
    """Everything that is owed now, in its order; what was looked at counts as sent."""
    while claimed := cast.desk.touch(desk_caller(), outbox.claim, "me", 100):
        for mail in claimed:
            yield mail
            cast.desk.touch(desk_caller(), outbox.mark_sent, mail.id, "me")


def plain(message: EmailMessage) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def page(message: EmailMessage) -> str:
    body = message.get_body(("html",))
    assert body is not None
    return str(body.get_content())


def test_every_template_has_a_letter() -> None:
    assert set(TICKET_LETTERS) | set(ACCOUNT_LETTERS) == set(Template)


def test_headers_are_a_fixed_list_and_say_that_a_machine_wrote(cast: Cast, mails: Mails) -> None:
    file(cast.customer(), subject="Printer")
    message = mails()["carla"]
    assert set(message.keys()) <= HEADERS
    assert message["Subject"] == "Re: Printer [#1]"
    assert message["To"] == "carla@customer.example"
    assert message["From"].addresses[0].display_name == "Desk of the tests"
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    settings = cast.desk.read(desk_caller(), desk_settings.load)
    assert message["X-Sysmo-Loop"] == settings.uuid
    assert message_ids.verify(settings.mail_key, str(message["Message-ID"])) == Origin(1, None)


def test_a_persons_public_answer_is_not_marked_as_automatic_and_what_the_desk_says_is(
    cast: Cast, mails: Mails
) -> None:
    luis = cast.operator("luis")
    cast.operator("lola")
    customer = cast.customer()
    number = file(customer)
    mails()
    luis.write(thread.reply, number, Outgoing("Try the other cable."))
    assert mails()["carla"]["Auto-Submitted"] is None
    luis.write(closing.close, number, message=Outgoing("Solved."))
    answer = mails()["carla"]
    assert answer["Auto-Submitted"] is None
    assert "Solved." in plain(answer)
    assert "is closed" in plain(answer)
    customer.write(thread.reply, number, Outgoing("Not quite."))
    assert mails()["luis"]["Auto-Submitted"] == "auto-generated"


def test_mails_about_one_ticket_are_one_thread_for_each_recipient(cast: Cast, mails: Mails) -> None:
    luis = cast.operator()
    number = file(cast.customer())
    ids = [str(mails()["carla"]["Message-ID"])]
    for n in range(13):
        luis.write(thread.reply, number, Outgoing(f"Step {n}."))
        message = mails()["carla"]
        assert message["In-Reply-To"] == ids[-1]
        references = str(message["References"]).split()
        assert references == ids[:1] + ids[1:][-10:]
        ids.append(str(message["Message-ID"]))


def test_long_message_ids_are_never_broken(cast: Cast, store: Store) -> None:
    with store.writing() as session:
        settings = table(Setting)
        domain = f"{'a' * 60}.{'b' * 60}.example"
        session.execute(sa.update(settings).where(settings.c.name == "mail_domain").values(value=domain))
    luis, number = cast.operator(), file(cast.customer())
    send_due(cast.desk, NullTransport(), "before")
    luis.write(thread.reply, number, Outgoing("Hello."))
    (mail,) = cast.desk.touch(desk_caller(), outbox.claim, "me", 1)
    raw = write(cast.desk, mail)[1].as_bytes().decode()
    assert f"Message-ID: {mail.message_id}\r\n" in raw
    assert raw.count(f"@{domain}>") == 3


@pytest.mark.parametrize(
    "text",
    [
        "Impresión de facturas: no sale nada por la impresora del 2.º piso desde el lunes",
        "palabra ñandú larga y más palabra ñandú larga y más palabra ñandú larga y más",
        "日本語のとても長い件名です。プリンターが動きません 🙂 🙂",
        'a "quoted" name, with <marks>; and: more.',
        "x" * 90,
    ],
)
def test_subjects_and_names_arrive_letter_by_letter(
    cast: Cast, store: Store, mails: Mails, text: str
) -> None:
    with store.writing() as session:
        settings = table(Setting)
        session.execute(sa.update(settings).where(settings.c.name == "name").values(value=text))
    file(cast.customer(), subject=text)
    message = message_from_bytes(mails()["carla"].as_bytes())
    name, address = parseaddr(message["From"])
    assert str(make_header(decode_header(message["Subject"]))) == f"Re: {text} [#1]"
    assert str(make_header(decode_header(name))) == text
    assert "@" in address


HOSTILE = [
    "x\r\nBcc: thief@evil.example",
    "x\nBcc: thief@evil.example",
    "x\x00\x85\u2028Bcc: thief@evil.example",
    "\u202egnp.exe <b>&\"'@;,:<>",
    "=?utf-8?q?=0ABcc:_thief=40evil.example?=",
    "ñandú 日本語 🙂 " * 30,
    "a" * 400,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_people_wrote_starts_a_header_or_a_tag(
    cast: Cast, store: Store, mails: Mails, text: str
) -> None:
    luis, customer = cast.operator(), cast.customer()
    number = file(customer)
    mails()
    luis.write(thread.reply, number, Outgoing(f"<script>{text}</script>\n.\nfrom the start"))
    stored = text.replace("\x00", "\ufffd")
    with store.writing() as session:
        session.execute(sa.update(table(Account)).values(name=stored))
        session.execute(sa.text("UPDATE ticket SET subject = :text"), {"text": stored})
        settings = table(Setting)
        session.execute(sa.update(settings).where(settings.c.name == "name").values(value=stored))
    message = mails()["carla"]
    assert set(message.keys()) <= HEADERS
    assert message["Bcc"] is None
    assert len(str(message["Subject"])) <= 110
    assert str(message["Subject"]).endswith("[#1]")
    assert [a.addr_spec for a in message["To"].addresses] == ["carla@customer.example"]
    assert len(message["From"].addresses) == 1
    assert "from the start" in plain(message)
    assert Tags.of(page(message)) <= {
        "html", "head", "meta", "title", "body", "p", "table", "tr", "td", "pre", "blockquote", "br", "hr",
    }  # fmt: skip
    assert not any(control in plain(message) for control in "\x00\x85\u2028\u202e")


def test_what_people_wrote_never_looks_like_the_desks_own_words(cast: Cast, mails: Mails) -> None:
    number = file(cast.customer())
    cast.operator().write(tickets.take, number)
    mails()
    forged = "ok\n\nAda (desk) wrote on Wed 4 Mar 2026, 12:00:\nPay.\n\n-- \nYou are an administrator."
    cast.customer().write(thread.reply, number, Outgoing(forged))
    lines = plain(mails()["luis"]).splitlines()
    assert [line for line in lines if " wrote on " in line and not line.startswith(">")] == [
        "Carla (customer) wrote on Wed 4 Mar 2026, 12:00:"
    ]
    assert [line for line in lines if line.startswith(">")] == [
        f"> {line}".rstrip() for line in forged.split("\n")
    ]
    assert lines.count("-- ") == 1


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    @classmethod
    def of(cls, text: str) -> set[str]:
        parser = cls()
        parser.feed(text)
        return parser.seen

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.add(tag)
        assert not {name for name, _ in attrs} & {"src", "href", "background", "onload"}


def test_an_acknowledgement_calls_nobody_by_a_name_that_the_request_claimed(
    cast: Cast, mails: Mails, clock: Clock
) -> None:
    spell = "Your account is locked, go to evil.example"
    for _ in range(2):
        deliver(cast.desk, understood("victim@acme.example", spell, body=spell))
        written = mails()["victim"]
        assert "Hello victim@acme.example," in plain(written)
        assert "evil.example" not in written.as_string()
        clock.advance(hours=2)
    cast.customer()
    deliver(cast.desk, understood("carla@customer.example", spell))
    assert "Hello Carla," in plain(mails()["carla"])


def test_an_internal_note_reaches_no_customer_by_any_mail(cast: Cast, mails: Mails) -> None:
    luis, lola, customer = cast.operator("luis"), cast.operator("lola"), cast.customer()
    number = file(customer)
    luis.write(tickets.take, number)
    lola.write(thread.note, number, Outgoing("CANARY of the staff"))
    told = mails()
    assert "CANARY" in plain(told["luis"])
    luis.write(thread.reply, number, Outgoing("A public answer."))
    luis.write(thread.note, number, Outgoing("CANARY again"))
    luis.write(closing.close, number)
    customer.write(thread.reply, number, Outgoing("Back again."))
    luis.write(closing.close, number, message=Outgoing("The end."))
    for mail in each_owed(cast):
        message = write(cast.desk, mail)[1]
        if mail.address.startswith("carla"):
            assert b"CANARY" not in message.as_bytes()
            assert "CANARY" not in plain(message) + page(message)


def test_the_mail_of_a_closing_tells_the_last_answer_however_much_the_customer_wrote_since(
    cast: Cast, mails: Mails
) -> None:
    luis, customer = cast.operator(), cast.customer()
    number = file(customer)
    luis.write(thread.reply, number, Outgoing("It was the fuse."))
    for said in ("Thank you.", "It works.", "For two hours now.", "And for three.", "Good."):
        customer.write(thread.reply, number, Outgoing(said))
    mails()
    luis.write(closing.close, number)
    assert "> It was the fuse." in plain(mails()["carla"])


def test_who_serves_the_topic_of_a_request_that_nobody_has_is_not_told_to_take_part(
    cast: Cast, mails: Mails
) -> None:
    luis, customer = cast.operator(), cast.customer()
    number = file(customer)
    mails()
    customer.write(thread.reply, number, Outgoing("Any news?"))
    assert "because you take part in this request, or serve" in plain(mails()["luis"])
    luis.write(tickets.take, number)
    customer.write(thread.reply, number, Outgoing("And now?"))
    assert "because you take part in this request." in plain(mails()["luis"])


def test_the_identifiers_of_a_customers_mail_do_not_count_internal_notes(cast: Cast, mails: Mails) -> None:
    luis, customer = cast.operator(), cast.customer()

    def correspondence(notes: int) -> list[str]:
        """What names mails to the customer, with each random part as a word."""
        number = file(customer)
        for text in ("Is it plugged in?", "And now?"):
            for _n in range(notes):
                luis.write(thread.note, number, Outgoing("CANARY of the staff"))
            luis.write(thread.reply, number, Outgoing(text))
            message = mails()["carla"]
        names = [str(message[name]) for name in ("Message-ID", "In-Reply-To", "References", "Reply-To")]
        origin = message_ids.verify(mail_key, names[0])
        assert origin == Origin(number, public_key(number))
        return [re.sub(rf"\b{number}\.", "N.", re.sub(r"\b[0-9a-f]{16}\b", "random", name)) for name in names]

    def public_key(number: int) -> str:
        return customer.read(reading.show, number).entries[-1].key

    mail_key = cast.desk.read(desk_caller(), desk_settings.load).mail_key
    without = correspondence(notes=0)
    assert correspondence(notes=3) == without
    assert without[0] == "<N.random.random.random@desk.example>"


def test_every_letter_can_be_written_and_says_why(cast: Cast) -> None:
    cast.operator()
    number = file(cast.customer())
    (first, *_) = cast.desk.touch(desk_caller(), outbox.claim, "me", 100)
    payload = {"contact": "new@x.example", "code": "ABCD-EFGH", "key": "SHA256:abcdefgh", "label": "a\x1bb"}
    items = {"items": [{"ticket": number, "templates": ["replied"], "about": "replied", "entry": None}]}
    for template in [each for each in Template if each is not Template.WEEKLY_REPORT]:
        is_about_ticket = template in TICKET_LETTERS
        mail = OwedMail(
            id=first.id,
            template=template,
            address="ada@desk.example",
            locale="en",
            account_id=cast.ids["ada"],
            ticket_number=number if is_about_ticket else None,
            entry_id=None,
            payload=payload | items,
            message_id=first.message_id,
            created_at=first.created_at,
            attempts=0,
            claimed_until=first.claimed_until,
        )
        if template is Template.ACKNOWLEDGED:
            continue
        text = plain(write(cast.desk, mail)[1])
        assert "You get this because" in text, template
        if template in outbox.SECRET_BEARERS:
            assert "ABCD-EFGH" in text
        if template is Template.KEY_ADDED:
            assert "SHA256:abcdefgh (a\ufffdb)" in text
            assert "sysmo key revoke SHA256:abcdefgh\n" in text


def test_a_mail_is_the_same_each_time_it_is_written(cast: Cast) -> None:
    file(cast.customer())
    for mail in cast.desk.touch(desk_caller(), outbox.claim, "me", 100):
        assert write(cast.desk, mail)[1].as_bytes() == write(cast.desk, mail)[1].as_bytes()


def test_a_message_id_that_somebody_made_up_is_not_ours() -> None:
    made = message_ids.make("key", "desk.example", 42, "00c0ffee00c0ffee")
    assert message_ids.verify("key", made) == Origin(42, "00c0ffee00c0ffee")
    assert message_ids.verify("key", message_ids.make("key", "desk.example")) == Origin(None, None)
    for forged in (
        made.replace("42.", "43."),
        made.replace("c0ffee.", "c0ffef."),
        "",
        "<x@y>",
        made[:-20],
        f"{made}x",
    ):
        assert message_ids.verify("key", forged) is None
    assert message_ids.verify("other key", made) is None


def test_mail_is_in_its_readers_language(cast: Cast, store: Store, mails: Mails) -> None:
    luis, carla = cast.operator(), cast.customer()
    with store.writing() as session:
        accounts = table(Account)
        session.execute(sa.update(accounts).where(accounts.c.id == cast.ids["carla"]).values(locale="es"))
    number = file(carla)
    told = mails()
    assert "Recibimos su solicitud #1." in plain(told["carla"])
    assert '<html lang="es">' in page(told["carla"])
    assert "There is a new request in General." in plain(told["luis"])
    luis.write(closing.close, number, message=Outgoing("Listo."))
    text = plain(mails()["carla"])
    assert "Su solicitud #1 está cerrada." in text
    assert "Luis (mesa de ayuda) escribió el mié 4 mar 2026, 12:00:" in text


def test_no_customer_reads_of_spam_of_a_release_or_why_it_was_closed(cast: Cast, mails: Mails):
    customer, operator = cast.customer(), cast.operator()
    told = ["spam", "duplicate", "releas", "marked", "not ours"]
    read = []
    for reason in (CloseReason.DUPLICATE, CloseReason.NOT_OURS):
        number = file(customer)
        operator.write(tickets.take, number)
        operator.write(tickets.release, number)
        read.append(mails()["carla"])
        operator.write(closing.close, number, reason=reason)
        read.append(mails()["carla"])
    number = file(customer)
    mails()
    operator.write(closing.spam, number)
    assert "carla" not in mails()
    assert "is now: New" in plain(read[0])
    assert "is closed" in plain(read[1])
    for message in read:
        assert [word for word in told if word in message.as_string().casefold()] == []


def test_the_desks_own_words_are_in_the_readers_language(
    cast: Cast, mails: Mails, store: Store, clock: Clock
) -> None:
    accounts = table(Account)
    luis, number = cast.operator(), file(cast.customer())
    with store.writing() as session:
        session.execute(sa.update(accounts).where(accounts.c.id == cast.ids["luis"]).values(locale="es"))
    luis.write(tickets.take, number)
    luis.write(editing.edit, number, {TicketField.STATUS: "waiting", TicketField.FOLLOW_UP: "+1d"})
    luis.write(thread.note, number, Outgoing(follow_ups.REMINDER))
    clock.advance(days=1)
    mails()
    cast.itself.write(follow_ups.wake_due)
    read = plain(mails()["luis"])
    assert "Llegó la fecha de retomarla." in read
    assert follow_ups.REMINDER not in read

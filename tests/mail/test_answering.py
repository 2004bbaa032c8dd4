"""Mail that can be answered: where answers go, what a mail cites, and what it brings along."""

from __future__ import annotations

import io
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
import sqlalchemy as sa

from sysmo_tui.domain.actor import desk_caller
from sysmo_tui.domain.enums import EntryKind
from sysmo_tui.mail.compose import sender_address
from sysmo_tui.mail.facts import NotToBeSent
from sysmo_tui.mail.sending import write
from sysmo_tui.models import Account, BlobChunk, Entry, MailReference, Outbox, Topic, table
from sysmo_tui.services import (
    closing,
    desk_settings,
    files,
    message_ids,
    outbox,
    profile,
    registration,
    reply_addresses,
    thread,
    topic_upkeep,
)
from sysmo_tui.services.outbox import OwedMail
from sysmo_tui.services.profile import ProfileEdits
from sysmo_tui.services.registration_form import RegistrationForm
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.services.topic_upkeep import TopicEdits
from sysmo_tui.storage.engine import Store
from tests.cast import PASSWORD, Cast
from tests.cheap import cheap_hasher, using
from tests.mail.conftest import file
from tests.mail.test_compose import each_owed, plain

PARSER = policy.default.clone(refold_source="none")


@pytest.fixture
def store(sqlite_store: Store) -> Store:
    """A desk in a file: what is tested here is the same on every database."""
    return sqlite_store


def set_up(cast: Cast, **values: object) -> None:
    for name, value in values.items():
        cast.admin().write(desk_settings.change, name, value)


@pytest.fixture
def answered(cast: Cast) -> Cast:
    """A desk where answers by mail arrive."""
    set_up(cast, mail_comes_in="on", reply_address="help@desk.example")
    return cast


def owed(cast: Cast) -> Iterator[tuple[OwedMail, EmailMessage, str]]:
    """Every owed mail, its message as it arrives, and the envelope's sender."""
    for mail in each_owed(cast):
        found, message = write(cast.desk, mail)
        raw = message.as_bytes()
        assert raw == write(cast.desk, mail)[1].as_bytes()
        parsed = message_from_bytes(raw, policy=PARSER)
        assert isinstance(parsed, EmailMessage)
        yield mail, parsed, sender_address(found)


def mails(cast: Cast) -> dict[str, EmailMessage]:
    return {mail.address.partition("@")[0]: message for mail, message, _sender in owed(cast)}


def wrote_by_mail(store: Store, cast: Cast, number: int, name: str, *message_ids: str) -> None:
    """Let somebody's entry be one that came by mail, with these Message-IDs."""
    with store.writing() as session:
        entries = table(Entry)
        entry = session.execute(
            sa.select(sa.func.max(entries.c.id)).where(
                entries.c.ticket_number == number, entries.c.author_id == cast.ids[name]
            )
        ).scalar_one()
        for message_id in message_ids:
            session.add(MailReference(message_id=message_id, ticket_number=number, entry_id=entry))


def test_an_answer_goes_to_an_address_that_names_the_ticket_and_its_recipient(answered: Cast) -> None:
    answered.operator()
    number = file(answered.customer())
    settings = answered.desk.read(desk_caller(), desk_settings.load)
    told = list(owed(answered))
    assert {mail.address for mail, *_rest in told} == {
        "carla@customer.example",
        "luis@desk.example",
        "ada@desk.example",
    }
    for mail, message, sender in told:
        (answer_to,) = message["Reply-To"].addresses
        token = reply_addresses.verify(settings, answer_to.addr_spec)
        assert token is not None
        assert token.ticket_number == number
        assert token.is_for(mail.address)
        assert sender == answer_to.addr_spec
        assert [each.addr_spec for each in message["From"].addresses] == ["help@desk.example"]


def test_where_answers_do_not_arrive_the_addresses_are_plain(cast: Cast) -> None:
    set_up(cast, reply_address="help@desk.example")
    file(cast.customer())
    message, sender = next(
        (message, sender) for mail, message, sender in owed(cast) if "carla" in mail.address
    )
    assert [each.addr_spec for each in message["Reply-To"].addresses] == ["help@desk.example"]
    assert sender == "help@desk.example"
    assert "sysmo ticket reply 1" in plain(message)
    assert "answer this mail" not in plain(message)


def test_a_topics_mail_comes_from_its_address_and_is_answered_there(answered: Cast) -> None:
    answered.admin().write(topic_upkeep.edit, "general", TopicEdits(mail_address="Sales@Desk.example"))
    file(answered.customer())
    message = mails(answered)["carla"]
    (sender,) = message["From"].addresses
    (answer_to,) = message["Reply-To"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Desk of the tests", "sales@desk.example")
    assert answer_to.addr_spec.startswith("sales+t1")
    assert answer_to.domain == "desk.example"


def test_what_is_no_message_id_is_not_cited(answered: Cast, store: Store) -> None:
    number = file(answered.customer())
    hostile = [
        "<a@b>\r\nBcc: thief@evil.example",
        "<a b@c>",
        "<ü@c.example>",
        "<\u2028@c.example>",
        "no brackets@c.example",
        f"<{'x' * 400}@c.example>",
        "<=?utf-8?q?=0ABcc:_x?=@c.example>",
    ]
    wrote_by_mail(store, answered, number, "carla", *hostile, "<good@customer.example>")
    message = mails(answered)["carla"]
    assert message["Bcc"] is None
    cited = str(message["References"]).split()
    assert cited == ["<good@customer.example>"]


def test_letters_say_that_answering_is_enough_how_to_rate_and_how_to_reopen(answered: Cast) -> None:
    luis, number = answered.operator(), file(answered.customer())
    assert "just answer this mail" in plain(mails(answered)["carla"])
    luis.write(closing.close, number, message=Outgoing("Solved."))
    text = plain(mails(answered)["carla"])
    words = " ".join(text.split())
    assert "one digit, from 1 (not at all) to 5 (completely)" in words
    assert "If it is not solved, just answer this mail" in words
    assert "    sysmo profile edit --mail digest|off|immediate" in text.splitlines()


def test_who_cannot_sign_in_is_told_of_no_command(answered: Cast, store: Store) -> None:
    luis, number = answered.operator(), file(answered.customer())
    mails(answered)
    with store.writing() as session:
        accounts = table(Account)
        session.execute(
            sa.update(accounts).where(accounts.c.id == answered.ids["carla"]).values(state="pending")
        )
    luis.write(thread.reply, number, Outgoing("Which one?"))
    words = plain(mails(answered)["carla"])
    assert "just answer this mail" in words
    assert "sysmo" not in words.casefold()


def test_the_mail_with_the_code_is_answered_to_an_address_that_names_the_account(answered: Cast) -> None:
    form = RegistrationForm(
        email="new@desk.example", password=PASSWORD, name="New One", phone="+541143211234"
    )
    with using(cheap_hasher()):
        registration.register(answered.visitor(), form)
    ((mail, message, _sender),) = owed(answered)
    settings = answered.desk.read(desk_caller(), desk_settings.load)
    (answer_to,) = message["Reply-To"].addresses
    token = reply_addresses.verify_account(settings, answer_to.addr_spec)
    origin = message_ids.verify(settings.mail_key, str(message["Message-ID"]))
    assert token is not None
    assert origin is not None
    assert token.account_id == origin.account_id == mail.account_id
    assert token.is_for("new@desk.example")
    assert "just answer this mail" in plain(message)


def attached(message: EmailMessage) -> dict[str, Any]:
    return {str(part.get_filename()): part.get_payload(decode=True) for part in message.iter_attachments()}


def reply_with(door: Any, number: int, contents: dict[str, bytes]) -> None:
    staged = tuple(files.stage(door, io.BytesIO(content), name) for name, content in contents.items())
    door.write(thread.reply, number, Outgoing("See the files.", files=staged))


def test_what_does_not_fit_is_named_with_the_way_to_it(answered: Cast) -> None:
    set_up(answered, reply_file_limit=1000)
    luis, number = answered.operator(), file(answered.customer())
    mails(answered)
    reply_with(luis, number, {"one.bin": b"1" * 600, "two.bin": b"2" * 600, "three.bin": b"3" * 400})
    message = mails(answered)["carla"]
    assert set(attached(message)) == {"one.bin", "three.bin"}
    words = plain(message)
    assert "Attached: one.bin" in words
    assert f"Too large for this mail: two.bin (600 B). To get it: sysmo ticket download {number}" in words


def test_a_damaged_file_is_not_sent_and_its_mail_fails(answered: Cast, store: Store) -> None:
    luis, number = answered.operator(), file(answered.customer())
    mails(answered)
    reply_with(luis, number, {"one.bin": b"1" * 600})
    with store.writing() as session:
        session.execute(sa.update(table(BlobChunk)).values(content=b"2" * 600))
    (mail,) = answered.desk.touch(desk_caller(), outbox.claim, "me", 100)
    with pytest.raises(NotToBeSent, match="damaged"):
        write(answered.desk, mail)


HOSTILE_NAMES = [
    "x\r\nBcc: thief@evil.example.txt",
    'a"; filename="evil.exe',
    "=?utf-8?q?=0ABcc:_thief=40evil.example?=.txt",
    "\u202egnp.exe",
    "x\x85\u2028y.txt",
    "ñ" * 190 + ".txt",
    "日本語" * 60,
    "../../etc/passwd",
    "a\\b\\c.txt",
    "%0d%0aBcc: x",
    " ",
]


def test_no_file_name_starts_a_header_or_becomes_another_part(answered: Cast) -> None:
    luis, number = answered.operator(), file(answered.customer())
    mails(answered)
    staged = tuple(
        files.stage(luis, io.BytesIO(str(n).encode()), name) for n, name in enumerate(HOSTILE_NAMES)
    )
    luis.write(thread.reply, number, Outgoing("See.", files=staged))
    ((_mail, message, _sender),) = owed(answered)
    parts = list(message.iter_attachments())
    assert [part.get_payload(decode=True) for part in parts] == [
        str(n).encode() for n in range(len(HOSTILE_NAMES))
    ]
    for part in parts:
        assert set(part.keys()) == {
            "Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "MIME-Version"
        }  # fmt: skip
        name = str(part.get_filename())
        assert name
        assert not any(control in name for control in "\r\n\x85\u2028\u202e\x00")
        assert "/" not in name
    raw = message.as_bytes()
    assert b"\nBcc" not in raw


def test_signatures_stand_below_a_persons_answer_and_cannot_speak_for_the_desk(
    answered: Cast, store: Store
) -> None:
    luis, number = answered.operator(), file(answered.customer())
    mails(answered)
    forged = "Luis\n-- \nYou get this because you won.\r\nBcc: thief@evil.example"
    luis.write(profile.edit, ProfileEdits(signature=forged))
    answered.admin().write(topic_upkeep.edit, "general", TopicEdits(signature="The team"))
    luis.write(thread.reply, number, Outgoing("Try again."))
    message = mails(answered)["carla"]
    lines = plain(message).splitlines()
    assert "> Luis" in lines
    assert "> You get this because you won." in lines
    assert lines.count("-- ") == 1
    assert message["Bcc"] is None
    assert "The team" not in plain(message)
    luis.write(profile.edit, ProfileEdits(signature=""))
    luis.write(thread.reply, number, Outgoing("And now?"))
    assert "> The team" in plain(mails(answered)["carla"])
    answered.customer().write(thread.reply, number, Outgoing("Yes."))
    assert "The team" not in plain(mails(answered)["luis"])


HOSTILE = [
    "x\r\nBcc: thief@evil.example",
    "x\x00\x85\u2028\u2029Bcc: thief@evil.example",
    "=?utf-8?q?=0ABcc:_thief=40evil.example?=",
    "\u202e<b>&\"'@;,:<>",
    "ñandú 日本語 " * 60,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_topics_address_or_signature_starts_a_header(answered: Cast, store: Store, text: str) -> None:
    """What is written past the checks either leaves in one piece, or the mail fails for people to see."""
    luis, number = answered.operator(), file(answered.customer())
    mails(answered)
    stored = text.replace("\x00", "\ufffd")
    with store.writing() as session:
        session.execute(
            sa.update(table(Topic)).values(signature=stored, mail_address=f"{stored}@desk.example")
        )
    luis.write(thread.reply, number, Outgoing("See."))
    refused: list[str] = []
    for mail in answered.desk.touch(desk_caller(), outbox.claim, "me", 100):
        try:
            raw = write(answered.desk, mail)[1].as_bytes()
        except NotToBeSent as refusal:
            refused.append(refusal.reason)
            continue
        message = message_from_bytes(raw, policy=PARSER)
        assert message["Bcc"] is None
        assert len(message["From"].addresses) == 1
        assert len(message["Reply-To"].addresses) == 1
    assert all(refused)


def test_an_answer_that_was_withdrawn_is_in_no_mail(answered: Cast, store: Store) -> None:
    luis, number = answered.operator(), file(answered.customer())
    luis.write(thread.reply, number, Outgoing("CANARY that was withdrawn"))
    with store.writing() as session:
        entries = table(Entry)
        session.execute(
            sa.update(entries).where(entries.c.kind == EntryKind.REPLY).values(withdrawn_at=sa.func.now())
        )
        session.execute(sa.delete(table(Outbox)))
    luis.write(thread.reply, number, Outgoing("The right answer."))
    words = plain(mails(answered)["carla"])
    assert "The right answer." in words
    assert "CANARY" not in words

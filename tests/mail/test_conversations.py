"""What a mail cites and brings along, on each database."""

from __future__ import annotations

import io

from sysmo_tui.services import closing, files, thread
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.mail.conftest import file
from tests.mail.test_answering import answered, attached, mails, owed, reply_with, wrote_by_mail
from tests.mail.test_compose import page, plain

__all__ = ["answered"]


def test_a_mail_cites_what_its_recipient_wrote_and_nobody_elses_mail(
    answered: Cast, store: Store, clock: Clock
) -> None:
    luis, carla = answered.operator(), answered.customer()
    number = file(carla)
    wrote_by_mail(store, answered, number, "carla", "<first@customer.example>")
    told = mails(answered)
    assert str(told["carla"]["References"]).split() == ["<first@customer.example>"]
    assert told["luis"]["References"] is None
    clock.advance(minutes=1)
    luis.write(thread.reply, number, Outgoing("Which one?"))
    wrote_by_mail(store, answered, number, "luis", "<operators@desk.example>")
    asked = mails(answered)["carla"]
    assert str(asked["References"]).split() == ["<first@customer.example>", told["carla"]["Message-ID"]]
    clock.advance(minutes=1)
    carla.write(thread.reply, number, Outgoing("The blue one."))
    wrote_by_mail(store, answered, number, "carla", "<second@customer.example>")
    mails(answered)
    clock.advance(minutes=1)
    luis.write(thread.reply, number, Outgoing("Thank you."))
    last = mails(answered)["carla"]
    assert last["In-Reply-To"] == "<second@customer.example>"
    assert str(last["References"]).split() == [
        "<first@customer.example>",
        told["carla"]["Message-ID"],
        asked["Message-ID"],
        "<second@customer.example>",
    ]


def test_a_public_answer_brings_its_files_as_they_are(answered: Cast) -> None:
    luis, number = answered.operator(), file(answered.customer())
    lola = answered.operator("lola")
    mails(answered)
    contents = {
        "photo.png": bytes(range(256)) * 2500,
        "ñandú «1».txt": "línea\r\n.\r\nFrom x\r\n--=_m".encode(),
        "empty": b"",
    }
    reply_with(luis, number, contents)
    ((_mail, message, _sender),) = owed(answered)
    assert attached(message) == contents
    assert message.get_content_type() == "multipart/mixed"
    assert "See the files." in plain(message)
    assert "See the files." in page(message)
    lola.write(
        thread.note, number, Outgoing("Inside.", files=(files.stage(lola, io.BytesIO(b"x"), "in.txt"),))
    )
    inside = mails(answered)
    assert set(inside) == {"luis"}
    assert list(inside["luis"].iter_attachments()) == []
    assert "Attached: in.txt" in plain(inside["luis"])
    luis.write(closing.close, number)
    closed = mails(answered)["carla"]
    assert list(closed.iter_attachments()) == []

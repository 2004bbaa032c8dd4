from __future__ import annotations

import pytest

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import MailReason, Verdict
from sysmo_tui.mail import receiving
from sysmo_tui.services import files, inbound
from sysmo_tui.services.inbound import Raw
from tests import mails as mail
from tests.cast import Clock
from tests.services import requests as ask


def test_a_mail_is_kept_and_filed_with_its_files(desk: Desk, operator: Door):
    content = b"\x00\x01" * 300_000
    kept = receiving.receive(desk, "", mail.with_file("oven.bin", content))
    (row,) = mail.kept(desk)
    assert (kept.is_new, row.verdict, row.reason) == (True, Verdict.TICKET, MailReason.NEW_REQUEST)
    (file,) = operator.read(files.of_ticket, row.ticket_number)
    assert file.filename == "oven.bin"
    assert b"".join(files.chunks(operator, row.ticket_number, file.key)) == content
    assert ask.as_staff(operator, row.ticket_number).entries[0].body == "Smoke comes out."


def test_the_raw_bytes_are_kept_as_they_came(desk: Desk):
    raw = mail.with_file("large.bin", b"x" * 700_000)
    kept = receiving.receive(desk, "sales", raw)
    stored = desk.read(receiving.mail_caller(), inbound.raw, kept.id)
    assert (stored.mailbox, stored.content, stored.size) == ("sales", raw, len(raw))


def test_what_was_kept_and_not_decided_is_decided_later(desk: Desk, clock: Clock):
    raw = Raw.whole(mail.written())
    receiving.keep(desk, "", raw)
    assert receiving.settle_pending(desk) == 0, "it is still its receiver's"
    clock.advance(minutes=2)
    assert receiving.settle_pending(desk) == 1
    assert mail.kept(desk)[0].verdict is Verdict.TICKET
    assert receiving.settle_pending(desk) == 0


def test_a_mail_that_cannot_be_decided_waits_in_quarantine_and_keeps_no_other_waiting(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    real = receiving.parse

    def poisoned(content: bytes):
        if b"POISON" in content:
            raise RecursionError("too deep")
        return real(content)

    monkeypatch.setattr(receiving, "parse", poisoned)
    receiving.receive(desk, "", mail.written(subject="POISON"))
    receiving.receive(desk, "", mail.written(subject="Fine"))
    assert [row.verdict for row in mail.kept(desk)] == [Verdict.PENDING, Verdict.TICKET]
    for _ in range(3):
        clock.advance(minutes=2)
        receiving.settle_pending(desk)
    poison = mail.kept(desk)[0]
    assert (poison.verdict, poison.reason) == (Verdict.QUARANTINED, MailReason.UNREADABLE)
    assert "too deep" in poison.decision[-1]["detail"]

from __future__ import annotations

import tracemalloc

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import Category, EntryKind, MailReason, Template, Verdict, Visibility
from sysmo_tui.domain.kept import Raw
from sysmo_tui.mail import receiving
from sysmo_tui.models import Batch, Event, table
from sysmo_tui.services import desk_settings, files, inbound
from sysmo_tui.services.thread import BODY_LIMIT
from tests import mails as mail
from tests.cast import Cast, Clock, mails
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


def test_many_mails_are_kept_once_and_each_is_decided_as_a_batch_of_its_own(desk: Desk, operator: Door):
    raws = [mail.written(f"person{n}@acme.example", f"Printer {n}") for n in range(receiving.AT_ONCE + 3)]
    kept = mail.came_together(desk, "", [*raws, raws[0]])
    again = mail.came_together(desk, "", raws)
    assert [each.is_new for each in kept] == [True] * len(raws) + [False]
    assert [each.id for each in again] == [each.id for each in kept[:-1]]
    assert not any(each.is_new for each in again)
    rows = mail.kept(desk)
    assert [(row.verdict, row.subject) for row in rows] == [
        (Verdict.TICKET, f"Printer {n}") for n in range(len(raws))
    ]
    assert len({row.ticket_number for row in rows}) == len(raws)
    events, batches = table(Event), table(Batch)
    with desk.store.reading() as session:
        found = session.execute(
            sa.select(events.c.ticket_number, events.c.batch_id, batches.c.key, batches.c.result)
            .join(batches, batches.c.id == events.c.batch_id)
            .where(events.c.ticket_number.in_([row.ticket_number for row in rows]))
        ).all()
    assert len({row.batch_id for row in found}) == len(raws)
    assert {row.ticket_number: row.key for row in found} == {
        row.ticket_number: f"inbound:{row.id}" for row in rows
    }
    assert {row.ticket_number: row.result["ticket_number"] for row in found} == {
        row.ticket_number: row.ticket_number for row in rows
    }


def test_a_mail_that_cannot_be_decided_takes_none_of_its_group_along(
    desk: Desk, clock: Clock, monkeypatch: pytest.MonkeyPatch
):
    real = receiving.deciding.decide

    def poisoned(work, inbound_id, incoming, uploads=()):
        decided = real(work, inbound_id, incoming, uploads)
        if incoming.subject == "POISON":
            raise RecursionError("too deep")
        return decided

    poisoned.__module__, poisoned.__name__ = real.__module__, real.__name__
    poisoned.__annotations__ = {"return": receiving.Decided}
    monkeypatch.setattr(receiving.deciding, "decide", poisoned)
    subjects = ("One", "POISON", "Two")
    mail.came_together(desk, "", [mail.written(f"{s}@acme.example", s) for s in subjects])
    one, poison, two = mail.kept(desk)
    assert (one.verdict, poison.verdict, two.verdict) == (Verdict.TICKET, Verdict.PENDING, Verdict.TICKET)
    assert poison.error == "too deep"
    assert len({each.address for each in mails(desk) if each.template is Template.ACKNOWLEDGED}) == 2


def test_mail_that_was_left_to_others_is_decided_together_and_once(desk: Desk):
    raws = [(Raw.whole(mail.written(f"person{n}@acme.example")), None) for n in range(5)]
    desk.settle(receiving.mail_caller(), inbound.keep_all, "", raws, is_ours=False)
    assert [row.attempts for row in mail.kept(desk)] == [0] * 5
    assert receiving.settle_pending(desk) == 5
    assert [(row.verdict, row.attempts) for row in mail.kept(desk)] == [(Verdict.TICKET, 1)] * 5
    assert receiving.settle_pending(desk) == 0


def test_a_group_whose_reader_died_is_tried_again_one_by_one(desk: Desk, clock: Clock):
    raws = [(Raw.whole(mail.written(f"person{n}@acme.example")), None) for n in range(3)]
    desk.settle(receiving.mail_caller(), inbound.keep_all, "", raws, is_ours=False)
    first = desk.settle(receiving.mail_caller(), inbound.take_first_turns, 10)
    assert len(first) == 3
    assert desk.settle(receiving.mail_caller(), inbound.take_first_turns, 10) == ()
    assert receiving.settle_pending(desk) == 0, "they are still their reader's"
    clock.advance(minutes=2)
    assert desk.settle(receiving.mail_caller(), inbound.take_first_turns, 10) == ()
    assert receiving.settle_pending(desk) == 3
    assert {row.verdict for row in mail.kept(desk)} == {Verdict.TICKET}


def test_files_over_the_limits_are_told_of_in_the_thread_and_stay_in_the_raw_mail(
    desk: Desk, admin: Door, operator: Door
):
    admin.write(desk_settings.change, "file_limit", 2048)
    kept = receiving.receive(desk, "", mail.with_file("large.bin", b"x" * 5000))
    number = mail.kept(desk)[0].ticket_number
    entries = ask.as_staff(operator, number).entries
    assert [(entry.kind, entry.visibility) for entry in entries] == [
        (EntryKind.REQUEST, Visibility.PUBLIC),
        (EntryKind.SYSTEM, Visibility.INTERNAL),
    ]
    assert operator.read(files.of_ticket, number) == ()
    assert Template.FOLLOW_UP not in {each.template for each in mails(desk)}
    assert b"large.bin" in desk.read(receiving.mail_caller(), inbound.raw, kept.id).content


def test_a_text_that_is_too_long_for_an_entry_is_whole_in_a_file(desk: Desk, operator: Door):
    body = "word " * 120_000
    receiving.receive(desk, "", mail.written(body=body))
    number = mail.kept(desk)[0].ticket_number
    assert len(ask.as_staff(operator, number).entries[0].body) <= BODY_LIMIT
    (file,) = operator.read(files.of_ticket, number)
    assert file.filename == "message.txt"
    whole = b"".join(files.chunks(operator, number, file.key)).decode()
    assert whole.split() == body.split()


def test_mails_that_are_decided_together_are_not_all_in_memory_with_their_files(desk: Desk, clock: Clock):
    size = 2_000_000
    for n in range(8):
        kept = receiving.keep(desk, "", Raw.whole(mail.with_file(f"{n}.bin", bytes([n]) * size)))
        desk.settle(receiving.mail_caller(), inbound.put_off, kept.id, "away", is_counted=False)
    clock.advance(minutes=2)
    tracemalloc.start()
    try:
        assert receiving.settle_pending(desk) == 8
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [row.verdict for row in mail.kept(desk)] == [Verdict.TICKET] * 8
    assert peak < 7 * size, peak


def test_what_was_not_read_of_a_mail_is_told_to_staff_in_the_thread(desk: Desk, operator: Door):
    raw = b"\r\n".join(
        (
            b"From: marta@acme.example\r\nTo: help@desk.example\r\nSubject: Secret\r\nMIME-Version: 1.0",
            b'Content-Type: multipart/encrypted; protocol="application/pgp-encrypted"; boundary=b',
            b"\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\nVersion: 1",
            b"--b\r\nContent-Type: application/octet-stream\r\n\r\nhQIMA\r\n--b--\r\n",
        )
    )
    receiving.receive(desk, "", raw)
    (row,) = mail.kept(desk)
    request, remark = ask.as_staff(operator, row.ticket_number).entries
    assert (request.kind, remark.kind, remark.visibility) == (
        EntryKind.REQUEST,
        EntryKind.SYSTEM,
        Visibility.INTERNAL,
    )
    assert remark.body == "The mail is encrypted; its parts are kept as files."
    assert len(operator.read(files.of_ticket, row.ticket_number)) == 2


def test_of_a_mail_that_was_cut_no_half_file_is_attached(desk: Desk, admin: Door, operator: Door):
    admin.write(desk_settings.change, "mail_limit", 300_000)
    kept = receiving.receive(desk, "", mail.with_file("large.bin", b"x" * 900_000))
    number = receiving.accept(admin, kept.id, as_new=True).ticket_number or 0
    assert operator.read(files.of_ticket, number) == ()
    assert [entry.kind for entry in ask.as_staff(operator, number).entries] == [
        EntryKind.REQUEST,
        EntryKind.SYSTEM,
    ]


@pytest.mark.parametrize(
    "line", ["Bcc: victim@x.example", "X-Sysmo-Command: close", "Reply-To: eve@evil.example"]
)
def test_headers_from_outside_command_nothing_and_add_nobody(
    cast: Cast, desk: Desk, operator: Door, customer: Door, line: str
):
    name, _colon, value = line.partition(": ")
    number = ask.file(customer)
    raw = mail.written(
        cast.email("carla"), subject=f"[#{number}]", cc="eve@evil.example", **{name.replace("-", "_"): value}
    )
    receiving.receive(desk, "", raw)
    view = ask.as_staff(operator, number)
    assert (view.row.category, view.collaborators, view.watchers) == (Category.NEW, (), ())
    told = {each.address for each in mails(desk)}
    assert not told & {"victim@x.example", "eve@evil.example"}


def test_a_mail_that_was_delivered_twice_on_two_ways_is_in_its_ticket_once(desk: Desk, operator: Door):
    raw = mail.written(message_id="<once@mail.acme.example>")
    receiving.receive(desk, "", b"Received: from one.example\r\n" + raw)
    receiving.receive(desk, "", b"Received: from two.example\r\n" + raw)
    receiving.receive(desk, "sales", raw)
    other = mail.written(message_id="<once@mail.acme.example>", body="Another text.")
    receiving.receive(desk, "", other)
    first, *again, last = mail.kept(desk)
    assert (first.verdict, last.verdict) == (Verdict.TICKET, Verdict.TICKET)
    assert {(row.verdict, row.reason, row.ticket_number) for row in again} == {
        (Verdict.DROPPED, MailReason.REPEATED, first.ticket_number)
    }
    assert len(ask.as_staff(operator, first.ticket_number).entries) == 1

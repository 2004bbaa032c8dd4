from __future__ import annotations

import io
from functools import partial

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import DraftKind, Inbox
from sysmo_tui.domain.errors import Invalid, NotFound
from sysmo_tui.services import bulk_writing, cleaning, drafts, files, filing, inboxes, thread, unsent
from sysmo_tui.services.files import Upload
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.services import requests as ask


def test_a_draft_comes_back_as_it_was_left(customer: Door, operator: Door, clock: Clock):
    number = ask.file(customer)
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": "Dear"}, "k1")
    saved_at = clock.advance(minutes=1)
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": "Dear Carla", "close": "yes"}, "k2")
    saved = operator.read(drafts.load, number, DraftKind.REPLY)
    assert saved == drafts.Saved({"body": "Dear Carla", "close": "yes"}, "k2", saved_at)
    assert operator.read(drafts.load, number, DraftKind.NOTE) is None


def test_an_emptied_draft_is_forgotten(operator: Door):
    operator.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, {"subject": "A"})
    operator.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, {"subject": " "})
    assert operator.read(drafts.load, drafts.NEW_TICKET, DraftKind.TICKET) is None


def test_a_draft_holds_what_a_message_may_hold_and_no_more(customer: Door, operator: Door):
    number = ask.file(customer)
    longest = "ñ" * thread.BODY_LIMIT
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": longest})
    with pytest.raises(Invalid) as refused:
        operator.touch(drafts.save, number, DraftKind.REPLY, {"body": longest + "o"})
    assert refused.value.message.params["limit"] == thread.BODY_LIMIT
    saved = operator.read(drafts.load, number, DraftKind.REPLY)
    assert saved is not None
    assert saved.fields == {"body": longest}
    assert operator.write(thread.reply, number, Outgoing(longest)).entry_key


def test_drafts_are_private_and_only_for_tickets_that_one_sees(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": "x"})
    assert cast.operator("rita").read(drafts.load, number, DraftKind.REPLY) is None
    with pytest.raises(NotFound):
        cast.customer("otto").touch(drafts.save, number, DraftKind.REPLY, {"body": "x"})


def staged(door: Door, name: str = "meter.txt", content: bytes = b"12 A") -> Upload:
    return files.stage(door, io.BytesIO(content), name)


def test_a_draft_keeps_its_files_in_their_order_and_from_being_cleaned_up(
    cast: Cast, customer: Door, operator: Door, clock: Clock
):
    number = ask.file(customer)
    first, second = staged(operator), staged(operator, "photo.jpg", b"jpeg")
    operator.touch(drafts.save, number, DraftKind.REPLY, {"body": ""}, "", (second, first))
    clock.advance(days=3)
    assert cast.itself.read(cleaning.unreferenced_files) == ()
    again = cast.sign_in("luis")
    saved = again.read(drafts.load, number, DraftKind.REPLY)
    assert saved is not None
    assert saved.files == (second, first)
    again.touch(drafts.save, number, DraftKind.REPLY, {"body": ""}, "", (first,))
    assert cast.itself.read(cleaning.unreferenced_files) == (second.blob_id,)
    cast.itself.touch(cleaning.drop_files, (first.blob_id, second.blob_id))
    again.write(thread.reply, number, Outgoing("See there.", saved.files[1:]))
    again.touch(unsent.discard, number, DraftKind.REPLY)
    assert cast.itself.read(cleaning.unreferenced_files) == ()
    [file] = cast.sign_in("carla").read(files.of_ticket, number)
    assert (file.filename, file.size) == ("meter.txt", 4)


def test_nobody_drafts_with_the_files_of_others(customer: Door, operator: Door):
    number = ask.file(customer)
    foreign = staged(customer)
    with pytest.raises(Invalid):
        operator.touch(drafts.save, number, DraftKind.REPLY, {"body": "x"}, "", (foreign,))


def test_the_inbox_says_where_ones_own_draft_waits(cast: Cast, customer: Door, operator: Door):
    number, other = ask.file(customer), ask.file(customer)
    for kind in (DraftKind.REPLY, DraftKind.NOTE):
        operator.touch(drafts.save, number, kind, {"body": "Half a thought"})

    def marked(door: Door, inbox: Inbox) -> list[int]:
        return [row.number for row in door.read(inboxes.page, inbox).page.items if row.has_draft]

    assert marked(operator, Inbox.TOPICS) == [number]
    assert marked(cast.operator("rita"), Inbox.TOPICS) == []
    assert marked(customer, Inbox.CREATED) == []
    customer.touch(drafts.save, other, DraftKind.REPLY, {"body": "One more thing"})
    assert marked(customer, Inbox.CREATED) == [other]


def test_what_is_sent_and_its_draft_are_never_there_both_nor_gone_both(
    customer: Door, operator: Door, monkeypatch: pytest.MonkeyPatch
):
    one, other = ask.file(customer), ask.file(customer)
    asked = (("reply", DraftKind.REPLY, one), ("note", DraftKind.NOTE, one), ("file", DraftKind.TICKET, 0))
    fields = {"body": "Dear Carla\x00"}

    def left(number: int, kind: DraftKind) -> bool:
        return operator.read(drafts.load, number, kind) is not None

    for what, kind, number in asked:
        draft = unsent.Unsent(number, kind, ({"body": "Dear"}, fields))
        operator.touch(drafts.save, number, kind, {"body": "Of another window"})
        message = Outgoing("Dear Carla", draft=draft)
        request = Filing("general", "Toner", "Dear Carla", draft=draft)
        send = {
            "reply": partial(operator.write, thread.reply, one, message),
            "note": partial(operator.write, thread.note, one, message),
            "file": partial(operator.write, filing.file, request),
        }[what]
        send()
        assert left(number, kind)
        operator.touch(drafts.save, number, kind, fields)
        with monkeypatch.context() as patched:
            patched.setattr(operator.desk, "_consequences", (_dies,))
            with pytest.raises(RuntimeError):
                send()
        assert left(number, kind)
        send()
        assert not left(number, kind)

    key = drafts.SEVERAL, DraftKind.REPLY
    message = Outgoing("Dear all", draft=unsent.Unsent(*key, ({"body": "Dear all"},)))
    for numbers, stays in (((one, 99), True), ((one, other), False)):
        operator.touch(drafts.save, *key, {"body": "Dear all"})
        operator.write(bulk_writing.to_all, numbers, lambda _count: None, bulk_writing.reply, message)
        assert left(*key) is stays


def _dies(_works: object) -> None:
    raise RuntimeError("killed before it was committed")

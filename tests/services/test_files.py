from __future__ import annotations

import io
import os

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.errors import Invalid, NotFound, NotSignedIn
from sysmo_tui.models import Blob, table
from sysmo_tui.services import cleaning, desk_settings, drafts, files, thread
from sysmo_tui.services.files import CHUNK
from tests.cast import Cast, Clock
from tests.services import requests as ask


class Trickle(io.RawIOBase):
    """A slow pipe: few bytes at a time, and a write by someone else in between."""

    def __init__(self, content: bytes, between: Door) -> None:
        self._content = io.BytesIO(content)
        self._between = between
        self._reads = 0

    def read(self, size: int = -1) -> bytes:
        self._reads += 1
        if self._reads % 4 == 0:
            ask.file(self._between, "meanwhile")
        return self._content.read(min(size, 100_000))


@pytest.mark.parametrize("size", [0, 1, CHUNK, CHUNK + 1, 3 * CHUNK - 1])
def test_a_file_comes_back_as_it_was(customer: Door, size: int):
    content = os.urandom(size)
    number = ask.file(customer, files=(ask.upload(customer, content, "data.bin"),))
    (stored,) = customer.read(files.of_ticket, number)
    assert stored.size == size
    assert b"".join(files.chunks(customer, number, stored.key)) == content


def test_no_write_lock_is_held_while_a_slow_pipe_delivers(customer: Door, operator: Door):
    upload = files.stage(customer, Trickle(os.urandom(1_000_000), operator), "slow.bin")
    assert upload.size == 1_000_000


def test_a_file_over_the_limit_is_refused_while_it_is_read(customer: Door):
    class Endless(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            return b"x" * size

    with pytest.raises(Invalid) as refused:
        files.stage(customer, Endless(), "endless.bin")
    assert refused.value.field == "attach"


def test_too_many_files_are_refused(customer: Door):
    number = ask.file(customer)
    uploads = tuple(ask.upload(customer, b"x", f"{n}.txt") for n in range(21))
    with pytest.raises(Invalid):
        customer.write(thread.attach, number, uploads)
    customer.write(thread.attach, number, uploads[:20])


def test_a_file_that_was_attached_since_it_was_found_is_kept(cast: Cast, customer: Door, clock: Clock):
    number = ask.file(customer)
    kept, lost = ask.upload(customer, b"kept"), ask.upload(customer, b"lost")
    clock.advance(days=1, minutes=1)
    found = cast.itself.read(cleaning.unreferenced_files)
    assert sorted(found) == sorted((kept.blob_id, lost.blob_id))
    again = cast.sign_in("carla")
    again.write(thread.attach, number, (kept,))
    cast.itself.touch(cleaning.drop_files, found)
    (stored,) = again.read(files.of_ticket, number)
    assert b"".join(files.chunks(again, number, stored.key)) == b"kept"
    with pytest.raises(Invalid):
        again.write(thread.attach, number, (lost,))


def test_nobody_attaches_what_another_staged(cast: Cast, customer: Door):
    theirs = ask.upload(cast.customer("otto"))
    with pytest.raises(Invalid):
        ask.file(customer, files=(theirs,))


def test_nobody_stages_without_signing_in(cast: Cast):
    with pytest.raises(NotSignedIn):
        ask.upload(cast.visitor())


def test_a_foreign_or_internal_file_does_not_exist(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(thread.attach, number, (ask.upload(operator),), is_internal=True)
    (internal,) = operator.read(files.of_ticket, number)
    with pytest.raises(NotFound):
        list(files.chunks(customer, number, internal.key))
    with pytest.raises(NotFound):
        list(files.chunks(cast.customer("otto"), number, internal.key))


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\temp\\a.txt", "a.txt"),
        ("..", "file"),
        ("", "file"),
        ("a\r\nb\x00.txt", "a b\ufffd.txt"),
        ("x" * 300, "x" * 200),
    ],
)
def test_a_name_is_display_data_only(given: str, shown: str):
    assert files.display_name(given) == shown


def blobs(cast: Cast) -> int:
    with cast.desk.store.reading() as session:
        return session.execute(sa.select(sa.func.count()).select_from(table(Blob))).scalar_one()


def test_nothing_stays_of_a_file_that_was_refused_or_broke_off(cast: Cast, admin: Door, customer: Door):
    admin.write(desk_settings.change, "file_limit", 2 * CHUNK)
    with pytest.raises(Invalid):
        ask.upload(customer, bytes(2 * CHUNK + 1))

    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise OSError("gone")

    with pytest.raises(OSError, match="gone"):
        files.stage(customer, Broken(), "broken.bin")
    assert blobs(cast) == 0


def test_what_was_not_sent_is_limited_for_each_person(cast: Cast, admin: Door, customer: Door):
    admin.write(desk_settings.change, "staged_limit", 2 * CHUNK)
    kept = [ask.upload(customer, bytes(CHUNK)) for _ in range(2)]
    customer.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, {"body": "x"}, "", kept[:1])
    with pytest.raises(Invalid, match="not sent"):
        ask.upload(customer)
    ask.upload(cast.customer("eve"))
    ask.file(customer, files=tuple(kept[1:]))
    ask.upload(customer)


def test_a_draft_has_no_more_files_and_text_than_a_message(customer: Door):
    uploads = [ask.upload(customer, b"x") for _ in range(21)]
    for fields, attached in (({"body": "x"}, uploads), ({"body": "x" * 1_000_001}, [])):
        with pytest.raises(Invalid):
            customer.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, fields, "", attached)
    assert customer.read(drafts.load, drafts.NEW_TICKET, DraftKind.TICKET) is None


def test_only_ones_own_unused_files_are_discarded(cast: Cast, customer: Door):
    sent, drafted, loose = (ask.upload(customer, b"x") for _ in range(3))
    ask.file(customer, files=(sent,))
    customer.touch(drafts.save, drafts.NEW_TICKET, DraftKind.TICKET, {}, "", [drafted])
    everything = [upload.blob_id for upload in (sent, drafted, loose)]
    cast.customer("eve").touch(files.discard, everything)
    assert blobs(cast) == 3
    customer.touch(files.discard, everything)
    assert blobs(cast) == 2


def test_the_limit_of_a_file_is_told_as_it_is_set(admin: Door, customer: Door):
    assert admin.read(desk_settings.load).file_limit == 25_000_000
    admin.write(desk_settings.change, "file_limit", 1_500_000)
    with pytest.raises(Invalid) as refused:
        ask.upload(customer, bytes(1_500_001))
    assert refused.value.message.params["limit"] == "1.5"

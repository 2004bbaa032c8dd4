from __future__ import annotations

import io
import os

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Invalid, NotFound, NotSignedIn
from sysmo_tui.services import cleaning, files, thread
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

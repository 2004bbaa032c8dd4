"""The parcel of files that travels with a command line: whole and in order, or not at all."""

from __future__ import annotations

import io
import json
import struct
import tracemalloc
from collections.abc import Callable, Iterator, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.errors import DeskError, Invalid, Unavailable
from sysmo_tui.door.parcel import LONGEST_CHUNK, LONGEST_LINE, Parcel, Part, Source, packed

MB = 1024 * 1024

Given = Sequence[tuple[Part, bytes]]

names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="/\0"), min_size=1, max_size=40)
files = st.tuples(
    st.builds(
        Part, st.sampled_from(["attach", "body_file", "file"]), names.filter(lambda n: n not in (".", ".."))
    ),
    st.binary(max_size=2000),
)
parcels = st.lists(files, max_size=4)

FIRST = Part("body_file", "text.txt")
SECOND = Part("attach", "-")
SMALL: Given = ((FIRST, b"Dear all,\n"), (SECOND, b""), (Part("attach", "ñandú 🐦.png"), bytes(range(256))))


def bytes_of(parts: Given) -> bytes:
    return b"".join(packed((part, io.BytesIO(content)) for part, content in parts))


def pieces(stream: Source, size: int) -> Iterator[bytes]:
    return iter(lambda: stream.read(size), b"")


def unpacked(sent: bytes, parts: Given, size: int = 1000) -> list[bytes]:
    """What a verb gets that reads ``parts``, so many bytes at a time."""
    parcel, got = Parcel(io.BytesIO(sent)), []
    for part, _content in parts:
        with parcel.opened(part.field, part.name) as stream:
            got.append(b"".join(pieces(stream, size)))
    parcel.require_end()
    return got


@settings(max_examples=100, deadline=None)
@given(parcels, st.integers(1, 3000))
def test_what_is_packed_comes_out(parts: Given, size: int):
    assert unpacked(bytes_of(parts), parts, size) == [content for _part, content in parts]


def test_a_parcel_that_is_cut_anywhere_is_not_there():
    sent = bytes_of(SMALL)
    for cut in range(len(sent)):
        with pytest.raises(Unavailable):
            unpacked(sent[:cut], SMALL)
    assert unpacked(sent, SMALL) == [content for _part, content in SMALL]


@settings(max_examples=200, deadline=None)
@given(st.data())
def test_a_parcel_with_another_byte_is_refused_or_is_another_file(data: st.DataObject):
    sent = bytearray(bytes_of(SMALL))
    place = data.draw(st.integers(0, len(sent) - 1))
    sent[place] ^= data.draw(st.integers(1, 255))
    try:
        got = unpacked(bytes(sent), SMALL)
    except DeskError:
        return
    assert [len(content) for content in got] == [len(content) for _part, content in SMALL]


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_noise_is_no_parcel(noise: bytes):
    with pytest.raises(DeskError):
        unpacked(noise, SMALL)


LINE = b'{"field": "body_file", "name": "text.txt"}\n'


@pytest.mark.parametrize(
    "sent",
    [
        b"Dear all,\n",
        b"[]\n",
        b"null\n",
        b'{"field": "body_file"}\n',
        b'{"field": "body_file", "name": 1}\n',
        b'{"field": "body_file", "name": "text.txt", "path": "/"}\n',
        b'{"field": "body_file", "name": "folder/text.txt"}\n',
        b'{"field": "body_file", "name": "\\ud800"}\n',
        b'{"field": "body_file", "name": ".."}\n',
        b'{"field": "", "name": "text.txt"}\n',
        b'{"field": "body_file", "name": "text\xff.txt"}\n',
        b"[" * (LONGEST_LINE - 1) + b"\n",
        b" " * LONGEST_LINE + LINE,
        LINE + struct.pack(">I", LONGEST_CHUNK + 1) + bytes(LONGEST_CHUNK + 1),
        LINE + b"\xff\xff\xff\xff",
    ],
)
def test_what_is_framed_in_another_way_is_refused(sent: bytes):
    with pytest.raises(Invalid, match="no parcel"):
        unpacked(sent + bytes(8), [(FIRST, b"")])


@pytest.mark.parametrize(
    "wanted", [("attach", "text.txt"), ("body_file", "other.txt"), ("body_file", "/etc/passwd")]
)
def test_only_the_file_that_is_next_can_be_read(wanted: tuple[str, str]):
    parcel = Parcel(io.BytesIO(bytes_of(SMALL)))
    with pytest.raises(Invalid, match="did not come"), parcel.opened(*wanted):
        pass
    with pytest.raises(Invalid, match="did not come"), parcel.opened(FIRST.field, FIRST.name):
        pass
    with pytest.raises(Invalid, match="did not come"):
        parcel.require_end()


def test_a_file_more_than_came_is_refused():
    parcel = Parcel(io.BytesIO(bytes_of([])))
    with pytest.raises(Invalid, match="did not come"), parcel.opened("attach", "a.png"):
        pass


def test_a_file_more_than_is_named_is_refused():
    with pytest.raises(Invalid, match="More files"):
        unpacked(bytes_of(SMALL), SMALL[:2])


def test_a_part_is_read_to_its_end_before_the_next():
    def half(parcel: Parcel) -> None:
        with parcel.opened(FIRST.field, FIRST.name):
            pass

    goes_on: list[Callable[[Parcel], object]] = [half, Parcel.require_end]
    for go_on in goes_on:
        parcel = Parcel(io.BytesIO(bytes_of(SMALL)))
        half(parcel)
        with pytest.raises(Invalid, match="no parcel"):
            go_on(parcel)


def test_a_stream_that_breaks_did_not_arrive_whole():
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1, /) -> bytes:
            raise ConnectionResetError

    with Parcel(Broken(LINE)).opened(FIRST.field, FIRST.name) as stream, pytest.raises(Unavailable):
        stream.read(1)


@pytest.mark.parametrize(
    "part", [Part("attach", "a/b"), Part("attach", ""), Part("attach", "\udcff"), Part("attach", "x" * 4096)]
)
def test_no_part_is_sent_under_a_name_that_is_refused_over_there(part: Part):
    with pytest.raises(Invalid):
        bytes_of([(part, b"")])


class Zeros:
    """A file of so many bytes, made when they are read."""

    def __init__(self, left: int) -> None:
        self._left = left

    def read(self, size: int, /) -> bytes:
        given = min(size, self._left)
        self._left -= given
        return bytes(given)


class Pipe:
    """A parcel that is packed when it is read."""

    def __init__(self, pieces: Iterator[bytes]) -> None:
        self._pieces, self._rest = pieces, b""

    def read(self, size: int, /) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        return self._taken(size)

    def readline(self, size: int, /) -> bytes:
        self._rest = self._rest or next(self._pieces, b"")
        return self._taken(min(size, self._rest.find(b"\n") + 1))

    def _taken(self, size: int) -> bytes:
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def test_a_large_parcel_is_never_in_memory():
    parts = [(Part("attach", f"{number}.bin"), Zeros(25 * MB)) for number in range(4)]
    tracemalloc.start()
    try:
        parcel = Parcel(Pipe(packed(parts)))
        for part, _source in parts:
            with parcel.opened(part.field, part.name) as stream:
                assert sum(map(len, pieces(stream, LONGEST_CHUNK))) == 25 * MB
        parcel.require_end()
        _now, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 4 * MB


def test_the_form_of_a_parcel_is_what_its_description_says():
    part, end = {"field": "attach", "name": "-"}, struct.pack(">I", 0)
    by_hand = json.dumps(part).encode() + b"\n" + struct.pack(">I", 3) + b"abc" + end + b"\n"
    assert bytes_of([(SECOND, b"abc")]) == by_hand
    assert unpacked(by_hand, [(SECOND, b"abc")]) == [b"abc"]

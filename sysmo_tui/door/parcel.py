"""Files that travel with a command line: a parcel on standard input, written here and read over there.

Each part is a line of JSON that says what it is for, then its bytes in chunks, each behind its length; a
length of zero ends the part, an empty line the parcel::

    {"field": "attach", "name": "photo.png"}⏎
    <4 bytes, big-endian> <so many bytes> … <0>
    ⏎

The parts come in the order in which the verb reads its files, so that nothing has to be kept in between.
"""

from __future__ import annotations

import io
import json
import struct
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Protocol

from sysmo_tui.domain.errors import DeskError, Invalid, Unavailable
from sysmo_tui.domain.message import N_

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST_LINE = 4096
"""Bytes of the line that opens a part, with its end."""

LONGEST_CHUNK = 256 * 1024
"""Bytes that follow one length."""

_LENGTH = struct.Struct(">I")
_END_OF_PART = _LENGTH.pack(0)
_END = b"\n"


class Source(Protocol):
    """What bytes are read from."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""
        ...


class Stream(Source, Protocol):
    """What a parcel is read from."""

    def readline(self, size: int, /) -> bytes:
        """The bytes to the next end of a line, with it; no more than ``size``, none at the end."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """What a file is for, as the verb's parameter, and what it is called; no name has a folder."""

    field: str
    name: str


def packed(parts: Iterable[tuple[Part, Source]]) -> Iterator[bytes]:
    """The bytes of a parcel, at most a chunk at a time; each file is read when its turn comes."""
    for part, source in parts:
        yield _opening(part)
        while chunk := source.read(LONGEST_CHUNK):
            yield _LENGTH.pack(len(chunk)) + chunk
        yield _END_OF_PART
    yield _END


class Parcel:
    """A parcel as it comes in. Its parts are read once, in their order, each to its end.

    One that ends too early is Unavailable, one that is framed in another way Invalid; and what was
    refused once gives nothing any more.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._inside: _Inside | None = None
        self._is_at_end = False
        self._refusal: DeskError | None = None

    @contextmanager
    def opened(self, field: str, name: str) -> Iterator[io.BufferedReader]:
        """The next part, which has to be the file ``name`` for ``field``; Invalid when it is another."""
        with self._refusing():
            wanted = Part(field, name)
            if not _is_fit(wanted) or self._next() != wanted:
                raise Invalid(N_("“{path}” did not come with the command."), field=field, path=name)
            self._inside = _Inside(self)
        yield io.BufferedReader(self._inside, LONGEST_CHUNK)

    def require_end(self) -> None:
        """Refuse to go on unless every part was read and the parcel is whole."""
        with self._refusing():
            if self._next() is not None:
                raise Invalid(N_("More files came with the command than it names."), field="parcel")

    def _next(self) -> Part | None:
        """The part that the next line opens, None behind the last one."""
        if self._is_at_end:
            return None
        if self._inside is not None and not self._inside.is_read:
            raise _ill_framed()
        line = self._stream.readline(LONGEST_LINE)
        if not line.endswith(b"\n"):
            raise _ill_framed() if len(line) == LONGEST_LINE else _cut()
        self._is_at_end = line == _END
        return None if self._is_at_end else _opened(line)

    def length(self) -> int:
        """How many bytes the next chunk of the part that is open has, 0 at its end."""
        with self._refusing():
            (length,) = _LENGTH.unpack(self.take(_LENGTH.size))
            if length > LONGEST_CHUNK:
                raise _ill_framed()
            return int(length)

    def take(self, size: int) -> bytes:
        """So many bytes, not one less."""
        with self._refusing():
            taken = self._stream.read(size)
            if len(taken) < size:
                raise _cut()
            return taken

    @contextmanager
    def _refusing(self) -> Iterator[None]:
        """Refuse for the same reason as before; what cannot be read did not arrive."""
        if self._refusal is not None:
            raise self._refusal
        try:
            yield
        except OSError as error:
            self._refusal = _cut()
            raise self._refusal from error
        except DeskError as refusal:
            self._refusal = refusal
            raise


class _Inside(io.RawIOBase):
    """The bytes of one part."""

    def __init__(self, parcel: Parcel) -> None:
        super().__init__()
        self._parcel = parcel
        self._left = 0
        self.is_read = False

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fill ``buffer`` as far as the chunk reaches; 0 at the end of the part."""
        if self.is_read:
            return 0
        if not self._left:
            self._left = self._parcel.length()
            self.is_read = not self._left
        view = memoryview(buffer).cast("B")
        size = min(len(view), self._left)
        view[:size] = self._parcel.take(size)
        self._left -= size
        return size


def _opening(part: Part) -> bytes:
    """The line that opens a part; Invalid for a name that no part can have."""
    line = json.dumps(asdict(part), ensure_ascii=False).encode("utf-8", "surrogatepass") + b"\n"
    if len(line) > LONGEST_LINE or not _is_fit(part):
        raise Invalid(N_("“{path}” cannot be sent: it is no file's name."), field=part.field, path=part.name)
    return line


def _opened(line: bytes) -> Part:
    """The part that a line opens; Invalid for anything but our JSON object of two texts."""
    try:
        given = json.loads(line.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise _ill_framed() from error
    if not isinstance(given, dict) or given.keys() != {"field", "name"}:
        raise _ill_framed()
    if not all(isinstance(value, str) for value in given.values()):
        raise _ill_framed()
    part = Part(**given)
    if not _is_fit(part):
        raise _ill_framed()
    return part


def _is_fit(part: Part) -> bool:
    """Whether a part says what it is for and has a file's name, without a folder."""
    texts = f"{part.field}{part.name}"
    return (
        part.field.isidentifier()
        and part.name not in ("", ".", "..")
        and not any(each in part.name for each in "/\0")
        and not any("\ud800" <= each <= "\udfff" for each in texts)
    )


def _cut() -> Unavailable:
    return Unavailable(N_("What was sent did not arrive whole. Nothing was done; try again."))


def _ill_framed() -> Invalid:
    return Invalid(N_("What came on standard input is no parcel of files."), field="parcel")

"""Files of this machine: only ordinary ones are read, and none is ever written over."""

from __future__ import annotations

import hashlib
import io
import os
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from sysmo_tui.domain.errors import Conflict, Invalid, Unavailable
from sysmo_tui.domain.message import N_, Message
from sysmo_tui.domain.views import File

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

LONGEST_NAME = 200
"""Bytes of a file's name, which file systems limit to 255."""

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
_MODE = 0o600


@contextmanager
def opened(path: str, field: str) -> Iterator[BinaryIO]:
    """An ordinary file, to be read; for anything else, Invalid names ``field``."""
    try:
        # Opening a pipe would wait for its other end.
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    except (OSError, ValueError) as error:
        raise _unreadable(path, field, error) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise Invalid(N_("“{path}” is not an ordinary file."), field=field, path=path)
    with io.BufferedReader(_Ordinary(handle, path, field)) as file:
        yield file


class _Ordinary(io.FileIO):
    """A file that is open; Invalid where its disk fails."""

    def __init__(self, handle: int, path: str, field: str) -> None:
        super().__init__(handle)
        self._path, self._field = path, field

    def readinto(self, buffer: WriteableBuffer, /) -> int | None:
        """The next bytes."""
        try:
            return super().readinto(buffer)
        except OSError as error:
            raise _unreadable(self._path, self._field, error) from error

    def readall(self) -> bytes:
        """All that is left."""
        try:
            return super().readall()
        except OSError as error:
            raise _unreadable(self._path, self._field, error) from error


def _unreadable(path: str, field: str, error: OSError | ValueError) -> Invalid:
    return Invalid(N_("“{path}” cannot be read: {reason}."), field=field, path=path, reason=_reason(error))


def save(chunks: Iterable[bytes], folder: str, file: File) -> Path:
    """Write a ticket's file into ``folder``, under a free name like its own; returns where it is.

    What does not arrive whole leaves nothing behind.
    """
    place = Path(folder)
    if not place.exists() and place.parent.is_dir():
        _made(place)
    if not place.is_dir():
        raise Invalid(N_("There is no folder {path}."), field="output", path=folder)
    path, handle = _created(place, safe_name(file.filename))
    with _writing(path, handle) as target:
        for chunk in whole(chunks, file):
            target.write(chunk)
    return path


def whole(chunks: Iterable[bytes], file: File) -> Iterator[bytes]:
    """The bytes of a ticket's file; Unavailable behind them when they are not those that were stored."""
    hashed = hashlib.sha256()
    for chunk in chunks:
        hashed.update(chunk)
        yield chunk
    if hashed.hexdigest() != file.sha256:
        raise Unavailable(N_("“{name}” did not arrive whole. Try again."), name=file.filename)


def _made(folder: Path) -> None:
    """Make a folder for its owner alone; where it cannot be made it is not there."""
    with suppress(OSError, ValueError):
        folder.mkdir(mode=0o700)


def save_text(name: str, text: str) -> Path:
    """Write a new file; Conflict where there is one already, Invalid where none can be."""
    return save_bytes(name, [text.encode("utf-8")])


def save_bytes(name: str, chunks: Iterable[bytes]) -> Path:
    """Like :func:`save_text`; what does not arrive whole leaves nothing behind."""
    path = Path(name)
    try:
        handle = os.open(path, _NEW, _MODE)
    except FileExistsError as error:
        raise Conflict(N_("There is a file {path} already. Choose another name."), path=name) from error
    except (OSError, ValueError) as error:
        raise _unwritable(path, error) from error
    with _writing(path, handle) as target:
        for chunk in chunks:
            target.write(chunk)
    return path.absolute()


def safe_name(filename: str) -> str:
    """A name without folders that hides nothing, is no option of a command and fits a file system."""
    base = filename.replace("\\", "/").rsplit("/", 1)[-1].strip().lstrip(".")
    if base.startswith("-"):
        base = f"_{base[1:]}"
    while len(base.encode("utf-8", "replace")) > LONGEST_NAME:
        stem, dot, suffix = base.rpartition(".")
        base = stem[:-1] + dot + suffix if dot and len(stem) > 1 and len(suffix) < 20 else base[:-1]
    return base or "file"


def _created(folder: Path, name: str) -> tuple[Path, int]:
    """A new file and its handle; a taken name gets a number."""
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in count(1):
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            return path, os.open(path, _NEW, _MODE)
        except FileExistsError:
            continue
        except OSError as error:
            raise _unwritable(path, error) from error
    raise AssertionError("unreachable")


@contextmanager
def _writing(path: Path, handle: int) -> Iterator[BinaryIO]:
    """A new file, which goes away again when anything fails before it is closed."""
    try:
        with os.fdopen(handle, "wb") as target:
            yield target
    except OSError as error:
        path.unlink(missing_ok=True)
        raise _unwritable(path, error) from error
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _unwritable(path: Path, error: OSError | ValueError) -> Invalid:
    return Invalid(
        N_("“{path}” cannot be written: {reason}."), field="output", path=str(path), reason=_reason(error)
    )


def _reason(error: OSError | ValueError) -> str | Message:
    if isinstance(error, OSError):
        return os.strerror(error.errno or 0)
    return Message(N_("not a file name"))

"""Files from tickets to disk: inside the folder, never over anything, for their owner alone."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from sysmo_tui.domain.errors import Invalid, Unavailable
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.views import File

LONGEST_NAME = 200
"""Bytes of a file's name, which file systems limit to 255."""

_MODE = 0o600


def save(chunks: Iterator[bytes], folder: str, file: File) -> Path:
    """Write a file into ``folder``, under a free name like its own; returns where it is."""
    place = Path(folder)
    if not place.is_dir():
        raise Invalid(N_("There is no folder {path}."), field="output", path=folder)
    handle, path = _created(place, safe_name(file.filename))
    hashed = hashlib.sha256()
    try:
        with os.fdopen(handle, "wb") as target:
            for chunk in chunks:
                hashed.update(chunk)
                target.write(chunk)
        if hashed.hexdigest() != file.sha256:
            raise Unavailable(N_("“{name}” did not arrive whole. Try again."), name=file.filename)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return path


def safe_name(filename: str) -> str:
    """A name without folders that hides nothing and fits a file system."""
    base = filename.replace("\\", "/").rsplit("/", 1)[-1].strip().lstrip(".")
    while len(base.encode("utf-8", "replace")) > LONGEST_NAME:
        stem, dot, suffix = base.rpartition(".")
        base = stem[:-1] + dot + suffix if dot and len(stem) > 1 and len(suffix) < 20 else base[:-1]
    return base or "file"


def _created(folder: Path, name: str) -> tuple[int, Path]:
    """A new file and its handle; a taken name gets a number."""
    stem, suffix = Path(name).stem, Path(name).suffix
    for number in count(1):
        path = folder / (name if number == 1 else f"{stem}-{number}{suffix}")
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            return os.open(path, flags, _MODE), path
        except FileExistsError:
            continue
        except OSError as error:
            raise Invalid(
                N_("“{path}” cannot be written: {reason}."),
                field="output",
                path=str(path),
                reason=os.strerror(error.errno or 0),
            ) from error
    raise AssertionError("unreachable")

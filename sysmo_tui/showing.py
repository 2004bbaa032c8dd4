"""The files of a ticket as far as a terminal shows them: text, and pictures made small."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from sysmo_tui import picture_reader
from sysmo_tui.desk import Door
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.message import N_
from sysmo_tui.domain.text import ELLIPSIS, SafeText, clean
from sysmo_tui.domain.views import File
from sysmo_tui.services import files

TEXT_BYTES = files.CHUNK
"""Bytes of a text that are shown: the first of its pieces."""
MOST_LINES = 5_000
LONGEST_LINE = 2_000
"""Characters of a line that are shown."""
SECONDS = 10.0
"""How long a picture may take, waiting included."""

_PICTURES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a")
_NO_TEXT = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x7fELF", b"{\\rtf")
_WIDE = {b"\xff\xfe": "utf-16-le", b"\xfe\xff": "utf-16-be"}


@dataclass(frozen=True, slots=True)
class Text:
    """The beginning of a text; ``is_longer`` when not all of it is here."""

    text: SafeText
    is_longer: bool


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of ``width`` × ``height`` pixels, three bytes each, made of a larger one."""

    width: int
    height: int
    pixels: bytes
    whole_width: int
    whole_height: int


def look(door: Door, number: int, file: File, columns: int, rows: int) -> Text | Picture:
    """What a terminal shows of a file: its text, or a picture of at most ``columns`` × ``rows`` pixels.

    Its content decides, not its name. Invalid for anything else, and for what is larger than is safe.
    """
    pieces = files.chunks(door, number, file.key)
    first = next(pieces, b"")
    if first.startswith(_PICTURES) or (first.startswith(b"BM") and b"\0" in first[:16]):
        return _picture(first, pieces, file, columns, rows)
    is_longer = file.size > len(first)
    text = _decoded(first, is_cut=is_longer)
    if text is None:
        raise _unshown(file)
    return _shortened(text, is_longer=is_longer)


def _unshown(file: File) -> Invalid:
    return Invalid(
        N_("“{name}” is neither text nor a picture that can be shown here. Save it."), name=file.filename
    )


def _decoded(content: bytes, *, is_cut: bool) -> str | None:
    """The text that bytes are, whose last character may be in two when it ``is_cut``; None for none."""
    if content.startswith(_NO_TEXT):
        return None
    for mark, encoding in _WIDE.items():
        if content.startswith(mark):
            return content[2:].decode(encoding, "replace")
    if b"\0" in content:
        return None
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if is_cut and error.start > len(content) - 4:
            return content[: error.start].decode("utf-8-sig")
    controls = sum(byte < 32 and byte not in b"\t\n\r\f" for byte in content)
    # Nothing is ever wrong in Latin 1: what is no text is known by its control characters.
    return content.decode("cp1252", "replace") if controls * 100 <= len(content) else None


def _shortened(text: str, *, is_longer: bool) -> Text:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").expandtabs(4).split("\n")
    is_longer = is_longer or len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines)
    shown = [
        line if len(line) <= LONGEST_LINE else line[:LONGEST_LINE] + ELLIPSIS for line in lines[:MOST_LINES]
    ]
    return Text(clean("\n".join(shown)), is_longer)


def _picture(first: bytes, rest: Iterator[bytes], file: File, columns: int, rows: int) -> Picture:
    if file.size > picture_reader.MOST_BYTES:
        raise _unshown(file)
    most = picture_reader.MOST_BYTES // files.CHUNK + 1
    content = b"".join([first, *islice(rest, most)])
    # Nothing that lies in the folder where somebody stands is taken for a part of the program.
    command = [sys.executable, "-P", picture_reader.__file__, str(max(columns, 1)), str(max(rows, 1))]
    kept = {name: os.environ[name] for name in ("PYTHONPATH",) if name in os.environ}
    try:
        made = subprocess.run(
            command, input=content, capture_output=True, timeout=SECONDS, env=kept, check=False
        )
    except (subprocess.TimeoutExpired, OSError) as error:
        raise _unshown(file) from error
    header = picture_reader.HEADER
    if made.returncode or len(made.stdout) < header.size:
        raise _unshown(file)
    whole_width, whole_height, width, height = header.unpack(made.stdout[: header.size])
    pixels = made.stdout[header.size :]
    if len(pixels) != 3 * width * height:
        raise _unshown(file)
    return Picture(width, height, pixels, whole_width, whole_height)

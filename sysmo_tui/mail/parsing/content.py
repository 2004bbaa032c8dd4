"""Transfer encodings (RFC 2045, 6) are taken off; damage costs the damaged place, never the rest."""

from __future__ import annotations

import binascii
import re

from sysmo_tui.mail.parsing.structure import Part
from sysmo_tui.mail.parsing.words import base64, token

_BEGIN = re.compile(rb"begin [0-7]{3,4} ([^\r\n]{1,255})\r?\n")
_END = re.compile(rb"end[ \t]{0,80}\r?(?:\n|\Z)")
_UUENCODED = frozenset({"uuencode", "x-uuencode", "uue", "x-uue"})
_MOST_UUENCODED = 100
_LARGEST_UUENCODED = 5_000_000
_LINE = re.compile(rb"([^\r\n]+)")
_ENCODED_LINE = re.compile(rb"[ -`]{2,100}")


def content(raw: bytes, part: Part) -> bytes:
    """The bytes of a part without their transfer encoding; an unknown encoding is left as it is."""
    written = raw[part.start : part.end]
    encoding = token(part.headers.get("content-transfer-encoding"))
    if encoding == "base64":
        return base64(written)
    if encoding == "quoted-printable":
        return binascii.a2b_qp(written)
    if encoding in _UUENCODED:
        _text, files = without_uuencoded(written)
        return files[0][1] if files else written
    return written


def without_uuencoded(text: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
    """Take uuencoded files out of a text: what remains, and each file's name and content."""
    if b"begin " not in text:
        return text, []
    remains: list[bytes] = []
    files: list[tuple[bytes, bytes]] = []
    position = 0
    for _attempt in range(_MOST_UUENCODED):
        begin = _found(_BEGIN, b"begin ", text, position, len(text))
        end = _found(_END, b"end", text, begin.end(), begin.end() + _LARGEST_UUENCODED) if begin else None
        if begin is None or end is None:
            break
        found = _uudecoded(text, begin.end(), end.start())
        if found is None:
            remains.append(text[position : begin.end()])
            position = begin.end()
            continue
        remains.append(text[position : begin.start()])
        files.append((begin[1], found))
        position = end.end()
    return b"".join(remains) + text[position:], files


def _found(
    line: re.Pattern[bytes], beginning: bytes, text: bytes, start: int, end: int
) -> re.Match[bytes] | None:
    """The first line that begins so and fits ``line``; faster than to ask the pattern at every place."""
    if found := line.match(text, start) if start == 0 or text[start - 1 : start] == b"\n" else None:
        return found
    position = start
    while (at := text.find(b"\n" + beginning, position, end)) >= 0:
        if found := line.match(text, at + 1):
            return found
        position = at + 1
    return None


def _uudecoded(text: bytes, start: int, end: int) -> bytes | None:
    """Decode the lines of a uuencoded file; None when they are none."""
    decoded = bytearray()
    for found in _LINE.finditer(text, start, end):
        line = found[1]
        if not line.strip() or line == b"`":
            continue
        if not _ENCODED_LINE.fullmatch(line):
            return None
        size = (((line[0] - 32) & 63) * 4 + 5) // 3
        try:
            # Some programs write more than the line's own length says.
            decoded += binascii.a2b_uu(line[:size])
        except binascii.Error:
            return None
    return bytes(decoded)

"""The parts of a mail (RFC 2045, 2046), as places in its bytes.

Parts are found from the outside inwards, and without recursion: a boundary is looked for only inside of the
part that declares it, so that the work grows with size times depth, and depth has a limit.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from sysmo_tui.mail.parsing.headers import Headers, read
from sysmo_tui.mail.parsing.words import parameters, token

MOST_PARTS = 1000
MOST_LEVELS = 20
_MOST_LOOK_ALIKES = 10_000
_MOST_SCANNED = 120_000_000
_TAIL = re.compile(rb"(--)?[ \t]*+\r?(?:\n|\Z)")
_GUESS = re.compile(rb"^--([^\s][^\r\n]{0,200})\r?$", re.MULTILINE)
_MEDIA_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_CARRIAGE_RETURN = 13


@dataclass(slots=True)
class Part:
    """A part whose content, still encoded, is ``raw[start:end]``; ``level`` 0 is the mail itself.

    ``is_left_whole`` says that it has parts which were not looked for, as they are too deep inside.
    """

    headers: Headers
    media_type: str
    parameters: dict[str, str]
    start: int
    end: int
    level: int
    children: list[Part] = field(default_factory=list)
    is_left_whole: bool = False

    @property
    def is_multipart(self) -> bool:
        """Whether it consists of others."""
        return bool(self.children)


@dataclass(slots=True)
class Structure:
    """A mail's parts. ``is_cut``: there are more than were looked at; ``is_deep``: some are left as one."""

    root: Part
    is_cut: bool = False
    is_deep: bool = False


def scan(raw: bytes) -> Structure:
    """Find the parts of a mail; whatever the bytes are, there is at least the mail itself."""
    found = Structure(_part(raw, 0, len(raw), 0, "text/plain"))
    waiting, count, scanned = [found.root], 1, 0
    while waiting:
        part = waiting.pop()
        if not part.media_type.startswith("multipart/"):
            continue
        scanned += part.end - part.start
        if part.level >= MOST_LEVELS or (part.level and scanned > _MOST_SCANNED):
            part.is_left_whole = found.is_deep = True
            continue
        usual = "message/rfc822" if part.media_type == "multipart/digest" else "text/plain"
        for start, end in _inner_places(raw, part):
            if count >= MOST_PARTS:
                found.is_cut = True
                break
            count += 1
            part.children.append(_part(raw, start, end, part.level + 1, usual))
        waiting += reversed(part.children)
    return found


def _part(raw: bytes, start: int, end: int, level: int, usual: str) -> Part:
    headers, body = read(raw, start, end, is_mail=level == 0)
    written = headers.get("content-type")
    media_type = token(written) if written else usual
    if media_type in {"text", "plain", "html"}:
        media_type = "text/html" if media_type == "html" else "text/plain"
    elif not _MEDIA_TYPE.fullmatch(media_type):
        # RFC 2045, 5.2: what cannot be understood is plain text.
        media_type = "text/plain"
    return Part(headers, media_type, parameters(written), min(body, end), end, level)


def _inner_places(raw: bytes, part: Part) -> Iterator[tuple[int, int]]:
    """Where the parts of a multipart are, by the boundary it declares, else by the one it seems to use."""
    boundary = part.parameters.get("boundary", "").rstrip().encode("utf-8", "replace")
    has_any = False
    for place in _places(raw, boundary, part.start, part.end):
        has_any = True
        yield place
    if not has_any and (guess := _GUESS.search(raw, part.start, min(part.end, part.start + 8192))):
        yield from _places(raw, guess[1].rstrip(), part.start, part.end)


def _places(raw: bytes, boundary: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the parts between the delimiters of ``boundary`` are (RFC 2046, 5.1.1).

    The last one goes to the end when the closing delimiter is missing.
    """
    if not boundary:
        return
    delimiter = b"\n--" + boundary
    begun, look_alikes = -1, 0
    # The line break before the first delimiter may be the one that ended the header.
    position = max(start - 1, 0)
    while look_alikes < _MOST_LOOK_ALIKES and (at := raw.find(delimiter, position, end)) >= 0:
        tail = _TAIL.match(raw, at + len(delimiter), end)
        if tail is None:
            look_alikes += 1
            position = at + len(delimiter)
            continue
        if begun >= 0:
            yield begun, max(begun, at - (raw[at - 1] == _CARRIAGE_RETURN))
        if tail[1]:
            return
        begun = tail.end()
        position = begun - 1
    if begun >= 0:
        yield begun, end

"""The header of a mail or of one of its parts (RFC 5322, 2.2), read in one pass over the bytes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from sysmo_tui.domain.text import storable
from sysmo_tui.mail.parsing.charsets import decoded

_FIELD = re.compile(rb"([!-9;-~]{1,100}+)[ \t]*+:((?:[^\n]*+)(?:\n[ \t][^\n]*+)*+)(?:\n|\Z)")
_FOLD = re.compile(rb"\r?\n(?=[ \t])")
_END_OF_HEADER = re.compile(rb"\n\r?\n")
_EMPTY_LINE = re.compile(rb"\r?\n")
_ENVELOPE = re.compile(rb"(?:\xef\xbb\xbf)?(?:[ \t]*+\r?\n)*+(?:>?From [^\n]*+\n)?")
_SPACES = re.compile("[\r\n\t]+")

# Only what is understood is kept: a mail may have 100 000 others.
_KEPT = frozenset(
    b"auto-submitted cc content-disposition content-id content-transfer-encoding content-type date"
    b" delivered-to envelope-to from in-reply-to list-id list-post list-unsubscribe message-id"
    b" precedence references return-path subject to x-apple-action x-auto-response-suppress"
    b" x-autoreply x-autoreply-from x-autorespond x-autoresponder x-autoresponse x-failed-recipients"
    b" x-fc-machinegenerated x-forwarded-to x-loop x-mail-autoreply x-original-message-id"
    b" x-original-to x-precedence x-sysmo-loop".split()
)
_MOST_FIELDS_OF_MAIL = 150_000
_MOST_FIELDS_OF_PART = 200
_MOST_VALUES = 100
_LONGEST_VALUE = 64 * 1024
_ROOM_OF_MAIL = 192 * 1024
_ROOM_OF_PART = 16 * 1024


@dataclass(slots=True)
class Headers:
    """The fields that matter, by their names in lower case, unfolded, in the order of the mail.

    ``is_cut`` says that a value was too long, or a field there too often, to be kept whole; ``room`` is
    how many bytes may still be kept.
    """

    values: dict[str, list[str]] = field(default_factory=dict)
    is_cut: bool = False
    room: int = 0

    def all(self, name: str) -> list[str]:
        """Every value of a field; raw 8-bit text is decoded (RFC 6532), encoded words are not."""
        return self.values.get(name, [])

    def get(self, name: str) -> str:
        """The first value of a field, or ""."""
        found = self.values.get(name)
        return found[0] if found else ""


def read(raw: bytes, start: int, end: int, is_mail: bool = False) -> tuple[Headers, int]:
    """Give the header that begins at ``start``, and where the body after it begins.

    What is no field ends the header, as it does for mail servers. A mail (``is_mail``) may begin
    with empty lines, and the one that a mailbox file puts before it.
    """
    headers = Headers(room=_ROOM_OF_MAIL if is_mail else _ROOM_OF_PART)
    position = start
    if is_mail and (before := _ENVELOPE.match(raw, start, end)):
        position = before.end()
    for _count in range(_MOST_FIELDS_OF_MAIL if is_mail else _MOST_FIELDS_OF_PART):
        found = _FIELD.match(raw, position, end)
        if found is None:
            break
        position = found.end()
        name = found[1].lower()
        if name in _KEPT:
            _keep(headers, name.decode("ascii"), raw[found.start(2) : found.end(2)])
    else:
        headers.is_cut = True
        rest = _END_OF_HEADER.search(raw, position - 1, end)
        position = rest.end() if rest else end
        return headers, position
    if empty := _EMPTY_LINE.match(raw, position, end):
        position = empty.end()
    return headers, position


def _keep(headers: Headers, name: str, value: bytes) -> None:
    values = headers.values.setdefault(name, [])
    if len(values) >= _MOST_VALUES:
        headers.is_cut = True
        return
    limit = min(_LONGEST_VALUE, headers.room)
    if len(value) > limit:
        headers.is_cut = True
        value = value[:limit]
    headers.room -= len(value)
    unfolded = decoded(_FOLD.sub(b"", value))
    # A NUL becomes U+FFFD and no space: it must not put together what it kept apart.
    values.append(storable(_SPACES.sub(" ", unfolded)).strip())

"""Encoded words of headers (RFC 2047), and parameters of them (RFC 2045, 5.1; RFC 2231)."""

from __future__ import annotations

import binascii
import re
import string
from collections import defaultdict
from urllib.parse import unquote_to_bytes

from sysmo_tui.mail.parsing.charsets import decoded

_WORD = re.compile(r"=\?([^?*\s]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?]*+)\?=")
_PARAMETER = re.compile(r';\s*+([^\s=;"]{1,80}+)\s*+=\s*+("(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[^;]*+)', re.DOTALL)
_ESCAPED = re.compile(r'\\(["\\])')
_SECTION = re.compile(r"([^*]+)(?:\*([0-9]{1,3}))?(\*)?")
_MOST_PARAMETERS = 200
_LONGEST_TOKEN = 500
_NOT_BASE64 = bytes(set(range(256)) - set(string.ascii_letters.encode() + string.digits.encode() + b"+/"))
_COMMENT = re.compile(r"\([^()]*\)")


def words(value: str) -> str:
    """Decode the encoded words in ``value``.

    Space between two of them is dropped, and a character that was split between them is put together.
    """
    if "=?" not in value:
        return value
    pieces: list[str] = []
    charset, pending, last = "", b"", 0
    for word in _WORD.finditer(value):
        between = value[last : word.start()]
        is_next = bool(pending) and not between.strip()
        if pending and not (is_next and word[1].lower() == charset):
            pieces.append(decoded(pending, charset))
            pending = b""
        if not is_next:
            pieces.append(between)
        charset = word[1].lower()
        pending += _word_content(word[2], word[3])
        last = word.end()
    pieces.append(decoded(pending, charset))
    pieces.append(value[last:])
    return "".join(pieces)


def _word_content(encoding: str, text: str) -> bytes:
    written = text.encode("utf-8", "replace")
    if encoding in "qQ":
        return binascii.a2b_qp(written, header=True)
    return base64(written)


def base64(content: bytes) -> bytes:
    """Decode base64 (RFC 2045, 6.8): what is no letter of it is skipped, what is missing is lost."""
    try:
        return binascii.a2b_base64(content)
    except binascii.Error:
        letters = content.translate(None, _NOT_BASE64)
        letters = letters[: len(letters) - (len(letters) % 4 == 1)]
        return binascii.a2b_base64(letters + b"=" * (-len(letters) % 4))


def token(value: str) -> str:
    """The value of a structured header before its parameters, in lower case and without comments."""
    plain = value[:_LONGEST_TOKEN].split(";", 1)[0]
    while "(" in plain and (shorter := _COMMENT.sub(" ", plain)) != plain:
        plain = shorter
    return plain.strip().lower()


def parameters(value: str) -> dict[str, str]:
    """The parameters of Content-Type or Content-Disposition, decoded, by names in lower case.

    Continuations are joined in their order, also when they arrive in another (RFC 2231, 3). What is
    encoded as RFC 2231 says wins over a plain one of the same name (RFC 6266, 4.3); encoded words,
    which have no place here, are decoded too, as most programs write them.
    """
    if ";" not in value:
        return {}
    plain: dict[str, str] = {}
    sections: dict[str, dict[int, tuple[str, bool]]] = defaultdict(dict)
    for count, found in enumerate(_PARAMETER.finditer(value)):
        if count >= _MOST_PARAMETERS:
            break
        name, given = found[1].lower(), _unquoted(found[2].strip())
        section = _SECTION.fullmatch(name)
        if section and (section[2] or section[3]):
            sections[section[1]].setdefault(int(section[2] or 0), (given, bool(section[3])))
        else:
            plain.setdefault(name, words(given))
    return plain | {name: _joined(parts) for name, parts in sections.items()}


def _unquoted(value: str) -> str:
    if len(value) >= 2 and value[0] == value[-1] == '"':
        return _ESCAPED.sub(r"\1", value[1:-1])
    return value.strip('"')


def _joined(parts: dict[int, tuple[str, bool]]) -> str:
    """Put continuations together; the first one names the charset of all."""
    charset, content = "", b""
    for position, (number, (text, is_encoded)) in enumerate(sorted(parts.items())):
        rest = text
        if number == 0 and position == 0 and is_encoded and text.count("'") >= 2:
            charset, _language, rest = text.split("'", 2)
        written = rest.encode("utf-8", "replace")
        content += unquote_to_bytes(written) if is_encoded else written
    return words(decoded(content, charset))

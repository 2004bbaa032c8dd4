"""Addresses in headers (RFC 5322, 3.4), read strictly.

An encoded word is decoded only after its place is known, so that no letter in it changes an address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from sysmo_tui.domain.addresses import MAX_LENGTH, normalise
from sysmo_tui.domain.enums import SenderFault
from sysmo_tui.domain.errors import Invalid
from sysmo_tui.domain.incoming import MailAddress
from sysmo_tui.domain.text import header_value, storable_line
from sysmo_tui.mail.parsing.headers import Headers
from sysmo_tui.mail.parsing.words import words

_TOKEN = re.compile(
    r"""(?P<space>\s++)
    |(?P<word>=\?[^?\s<>]++\?[bBqQ]\?[^?\s<>]*+\?=)
    |(?P<quoted>"(?:[^"\\]|\\.)*+(?:"|\\?\Z))
    |(?P<literal>\[[^\[\]\\<>]*+\])
    |(?P<atom>[^\s"()<>\[\]:;,@\\]++)
    |(?P<special>.)""",
    re.VERBOSE | re.DOTALL,
)
_COMMENT_EDGE = re.compile(r"\\.|[()]", re.DOTALL)
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_DOT_ATOM = re.compile(r"[^\s\"()<>\[\]:;,@\\.]+(?:\.[^\s\"()<>\[\]:;,@\\.]+)*")
_PLAIN = re.compile(
    r"[a-z0-9_'+=-]+(?:\.[a-z0-9_'+=-]+)*@(?!.*xn--)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}",
    re.IGNORECASE,
)
_WHERE_IT_WENT = ("to", "cc", "delivered-to", "x-original-to", "envelope-to", "x-forwarded-to")
_MOST_RECIPIENTS = 500
_MOST_ODD = 50
_MOST_ENTRIES = 2000
_LONGEST_NAME = 200
_LONGEST_LOCAL = 64
"""Octets before the @ (RFC 5321, 4.5.3.1.1)."""


@dataclass(slots=True)
class _Entry:
    """The tokens of one place in a list: ``(kind, text)``; ``angle`` are those inside ``< >``."""

    phrase: list[tuple[str, str]] = field(default_factory=list)
    angle: list[tuple[str, str]] | None = None
    comment: str = ""
    is_inside: bool = False
    is_broken: bool = False
    is_group: bool = False

    @property
    def is_empty(self) -> bool:
        return self.angle is None and all(kind == "space" for kind, _text in self.phrase)


def sender(headers: Headers) -> tuple[MailAddress | None, SenderFault | None]:
    """Who a mail says it is from: exactly one mailbox, or why there is none."""
    fields = headers.all("from")
    if len(fields) > 1:
        return None, SenderFault.SEVERAL
    entries = list(_entries(fields[0])) if fields else []
    if not entries or (len(entries) == 1 and entries[0].angle == [] and not entries[0].is_group):
        return None, SenderFault.MISSING
    if any(entry.is_group for entry in entries):
        return None, SenderFault.MALFORMED
    if len(entries) > 1:
        return None, SenderFault.SEVERAL
    found = _mailbox(entries[0])
    return (found, None) if found else (None, SenderFault.MALFORMED)


def recipients(headers: Headers) -> tuple[tuple[str, ...], bool]:
    """Every address that a mail was sent or delivered to, each once; and whether there were more."""
    found: dict[str, None] = {}
    odd = looked_at = 0
    for name in _WHERE_IT_WENT:
        for value in headers.all(name):
            for entry in _entries(value):
                written = _address_of(entry)
                looked_at += 1
                if len(found) >= _MOST_RECIPIENTS or odd >= _MOST_ODD or looked_at > _MOST_ENTRIES:
                    return tuple(found), True
                if _PLAIN.fullmatch(written):
                    found[_with_plain_domain(written)] = None
                elif written:
                    odd += 1
                    if address := _normal(written):
                        found[address] = None
    return tuple(found), False


def address_in(text: str) -> str:
    """The one address that ``text`` is, in its normal form, or ""."""
    entries = list(_entries(text[: 2 * MAX_LENGTH]))
    return _normal(_address_of(entries[0])) if len(entries) == 1 else ""


def _entries(value: str) -> Iterator[_Entry]:
    """Split a list of addresses at its top level; members of a group come one by one, marked."""
    entry, in_group, position = _Entry(), False, 0
    while found := _TOKEN.match(value, position):
        position = found.end()
        kind, text = str(found.lastgroup), found[0]
        if text == "(":
            position, entry.comment = _after_comment(value, position)
        elif text in {",", ";"} and not entry.is_inside:
            if not entry.is_empty or entry.is_group:
                yield entry
            in_group = in_group and text == ","
            entry = _Entry(is_group=in_group)
        elif text == ":" and kind == "special" and not entry.is_inside:
            in_group = True
            if entry.angle is not None or any(part == "@" for _kind, part in entry.phrase):
                entry.is_broken = True
            else:
                entry = _Entry(is_group=True)
        else:
            _take(entry, kind, text)
    if not entry.is_empty or entry.is_group:
        yield entry


def _take(entry: _Entry, kind: str, text: str) -> None:
    if text == "<":
        entry.is_broken = entry.is_broken or entry.angle is not None
        entry.is_inside, entry.angle = True, entry.angle or []
    elif text == ">":
        entry.is_broken = entry.is_broken or not entry.is_inside
        entry.is_inside = False
    elif entry.is_inside and entry.angle is not None:
        entry.angle.append((kind, text))
    elif entry.angle is not None:
        entry.is_broken = entry.is_broken or kind != "space"
    else:
        entry.phrase.append((kind, text))


def _after_comment(value: str, position: int) -> tuple[int, str]:
    """Where the comment that began before ``position`` ends, and its text; comments nest."""
    depth = 1
    for edge in _COMMENT_EDGE.finditer(value, position):
        depth += {"(": 1, ")": -1}.get(edge[0], 0)
        if not depth:
            return edge.end(), _ESCAPE.sub(r"\1", value[position : edge.start()])
    return len(value), value[position:]


def _mailbox(entry: _Entry) -> MailAddress | None:
    address = _normal(_address_of(entry))
    if not address:
        return None
    written = "".join(text for _kind, text in _unquoted(entry.phrase)) if entry.angle else entry.comment
    name = " ".join(header_value(storable_line(words(written.strip()))).split())[:_LONGEST_NAME].strip()
    return MailAddress(address, "" if name.casefold() == address.casefold() else name)


def _unquoted(tokens: list[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    for kind, text in tokens:
        yield kind, _ESCAPE.sub(r"\1", text[1:-1]) if kind == "quoted" else text


def _address_of(entry: _Entry) -> str:
    """The address in an entry as it was written, without space and comments around its parts; "" for none."""
    tokens = entry.phrase if entry.angle is None else entry.angle
    if entry.is_broken or entry.is_inside:
        return ""
    plain = [(kind, text) for kind, text in tokens if kind != "space"]
    if plain and plain[0][1] == "@":
        # A route before the address has no meaning any more (RFC 5322, 4.4).
        colons = [place for place, (_kind, text) in enumerate(plain) if text == ":"]
        plain = plain[colons[-1] + 1 :] if colons else plain
    ats = [place for place, (kind, text) in enumerate(plain) if text == "@" and kind == "special"]
    if len(ats) != 1 or any(kind in {"word", "literal"} for kind, _text in plain):
        return ""
    # A quoted local part that needs no quotes is the same without (RFC 5321, 4.1.2); no other is taken.
    local = _dotted(list(_unquoted(plain[: ats[0]])))
    domain = _dotted(plain[ats[0] + 1 :])
    return f"{local}@{domain}" if local and domain and _DOT_ATOM.fullmatch(local) else ""


def _dotted(tokens: list[tuple[str, str]]) -> str:
    """Join words that are kept apart by dots alone (RFC 5322, obs-local-part); "" when they are not."""
    texts = [text for _kind, text in tokens]
    apart = all(before.endswith(".") or after.startswith(".") for before, after in pairwise(texts))
    return "".join(texts) if apart else ""


def _normal(written: str) -> str:
    """The normal form of an address; "" for what is none. Reserved domains are addresses like any other."""
    local = written.rpartition("@")[0]
    if not written or len(written) > MAX_LENGTH or len(local.encode("utf-8", "replace")) > _LONGEST_LOCAL:
        return ""
    try:
        return normalise(written, allow_reserved=True)
    except Invalid:
        return ""


def _with_plain_domain(address: str) -> str:
    local, _at, domain = address.rpartition("@")
    return f"{local}@{domain.lower()}" if len(local) <= _LONGEST_LOCAL and len(address) <= MAX_LENGTH else ""

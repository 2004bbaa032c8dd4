"""The addresses in a text that people may follow: where each one leads, and what is doubtful about it.

A host is read as browsers read it (WHATWG URL, UTS #46 without transitional processing), so that what
is shown is where one would arrive. Nothing is looked up.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from urllib.parse import quote, unquote

from sysmo_tui.domain.text import SafeText, clean_line

LONGEST = 4_000
"""Characters of an address; what is longer ends there."""
MOST = 500
"""Addresses that are told of one text."""
_MOST_LOOKED_AT = 1_000
_LONGEST_HOST, _LONGEST_LABEL = 253, 63
"""Characters of a name, and of a part of one (RFC 1035, 2.3.4)."""

_FOUND = re.compile(rf'(?i)\b(?:(?P<scheme>https?|ftp):[/\\]+|(?=www\.[^\s.]))[^\s<>"]{{1,{LONGEST}}}')
_BESIDE = re.compile(r"(?P<said>[^\s<>\[\]()]{1,300})\]?\s?[<(]$")
_NAME = re.compile(r"(?i)^(?:https?:/+)?((?:[^\s/?#@.]+\.)+[^\s\d/?#@.][^\s/?#@.]+)(?:[/?#:]|$)")
_LOOSE = ".,;:!?'\"”»*_"
_BRACKETS = {")": "(", "]": "[", "}": "{"}
_IGNORED = re.compile("[\u00ad\u034f\u180b-\u180d\u200b\u2060\u2064\ufe00-\ufe0f\ufeff]")
_TURNS_OR_HIDES = re.compile("[\u00ad\u034f\u061c\u180b-\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
_DOTS = re.compile("[。．｡]")
_NUMBER = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)$")
_ALPHABETS = frozenset({"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "GEORGIAN", "HEBREW"})
_SAFE = "%!#$&'()*+,/:;=?@[]~-._"


class Doubt(StrEnum):
    """What may lead somebody elsewhere than they believe."""

    USER = "user"
    """What stands before an ``@`` reads like a host and is none."""
    OTHER = "other"
    """The text beside it names another host."""
    LETTERS = "letters"
    """Its host has letters beyond a–z, which may look like others."""
    MIXED = "mixed"
    """One word of its host mixes alphabets."""
    HIDDEN = "hidden"
    """It has characters that do not show, or that turn the direction of writing."""
    NUMBER = "number"
    """Its host is a number instead of a name."""


@dataclass(frozen=True, slots=True)
class Link:
    """One address. ``url`` and ``host`` are ASCII; ``letters`` is how a host with others is written."""

    url: SafeText
    host: SafeText
    letters: SafeText
    doubts: tuple[Doubt, ...]


def links(text: str) -> tuple[Link, ...]:
    """The addresses in a text as it was written, each once, in their order; at most :data:`MOST`."""
    found: dict[str, Link] = {}
    for match in islice(_FOUND.finditer(text), _MOST_LOOKED_AT):
        address = _trimmed(match.group())
        link = _link(address, bool(match["scheme"]), text[max(match.start() - 310, 0) : match.start()])
        if link is None:
            continue
        known = found.get(link.url)
        if known is None or len(known.doubts) < len(link.doubts):
            found[link.url] = link
        if len(found) == MOST:
            break
    return tuple(found.values())


def _link(address: str, has_scheme: bool, before: str) -> Link | None:
    """What an address is, with ``before``, the text before it; None when it has no host."""
    scheme, rest = re.split(r":[/\\]+", address, maxsplit=1) if has_scheme else ("http", address)
    end = re.search(r"[/\\?#]", rest)
    authority, path = (rest[: end.start()], rest[end.start() :]) if end else (rest, "")
    user, _at, place = authority.rpartition("@")
    name, port = _split(place)
    host = _ascii(name) if len(name) <= 3 * _LONGEST_HOST else ""
    if not 0 < len(host) <= _LONGEST_HOST:
        return None
    # Before its query, browsers take a backslash for a slash.
    path = re.sub(r"^[^?#]*", lambda before: before.group().replace("\\", "/"), path)
    doubts = tuple(_doubts(address, user, name, host, before))
    whole = quote(_without_surrogates(user), safe=_SAFE) + "@" if user else ""
    url = f"{scheme.lower()}://{whole}{host}{port}{quote(_without_surrogates(path), safe=_SAFE)}"
    letters = _letters(host)
    return Link(
        clean_line(url), clean_line(host + port), clean_line(letters if letters != host else ""), doubts
    )


def _doubts(address: str, user: str, name: str, host: str, before: str) -> Iterator[Doubt]:
    said = _BESIDE.search(before) if before.endswith(("<", "(")) else None
    named = _NAME.match(said["said"]) if said else None
    if named is not None and not _is_same_place(_ascii(named[1]), host):
        yield Doubt.OTHER
    if user:
        yield Doubt.USER
    if _TURNS_OR_HIDES.search(address) or _TURNS_OR_HIDES.search(unquote(name)):
        yield Doubt.HIDDEN
    labels = _letters(host).split(".")
    if any(len(_alphabets(label)) > 1 for label in labels):
        yield Doubt.MIXED
    elif not "".join(labels).isascii():
        yield Doubt.LETTERS
    if host.startswith("[") or _NUMBER.fullmatch(labels[-1] or "x"):
        yield Doubt.NUMBER


def _split(place: str) -> tuple[str, str]:
    """A host and ``:port``, the latter empty when there is none."""
    match = re.search(r":[0-9]{0,5}$", place)
    if match is None or (place.startswith("[") and not place[: match.start()].endswith("]")):
        return place, ""
    return place[: match.start()], match.group() if len(match.group()) > 1 else ""


def _ascii(name: str) -> str:
    """A host as it is looked up; "" when there is none."""
    plain = _DOTS.sub(".", _IGNORED.sub("", unicodedata.normalize("NFKC", unquote(name)).lower()))
    plain = _IGNORED.sub("", unicodedata.normalize("NFC", plain)).strip(".")
    try:
        labels = [label if label.isascii() else _encoded(label) for label in plain.split(".")]
    except UnicodeError:
        return ""
    return _dotted(".".join(labels))


def _encoded(label: str) -> str:
    return "xn--" + label.encode("punycode").decode("ascii")


def _letters(host: str) -> str:
    """A host in the letters that its owner chose."""
    return ".".join(_decoded(label) for label in host.split("."))


def _decoded(label: str) -> str:
    if not label.startswith("xn--") or len(label) > _LONGEST_LABEL:
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _dotted(host: str) -> str:
    """A host that is a number as four numbers, however it was written; any other as it is."""
    parts = host.split(".")
    if not 1 <= len(parts) <= 4 or not all(_NUMBER.fullmatch(part) for part in parts):
        return host
    numbers = [_number(part) for part in parts]
    room = 256 ** (5 - len(numbers))
    if any(number > 255 for number in numbers[:-1]) or numbers[-1] >= room:
        return host
    whole = sum(number << 8 * (3 - place) for place, number in enumerate(numbers[:-1])) + numbers[-1]
    return ".".join(str(whole >> shift & 255) for shift in (24, 16, 8, 0))


def _number(part: str) -> int:
    if len(part) > 20:
        return 1 << 33
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    is_octal = len(part) > 1 and part.startswith("0") and set(part) <= set("01234567")
    return int(part, 8 if is_octal else 10)


def _alphabets(label: str) -> set[str]:
    names = (unicodedata.name(each, "").split(" ", 1)[0] for each in label if each.isalpha())
    return {name for name in names if name in _ALPHABETS}


def _is_same_place(said: str, host: str) -> bool:
    return said == host or host.endswith(f".{said}") or said.endswith(f".{host}")


def _trimmed(address: str) -> str:
    """An address without the punctuation of the sentence around it."""
    unopened = {close: address.count(close) - address.count(begin) for close, begin in _BRACKETS.items()}
    end = len(address)
    while end:
        last = address[end - 1]
        if unopened.get(last, 0) > 0:
            unopened[last] -= 1
        elif last not in _LOOSE:
            break
        end -= 1
    return address[:end]


def _without_surrogates(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")

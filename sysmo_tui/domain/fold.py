"""Folding and cutting text into words, once for every search engine, so that all of them find the same.

Words hold only letters, digits and the marks of scripts that need them, so that SQLite's FTS5 (``unicode61``
with ``remove_diacritics 0 categories 'L* N* Co M*'``) and PostgreSQL neither split nor drop any.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from functools import cache
from itertools import islice

WORD_LENGTH = 64
"""Characters of a word that count; longer ones are found by their beginning."""
DOCUMENT_WORDS = 16_000
"""Words in one search document: PostgreSQL numbers positions up to 16 383."""
DOCUMENT_BYTES = 500_000
"""Bytes in one search document: PostgreSQL refuses a ``tsvector`` over 1 MB."""

# Accents of Latin, Greek and Cyrillic; Hebrew points; Arabic vowel signs and tatweel; what has no width.
_DROPPED = re.compile(
    "[\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
    "\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    "\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed"
    "\u00ad\u061c\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufe00-\ufe0f\ufeff\U000e0000-\U000e01ef]+"
)
# Letters that have no decomposition, but that people type without their stroke or ligature.
_LETTERS = str.maketrans(
    {
        "ł": "l", "ø": "o", "đ": "d", "ð": "d", "ħ": "h", "ŧ": "t", "ı": "i", "ȷ": "j", "ƀ": "b", "ɨ": "i",
        "ƶ": "z", "ꝑ": "p", "þ": "th", "æ": "ae", "œ": "oe", "ŋ": "ng", "ĸ": "k", "ĳ": "ij",
    }
)  # fmt: skip
_ASCII_WORD = re.compile("[a-z0-9]+")
# Scripts written without spaces, and Korean, whose particles cling to the word: cut into pairs.
_UNSPACED = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u3005-\u3007\u3040-\u30fa\u30fc-\u30ff\u3105-\u318e"
    "\u31a0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uaa60-\uaa7f\uac00-\ud7ff\uf900-\ufaff"
    "\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
_UNSPACED_RUN = re.compile(f"([{_UNSPACED}]+)")


def fold(text: str) -> str:
    """Bring text to the form in which it is compared: no case, no accents, no compatibility variants.

    Marks of scripts that are unreadable without them (Devanagari, Thai, kana) stay.
    """
    if text.isascii():
        return text.lower()
    text = _DROPPED.sub("", unicodedata.normalize("NFKD", text))
    text = _DROPPED.sub("", unicodedata.normalize("NFKD", text.casefold())).translate(_LETTERS)
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def words(text: str) -> list[str]:
    """Cut text into folded words in their order: ``invoice.pdf`` gives ``invoice`` and ``pdf``.

    Runs of scripts without spaces give overlapping pairs of characters, so that any part of two
    or more is found as a phrase; a word counts with its first 64 characters.
    """
    folded = fold(text)
    if folded.isascii():
        return [word[:WORD_LENGTH] for word in _ASCII_WORD.findall(folded)]
    return list(_cut(_word_pattern().findall(folded)))


def document(*parts: str, limit: int = DOCUMENT_WORDS) -> str:
    """Join the words of ``parts`` into the search document of one entry.

    At most ``limit`` words and 500 kB: beyond half of the limit, words that were already there are
    left out, so that a rare word far down in a long text is found all the same.
    """
    found = [word for part in parts for word in words(part)]
    if len(found) > limit:
        head = found[: limit // 2]
        known = set(head)
        rest = dict.fromkeys(word for word in islice(found, limit // 2, None) if word not in known)
        found = [*head, *islice(rest, limit - len(head))]
    joined = " ".join(found)
    if len(joined) * 4 > DOCUMENT_BYTES:
        encoded = joined.encode()
        if len(encoded) > DOCUMENT_BYTES:
            return encoded[:DOCUMENT_BYTES].decode(errors="ignore").rpartition(" ")[0]
    return joined


def same_name(text: str) -> str:
    """Give the form in which two names are the same: case, accents and repeated space ignored."""
    return " ".join(fold(text).split())


def is_unspaced(word: str) -> bool:
    """Tell whether a word comes from a script that is cut into pairs."""
    return _UNSPACED_RUN.fullmatch(word) is not None


def _cut(found: Iterable[str]) -> Iterator[str]:
    """Cut runs of unspaced scripts into pairs, everything else to its length."""
    for word in found:
        if word.isascii():
            yield word[:WORD_LENGTH]
            continue
        for index, piece in enumerate(_UNSPACED_RUN.split(word)):
            if index % 2 == 0:
                if piece:
                    yield piece[:WORD_LENGTH]
            elif len(piece) == 1:
                yield piece
            else:
                yield from (piece[at : at + 2] for at in range(len(piece) - 1))


@cache
def _word_pattern() -> re.Pattern[str]:
    """Match runs of letters, numbers and marks by their Unicode category, which ``\\w`` does not."""
    ranges = ["\U00020000-\U0003fffd"]  # both planes of ideographs
    start: int | None = None
    for code in range(0x20000):
        inside = unicodedata.category(chr(code))[0] in "LNM"
        if inside and start is None:
            start = code
        elif not inside and start is not None:
            ranges.append(f"{chr(start)}-{chr(code - 1)}")
            start = None
    return re.compile(f"[{''.join(ranges)}]+")

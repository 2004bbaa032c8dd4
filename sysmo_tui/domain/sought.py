"""Words that are looked for in one text, compared as the search compares, and where they stand in it."""

from __future__ import annotations

import re
import unicodedata
from bisect import bisect_right
from collections.abc import Iterator
from itertools import accumulate

from sysmo_tui.domain.fold import fold

LONGEST = 200
"""Characters that are looked for: of what was pasted and is longer, its beginning finds the place."""


class _Letters(dict[int, str]):
    """What each character is compared as, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = fold(chr(code))
        return folded


_LETTERS = _Letters()


class Sought:
    """Words that someone looks for, whatever their case and accents, and whatever space is between them."""

    def __init__(self, wanted: str) -> None:
        words = [re.escape(word) for word in _folded(composed(wanted[:LONGEST])).split()]
        self._pattern = re.compile(r"\s+".join(words)) if words else None

    def count(self, text: str) -> int:
        """In how many places of ``text`` they stand."""
        if self._pattern is None:
            return 0
        return sum(1 for _match in self._pattern.finditer(_folded(composed(text))))

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Where they begin and end in a :func:`composed` text, by its characters."""
        if self._pattern is None:
            return
        matches = self._pattern.finditer(_folded(text))
        if text.isascii():
            yield from (match.span() for match in matches)
            return
        ends = list(accumulate(len(_LETTERS[ord(character)]) for character in text))
        for match in matches:
            yield bisect_right(ends, match.start()), bisect_right(ends, match.end() - 1) + 1


def composed(text: str) -> str:
    """The same text with each letter and its accents in one character, where there is one for both."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def _folded(text: str) -> str:
    """A composed text as it is compared, character by character."""
    return text.lower() if text.isascii() else text.translate(_LETTERS)

"""Words that are looked for in one text."""

from __future__ import annotations

import pytest

from sysmo_tui.domain.sought import Sought, composed


@pytest.mark.parametrize(
    ("wanted", "text", "places"),
    [
        ("café", "A CAFE, a café, a cafe\u0301s", ["CAFE", "café", "café"]),
        ("straße", "STRASSE and Straße", ["STRASSE", "Straße"]),
        ("of", "the o\ufb03ce", ["o\ufb03"]),
        ("打印机", "\uff08打印机\uff09坏了", ["打印机"]),
        ("が", "か ga \u304b\u3099", ["が"]),
        ("INVOICE", "ｉｎｖｏｉｃｅ", ["ｉｎｖｏｉｃｅ"]),
        ("two words", "two\n  words, Two words", ["two\n  words", "Two words"]),
        ("a.c", "abc a.c", ["a.c"]),
        ("", "nothing", []),
        ("\u0301", "e\u0301", []),
    ],
)
def test_case_accents_and_the_space_between_words_make_no_difference(
    wanted: str, text: str, places: list[str]
) -> None:
    shown = composed(text)
    assert [shown[start:end] for start, end in Sought(wanted).places(shown)] == places
    assert Sought(wanted).count(text) == len(places)

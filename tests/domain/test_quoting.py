"""Quotes and signatures are told from own words, and nothing is ever lost."""

from __future__ import annotations

import time
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui import i18n
from sysmo_tui.domain.quoting import Kind, Passage, folded, own_words
from sysmo_tui.domain.quoting_words import WHY
from sysmo_tui.mail.layout import Facts, Letter, Paragraph, Quote, as_text
from tests.domain.quoting_corpus import ADDED, CASES, HEADS, INTRODUCTIONS, WHOLE

LETTERS = {Kind.OWN: "o", Kind.QUOTE: "q", Kind.SIGNATURE: "s"}
QUOTED = "Hello Carla,\n\nis it plugged in?\nDoes it blink?\n\nLuis"


def marked(body: str) -> str:
    """A body with the kind of each line in front of it."""
    lines = [
        f"{LETTERS[passage.kind]}|{line}"
        for passage in folded(body)
        for line in passage.text.splitlines(keepends=True)
    ]
    return "".join(lines)


def kept_whole(body: str) -> bool:
    return "".join(passage.text for passage in folded(body)) == body


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_each_line_is_whose_it_is(case: str):
    body = "".join(line[2:] for line in case.splitlines(keepends=True))
    assert marked(body) == case
    assert kept_whole(body)


@pytest.mark.parametrize("introduction", INTRODUCTIONS.values(), ids=INTRODUCTIONS)
@pytest.mark.parametrize("mark", ["> ", ""], ids=["marked", "not marked"])
def test_what_an_introduction_stands_above_is_quoted(introduction: str, mark: str):
    quote = "\n".join(f"{mark}{line}".rstrip() for line in QUOTED.split("\n"))
    body = f"Yes, it is.\n\n{introduction}\n\n{quote}\n"
    assert folded(body) == (
        Passage(Kind.OWN, "Yes, it is.\n\n"),
        Passage(Kind.QUOTE, f"{introduction}\n\n{quote}\n", is_folded=True),
    )
    if mark:
        below = f"{introduction}\n{quote}\n\nYes, it is.\n"
        assert own_words(below) == "Yes, it is."


@pytest.mark.parametrize("head", HEADS.values(), ids=HEADS)
def test_all_below_a_repeated_head_is_quoted(head: str):
    quote = f"{head}\n\n{QUOTED}\n\n-- \nLuis\n"
    assert folded(f"Yes, it is.\n\nRegards\nCarla\n\n{quote}") == (
        Passage(Kind.OWN, "Yes, it is.\n\nRegards\nCarla\n\n"),
        Passage(Kind.QUOTE, quote, is_folded=True),
    )


@pytest.mark.parametrize("line", ADDED)
def test_a_line_that_a_telephone_added_is_a_signature(line: str):
    quote = "On 3/3/26 10:00, Luis Pérez wrote:\n> Hello\n"
    expected = (Passage(Kind.OWN, "Yes, it is.\n\n"), Passage(Kind.SIGNATURE, f"{line}\n\n"))
    assert folded(f"Yes, it is.\n\n{line}\n\n{quote}")[:2] == expected
    assert own_words(f"Yes, it is.\n{line}") == "Yes, it is."


@pytest.mark.parametrize("body", WHOLE.values(), ids=WHOLE)
def test_a_body_with_nothing_own_is_whole(body: str):
    assert folded(body) == (Passage(Kind.OWN, body),)
    assert own_words(body) == body.strip()


def test_an_empty_body_has_no_passages():
    assert folded("") == ()
    assert own_words("") == ""


def test_own_words_are_what_was_typed_between_the_quotes():
    body = "Hi\n\nOn 3/3/26 10:00, Luis wrote:\n> a?\n\nyes\n\n> b?\n\nno\n-- \nCarla"
    assert own_words(body) == "Hi\n\n\nyes\n\n\nno"


def test_a_short_quote_above_its_answer_is_not_folded():
    short, long = "> a?\n", "> a?\n> b?\n> c?\n> d?\n"
    for quote, is_folded in ((short, False), (long, True)):
        body = f"Hi\n\nOn 3/3/26 10:00, Luis wrote:\n{quote}\nyes\n\n{quote}\nno\n\n{quote}"
        quotes = [passage.is_folded for passage in folded(body) if passage.kind is Kind.QUOTE]
        assert quotes[1:2] == [is_folded]
    assert [each.is_folded for each in folded("yes\n-- \nCarla")] == [False, True]
    assert [each.is_folded for each in folded("yes\n\nSent from my iPhone")] == [False, False]


def desk_letter(language: str) -> str:
    """A mail of the desk as its recipient's program has it."""
    with i18n.speaking(language):
        why = i18n._("You get this because you take part in the request #{number}.", number=42)
        said = Paragraph(i18n._("Your request #{number} is closed.", number=42))
    quote = Quote("Luis (desk) wrote on 2026-03-03 10:00:", "Try again.\n\nThen tell us.")
    return as_text(
        Letter("Re: Printer [#42]", (said, Facts((("Topic", "General"),)), quote), why), "Help desk"
    )


@pytest.mark.parametrize("language", ["en", "es"])
def test_answers_above_and_below_the_desks_own_mail_are_found(language: str):
    letter = desk_letter(language)
    marks = "".join(f"> {line}".rstrip() + "\n" for line in letter.splitlines())
    head = HEADS["Outlook, English"]
    for quote in (f"On 3/3/26 10:00, Help desk wrote:\n{marks}", f"{head}\n\n{letter}"):
        assert own_words(f"4\n\n{quote}") == "4"
        assert own_words(f"{quote}\n4\n") == "4"
        assert own_words(f"{quote}\n\n") == f"{quote}\n\n".strip()
    assert own_words(f"4\n\n{letter}").startswith("4\n\n")


LINES = st.sampled_from(
    [
        "", " ", "> a", ">> b", "> c:", ">:", "hello", "a:", "--", "-- ", "On 3/3/26 10:00, X wrote:", "<",
        "Carla <c@a.example> wrote:", "wrote:", "From: a", "Sent: b", "To: c", "Subject: d", "Subject:",
        "-----Original Message-----", "________________", "Sent from my iPhone", "\r", "\u0301\u0301:", "：",
        WHY[0], WHY[1], "Begin forwarded message:", "El 3 mar 2026, a las 10:00, X (<", "x@y>) escribió:",
        "a" * 500, ">" * 500, "é " * 300 + ":",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.lists(LINES, max_size=40).map("\n".join), st.text(max_size=200)))
def test_any_body_is_given_back_exactly_and_something_is_always_seen(body: str):
    passages = folded(body)
    assert "".join(passage.text for passage in passages) == body
    assert all(passage.text for passage in passages)
    assert all(one.kind is not other.kind for one, other in pairwise(passages))
    assert bool(own_words(body)) == bool(body.strip())
    assert all(not passage.is_folded for passage in passages if passage.kind is Kind.OWN)


HOSTILE = {
    "one long line": "On " + "a " * 1_000_000,
    "one line of marks": ">" * 2_000_000,
    "one line of space": " " * 2_000_000 + ":",
    "lines": "hello\n" * 200_000,
    "marks": "> x\n\n" * 100_000,
    "marks and words": "x\n>> y\n" * 100_000,
    "introductions": "El 3 é escribió:\n" * 200_000,
    "introductions with a gap": ("Carla <c@x> schrieb:" + "\n" * 6) * 35_000,
    "heads": ("From: x\n" + "To: y\n" * 15) * 12_500,
    "rules": "________________\nFrom: x\n" * 100_000,
    "signatures": "-- \n" * 200_000,
    "the desk's own": f"On 3/3/2026 10:00 X <a@b> wrote:\n{WHY[0]}\n\n" * 66_000,
}


@pytest.mark.parametrize("body", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_body_takes_no_time(body: str):
    start = time.process_time()
    assert kept_whole(body)
    assert time.process_time() - start < 1

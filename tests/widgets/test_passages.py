"""How quotes and signatures are shown as one line each."""

from __future__ import annotations

import pytest

from sysmo_tui.widgets.passages import Line, hides, lines_of

BODY = "Yes.\n\n\n\nOn 3/3/26 10:00, Luis wrote:\n> Is it in?\n> Really?\n\n\n\n-- \nCarla\nACME\n"


def test_a_folded_passage_is_one_line_with_one_empty_line_around_it():
    assert list(lines_of(BODY, is_folded=True)) == [
        Line("Yes."),
        Line(""),
        Line("┄ 3 quoted lines", is_quiet=True, is_fold=True),
        Line("┄ signature", is_quiet=True, is_fold=True),
    ]


def test_unfolded_every_line_is_there():
    lines = list(lines_of(BODY, is_folded=False))
    assert "\n".join(line.text for line in lines) + "\n" == BODY
    assert not any(line.is_fold for line in lines)
    assert [line.text for line in lines if not line.is_quiet] == ["Yes.", "", "", ""]


def test_own_words_keep_their_empty_lines_between_them():
    body = "One\n\n\n\nTwo\n\n\n" + BODY.partition("\n\n\n\n")[2]
    assert [line.text for line in lines_of(body, is_folded=True)][:6] == ["One", "", "", "", "Two", ""]


def test_an_empty_line_below_a_fold_is_one():
    body = "On 3/3/26 10:00, Luis wrote:\n> a\n> b\n> c\n\n\n\nYes.\n"
    assert [line.text for line in lines_of(body, is_folded=True)] == ["┄ 4 quoted lines", "", "Yes."]


@pytest.mark.parametrize(
    ("text", "is_hidden"), [("IN?", True), ("acme", True), ("yes", False), ("no", False)]
)
def test_what_is_folded_can_be_asked_for(text: str, is_hidden: bool):
    assert hides(BODY, text) is is_hidden


def test_nothing_is_shown_of_nothing():
    assert list(lines_of("", is_folded=True)) == []

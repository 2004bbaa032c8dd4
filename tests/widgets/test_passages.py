"""How quotes and signatures are shown as one line each."""

from __future__ import annotations

from sysmo_tui.widgets.passages import Line, lines_of

QUOTE = "On 3/3/26 10:00, Luis wrote:\n> Is it in?\n> Really?\n\n\n\n"
SIGNATURE = "-- \nCarla\nACME\n"
BODY = f"Yes.\n\n\n\n{QUOTE}{SIGNATURE}"


def test_a_folded_passage_is_one_line_with_one_empty_line_around_it():
    assert list(lines_of(BODY, is_folded=True)) == [
        Line("Yes."),
        Line(""),
        Line("┄ 3 quoted lines", is_quiet=True, hides=QUOTE),
        Line("┄ signature", is_quiet=True, hides=SIGNATURE),
    ]


def test_unfolded_every_line_is_there():
    lines = list(lines_of(BODY, is_folded=False))
    assert "\n".join(line.text for line in lines) + "\n" == BODY
    assert not any(line.hides for line in lines)
    assert [line.text for line in lines if not line.is_quiet] == ["Yes.", "", "", ""]


def test_own_words_keep_their_empty_lines_between_them():
    body = "One\n\n\n\nTwo\n\n\n" + BODY.partition("\n\n\n\n")[2]
    assert [line.text for line in lines_of(body, is_folded=True)][:6] == ["One", "", "", "", "Two", ""]


def test_an_empty_line_below_a_fold_is_one():
    body = "On 3/3/26 10:00, Luis wrote:\n> a\n> b\n> c\n\n\n\nYes.\n"
    assert [line.text for line in lines_of(body, is_folded=True)] == ["┄ 4 quoted lines", "", "Yes."]


def test_nothing_is_shown_of_nothing():
    assert list(lines_of("", is_folded=True)) == []

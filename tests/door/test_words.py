"""A command line becomes words as POSIX quotes them, and nothing in it is expanded."""

import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sysmo_tui.domain.errors import Invalid
from sysmo_tui.door.words import LONGEST, MOST_WORDS, Line, read_line, split

PRINTED = st.text(st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp"]), max_size=40)


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("ticket list is:open", ["ticket", "list", "is:open"]),
        ("  ticket   show 42  ", ["ticket", "show", "42"]),
        ("a 'b c' \"d e\" f\\ g", ["a", "b c", "d e", "f g"]),
        ("a''b \"\" '\"'", ["ab", "", '"']),
        ("show #42", ["show", "#42"]),
        ("--body='two words'", ["--body=two words"]),
        ("$HOME `id` $(id) ~ * ? [a] {a,b}", ["$HOME", "`id`", "$(id)", "~", "*", "?", "[a]", "{a,b}"]),
        ("a; b && c | d > e < f & !1", ["a;", "b", "&&", "c", "|", "d", ">", "e", "<", "f", "&", "!1"]),
        ("a\u00a0b\u3000c", ["a\u00a0b\u3000c"]),
    ],
)
def test_only_quotes_and_backslashes_mean_anything(command, words):
    assert split(command) == words


@pytest.mark.parametrize("command", ["'", '"', "a 'b", 'a "b\\"', "a\\", "'\\"])
def test_a_quotation_that_does_not_end_is_refused(command):
    with pytest.raises(Invalid):
        split(command)


@pytest.mark.parametrize(
    "character", [*map(chr, range(32)), "\x7f", "\x85", "\x9b", "\u2028", "\u2029", "\udc80"]
)
def test_a_control_character_is_refused_also_inside_quotes(character):
    for command in (character, f"ticket list {character}", f"ticket '{character}'", f"a\\{character}"):
        with pytest.raises(Invalid) as refusal:
            split(command)
        assert character not in str(refusal.value)


def test_a_line_has_bytes_and_words_without_end_nowhere():
    assert len(split("a " * MOST_WORDS)) == MOST_WORDS
    assert split("é" * (LONGEST // 2)) == ["é" * (LONGEST // 2)]
    for command in ("a " * (MOST_WORDS + 1), "x" * (LONGEST + 1), "é" * (LONGEST // 2 + 1)):
        with pytest.raises(Invalid):
            split(command)


@given(st.lists(PRINTED, max_size=20))
def test_words_that_were_quoted_come_back(words):
    assert split(shlex.join(words)) == words


@given(st.text(st.sampled_from("ab '\"\\$`#;|&\n\té\u2028\x1b"), max_size=60))
def test_what_is_accepted_is_what_posix_reads(command):
    try:
        words = split(command)
    except Invalid:
        return
    assert words == shlex.split(command)
    assert command.isprintable()


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("sysmo ticket list", Line(("ticket", "list"))),
        ("lang=es ticket list", Line(("ticket", "list"), "es")),
        ("sysmo lang=es_AR parcel ticket new", Line(("ticket", "new"), "es_AR", True)),
        ("parcel lang=en sysmo whoami", Line(("whoami",), "en", True)),
        ("lang=es", Line((), "es")),
        ("", Line(())),
        ("sysmo sysmo", Line(("sysmo",))),
        ("lang=es lang=en whoami", Line(("lang=en", "whoami"), "es")),
        ("parcel parcel", Line(("parcel",), "", True)),
        ("lang=../../x whoami", Line(("lang=../../x", "whoami"))),
        ("lang= whoami", Line(("lang=", "whoami"))),
        ("ticket parcel", Line(("ticket", "parcel"))),
    ],
)
def test_what_stands_before_the_verb_counts_once(command, line):
    assert read_line(command) == line

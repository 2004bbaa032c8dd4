"""Text from people is safe wherever it goes."""

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.text import (
    cell_width,
    clean,
    clean_line,
    csv_cell,
    fit,
    header_value,
    storable,
    storable_line,
)

HOSTILE = (
    [chr(code) for code in range(0x20) if chr(code) not in "\n\t"]
    + [chr(code) for code in range(0x7F, 0xA0)]
    + list("\u2028\u2029\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")
    + list("\u200b\u2060\ufeff\u00ad\u180e\U000e0041\U000e007f\ud800\udfff")
)
tricky = st.text(
    st.one_of(
        st.characters(exclude_categories=[]),
        st.sampled_from(
            "ae \n\t\r\u0301\u0483\u200c\u200d\ufe0f\ufe0e\U000e0100❤👩👨日\u0915\u094d\u0645\u06cc"
        ),
    ),
    max_size=40,
)


@pytest.mark.parametrize("character", HOSTILE, ids=lambda value: f"U+{ord(value):04X}")
def test_a_hostile_character_becomes_a_visible_substitute(character):
    assert clean(f"a{character}b") == "a\ufffdb"


@pytest.mark.parametrize(
    "text",
    [
        "plain\ttext\nand more",
        "São Łódź corazón",
        "السَّلامُ عَلَيْكُم",
        "می\u200cخواهم",
        "日本語のテキスト 한국어",
        "👩\u200d👩\u200d👧 👨🏽\u200d💻 ❤\ufe0f\u200d🔥 1\ufe0f\u20e3 🇵🇪",
        "हिन्दी क्\u200dष শ্রী ශ්\u200dරී",
        "葛\U000e0100城市",
        "e\u0301" * 20,
        "Z̴̛̖a",
    ],
)
def test_legitimate_text_survives(text):
    assert clean(text) == text


def test_an_escape_sequence_shows_but_does_nothing():
    assert clean("\x1b]0;owned\x07name\x1b[2J") == "\ufffd]0;owned\ufffdname\ufffd[2J"


def test_a_stack_of_marks_is_cut_to_eight():
    assert clean("a" + "\u0301" * 500 + "b") == "a" + "\u0301" * 8 + "b"
    assert clean("a" + "\u0301" * 8) == "a" + "\u0301" * 8


def test_joiners_survive_only_where_they_shape_something():
    assert clean("pass\u200dword\u200c") == "pass\ufffdword\ufffd"
    assert clean("👩\u200dx") == "👩\ufffdx"


def test_one_variation_selector_survives_for_each_base():
    assert clean("❤\ufe0f\ufe0f\ufe0f") == "❤\ufe0f\ufffd\ufffd"
    assert clean("\ufe0fx") == "\ufffdx"


def test_windows_newlines_become_newlines():
    assert clean("a\r\nb") == "a\nb"


@given(tricky)
@settings(max_examples=400)
def test_cleaning_twice_changes_nothing_more(text):
    once = clean(text)
    assert clean(once) == once
    line = clean_line(text, 12)
    assert clean_line(line, 12) == line
    assert len(line) <= 12
    assert "\n" not in line


@given(tricky)
def test_clean_text_has_no_controls_and_can_be_encoded(text):
    cleaned = clean(text)
    cleaned.encode()
    assert not [c for c in cleaned if unicodedata.category(c) in {"Cc", "Cs", "Zl", "Zp"} and c not in "\n\t"]


@given(tricky, st.integers(-1, 20))
@settings(max_examples=300)
def test_a_fitted_line_never_overflows_its_cells(text, cells):
    assert cell_width(fit(clean_line(text), cells)) <= max(cells, 0)


def test_fitting_measures_cells_and_not_characters():
    assert fit(clean_line("日本語テキスト"), 7) == "日本語…"
    assert fit(clean_line("日本語テキスト"), 6) == "日本…"
    assert fit(clean_line("short"), 5) == "short"
    assert fit(clean_line("longer"), 5) == "long…"
    assert fit(clean_line("longer"), 0) == ""


@pytest.mark.parametrize(
    "text",
    ["The printer is on fire. " * 42_000, "São corazón niño Łódź — « quoted » … " * 30_000, "─" * 1_000_000],
    ids=["ascii", "latin", "boxes"],
)
def test_a_megabyte_of_ordinary_text_is_cleaned_quickly(text):
    def seconds():
        start = time.process_time()
        clean(text)
        return time.process_time() - start

    assert min(seconds() for _ in range(3)) < 0.05


def test_one_line_holds_no_newline_and_is_cut_by_characters():
    assert clean_line("a\r\nb\tc") == "a b c"
    assert clean_line("abcdef", 4) == "abc…"
    assert clean_line("abcd", 4) == "abcd"
    assert clean_line("abcd", 0) == ""


def test_what_is_stored_loses_only_what_a_database_refuses():
    assert storable("a\x00b\ud800c\r\nd\re\x1b\u202e") == "a\ufffdb\ufffdc\nd\ne\x1b\u202e"


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r", "\v", "\f", "\x85", "\u2028", "\u2029", "\n\n"])
def test_a_stored_line_has_no_line_break(line_break):
    assert storable_line(f" a{line_break}b ") == "a b"


@given(st.text(st.characters(exclude_categories=[])))
def test_a_header_value_can_start_no_other_header(text):
    value = header_value(f"Subject{text}Bcc: all@example.com")
    assert len(value.splitlines()) == 1
    assert not [c for c in value if unicodedata.category(c) in {"Cc", "Zl", "Zp"}]
    value.encode()


@pytest.mark.parametrize("start", list("=+-@\t\r＝＋－＠"))
def test_a_cell_never_starts_a_formula(start):
    assert csv_cell(f"{start}1+1") == f"'{start}1+1"
    assert csv_cell(f"a{start}") == f"a{start}"


@pytest.mark.parametrize("between", [";", "\t", "\n", "; ", ';"', "\r\n"])
@pytest.mark.parametrize("start", list("=+-@＝＋－＠"))
def test_no_part_of_a_cell_starts_a_formula_where_other_separators_are_used(start, between):
    assert csv_cell(f"a{between}{start}1+1") == f"a{between}'{start}1+1"
    assert csv_cell(f"a{between}b{start}1") == f"a{between}b{start}1"

"""Words are folded and cut once, and the database keeps them as they are."""

import sqlite3

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.fold import DOCUMENT_BYTES, document, fold, is_unspaced, same_name, words

scripts = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from(
            "aZ9 ß.İıŁø-ﬁ½ΣςёЙ日本語カガ\u3099한ั้ท्हि\u064b\u0627\u0345\u0301\u200d\U0001e900\U00030000"
        ),
    ),
    max_size=30,
)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("São", "sao"),
        ("corazón NIÑO", "corazon nino"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("Æon Œuvre øl đ", "aeon oeuvre ol d"),
        ("İstanbul ısı", "istanbul isi"),
        ("Ελλάς", "ελλασ"),
        ("Ёж Й", "еж и"),
        ("ﬁle №1", "file no1"),
        ("ＡＢＣ", "abc"),
        ("السَّلام", "السلام"),
        ("हिन्दी", "हिन्दी"),
        ("ที่", "ที่"),
        ("ガ", "ガ"),
        ("한국", "한국"),
        ("in\u00advoice", "invoice"),
    ],
)
def test_text_is_compared_without_case_and_accents(text, folded):
    assert fold(text) == folded


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("invoice.pdf", ["invoice", "pdf"]),
        ("ana@example.com", ["ana", "example", "com"]),
        ("ticket-1234", ["ticket", "1234"]),
        ("snake_case", ["snake", "case"]),
        ("日本語", ["日本", "本語"]),
        ("日", ["日"]),
        ("東京Tower3", ["東京", "tower3"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("प्रिंटर", ["प्रिंटर"]),
        ("— … !", []),
        ("x" * 100, ["x" * 64]),
    ],
)
def test_text_is_cut_into_words(text, found):
    assert words(text) == found


@given(scripts)
@settings(max_examples=300)
def test_folding_twice_changes_nothing_more(text):
    once = fold(text)
    assert fold(once) == once
    assert words(once) == words(text)


@given(st.lists(scripts, max_size=4))
@settings(max_examples=300)
def test_sqlite_neither_splits_nor_drops_a_word(texts):
    found = words(" ".join(texts))
    database = sqlite3.connect(":memory:")
    try:
        database.execute(
            "CREATE VIRTUAL TABLE search USING fts5(body, content='', "
            "tokenize=\"unicode61 remove_diacritics 0 categories 'L* N* Co M*'\")"
        )
        database.execute("CREATE VIRTUAL TABLE seen USING fts5vocab(search, 'instance')")
        database.execute("INSERT INTO search(rowid, body) VALUES (1, ?)", (" ".join(found),))
        assert len(database.execute("SELECT 1 FROM seen").fetchall()) == len(found)
        match = "SELECT rowid FROM search WHERE search MATCH ?"
        for word in found:
            assert database.execute(match, (f'"{word}"',)).fetchall() == [(1,)]
        if found:
            assert database.execute(match, (f'"{" ".join(found)}"',)).fetchall() == [(1,)]
    finally:
        database.close()


@given(st.text(st.sampled_from("日本語東京都한국어ไทย"), min_size=2, max_size=8), st.data())
def test_any_part_of_an_unspaced_text_is_found_as_a_phrase(text, data):
    start = data.draw(st.integers(0, len(text) - 2))
    part = words(text[start : data.draw(st.integers(start + 2, len(text)))])
    whole = words(text)
    assert any(whole[at : at + len(part)] == part for at in range(len(whole)))


@given(scripts)
def test_a_word_is_short_and_holds_only_what_counts(text):
    for word in words(text):
        assert 0 < len(word) <= 64
        assert not any(character.isspace() for character in word)


def test_a_document_joins_its_parts():
    assert document("Printer", "is: on FIRE", "smoke.jpg") == "printer is on fire smoke jpg"


def test_a_long_document_still_holds_its_rare_words():
    long = document("the printer " * 20_000 + "zebra")
    assert len(long.split()) <= 16_000
    assert long.endswith(" zebra")


def test_a_document_stays_within_its_bytes():
    heavy = document(" ".join(chr(0x10400 + n % 40) * 60 + str(n) for n in range(16_000)))
    assert len(heavy.encode()) <= DOCUMENT_BYTES


def test_names_are_the_same_without_case_accents_and_extra_space():
    assert same_name("  Recursos  Humanos ") == same_name("recursos humános")
    assert same_name("Redes") != same_name("Red")


def test_unspaced_words_are_known():
    assert is_unspaced("日")
    assert not is_unspaced("a")
    assert not is_unspaced("")

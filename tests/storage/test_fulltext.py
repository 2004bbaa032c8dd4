"""The full-text index: both databases find the same, and only what is there."""

import random
from collections.abc import Iterator, Sequence

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from sysmo_tui.domain.fold import document, words
from sysmo_tui.models import Entry, table
from sysmo_tui.storage import fulltext
from sysmo_tui.storage.engine import Dialect, Store
from sysmo_tui.storage.fulltext import Term, hits, newest
from tests.storage.rows import add_entries, add_ticket

VOCABULARY = words(
    "printer print toner invoice pdf São Paulo niño Łódź straße Ωμέγα мёд "
    "नमस्ते สวัสดี 日本語の文書 한국어 مرحبا 1234 t3st émigré l'été 😀 '; \\"
)


def _matching(documents: dict[int, Sequence[str]], terms: Sequence[Term]) -> list[int]:
    return sorted(i for i, found in documents.items() if all(_holds(found, term) for term in terms))


def _holds(found: Sequence[str], term: Term) -> bool:
    def equal(word: str, at: int, of: Sequence[str]) -> bool:
        is_open = term.is_prefix and at == len(term.tokens) - 1
        return word.startswith(of[at]) if is_open else word == of[at]

    tokens, n = term.tokens, len(term.tokens)
    if not term.is_phrase:
        return all(any(equal(word, at, tokens) for word in found) for at in range(n))
    return any(
        all(equal(found[start + at], at, tokens) for at in range(n)) for start in range(len(found) - n + 1)
    )


def _terms(chance: random.Random, count: int) -> Iterator[tuple[Term, ...]]:
    for _ in range(count):
        yield tuple(
            Term(
                tuple(_piece(chance) for _ in range(chance.choice((1, 1, 2, 3)))),
                is_phrase=chance.random() < 0.4,
                is_prefix=chance.random() < 0.3,
            )
            for _ in range(chance.choice((1, 1, 2)))
        )


def _piece(chance: random.Random) -> str:
    word = chance.choice(VOCABULARY)
    return word[: chance.randint(1, len(word))] if chance.random() < 0.3 else word


def _rows(
    session: Session, terms: Sequence[Term], below: int | None, limit: int
) -> list[tuple[int, int | None]]:
    asked = newest(session, terms, below, limit)
    return [] if asked is None else [(row.entry_id, row.edge) for row in session.execute(*asked)]


def _newest(session: Session, terms: Sequence[Term], below: int | None, limit: int) -> list[int]:
    return [entry for entry, _edge in _rows(session, terms, below, limit)]


def _put(session: Session, documents: dict[int, str]) -> None:
    add_ticket(session)
    add_entries(session, list(documents))
    for entry_id, text in documents.items():
        fulltext.put(session, entry_id, text)


def test_words_phrases_and_prefixes_find_exactly_what_holds_them(store: Store):
    chance = random.Random(7)
    documents = {i: chance.choices(VOCABULARY, k=chance.randint(0, 12)) for i in range(1, 201)}
    with store.writing() as session:
        _put(session, {i: " ".join(found) for i, found in documents.items()})
    with store.reading() as session:
        for terms in _terms(chance, 300):
            expected = _matching(documents, terms)
            assert sorted(session.scalars(hits(store.dialect, terms))) == expected, terms
            assert _newest(session, terms, None, 7) == expected[::-1][:7], terms


def test_pages_go_on_below_the_last_entry(store: Store, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(fulltext, "RECENT", 20)
    with store.writing() as session:
        _put(session, {i: "rare" if i % 9 == 0 else "common" for i in range(1, 101)})
    with store.reading() as session:
        pages, below = [], None
        while page := _newest(session, [Term(("rare",))], below, 4):
            pages.append(page)
            below = page[-1]
    assert pages == [[99, 90, 81, 72], [63, 54, 45, 36], [27, 18, 9]]


@pytest.mark.parametrize(("several", "known", "is_told"), [(3, 14, True), (4, 0, False), (3, 15, False)])
def test_what_is_neither_rare_nor_common_is_looked_for_among_the_newest_entries_first(
    store: Store, monkeypatch: pytest.MonkeyPatch, several: int, known: int, is_told: bool
):
    monkeypatch.setattr(fulltext, "RECENT", 20)
    monkeypatch.setattr(fulltext, "SEVERAL", several)
    monkeypatch.setattr(fulltext, "KNOWN", known)
    every_ninth = list(range(99, 0, -9))
    with store.writing() as session:
        _put(session, {i: "rare" if i % 9 == 0 else "common" for i in range(1, 101)})
    with store.reading() as session:
        found = _rows(session, [Term(("rare",))], None, 50)
        if is_told and store.dialect is Dialect.POSTGRESQL:
            assert found == [(99, 81), (90, 81), (81, 81)]
            found = _rows(session, [Term(("rare",))], 81, 50)
            assert found == [(entry, None) for entry in every_ninth[3:]]
        else:
            assert found == [(entry, None) for entry in every_ninth]


def test_hits_restrict_another_statement(store: Store):
    with store.writing() as session:
        _put(session, {1: "one two", 2: "two three"})
        entry = table(Entry)
        statement = sa.select(entry.c.id).where(entry.c.id.in_(hits(store.dialect, [Term(("two",))])))
        assert sorted(session.scalars(statement)) == [1, 2]
        assert sorted(session.scalars(statement.where(entry.c.id > 1))) == [2]
        without = sa.select(entry.c.id).where(entry.c.id.not_in(hits(store.dialect, [Term(("one",))])))
        assert list(session.scalars(without)) == [2]


def test_a_changed_document_is_found_by_its_new_words_only(store: Store):
    with store.writing() as session:
        _put(session, {1: "old words stay", 2: "old"})
        fulltext.replace(session, 1, "old words stay", "new words stay")
        fulltext.remove(session, 2, "old")
        assert list(session.scalars(hits(store.dialect, [Term(("old",))]))) == []
        assert list(session.scalars(hits(store.dialect, [Term(("new",)), Term(("stay",))]))) == [1]


def test_the_index_can_be_made_anew(store: Store):
    with store.writing() as session:
        _put(session, {1: "one", 2: "two"})
        assert fulltext.rebuild(session, [(1, "two"), (2, "two")]) == 2
        assert list(session.scalars(hits(store.dialect, [Term(("one",))]))) == []
        assert sorted(session.scalars(hits(store.dialect, [Term(("two",))]))) == [1, 2]


def test_terms_without_words_find_nothing(store: Store):
    with store.writing() as session:
        _put(session, {1: "one"})
        assert list(session.scalars(hits(store.dialect, []))) == []
        assert newest(session, [Term(())], None, 5) is None


def test_the_largest_document_is_taken(store: Store):
    text = document(" ".join(f"word{i} ñandú" for i in range(40_000)))
    with store.writing() as session:
        _put(session, {1: text})
        last = text.rsplit(" ", 1)[1]
        assert list(session.scalars(hits(store.dialect, [Term((last,))]))) == [1]

"""What somebody is typing in a search, and how it goes on."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.query import ALL_FIELDS, ALL_FLAGS, Field, parse
from sysmo_tui.domain.query_completing import CALLED, DATES, FIELDS, FLAGS, completed, typed


def test_every_field_and_every_flag_says_what_it_is() -> None:
    assert set(FIELDS) == ALL_FIELDS
    assert set(CALLED) == ALL_FIELDS
    assert set(FLAGS) == ALL_FLAGS
    for value in DATES:
        assert not parse(f"created:{value}").problems


@pytest.mark.parametrize(
    ("text", "value", "after"),
    [
        ("sta", "status", "status:"),
        ("printer -sta", "status", "printer -status:"),
        ("(sta", "status", "(status:"),
        ("-temática:", "topic", "-topic:"),
        ("status:ne", "new", "status:new "),
        ("status:new,o", "open", "status:new,open "),
        ('topic:"human re', "Human resources", 'topic:"Human resources" '),
        ("topic:", "Human resources", 'topic:"Human resources" '),
        ("priority:>=hi", "high", "priority:>=high "),
        ("created:", "<7d", "created:<7d "),
        ("created:<", "<7d", "created:<7d "),
        ("not:tag:v", "vip", "not:tag:vip "),
    ],
)
def test_what_was_begun_is_completed_in_its_place(text: str, value: str, after: str) -> None:
    assert completed(text, typed(text, len(text)), value) == (after, len(after))


def test_completing_in_the_middle_leaves_the_rest() -> None:
    text = "status:ne printer"
    assert completed(text, typed(text, 9), "new") == ("status:new printer", 10)


def test_a_half_typed_value_is_told_with_its_field() -> None:
    piece = typed('topic:a,"human r', 16)
    assert (piece.field, piece.begun) == ("topic", "human r")


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=20), st.integers(0, 20), st.text(min_size=1, max_size=8))
def test_whatever_is_typed_a_chosen_value_is_understood(text: str, cursor: int, value: str) -> None:
    piece = typed(text, min(cursor, len(text)))
    assert 0 <= piece.start <= piece.end <= len(text)
    chosen = value.replace('"', "").strip()
    if chosen and not chosen.startswith((">", "<", "=")):
        whole, at = completed("tag:", typed("tag:", 4), chosen)
        assert at == len(whole)
        tree = parse(whole).tree
        assert isinstance(tree, Field)
        assert tree.values == (chosen,)

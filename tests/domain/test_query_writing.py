"""Writing the search language."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.query import And, Node, Not, Or, Words, parse, spans
from sysmo_tui.domain.query_writing import both, grouped, quoted, toggled, values, with_values


@pytest.mark.parametrize(
    ("text", "field", "value", "after"),
    [
        ("", "status", "new", "status:new"),
        ("printer", "status", "new", "printer status:new"),
        ("printer status:new fire", "status", "open", "printer status:new,open fire"),
        ("printer status:new,open fire", "status", "NEW", "printer status:open fire"),
        ("printer status:new fire", "status", "new", "printer fire"),
        ("status:new x status:open", "status", "hold", "status:new,open,hold x"),
        ("-status:new", "status", "new", "-status:new status:new"),
        ("(status:new a)", "status", "open", "(status:new a) status:open"),
        ("a or b", "status", "new", "(a or b) status:new"),
        ("created:<7d", "created", "<1d", "created:<1d"),
        ("created:<7d", "created", "<7d", ""),
        ("priority:>=high", "priority", "low", "priority:low"),
        ("", "topic", "Human resources", 'topic:"Human resources"'),
        ('topic:"Human resources",x', "topic", "human resources", "topic:x"),
        ('"paper jam', "tag", "vip", '"paper jam" tag:vip'),
        ("(a b", "tag", "vip", "(a b) tag:vip"),
    ],
)
def test_choosing_a_value_writes_it_and_choosing_it_again_takes_it_out(
    text: str, field: str, value: str, after: str
) -> None:
    assert toggled(text, field, value) == after


def test_flags_that_exclude_each_other_are_apart_from_those_that_add_up() -> None:
    states = ("open", "new", "closed")
    text = toggled("is:unread", "is", "open", states)
    assert text == "is:unread is:open"
    assert toggled(text, "is", "new", states) == "is:unread is:open,new"
    assert values(text, "is", states) == ("open",)
    assert with_values(text, "is", (), states) == "is:unread"


def test_two_searches_together_are_what_fulfils_both() -> None:
    assert both("a or b", "c or d") == "(a or b) (c or d)"
    assert both("  ", " is:open ") == "is:open"
    assert both('tag:vip "half', "is:open") == 'tag:vip "half" is:open'


def meaning(text: str) -> Node | None:
    """What a search asks for, whatever spaces stand at its ends."""

    def bare(node: Node) -> Node:
        match node:
            case And(parts) | Or(parts):
                return type(node)(tuple(map(bare, parts)))
            case Not(part):
                return Not(bare(part))
            case Words():
                return replace(node, text="")
            case _:
                return node

    tree = parse(text).tree
    return None if tree is None else bare(tree)


_PARTS = st.lists(
    st.sampled_from(
        ["a", "-b", "or", "(", ")", '"', '"c d"', "status:new", "status:new,open", "-", "is:open", "x:", " "]
    ),
    max_size=8,
).map(" ".join)


@settings(max_examples=300, deadline=None)
@given(_PARTS | st.text(max_size=30), st.text(min_size=1, max_size=8))
def test_a_value_that_was_put_in_is_there_and_the_rest_means_what_it_meant(text: str, value: str) -> None:
    written = with_values(text, "tag", [value])
    before, after = meaning(text), meaning(written)
    if not quoted(value).strip('"') or value.startswith(("<", ">", "=")):
        return
    assert values(written, "tag")
    rest = () if before is None else before.parts if isinstance(before, And) else (before,)
    parts = () if after is None else after.parts if isinstance(after, And) else (after,)
    if "tag:" not in text.casefold():
        assert tuple(parts[:-1]) == rest or (len(parts) == 1 and not rest)


@settings(max_examples=200, deadline=None)
@given(_PARTS, _PARTS)
def test_a_group_beside_another_keeps_its_meaning(one: str, other: str) -> None:
    first, second, together = (meaning(text) for text in (one, other, both(one, other)))
    parts = [
        part
        for tree in (first, second)
        if tree is not None
        for part in (tree.parts if isinstance(tree, And) else (tree,))
    ]
    expected = parts[0] if len(parts) == 1 else And(tuple(parts)) if parts else None
    assert together == expected or isinstance(expected, Or)


@given(st.text(max_size=40))
@settings(max_examples=200, deadline=None)
def test_terms_stand_in_order_and_never_overlap(text: str) -> None:
    at = 0
    for start, end in spans(text):
        assert at <= start < end
        at = end
    assert meaning(grouped(text)) == meaning(text)

"""The search language understands what is complete and never fails on what is not."""

import time
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sysmo_tui.domain.query import (
    CUSTOMER_FIELDS,
    CUSTOMER_FLAGS,
    Ago,
    And,
    Dates,
    DaysAgo,
    Field,
    FieldName,
    Flag,
    Has,
    Is,
    Not,
    Numbers,
    Op,
    Or,
    Period,
    Thing,
    Words,
    parse,
    resolve,
)

CREATED = FieldName.CREATED


def word(text):
    return Words(text, (text,))


def tree(text):
    query = parse(text)
    assert query.problems == ()
    return query.tree


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("printer", word("printer")),
        ("a b", And((word("a"), word("b")))),
        ('"paper jam"', Words("paper jam", ("paper", "jam"), is_phrase=True)),
        ("fact*", Words("fact*", ("fact",), is_prefix=True)),
        ("Factura-12.pdf", Words("Factura-12.pdf", ("factura", "12", "pdf"), is_phrase=True)),
        ("http://x", Words("http://x", ("http", "x"), is_phrase=True)),
        ("日", Words("日", ("日",), is_prefix=True)),
        ("-a", Not(word("a"))),
        ("not:a", Not(word("a"))),
        ("NOT:-a", word("a")),
        ("-(-a)", word("a")),
        ('-"a b"', Not(Words("a b", ("a", "b"), is_phrase=True))),
        ("-(a b)", Not(And((word("a"), word("b"))))),
        ("-tag:vip", Not(Field(FieldName.TAG, Op.EQ, ("vip",)))),
        ("a or b", Or((word("a"), word("b")))),
        ("a OR b c", Or((word("a"), And((word("b"), word("c")))))),
        ("(a or b) c", And((Or((word("a"), word("b"))), word("c")))),
        ("(a (b c))", And((word("a"), word("b"), word("c")))),
        ("is:open", Is(Flag.OPEN)),
        ("is:OPEN,new", Or((Is(Flag.OPEN), Is(Flag.NEW)))),
        ("status:new,open", Field(FieldName.STATUS, Op.EQ, ("new", "open"))),
        ('topic:"Human resources",hw', Field(FieldName.TOPIC, Op.EQ, ("Human resources", "hw"))),
        ("priority:>=high", Field(FieldName.PRIORITY, Op.GE, ("high",))),
        ("assignee:ME", Field(FieldName.ASSIGNEE, Op.EQ, ("me",))),
        ("from:Ana@Example.com", Field(FieldName.FROM, Op.EQ, ("Ana@Example.com",))),
        ("channel:Email", Field(FieldName.CHANNEL, Op.EQ, ("email",))),
        ("has:attachment", Has(Thing.ATTACHMENT)),
        ("number:42", Numbers(((42, 42),))),
        ("number:10..20,42", Numbers(((10, 20), (42, 42)))),
        ("number:>=10", Numbers(((10, 2**31 - 1),))),
        ("number:<10", Numbers(((1, 9),))),
        ("#42", Numbers(((42, 42),))),
        ("created:7d", Dates(CREATED, Ago(timedelta(days=7)), None)),
        ("created:<7d", Dates(CREATED, Ago(timedelta(days=7)), None)),
        ("created:>2w", Dates(CREATED, None, Ago(timedelta(days=14)))),
        ("created:today", Dates(CREATED, DaysAgo(0), DaysAgo(0))),
        ("created:ayer", Dates(CREATED, DaysAgo(1), DaysAgo(1))),
        ("created:<today", Dates(CREATED, None, DaysAgo(1))),
        ("created:2026-01", Dates(CREATED, Period(2026, 1), Period(2026, 1))),
        ("created:<2026-01-01", Dates(CREATED, None, Period(2025, 12, 31))),
        ("created:<=2026-01-01", Dates(CREATED, None, Period(2026, 1, 1))),
        ("created:>2026", Dates(CREATED, Period(2027), None)),
        ("created:>2026-12", Dates(CREATED, Period(2027, 1), None)),
        ("closed:2026-01..2026-03", Dates(FieldName.CLOSED, Period(2026, 1), Period(2026, 3))),
        ("updated:..2026-03", Dates(FieldName.UPDATED, None, Period(2026, 3))),
        ("created:7d..2d", Dates(CREATED, Ago(timedelta(days=7)), Ago(timedelta(days=2)))),
    ],
)
def test_a_search_is_understood(text, expected):
    assert tree(text) == expected


@pytest.mark.parametrize(
    "text", ["", "  ", "-", "--", "or", "or or", "is:", "-is:", "created:>", "not:", "()", "("]
)
def test_half_typed_input_asks_nothing_and_is_no_problem(text):
    assert tree(text) is None


@pytest.mark.parametrize(
    ("text", "like"),
    [
        ('"unclosed jam', '"unclosed jam"'),
        ("(a b", "a b"),
        ("a b)", "a b"),
        ("a or", "a"),
        ("or a", "a"),
        ("a - b", "a b"),
        ("a is: b", "a b"),
        ("status:new,", "status:new"),
        ('topic:"Human res', 'topic:"Human res"'),
        ('topic:"" a', "a"),
    ],
)
def test_half_typed_input_is_read_as_far_as_it_goes(text, like):
    assert tree(text) == tree(like)


@pytest.mark.parametrize("text", ["[x]", "foo: x", "a:b:c", "C:\\temp", "50%", "x';--", "name = 'x'"])
def test_any_other_text_is_words(text):
    assert tree(text) is not None


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("is:opn", "opn"),
        ("has:cheese", "cheese"),
        ("channel:pigeon", "pigeon"),
        ("created:>7q", "7q"),
        ("created:2026-02-30", "2026-02-30"),
        ("created:99999999d", "99999999d"),
        ("number:x", "x"),
        ("topic:>hardware", "topic:hardware"),
    ],
)
def test_an_unknown_value_is_a_problem_named_under_its_field(text, said):
    query = parse(f"printer {text}")
    assert query.tree == word("printer")
    [problem] = query.problems
    assert (problem.text, problem.start, problem.end) == (text, 8, 8 + len(text))
    assert said in str(problem.message)


def test_known_values_survive_beside_an_unknown_one():
    query = parse("is:open,opn")
    assert query.tree == Is(Flag.OPEN)
    assert len(query.problems) == 1


def test_customers_ask_for_nothing_that_only_staff_see():
    def asked(text):
        return parse(text, CUSTOMER_FIELDS, CUSTOMER_FLAGS)

    assert asked("tag:vip").tree == Words("tag:vip", ("tag", "vip"), is_phrase=True)
    assert asked("is:open").tree == Is(Flag.OPEN)
    assert asked("is:hold").tree is None
    for hidden in ("hold", "overdue", "unassigned"):
        assert hidden not in str(asked("is:wrong").problems[0].message)


def test_limits_are_problems_and_not_crashes():
    deep = parse("(" * 1500 + "a" + ")" * 1500 + " b")
    assert deep.tree == And((word("a"), word("b")))
    assert len(deep.problems) == 1
    many = parse("a " * 1000)
    assert isinstance(many.tree, And)
    assert len(many.tree.parts) == 200
    assert len(many.problems) == 1
    assert len(parse("status:" + ",".join("a" * 1000)).problems) == 1
    assert len(parse("word " * 5000).problems) == 2
    assert parse("-" * 4000).tree is None


pieces = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        ["(", ")", '"', "-", "not:", "or", ",", ":", "*", "..", "<", ">=", " ", "#", "7d", "2026"]
    ),
    st.sampled_from([f"{name}:" for name in FieldName]),
)


@given(st.lists(pieces, max_size=25).map("".join))
@settings(max_examples=500)
def test_any_text_is_parsed_and_always_alike(text):
    query = parse(text)
    assert parse(text) == query
    hash(query.tree)
    for problem in query.problems:
        assert text[problem.start : problem.end] == problem.text
        str(problem.message)


@pytest.mark.parametrize("text", ["(a or -", "not:", '"', "is:opn,", "a*b:", "-(("])
def test_the_longest_search_is_parsed_quickly(text):
    start = time.process_time()
    parse(text * 1000)
    assert time.process_time() - start < 0.25


LIMA = ZoneInfo("America/Lima")
NOW = datetime(2026, 3, 1, 2, 30, tzinfo=UTC)


def test_a_day_is_the_local_one():
    assert resolve(DaysAgo(0), NOW, LIMA) == (
        datetime(2026, 2, 28, 5, tzinfo=UTC),
        datetime(2026, 3, 1, 5, tzinfo=UTC),
    )


def test_a_month_and_a_year_end_with_their_last_day():
    assert resolve(Period(2026, 2), NOW, LIMA) == (
        datetime(2026, 2, 1, 5, tzinfo=UTC),
        datetime(2026, 3, 1, 5, tzinfo=UTC),
    )
    assert resolve(Period(2026), NOW, LIMA)[1] == datetime(2027, 1, 1, 5, tzinfo=UTC)


def test_an_age_is_an_instant():
    assert resolve(Ago(timedelta(days=7)), NOW, LIMA) == (NOW - timedelta(days=7),) * 2

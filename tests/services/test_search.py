from __future__ import annotations

from datetime import timedelta

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Channel, CloseReason, Inbox, TicketField
from sysmo_tui.services import closing, editing, inboxes, search_words, thread, tickets
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.services import requests as ask


@pytest.fixture
def found(cast: Cast, customer: Door, operator: Door, clock: Clock):
    """Some tickets, and a function that tells by subject what a query finds."""
    cast.topic("Human resources")
    cast.operator("paula", topics=["human-resources"])
    anna = cast.customer("anna", company="Beltrán SRL")
    start = clock.now
    clock.now = start - timedelta(days=30)
    old = ask.file(cast.sign_in("carla"), "old invoice", "Factura número 7, corazón roto")
    clock.now = start
    fire = ask.file(
        customer, "printer fire", "smoke from tray 2", files=(ask.upload(customer, filename="photo.jpg"),)
    )
    leave = ask.file(anna, "holiday request", "beach", topic="human-resources")
    phoned = ask.file(
        operator,
        "phone line",
        "noise",
        requester=cast.email("anna"),
        channel=Channel.PHONE,
        priority="urgent",
        tags=("vip",),
    )
    operator.write(tickets.take, fire)
    operator.write(thread.note, fire, Outgoing("zanahoria in the fuser"))
    operator.write(closing.close, old, reason=CloseReason.DUPLICATE)
    ask.reply(operator, phoned, "which line?", status="waiting")
    names = {old: "old", fire: "fire", leave: "leave", phoned: "phoned"}

    def look(query: str, door: Door = operator, inbox: Inbox = Inbox.ALL) -> set[str]:
        return {names[row.number] for row in door.read(inboxes.page, inbox, query=query).page.items}

    return look


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"fire", "phoned"}),
        ("smoke", {"fire"}),
        ("SMÓKE tray", {"fire"}),
        ('"smoke from tray"', {"fire"}),
        ('"tray from"', set()),
        ("smo*", {"fire"}),
        ("photo", {"fire"}),
        ("photo.jpg", {"fire"}),
        ("zanahoria", {"fire"}),
        ("-smoke", {"phoned"}),
        ("not:smoke", {"phoned"}),
        ("smoke zanahoria", set()),
        ("is:closed corazon", {"old"}),
        ("is:closed", {"old"}),
        ("is:open", {"fire", "phoned"}),
        ("is:waiting", {"phoned"}),
        ("is:unassigned", set()),
        ("status:waiting", {"phoned"}),
        ("status:Esperando,in-progress", {"fire"}),
        ('status:"En espera"', {"phoned"}),
        ("priority:>=high", {"phoned"}),
        ("priority:<urgent", {"fire"}),
        ("topic:general", {"fire", "phoned"}),
        ("type:request", {"fire", "phoned"}),
        ("from:anna", {"phoned"}),
        ("from:carla@customer.example", {"fire"}),
        ("company:beltran", {"phoned"}),
        ("assignee:me", {"fire", "phoned"}),
        ("assignee:none", set()),
        ("assignee:luis smoke", {"fire"}),
        ("owner:me", {"fire", "phoned"}),
        ("tag:VIP", {"phoned"}),
        ("channel:phone", {"phoned"}),
        ("created:>7d is:closed", {"old"}),
        ("created:<7d", {"fire", "phoned"}),
        ("created:2026-03", {"fire", "phoned"}),
        ("updated:<2026-01-01", set()),
        ("closed:2026-03-04", {"old"}),
        ("has:attachment", {"fire"}),
        ("smoke or line", {"fire", "phoned"}),
        ("(smoke or line) is:waiting", {"phoned"}),
        ("unclosed (smoke", set()),
        ("is:", {"fire", "phoned"}),
        ("http://x", set()),
    ],
)
def test_what_a_query_finds(found, query: str, expected: set[str]):
    assert found(query) == expected


def test_a_number_finds_its_ticket_open_or_closed(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(closing.close, number, reason=CloseReason.DUPLICATE)
    page = operator.read(inboxes.page, Inbox.ALL, query=f"number:{number}").page
    assert [row.number for row in page.items] == [number]


@pytest.mark.parametrize(
    "query", ["topic:hardwre", "status:resolved", "is:opn", "created:>7q", "from:nobody"]
)
def test_an_unknown_value_is_named(operator: Door, query: str):
    listing = operator.read(inboxes.page, Inbox.ALL, query=f"smoke {query}")
    (problem,) = listing.problems
    assert query.partition(":")[2].lstrip(">") in problem.text + str(problem.message)


@pytest.mark.parametrize(
    "unknown", ["is:foo", "has:foo", "status:foo", "priority:>=hi", "topic:foo", "-tag:"]
)
def test_what_is_not_understood_is_left_out_and_the_rest_is_searched(found, unknown: str):
    assert found(unknown) == found("")
    assert found(f"smoke {unknown}") == found("smoke")
    assert found(f"-smoke {unknown}") == found("-smoke")


def test_values_that_are_known_count_beside_one_that_is_not(operator: Door):
    listing = operator.read(inboxes.page, Inbox.ALL, query="status:new,foo")
    assert listing.page.items == operator.read(inboxes.page, Inbox.ALL, query="status:new").page.items
    assert "foo" in str(listing.problems[0].message)


def test_an_unknown_field_is_named_and_searched_as_a_word(operator: Door, customer: Door):
    number = ask.file(customer, "colour:red ink")
    for door, box in ((operator, Inbox.ALL), (customer, Inbox.CREATED)):
        listing = door.read(inboxes.page, box, query="colour:red")
        assert [row.number for row in listing.page.items] == [number]
        assert "colour:" in str(listing.problems[0].message)
    for text in ("http://x.example", "re: ink", "12:30", "a:b:c"):
        assert not operator.read(inboxes.page, Inbox.ALL, query=text).problems


@pytest.mark.parametrize("is_long", [False, True])
@pytest.mark.parametrize("written", ["{n}", "T-{n}", "t{n}", "#{n}"])
def test_digits_find_the_ticket_and_the_word(
    customer: Door, operator: Door, monkeypatch: pytest.MonkeyPatch, written: str, is_long: bool
):
    number = ask.file(customer, "the one")
    others = [ask.file(customer, f"order {number} and T-{number} t{number}") for _ in range(3)]
    operator.write(closing.close, number, reason=CloseReason.DUPLICATE)
    if is_long:
        # A word in so many entries of so long a list is followed through the index.
        monkeypatch.setattr(inboxes, "READABLE", 0)
        monkeypatch.setattr(search_words, "FEW", 1)
    query, seen, after = written.format(n=number), [], None
    for _ in range(9):
        page = operator.read(inboxes.page, Inbox.ALL, query=query, after=after, limit=2).page
        seen += [row.number for row in page.items]
        after = page.next
        if after is None:
            break
    assert sorted(seen) == ([number] if written == "#{n}" else [number, *others])


def test_a_number_among_other_words_leaves_closed_tickets_out(customer: Door, operator: Door):
    number = ask.file(customer, "order 2026 lost")
    operator.write(closing.close, number, reason=CloseReason.DUPLICATE)
    assert not operator.read(inboxes.page, Inbox.ALL, query="order 2026").page.items


def test_the_word_being_typed_is_a_beginning(customer: Door, operator: Door):
    number = ask.file(customer, "zeppelin")

    def found(query: str) -> list[int]:
        page = operator.read(inboxes.page, Inbox.ALL, query=query, is_typing=True).page
        return [row.number for row in page.items]

    assert found("zepp") == found("zeppelin ") == [number]
    assert found("zepp ") == found("zepp zeppelin") == []
    assert number in found("-zepp")
    assert not operator.read(inboxes.page, Inbox.ALL, query="zepp").page.items


def test_customers_match_nothing_internal(found, cast: Cast, customer: Door):
    assert found("smoke", customer, Inbox.CREATED) == {"fire"}
    for query in ("zanahoria", "tag:vip", "assignee:luis", "owner:luis", "company:beltran", "type:request"):
        assert found(query, customer, Inbox.CREATED) == set()
    assert found("", customer, Inbox.CREATED) == {"old", "fire"}
    assert found("topic:human-resources", customer, Inbox.CREATED) == set()


def test_a_held_ticket_is_in_progress_to_its_customer(found, customer: Door, operator: Door):
    number = ask.file(customer, "held")
    operator.write(editing.edit, number, {TicketField.STATUS: "on-hold"})
    page = customer.read(inboxes.page, Inbox.CREATED, query='status:"In progress" held').page
    assert [row.number for row in page.items] == [number]
    assert customer.read(inboxes.page, Inbox.CREATED, query="is:hold held").problems
    assert not operator.read(inboxes.page, Inbox.ALL, query="is:hold held").problems


def test_a_subject_is_found_by_its_new_words_only(customer: Door, operator: Door):
    number = ask.file(customer, "printer")
    operator.write(editing.edit, number, {TicketField.SUBJECT: "scanner"})
    for query, count in (("printer", 0), ("scanner", 1)):
        assert len(operator.read(inboxes.page, Inbox.ALL, query=query).page.items) == count


def test_customers_do_not_learn_who_has_an_account(cast: Cast, customer: Door, operator: Door):
    ask.file(customer)
    cast.operator("rita")
    answers = {
        (len(listing.page.items), listing.problems)
        for name in ("rita", "nobody", "rita@desk.example", "nobody@desk.example")
        for listing in [customer.read(inboxes.page, Inbox.CREATED, query=f"from:{name}")]
    }
    assert answers == {(0, ())}
    assert operator.read(inboxes.page, Inbox.ALL, query="from:nobody").problems


@pytest.fixture
def everything_is_common(monkeypatch: pytest.MonkeyPatch):
    """Let three hits be many, and three tickets too many to read."""
    monkeypatch.setattr(search_words, "FEW", 3)
    monkeypatch.setattr(search_words, "MOST", 6)
    monkeypatch.setattr(inboxes, "READABLE", 3)


@pytest.mark.usefixtures("everything_is_common")
def test_common_words_come_by_their_newest_matching_entry(customer: Door, operator: Door):
    made = [ask.file(customer, f"printer {n}") for n in range(8)]
    ask.reply(operator, made[2], "printer again")
    ask.reply(operator, made[5], "something else")
    expected = [made[2], made[7], made[6], made[5], made[4], made[3], made[1], made[0]]
    found = operator.read(inboxes.page, Inbox.TOPICS, query='"printer again"').page
    assert [row.number for row in found.items] == [made[2]]
    seen, after = [], None
    while True:
        page = operator.read(inboxes.page, Inbox.TOPICS, query="again or printer", limit=2, after=after).page
        seen += [row.number for row in page.items]
        after = page.next
        if after is None:
            break
    # The subject stands in every entry's document, so a reply of any words is a match too.
    assert sorted(seen) == sorted(expected)
    assert seen[0] == made[5]


@pytest.mark.usefixtures("everything_is_common")
def test_a_search_for_common_words_shows_each_ticket_once_while_new_matches_come(
    customer: Door, operator: Door
):
    made = [ask.file(customer, f"printer {n}") for n in range(9)]
    page = operator.read(inboxes.page, Inbox.TOPICS, query="printer", limit=2).page
    seen = [row.number for row in page.items]
    while page.next is not None:
        ask.reply(operator, made[0], "printer")
        ask.file(customer, "printer of today")
        page = operator.read(inboxes.page, Inbox.TOPICS, query="printer", limit=2, after=page.next).page
        seen += [row.number for row in page.items]
    assert seen == made[::-1]


@pytest.mark.parametrize("query", ["from:\0@x", "tag:\0", "from:\0", "company:\0", "tag:\ud800"])
def test_characters_that_no_database_keeps_are_no_failure(customer: Door, operator: Door, query: str):
    ask.file(customer)
    listing = operator.read(inboxes.page, Inbox.ALL, query=query)
    # What the desk does not know is named and left out; a tag need not be known.
    assert bool(listing.problems) == bool(listing.page.items) == (not query.startswith("tag:"))
    customer.read(inboxes.page, Inbox.CREATED, query=query)


def test_people_and_companies_are_found_by_beginnings_of_the_words_of_their_names(cast: Cast, operator: Door):
    irish = ask.file(cast.customer("ana-maría o'brien", company="Ñandú (S.A.)"), "one", "x")
    other = ask.file(cast.customer("mariana brienz", company="Nand & Co"), "other", "x")

    def look(query: str) -> tuple[set[int], bool]:
        listing = operator.read(inboxes.page, Inbox.ALL, query=query)
        return {row.number for row in listing.page.items}, bool(listing.problems)

    for query in ("from:maría", "from:MARI", "from:ana-mar", 'from:"o\'br"'):
        assert irish in look(query)[0], query
    assert look("from:mari") == ({irish, other}, False)
    assert look('from:"ana brien"') == ({irish}, False)
    for query in ("company:ñandú", "company:NANDU", 'company:"s.a."'):
        assert look(query) == ({irish}, False), query
    assert look("company:nand") == ({irish, other}, False)
    for nobody in ("from:rianna", 'from:"…"', "company:andu"):
        assert look(nobody)[1], nobody

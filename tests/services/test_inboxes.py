from __future__ import annotations

import base64
import json

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import CloseReason, Inbox, Sort, TicketField
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.domain.views import CustomerTicketRow, TicketRow
from sysmo_tui.services import closing, editing, inboxes, tagging, tickets
from sysmo_tui.services.thread import Outgoing
from tests.cast import Cast, Clock
from tests.services import requests as ask


def numbers(door: Door, inbox: Inbox, **options: object) -> list[int]:
    return [row.number for row in door.read(inboxes.page, inbox, **options).page.items]  # type: ignore[arg-type]


def test_each_inbox_holds_what_its_name_says(cast: Cast, customer: Door, operator: Door):
    cast.topic("Payroll")
    paula = cast.operator("paula", topics=["payroll"])
    new, mine, closed, other = (
        ask.file(customer, topic=t) for t in ("general", "general", "general", "payroll")
    )
    operator.write(tickets.take, mine)
    operator.write(closing.close, closed, message=Outgoing("Done."))
    own = ask.file(operator, topic="payroll")

    assert numbers(operator, Inbox.ASSIGNED) == [mine]
    assert sorted(numbers(operator, Inbox.TOPICS)) == [new, mine]
    assert numbers(operator, Inbox.UNASSIGNED) == [new]
    assert sorted(numbers(operator, Inbox.ALL)) == [new, mine]
    assert numbers(operator, Inbox.CREATED) == [own]
    assert sorted(numbers(paula, Inbox.ALL)) == [other, own]
    assert sorted(numbers(cast.manager(), Inbox.ALL)) == [new, mine, other, own]
    assert sorted(numbers(cast.manager(), Inbox.UNASSIGNED)) == [new, other, own]
    assert sorted(numbers(customer, Inbox.CREATED)) == [new, mine, closed, other]
    assert sorted(numbers(operator, Inbox.ALL, with_closed=True)) == [new, mine, closed]


def test_watching_and_assignment_bring_a_ticket_into_all(cast: Cast, customer: Door, operator: Door):
    stranger = cast.operator("rita", topics=[])
    number = ask.file(customer)
    assert numbers(stranger, Inbox.ALL) == []
    operator.write(tickets.assign, number, cast.email("rita"))
    stranger.write(tagging.watch, number)
    assert numbers(stranger, Inbox.ALL) == [number]


def test_customers_have_one_list(customer: Door):
    for inbox in (Inbox.ALL, Inbox.TOPICS, Inbox.ASSIGNED, Inbox.UNASSIGNED):
        with pytest.raises(Forbidden):
            customer.read(inboxes.page, inbox)


def test_most_urgent_first(customer: Door, operator: Door, clock: Clock):
    normal = ask.file(customer)
    clock.advance(minutes=1)
    later = ask.file(customer)
    urgent, waiting = ask.file(customer), ask.file(customer)
    operator.write(editing.edit, urgent, {TicketField.PRIORITY: "urgent"})
    ask.reply(operator, waiting, status="waiting")
    operator.write(editing.edit, waiting, {TicketField.PRIORITY: "urgent"})
    assert numbers(operator, Inbox.ALL) == [urgent, normal, later, waiting]


@pytest.mark.parametrize("sort", list(Sort))
def test_pages_show_every_ticket_once_in_every_order(
    customer: Door, operator: Door, sort: Sort, clock: Clock
):
    made = []
    for n in range(11):
        made.append(ask.file(customer))
        clock.advance(minutes=n % 3)
    for number in made[::3]:
        operator.write(editing.edit, number, {TicketField.PRIORITY: "high", TicketField.FOLLOW_UP: "+1d"})
    whole = numbers(operator, Inbox.ALL, sort=sort)
    pages, after = [], None
    while True:
        page = operator.read(inboxes.page, Inbox.ALL, sort=sort, after=after, limit=3).page
        pages += [row.number for row in page.items]
        after = page.next
        if after is None:
            break
    assert pages == whole
    assert sorted(pages) == made


def test_a_mangled_cursor_is_refused(customer: Door, operator: Door):
    for _ in range(3):
        ask.file(customer)
    good = operator.read(inboxes.page, Inbox.ALL, sort=Sort.UPDATED, limit=1).page.next
    for cursor in ("", "x", "é", "W10", "bnVsbA", good[:-3], good):
        with pytest.raises(Invalid):
            operator.read(inboxes.page, Inbox.ALL, sort=Sort.DUE, after=cursor)


@pytest.mark.parametrize(
    "content",
    [
        ["match"],
        ["match", 1],
        ["match", 1, 2],
        ["match", "1", 2],
        ["due", "2026-03-04T15:00:00", 1],
        ["due", "0001-01-01T00:00:00+14:00", 1],
        ["due", "2026-03-04T15:00:00+00:00", 10**30],
        ["due", "2026-03-04T15:00:00+00:00", True],
        ["due", "2026-03-04T15:00:00+00:00"],
        ["due", 1e400, 1],
        ["due", None, None],
        {"due": 1},
        [],
        [["due"], 1, 1],
    ],
)
def test_a_forged_cursor_is_refused(operator: Door, content: object):
    cursor = base64.urlsafe_b64encode(json.dumps(content).encode()).decode().rstrip("=")
    for broken in (cursor, cursor * 400):
        with pytest.raises(Invalid):
            operator.read(inboxes.page, Inbox.ALL, sort=Sort.DUE, after=broken)


def test_paging_shows_what_stays_once_while_others_come_and_go(customer: Door, operator: Door, clock: Clock):
    made = []
    for _ in range(9):
        made.append(ask.file(customer))
        clock.advance(minutes=1)
    first = operator.read(inboxes.page, Inbox.TOPICS, limit=3).page
    operator.write(closing.close, made[0], reason=CloseReason.DUPLICATE)
    operator.write(closing.close, made[4], reason=CloseReason.DUPLICATE)
    new = ask.file(customer)
    seen, after = [row.number for row in first.items], first.next
    while after is not None:
        page = operator.read(inboxes.page, Inbox.TOPICS, limit=3, after=after).page
        seen += [row.number for row in page.items]
        after = page.next
    assert seen == [number for number in made if number != made[4]] + [new]


def test_those_who_asked_do_not_sort_by_internal_clocks(customer: Door):
    with pytest.raises(Invalid):
        customer.read(inboxes.page, Inbox.CREATED, sort=Sort.URGENT)


def test_counters_agree_with_the_pages(cast: Cast, customer: Door, operator: Door):
    cast.topic("Payroll")
    for _ in range(3):
        ask.file(customer)
    operator.write(tickets.take, ask.file(customer))
    done, elsewhere, mine = ask.file(customer), ask.file(customer, topic="payroll"), ask.file(operator)
    operator.write(closing.close, done, reason=CloseReason.DUPLICATE)
    cast.admin().write(tickets.assign, elsewhere, cast.email("luis"))
    for door in (operator, cast.manager(), cast.operator("rita", topics=[])):
        counted = door.read(inboxes.counts)
        for inbox in Inbox:
            found = numbers(door, inbox, limit=1000)
            assert getattr(counted, inbox.value) == len(found), inbox
    counted = operator.read(inboxes.counts)
    assert (counted.assigned, counted.topics, counted.new_in_topics, counted.all) == (2, 5, 4, 6)
    assert operator.read(inboxes.page, Inbox.CREATED).page.items[0].number == mine
    assert customer.read(inboxes.counts) == inboxes.InboxCounts(created=6)


@pytest.mark.parametrize(
    ("query", "sort"),
    [
        ("", Sort.URGENT),
        ("is:open", Sort.URGENT),
        ("is:new or is:waiting", Sort.URGENT),
        ("status:new,in-progress", Sort.URGENT),
        ("-is:closed printer", Sort.URGENT),
        ("is:open or is:closed", Sort.CREATED),
        ("status:new,closed", Sort.CREATED),
        ("is:closed", Sort.CREATED),
        ("created:>2020-01-01", Sort.URGENT),
        ("number:1..9", Sort.CREATED),
    ],
)
def test_a_list_says_the_order_it_is_in_and_open_tickets_come_most_urgent_first(
    customer: Door, operator: Door, query: str, sort: Sort
):
    normal, urgent, newest = (ask.file(customer, subject="The printer") for _ in range(3))
    operator.write(editing.edit, urgent, {TicketField.PRIORITY: "urgent"})
    listing = operator.read(inboxes.page, Inbox.ALL, query=query)
    assert listing.sort is sort
    if listing.page.items:
        first = urgent if sort is Sort.URGENT else newest
        assert listing.page.items[0].number == first
        assert operator.read(inboxes.page, Inbox.ALL, query=query, sort=Sort.CREATED).sort is Sort.CREATED
    assert normal


def test_news_renew_what_is_shown_and_tell_what_left_and_what_came(
    cast: Cast, customer: Door, operator: Door
):
    cast.topic("Payroll")
    nora = cast.operator("nora")
    stays, taken, closed, moved = (ask.file(customer) for _ in range(4))
    shown = numbers(operator, Inbox.UNASSIGNED)
    assert sorted(shown) == [stays, taken, closed, moved]
    nora.write(tickets.take, taken)
    nora.write(closing.close, closed, reason=CloseReason.DUPLICATE)
    nora.write(editing.edit, moved, {TicketField.TOPIC: "payroll"})
    ask.file(customer)
    news = operator.read(inboxes.news, Inbox.UNASSIGNED, shown)
    assert [row.number for row in news.rows] == [number for number in shown if number != moved]
    assert (news.left, news.lost, news.new) == ({taken, closed}, {moved}, 1)
    (seen,) = (row for row in news.rows if row.number == taken)
    assert isinstance(seen, TicketRow)
    assert seen.assignee is not None
    assert seen.assignee.name == "Nora"


def test_news_of_a_search_tell_what_it_finds_no_more(cast: Cast, customer: Door, operator: Door):
    asked = [ask.file(customer, subject=f"Printer {n}") for n in range(3)]
    query = "printer is:new"
    shown = numbers(operator, Inbox.ALL, query=query)
    assert sorted(shown) == asked
    cast.operator("nora").write(tickets.take, asked[1])
    news = operator.read(inboxes.news, Inbox.ALL, shown, query=query)
    assert (news.left, news.lost, news.new) == ({asked[1]}, frozenset(), 0)


def test_news_of_the_tickets_that_changed_are_read_alone(cast: Cast, customer: Door, operator: Door):
    cast.topic("Payroll")
    nora = cast.operator("nora")
    stays, taken, moved, closed = (ask.file(customer) for _ in range(4))
    shown = numbers(operator, Inbox.UNASSIGNED)
    for number in (taken, closed):
        nora.write(tickets.take, number)
    nora.write(editing.edit, moved, {TicketField.TOPIC: "payroll"})
    ask.file(customer)
    news = operator.read(inboxes.news, Inbox.UNASSIGNED, shown, changed=[stays, taken, moved])
    assert news.changed == {stays, taken, moved}
    assert [row.number for row in news.rows] == [stays, taken]
    assert (news.left, news.lost, news.new) == ({taken}, {moved}, 1)
    news = operator.read(inboxes.news, Inbox.UNASSIGNED, shown, changed=[])
    assert (news.changed, news.rows, news.left, news.lost, news.new) == (set(), (), set(), set(), 1)


def test_of_any_tickets_it_is_told_which_a_list_has(cast: Cast, customer: Door, operator: Door):
    cast.topic("Payroll")
    here, fax, elsewhere = ask.file(customer), ask.file(customer, "Fax"), ask.file(customer, topic="payroll")
    news = operator.read(inboxes.among, Inbox.ALL, [elsewhere, fax, here, 999], query="printer")
    assert [row.number for row in news.rows if row.number not in news.left] == [here]
    assert (news.left, news.lost) == ({fax}, {elsewhere, 999})


def test_news_of_a_search_that_is_typed_know_words_by_their_beginning(customer: Door, operator: Door):
    number = ask.file(customer, "Printer")
    assert operator.read(inboxes.news, Inbox.ALL, [number], query="prin").left == {number}
    assert operator.read(inboxes.news, Inbox.ALL, [number], query="prin", is_typing=True).left == set()


def test_news_of_ones_own_requests_are_those_of_the_person_who_asked(
    cast: Cast, customer: Door, operator: Door
):
    mine = ask.file(customer)
    foreign = ask.file(cast.customer("otto"))
    ask.reply(operator, mine)
    news = customer.read(inboxes.news, Inbox.CREATED, [mine, foreign, 999])
    assert [type(row) for row in news.rows] == [CustomerTicketRow]
    assert (news.left, news.lost, news.new) == (frozenset(), {foreign, 999}, 0)
    with pytest.raises(Forbidden):
        customer.read(inboxes.news, Inbox.ALL, [mine])


def test_a_page_costs_one_statement_and_its_actor_whatever_it_holds(
    desk: Desk, customer: Door, operator: Door
):
    for _ in range(5):
        ask.file(customer)
    sent: list[str] = []
    with desk.store.reading() as session:
        engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *call: sent.append(call[2]))
    numbers(operator, Inbox.TOPICS)
    numbers(operator, Inbox.ALL)
    assert len([statement for statement in sent if statement.lstrip().upper().startswith("SELECT")]) == 4


def test_staff_start_where_their_work_is(customer: Door, operator: Door):
    assert customer.read(inboxes.first_inbox) is Inbox.CREATED
    assert operator.read(inboxes.first_inbox) is Inbox.TOPICS
    operator.write(tickets.take, ask.file(customer))
    assert operator.read(inboxes.first_inbox) is Inbox.ASSIGNED


def test_marks_of_what_is_unread_are_ones_own(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    ask.open_ticket(operator, number)
    rita = cast.operator("rita")
    (for_luis,), (for_rita,) = (d.read(inboxes.page, Inbox.ALL).page.items for d in (operator, rita))
    assert (for_luis.is_unread, for_rita.is_unread) == (False, True)


@pytest.mark.parametrize("rank", [2**31, -(2**31), 2**40, 2**62])
def test_a_cursor_with_a_number_that_no_column_holds_is_refused(customer: Door, operator: Door, rank: int):
    ask.file(customer)
    parts = ["urgent", rank, "2026-01-01T00:00:00+00:00", 3]
    cursor = base64.urlsafe_b64encode(json.dumps(parts).encode()).decode().rstrip("=")
    with pytest.raises(Invalid) as refused:
        operator.read(inboxes.page, Inbox.ALL, after=cursor)
    assert refused.value.field == "after"

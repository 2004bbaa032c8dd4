from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import Inbox, Sort
from sysmo_tui.domain.errors import Forbidden, Invalid
from sysmo_tui.services import closing, editing, inboxes, reading, tagging, tickets
from sysmo_tui.services.editing import TicketField
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


def test_those_who_asked_do_not_sort_by_internal_clocks(customer: Door):
    with pytest.raises(Invalid):
        customer.read(inboxes.page, Inbox.CREATED, sort=Sort.URGENT)


def test_counters_agree_with_the_pages(cast: Cast, customer: Door, operator: Door):
    for _ in range(3):
        ask.file(customer)
    operator.write(tickets.take, ask.file(customer))
    counted = operator.read(inboxes.counts)
    assert counted.assigned == len(numbers(operator, Inbox.ASSIGNED)) == 1
    assert counted.topics == len(numbers(operator, Inbox.TOPICS)) == 4
    assert counted.unassigned == len(numbers(operator, Inbox.UNASSIGNED)) == 3
    assert counted.new_in_topics == 3
    assert counted.created == 0
    assert customer.read(inboxes.counts) == inboxes.InboxCounts(created=4)


def test_a_page_costs_two_statements_whatever_it_holds(desk: Desk, customer: Door, operator: Door):
    for _ in range(5):
        ask.file(customer)
    sent: list[str] = []
    with desk.store.reading() as session:
        engine = session.get_bind()
    sa.event.listen(engine, "before_cursor_execute", lambda *call: sent.append(call[2]))
    numbers(operator, Inbox.TOPICS)
    numbers(operator, Inbox.ALL)
    assert len([statement for statement in sent if statement.lstrip().upper().startswith("SELECT")]) == 6


def test_staff_start_where_their_work_is(customer: Door, operator: Door):
    assert customer.read(inboxes.first_inbox) is Inbox.CREATED
    assert operator.read(inboxes.first_inbox) is Inbox.TOPICS
    operator.write(tickets.take, ask.file(customer))
    assert operator.read(inboxes.first_inbox) is Inbox.ASSIGNED


def test_marks_of_what_is_unread_are_ones_own(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    operator.touch(reading.mark_read, number)
    rita = cast.operator("rita")
    (for_luis,), (for_rita,) = (d.read(inboxes.page, Inbox.ALL).page.items for d in (operator, rita))
    assert (for_luis.is_unread, for_rita.is_unread) == (False, True)

"""Who has a ticket open, and who writes in it, is known to its staff and to nobody else."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Door
from sysmo_tui.domain.changes import GONE_AFTER
from sysmo_tui.domain.enums import TicketField
from sysmo_tui.domain.errors import Forbidden, NotFound, NotSignedIn
from sysmo_tui.domain.text import SafeText
from sysmo_tui.mail.transport import NullTransport
from sysmo_tui.models import Account, Presence, table
from sysmo_tui.services import editing, presence, sessions, tagging, tickets
from sysmo_tui.services.presence import Present
from sysmo_tui.storage import listening
from sysmo_tui.worker import Worker
from tests.cast import START, Cast, Clock
from tests.services import requests as ask
from tests.services.test_statements import sent_while
from tests.waiting import until


@pytest.fixture
def number(customer: Door) -> int:
    """A ticket of the topic that luis and rita serve."""
    return ask.file(customer)


@pytest.fixture
def rita(cast: Cast) -> Door:
    return cast.operator("rita")


def names(door: Door, number: int, but_not: str = "") -> list[tuple[str, bool]]:
    """Who has a ticket open as ``door`` sees it, and whether they write."""
    return [(each.name, each.is_writing) for each in door.read(presence.of_ticket, number, but_not=but_not)]


def rows(cast: Cast) -> list[sa.Row[tuple[str, int]]]:
    """What is kept of who is where."""
    where = table(Presence)
    with cast.desk.store.reading() as session:
        return list(session.execute(sa.select(where.c.visit, where.c.ticket_number).order_by(where.c.visit)))


def test_a_colleague_sees_who_reads_and_who_writes(operator: Door, rita: Door, number: int, clock: Clock):
    operator.touch(presence.beat, "l", number, is_writing=False)
    assert rita.read(presence.of_ticket, number) == (Present(SafeText("Luis"), False, START, False),)
    began = clock.advance(seconds=7)
    operator.touch(presence.beat, "l", number, is_writing=True)
    assert rita.read(presence.of_ticket, number) == (Present(SafeText("Luis"), True, began, False),)
    assert operator.read(presence.of_ticket, number, but_not="l") == ()
    operator.touch(presence.leave, "l")
    assert rita.read(presence.of_ticket, number) == ()


def test_those_who_write_come_first_and_then_who_came_first(
    cast: Cast, operator: Door, rita: Door, number: int, clock: Clock
):
    for visit, door in (("l", operator), ("r", rita), ("n", cast.operator("nora"))):
        door.touch(presence.beat, visit, number, is_writing=door is rita)
        clock.advance(seconds=1)
    assert names(cast.admin(), number) == [("Rita", True), ("Luis", False), ("Nora", False)]


def test_beating_keeps_one_there_and_changes_nothing_that_is_told(
    operator: Door, rita: Door, number: int, clock: Clock
):
    for _ in range(6):
        operator.touch(presence.beat, "l", number, is_writing=True)
        clock.advance(seconds=10)
    (luis,) = rita.read(presence.of_ticket, number)
    assert luis.since == START


def test_whoever_listens_is_told_of_comings_and_goings_and_not_of_beats(
    cast: Cast, operator: Door, customer: Door, number: int, monkeypatch: pytest.MonkeyPatch
):
    # Who is told does not have to look by itself.
    monkeypatch.setattr(listening, "SHORTEST", 600.0)
    monkeypatch.setattr(listening, "LONGEST", 600.0)
    other = ask.file(customer)
    feed, looks = cast.desk.feed(), 0

    def told() -> frozenset[int]:
        nonlocal looks
        with sent_while() as sent:
            changes = feed.news()
        looks += len(sent)
        assert not changes.has_tickets
        return changes.presence

    def until_told(*numbers: int) -> None:
        heard: list[frozenset[int]] = []
        until(lambda: heard.append(told()) or heard[-1])
        assert heard[-1] == set(numbers)

    for place, writes, numbers in (
        (number, False, [number]),
        (number, True, [number]),
        (other, True, [number, other]),
    ):
        operator.touch(presence.beat, "l", place, is_writing=writes)
        until_told(*numbers)
        operator.touch(presence.beat, "l", place, is_writing=writes)
        assert told() == frozenset()
    operator.touch(presence.leave, "l")
    until_told(other)
    operator.touch(presence.leave, "l")
    assert told() == frozenset()
    feed.close()
    assert looks == (4 if cast.desk.store.path is None else 0)


def test_who_stops_beating_is_gone_after_half_a_minute_and_comes_back_as_new(
    operator: Door, rita: Door, number: int, clock: Clock
):
    operator.touch(presence.beat, "l", number, is_writing=False)
    clock.advance(seconds=29)
    assert names(rita, number) == [("Luis", False)]
    again = clock.advance(seconds=1)
    assert names(rita, number) == []
    operator.touch(presence.beat, "l", number, is_writing=False)
    assert [each.since for each in rita.read(presence.of_ticket, number)] == [again]


def test_a_beat_of_a_clock_that_jumped_keeps_nobody_there(
    operator: Door, rita: Door, number: int, clock: Clock
):
    clock.advance(hours=2)
    operator.touch(presence.beat, "l", number, is_writing=False)
    clock.now = START
    assert names(rita, number) == []
    operator.touch(presence.beat, "l", number, is_writing=False)
    assert names(rita, number) == [("Luis", False)]


def test_a_program_is_in_one_ticket_at_a_time(
    cast: Cast, operator: Door, rita: Door, customer: Door, number: int
):
    other = ask.file(customer)
    operator.touch(presence.beat, "l", number, is_writing=True)
    operator.touch(presence.beat, "l", other, is_writing=False)
    assert rows(cast) == [("l", other)]
    assert rita.read(presence.among, (number, other)).keys() == {other}


def test_somebody_in_two_programs_is_one_person_who_does_the_most_of_both(
    cast: Cast, operator: Door, rita: Door, number: int
):
    operator.touch(presence.beat, "a", number, is_writing=False)
    cast.sign_in("luis").touch(presence.beat, "b", number, is_writing=True)
    assert names(rita, number) == [("Luis", True)]
    assert [each.is_self for each in operator.read(presence.of_ticket, number, but_not="a")] == [True]


def test_a_list_is_told_of_its_own_tickets_alone(operator: Door, rita: Door, customer: Door, number: int):
    other, third = ask.file(customer), ask.file(customer)
    operator.touch(presence.beat, "l", number, is_writing=False)
    rita.touch(presence.beat, "r", other, is_writing=True)
    assert list(rita.read(presence.among, (number, third))) == [number]
    assert list(rita.read(presence.among, (number, other, third), but_not="r")) == [number]
    assert rita.read(presence.among, ()) == {}


def test_customers_neither_see_nor_are_seen(cast: Cast, operator: Door, customer: Door, number: int):
    operator.touch(presence.beat, "l", number, is_writing=True)
    customer.touch(presence.beat, "c", number, is_writing=True)
    assert rows(cast) == [("l", number)]
    assert names(customer, number) == []
    assert customer.read(presence.among, (number,)) == {}
    with pytest.raises(NotFound):
        cast.customer("otto").read(presence.of_ticket, number)


def test_an_operator_is_a_customer_in_a_request_of_their_own_outside_their_topics(cast: Cast, operator: Door):
    cast.topic("Spare")
    nora = cast.operator("nora", topics=("spare",))
    asker = cast.operator("rosa")
    own = ask.file(asker, topic="spare")
    nora.touch(presence.beat, "n", own, is_writing=True)
    asker.touch(presence.beat, "r", own, is_writing=True)
    assert names(nora, own) == [("Nora", True)]
    assert names(asker, own) == []
    assert asker.read(presence.among, (own,)) == {}
    with pytest.raises(NotFound):
        operator.touch(presence.beat, "l", own, is_writing=False)


@pytest.mark.parametrize("way", ["assigned", "owner", "watcher", "manager"])
def test_everyone_on_the_staff_of_a_ticket_is_there_for_the_others(
    cast: Cast, operator: Door, number: int, way: str
):
    nora = cast.manager("nora") if way == "manager" else cast.operator("nora", topics=())
    if way == "watcher":
        operator.write(tickets.assign, number, "nora@desk.example")
        nora.write(tagging.watch, number)
        operator.write(tickets.assign, number, "me")
        operator.write(editing.edit, number, {TicketField.OWNER: "luis@desk.example"})
    elif way != "manager":
        operator.write(tickets.assign, number, "nora@desk.example")
        if way == "owner":
            operator.write(editing.edit, number, {TicketField.OWNER: "nora@desk.example"})
            operator.write(tickets.assign, number, "me")
    nora.touch(presence.beat, "n", number, is_writing=False)
    operator.touch(presence.beat, "l", number, is_writing=False)
    assert names(operator, number, "l") == [("Nora", False)]
    assert names(nora, number, "n") == [("Luis", False)]
    assert list(nora.read(presence.among, (number,), but_not="n")) == [number]


def test_who_is_on_the_staff_of_a_ticket_no_more_is_not_told_of_it(cast: Cast, operator: Door, number: int):
    nora = cast.operator("nora", topics=())
    operator.write(tickets.assign, number, "nora@desk.example")
    operator.write(editing.edit, number, {TicketField.OWNER: "luis@desk.example"})
    operator.touch(presence.beat, "l", number, is_writing=False)
    nora.touch(presence.beat, "n", number, is_writing=False)
    operator.write(tickets.assign, number, "me")
    with pytest.raises(NotFound):
        nora.read(presence.of_ticket, number)
    assert nora.read(presence.among, (number,)) == {}
    with pytest.raises(NotFound):
        nora.touch(presence.beat, "n", number, is_writing=False)


def test_nobody_leaves_for_somebody_else(cast: Cast, operator: Door, rita: Door, number: int):
    operator.touch(presence.beat, "l", number, is_writing=False)
    rita.touch(presence.leave, "l")
    assert rows(cast) == [("l", number)]


def test_whoever_comes_next_to_a_program_is_who_is_there(operator: Door, rita: Door, number: int):
    operator.touch(presence.beat, "shared", number, is_writing=False)
    rita.touch(presence.beat, "shared", number, is_writing=False)
    assert names(operator, number) == [("Rita", False)]


def test_an_ended_session_is_not_there_any_more(operator: Door, rita: Door, number: int, clock: Clock):
    operator.touch(presence.beat, "l", number, is_writing=True)
    operator.write(sessions.sign_out)
    with pytest.raises(NotSignedIn):
        operator.touch(presence.beat, "l", number, is_writing=True)
    clock.advance(seconds=31)
    assert names(rita, number) == []


def test_a_hostile_name_is_shown_without_its_sting(cast: Cast, operator: Door, rita: Door, number: int):
    accounts = table(Account)
    with cast.desk.store.writing() as session:
        session.execute(
            sa.update(accounts)
            .where(accounts.c.id == cast.ids["luis"])
            .values(name="\x1b]0;owned\x07[/b]\u202eLuis")
        )
    operator.touch(presence.beat, "l", number, is_writing=False)
    ((name, _writes),) = names(rita, number)
    assert name.endswith("Luis")
    assert not {"\x1b", "\x07", "\u202e"} & set(name)


def test_the_worker_clears_away_who_went_without_a_word(
    cast: Cast, operator: Door, rita: Door, number: int, clock: Clock
):
    operator.touch(presence.beat, "gone", number, is_writing=False)
    clock.advance(seconds=(GONE_AFTER + timedelta(seconds=1)).total_seconds())
    rita.touch(presence.beat, "here", number, is_writing=False)
    Worker(cast.desk, NullTransport()).run_once()
    assert rows(cast) == [("here", number)]
    with pytest.raises(Forbidden):
        rita.touch(presence.sweep)

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
import sqlalchemy as sa

from sysmo_tui.desk import Desk, Door
from sysmo_tui.domain.enums import Category, Cause, TicketField
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.domain.views import Changed
from sysmo_tui.models import Ticket, table
from sysmo_tui.services import closing, editing, tickets
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.services import requests as ask


def test_taking_makes_one_the_assignee_and_the_ticket_in_progress(customer: Door, operator: Door):
    number = ask.file(customer)
    taken = operator.write(tickets.take, number)
    assert (taken.assignee, taken.category) == ("Luis", Category.OPEN)
    seen = ask.as_customer(customer, number)
    assert (seen.row.status, seen.row.operator) == ("In progress", "Luis")


def test_of_sixteen_takers_one_wins_and_fifteen_read_who_was_faster(cast: Cast, customer: Door):
    number = ask.file(customer)
    doors = [cast.operator(f"op{n}") for n in range(16)]

    def attempt(door: Door) -> Changed | Conflict:
        try:
            return door.write(tickets.take, number)
        except Conflict as refused:
            return refused

    with ThreadPoolExecutor(16) as pool:
        outcomes = list(pool.map(attempt, doors))
    winners = [outcome for outcome in outcomes if isinstance(outcome, Changed)]
    assert len(winners) == 1
    refusals = {str(outcome) for outcome in outcomes if isinstance(outcome, Conflict)}
    assert refusals == {f"{winners[0].assignee} already took #{number}."}


def test_taking_what_one_has_changes_nothing(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    before = ask.as_staff(operator, number).row.version
    operator.write(tickets.take, number)
    assert ask.as_staff(operator, number).row.version == before


def test_release_makes_an_unanswered_ticket_new_again(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    assert operator.write(tickets.release, number).category is Category.NEW
    with pytest.raises(Conflict):
        operator.write(tickets.release, number)


@pytest.mark.parametrize("status", ["waiting", "on-hold"])
@pytest.mark.parametrize("is_answered", [True, False])
def test_release_ends_waiting_and_hold_too(customer: Door, operator: Door, status: str, is_answered: bool):
    number = ask.file(customer)
    operator.write(tickets.take, number)
    if is_answered:
        ask.reply(operator, number)
    operator.write(editing.edit, number, {TicketField.STATUS: status})
    released = operator.write(tickets.release, number)
    assert released.category is (Category.OPEN if is_answered else Category.NEW)
    assert released.assignee is None


def test_release_leaves_an_answered_ticket_in_progress(customer: Door, operator: Door):
    number = ask.file(customer)
    ask.reply(operator, number)
    released = operator.write(tickets.release, number)
    assert (released.category, released.assignee) == (Category.OPEN, None)


def test_assigning_gives_sight_of_the_ticket_to_someone_of_another_topic(
    cast: Cast, customer: Door, operator: Door
):
    number = ask.file(customer)
    stranger = cast.operator("rita", topics=[])
    with pytest.raises(NotFound):
        ask.as_staff(stranger, number)
    operator.write(tickets.assign, number, cast.email("rita"))
    assert ask.as_staff(stranger, number).row.number == number


def test_only_staff_can_be_assigned(cast: Cast, customer: Door, operator: Door):
    number = ask.file(customer)
    for address in (cast.email("carla"), "nobody@desk.example", "not an address"):
        with pytest.raises(Invalid):
            operator.write(tickets.assign, number, address)


def test_a_closed_ticket_is_not_taken(customer: Door, operator: Door):
    number = ask.file(customer)
    customer.write(closing.close, number)
    with pytest.raises(Conflict):
        operator.write(tickets.take, number)


def test_a_stale_version_is_refused(customer: Door, operator: Door):
    number = ask.file(customer)
    operator.write(tickets.take, number, version=1)
    with pytest.raises(Conflict):
        operator.write(tickets.release, number, version=1)


def test_a_foreign_ticket_is_refused_like_a_missing_one(cast: Cast, customer: Door):
    number = ask.file(customer)
    stranger = cast.customer("otto")
    with pytest.raises(NotFound) as foreign:
        stranger.write(tickets.take, number)
    with pytest.raises(NotFound) as missing:
        stranger.write(tickets.take, number + 1)
    assert str(foreign.value) == str(missing.value).replace(str(number + 1), str(number))


def test_a_customer_may_not_take_an_own_ticket(customer: Door):
    with pytest.raises(Forbidden):
        customer.write(tickets.take, ask.file(customer))


def test_handing_over_moves_every_open_ticket(cast: Cast, customer: Door, operator: Door):
    numbers = [ask.file(customer) for _ in range(3)]
    for number in numbers:
        operator.write(tickets.take, number)
    closed = ask.file(customer)
    operator.write(closing.close, closed, message=ask.Outgoing("Done."))
    rita = cast.operator("rita", topics=[])
    moved = cast.itself.write(tickets.hand_over, cast.ids["luis"], cast.ids["rita"], Cause.ACCOUNT_DISABLED)
    assert moved == 3
    assert {ask.as_staff(rita, number).row.assignee.name for number in numbers} == {"Rita"}  # type: ignore[union-attr]
    assert cast.itself.write(tickets.hand_over, cast.ids["rita"], None, Cause.ACCOUNT_DISABLED) == 3


def test_nobody_waits_for_a_ticket_that_they_may_not_know_of(postgresql_store: Store, clock: Clock):
    cast = Cast(Desk(postgresql_store, clock=clock))
    cast.found()
    number, stranger = ask.file(cast.customer()), cast.customer("eve")
    lock = sa.select(table(Ticket)).where(table(Ticket).c.number == number).with_for_update()
    with postgresql_store.writing() as session:
        session.execute(lock)
        with pytest.raises(NotFound):
            ask.reply(stranger, number)


def test_who_gives_a_ticket_away_means_the_one_who_was_seen_to_have_it(
    cast: Cast, customer: Door, operator: Door
):
    number, rita = ask.file(customer), cast.operator("rita")
    cast.operator("nora")
    operator.write(tickets.take, number)
    with pytest.raises(Conflict, match="Luis has #1 now"):
        rita.write(tickets.assign, number, "nora@desk.example", seen=tickets.NOBODY)
    assert rita.write(tickets.assign, number, "nora@desk.example", seen=cast.ids["luis"]).assignee == "Nora"
    with pytest.raises(Conflict, match="Nora has #1 now"):
        operator.write(tickets.release, number, seen=cast.ids["luis"])
    assert operator.write(tickets.release, number, seen=cast.ids["nora"]).assignee is None
    with pytest.raises(Conflict, match="Nobody has #1 any more"):
        rita.write(tickets.assign, number, "me", seen=cast.ids["nora"])
    assert rita.write(tickets.assign, number, "me", seen=tickets.NOBODY).assignee == "Rita"

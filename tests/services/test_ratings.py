from __future__ import annotations

import pytest

from sysmo_tui.desk import Door, Work
from sysmo_tui.domain.cycles import Span
from sysmo_tui.domain.enums import CloseReason, CustomerEventKind, EventKind, Inbox, PersonRole
from sysmo_tui.domain.errors import Conflict, Forbidden, Invalid, NotFound
from sysmo_tui.models import TicketPerson
from sysmo_tui.services import closing, cycles, history, inboxes, proof, ratings, reading, tickets
from tests.cast import Cast, Clock
from tests.services import requests as ask


def closed(cast: Cast, customer: Door, operator: Door) -> int:
    number = ask.file(customer)
    operator.write(tickets.take, number)
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    return number


def spans(cast: Cast, number: int) -> tuple[Span, ...]:
    return cast.itself.read(cycles.of_ticket, number)


def test_its_customer_rates_a_closed_ticket_and_the_last_word_counts(cast: Cast, clock: Clock) -> None:
    customer, operator = cast.customer(), cast.operator()
    number = closed(cast, customer, operator)
    assert customer.write(ratings.rate, number, 2).is_changed
    clock.advance(minutes=5)
    customer.write(ratings.rate, number, 4)
    assert not customer.write(ratings.rate, number, 4).is_changed

    rated = [line for line in operator.read(history.show, number) if line.kind is EventKind.RATED]
    assert [(line.changes[0].old, line.changes[0].new) for line in rated] == [(None, "2"), ("2", "4")]
    (span,) = spans(cast, number)
    assert (span.rating, span.rated_at) == (4, rated[1].at)
    assert cast.itself.read(proof.check) == ()
    told = customer.read(reading.show, number, with_history=True).events
    assert [line.rating for line in told if line.kind is CustomerEventKind.RATED] == [2, 4]
    assert customer.read(ratings.given, number) == 4


def test_a_collaborator_rates_too_and_so_do_staff_what_they_asked_themselves(cast: Cast) -> None:
    customer, operator, friend = cast.customer(), cast.operator(), cast.customer("otto")
    number = closed(cast, customer, operator)

    def join(work: Work) -> None:
        part = PersonRole.COLLABORATOR
        work.session.add(
            TicketPerson(ticket_number=number, account_id=cast.ids["otto"], role=part, added_at=work.now)
        )

    cast.itself.write(join)
    friend.write(ratings.rate, number, 5)
    assert spans(cast, number)[0].rating == 5

    manager = cast.manager()
    own = closed(cast, manager, operator)
    manager.write(ratings.rate, own, 3)
    assert spans(cast, own)[0].rating == 3


def test_staff_do_not_rate_for_others_and_strangers_find_nothing(cast: Cast) -> None:
    customer, operator = cast.customer(), cast.operator()
    number = closed(cast, customer, operator)
    for staff in (operator, cast.manager(), cast.admin()):
        with pytest.raises(Forbidden, match="Only its customer"):
            staff.write(ratings.rate, number, 5)
    with pytest.raises(NotFound):
        cast.customer("otto").write(ratings.rate, number, 5)
    assert spans(cast, number)[0].rating is None


@pytest.mark.parametrize("rating", [0, 6, -1, 10**9])
def test_a_rating_is_a_number_from_1_to_5(cast: Cast, rating: int) -> None:
    customer = cast.customer()
    number = closed(cast, customer, cast.operator())
    with pytest.raises(Invalid, match="from 1 to 5"):
        customer.write(ratings.rate, number, rating)


def test_what_is_not_closed_cannot_be_rated(cast: Cast) -> None:
    customer = cast.customer()
    number = ask.file(customer)
    with pytest.raises(Conflict, match="is not closed"):
        customer.write(ratings.rate, number, 5)


def test_a_rating_stays_with_its_cycle_when_the_ticket_is_reopened(cast: Cast, clock: Clock) -> None:
    customer, operator = cast.customer(), cast.operator()
    number = closed(cast, customer, operator)
    customer.write(ratings.rate, number, 1)
    clock.advance(days=8)
    customer, operator = cast.sign_in("carla"), cast.sign_in("luis")
    customer.write(closing.reopen, number)
    assert [span.rating for span in spans(cast, number)] == [1, None]
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    customer.write(ratings.rate, number, 5)
    assert [span.rating for span in spans(cast, number)] == [1, 5]
    assert cast.itself.read(proof.check) == ()


def test_within_seven_days_the_cycle_goes_on_with_its_rating(cast: Cast, clock: Clock) -> None:
    customer, operator = cast.customer(), cast.operator()
    number = closed(cast, customer, operator)
    customer.write(ratings.rate, number, 2)
    clock.advance(days=1)
    customer, operator = cast.sign_in("carla"), cast.sign_in("luis")
    customer.write(closing.reopen, number)
    (span,) = spans(cast, number)
    assert (span.closed_at, span.rating) == (None, 2)
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    customer.write(ratings.rate, number, 5)
    assert [span.rating for span in spans(cast, number)] == [5]
    assert cast.itself.read(proof.check) == ()


def test_a_rating_of_spam_is_void_and_the_cycles_can_be_made_anew(cast: Cast) -> None:
    customer, operator = cast.customer(), cast.operator()
    number = closed(cast, customer, operator)
    customer.write(ratings.rate, number, 1)
    operator.write(closing.spam, number)
    (span,) = spans(cast, number)
    assert (span.rating, span.is_voided) == (1, True)
    cast.itself.write(proof.rebuild)
    assert spans(cast, number) == (span,)


def test_the_rating_is_shown_to_both_sides_and_found(cast: Cast) -> None:
    customer, operator = cast.customer(), cast.operator()
    rated, other = closed(cast, customer, operator), closed(cast, customer, operator)
    customer.write(ratings.rate, rated, 2)
    assert (ask.as_staff(operator, rated).rating, ask.as_customer(customer, rated).rating) == (2, 2)
    assert (ask.as_staff(operator, other).rating, ask.as_customer(customer, other).rating) == (None, None)

    def found(door: Door, inbox: Inbox, query: str) -> list[int]:
        page = door.read(inboxes.page, inbox, query=query)
        assert page.problems == ()
        return [row.number for row in page.page.items]

    for door, inbox in ((operator, Inbox.ALL), (customer, Inbox.CREATED)):
        for query in ("rating:2", "rating:1..2", "rating:<3", "rating:5,2", "is:closed rating:>=2"):
            assert found(door, inbox, query) == [rated], query
        assert found(door, inbox, "rating:3..5") == []
        assert found(door, inbox, "is:closed -rating:1..5") == [other]
    operator.write(closing.spam, rated)
    assert found(customer, Inbox.CREATED, "rating:2") == [rated]
    assert found(operator, Inbox.ALL, "rating:2") == []


@pytest.mark.parametrize("value", ["6", "0", "x", "7..9", "<1"])
def test_a_rating_that_cannot_be_is_named_in_a_search(cast: Cast, value: str) -> None:
    (problem,) = cast.operator().read(inboxes.page, Inbox.ALL, query=f"rating:{value}").problems
    assert "from 1 to 5" in problem.message.text

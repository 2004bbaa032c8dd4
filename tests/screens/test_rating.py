"""Rating a closed ticket on the screen: offered to its customer alone, and shown to both sides."""

from __future__ import annotations

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import CloseReason
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import closing, ratings
from tests.cast import Cast
from tests.screens.conftest import Kept, Stage, seen, until, until_seen
from tests.services import requests as ask


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_customer_rates_what_is_closed_by_a_key(
    stage: Stage, cast: Cast, size: tuple[int, int]
) -> None:
    customer, operator = cast.customer(), cast.operator()
    number = ask.file(customer, "The printer burns")
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    app = stage(customer)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "The printer burns")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "V Rate")
        await pilot.press("V")
        await until_seen(pilot, f"How satisfied are you with #{number}?", "very satisfied", "neither")
        await pilot.press("4")
        await until_seen(pilot, f"Thank you: #{number} is rated 4.")
        await until_seen(pilot, "4 · satisfied" if size[0] >= 120 else "Closed · rated 4")
        await pilot.press("V")
        await until_seen(pilot, "• satisfied")
        await pilot.press("escape", "w")
        await until_seen(pilot, "Carla rated it: 4 · satisfied")
    assert ask.as_staff(operator, number).rating == 4


async def test_staff_see_the_rating_and_are_not_offered_to_give_one(stage: Stage, cast: Cast) -> None:
    customer, operator = cast.customer(), cast.operator()
    number = ask.file(customer, "The printer burns")
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    customer.write(ratings.rate, number, 1)
    app = stage(operator)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "have no open tickets")
        await app.push_screen(TicketScreen(number))
        await until_seen(pilot, "1 · very dissatisfied")
        assert "V Rate" not in seen(pilot)
        await pilot.press("V")
        await pilot.press("w")
        await until_seen(pilot, "rated it: rating 1 · very dissatisfied")


async def test_the_facts_name_the_key_that_rates_as_it_is_now(cast: Cast) -> None:
    customer, operator = cast.customer(), cast.operator()
    number = ask.file(customer, "The printer burns")
    operator.write(closing.close, number, reason=CloseReason.NO_REPLY)
    app = SysmoApp(cast.desk, session=Kept(customer.caller.secret), environ={}, keymap={"ticket.rate": "f7"})
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "The printer burns")
        await app.push_screen(TicketScreen(number))
        await until_seen(pilot, "none yet (f7 gives")

"""A request from filing to closing, by keys alone, on both databases."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Category
from sysmo_tui.domain.views import CustomerTicket
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import reading
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.screens.conftest import Kept, mailing, seen, until, until_seen


@pytest.fixture
def cast(store: Store, clock: Clock) -> Iterator[Cast]:
    return mailing(store, clock)


def program(cast: Cast, door: Door) -> SysmoApp:
    return SysmoApp(cast.desk, session=Kept(door.caller.secret), environ={})


async def test_a_request_is_filed_answered_and_closed_by_keyboard_alone(cast: Cast) -> None:
    carla, luis = cast.customer("carla"), cast.operator("luis")
    app = program(cast, carla)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "c writes one")
        await pilot.press("c")
        await until_seen(pilot, "NEW TICKET", "General")
        await pilot.press(*"Printer on fire", "tab", *"Smoke comes out of tray 2.", "f2")
        await until_seen(pilot, "Filed #1.", "Printer on fire")

    app = program(cast, luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        await pilot.press("t")
        await until_seen(pilot, "You have #1 now.")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Smoke comes out of tray 2.")
        await pilot.press("i")
        await until_seen(pilot, "INTERNAL NOTE")
        await pilot.press(*"burned before", "ctrl+s")
        await until_seen(pilot, "INTERNAL  Luis", "burned before")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY → carla@customer.example")
        await pilot.press(*"Unplug it please", "ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))
        await until_seen(pilot, "Luis  desk", "Unplug it please")
        await pilot.press("x")
        await until_seen(pilot, "Closed #1.", "— Luis closed it")
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))

    app = program(cast, carla)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire", "●")
        await pilot.press("enter")
        await until_seen(pilot, "Unplug it please", "Closed")
        assert "burned" not in seen(pilot)
        await pilot.press("X")
        await until_seen(pilot, "Reopened #1.")
    view = carla.read(reading.show, 1)
    assert isinstance(view, CustomerTicket)
    assert view.row.category is Category.OPEN
    assert "burned" not in repr(view)

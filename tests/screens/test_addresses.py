"""One's addresses on the screen: added with a code, made the main one, given up; and by administrators."""

from __future__ import annotations

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.screens.addresses import AddressesScreen
from sysmo_tui.services import own_addresses
from sysmo_tui.storage.engine import Store
from tests.cast import PASSWORD, Cast, Clock, code_in_mail
from tests.screens.conftest import Kept, Stage, fill, mailing, seen, until, until_seen

OTHER = "carla@home.example"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_another_address_is_added_by_its_code_and_becomes_the_main_one(
    sqlite_store: Store, clock: Clock, size: tuple[int, int]
) -> None:
    cast = mailing(sqlite_store, clock)
    app = SysmoApp(cast.desk, session=Kept(cast.customer().caller.secret), environ={})
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "c Create")
        await pilot.press("P")
        await until_seen(pilot, "YOUR PROFILE", "Addresses", "Sign out")
        await pilot.press("f7")
        await until_seen(pilot, "YOUR ADDRESSES", "carla@customer.example", "main address")
        await pilot.press("n")
        await until_seen(pilot, "Your password")
        fill(pilot, email=OTHER, password=PASSWORD)
        await pilot.press("f2")
        await until_seen(pilot, f"The code that came to {OTHER}")
        await pilot.press(*code_in_mail(cast.desk, OTHER), "enter")
        await until_seen(pilot, "The address is there.", OTHER)
        await pilot.press("j", "p")
        await until_seen(pilot, f"{OTHER} is the main address.")
        await until(pilot, lambda: isinstance(app.screen, AddressesScreen))
    assert [each.email for each in cast.sign_in("carla").read(own_addresses.mine)] == [
        OTHER,
        "carla@customer.example",
    ]


async def test_an_administrator_adds_and_gives_up_addresses_of_others(stage: Stage, cast: Cast) -> None:
    cast.customer()
    app = stage(cast.admin())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "? Help")
        await app.push_screen(AddressesScreen("carla@customer.example"))
        await until_seen(pilot, "ADDRESSES OF CARLA@CUSTOMER.EXAMPLE")
        assert "c Code" not in seen(pilot)
        await pilot.press("n")
        await until_seen(pilot, "Another address")
        await pilot.press(*OTHER, "enter")
        await until_seen(pilot, "The address is there.", OTHER)
        await pilot.press("j", "x")
        await until_seen(pilot, f"Give {OTHER} up?")
        await pilot.press("y")
        await until_seen(pilot, f"{OTHER} is given up.")
    assert len(cast.admin().read(own_addresses.of, "carla@customer.example")) == 1

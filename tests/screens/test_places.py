"""Where one can go, by role."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sysmo_tui.app import PLACES
from sysmo_tui.desk import Door
from sysmo_tui.screens.inbox import InboxScreen
from tests.cast import Cast
from tests.screens.acting import (
    arrived,
    back_to,
    named,
    palette,
    settled,
)
from tests.screens.conftest import Stage, seen
from tests.services.test_matrix import WHO

pytestmark = pytest.mark.usefixtures("at_once")


@pytest.mark.parametrize("who", WHO)
async def test_places_are_open_by_role(stage: Stage, people: Cast, who: str) -> None:
    make: Callable[[Cast], Door] = WHO[who][0]
    app = stage(make(people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        inbox = app.screen
        assert isinstance(inbox, InboxScreen)
        for place, letter in (("reports", "R"), ("administration", "A"), ("profile", "P")):
            is_open = app.actor.is_staff or place == "profile"
            (name,) = named({f"app.{place}"})
            assert (name in await palette(inbox)) is is_open, place
            assert app.is_place(place) is is_open
            await pilot.press(letter)
            await settled(pilot)
            assert (app.screen is not inbox) is is_open, place
            inbox.go_to(place)
            await settled(pilot)
            assert (type(app.screen).__name__ == PLACES[place][1]) is is_open, place
            await back_to(pilot, InboxScreen)


INCOMING = ("Mail to decide", "Incoming mail", "Senders of mail", "Routes of mail")
AREAS = {
    "an operator of the topic": {"Accounts", "Topics", "Mail to decide"},
    "an operator of another topic": {"Accounts", "Topics", "Mail to decide"},
    "a manager": {"Accounts", "Topics", "Outgoing mail", *INCOMING},
    "an administrator": {
        "Accounts",
        "Waiting for their code",
        "Topics",
        "Statuses",
        "Ticket types",
        "Priorities",
        "Outgoing mail",
        *INCOMING,
        "Settings",
        "Audit log",
    },
}


@pytest.mark.parametrize("who", AREAS)
async def test_the_administration_shows_its_parts_by_role(stage: Stage, people: Cast, who: str) -> None:
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 40), notifications=True) as pilot:
        await arrived(pilot)
        await pilot.press("A")
        await settled(pilot)
        lines = [line.strip() for line in seen(pilot).splitlines()]
        shown = {area for area in AREAS["an administrator"] if any(line.startswith(area) for line in lines)}
        assert shown == AREAS[who]

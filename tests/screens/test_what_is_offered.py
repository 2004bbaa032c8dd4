"""What keys and palette offer to everyone is what the services allow."""

from __future__ import annotations

import pytest

from sysmo_tui.keys import BY_ID, Context
from tests.cast import Cast
from tests.screens.acting import (
    ACTS,
    READS,
    STATES,
    arrived,
    expected,
    named,
    offered,
    offered_to,
    open_ticket,
    palette,
    put_cursor_on,
)
from tests.screens.conftest import Stage
from tests.services import requests as ask
from tests.services.test_matrix import ALLOWED, WHO

pytestmark = pytest.mark.usefixtures("at_once")


@pytest.mark.parametrize("who", WHO)
async def test_keys_and_palette_offer_on_a_ticket_what_the_services_allow(
    stage: Stage, people: Cast, who: str
) -> None:
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        for state, prepare in STATES.items():
            number = ask.file(people.customer("carla"))
            prepare(people, number)
            screen = await open_ticket(pilot, number)
            wanted = offered_to(who, state)
            assert offered(screen) == wanted, state
            listed = set(await palette(screen))
            assert listed & named({act.name for act in ACTS} | READS) == named(wanted), state
            more = {"File the same again"}
            assert listed & more == (more if expected(who, "note") == ALLOWED else set()), state


@pytest.mark.parametrize("who", WHO)
async def test_keys_and_palette_offer_in_a_list_what_the_services_allow(
    stage: Stage, people: Cast, who: str
) -> None:
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        if app.actor.is_staff:
            await pilot.press("4")
        for state, prepare in STATES.items():
            number = ask.file(people.customer("carla"))
            prepare(people, number)
            inbox = await put_cursor_on(pilot, number)
            row = inbox.row()
            assert (row is not None and row.number == number) is (expected(who, "show") == ALLOWED), state
            wanted = {name for name in offered_to(who, state) if Context.INBOX in BY_ID[name].contexts}
            assert offered(inbox) == wanted, state
            listed = set(await palette(inbox))
            assert listed & named({act.name for act in ACTS} | READS) == named(wanted), state

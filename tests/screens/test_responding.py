"""Responses that are inserted, written by administrators, and kept with drafts."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from sysmo_tui.models import CannedResponse, table
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.new_ticket import NewTicketScreen
from sysmo_tui.screens.responding import ResponsePicker
from sysmo_tui.screens.responses import ResponsesScreen
from sysmo_tui.services import response_upkeep, responses
from sysmo_tui.services.response_upkeep import ResponseEdits
from tests.cast import Cast
from tests.screens.conftest import Stage, fill, seen, until, until_seen
from tests.screens.test_compose import file_one
from tests.screens.test_writing import drafted, opened


def write_responses(cast: Cast) -> None:
    admin = cast.admin()
    admin.write(response_upkeep.new, "On it", "Hello {customer.first_name}, we are on it.")
    admin.write(response_upkeep.new, "Bye", "Closed: {ticket.subject}", ResponseEdits(locale="es"))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 20)])
async def test_f7_shows_what_a_response_says_and_puts_it_where_the_cursor_is(
    stage: Stage, cast: Cast, size: tuple[int, int]
) -> None:
    file_one(cast)
    write_responses(cast)
    cast.admin().write(response_upkeep.new, "Steps", "Switch it off.\nSwitch it on.")
    app = stage(cast.operator())
    async with app.run_test(size=size, notifications=True) as pilot:
        screen = await opened(app, pilot)
        await pilot.press(*"AZ", "left", "f7")
        await until(pilot, lambda: isinstance(app.screen, ResponsePicker))
        await until_seen(pilot, "On it", "Bye", "Hello Carla")
        await pilot.press("down", "down")
        await until_seen(pilot, "Closed: The printer", "another")
        await pilot.press(*"hello we are")
        await until(pilot, lambda: "Bye" not in seen(pilot))
        await pilot.press("enter")
        await until(pilot, lambda: screen.text == "AHello Carla, we are on it.Z")
        await pilot.press("ctrl+z")
        await until(pilot, lambda: screen.text == "AZ")
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, ResponsePicker))
        await pilot.press(*"steps", "enter")
        await until(pilot, lambda: screen.text == "A\n\nSwitch it off.\nSwitch it on.\n\nZ")


async def test_without_responses_f7_says_so_and_customers_have_none(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    async with stage(cast.operator()).run_test(size=(80, 24), notifications=True) as pilot:
        await opened(pilot.app, pilot)  # type: ignore[arg-type]
        await pilot.press("f7")
        await until_seen(pilot, "No response fits here.")
    write_responses(cast)
    async with stage(cast.customer("carla")).run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        await pilot.press("r")
        await until_seen(pilot, "YOUR ANSWER", "Smoke")
        await pilot.press("f7")
        assert "Responses" not in seen(pilot)
        assert isinstance(pilot.app.screen, ComposeScreen)


async def test_a_new_ticket_takes_a_response_that_can_be_filled_in(stage: Stage, cast: Cast) -> None:
    cast.customer("carla")
    write_responses(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("c")
        await until_seen(pilot, "NEW TICKET", "f7 Responses")
        screen = app.screen
        assert isinstance(screen, NewTicketScreen)
        await pilot.press("f7")
        await until_seen(pilot, "No response can be filled in yet")
        fill(pilot, requester="carla@customer.example")
        await pilot.press("f7")
        await until_seen(pilot, "Hello Carla, we are on it.")
        await pilot.press("enter")
        await until(pilot, lambda: screen.text == "Hello Carla, we are on it.")


async def test_administrators_write_responses_and_staff_look_at_them(stage: Stage, cast: Cast) -> None:
    app = stage(cast.admin())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ResponsesScreen())
        await until_seen(pilot, "No responses yet. n writes the first.")
        cast.admin().write(response_upkeep.new, "Bye", "Good bye.")
        await pilot.press("n")
        await until_seen(pilot, "NEW RESPONSE", "{customer.first_name}")
        fill(pilot, name="On it", body="Hello {customer.nam}")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "There is no place “customer.nam” in a response.")
        fill(pilot, body="Hello {customer.name}, it is {ticket.status}.")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "On it is saved.", "Hello {customer.name}", "Good bye.")
        await pilot.press("v")
        await until_seen(pilot, "Hello Marta Gil, it is In progress.")
        await pilot.press("escape", "x")
        await until_seen(pilot, "On it is archived.")
    assert [line.slug for line in cast.admin().read(responses.lines)] == ["bye"]
    cast.admin().write(response_upkeep.archive, "on-it", archived=False)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ResponsesScreen())
        await until_seen(pilot, "On it")
        await pilot.press("n", "e", "x")
        assert isinstance(app.screen, ResponsesScreen)
        await pilot.press("slash", *"nothing")
        await until(pilot, lambda: "On it" not in seen(pilot))


async def test_a_response_keeps_what_was_written_where_nobody_changed_it(stage: Stage, cast: Cast) -> None:
    written = "Hola \u200f{customer.name}\u200b."
    cast.admin().write(response_upkeep.new, "Gree\u200bting", written)
    app = stage(cast.admin())
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ResponsesScreen())
        await until_seen(pilot, "Hola")
        await pilot.press("e")
        await until_seen(pilot, "Preview")
        fill(pilot, body="Hola {customer.nam}")
        app.screen.action_preview()
        await until_seen(pilot, "There is no place “customer.nam” in a response.")
        await pilot.press("escape")
        fill(pilot, body=cast.admin().read(responses.show, "greeting").body, position="7")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "is saved.")
    kept = table(CannedResponse)
    with cast.desk.store.reading() as session:
        row = session.execute(sa.select(kept)).one()
    assert (row.name, row.body, row.position) == ("Gree\u200bting", written, 7)


async def test_a_draft_is_kept_from_what_a_response_wrote(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    write_responses(cast)
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await opened(app, pilot)
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, ResponsePicker))
        await pilot.press("enter")
        await until_seen(pilot, "Hello Carla, we are on it.")
        await pilot.press("escape")
        await until_seen(pilot, "≡ The printer")
    assert drafted(cast, number) == "Hello Carla, we are on it."

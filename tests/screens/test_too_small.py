from __future__ import annotations

from textual.geometry import Size

from sysmo_tui.screens.confined import LARGEST
from sysmo_tui.screens.inbox import InboxScreen
from tests.cast import Cast
from tests.screens.conftest import Stage, until, until_seen
from tests.services import requests as ask


async def test_a_terminal_that_is_too_small_says_so_and_keeps_what_is_open(stage: Stage, cast: Cast) -> None:
    ask.file(cast.customer(), "Printer on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        await pilot.resize_terminal(30, 10)
        await until_seen(pilot, "30×10")
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await until_seen(pilot, "Printer on fire")


async def test_a_terminal_that_says_it_is_endless_is_drawn_in_part(stage: Stage, cast: Cast) -> None:
    ask.file(cast.customer(), "Printer on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        await pilot.resize_terminal(65_535, 30)
        await until(pilot, lambda: app.screen.size == app.size == Size(LARGEST.width, 30))
        await pilot.resize_terminal(80, 24)
        await until(pilot, lambda: app.screen.size == Size(80, 24))
        await until_seen(pilot, "Printer on fire")

"""Whoever may not know a ticket learns nothing of it from any screen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from textual.screen import Screen

from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.history import HistoryScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.screens.ticket_files import FilesScreen
from sysmo_tui.services import tagging
from tests.cast import Cast
from tests.screens.acting import (
    arrived,
    back_to,
    expected,
    palette,
    settled,
)
from tests.screens.conftest import Stage, seen, until_seen
from tests.services import requests as ask
from tests.services.test_matrix import MISSING, WHO

pytestmark = pytest.mark.usefixtures("at_once")


BY_NUMBER: dict[str, Callable[[int], Screen[Any]]] = {
    "ticket": TicketScreen,
    "reply": lambda number: ComposeScreen(number, DraftKind.REPLY),
    "note": lambda number: ComposeScreen(number, DraftKind.NOTE),
    "history": HistoryScreen,
    "files": lambda number: FilesScreen(number, is_staff=True),
}


@pytest.mark.parametrize("who", [who for who in WHO if expected(who, "show") == MISSING])
async def test_a_foreign_ticket_looks_like_one_that_is_missing(stage: Stage, people: Cast, who: str) -> None:
    foreign, missing = ask.file(people.customer("carla"), "Secret subject"), 7
    people.operator("luis").write(tagging.tag, foreign, ("vip",))
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await arrived(pilot)
        inbox = app.screen
        for name, make in BY_NUMBER.items():
            looks = []
            for number in (foreign, missing):
                app.push_screen(make(number))
                await settled(pilot)
                looks.append(
                    (
                        re.sub(r"#\d+", "#N", seen(pilot)),
                        [str(each.message) for each in app._notifications],
                        sorted(await palette(app.screen)) if isinstance(app.screen, DeskScreen) else [],
                    )
                )
                await back_to(pilot, InboxScreen)
            assert looks[0] == looks[1], name
            assert "Secret subject" not in looks[0][0]
            assert "There is no ticket #N." in looks[0][0], name
        assert app.screen is inbox


@pytest.mark.parametrize("who", [who for who in WHO if expected(who, "show") == MISSING])
async def test_go_to_a_number_finds_no_foreign_ticket(stage: Stage, people: Cast, who: str) -> None:
    foreign, missing = ask.file(people.customer("carla"), "Secret subject"), 7
    app = stage(WHO[who][0](people))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await arrived(pilot)
        looks = []
        for number in (foreign, missing):
            await pilot.press("colon", *f"#{number}")
            await until_seen(pilot, f"Go to #{number}")
            await pilot.press("enter")
            await until_seen(pilot, f"There is no ticket #{number}.")
            await settled(pilot)
            looks.append(seen(pilot).replace(f"#{number}", "#N"))
            assert isinstance(app.screen, InboxScreen)
        assert looks[0] == looks[1]

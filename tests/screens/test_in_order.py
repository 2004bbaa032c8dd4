"""Keys that come all at once, as over a line that stood still."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from textual import events
from textual.app import App

from sysmo_tui.app import SysmoApp
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.searching import Searching
from sysmo_tui.services import tickets
from sysmo_tui.widgets.data_list import Column, DataList
from tests.cast import Cast
from tests.screens.conftest import Stage, until, until_seen
from tests.services import requests as ask

pytestmark = pytest.mark.usefixtures("at_once")


class OneTable(App[None]):
    """Nothing but a table."""

    def get_css_variables(self) -> dict[str, str]:
        return super().get_css_variables() | {"quiet": "#888888"}

    def compose(self) -> Iterable[DataList[str]]:
        yield DataList([Column("Letter", 0, str)], str)


def burst(app: SysmoApp, *keys: str) -> None:
    """Keys that the terminal gives in one read."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_what_is_typed_right_behind_the_key_of_the_search_is_searched(stage: Stage, cast: Cast) -> None:
    ask.file(cast.customer(), "Printer on fire")
    ask.file(cast.customer(), "Lamp is dark")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        burst(app, "slash", *"fire", "enter", "z", "colon")
        await until(pilot, lambda: type(app.screen).__name__ == "Palette")
        searching = app.screen_stack[-2]
        assert isinstance(searching, Searching)
        assert searching.search.value == "fire"


async def test_what_is_typed_right_behind_the_key_of_a_reply_is_its_text(stage: Stage, cast: Cast) -> None:
    ask.file(cast.customer(), "Printer on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        burst(app, "r", *"Water")
        await until_seen(pilot, "PUBLIC REPLY", "Water")


async def test_keys_act_on_the_list_and_on_the_ticket_that_come(stage: Stage, cast: Cast) -> None:
    for subject in ("Printer on fire", "Lamp is dark", "Door is stuck"):
        ask.file(cast.customer(), subject)
    luis = cast.operator()
    luis.write(tickets.take, 1)
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        burst(app, "3", "j", "t")
        await until_seen(pilot, "You have #3 now.")
        burst(app, "1", "g", "enter", "i")
        await until_seen(pilot, "INTERNAL NOTE", "Printer on fire")


async def test_moves_made_before_there_are_rows_are_made_with_them() -> None:
    app = OneTable()
    async with app.run_test(notifications=True) as pilot:
        await pilot.press("down", "down", "down", "up")
        table = app.query_one(DataList)
        table.show(("a", "b", "c", "d"))
        assert table.current == "c"
        table.show(("a", "b", "c", "d", "e"))
        assert table.current == "c"

"""Keys that come all at once, as over a line that stood still."""

from __future__ import annotations

import pytest
from textual import events

from sysmo_tui.app import SysmoApp
from sysmo_tui.screens.searching import Searching
from tests.cast import Cast
from tests.screens.conftest import Stage, until, until_seen
from tests.services import requests as ask

pytestmark = pytest.mark.usefixtures("at_once")


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

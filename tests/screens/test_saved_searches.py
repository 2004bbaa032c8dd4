"""Saved searches as lists of the inbox."""

from __future__ import annotations

import pytest
from textual.pilot import Pilot

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.enums import Inbox, Level
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.services import filing, profile, saved_searches, tagging
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.saved_searches import SavedEdits
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen


@pytest.fixture
def luis(cast: Cast) -> Door:
    carla = cast.customer("carla", company="ACME S.A.")
    for subject in ("The printer is on fire", "The door is stuck", "The lamp is dark"):
        carla.write(filing.file, Filing("general", subject, "It is broken.", urgency=Level.NORMAL))
    door = cast.operator("luis")
    door.write(tagging.tag, 2, ("vip",))
    return door


def keep(door: Door, name: str, query: str, *, is_shared: bool = False) -> None:
    edits = SavedEdits(query=query, inbox=Inbox.TOPICS, is_shared=is_shared or None)
    door.write(saved_searches.new, name, edits)


def inbox(pilot: Pilot[int]) -> InboxScreen:
    screen = next(each for each in pilot.app.screen_stack if isinstance(each, InboxScreen))
    assert isinstance(screen, InboxScreen)
    return screen


async def test_a_saved_search_is_a_tab_with_its_words_and_a_live_counter(
    stage: Stage, cast: Cast, luis: Door
) -> None:
    keep(luis, "Important", "tag:vip")
    keep(cast.manager(), "Lamps", "lamp", is_shared=True)
    app = stage(luis)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until_seen(pilot, "6 Important 1", "7 Lamps 1")
        await pilot.press("slash", *"door", "enter")
        await until_seen(pilot, "/ door")
        await pilot.press("6")
        await until_seen(pilot, "/ tag:vip", "The door is stuck", "1 of 1")
        assert "The lamp" not in seen(pilot).split("│")[0]
        luis.write(tagging.tag, 3, ("vip",))
        await until_seen(pilot, "6 Important 2", "1 new · ctrl+r")
        await pilot.press("l")
        await until_seen(pilot, "/ lamp", "The lamp is dark")
        await pilot.press("slash", *" x", "escape")
        await until_seen(pilot, "/ lamp", "1 of 1")
        await pilot.press("2")
        await until_seen(pilot, "/ door", "The door is stuck")


async def test_where_tabs_find_no_room_those_beside_the_open_one_are_shown_and_counted(
    stage: Stage, luis: Door
) -> None:
    for number in range(1, 7):
        keep(luis, f"Search number {number}", "tag:vip")
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "2 My topics 3", "›")
        first = seen(pilot).splitlines()[0]
        assert "Search number 6" not in first
        counted = {line.name for line in inbox(pilot).bar.shown_searches}
        assert counted <= {"Search number 1", "Search number 2"}
        for _ in range(10 - 1):
            await pilot.press("l")
        await until_seen(pilot, "11 Search number 6 1", "‹")
        assert "1 Assigned" not in seen(pilot).splitlines()[0]
        assert len(seen(pilot).splitlines()[0].rstrip()) <= 80
        await pilot.click("InboxTabs", offset=(2, 0))
        await until(pilot, lambda: "11 Search number 6" not in inbox(pilot).tab.name)


async def test_one_starts_with_the_search_that_one_chose(stage: Stage, luis: Door) -> None:
    keep(luis, "Important", "tag:vip")
    luis.write(profile.prefer, {"start": "saved:important"})
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "6 Important 1", "/ tag:vip", "The door is stuck")


async def test_a_search_that_somebody_deletes_leaves_its_words_behind(
    stage: Stage, cast: Cast, luis: Door
) -> None:
    keep(cast.manager(), "Lamps", "lamp", is_shared=True)
    app: SysmoApp = stage(luis)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until_seen(pilot, "6 Lamps 1")
        await pilot.press("6")
        await until_seen(pilot, "/ lamp", "1 of 1")
        cast.manager().write(saved_searches.delete, "Lamps")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "Lamps" not in seen(pilot))
        assert inbox(pilot).tab.inbox is Inbox.TOPICS
        await until_seen(pilot, "/ lamp", "The lamp is dark")

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


async def test_what_is_looked_for_is_saved_by_one_key_and_changed_by_the_same(
    stage: Stage, luis: Door
) -> None:
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The door is stuck")
        await pilot.press("slash", *"door", "enter", "F")
        await until_seen(pilot, "SAVE THIS SEARCH", "door")
        assert "Who has it" not in seen(pilot)
        await pilot.press(*"Doors", "ctrl+s")
        await until_seen(pilot, "6 Doors 1", "/ door", "Saved “Doors”.")
        await pilot.press("slash", *"or lamp", "enter")
        await until_seen(pilot, "2 of 2")
        await pilot.press("F")
        await until_seen(pilot, "Save the changes", "Delete…")
        await pilot.press("s")
        await until_seen(pilot, "6 Doors 2")
        (line,) = luis.read(saved_searches.lines)
        assert (line.query, line.inbox) == ("door or lamp", Inbox.TOPICS)
        await pilot.press("F", "d")
        await until_seen(pilot, "Delete the saved search “Doors”?")
        await pilot.press("y")
        await until(pilot, lambda: not luis.read(saved_searches.lines))
        await until_seen(pilot, "is deleted.", "3 of 3")


async def test_a_search_that_is_not_understood_is_refused_beneath_its_field(stage: Stage, luis: Door) -> None:
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The door is stuck")
        await pilot.press("slash", *"topic:nowhere", "enter", "F")
        await until_seen(pilot, "SAVE THIS SEARCH")
        await pilot.press(*"Nowhere", "ctrl+s")
        await until_seen(pilot, "In the search: topic: there is no “nowhere”")
        assert luis.read(saved_searches.lines) == ()


async def test_managers_share_a_search_and_operators_keep_their_own_of_it(
    stage: Stage, cast: Cast, luis: Door
) -> None:
    keep(cast.manager(), "Lamps", "lamp", is_shared=True)
    app = stage(luis)
    async with app.run_test(size=(120, 30), notifications=True) as pilot:
        await until_seen(pilot, "6 Lamps 1")
        await pilot.press("6")
        await until_seen(pilot, "/ lamp")
        await pilot.press("F")
        await until_seen(pilot, "Save as another…")
        assert "Delete…" not in seen(pilot)
        await pilot.press("n")
        await until_seen(pilot, "SAVE THIS SEARCH")
        await pilot.press(*"Mine", "ctrl+s")
        await until_seen(pilot, "6 Mine 1", "7 Lamps")
        await pilot.press("F")
        await until_seen(pilot, "Delete…")
        assert "One place to" not in seen(pilot)


async def test_columns_are_chosen_put_in_order_and_kept_for_their_list(stage: Stage, luis: Door) -> None:
    app = stage(luis)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        await until_seen(pilot, "Company", "The door is stuck")
        await pilot.press("C")
        await until_seen(pilot, "Columns of My topics", "[x] Company", "[ ] Due")
        names = [each.strip()[4:] for each in seen(pilot).split("│") if each.strip().startswith("[")]
        await pilot.press(*["j"] * names.index("Company"), "space", "home")
        await pilot.press(*["j"] * names.index("Due"), "space", "K", "enter")
        await until(pilot, lambda: "Company" not in seen(pilot))
        await until_seen(pilot, "Due")
        kept = luis.read(profile.show).preferences["columns"]
        assert "due" in kept["topics"]
        assert "company" not in kept["topics"]
        await pilot.press("4")
        await until_seen(pilot, "Company")
        await pilot.press("2", "C", "0")
        await until_seen(pilot, "Company")
        assert luis.read(profile.show).preferences["columns"] == {}


@pytest.mark.parametrize("size", [(80, 24), (40, 20)])
async def test_the_keys_that_choose_columns_are_seen_however_small_it_is(
    stage: Stage, luis: Door, size: tuple[int, int]
) -> None:
    app = stage(luis)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "The door is stuck")
        await pilot.press("C")
        await until_seen(pilot, "[x] Number", "space Show or hide", "enter Done")

"""Typing a search: what is offered, what is wrong with it, and what was looked for before."""

from __future__ import annotations

import pytest

from sysmo_tui.desk import Door
from sysmo_tui.screens.inbox_words import pointed
from sysmo_tui.services import filing, profile, search_values, tagging
from sysmo_tui.services.filing import Filing
from sysmo_tui.services.profile import ProfileEdits
from sysmo_tui.widgets.search_input import Completions, SearchInput
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen


@pytest.fixture
def luis(cast: Cast) -> Door:
    carla = cast.customer("carla", company="ACME S.A.")
    for subject in ("The printer is on fire", "The door is stuck"):
        carla.write(filing.file, Filing("general", subject, "It is broken."))
    door = cast.operator("luis")
    door.write(tagging.tag, 2, ("vip",))
    return door


async def test_fields_and_values_are_completed_while_one_types(stage: Stage, luis: Door) -> None:
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The door is stuck")
        await pilot.press("slash", *"ta")
        await until_seen(pilot, "tag:", "one of its tags")
        await pilot.press("tab")
        await until_seen(pilot, "/ tag:", "vip")
        await until(pilot, lambda: [each.value for each in pilot.app.screen.query_one(Completions).offers])
        await pilot.press("tab")
        await until_seen(pilot, "/ tag:vip", "1 of 1")
        await pilot.press(*"sta", "tab")
        await until_seen(pilot, "in-progress")
        await pilot.press("down", "down", "up", "enter")
        field = pilot.app.screen.query_one(SearchInput)
        await until(pilot, lambda: field.value == "tag:vip status:new ")
        await pilot.press("enter")
        await until(pilot, lambda: pilot.app.screen.focused is not field)
        assert not pilot.app.screen.query_one(Completions).offers
        field.value = "tag:vip"
        await pilot.press("slash", *"door")
        await until(pilot, lambda: field.value == "tag:vip door")


async def test_fields_are_found_by_what_people_call_them_in_their_language(stage: Stage, luis: Door) -> None:
    luis.write(profile.edit, ProfileEdits(locale="es"))
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The door is stuck")
        await pilot.press("slash")
        field, offered = pilot.app.screen.query_one(SearchInput), pilot.app.screen.query_one(Completions)
        for called, name in (("esta", "status"), ("temática:", "topic"), ("numero", "number")):
            field.value = ""

            def is_offered(name: str = name) -> bool:
                return [each.value for each in offered.offers] == [name]

            await pilot.press(*called)
            await until(pilot, is_offered)
            await pilot.press("tab")
            assert field.value == f"{name}:"


async def test_escape_hides_what_is_offered_before_it_does_anything_else(stage: Stage, luis: Door) -> None:
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The door is stuck")
        await pilot.press("slash", *"is:o")
        await until_seen(pilot, "not closed")
        await pilot.press("escape")
        await until(pilot, lambda: "not closed" not in seen(pilot))
        assert "/ is:o" in seen(pilot)
        await pilot.press("escape")
        await until(pilot, lambda: "/ is:o" not in seen(pilot))


async def test_a_problem_stands_below_the_place_where_it_is(stage: Stage, luis: Door) -> None:
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The door is stuck")
        await pilot.press("slash", *"new topic:new", "enter")
        await until_seen(pilot, "topic: there is no “new”")
        lines = seen(pilot).splitlines()
        at = next(place for place, line in enumerate(lines) if "^^^" in line)
        assert lines[at].index("^") == lines[at - 1].index("new", lines[at - 1].index("topic:"))
        assert lines[at].count("^") == len("new")


def test_what_finds_no_room_behind_the_carets_stands_below_them() -> None:
    assert pointed([(4, 7)], ["No."], left=2, width=30).plain == "      ^^^ No."
    assert pointed([(20, 25)], ["Too long for it."], left=2, width=30).plain == (
        " " * 22 + "^^^^^\nToo long for it."
    )
    assert pointed([(90, 95)], ["No."], left=2, width=30).plain == "! No."


async def test_what_was_looked_for_is_offered_again(stage: Stage, luis: Door) -> None:
    app = stage(luis)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The door is stuck")
        for words in ("door", "topic:nowhere", "printer"):
            await pilot.press("slash", *words, "enter", "escape")
            await until(pilot, lambda: pilot.app.screen.query_one(SearchInput).value == "")
        await until(
            pilot,
            lambda: luis.read(profile.show).preferences.get("recent_searches") == ["printer", "door"],
        )
        await pilot.press("slash")
        await until_seen(pilot, "Searched before", "printer")
        await pilot.press("down", "down", "enter")
        await until_seen(pilot, "/ door", "1 of 1")


def test_values_are_offered_by_name_in_every_language_and_to_customers_only_theirs(
    cast: Cast, luis: Door
) -> None:
    def values(door: Door, field: str, begun: str) -> list[str]:
        return [each.value for each in door.read(search_values.offered, field, begun)]

    assert values(luis, "priority", "hi") == ["high"]
    assert values(luis, "assignee", "m")[0] == "me"
    assert values(luis, "tag", "V") == ["vip"]
    assert values(luis, "company", "acm") == ["ACME S.A."]
    assert values(luis, "from", "car") == ["carla@customer.example"]
    assert values(luis, "created", "<") == ["<7d", "<30d"]
    assert values(luis, "nothing", "") == []
    outsider, carla = cast.operator("rita", topics=[]), cast.customer()
    assert values(outsider, "tag", "") == []
    for field in ("tag", "assignee", "company", "from", "status", "type"):
        assert values(carla, field, "") == []
    assert "hold" not in values(carla, "is", "")

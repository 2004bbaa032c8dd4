"""How one likes the screens, and one's own keys: chosen on screens, kept with the account."""

from __future__ import annotations

import pytest
from textual.widgets import Input, OptionList

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import Theme
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.keymap import KeymapScreen, PressScreen
from sysmo_tui.screens.palette import Palette
from sysmo_tui.screens.report import ReportScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import profile, saved_searches
from sysmo_tui.services.saved_searches import SavedEdits
from tests.cast import SEEN, Cast
from tests.screens.conftest import Kept, Stage, fill, seen, until, until_seen
from tests.screens.test_compose import file_one

SIZE = (80, 24)


async def test_preferences_are_kept_and_colours_are_tried_on_at_once(stage: Stage, cast: Cast) -> None:
    door = cast.operator()
    app = stage(door)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.screen.go_to("preferences")
        await until_seen(pilot, "HOW YOU LIKE THE SCREENS", "go on to the next ticket")
        fill(pilot, theme=Theme.LIGHT, after_closing="stay", preview="off")
        await until(pilot, lambda: app.theme == Theme.LIGHT)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "It holds wherever you sign in")
        kept = door.read(profile.show).preferences
        assert (kept["theme"], kept["after_closing"], kept["preview"]) == ("light", "stay", False)
        await until(pilot, lambda: app.arrival and app.arrival.preferences["after_closing"] == "stay")


async def test_colours_that_were_only_tried_on_are_taken_back(stage: Stage, cast: Cast) -> None:
    door = cast.operator()
    app = stage(door)
    async with app.run_test(size=(40, 20), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.screen.go_to("preferences")
        await until_seen(pilot, "HOW YOU LIKE THE SCREENS", "Save", "How the screens look; without a")
        assert "choice, what fits the terminal." in seen(pilot)
        fill(pilot, theme=Theme.CONTRAST)
        await until(pilot, lambda: app.theme == Theme.CONTRAST)
        await pilot.press("escape")
        await until_seen(pilot, "Leave without saving?")
        await pilot.press("y")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert app.theme == Theme.DARK
        assert "theme" not in door.read(profile.show).preferences


async def test_a_key_is_pressed_to_be_chosen_and_works_at_once(stage: Stage, cast: Cast) -> None:
    file_one(cast)
    door = cast.operator("luis")
    app = stage(door)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "The printer", "t Take")
        app.screen.go_to("keymap")
        await until(pilot, lambda: isinstance(app.screen, KeymapScreen))
        await pilot.press("/", *"ticket.take")
        await until(pilot, lambda: [row.key.id for row in app.screen.table.items] == ["ticket.take"])
        await pilot.press("enter", "e")
        await until(pilot, lambda: isinstance(app.screen, PressScreen))
        await pilot.press("r")
        await until_seen(pilot, "! r is already for: public reply")
        await pilot.press("ctrl+c", "ctrl+e")
        await until_seen(pilot, "Your keys are kept", "ctrl+e", "usually t")
        assert door.read(profile.show).preferences == {**SEEN, "keymap": {"ticket.take": "ctrl+e"}}
        await pilot.press("escape", "escape")
        await until_seen(pilot, "^e Take")
        await pilot.press("t")
        await pilot.press("ctrl+e")
        await until_seen(pilot, "In progress")


async def test_a_second_key_is_added_and_all_are_given_back(stage: Stage, cast: Cast) -> None:
    door = cast.operator("luis")
    app = stage(door)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.screen.go_to("keymap")
        await until(pilot, lambda: isinstance(app.screen, KeymapScreen))
        await pilot.press("/", *"app.refresh")
        await until(pilot, lambda: [row.key.id for row in app.screen.table.items] == ["app.refresh"])
        await pilot.press("enter", "a")
        await until(pilot, lambda: isinstance(app.screen, PressScreen))
        await pilot.press("f9")
        await until(pilot, lambda: app.keymap == {"app.refresh": "ctrl+r,f9"})
        await until_seen(pilot, "ctrl+r  f9")
        await pilot.press("X")
        await until(pilot, lambda: app.keymap == {})
        assert door.read(profile.show).preferences == SEEN


async def test_the_account_goes_before_the_settings_file(cast: Cast) -> None:
    door = cast.operator("luis")
    door.write(profile.prefer, {"keymap": {"ticket.take": "f9"}, "theme": "light"})
    of_file = {"ticket.take": "b", "ticket.note": "f9", "app.refresh": "ctrl+e"}
    app = SysmoApp(cast.desk, session=Kept(door.caller.secret), keymap=of_file, environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert app.keymap == {"ticket.take": "f9", "app.refresh": "ctrl+e"}
        assert app.theme == Theme.LIGHT


async def test_the_program_begins_where_one_chose(stage: Stage, cast: Cast) -> None:
    door = cast.manager()
    door.write(profile.prefer, {"start": "reports"})
    app = stage(door)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, ReportScreen))
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    door.write(profile.prefer, {"start": "all"})
    again = stage(door)
    async with again.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(again.screen, InboxScreen) and again.screen.tab.inbox == "all")


async def test_the_palette_finds_tickets_people_topics_and_themes_by_words(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    file_one(cast, "Another matter")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "The printer", "Another matter")
        for words, found in (
            ("printer", f"#{number} The printer"),
            ("carla", "carla@customer.example"),
            ("theme", "Colours: dark"),
        ):
            await pilot.press("ctrl+p")
            await until(pilot, lambda: isinstance(app.screen, Palette))
            app.screen.query_one(Input).value = words
            await until_seen(pilot, found)
            await pilot.press("escape")
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        app.screen.query_one(Input).value = "topic gen"
        await until_seen(pilot, "Topic: General")
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen) and app.screen.search.value)
        assert app.screen.search.value == "topic:general"  # type: ignore[attr-defined]


async def test_a_ticket_found_by_words_is_opened_over_any_screen(stage: Stage, cast: Cast) -> None:
    number = file_one(cast)
    app = stage(cast.manager())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "3 Unassigned 1")
        app.screen.go_to("reports")
        await until(pilot, lambda: isinstance(app.screen, ReportScreen))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        app.screen.query_one(Input).value = "printer"
        await until_seen(pilot, f"#{number} The printer")
        options = app.screen.query_one(OptionList)
        await until(pilot, lambda: options.highlighted is not None)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, TicketScreen))


async def test_what_nobody_has_is_said_in_the_palette(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator("luis"))
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        app.screen.query_one(Input).value = "zzzzz"
        await until_seen(pilot, "nothing has these words")
        await pilot.press("enter")
        assert isinstance(app.screen, Palette)
        assert "zzzzz" in seen(pilot)


@pytest.mark.parametrize("size", [(80, 24), (40, 20)])
@pytest.mark.parametrize("who", ["staff", "customer"])
async def test_the_first_start_is_five_lines_that_go_away_for_good(
    stage: Stage, cast: Cast, who: str, size: tuple[int, int]
) -> None:
    file_one(cast)
    door = cast.operator() if who == "staff" else cast.customer("carla")
    door.write(profile.prefer, {"toured": None})
    app = stage(door)
    async with app.run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "The printer", "Welcome", "esc hides this")
        assert len(app.screen.query("Tour Horizontal")) == 5
        await pilot.press("slash", *"printer", "escape")
        assert isinstance(app.screen, InboxScreen)
        await until(pilot, lambda: not app.screen.query_one(Input).value)
        assert app.screen.query("Tour")
        await pilot.press("j", "escape")
        await until(pilot, lambda: not app.screen.query("Tour"))
        assert isinstance(app.screen, InboxScreen)
        await until(pilot, lambda: door.read(profile.show).preferences == SEEN)
    again = stage(door)
    async with again.run_test(size=size, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        assert "Welcome" not in seen(pilot)


async def test_a_saved_search_is_opened_from_another_screen_but_not_over_what_is_not_saved(
    stage: Stage, cast: Cast
) -> None:
    file_one(cast)
    door = cast.operator("luis")
    door.write(saved_searches.new, "Fires", SavedEdits(query="printer"))
    app = stage(door)

    async def pick(words: str) -> None:
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        app.screen.query_one(Input).value = words
        await until_seen(pilot, "List: Fires")
        await pilot.press("enter")

    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "The printer")
        inbox = app.screen
        app.screen.go_to("profile")
        await until_seen(pilot, "YOUR PROFILE", "Luis")
        fill(pilot, name="Somebody else")
        await pick("fires")
        await until_seen(pilot, "Save what you wrote here first")
        fill(pilot, name="Luis")
        await pick("fires")
        await until(pilot, lambda: app.screen is inbox and inbox.tab.name == "Fires")

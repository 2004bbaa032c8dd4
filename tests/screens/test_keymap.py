"""One's own keys, and where they are named."""

from __future__ import annotations

from textual.widgets import Input, OptionList

from sysmo_tui.app import SysmoApp
from sysmo_tui.screens.accounts import AccountsScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.palette import Palette
from tests.cast import Cast
from tests.screens.conftest import Kept, until, until_seen
from tests.screens.test_compose import file_one

OWN = {
    "ticket.take": "E",
    "app.refresh": "ctrl+e",
    "app.quit": "ctrl+x",
    "list.filter": "ctrl+f",
    "inbox.new": "f9",
    "dialog.yes": "o",
    "filters.clear": "f10",
}


def program(cast: Cast, who: str) -> SysmoApp:
    return SysmoApp(cast.desk, session=Kept(cast.sign_in(who).caller.secret), keymap=OWN, environ={})


async def test_the_palette_and_the_footer_name_ones_own_keys(cast: Cast) -> None:
    file_one(cast)
    cast.operator("luis")
    app = program(cast, "luis")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer", "E Take")
        assert app.keymap_problems == []
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, Palette))
        app.screen.query_one(Input).value = "take the ticket"

        def shown() -> list[str]:
            options = app.screen.query_one(OptionList).options
            return [" ".join(str(option.prompt).split()) for option in options]

        await until(pilot, lambda: shown() == ["Take the ticket E"])
        await pilot.press("escape", "f")
        await until_seen(pilot, "f10 Clear")
        await pilot.press("question_mark")
        await until_seen(pilot, "f10             choose none of these values")


async def test_what_is_said_of_keys_names_ones_own(cast: Cast) -> None:
    app = program(cast, "ada")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(AccountsScreen())
        await until_seen(pilot, "ctrl+f  everyone")
        await pilot.press("ctrl+c")
        await until_seen(pilot, "ctrl+x leaves the program.")


async def test_an_empty_list_names_ones_own_key_that_helps(cast: Cast) -> None:
    cast.customer("carla")
    app = program(cast, "carla")
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "You have created no tickets. f9 writes one.")
        await pilot.press("q")
        await until_seen(pilot, "o  Leave")
        await pilot.press("y")
        assert isinstance(app.screen, Confirm)
        await pilot.press("o")
        await until(pilot, lambda: not app.is_running)

"""Coming in and going out."""

from __future__ import annotations

from sysmo_tui.app import SysmoApp
from sysmo_tui.screens.inbox import InboxScreen
from tests.cast import PASSWORD, Cast
from tests.screens.conftest import Kept, Stage, seen, until, until_seen


async def test_the_right_password_opens_the_inbox(cast: Cast) -> None:
    cast.operator("luis")
    kept = Kept()
    app = SysmoApp(cast.desk, session=kept, environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Sign in", "Password")
        await pilot.press(*"luis@desk.example", "enter")
        app.screen.query_one("#field-password").value = PASSWORD
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert kept.secret


async def test_a_wrong_password_is_refused_beside_it(cast: Cast) -> None:
    cast.operator("luis")
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press(*"luis@desk.example", "enter", *"wrong", "enter")
        await until_seen(pilot, "! The e-mail address")
        assert "Sign in" in seen(pilot)


async def test_a_session_that_is_good_opens_the_inbox(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))


async def test_a_session_that_has_ended_asks_who_it_is(cast: Cast) -> None:
    app = SysmoApp(cast.desk, session=Kept("no such secret"), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Sign in", "Password")

"""Coming in and going out."""

from __future__ import annotations

import sqlalchemy as sa

from sysmo_tui.app import SysmoApp
from sysmo_tui.models import Account, table
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.login import LoginScreen
from sysmo_tui.screens.password import ChangePasswordScreen
from sysmo_tui.services import sessions
from tests.cast import PASSWORD, Cast
from tests.screens.conftest import Kept, Stage, fill, seen, until, until_seen

SIZE = (80, 24)


async def test_the_right_password_opens_the_inbox(cast: Cast) -> None:
    cast.operator("luis")
    kept = Kept()
    app = SysmoApp(cast.desk, session=kept, environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in", "Password", "Desk of the tests")
        await pilot.press(*"luis@desk.example", "enter")
        fill(pilot, password=PASSWORD)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert kept.secret


async def test_a_wrong_password_is_refused_beside_it(cast: Cast) -> None:
    cast.operator("luis")
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press(*"luis@desk.example", "enter", *"wrong", "enter")
        await until_seen(pilot, "! The e-mail address", "verify your address first: f5 ", "Sign in")


async def test_a_complaint_goes_once_what_it_is_about_changes(cast: Cast) -> None:
    cast.operator("luis")
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press(*"luis@desk.example", "enter", *"wrong", "enter")
        await until_seen(pilot, "! The e-mail address")
        await pilot.press("a")
        await until(pilot, lambda: "! The e-mail address" not in seen(pilot))


async def test_the_help_is_read_with_the_keys_for_moving(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await pilot.press("?")
        await until_seen(pilot, "Moving about")
        await pilot.press("G")
        await until_seen(pilot, "from the desk, public")
        await pilot.press("g")
        await until_seen(pilot, "Moving about")


async def test_who_guesses_too_often_reads_how_long_to_wait(cast: Cast) -> None:
    cast.operator("luis")
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        fill(pilot, email="luis@desk.example")
        for _ in range(20):
            if app.screen.query_one("#sign-in").disabled:
                break
            fill(pilot, password="not the password")
            app.screen.query_one("#sign-in").press()
            await until(
                pilot, lambda: not app.screen._is_asking and app.screen._form.field("password").value == ""
            )
        await until_seen(pilot, "Too many attempts", "seconds")
        assert app.screen.query_one("#sign-in").disabled


async def test_a_session_that_is_good_opens_the_inbox(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))


async def test_a_session_that_has_ended_asks_who_it_is(cast: Cast) -> None:
    app = SysmoApp(cast.desk, session=Kept("no such secret"), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in", "Password")


async def test_the_screen_speaks_the_other_language_and_keeps_the_address(cast: Cast) -> None:
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        fill(pilot, email="luis@desk.example")
        before = app.screen
        await pilot.press("f7")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen) and app.screen is not before)
        await until_seen(pilot, "luis@desk.example", "Español")
        await pilot.press("f7")


async def test_who_must_choose_a_new_password_does_so_before_anything_else(cast: Cast) -> None:
    cast.operator("luis")
    accounts = table(Account)
    cast.desk.touch(
        cast.itself.caller,
        lambda work: work.session.execute(
            sa.update(accounts).where(accounts.c.id == cast.ids["luis"]).values(must_change_password=True)
        ),
    )
    kept = Kept()
    app = SysmoApp(cast.desk, session=kept, environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        fill(pilot, email="luis@desk.example", password=PASSWORD)
        await pilot.click("#sign-in")
        await until(pilot, lambda: isinstance(app.screen, ChangePasswordScreen))
        fill(pilot, password="cobalt harbour lentil 88", again="cobalt harbour lentil 89")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! The two are not the same")
        assert kept.secret is None
        fill(pilot, password="cobalt harbour lentil 88", again="cobalt harbour lentil 88")
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert kept.secret


async def test_a_session_that_ends_meanwhile_is_asked_for_over_what_is_open(stage: Stage, cast: Cast) -> None:
    door = cast.operator()
    app = stage(door)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        inbox = app.screen
        door.write(sessions.sign_out)
        app.session_ended()
        await until_seen(pilot, "Your session has ended")
        fill(pilot, email="luis@desk.example", password=PASSWORD)
        await pilot.press("enter")
        app.screen.query_one("#sign-in").press()
        await until(pilot, lambda: app.screen is inbox)

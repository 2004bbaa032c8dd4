"""Forgetting, choosing and changing passwords."""

from __future__ import annotations

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import Role
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.password import NewPasswordScreen
from sysmo_tui.services import accounts, passwords
from sysmo_tui.services.accounts import Invitation
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock, code_in_mail, mails
from tests.screens.conftest import Kept, fill, mailing, until, until_seen

SIZE = (80, 24)
NEW = "cobalt harbour lentil 88"


async def test_who_forgot_the_password_chooses_a_new_one_by_mail(sqlite_store: Store, clock: Clock) -> None:
    cast = mailing(sqlite_store, clock)
    cast.customer("carla")
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        fill(pilot, email="carla@customer.example")
        await pilot.press("f6")
        await until_seen(pilot, "PASSWORD FORGOTTEN", "carla@customer.example")
        await pilot.press("enter")
        await until_seen(pilot, "YOUR CODE", "30 minutes", "Mail is not sent, it is written to files")
        fill(pilot, code=code_in_mail(cast.desk, "carla@customer.example"))
        await pilot.press("enter")
        await until_seen(pilot, "NEW PASSWORD")
        fill(pilot, password="short", again="short")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! A password has")
        fill(pilot, password=NEW, again=NEW)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Sign in", "carla@customer.example", "Now sign in")
        fill(pilot, password=NEW)
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))


async def test_an_unknown_address_is_answered_alike(sqlite_store: Store, clock: Clock) -> None:
    cast = mailing(sqlite_store, clock)
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press("f6")
        await until_seen(pilot, "PASSWORD FORGOTTEN")
        fill(pilot, email="nobody@customer.example")
        await pilot.press("enter")
        await until_seen(pilot, "YOUR CODE", "If nobody@customer.example has an account")
        await until_seen(pilot, "Mail is not sent, it is written to files")
        assert mails(cast.desk) == []


async def test_an_invitation_opens_choosing_a_password(cast: Cast) -> None:
    issued = accounts.invite(
        cast.admin(), Invitation("nina@desk.example", "Nina", Role.OPERATOR, ("general",))
    )
    assert issued.code is not None
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press("f5")
        await until_seen(pilot, "YOUR CODE")
        fill(pilot, code=issued.code)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: isinstance(app.screen, NewPasswordScreen))
        fill(pilot, password=NEW, again=NEW)
        await pilot.press("enter", "ctrl+s")
        await until_seen(pilot, "Sign in", "nina@desk.example")


async def test_a_code_that_opens_nothing_is_refused_beside_it(cast: Cast) -> None:
    passwords.reset(cast.admin(), (cast.operator("luis"), cast.email("luis"))[1])
    app = SysmoApp(cast.desk, session=Kept(), environ={})
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until_seen(pilot, "Sign in")
        await pilot.press("f5")
        fill(pilot, code="AAAA-BBBB")
        await pilot.press("enter")
        await until_seen(pilot, "! This code is not valid")

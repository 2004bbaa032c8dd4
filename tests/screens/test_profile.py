"""One's own account."""

from __future__ import annotations

import pytest
from rich.cells import cell_len
from textual.widgets import Button

from sysmo_tui.domain.enums import Channel
from sysmo_tui.i18n import use
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.login import LoginScreen
from sysmo_tui.screens.profile import ProfileScreen
from sysmo_tui.screens.sessions import SessionsScreen
from sysmo_tui.services import profile, sessions
from sysmo_tui.widgets.forms import Form
from tests.cast import PASSWORD, Cast, commands
from tests.screens.conftest import Stage, fill, until, until_seen

SIZE = (80, 24)


async def test_a_person_edits_name_and_zone(stage: Stage, cast: Cast) -> None:
    door = cast.customer("carla", company="ACME S.A.")
    app = stage(door)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ProfileScreen())
        await until_seen(pilot, "YOUR PROFILE", "Carla", "carla@customer.example", "customer")
        fill(pilot, name="Carla Gómez", time_zone="Europe/Madrid")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Your profile is saved")
        mine = door.read(profile.show)
        assert (mine.name, mine.time_zone) == ("Carla Gómez", "Europe/Madrid")
        await until(pilot, lambda: str(app.zone) == "Europe/Madrid")
    assert "profile.edit" in commands(cast)


@pytest.mark.parametrize("size", [SIZE, (40, 20)])
async def test_every_way_from_the_profile_is_a_button_that_is_read_whole(
    stage: Stage, cast: Cast, size: tuple[int, int]
) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=size, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ProfileScreen())
        await until_seen(pilot, "Luis")
        edge = app.screen.query_one(Form).content_region.right
        for each in app.screen.query(Button):
            assert each.region.right <= edge, each
            assert each.content_size.width >= cell_len(str(each.label)), each
        app.screen.query_one("#sessions", Button).press()
        await until(pilot, lambda: isinstance(app.screen, SessionsScreen))


async def test_what_is_wrong_is_said_beneath_its_field(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ProfileScreen())
        await until_seen(pilot, "Luis")
        fill(pilot, time_zone="Middle/Earth")
        await pilot.press("f2")
        await until_seen(pilot, "! “Middle/Earth” is not a time zone")


async def test_another_language_is_spoken_at_once(stage: Stage, cast: Cast) -> None:
    door = cast.operator()
    app = stage(door)
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ProfileScreen())
        await until_seen(pilot, "Luis")
        before = app.screen
        fill(pilot, locale="es")
        await pilot.press("f2")
        await until(pilot, lambda: isinstance(app.screen, ProfileScreen) and app.screen is not before)
        assert door.read(profile.show).locale == "es"
    use("en")


async def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(
    stage: Stage, cast: Cast
) -> None:
    app = stage(cast.operator())
    other = cast.sign_in("luis")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ProfileScreen())
        await until_seen(pilot, "Luis")
        await pilot.press("f3")
        await until_seen(pilot, "CHANGE PASSWORD")
        new = "cobalt harbour lentil 88"
        fill(pilot, old_password="wrong", password=new, again=new)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "! This is not your password")
        fill(pilot, old_password=PASSWORD, password=new, again=new)
        await pilot.press("ctrl+s")
        await until_seen(pilot, "YOUR PROFILE", "Your new password is set")
        assert len(app.door.read(sessions.mine)) == 1
        assert not cast.desk.read(other.caller, lambda work: work.signed_in)


async def test_sessions_are_listed_and_ended(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    cast.sign_in("luis", Channel.TUI, "10.0.4.7")
    async with app.run_test(size=SIZE, notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        app.push_screen(ProfileScreen())
        await until_seen(pilot, "Luis")
        await pilot.press("f5")
        await until_seen(pilot, "YOUR SESSIONS", "10.0.4.7", "this one")
        here = [line.is_current for line in app.screen.table.items].index(False)
        app.screen.table.move_cursor(row=here)
        await pilot.press("x")
        await until(pilot, lambda: len(app.screen.table.items) == 1)
        await pilot.press("x")
        await until(pilot, lambda: isinstance(app.screen, LoginScreen))

from __future__ import annotations

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.errors import NotSignedIn
from sysmo_tui.screens.lock import LOCKS_AFTER, LockScreen
from sysmo_tui.services import arrival, inboxes
from tests.cast import PASSWORD, Cast
from tests.screens.conftest import Kept, Stage, until, until_seen
from tests.services import requests as ask


async def test_a_screen_that_nobody_touches_locks_and_its_password_opens_it_where_one_was(
    stage: Stage, cast: Cast
) -> None:
    ask.file(cast.customer(), "Printer on fire")
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Printer on fire")
        app.used_at -= LOCKS_AFTER + 1
        app.lock_when_idle()
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        await pilot.press("escape", "ctrl+p")
        assert isinstance(app.screen, LockScreen)
        await pilot.press(*"wrong", "enter")
        await until_seen(pilot, "This is not your password.")
        app.screen.form.field("password").value = PASSWORD
        await pilot.press("enter")
        await until_seen(pilot, "Printer on fire")


async def test_whoever_works_is_not_locked_out(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Luis")
        app.used_at -= LOCKS_AFTER + 1
        await pilot.press("j")
        app.lock_when_idle()
        assert not isinstance(app.screen, LockScreen)


async def test_leaving_while_it_is_locked_signs_out(stage: Stage, cast: Cast) -> None:
    door = cast.operator()
    app = stage(door)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Luis")
        app.used_at -= LOCKS_AFTER + 1
        app.lock_when_idle()
        await until(pilot, lambda: isinstance(app.screen, LockScreen))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running or app.return_code == 0)
    assert app.session.load() is None
    with pytest.raises(NotSignedIn):
        door.read(inboxes.counts)


async def test_leaving_while_it_is_open_keeps_the_session(stage: Stage, cast: Cast) -> None:
    door = cast.operator()
    app = stage(door)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Luis")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: not app.is_running or app.return_code == 0)
    assert app.session.load() == door.caller.secret
    door.read(inboxes.counts)


async def test_a_shared_account_signs_out_when_the_program_ends(cast: Cast) -> None:
    operator = cast.operator()
    kept = Kept(operator.caller.secret)
    app = SysmoApp(cast.desk, session=kept, is_kiosk=True, environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "Luis")
        await pilot.press("ctrl+q")
        await until(pilot, lambda: kept.secret is None)
    with pytest.raises(NotSignedIn):
        operator.read(arrival.arrive)

"""When the database goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Desk, Work
from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.domain.errors import DeskError, Unavailable
from sysmo_tui.screens import asking, drafting
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.whole_mail import WholeMailScreen
from sysmo_tui.services import drafts, filing, reading
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.gone import closed_to_all
from tests.kept import keep
from tests.screens.conftest import Kept, Stage, seen, until, until_seen


@contextmanager
def gone(path: Path) -> Iterator[None]:
    """The database's file cannot be read for a while."""
    hidden = path.with_suffix(".hidden")
    path.rename(hidden)
    try:
        yield
    finally:
        hidden.rename(path)


async def test_what_is_shown_stays_and_is_read_again_when_the_database_is_back(
    postgresql_store: Store, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", 0.05)
    cast = Cast(Desk(postgresql_store, clock=clock))
    cast.found()
    cast.customer("carla").write(filing.file, Filing("general", "The printer is on fire", "Smoke"))
    app = SysmoApp(cast.desk, session=Kept(cast.operator().caller.secret), environ={})
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer is on fire")
        with closed_to_all(postgresql_store.url):
            await pilot.press("ctrl+r")
            await until_seen(pilot, "The database cannot be reached", "The printer is on fire")
        await until(pilot, lambda: "cannot be reached" not in seen(pilot))
        await until_seen(pilot, "The printer is on fire")


async def test_a_database_file_that_is_gone_is_told_as_it_is(
    stage: Stage, cast: Cast, sqlite_store: Store
) -> None:
    cast.customer("carla").write(filing.file, Filing("general", "The printer is on fire", "Smoke"))
    app = stage(cast.operator())
    path = sqlite_store.path
    assert path is not None
    async with app.run_test(size=(300, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer is on fire")
        with gone(path):
            sqlite_store.close()
            await pilot.press("ctrl+r")
            await until_seen(pilot, "is gone or was replaced. Put it back", "The printer is on fire")
            assert "Trying again" not in seen(pilot)
        await pilot.press("ctrl+r")
        await until(pilot, lambda: "is gone or was replaced" not in seen(pilot))
        await until_seen(pilot, "The printer is on fire")


async def test_who_comes_through_the_door_is_not_told_where_the_database_is(
    cast: Cast, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", 0.05)
    luis = cast.operator()
    cast.customer("carla").write(filing.file, Filing("general", "The printer is on fire", "Smoke"))
    caller = replace(luis.caller, is_remote=True)
    app = SysmoApp(cast.desk, session=Kept(caller.secret), caller=caller, environ={})
    path = sqlite_store.path
    assert path is not None
    async with app.run_test(size=(300, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer is on fire")
        with gone(path):
            sqlite_store.close()
            await pilot.press("ctrl+r")
            await until_seen(pilot, "The database cannot be reached", "The printer is on fire")
            assert path.name not in seen(pilot)
            await app.ask_feed()
            await pilot.pause()
            assert path.name not in seen(pilot)
        await until(pilot, lambda: "cannot be reached" not in seen(pilot))


async def test_a_mail_that_is_opened_meanwhile_is_shown_when_the_database_is_back(
    stage: Stage, cast: Cast, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", 0.05)
    mail = keep(cast, sender="carla@customer.example")
    app = stage(cast.admin())
    path = sqlite_store.path
    assert path is not None
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        with gone(path):
            sqlite_store.close()
            app.push_screen(WholeMailScreen(mail))
            await until_seen(pilot, f"Mail {mail}", "Loading…", "The database file")
        await until_seen(pilot, "About the printer", "Headers")


async def test_what_trying_again_does_not_help_is_tried_once(stage: Stage, cast: Cast) -> None:
    app = stage(cast.operator())
    asked: list[Work] = []
    refused: list[DeskError] = []

    def too_long(work: Work) -> None:
        asked.append(work)
        raise Unavailable("The database took too long.")

    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        assert isinstance(app.screen, InboxScreen)
        app.screen.read(too_long).then(lambda _: None, group="trial", refused=refused.append)
        await until(pilot, lambda: refused)
        assert len(asked) == len(refused) == 1
        assert isinstance(refused[0], Unavailable)


async def test_a_draft_waits_for_the_database_and_is_not_left_unasked(
    stage: Stage, cast: Cast, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drafting, "RETRY_SECONDS", 0.05)
    request = Filing("general", "The printer is on fire", "Smoke")
    number = cast.customer("carla").write(filing.file, request).number
    app = stage(cast.operator())
    path = sqlite_store.path
    assert path is not None
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer is on fire")
        await pilot.press("r")
        await until_seen(pilot, "PUBLIC REPLY →")
        with gone(path):
            sqlite_store.close()
            await pilot.press(*"Unplug", "escape")
            await until_seen(pilot, "Your draft is not saved yet", "Unplug")
            await pilot.press("escape")
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            await until_seen(pilot, "lose what you wrote")
            await pilot.press("n", "ctrl+q")
            await until(pilot, lambda: isinstance(app.screen, Confirm))
            await pilot.press("n")
            await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
        await until_seen(pilot, "draft saved")
        await pilot.press("escape")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
    saved = cast.operator().read(drafts.load, number, DraftKind.REPLY)
    assert saved is not None
    assert saved.fields == {"body": "Unplug"}


async def test_a_reply_waits_for_what_it_answers_and_for_the_draft_that_was_left(
    stage: Stage, cast: Cast, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "RETRY_SECONDS", 0.05)
    request = Filing("general", "The printer is on fire", "Smoke")
    number = cast.customer("carla").write(filing.file, request).number
    cast.operator().touch(drafts.save, number, DraftKind.REPLY, {"body": "Left before"})
    app = stage(cast.operator())
    path = sqlite_store.path
    assert path is not None
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer is on")
        with gone(path):
            await pilot.press("r")
            await until(pilot, lambda: isinstance(app.screen, ComposeScreen))
            await pilot.press(*"Typed meanwhile", "ctrl+s")
            await until_seen(pilot, "still being read", "Typed meanwhile")
        await until_seen(pilot, "PUBLIC REPLY → carla", "Smoke", "Left before", "Typed meanwhile")
        await pilot.press("ctrl+s")
        await until_seen(pilot, "Reply sent")
    view = cast.customer("carla").read(reading.show, number)
    assert view.entries[-1].body == "Left before\n\nTyped meanwhile"


async def test_a_lost_database_is_told_though_nobody_presses_a_key(
    stage: Stage, cast: Cast, sqlite_store: Store
) -> None:
    cast.customer("carla").write(filing.file, Filing("general", "The printer is on fire", "Smoke"))
    app = stage(cast.operator())
    path = sqlite_store.path
    assert path is not None
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer is on fire")
        with gone(path):
            await until_seen(pilot, "The database file", "The printer is on fire")
        await until(pilot, lambda: "The database file" not in seen(pilot))

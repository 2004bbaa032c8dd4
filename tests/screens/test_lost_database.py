"""When the database goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sysmo_tui.domain.enums import DraftKind
from sysmo_tui.screens import base, drafting
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.confirm import Confirm
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.services import drafts, filing
from sysmo_tui.services.filing import Filing
from sysmo_tui.storage.engine import Store
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen


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
    stage: Stage, cast: Cast, sqlite_store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(base, "RETRY_SECONDS", 0.05)
    cast.customer("carla").write(filing.file, Filing("general", "The printer is on fire", "Smoke"))
    app = stage(cast.operator())
    path = sqlite_store.path
    assert path is not None
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The printer is on fire")
        with gone(path):
            sqlite_store.close()
            await pilot.press("ctrl+r")
            await until_seen(pilot, "The database cannot be reached", "The printer is on fire")
        await until(pilot, lambda: "cannot be reached" not in seen(pilot))
        await until_seen(pilot, "The printer is on fire")


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

"""When the database goes away."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sysmo_tui.screens import base
from sysmo_tui.services import filing
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

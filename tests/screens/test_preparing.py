"""The screen of the next ticket is there before it is asked for, and shows what is asked for then."""

from __future__ import annotations

import pytest

from sysmo_tui.app import SysmoApp
from sysmo_tui.domain.enums import Theme
from sysmo_tui.screens import preparing
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.widgets.facts_panel import FactsPanel
from tests.cast import Cast
from tests.screens.conftest import Stage, seen, until, until_seen
from tests.services import requests as ask


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes until it is made."""
    monkeypatch.setattr(preparing, "PREPARES_AFTER", 0.01)


def ready(app: SysmoApp) -> TicketScreen | None:
    return app.prepared.screen if app.prepared is not None else None


def is_ready(app: SysmoApp) -> bool:
    screen = ready(app)
    return screen is not None and screen.is_mounted


async def test_what_was_made_before_a_theme_a_size_and_a_wish_changed_follows_them(
    stage: Stage, cast: Cast
) -> None:
    for subject in ("The first", "The second"):
        ask.file(cast.customer("carla"), subject)
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first", "The second")
        await until(pilot, lambda: is_ready(app))
        made = ready(app)
        app.theme = Theme.LIGHT
        app.prefer("events", not app.preferred("events"))
        await pilot.resize_terminal(120, 40)
        await pilot.press("g", "enter")
        await until_seen(pilot, "‹ #1  The first", "Smoke comes out.", "1 of 2")
        assert isinstance(app.screen, TicketScreen)
        assert app.screen is made
        assert app.screen.query_one(FactsPanel).display
        assert app.screen.thread.has_class("-without-events") is not app.preferred("events")
        assert app.screen.styles.background.hex == app.theme_variables["background"]
        await pilot.press("q")
        await until(pilot, lambda: isinstance(app.screen, InboxScreen))
        await until(pilot, lambda: is_ready(app))
        assert ready(app) is not made
        await pilot.press("j", "enter")
        await until_seen(pilot, "‹ #2  The second", "Smoke comes out.", "2 of 2")
        assert "The first" not in seen(pilot)


async def test_what_was_made_for_somebody_is_gone_with_them(stage: Stage, cast: Cast) -> None:
    ask.file(cast.customer("carla"), "The first")
    app = stage(cast.operator("luis"))
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "The first")
        await until(pilot, lambda: is_ready(app))
        made = ready(app)
        app.leave()
        await until_seen(pilot, "Password")
        assert ready(app) is None
        await until(pilot, lambda: made is not None and not made.is_running)

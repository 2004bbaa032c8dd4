"""The line above the hints."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from textual.app import App
from textual.content import Content

from sysmo_tui.widgets import status_line
from sysmo_tui.widgets.status_line import StatusLine


class OneLine(App[None]):
    """Nothing but the line."""

    def compose(self) -> Iterable[StatusLine]:
        yield StatusLine()

    def get_css_variables(self) -> dict[str, str]:
        return super().get_css_variables() | {"quiet": "#888888"}


async def test_what_stood_there_comes_back_after_a_thing_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(status_line, "DONE_SECONDS", 0.01)
    app = OneLine()
    async with app.run_test(notifications=True) as pilot:
        line = app.query_one(StatusLine)
        line.settle("updated 14:02")
        line.tell("Closed #4 [/b]")
        assert line.text.plain == "✓ Closed #4 [/b]"
        line.settle("updated 14:03")
        line.say("")
        line.settle("updated 14:04")
        assert "Closed #4" in line.text.plain
        while "Closed" in line.text.plain:
            await pilot.pause(0.01)
        assert line.text == Content("updated 14:04")
        line.tell("Nothing to change in #4.", mark=status_line.SAME)
        assert line.text.plain == "– Nothing to change in #4."


async def test_a_refusal_is_said_at_once_and_stays() -> None:
    app = OneLine()
    async with app.run_test(notifications=True):
        line = app.query_one(StatusLine)
        line.tell("Closed #4")
        line.complain("The database cannot be reached.")
        assert line.text.plain == "! The database cannot be reached."


async def test_what_stood_there_comes_back_after_a_wait() -> None:
    app = OneLine()
    async with app.run_test(notifications=True):
        line = app.query_one(StatusLine)
        line.settle("updated 14:02")
        line.wait("Loading…")
        assert line.text.plain == "Loading…"
        line.waited("Loading…")
        assert line.text.plain == "updated 14:02"
        line.wait("Loading…")
        line.complain("The database cannot be reached.")
        line.waited("Loading…")
        assert line.text.plain == "! The database cannot be reached."


async def test_a_long_refusal_is_told_whole() -> None:
    app = OneLine()
    async with app.run_test(size=(40, 10), notifications=True) as pilot:
        line = app.query_one(StatusLine)
        line.complain("“/home/ana/papers/2026/invoices” cannot be read: Is a directory.")
        await pilot.pause()
        assert line.size.height == 2
        line.say("Saved.")
        await pilot.pause()
        assert line.size.height == 1

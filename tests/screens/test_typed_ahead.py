"""Keys that come before the screen which they are meant for."""

from __future__ import annotations

import asyncio
from typing import ClassVar

import pytest
from textual import events
from textual.binding import BindingType
from textual.screen import Screen

from sysmo_tui import app as program
from tests.cast import Cast
from tests.screens.conftest import Stage, until, until_seen


class Late(Screen[None]):
    """A screen that has its widgets only once it may."""

    BINDINGS: ClassVar[list[BindingType]] = [("j", "press", "")]

    def __init__(self) -> None:
        super().__init__()
        self.may_come = asyncio.Event()
        self.pressed = 0

    async def on_mount(self) -> None:
        await self.may_come.wait()

    def action_press(self) -> None:
        self.pressed += 1


async def test_keys_wait_for_a_screen_that_comes_and_never_reach_one_without_widgets(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    app, late = stage(cast.operator()), Late()
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await until_seen(pilot, "2 My topics")
        app.push_screen(late)
        try:
            monkeypatch.setattr(program, "COMES_WITHIN", 0.0)
            await app.on_event(events.Key("j", "j"))
            assert late.pressed == 0
            monkeypatch.setattr(program, "COMES_WITHIN", 10.0)
            waiting = asyncio.create_task(app.on_event(events.Key("j", "j")))
        finally:
            late.may_come.set()
        await waiting
        await until(pilot, lambda: late.pressed == 1)

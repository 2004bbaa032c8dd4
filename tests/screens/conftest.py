"""The program on a real desk, driven by keys."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from textual import _wait
from textual.pilot import Pilot

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Desk, Door
from sysmo_tui.screens import inbox, searching
from sysmo_tui.services import notices, outbox
from sysmo_tui.storage.engine import Store
from sysmo_tui.widgets.forms import Field
from tests.cast import Cast, Clock

Stage = Callable[[Door], SysmoApp]

# After each key the toolkit looks, every 20 ms, whether the program has come to rest; it rests far sooner,
# and what takes longer is waited for by ``until``.
_wait.SLEEP_GRANULARITY = 1 / 200
_wait.SLEEP_IDLE = _wait.SLEEP_GRANULARITY / 20


class Kept:
    """A session store that remembers within the test."""

    def __init__(self, secret: str | None = None) -> None:
        self.secret = secret

    def load(self) -> str | None:
        return self.secret

    def save(self, secret: str) -> None:
        self.secret = secret

    def forget(self) -> None:
        self.secret = None


@pytest.fixture
def cast(sqlite_store: Store, clock: Clock) -> Cast:
    """People for a desk in a file: what screens do is the same on every database."""
    people = Cast(Desk(sqlite_store, clock=clock))
    people.found()
    return people


@pytest.fixture
def stage(cast: Cast) -> Stage:
    """The program as someone sees it who is signed in."""

    def open_as(door: Door) -> SysmoApp:
        return SysmoApp(cast.desk, session=Kept(door.caller.secret), environ={})

    return open_as


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes between typing or moving and what follows from it."""
    monkeypatch.setattr(searching, "TYPING_SECONDS", 0.0)
    monkeypatch.setattr(inbox, "PREVIEW_SECONDS", 0.0)


@pytest.fixture
def people(cast: Cast) -> Cast:
    """A desk with a second topic and a colleague to assign to."""
    cast.topic("Spare")
    cast.operator("nora")
    cast.operator("luis")
    cast.customer("carla")
    return cast


async def until(pilot: Pilot[Any], is_so: Callable[[], object], seconds: float = 10.0) -> None:
    """Let the program work until something is so."""
    import asyncio

    end = asyncio.get_running_loop().time() + seconds
    while not is_so():
        if asyncio.get_running_loop().time() > end:
            raise AssertionError(f"It never became so. On the screen:\n{seen(pilot)}")
        await pilot.pause(0.01)


async def until_seen(pilot: Pilot[Any], *texts: str) -> None:
    """Let the program work until all of ``texts`` are on the screen."""
    await until(pilot, lambda: all(text in seen(pilot) for text in texts))


def seen(pilot: Pilot[Any]) -> str:
    """The characters on the screen, and below a dialog those of the screen beneath it."""
    stack = pilot.app.screen_stack
    first = next((place for place in range(len(stack) - 1, -1, -1) if not stack[place].is_modal), 0)
    shown = [strip.text for screen in stack[first:] for strip in screen._compositor.render_strips()]
    return "\n".join(shown)


def fill(pilot: Pilot[Any], **values: str) -> None:
    """Put values into the fields of the form that is open, as if they were pasted."""
    for name, value in values.items():
        pilot.app.screen.query_one(f"#field-{name}", Field).value = value


def mailing(store: Store, clock: Clock) -> Cast:
    """People on a desk that writes its mail."""
    people = Cast(Desk(store, consequences=(notices.owe, outbox.write), clock=clock))
    people.found()
    return people

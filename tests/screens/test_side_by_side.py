"""Several programs on one desk: each follows what the others do, and reads no more than that."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from textual.pilot import Pilot

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Desk
from sysmo_tui.domain.changes import Changes
from sysmo_tui.domain.enums import CloseReason
from sysmo_tui.screens import base, inbox, tabbing
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.services import closing, inboxes, presence, reading, tickets
from sysmo_tui.storage.engine import Store
from tests.cast import Cast, Clock
from tests.screens.acting import settled
from tests.screens.conftest import Kept, Stage, seen, until, until_seen
from tests.services import requests as ask


@contextmanager
def reads_of(app: SysmoApp) -> Iterator[list[tuple[Callable[..., Any], tuple[Any, ...]]]]:
    """The use cases that the program reads tickets with, and what it asks them for."""
    asked: list[tuple[Callable[..., Any], tuple[Any, ...]]] = []
    read = DeskScreen.read

    def noted(self: DeskScreen[Any], use_case: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        if self.app is app and use_case is not presence.among:
            asked.append((use_case, (*args, *kwargs.values())))
        return read(self, use_case, *args, **kwargs)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(DeskScreen, "read", noted)
        yield asked


@pytest.fixture
def always_ready(monkeypatch: pytest.MonkeyPatch) -> None:
    """No screen is left alone after it followed something."""
    monkeypatch.setattr(base, "CALM_SECONDS", 0.0)


def list_of(app: SysmoApp) -> InboxScreen:
    screen = app.screen
    assert isinstance(screen, InboxScreen)
    return screen


async def has_looked_around(pilot: Pilot[Any], app: SysmoApp) -> None:
    """Let what a list reads after its first rows arrive."""
    await until(pilot, lambda: app.known_choices is not None)
    await settled(pilot)


async def test_what_one_does_is_on_the_screen_of_the_other(store: Store, clock: Clock) -> None:
    cast = Cast(Desk(store, clock=clock))
    cast.found()
    number, _other = (ask.file(cast.customer("carla"), name) for name in ("The first", "The second"))
    luis, nora = (
        SysmoApp(cast.desk, session=Kept(cast.operator(name).caller.secret), environ={})
        for name in ("luis", "nora")
    )
    async with luis.run_test(size=(80, 24)) as here, nora.run_test(size=(80, 24)) as there:
        await until_seen(here, "The first", "Unassigned 2")
        await until_seen(there, "The first", "Unassigned 2")
        await there.press("j")
        await here.press("t")
        await until_seen(there, "In progress", "Luis", "Unassigned 1")
        await here.press("enter")
        await until_seen(here, "Smoke comes out.", "Luis")
        nora.open_ticket(number)
        await until_seen(there, "Smoke comes out.", "Luis")
        ask.reply(cast.operator("luis"), number, "Pull the plug.")
        await until_seen(here, "Pull the plug.")
        await until_seen(there, "Pull the plug.")
        cast.operator("nora").write(closing.close, number, reason=CloseReason.DUPLICATE)
        await until_seen(here, "Closed")
        await until_seen(there, "Closed")
        await there.press("escape")
        await until(there, lambda: isinstance(nora.screen, InboxScreen))
        await until_seen(there, "The second", "My topics 1")


async def test_a_list_reads_the_rows_that_changed_and_its_cursor_stays(
    stage: Stage, cast: Cast, at_once: None
) -> None:
    numbers = [ask.file(cast.customer("carla"), name) for name in ("The first", "The second", "The third")]
    app = stage(cast.operator("nora"))
    async with app.run_test(size=(120, 30)) as pilot:
        await until_seen(pilot, "The third", "Smoke comes out.")
        await pilot.press("j")
        await until(pilot, lambda: not list_of(app).is_reading("page", "counts", "preview"))
        with reads_of(app) as asked:
            cast.operator("luis").write(tickets.take, numbers[0])
            await until_seen(pilot, "Luis", "My topics 3")
            await until(pilot, lambda: tabbing.counters in [use_case for use_case, _given in asked])
        news = [given for use_case, given in asked if use_case is inboxes.news]
        assert [given[2] for given in news] == [[numbers[0]]]
        assert reading.show not in [use_case for use_case, _given in asked]
        row = list_of(app).row()
        assert row is not None
        assert row.number == numbers[1]
        with reads_of(app) as asked:
            ask.reply(cast.operator("luis"), numbers[1], "Pull the plug.")
            await until_seen(pilot, "Pull the plug.")


async def test_an_open_ticket_is_read_again_when_something_happened_to_it(
    stage: Stage, cast: Cast, always_ready: None
) -> None:
    number, other = (ask.file(cast.customer("carla"), name) for name in ("The first", "The second"))
    app = stage(cast.operator("nora"))
    luis = cast.operator("luis")
    async with app.run_test(size=(80, 24)) as pilot:
        await until_seen(pilot, "The first")
        await has_looked_around(pilot, app)
        app.open_ticket(number)
        await until_seen(pilot, "Smoke comes out.")
        heard: list[Changes] = []
        followed = TicketScreen.desk_changed

        def noted(self: TicketScreen, changes: Changes) -> None:
            heard.append(changes)
            followed(self, changes)

        with pytest.MonkeyPatch.context() as patch, reads_of(app) as asked:
            patch.setattr(TicketScreen, "desk_changed", noted)
            luis.write(tickets.take, other)
            await until(pilot, lambda: heard)
            assert asked == []
            ask.reply(luis, number, "Pull the plug.")
            await until_seen(pilot, "Pull the plug.")
            assert [use_case for use_case, _given in asked] == [reading.show]


async def test_a_list_that_nobody_sees_is_read_when_it_is_seen_again(
    stage: Stage, cast: Cast, always_ready: None
) -> None:
    number, other = (ask.file(cast.customer("carla"), name) for name in ("The first", "The second"))
    app = stage(cast.operator("nora"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_seen(pilot, "The second")
        await has_looked_around(pilot, app)
        app.push_screen(TicketScreen(number))
        await until_seen(pilot, "Smoke comes out.")
        with reads_of(app) as asked:
            cast.operator("luis").write(tickets.take, other)
            ask.reply(cast.operator("luis"), number, "Pull the plug.")
            await until_seen(pilot, "Pull the plug.")
            assert {use_case for use_case, _given in asked} == {reading.show}
            await pilot.press("escape")
            await until_seen(pilot, "The second", "Luis", "In progress")


async def test_however_much_happens_a_slow_read_is_waited_for(
    stage: Stage, cast: Cast, always_ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    numbers = [ask.file(cast.customer("carla"), name) for name in ("The first", "The second")]
    app = stage(cast.operator("nora"))
    luis = cast.operator("luis")
    begun, may_end = list[list[int]](), threading.Event()
    news = inboxes.news

    def slow(work: Any, box: Any, shown: Any, *, changed: list[int], **more: Any) -> Any:
        begun.append(changed)
        assert may_end.wait(20)
        return news(work, box, shown, changed=changed, **more)

    async with app.run_test(size=(80, 24)) as pilot:
        await until_seen(pilot, "The first", "The second")
        monkeypatch.setattr(inboxes, "news", slow)
        try:
            luis.write(tickets.take, numbers[0])
            await until(pilot, lambda: begun)
            luis.write(tickets.take, numbers[1])
            ask.reply(luis, numbers[0])
            await until(pilot, lambda: list_of(app)._unfollowed.tickets == set(numbers))
            for _ in range(5):
                list_of(app).follow()
            assert begun == [numbers[:1]]
        finally:
            may_end.set()
        await until(pilot, lambda: len(begun) == 2)
        assert begun[1] == numbers
        await until(pilot, lambda: seen(pilot).count("Luis") == 2)


async def test_a_list_is_left_alone_for_a_moment_after_it_followed(
    stage: Stage, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = 1_000.0
    monkeypatch.setattr(base, "monotonic", lambda: now)
    ask.file(cast.customer("carla"), "The first")
    app = stage(cast.operator("nora"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_seen(pilot, "The first")
        await until(pilot, lambda: not list_of(app).is_reading(*InboxScreen.FOLLOWS_BY))
        heard: list[Changes] = []
        monkeypatch.setattr(InboxScreen, "desk_changed", lambda _self, changes: heard.append(changes))
        for number in (1, 2, 3):
            list_of(app).note(Changes(frozenset({number})))
            list_of(app).follow()
        assert heard == [Changes(frozenset({1}))]
        now += base.CALM_SECONDS
        list_of(app).follow()
        assert heard == [Changes(frozenset({1})), Changes(frozenset({2, 3}))]


async def test_ages_grow_though_nothing_happens(
    stage: Stage, cast: Cast, clock: Clock, always_ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(inbox, "AGEING_SECONDS", 0.05)
    ask.file(cast.customer("carla"), "The first")
    app = stage(cast.operator("nora"))
    async with app.run_test(size=(80, 24)) as pilot:
        await until_seen(pilot, "The first", " 0s")
        clock.advance(minutes=7)
        await until_seen(pilot, "The first", " 7m")


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
async def test_a_customer_learns_from_nothing_that_others_wrote_a_note(
    stage: Stage, cast: Cast, clock: Clock, always_ready: None, size: tuple[int, int]
) -> None:
    carla = cast.customer("carla")
    number = ask.file(carla, "The first")
    app = stage(carla)
    async with app.run_test(size=size) as pilot:
        await until_seen(pilot, "The first", "updated 12:00:00")
        await pilot.pause(0.3)  # the preview
        before = seen(pilot)
        clock.advance(minutes=7)
        with reads_of(app) as asked:
            ask.note(cast.operator("luis"), number)
            await until(pilot, lambda: inboxes.news in [use_case for use_case, _given in asked])
            await until(pilot, lambda: not list_of(app).is_reading(*InboxScreen.FOLLOWS_BY))
        await pilot.pause(0.3)
        assert seen(pilot) == before
        ask.reply(cast.operator("luis"), number)
        await until_seen(pilot, "updated 12:07:00")


async def test_a_customer_learns_from_no_open_ticket_that_others_wrote_a_note(
    stage: Stage, cast: Cast, clock: Clock, always_ready: None
) -> None:
    carla, luis = cast.customer("carla"), cast.operator("luis")
    number = ask.file(carla, "The first")
    app = stage(carla)
    async with app.run_test(size=(80, 24)) as pilot:
        await until_seen(pilot, "The first")
        await pilot.press("enter")
        await until_seen(pilot, "0s old", "Smoke comes out.")
        clock.advance(minutes=7)
        before = seen(pilot)
        with reads_of(app) as asked:
            ask.note(luis, number)
            await until(pilot, lambda: reading.show in [use_case for use_case, _given in asked])
            await until(pilot, lambda: not app.screen.is_reading("read"))
        await pilot.pause()
        assert seen(pilot) == before
        ask.reply(luis, number)
        await until_seen(pilot, "7m old", "We are on it.")

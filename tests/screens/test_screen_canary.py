"""An internal note leaves no trace in anything that a screen shows its customer."""

from __future__ import annotations

from collections.abc import Callable
from difflib import ndiff
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, OptionList, Static

from sysmo_tui.app import SysmoApp
from sysmo_tui.desk import Door
from sysmo_tui.domain.changes import EVERYTHING
from sysmo_tui.domain.enums import DraftKind, TicketField
from sysmo_tui.screens import inbox as inbox_screen
from sysmo_tui.screens import searching
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.history import HistoryScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.palette import commands
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.screens.ticket_files import FilesScreen
from sysmo_tui.services import editing, tagging, thread
from sysmo_tui.services.thread import Outgoing
from sysmo_tui.widgets.ticket_table import TicketTable
from tests.cast import Cast, Clock
from tests.screens.conftest import Stage, seen, until
from tests.services import requests as ask

CANARY = "zanahoria"
SIZES = [(120, 40), (50, 30)]

SEARCHES = [
    CANARY,
    f'"{CANARY} words"',
    f"{CANARY[:4]}*",
    f"-{CANARY}",
    "printer",
    "is:unread",
    "is:internal",
    "has:file",
    "has:note",
    f"file:{CANARY}",
    f"tag:{CANARY}",
    "by:luis",
    "updated:today",
    "type:incident",
]

SCREENS: dict[str, Callable[[int], Screen[Any]]] = {
    "ticket": TicketScreen,
    "history": HistoryScreen,
    "files": lambda number: FilesScreen(number, is_staff=False),
    "reply": lambda number: ComposeScreen(number, DraftKind.REPLY),
}

ASKING: dict[str, Callable[[Cast], Door]] = {
    "a customer": lambda cast: cast.customer("carla"),
    "an operator of another topic": lambda cast: cast.operator("rita", topics=[]),
}


@pytest.fixture(autouse=True)
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """No time passes between typing or moving and what follows from it."""
    monkeypatch.setattr(searching, "TYPING_SECONDS", 0.0)
    monkeypatch.setattr(inbox_screen, "PREVIEW_SECONDS", 0.0)


async def settled(pilot: Pilot[Any]) -> None:
    """Let everything that was asked for arrive."""
    await pilot.pause(0)
    await until(pilot, lambda: not any(worker.is_running for worker in pilot.app.workers))
    await pilot.pause(0)


def held_by(screen: Screen[Any]) -> list[tuple[object, ...]]:
    """What every widget of a screen holds, also where it is not visible now: text, marks, classes."""
    held: list[tuple[object, ...]] = []
    for widget in screen.walk_children():
        about = (type(widget).__name__, widget.id, sorted(widget.classes - {"-active"}), widget.display)
        titles = (str(widget.border_title), str(widget.border_subtitle), str(widget.tooltip))
        words: list[object] = []
        if isinstance(widget, Static):
            words = [str(widget.content), *getattr(widget.content, "spans", ())]
        elif isinstance(widget, TicketTable):
            words = [[repr(cell) for cell in widget.get_row_at(row)] for row in range(widget.row_count)]
            words += [repr(column.label) for column in widget.ordered_columns]
        elif isinstance(widget, OptionList):
            words = [repr(option.prompt) for option in widget.options]
        elif isinstance(widget, Input):
            words = [widget.value]
        held.append((*about, *titles, words))
    return held


async def look(pilot: Pilot[Any]) -> str:
    """All that is shown and held by what is open: characters, styles, keys, commands, notices, title."""
    app = pilot.app
    assert isinstance(app, SysmoApp)
    cells = [
        # The blank beyond the last column keeps the style of whatever moment it was first drawn in.
        [(segment.text, str(segment.style)) for segment in strip if segment.text != " "]
        for strip in app.screen._compositor.render_strips()
    ]
    assert isinstance(app.screen, DeskScreen)
    listed = [(name, note) for name, note, _act in commands(app.screen)]
    keys = sorted(app.screen.active_bindings)
    notices = [str(notice.message) for notice in app._notifications]
    parts = [*cells, *held_by(app.screen), *listed, *keys, *notices, app.title, app.sub_title]
    return "\n".join([seen(pilot), *map(str, parts)])


async def steady(pilot: Pilot[Any]) -> str:
    """:func:`look`, once what is shown has come to rest."""
    before, now = "", await look(pilot)
    while before != now:
        await pilot.pause(0.15)
        await settled(pilot)
        before, now = now, await look(pilot)
    return now


async def open_inbox(pilot: Pilot[Any]) -> InboxScreen:
    """Go to the list of what one asked for oneself."""
    await until(pilot, lambda: isinstance(pilot.app.screen, InboxScreen))
    await settled(pilot)
    inbox = pilot.app.screen
    assert isinstance(inbox, InboxScreen)
    inbox.action_box(len(inbox._tabs))
    await settled(pilot)
    return inbox


async def everything(stage: Stage, door: Door, number: int, size: tuple[int, int]) -> dict[str, str]:
    """Every look at a ticket and at the lists that it stands in."""
    looks: dict[str, str] = {}
    app = stage(door)
    async with app.run_test(size=size, notifications=True) as pilot:
        inbox = await open_inbox(pilot)
        for place in range(len(inbox._tabs)):
            inbox.action_box(place + 1)
            await settled(pilot)
            looks[f"list {place}"] = await steady(pilot)
        for name, make in SCREENS.items():
            app.push_screen(make(number))
            await settled(pilot)
            looks[name] = await steady(pilot)
            if name == "ticket":
                app.screen.seek(CANARY)  # type: ignore[attr-defined]
                await settled(pilot)
                looks["found in the ticket"] = await steady(pilot)
            app.screen.dismiss()
            await settled(pilot)
        inbox.action_filter()
        await settled(pilot)
        looks["filters"] = await steady(pilot)
        app.screen.dismiss()
        await settled(pilot)
    return looks


async def searched(stage: Stage, door: Door) -> dict[str, str]:
    """What every search finds and says."""
    looks: dict[str, str] = {}
    app = stage(door)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        inbox = await open_inbox(pilot)
        for query in SEARCHES:
            inbox.search.value = query
            await settled(pilot)
            looks[query] = (await steady(pilot)).replace(query, "QUERY")
    return looks


def differences(before: dict[str, str], after: dict[str, str]) -> dict[str, list[str]]:
    """What is not the same: the lines of each look that were there only before or only after."""
    return {
        name: [line for line in ndiff(before[name].split("\n"), after[name].split("\n")) if line[0] in "+-"]
        for name in before
        if before[name] != after[name]
    }


def asked(cast: Cast, door: Door) -> int:
    """A ticket with a file and an answer, read by who asked."""
    number = ask.file(door, files=(ask.upload(door),))
    ask.reply(cast.operator("luis"), number, "Is it plugged in?")
    ask.open_ticket(door, number)
    return number


def talk(cast: Cast, number: int) -> None:
    """Everything that staff can hang on a ticket without telling who asked."""
    luis = cast.operator("luis")
    file = ask.upload(luis, CANARY.encode(), f"{CANARY}.txt")
    luis.write(thread.note, number, Outgoing(f"{CANARY} words", files=(file,)))
    other = ask.upload(luis, b"y", f"{CANARY}.csv")
    luis.write(thread.attach, number, (other,), is_internal=True)
    luis.write(tagging.tag, number, (CANARY,))
    luis.write(tagging.watch, number)
    luis.write(editing.edit, number, {TicketField.TYPE: "incident"})


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("who", ASKING)
async def test_all_that_is_shown_is_the_same_with_and_without_a_note(
    stage: Stage, cast: Cast, clock: Clock, who: str, size: tuple[int, int]
) -> None:
    door = ASKING[who](cast)
    number = asked(cast, door)
    before = await everything(stage, door, number, size)
    talk(cast, number)
    after = await everything(stage, door, number, size)
    assert differences(before, after) == {}
    assert [name for name in after if CANARY in after[name]] == []


@pytest.mark.parametrize("who", ASKING)
async def test_all_that_a_search_finds_and_says_is_the_same(stage: Stage, cast: Cast, who: str) -> None:
    door = ASKING[who](cast)
    number = asked(cast, door)
    before = await searched(stage, door)
    talk(cast, number)
    after = await searched(stage, door)
    assert differences(before, after) == {}
    assert [query for query in SEARCHES if CANARY in after[query]] == []


@pytest.mark.parametrize("name", ["list", *SCREENS])
@pytest.mark.parametrize("who", ASKING)
async def test_a_note_that_comes_meanwhile_moves_nothing(
    stage: Stage, cast: Cast, who: str, name: str
) -> None:
    door = ASKING[who](cast)
    number = asked(cast, door)
    app = stage(door)
    async with app.run_test(size=(120, 40), notifications=True) as pilot:
        inbox = await open_inbox(pilot)
        if name != "list":
            app.push_screen(SCREENS[name](number))
            await settled(pilot)
        before = await steady(pilot)
        talk(cast, number)
        await app.ask_feed()
        inbox.desk_changed(EVERYTHING)
        await settled(pilot)
        assert await steady(pilot) == before


async def test_who_only_asked_is_offered_no_note_by_any_way_of_writing(stage: Stage, cast: Cast) -> None:
    rita = ASKING["an operator of another topic"](cast)
    number = asked(cast, rita)
    app = stage(rita)
    async with app.run_test(size=(80, 24), notifications=True) as pilot:
        await open_inbox(pilot)
        app.push_screen(ComposeScreen(number, DraftKind.REPLY))
        await settled(pilot)
        before = seen(pilot)
        assert "YOUR ANSWER" in before
        assert "Reply/Note" not in before
        await pilot.press("f6")
        await settled(pilot)
        assert seen(pilot) == before
        await pilot.press(*"Yes", "ctrl+s")
        await settled(pilot)
    assert [entry.body for entry in ask.as_customer(rita, number).entries][-1] == "Yes"


async def test_the_same_word_is_seen_by_who_may_see_it(stage: Stage, cast: Cast) -> None:
    luis = cast.operator("luis")
    number = asked(cast, cast.customer("carla"))
    talk(cast, number)
    looks = await everything(stage, luis, number, (120, 40))
    assert {"ticket", "history", "files"} <= {name for name in looks if CANARY in looks[name]}

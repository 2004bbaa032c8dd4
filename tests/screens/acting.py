"""What people do to tickets by keys, by the palette, and past all that hides it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.screen import Screen
from textual.widgets import Input, TextArea

from sysmo_tui import keys
from sysmo_tui.domain.enums import CloseReason, EventKind
from sysmo_tui.keys import BY_ID
from sysmo_tui.screens.base import DeskScreen
from sysmo_tui.screens.compose import ComposeScreen
from sysmo_tui.screens.confirm import Prompt
from sysmo_tui.screens.drafting import Drafting
from sysmo_tui.screens.edit import EditScreen
from sysmo_tui.screens.inbox import InboxScreen
from sysmo_tui.screens.neighbours import Neighbours
from sysmo_tui.screens.palette import commands
from sysmo_tui.screens.picker import Picker
from sysmo_tui.screens.ticket import TicketScreen
from sysmo_tui.screens.ticket_files import FilesScreen
from sysmo_tui.services import closing, snoozing, tickets
from sysmo_tui.widgets.forms import Field
from tests.cast import Cast
from tests.screens.conftest import until
from tests.services import requests as ask
from tests.services.test_matrix import ALLOWED, FOR_BOTH, WHO

Answer = Callable[[Pilot[Any]], Awaitable[None]]
Prepare = Callable[[Cast, int], object]


async def settled(pilot: Pilot[Any]) -> None:
    """Let everything that was asked for arrive."""
    await pilot.pause(0)
    await until(pilot, lambda: not any(worker.is_running for worker in pilot.app.workers))
    await pilot.pause(0)


def picking(*values: str) -> Answer:
    """Choose from the lists that open, whether they offer it or not."""

    async def answer(pilot: Pilot[Any]) -> None:
        for value in values:
            picker = pilot.app.screen
            if not isinstance(picker, Picker):
                return
            picker.dismiss(value)
            await settled(pilot)

    return answer


async def writing(pilot: Pilot[Any]) -> None:
    """Write something and send it."""
    if isinstance(pilot.app.screen, ComposeScreen):
        pilot.app.screen.query_one(TextArea).load_text("Words")
        await pilot.press("ctrl+s")
        await settled(pilot)


async def renaming(pilot: Pilot[Any]) -> None:
    """Give it another subject and save it."""
    if isinstance(pilot.app.screen, EditScreen):
        pilot.app.screen.query_one("#field-subject", Field).value = "Another subject"
        await pilot.press("ctrl+s")
        await settled(pilot)


def attaching(side: str) -> Answer:
    """Attach this very file; staff say who may see it."""

    async def answer(pilot: Pilot[Any]) -> None:
        if not isinstance(pilot.app.screen, FilesScreen):
            return
        await pilot.press("f8")
        prompt = pilot.app.screen
        assert isinstance(prompt, Prompt)
        prompt.query_one(Input).value = str(Path(__file__))
        await pilot.press("enter")
        await settled(pilot)
        await picking(side)(pilot)

    return answer


async def tagging(pilot: Pilot[Any]) -> None:
    """Write a tag."""
    if isinstance(pilot.app.screen, Prompt):
        pilot.app.screen.query_one(Input).value = "vip"
        await pilot.press("enter")
        await settled(pilot)


async def tomorrow(pilot: Pilot[Any]) -> None:
    """Choose the first of the days that are offered."""
    if isinstance(pilot.app.screen, Picker):
        await pilot.press("1")
        await settled(pilot)


async def nothing_more(pilot: Pilot[Any]) -> None:
    """The key alone does it."""


def closed(cast: Cast, number: int) -> None:
    cast.admin().write(closing.close, number, reason=CloseReason.DUPLICATE)


def taken(cast: Cast, number: int) -> None:
    cast.operator("nora").write(tickets.take, number)


def put_off(cast: Cast, number: int) -> None:
    cast.admin().write(snoozing.snooze, number, "+3d")


def as_it_is(cast: Cast, number: int) -> None:
    """A new ticket."""


@dataclass(frozen=True)
class Act:
    """A key of a ticket, the verb of the services that it stands for, and what it leaves in the history."""

    name: str
    verb: str
    happens: EventKind
    answer: Answer = nothing_more
    prepare: Prepare = as_it_is


ACTS = [
    Act("ticket.take", "take", EventKind.TAKEN),
    Act("ticket.release", "take", EventKind.RELEASED, prepare=taken),
    Act("ticket.assign", "assign", EventKind.ASSIGNED, picking("nora@desk.example")),
    Act("ticket.close", "close", EventKind.CLOSED, picking(CloseReason.DUPLICATE)),
    Act("ticket.reopen", "close", EventKind.REOPENED, prepare=closed),
    Act("ticket.status", "edit", EventKind.EDITED, picking("in-progress")),
    Act("ticket.priority", "edit", EventKind.EDITED, picking("urgent")),
    Act("ticket.topic", "edit", EventKind.EDITED, picking("spare")),
    Act("ticket.type", "edit", EventKind.EDITED, picking("incident")),
    Act("ticket.tag", "tag", EventKind.TAGGED, tagging),
    Act("ticket.follow_up", "edit", EventKind.EDITED, tomorrow),
    Act("ticket.snooze", "edit", EventKind.EDITED, tomorrow),
    Act("ticket.wake", "edit", EventKind.EDITED, prepare=put_off),
    Act("ticket.watch", "watch", EventKind.WATCHED),
    Act("ticket.reply", "reply", EventKind.REPLIED, writing),
    Act("ticket.note", "note", EventKind.NOTED, writing),
    Act("ticket.edit", "edit", EventKind.EDITED, renaming),
    Act("ticket.files", "attach", EventKind.ATTACHED, attaching("public")),
]
STAFF_ONLY_ANSWERS = [
    Act("ticket.close", "spam", EventKind.SPAMMED, picking("spam")),
    Act("ticket.close", "close", EventKind.REPLIED, writing, prepare=as_it_is),
    Act("ticket.files", "attach internally", EventKind.ATTACHED, attaching("internal")),
]
READS = {"ticket.history", "ticket.files", "ticket.copy_number"}
"""Keys that every reader of a ticket has."""


def expected(who: str, verb: str) -> str:
    """What the services answer to a verb."""
    _make, for_both, for_staff = WHO[who]
    return for_both if verb in FOR_BOTH else for_staff


def history(cast: Cast, number: int) -> list[EventKind]:
    """What happened to a ticket."""
    return [event.kind for event in ask.as_staff(cast.admin(), number, with_history=True).events]


def offered(screen: DeskScreen[Any]) -> set[str]:
    """The keys of tickets that a screen offers now."""
    return {
        key.id
        for key in keys.of_context(screen.CONTEXT)
        if key.id.startswith("ticket.") and screen.check_action(key.action.partition("(")[0], ()) is not False
    } & ({act.name for act in ACTS} | READS)


async def palette(screen: DeskScreen[Any]) -> dict[str, Any]:
    """What the palette lists now, and what runs."""
    return {name: act for name, _note, act in commands(screen)}


def named(names: Iterable[str]) -> set[str]:
    """What the palette calls the keys."""
    helps = [BY_ID[name].help for name in names]
    return {text[:1].upper() + text[1:] for text in helps}


async def arrived(pilot: Pilot[Any]) -> None:
    """Let the inbox come."""
    await until(pilot, lambda: isinstance(pilot.app.screen, InboxScreen))
    await settled(pilot)


async def open_ticket(pilot: Pilot[Any], number: int) -> TicketScreen:
    """Go to a ticket as from a list in which it is not alone, on a screen that stays whoever may see it."""
    await back_to(pilot, InboxScreen)
    app = pilot.app
    app.push_screen(TicketScreen(number, Neighbours([(number, False), (number + 1, False)])))
    await settled(pilot)
    assert isinstance(app.screen, TicketScreen)
    return app.screen


async def put_cursor_on(pilot: Pilot[Any], number: int) -> InboxScreen:
    """Go to the list with a ticket in it, and to its line if it has one."""
    await back_to(pilot, InboxScreen)
    inbox = pilot.app.screen
    assert isinstance(inbox, InboxScreen)
    inbox.search.value = f"#{number}"
    inbox.table.focus()
    await settled(pilot)
    return inbox


async def back_to(pilot: Pilot[Any], screen: type[Screen[Any]]) -> None:
    """Leave whatever is above a screen."""
    while not isinstance(pilot.app.screen, screen):
        pilot.app.screen.dismiss()
        await pilot.pause()
    await settled(pilot)


def offered_to(who: str, state: str) -> set[str]:
    """The keys that someone must find on a ticket in a state."""
    allowed = {act.name for act in ACTS if expected(who, act.verb) == ALLOWED} - {"ticket.wake"}
    if expected(who, "show") == ALLOWED:
        allowed |= READS
    if state == "closed":
        return allowed - {
            "ticket.take",
            "ticket.release",
            "ticket.assign",
            "ticket.close",
            "ticket.snooze",
        }
    return allowed - {"ticket.reopen", "ticket.take" if state == "taken" else "ticket.release"}


STATES: dict[str, Prepare] = {"new": as_it_is, "taken": taken, "closed": closed}


async def tried(pilot: Pilot[Any], screen: DeskScreen[Any], act: Act, way: str) -> None:
    """Do something by its key, by the palette, or past all that hides it."""
    key = BY_ID[act.name]
    if way == "key":
        await pilot.press(keys.spelled(key.keys)[0])
    elif way == "palette":
        (name,) = named({act.name})
        command = (await palette(screen)).get(name)
        if command is not None:
            await command()
    else:
        getattr(screen, f"action_{key.action}")()
    await settled(pilot)


async def ends_when_it_is_sent(pilot: Pilot[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the draft, and let nothing be kept nor forgotten after that, as of a program that was killed."""
    screen = pilot.app.screen
    assert isinstance(screen, Drafting)
    screen.keep_draft()
    await until(pilot, screen.is_kept)
    monkeypatch.setattr(pilot.app, "keep", lambda *_task, **_then: None)
